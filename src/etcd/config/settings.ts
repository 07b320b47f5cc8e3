import { assert } from '../../base/assert.ts';
import { parseGates } from './feature-gates.ts';
import type { Flag, FlagKind } from './flag.ts';
import { flagTable } from './flag-table.ts';
import {
  int64Range,
  type Parsed,
  parsed,
  parseGoBool,
  parseGoDurationMs,
  parseGoInteger,
  refused,
  uint32Range,
  uint64Range,
} from './go-values.ts';
import { type MemberUrl, parseUrls, uniqueUrls } from './urls.ts';

export type SettingValue = string | boolean | number | readonly string[] | readonly MemberUrl[];

/** One value per flag: its default until somebody sets it. Durations are milliseconds. */
export class Settings {
  readonly #values = new Map<string, SettingValue>();
  readonly #explicit = new Set<string>();

  constructor() {
    for (const flag of settingsByName.values()) {
      const value = parseSetting(flag.kind, flag.byDefault);
      assert(value.ok, `default of --${flag.name} does not parse`);
      this.#values.set(flag.name, value.value);
    }
  }

  set(name: string, value: SettingValue): void {
    this.#values.set(name, value);
    this.#explicit.add(name);
  }

  /** Given, but with nothing that would change the value. */
  touch(name: string): void {
    this.#explicit.add(name);
  }

  /** Whether somebody gave the flag, even if with its default value. */
  isExplicit(name: string): boolean {
    return this.#explicit.has(name);
  }

  text(name: string): string {
    return this.#get(name) as string;
  }

  flag(name: string): boolean {
    return this.#get(name) as boolean;
  }

  number(name: string): number {
    return this.#get(name) as number;
  }

  list(name: string): readonly string[] {
    return this.#get(name) as readonly string[];
  }

  urls(name: string): readonly MemberUrl[] {
    return this.#get(name) as readonly MemberUrl[];
  }

  #get(name: string): SettingValue {
    const value = this.#values.get(name);
    assert(value !== undefined, `no flag --${name}`);
    return value;
  }
}

export const flagsByName: ReadonlyMap<string, Flag> = new Map(
  flagTable.map((flag) => [flag.name, flag]),
);

/** etcd has this one in its file alone. */
export const clientCommonNames: Flag = {
  name: 'client-cert-allowed-cn',
  kind: 'list',
  group: 'Security',
  byDefault: '',
  usage: 'Common names of which a client certificate must have one.',
};

export const settingsByName: ReadonlyMap<string, Flag> = new Map([
  ...flagsByName,
  [clientCommonNames.name, clientCommonNames],
]);

/**
 * A value as the command line and the environment write it. The error is the part after "invalid
 * value".
 */
export function parseSetting(kind: FlagKind, text: string): Parsed<SettingValue> {
  switch (kind) {
    case 'string':
      return parsed(text);
    case 'bool':
      return parseGoBool(text);
    case 'uint':
      return parseGoInteger(text, uint64Range);
    case 'int':
      return parseGoInteger(text, int64Range);
    case 'uint32':
      return parseUint32(text);
    case 'duration': {
      const ms = parseGoDurationMs(text);
      return ms.ok ? ms : refused('parse error');
    }
    case 'urls': {
      // etcd takes an empty list for "leave it as it is"; the caller sees that from the text.
      if (text === '') return parsed([]);
      const urls = parseUrls(text);
      return urls.ok ? parsed(uniqueUrls(urls.value)) : urls;
    }
    case 'list':
      return parsed([...new Set(text.split(','))].sort());
    case 'origins': {
      if (text === '*') return parsed(['*']);
      const urls = parseUrls(text);
      return urls.ok ? parsed(uniqueUrls(urls.value).map((url) => url.text)) : urls;
    }
    case 'gates': {
      const gates = parseGates(text);
      return gates.ok ? parsed(text) : gates;
    }
    case 'v2-stage':
      return v2Stages.has(text) ? parsed(text) : refused(`invalid value ${JSON.stringify(text)}`);
    case 'fallback':
      return text === 'exit' || text === 'proxy' ? parsed(text) : refused('invalid value');
    case 'cluster-state':
      return text === 'new' || text === 'existing' ? parsed(text) : refused('invalid value');
    default:
      return refused(`unknown kind ${String(kind)}`);
  }
}

const v2Stages: ReadonlySet<string> = new Set([
  ...['write-only', 'write-only-skip-check', 'write-only-drop-data', 'gone'],
]);

/** etcd's own uint32 flag passes on the words of Go's number parser. */
function parseUint32(text: string): Parsed<number> {
  const value = parseGoInteger(text, uint32Range);
  if (value.ok) return value;
  const reason = value.error === 'parse error' ? 'invalid syntax' : value.error;
  return refused(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${reason}`);
}
