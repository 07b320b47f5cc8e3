import { createRequire } from 'node:module';
import type { parse } from 'yaml';
import { mergeGates, parseGates } from './feature-gates.ts';
import type { Flag } from './flag-table.ts';
import { type FlagRefusal, isForeignWish, notYet } from './flags.ts';
import { noEffectFlags, notYetFlags } from './foreign-flags.ts';
import { type Parsed, parsed, refused } from './go-values.ts';
import { flagsByName, parseSetting, type Settings, type SettingValue } from './settings.ts';
import { parseUrls } from './urls.ts';

/** Sections of etcd's file that hold settings we do not have yet. */
const foreignSections: ReadonlySet<string> = new Set(['socket-options', 'discovery-config']);

/** Keys of etcd's two sections about TLS, and the flags that say the same. */
const securitySections: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'client-transport-security': {
    'cert-file': 'cert-file',
    'key-file': 'key-file',
    'client-cert-file': 'client-cert-file',
    'client-key-file': 'client-key-file',
    'client-cert-auth': 'client-cert-auth',
    'trusted-ca-file': 'trusted-ca-file',
    'auto-tls': 'auto-tls',
    'allowed-hostname': 'client-cert-allowed-hostname',
  },
  'peer-transport-security': {
    'cert-file': 'peer-cert-file',
    'key-file': 'peer-key-file',
    'client-cert-file': 'peer-client-cert-file',
    'client-key-file': 'peer-client-key-file',
    'client-cert-auth': 'peer-client-cert-auth',
    'trusted-ca-file': 'peer-trusted-ca-file',
    'auto-tls': 'peer-auto-tls',
    'allowed-cn': 'peer-cert-allowed-cn',
    'allowed-hostname': 'peer-cert-allowed-hostname',
    'skip-client-san-verification': 'peer-skip-client-san-verification',
  },
};

/**
 * etcd's YAML (or JSON) configuration file. Keys are flag names; durations are whole nanoseconds;
 * unknown keys are ignored, as etcd ignores them; settings we do not have are refused by name.
 */
export function applyConfigFile(
  settings: Settings,
  text: string,
  path: string,
  warnings: string[],
): FlagRefusal | undefined {
  const document = parseDocument(text);
  if (!document.ok) return { exitCode: 1, message: `${path}: ${document.error}` };
  for (const [key, value] of Object.entries(document.value)) {
    if (value === null) continue;
    const flag = flagsByName.get(key);
    if (flag !== undefined) {
      const problem = applyValue(settings, flag, value);
      if (problem !== undefined) return problem;
      continue;
    }
    const section = securitySections[key];
    if (section !== undefined) {
      const problem = applySection(settings, section, value, `${key} in ${path}`);
      if (problem !== undefined) return problem;
      continue;
    }
    const refusal = foreignRefusal(key, value, path);
    if (refusal !== undefined) return refusal;
    if (noEffectFlags.has(key)) warnings.push(`${key} in ${path} has no effect in this server`);
  }
  return undefined;
}

function applyValue(settings: Settings, flag: Flag, value: unknown): FlagRefusal | undefined {
  if (isDefaultByEmptiness(flag, value)) return undefined;
  const setting = readValue(flag, value);
  if (!setting.ok) return { exitCode: 1, message: setting.error };
  settings.set(flag.name, setting.value);
  return undefined;
}

function applySection(
  settings: Settings,
  section: Readonly<Record<string, string>>,
  value: unknown,
  where: string,
): FlagRefusal | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, setting] of Object.entries(value)) {
    const flag = flagsByName.get(section[key] ?? '');
    if (flag === undefined) {
      if (asksForSomething(setting)) return notYet(`${key} of ${where}`);
      continue;
    }
    if (setting === null) continue;
    const problem = applyValue(settings, flag, setting);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Only who has such a file waits for the parser's seventy modules. */
function loadYaml(): { readonly parse: typeof parse } {
  return createRequire(import.meta.url)('yaml') as { readonly parse: typeof parse };
}

function parseDocument(text: string): Parsed<Readonly<Record<string, unknown>>> {
  let document: unknown;
  try {
    // Its warnings would go to the console, beside the log.
    document = loadYaml().parse(text, { logLevel: 'error' });
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? '';
    return refused(`error converting YAML to JSON: yaml: ${reason}`);
  }
  if (document === null || document === undefined) return parsed({});
  if (typeof document !== 'object' || Array.isArray(document)) {
    return refused('the configuration file must hold one mapping of flag names to values');
  }
  return parsed(document as Readonly<Record<string, unknown>>);
}

const mayBeEmpty: ReadonlySet<string> = new Set(['urls', 'origins', 'cluster-state']);

/** Go leaves an empty URL list or cluster state alone, so the default stays. */
function isDefaultByEmptiness(flag: Flag, value: unknown): boolean {
  return value === '' && mayBeEmpty.has(flag.kind);
}

function readValue(flag: Flag, value: unknown): Parsed<SettingValue> {
  switch (flag.kind) {
    case 'string':
      return typeof value === 'string' ? parsed(value) : mismatch(flag, value, 'string');
    case 'bool':
      return typeof value === 'boolean' ? parsed(value) : mismatch(flag, value, 'bool');
    case 'uint':
    case 'uint32':
    case 'int':
      if (typeof value !== 'number') return mismatch(flag, value, 'integer');
      return wholeNumber(flag, value, value);
    case 'duration':
      if (typeof value !== 'number') return mismatch(flag, value, 'integer (nanoseconds)');
      return wholeNumber(flag, value, value / 1e6);
    case 'urls': {
      if (typeof value !== 'string') return mismatch(flag, value, 'string');
      const urls = parseUrls(value);
      if (urls.ok) return urls;
      return refused(`unexpected error setting up ${flag.name}: ${urls.error}`);
    }
    case 'origins': {
      if (typeof value !== 'string') return mismatch(flag, value, 'string');
      const origins = parseSetting(flag.kind, value);
      return origins.ok ? origins : refused(`unexpected error setting up cors: ${origins.error}`);
    }
    case 'list':
      if (flag.name === 'host-whitelist' && typeof value === 'string') {
        return parseSetting(flag.kind, value);
      }
      if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
        return mismatch(flag, value, '[]string');
      }
      return parsed(value as readonly string[]);
    case 'gates': {
      if (typeof value !== 'string') return mismatch(flag, value, 'string');
      const gates = parseGates(value);
      return gates.ok ? parsed(mergeGates('', value)) : gates;
    }
    case 'cluster-state': {
      const state = typeof value === 'string' ? parseSetting(flag.kind, value) : undefined;
      return state?.ok === true
        ? state
        : refused(`unexpected clusterState ${JSON.stringify(value)}`);
    }
    default:
      return mismatch(flag, value, flag.kind);
  }
}

/** Checks the number as written, answers it in the unit of the setting. */
function wholeNumber(flag: Flag, written: number, value: number): Parsed<number> {
  if (!Number.isInteger(written)) return mismatch(flag, written, 'integer');
  if (written < 0 && (flag.kind === 'uint' || flag.kind === 'uint32')) {
    return mismatch(flag, written, 'unsigned integer');
  }
  return parsed(value);
}

function mismatch(flag: Flag, value: unknown, wanted: string): Parsed<never> {
  const got = Array.isArray(value) ? 'array' : typeof value;
  return refused(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${got} into ${flag.name} of type ${wanted}`,
  );
}

function foreignRefusal(key: string, value: unknown, path: string): FlagRefusal | undefined {
  if (foreignSections.has(key)) {
    const entries = typeof value === 'object' ? Object.entries(value as object) : [];
    const used = entries.find(([, setting]) => asksForSomething(setting));
    return used === undefined ? undefined : notYet(`${key}.${used[0]} in ${path}`);
  }
  const foreign = notYetFlags.get(key);
  if (foreign === undefined || value === '') return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : notYet(`${key} in ${path}`);
  if (typeof value === 'number' && nanosecondDefaults(foreign.accepted).includes(value)) {
    return undefined;
  }
  return isForeignWish(key, String(value)) ? notYet(`${key} in ${path}`) : undefined;
}

/**
 * Empty values of Go's types keep the default or switch something off that we do not have anyway.
 */
function asksForSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== false && value !== '' && value !== 0;
}

/** The defaults of duration settings as the file writes them. */
function nanosecondDefaults(accepted: readonly string[]): number[] {
  return accepted
    .map((text) => parseSetting('duration', text))
    .flatMap((ms) => (ms.ok ? [(ms.value as number) * 1e6] : []));
}
