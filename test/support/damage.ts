/** Changes what a stopped member has stored, as a disk that errs would: nothing else notices. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MemberProcess } from './member-process.ts';

/**
 * Puts `after` in the place of `before`, of the same length, wherever the member's store has it.
 * The log, from which an entry could be applied once more, stays as it is.
 */
export function changeStoredBytes(member: MemberProcess, before: string, after: string): void {
  if (member.isRunning) throw new Error(`${member.name} is running`);
  if (before.length !== after.length) throw new Error('only bytes of the same length');
  let found = 0;
  for (const path of storeFiles(member)) {
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf(before); at >= 0; at = bytes.indexOf(before, at)) {
      bytes.write(after, at);
      found += 1;
    }
    writeFileSync(path, bytes);
  }
  if (found === 0) throw new Error(`the store of ${member.name} does not have ${before}`);
}

/** bbolt's file of Go etcd, or lmdb's of ours. */
function storeFiles({ config }: MemberProcess): string[] {
  const member = join(config.dataDir, 'member');
  if (config.kind === 'etcd') return [join(member, 'snap', 'db')];
  const folder = join(member, 'state');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
