import { type GateName, mergeGates } from './feature-gates.ts';
import { flagTable } from './flag-table.ts';
import { parseGoBool } from './go-values.ts';
import { ignoredWarning } from './ignored-flags.ts';
import { legacyFlags } from './legacy-flags.ts';
import { flagsByName, parseSetting, type Settings } from './settings.ts';
import { usageHead } from './usage.ts';

/**
 * etcd's command line and environment. A flag either sets something, is known to change nothing, or
 * is refused by name: a manifest written for etcd never loses a setting silently.
 */
export type FlagRefusal = { readonly exitCode: 1 | 2; readonly message: string };

export type ArgumentsRead = {
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
  readonly configFile: string;
  /** The first thing that is neither a flag nor a flag's value. */
  readonly positional: string | undefined;
  /** What each given flag said, in order; values are already known to parse. */
  readonly given: readonly GivenFlag[];
};
export type GivenFlag = { readonly name: string; readonly text: string };

const booleanExtras: ReadonlySet<string> = new Set(['version', 'help', 'h']);

function isOn(text: string): boolean {
  const on = parseGoBool(text);
  return on.ok && on.value;
}

/** Reads the arguments in order and stops, like Go, at the first one that is not a flag. */
export function readArguments(argv: readonly string[]): ArgumentsRead | FlagRefusal {
  const given: GivenFlag[] = [];
  let wantsVersion = false;
  let configFile = '';
  const done = (positional: string | undefined, wantsHelp = false): ArgumentsRead => ({
    wantsHelp,
    wantsVersion,
    configFile,
    positional,
    given,
  });
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] as string;
    if (argument === '--') return done(argv[at + 1]);
    if (!/^--?[^-]/s.test(argument) && !argument.startsWith('---')) return done(argument);
    const parts = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument);
    if (parts === null) return usageError(`bad flag syntax: ${argument}`);
    const name = parts[1] as string;
    const isBool = takesNoValue(name);
    if (isBool === undefined) return usageError(`flag provided but not defined: -${name}`);
    let text = parts[2];
    if (name === 'help' || name === 'h') return done(undefined, true);
    if (text === undefined && isBool) text = 'true';
    if (text === undefined) {
      at += 1;
      text = argv[at];
      if (text === undefined) return usageError(`flag needs an argument: -${name}`);
    }
    const problem = textProblem(name, text);
    if (problem !== undefined) return usageError(problem);
    if (name === 'version') wantsVersion = isOn(text);
    else if (name === 'config-file') configFile = text;
    else given.push({ name, text });
  }
  return done(undefined);
}

/** Sets what the flags say; a later flag of the same name wins. */
export function applyFlags(
  settings: Settings,
  given: readonly GivenFlag[],
  warnings: string[],
): FlagRefusal | undefined {
  for (const { name, text } of given) {
    const refusal = applyText(settings, name, text, `--${name}`, warnings);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/**
 * Takes the settings that come from ETCD_ variables. The same setting given both ways stops the
 * start: etcd will not guess which one was meant.
 */
export function applyEnvironment(
  settings: Settings,
  given: readonly GivenFlag[],
  env: Readonly<Record<string, string | undefined>>,
  warnings: string[],
): FlagRefusal | undefined {
  const shadowed = new Set(given.map((flag) => environmentName(flag.name)));
  const variables = Object.entries(env).filter(([name]) => name.startsWith('ETCD_'));
  const conflicts = variables.map(([name]) => name).filter((name) => shadowed.has(name));
  for (const variable of conflicts.sort()) {
    const message =
      'conflicting environment variable is shadowed by corresponding command-line flag ' +
      `(either unset environment variable or disable flag)): ${variable}`;
    return { exitCode: 1, message };
  }
  const left = new Map(variables);
  const version = left.get(versionVariable) ?? '';
  left.delete(versionVariable);
  if (version !== '') warnings.push(`cannot set special environment variable: ${versionVariable}`);
  let refusal: FlagRefusal | undefined;
  // In the order of etcd, which goes on after a bad value and names the last one.
  for (const name of knownFlagNames().sort()) {
    const variable = environmentName(name);
    const text = left.get(variable) ?? '';
    if (text === '') continue;
    left.delete(variable);
    refusal = applyVariable(settings, name, text, warnings) ?? refusal;
  }
  for (const [variable, text] of left) {
    warnings.push(`unrecognized environment variable: ${variable}=${text ?? ''}`);
  }
  return refusal;
}

const versionVariable = 'ETCD_VERSION';

function applyVariable(
  settings: Settings,
  name: string,
  text: string,
  warnings: string[],
): FlagRefusal | undefined {
  const variable = environmentName(name);
  const problem = valueError(name, text);
  if (problem === undefined) return applyText(settings, name, text, variable, warnings);
  const message = `invalid value ${JSON.stringify(text)} for ${variable}: ${problem}`;
  return { exitCode: 1, message };
}

export function environmentName(flagName: string): string {
  return `ETCD_${flagName.toUpperCase().replaceAll('-', '_')}`;
}

/** A setting that etcd has and we do not. `from` is how the user spelled it. */
export function notYet(from: string): FlagRefusal {
  return {
    exitCode: 2,
    message: `${from} is a setting of etcd that this server does not have yet`,
  };
}

/**
 * The name a flag has today. Up to 3.6 many flags carried the prefix `experimental-`, and manifests
 * written for those versions still do.
 */
export function currentName(name: string): string {
  const bare = name.replace(/^experimental-/, '');
  return flagsByName.has(bare) ? bare : name;
}

function applyText(
  settings: Settings,
  givenName: string,
  text: string,
  from: string,
  warnings: string[],
): FlagRefusal | undefined {
  const name = currentName(givenName);
  if (name !== givenName) warnings.push(`${from} is the old name of --${name}`);
  const flag = flagsByName.get(name);
  if (flag !== undefined) {
    const value = parseSetting(flag.kind, text);
    if (flag.kind === 'urls' && text === '') settings.touch(name);
    else if (flag.kind === 'gates') setGates(settings, text);
    else if (value.ok) settings.set(name, value.value);
    if (flag.isIgnored === true) warnings.push(ignoredWarning(flag, from));
    return undefined;
  }
  const gate = experimentalGates.get(name);
  if (gate !== undefined) {
    warnings.push(`${from} is the old name of --feature-gates=${gate}`);
    setGates(settings, `${gate}=${text}`);
    return undefined;
  }
  return undefined;
}

/** Flags of 3.6 that became feature gates in 3.7. */
const experimentalGates: ReadonlyMap<string, GateName> = new Map([
  ['experimental-compact-hash-check-enabled', 'CompactHashCheck'],
  ['experimental-enable-lease-checkpoint', 'LeaseCheckpoint'],
  ['experimental-enable-lease-checkpoint-persist', 'LeaseCheckpointPersist'],
  ['experimental-initial-corrupt-check', 'InitialCorruptCheck'],
  ['experimental-stop-grpc-service-on-defrag', 'StopGRPCServiceOnDefrag'],
  ['experimental-txn-mode-write-with-shared-buffer', 'TxnModeWriteWithSharedBuffer'],
]);

/** Gates add up, however many times they are given. */
function setGates(settings: Settings, text: string): void {
  settings.set('feature-gates', mergeGates(settings.text('feature-gates'), text));
}

/** Whether the flag may stand without a value; undefined for a flag nobody knows. */
function takesNoValue(givenName: string): boolean | undefined {
  const name = currentName(givenName);
  if (booleanExtras.has(name) || legacyFlags.has(name) || experimentalGates.has(name)) return true;
  if (name === 'config-file') return false;
  const flag = flagsByName.get(name);
  return flag && flag.kind === 'bool';
}

function textProblem(name: string, text: string): string | undefined {
  const problem = valueError(name, text);
  if (problem === undefined) return undefined;
  const quoted = JSON.stringify(text);
  if (takesNoValue(name) === true)
    return `invalid boolean value ${quoted} for -${name}: ${problem}`;
  return `invalid value ${quoted} for flag -${name}: ${problem}`;
}

function valueError(givenName: string, text: string): string | undefined {
  const name = currentName(givenName);
  const flag = flagsByName.get(name);
  if (flag !== undefined) {
    const value = parseSetting(flag.kind, text);
    return value.ok ? undefined : value.error;
  }
  if (legacyFlags.has(name) || takesNoValue(name) !== true) return undefined;
  const bool = parseGoBool(text);
  return bool.ok ? undefined : bool.error;
}

function knownFlagNames(): string[] {
  return [...flagTable.map((flag) => flag.name), ...legacyFlags, ...experimentalGates.keys()];
}

function usageError(message: string): FlagRefusal {
  return { exitCode: 2, message: `${message}\n${usageHead}` };
}
