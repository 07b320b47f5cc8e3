import type { Flag } from './flag.ts';
import { type IntegerRange, int64Range, uint32Range, uint64Range } from './go-values.ts';

/** What is wrong with a value's type, in the words of Go's JSON decoder. */
export function typeProblem(flag: Flag, value: unknown, goField: string): string | undefined {
  const goType = goTypeOf(flag);
  switch (goType) {
    case 'bool':
      if (typeof value === 'boolean' || isWordOfYaml(value)) return undefined;
      break;
    case '[]string': {
      if (!Array.isArray(value)) break;
      const wrong = value.find((item) => typeof item !== 'string');
      return wrong === undefined ? undefined : mismatch(wrong, goField, 'string');
    }
    case 'string':
    case 'config.V2DeprecationEnum':
      if (typeof value === 'string') return undefined;
      break;
    default:
      if (typeof value !== 'number') break;
      if (Number.isInteger(value) && isWithin(value, rangeOf(flag))) return undefined;
      return mismatch(value, goField, goType, `number ${value}`);
  }
  return mismatch(value, goField, goType);
}

export function mismatch(
  value: unknown,
  goField: string | undefined,
  goType: string,
  got = kindOf(value),
): string {
  const where = goField === undefined ? 'Go value' : `Go struct field ${goField}`;
  return (
    'error unmarshaling JSON: while decoding JSON: json: ' +
    `cannot unmarshal ${got} into ${where} of type ${goType}`
  );
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** YAML as Go reads it has more words for true and false. */
function isWordOfYaml(value: unknown): boolean {
  return typeof value === 'string' && /^(y|yes|on|n|no|off)$/i.test(value);
}

const sixtyFourBits: Readonly<Record<string, string>> = {
  'snapshot-count': 'uint64',
  'snapshot-catchup-entries': 'uint64',
  'quota-backend-bytes': 'int64',
};

function goTypeOf({ name, kind }: Flag): string {
  switch (kind) {
    case 'bool':
    case 'uint32':
      return kind;
    case 'uint':
    case 'int':
      return sixtyFourBits[name] ?? kind;
    case 'duration':
      return 'time.Duration';
    case 'list':
      return name === 'host-whitelist' ? 'string' : '[]string';
    case 'v2-stage':
      return 'config.V2DeprecationEnum';
    default:
      return 'string';
  }
}

function rangeOf({ kind }: Flag): IntegerRange {
  if (kind === 'uint32') return uint32Range;
  return kind === 'uint' ? uint64Range : int64Range;
}

function isWithin(value: number, { min, max }: IntegerRange): boolean {
  return BigInt(value) >= min && BigInt(value) <= max;
}
