import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './peers.ts';

/** Replaces what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`; the words stay. */
export function writeMarkedSection(document: string, name: string, content: string): void {
  const path = join(repositoryRoot, document);
  const text = readFileSync(path, 'utf8');
  const marked = new RegExp(`(<!-- ${name}:begin -->\n)[\\s\\S]*(<!-- ${name}:end -->)`);
  if (!marked.test(text)) throw new Error(`${document} has no section ${name}`);
  writeFileSync(
    path,
    text.replace(marked, (_, begin, end) => `${begin}\n${content}\n${end}`),
  );
  console.log(`wrote ${document}`);
}

/** Command, day and machine: without them a figure means nothing. */
export function measuredBy(command: string): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}`;
  const day = new Date().toISOString().slice(0, 10);
  return `\`${command}\`, ${day}, Node.js ${process.version}, Go etcd 3.7.3, ${machine}.`;
}
