/** Findings as text to read and to repeat. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/peers.ts';
import type { Finding } from './campaign.ts';
import { lineOf, type Program, toText } from './operation.ts';

const folder = join(repositoryRoot, '.cache/differential');

export function reportOf(seed: number, finding: Finding): string {
  const { group, nth, setting, difference, program, shrunk } = finding;
  const name = `${group}.${nth}`;
  const lines = [
    `DIFFERENCE in program ${name} (${setting.name}) of seed ${seed}, operation ${difference.index}`,
    `  ${short(program[difference.index] ?? 'the state at the end')}`,
    `  ${cut(difference.what, 800)}`,
    `  repeat it: make differential SEED=${seed} PROGRAM=${name}`,
  ];
  if (shrunk === undefined) {
    lines.push(
      '  alone on new servers it does not differ: the whole group before it belongs to it',
    );
    return lines.join('\n');
  }
  const path = join(folder, `${seed}-${name}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, toText(shrunk.program));
  lines.push(`  shrunk to ${shrunk.program.length} operations: make differential PROGRAM=${path}`);
  lines.push(...describe(shrunk.program), `  ${cut(shrunk.difference.what, 800)}`);
  return lines.join('\n');
}

const shownOperations = 12;
const shownLength = 400;

export function describe(program: Program): string[] {
  const lines = program.slice(-shownOperations).map((operation) => `    ${short(operation)}`);
  return program.length > shownOperations ? ['    …', ...lines] : lines;
}

function short(operation: unknown): string {
  return cut(lineOf(operation).replaceAll(/(.)\1{30,}/g, '$1…$1'), shownLength);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
