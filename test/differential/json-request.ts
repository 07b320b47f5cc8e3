/** Messages as JSON, in any of the ways in which a client may write them. */
import { seededRandom } from '../../src/base/random.ts';
import type { FieldDescriptor } from '../../src/etcd/proto/descriptor.ts';
import { enums, messages } from '../../src/etcd/proto/generated/descriptors.ts';

/** `style` 0 is the plain one: names in lowerCamel, 64-bit numbers as strings, enums as numbers. */
export function toJsonText(type: string, message: object, style = 0): string {
  if (style === 0) return JSON.stringify(jsonOf(type, message, () => false));
  const random = seededRandom(style);
  return JSON.stringify(jsonOf(type, message, (percent) => random.below(100) < percent));
}

type Chance = (percent: number) => boolean;

function jsonOf(type: string, message: object, chance: Chance): object {
  const fields = new Map(messages[type]?.map((field) => [field.jsonName, field]));
  const entries = Object.entries(message).map(([name, value]) => {
    const field = fields.get(name);
    if (field === undefined) throw new Error(`${type} has no field ${name}`);
    const one = (item: unknown): unknown => fieldJson(field, item, chance);
    const json = Array.isArray(value) ? value.map(one) : one(value);
    return [chance(50) ? field.name : name, json];
  });
  if (chance(10)) entries.push(['noSuchField', { deep: [1, 'two', null] }]);
  return Object.fromEntries(entries);
}

function fieldJson(field: FieldDescriptor, value: unknown, chance: Chance): unknown {
  if (value instanceof Uint8Array) {
    const standard = Buffer.from(value).toString('base64');
    const other = chance(20) ? standard.replaceAll('+', '-').replaceAll('/', '_') : standard;
    return chance(20) ? other.replaceAll('=', '') : other;
  }
  switch (field.type) {
    case 'message':
      return jsonOf(field.typeName ?? '', value as object, chance);
    case 'enum':
      return chance(60) ? enumName(field.typeName ?? '', value as number) : value;
    case 'int64':
    case 'uint64': {
      const isExact = Number.isSafeInteger(Number(value));
      return isExact && chance(50) ? Number(value) : String(value);
    }
    default:
      return value;
  }
}

function enumName(type: string, value: number): string | number {
  for (const [name, number] of Object.entries(enums[type] ?? {})) {
    if (number === value) return name;
  }
  return value;
}
