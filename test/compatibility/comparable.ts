/** Answers as plain values that two servers must have in common. */
import { enums, messages } from '../../src/etcd/proto/generated/descriptors.ts';

/** What two clusters cannot have in common: their ids, and terms. Only "is it set" is compared. */
const identities = new Set(['clusterId', 'memberId', 'raftTerm', 'memberID']);

/** A decoded message with its bytes as text, without what must differ. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, field]: [string, unknown]) => {
    if (identities.has(key)) return [key, field === 0n || field === 0 ? 'unset' : 'set'];
    return [key, comparable(field)];
  });
  return withoutChance(Object.fromEntries(entries));
}

/**
 * LeaseTimeToLive: time passes, and the keys' order is that of a Go map, as that of alarms is;
 * leases are by time left.
 */
function withoutChance(answer: Record<string, unknown>): object {
  const sorted = (list: unknown): unknown =>
    Array.isArray(list) ? list.map((item) => JSON.stringify(item)).sort() : list;
  if ('alarms' in answer) return { ...answer, alarms: sorted(answer['alarms']) };
  if ('leases' in answer) return { ...answer, leases: sorted(answer['leases']) };
  if (!('grantedTTL' in answer)) return answer;
  const TTL = Number(answer['TTL']) > 0 ? 'some' : answer['TTL'];
  return { ...answer, TTL, keys: sorted(answer['keys']) };
}

/** A request as JSON for the gateway. */
export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, toJson(field)]));
}

/**
 * A JSON answer in the same form. It must hold only fields of the message, each of the JSON type
 * that protojson gives it, and none that are empty.
 */
export function fromJson(json: Record<string, unknown>, type: string): unknown {
  const fields = new Map(messages[type]?.map((field) => [field.name, field]));
  const entries = Object.entries(json).map(([name, value]) => {
    const field = fields.get(name);
    if (field === undefined) throw new Error(`${type} has no field ${name}`);
    if (identities.has(field.jsonName)) return [name, 'set'];
    const one = (item: unknown): unknown => {
      if (field.type === 'message') {
        return fromJson(item as Record<string, unknown>, field.typeName ?? '');
      }
      if (field.type === 'int64' && name === 'revision') return Number(item);
      if (field.type === 'enum' && enums[field.typeName ?? '']?.[item as string] === undefined) {
        throw new Error(`${name}: ${String(item)} is no name of ${field.typeName}`);
      }
      return item;
    };
    return [name, Array.isArray(value) ? value.map(one) : one(value)];
  });
  return withoutChance(Object.fromEntries(entries));
}

/** Where two values first differ, with both sides cut short; undefined when they are equal. */
export function firstDifference(theirs: unknown, ours: unknown, at = ''): string | undefined {
  if (Object.is(theirs, ours)) return undefined;
  const bothObjects = typeof theirs === 'object' && typeof ours === 'object';
  if (!bothObjects || theirs === null || ours === null) {
    return `at ${at}: etcd ${short(theirs)}, ours ${short(ours)}`;
  }
  const [left, right] = [theirs as Record<string, unknown>, ours as Record<string, unknown>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = firstDifference(left[key], right[key], `${at}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
