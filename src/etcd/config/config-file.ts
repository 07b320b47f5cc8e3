import { createRequire } from 'node:module';
import type { parse } from 'yaml';
import { mergeGates, parseGates } from './feature-gates.ts';
import { type FileKey, type FileKeys, fileKeys, goPlace } from './file-keys.ts';
import { mismatch, typeProblem } from './file-types.ts';
import type { Flag } from './flag.ts';
import { type FlagRefusal, notYet } from './flags.ts';
import { type Parsed, parsed, refused } from './go-values.ts';
import { ignoredWarning } from './ignored-flags.ts';
import { parseSetting, type Settings, type SettingValue, settingsByName } from './settings.ts';
import { parseUrls } from './urls.ts';

type Given = { readonly flag: Flag; readonly value: unknown };

/**
 * etcd's YAML (or JSON) configuration file. Keys are flag names, with sections for sockets, TLS and
 * discovery; durations are whole nanoseconds. Unknown keys are ignored, as etcd ignores them, but
 * not silently.
 */
export function applyConfigFile(
  settings: Settings,
  text: string,
  path: string,
  warnings: string[],
): FlagRefusal | undefined {
  const fatal = (message: string): FlagRefusal => ({ exitCode: 1, message });
  const document = parseDocument(text);
  if (!document.ok) return fatal(document.error);
  const reader = new FileReader(path, warnings);
  reader.read(fileKeys, document.value, [], 'configYAML');
  const refusal = reader.refusal;
  if (refusal !== undefined) return refusal;
  // etcd looks at types first, then at gates, then at one list of URLs after the other.
  const gates = reader.given.find(({ flag }) => flag.kind === 'gates');
  const problem = gates === undefined ? undefined : gatesProblem(gates.value as string);
  if (problem !== undefined) return fatal(problem);
  if (document.value['peer-transport-security'] === null) {
    return fatal('invalid peer-transport-security');
  }
  for (const { flag, value } of inOrderOfEtcd(reader.given)) {
    const setting = settingOf(flag, value);
    if (!setting.ok) return { exitCode: flag.kind === 'origins' ? 2 : 1, message: setting.error };
    if (flag.isIgnored === true) warnings.push(ignoredWarning(flag, `${flag.name} in ${path}`));
    if (!isDefaultByEmptiness(flag, value)) settings.set(flag.name, setting.value);
  }
  return undefined;
}

/** Goes through the keys, of which it keeps the settings, and remembers the first thing wrong. */
class FileReader {
  readonly given: Given[] = [];
  refusal: FlagRefusal | undefined;
  readonly #path: string;
  readonly #warnings: string[];

  constructor(path: string, warnings: string[]) {
    this.#path = path;
    this.#warnings = warnings;
  }

  /** `outer` are the keys around, `goType` the name of Go's type of what is read. */
  read(keys: FileKeys, values: object, outer: readonly string[], goType: string): void {
    // By name, because etcd's YAML becomes JSON that way.
    for (const [written, value] of Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))) {
      // As Go's JSON: keys may be written in any case.
      const key = keys.has(written) ? written : written.toLowerCase();
      const place = [...outer, key];
      const known = keys.get(key);
      if (value === null) continue;
      if (known !== undefined) this.#readKnown(known, value, place, goType);
      else {
        this.#warnings.push(`${place.join('.')} in ${this.#path} is no setting and is ignored`);
      }
    }
  }

  #readKnown(known: FileKey, value: unknown, place: readonly string[], goType: string): void {
    const goField = `${goType.replace(/^.*\./, '')}.${goPlace(place[0] ?? '')}.${place.join('.')}`;
    switch (known.kind) {
      case 'setting': {
        const flag = settingsByName.get(known.name);
        if (flag === undefined) return;
        const problem = typeProblem(flag, value, goField);
        if (problem === undefined) this.given.push({ flag, value });
        else this.#refuse({ exitCode: 1, message: problem });
        return;
      }
      case 'section':
        if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
          this.read(known.keys, value, place, known.goType);
        } else this.#refuse({ exitCode: 1, message: mismatch(value, goField, known.goType) });
        return;
      case 'missing':
        if (asksForSomething(value)) this.#refuse(notYet(`${place.join('.')} in ${this.#path}`));
        return;
      case 'always':
        return;
    }
  }

  #refuse(refusal: FlagRefusal): void {
    this.refusal ??= refusal;
  }
}

/** Only who has such a file waits for the parser's seventy modules. */
function loadYaml(): { readonly parse: typeof parse } {
  return createRequire(import.meta.url)('yaml') as { readonly parse: typeof parse };
}

function parseDocument(text: string): Parsed<Readonly<Record<string, unknown>>> {
  let document: unknown;
  try {
    // Its warnings would go to the console, beside the log.
    const options = { logLevel: 'error', uniqueKeys: false, merge: true } as const;
    document = loadYaml().parse(text, options);
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? '';
    return refused(`error converting YAML to JSON: yaml: ${reason}`);
  }
  if (document === null || document === undefined) return parsed({});
  if (typeof document !== 'object' || Array.isArray(document)) {
    return refused(mismatch(document, undefined, 'embed.configYAML'));
  }
  return parsed(document as Readonly<Record<string, unknown>>);
}

function gatesProblem(text: string): string | undefined {
  const gates = parseGates(text);
  return gates.ok ? undefined : gates.error;
}

const orderOfEtcd = [
  ...['listen-peer-urls', 'listen-client-urls', 'listen-client-http-urls'],
  ...['initial-advertise-peer-urls', 'advertise-client-urls', 'listen-metrics-urls', 'cors'],
];

function inOrderOfEtcd(given: readonly Given[]): readonly Given[] {
  const rank = ({ flag }: Given): number => (orderOfEtcd.indexOf(flag.name) + 100) % 100;
  return given.toSorted((a, b) => rank(a) - rank(b));
}

const mayBeEmpty: ReadonlySet<string> = new Set(['urls', 'origins', 'cluster-state']);

/** Go leaves an empty URL list or cluster state alone, so the default stays. */
function isDefaultByEmptiness(flag: Flag, value: unknown): boolean {
  return value === '' && mayBeEmpty.has(flag.kind);
}

/** The value is of the right type already. */
function settingOf(flag: Flag, value: unknown): Parsed<SettingValue> {
  switch (flag.kind) {
    case 'bool':
      return parsed(typeof value === 'string' ? /^(y|yes|on)$/i.test(value) : (value as boolean));
    case 'duration':
      return parsed((value as number) / 1e6);
    case 'urls': {
      if (value === '') return parsed([]);
      const urls = parseUrls(value as string);
      return urls.ok
        ? urls
        : refused(`unexpected error setting up ${urlName(flag)}: ${urls.error}`);
    }
    case 'origins': {
      if (value === '') return parsed([]);
      const origins = parseSetting(flag.kind, value as string);
      return origins.ok ? origins : refused(`new UniqueURLs should never fail: ${origins.error}`);
    }
    case 'list':
      return typeof value === 'string'
        ? parseSetting(flag.kind, value)
        : parsed(value as readonly string[]);
    case 'gates':
      return parsed(mergeGates('', value as string));
    case 'cluster-state': {
      if (value === '') return parsed('new');
      const state = parseSetting(flag.kind, value as string);
      return state.ok ? state : refused(`unexpected clusterState ${JSON.stringify(value)}`);
    }
    default:
      return parsed(value as SettingValue);
  }
}

/** etcd calls one of them by another name. */
function urlName({ name }: Flag): string {
  return name === 'advertise-client-urls' ? 'advertise-peer-urls' : name;
}

/**
 * Empty values of Go's types keep the default or switch something off that we do not have anyway.
 */
function asksForSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== false && value !== '' && value !== 0;
}
