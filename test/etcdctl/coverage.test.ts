/**
 * What etcdctl's own help text names is in the case files: every command in every output form,
 * every flag, and every option as a variable of the environment. A newer etcdctl fails here first.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPeers } from '../support/peers.ts';
import { invocationsOf, readCaseFiles } from './case-file.ts';
import { commandsInHelp, globalFlagsInHelp, outputFormsInHelp } from './help.ts';
import { commandOf } from './side.ts';

const skip = missingPeers('etcdctl');

/** Flags that no case can use. */
const excludedFlags: Readonly<Record<string, string>> = {
  help: 'prints the same text whatever the server is; asked for once',
  'discovery-srv': 'asks the name server of the machine, never etcd, for the endpoints',
  'discovery-srv-name': 'as above',
  'insecure-discovery': 'as above',
};

/** Commands that know one output form only: they print lines of their own. */
const oneForm: Readonly<Record<string, string>> = {
  'auth enable': 'a line of text in every form',
  'auth disable': 'a line of text in every form',
  compaction: 'a line of text in every form',
  'check perf': 'a report, after sixty seconds',
  'check datascale': 'a report',
  completion: 'a script',
  defrag: 'a line of text in every form',
  elect: 'what `get` prints, in the forms that `lock` shows',
  help: 'text',
  lock: 'what `get` prints; table would end the lock’s command at once',
  'make-mirror': 'a number every thirty seconds',
  options: 'text',
  'snapshot save': 'two lines of text in every form',
  version: 'two lines of text in every form',
};

const commands = skip ? [] : commandsInHelp();
const invocations = invocationsOf(readCaseFiles());

/** `-w` as `write-out`, without values. */
function flagsOf(args: readonly string[], shorthands: ReadonlyMap<string, string>): string[] {
  const beforeDashes = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length);
  return beforeDashes.flatMap((arg) => {
    const [, long, short] = /^(?:--([a-z-]+)|-(\w))(?:=.*)?$/.exec(arg) ?? [];
    return long ?? shorthands.get(short ?? '') ?? [];
  });
}

test('every command of etcdctl has a case, with each of its flags', { skip }, () => {
  const missing: string[] = [];
  for (const { name, flags, shorthands } of commands) {
    const runs = invocations.filter(({ args }) => commandOf(args) === name);
    if (runs.length === 0) missing.push(name);
    const used = new Set(runs.flatMap(({ args }) => flagsOf(args, shorthands)));
    for (const flag of flags) {
      if (!used.has(flag) && !(flag in excludedFlags)) missing.push(`${name} --${flag}`);
    }
  }
  assert.deepEqual(missing, []);
});

test('every command has a case in every output form', { skip }, () => {
  const forms = outputFormsInHelp();
  assert.ok(forms.length >= 5, forms.join());
  const missing: string[] = [];
  for (const { name } of commands) {
    if (name in oneForm) continue;
    const runs = invocations.filter(({ args }) => commandOf(args) === name);
    for (const form of forms) {
      const isDefault = form === 'simple';
      const has = ({ args }: { args: readonly string[] }): boolean =>
        args.includes(`-w=${form}`) || (isDefault && !args.some((arg) => arg.startsWith('-w=')));
      if (!runs.some(has)) missing.push(`${name} -w=${form}`);
    }
  }
  assert.deepEqual(missing, []);
});

test('every global option is given once as a flag and once as a variable', { skip }, () => {
  const { flags, shorthands } = globalFlagsInHelp();
  assert.ok(flags.length > 15, flags.join());
  const asFlags = new Set(invocations.flatMap(({ args }) => flagsOf(args, shorthands)));
  const asVariables = new Set(invocations.flatMap(({ env }) => Object.keys(env)));
  const missing: string[] = [];
  for (const flag of flags.filter((name) => !(name in excludedFlags))) {
    const variable = `ETCDCTL_${flag.toUpperCase().replaceAll('-', '_')}`;
    if (!asFlags.has(flag)) missing.push(`--${flag}`);
    if (!asVariables.has(variable)) missing.push(variable);
  }
  assert.deepEqual(missing, []);
});

test('what is excluded is still there', { skip }, () => {
  const names = new Set(commands.map(({ name }) => name));
  const flags = [globalFlagsInHelp(), ...commands].flatMap((command) => command.flags);
  for (const name of Object.keys(oneForm)) assert.ok(names.has(name), name);
  for (const flag of Object.keys(excludedFlags)) assert.ok(flags.includes(flag), flag);
});
