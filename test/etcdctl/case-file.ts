/**
 * Case files: one line is one case, a command line of etcdctl without its name. It runs on Go etcd
 * and on etcd-ts, and both outputs and exit codes must be equal. It is sent to the first member
 * unless it names endpoints.
 *
 *     # a comment
 *     % members 3                 about the clusters, before the first case
 *     put 'a key' "line\n"        quotes as in a shell; double quotes know \n, \t, \0 and \xff
 *     ETCDCTL_HEX=true get a      with an environment variable
 *     txn < "…"                   with standard input
 *     forms get a                 once in every output form
 *     let LEASE lease grant 60    the id in the answer becomes $LEASE, and <LEASE> in outputs
 *     await "text" get a          again and again until it prints "text" ("" means nothing at all)
 *     start W watch a             runs in the background as W …
 *     until W "text"              … until it has printed the text,
 *     type W "text"               … reads the text,
 *     stop W SIGINT               … gets a signal; `end W` waits for its own end instead
 *     member 2 stop               stops a member; `start` starts it again
 *     settle                      waits until all members know the leader and have applied the same
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Invocation = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
};

export type Step =
  | { readonly kind: 'run'; readonly invocation: Invocation; readonly capture?: string }
  | { readonly kind: 'await'; readonly invocation: Invocation; readonly text: string }
  | { readonly kind: 'start'; readonly invocation: Invocation; readonly name: string }
  | { readonly kind: 'until' | 'type'; readonly name: string; readonly text: string }
  | { readonly kind: 'stop'; readonly name: string; readonly signal: NodeJS.Signals }
  | { readonly kind: 'end'; readonly name: string }
  | { readonly kind: 'member'; readonly index: number; readonly action: 'stop' | 'start' }
  | { readonly kind: 'settle' };

export type Case = { readonly step: Step; readonly at: string; readonly text: string };

export type CaseFile = {
  readonly name: string;
  readonly members: number;
  readonly flags: readonly string[];
  readonly isTls: boolean;
  readonly cases: readonly Case[];
};

/** As `etcdctl options` lists them, and the two that are chosen by another flag as well. */
export const forms: readonly (readonly string[])[] = [
  ['-w=simple'],
  ['-w=fields'],
  ['-w=json'],
  ['-w=protobuf'],
  ['-w=table'],
  ['--hex'],
  ['--hex', '-w=fields'],
  ['--hex', '-w=json'],
];

const folder = join(import.meta.dirname, 'cases');

export function readCaseFiles(): CaseFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return names.sort().map((name) => parseCaseFile(name, readFileSync(join(folder, name), 'utf8')));
}

export function parseCaseFile(name: string, text: string): CaseFile {
  const settings = new Map<string, readonly string[]>();
  const cases = text.split('\n').flatMap((line, i): Case[] => {
    const at = `${name}:${i + 1}`;
    const words = wordsOf(line, at);
    const [first = '', second = '', ...rest] = words;
    if (first === '') return [];
    if (first === '%') {
      settings.set(second, rest);
      return [];
    }
    return stepsOf(words, at).map((step) => ({ step, at, text: line }));
  });
  return {
    name: name.replace('.txt', ''),
    members: Number(settings.get('members')?.[0] ?? 1),
    flags: settings.get('flags') ?? [],
    isTls: settings.has('tls'),
    cases,
  };
}

/** All commands that the files run, for what wants to know what is covered. */
export function invocationsOf(files: readonly CaseFile[]): Invocation[] {
  const steps = files.flatMap(({ cases }) => cases.map(({ step }) => step));
  return steps.flatMap((step) => ('invocation' in step ? [step.invocation] : []));
}

function stepsOf(words: readonly string[], at: string): Step[] {
  const [first = '', name = '', third = '', ...more] = words;
  const after = (count: number): readonly string[] => words.slice(count);
  switch (first) {
    case 'let': {
      const inForms = third === 'forms';
      const all = inForms ? inEveryForm(more, at) : [invocationOf(after(2), at)];
      return all.map((invocation) => ({ kind: 'run', invocation, capture: name }));
    }
    case 'forms':
      return inEveryForm(after(1), at).map((invocation) => ({ kind: 'run', invocation }));
    case 'await':
      return [{ kind: 'await', text: name, invocation: invocationOf(after(2), at) }];
    case 'start':
      return [{ kind: 'start', name, invocation: invocationOf(after(2), at) }];
    case 'until':
    case 'type':
      return [{ kind: first, name, text: third }];
    case 'stop':
      return [{ kind: 'stop', name, signal: (third || 'SIGINT') as NodeJS.Signals }];
    case 'end':
      return [{ kind: 'end', name }];
    case 'settle':
      return [{ kind: 'settle' }];
    case 'member': {
      if (third !== 'stop' && third !== 'start') break; // A command of etcdctl.
      return [{ kind: 'member', index: Number(name) - 1, action: third }];
    }
  }
  return [{ kind: 'run', invocation: invocationOf(words, at) }];
}

function inEveryForm(words: readonly string[], at: string): Invocation[] {
  return forms.map((form) => {
    const { args, env, stdin } = invocationOf(words, at);
    return { args: [...form, ...args], env, stdin };
  });
}

function invocationOf(words: readonly string[], at: string): Invocation {
  const isVariable = (word: string): boolean => /^ETCDCTL_[A-Z_]+=/.test(word);
  const args = [...words];
  const env: Record<string, string> = {};
  while (args[0] !== undefined && isVariable(args[0])) {
    const [word] = args.splice(0, 1) as [string];
    const split = word.indexOf('=');
    env[word.slice(0, split)] = word.slice(split + 1);
  }
  const input = args.indexOf('<');
  if (input === -1) return { args, env, stdin: '' };
  if (input !== args.length - 2) throw new Error(`${at}: one word after <`);
  const [, stdin = ''] = args.splice(input, 2);
  return { args, env, stdin };
}

const wordPattern = /'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"#]+|#.*|\s+|./g;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0' };

/** Words as a shell has them; quoted and unquoted pieces without a space between are one. */
function wordsOf(line: string, at: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const piece of line.match(wordPattern) ?? []) {
    if (piece.startsWith('#') && word === undefined) break;
    if (/^\s/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      if (piece === "'" || piece === '"') throw new Error(`${at}: a quote is not closed`);
      word = (word ?? '') + unquoted(piece);
    }
  }
  return word === undefined ? words : [...words, word];
}

function unquoted(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (!piece.startsWith('"')) return piece;
  return piece.slice(1, -1).replace(/\\(x[0-9a-f]{2}|.)/g, (_, escaped: string) => {
    if (escaped.length === 3) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return escapes[escaped] ?? escaped;
  });
}
