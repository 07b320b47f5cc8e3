/**
 * Scenario files: a command with its input, a line `----`, and the output that the code under test
 * gave. They read as a specification and are rewritten by `npm run test:rewrite`.
 *
 *     # A comment, kept where it stands.
 *     put key=a count=(1,2)
 *     further input lines
 *     ----
 *     output, up to the next empty line
 *
 * Output that itself contains an empty line is written between two doubled markers:
 *
 *     show
 *     ----
 *     ----
 *     first
 *
 *     third
 *     ----
 *     ----
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Command = {
  readonly name: string;
  /** `key=value` and `key=(a,b)` and bare words, which have no values. */
  readonly args: ReadonlyMap<string, readonly string[]>;
  readonly input: string;
  /** The whole command line, for commands with a syntax of their own. */
  readonly line: string;
  /** `file:line`, for messages. */
  readonly position: string;
};

export type CommandHandler = (command: Command) => string | Promise<string>;

const separator = '----';
const rewriting = process.env['REWRITE'] === '1';

/** The scenario files of a folder, by name. */
export function scenarioFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => join(folder, name));
}

/** Runs every command of the file in order; fails on the first output that differs. */
export async function runScenario(path: string, handle: CommandHandler): Promise<void> {
  const lines = readFileSync(path, 'utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const written: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || line.startsWith('#')) {
      written.push(line);
      at += 1;
      continue;
    }
    const block = readBlock(lines, at, path);
    const actual = trimEnd(await handle(block.command));
    if (!rewriting) assert.equal(actual, block.expected, `output at ${block.command.position}`);
    written.push(...lines.slice(at, block.outputStart), ...writeOutput(actual));
    at = block.next;
  }
  if (rewriting) writeFileSync(path, `${trimEnd(written.join('\n'))}\n`);
}

/** The first value of an argument, or undefined when it is absent or bare. */
export function argument(command: Command, name: string): string | undefined {
  return command.args.get(name)?.[0];
}

type Block = { command: Command; expected: string; outputStart: number; next: number };

function readBlock(lines: readonly string[], start: number, path: string): Block {
  const position = `${path}:${start + 1}`;
  const end = lines.indexOf(separator, start);
  assert.notEqual(end, -1, `${position}: command without a ${separator} line`);
  const line = lines[start] ?? '';
  const input = lines.slice(start + 1, end).join('\n');
  const { name, args } = parseCommandLine(line, position);
  const command = { name, args, input, line, position };
  if (lines[end + 1] === separator) {
    let close = end + 2;
    while (lines[close] !== separator || lines[close + 1] !== separator) {
      close += 1;
      assert.ok(close < lines.length, `${position}: output without its closing markers`);
    }
    const expected = trimEnd(lines.slice(end + 2, close).join('\n'));
    return { command, expected, outputStart: end, next: skipEmpty(lines, close + 2) };
  }
  let close = end + 1;
  while (close < lines.length && lines[close] !== '') close += 1;
  const expected = trimEnd(lines.slice(end + 1, close).join('\n'));
  return { command, expected, outputStart: end, next: skipEmpty(lines, close) };
}

function writeOutput(output: string): string[] {
  if (output === '') return [separator, ''];
  const lines = output.split('\n');
  if (!lines.includes('')) return [separator, ...lines, ''];
  return [separator, separator, ...lines, separator, separator, ''];
}

function skipEmpty(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && lines[at] === '') at += 1;
  return at;
}

function trimEnd(text: string): string {
  return text.replace(/\s+$/, '');
}

/** `put key=a count=(1, 2) force` → name and arguments. A value in parentheses is a list. */
function parseCommandLine(
  line: string,
  position: string,
): { name: string; args: Map<string, readonly string[]> } {
  const words = line.match(/[^\s=]+=\([^)]*\)|[^\s=]+=\S*|\S+/g) ?? [];
  const [name, ...rest] = words;
  assert.ok(name !== undefined, `${position}: empty command`);
  const args = new Map<string, readonly string[]>();
  for (const word of rest) {
    const split = word.indexOf('=');
    const key = split === -1 ? word : word.slice(0, split);
    const value = split === -1 ? undefined : word.slice(split + 1);
    assert.ok(!args.has(key), `${position}: argument ${key} given twice`);
    args.set(key, value === undefined ? [] : parseValue(value));
  }
  return { name, args };
}

function parseValue(value: string): readonly string[] {
  if (!value.startsWith('(') || !value.endsWith(')')) return [value];
  const inner = value.slice(1, -1).trim();
  return inner === '' ? [] : inner.split(',').map((part) => part.trim());
}
