import { Code, StatusError } from '../../errors.ts';
import type { FieldDescriptor, MessageDescriptor } from '../../proto/descriptor.ts';
import { enums, messages } from '../../proto/generated/descriptors.ts';
import { nestingMax } from '../../proto/wire.ts';

/*
 * Messages as JSON, as Go's protojson does it with etcd's settings:
 *   out: names as in the .proto, empty fields left out, 64-bit numbers as strings, bytes as
 *        standard base64, enums by name
 *   in:  either spelling of a name, unknown names and enum names ignored, numbers as numbers or
 *        strings, either base64 alphabet with or without padding, null for "not there"
 */

type Plain = Readonly<Record<string, unknown>>;

/** The JSON text of a decoded message. */
export function messageToJson(type: string, message: object): string {
  const parts: string[] = [];
  for (const field of descriptorOf(type)) {
    const value = (message as Plain)[field.jsonName];
    const json = field.repeated
      ? listToJson(field, value as readonly unknown[])
      : fieldToJson(field, value);
    if (json !== undefined) parts.push(`"${field.name}":${json}`);
  }
  return `{${parts.join(',')}}`;
}

/** The same text in many fragments, so that others get their turn while it is made. */
export function* jsonFragments(type: string, message: object): Generator<string, void, undefined> {
  const fields = descriptorOf(type);
  if (!fields.some((field) => field.type === 'message')) return yield messageToJson(type, message);
  let lead = '{';
  for (const field of fields) {
    const value = (message as Plain)[field.jsonName];
    if (field.type === 'message') {
      const items = field.repeated
        ? (value as readonly object[])
        : value === undefined
          ? []
          : [value];
      if (items.length === 0) continue;
      yield `${lead}"${field.name}":${field.repeated ? '[' : ''}`;
      yield* itemFragments(field.typeName ?? '', items as readonly object[]);
      if (field.repeated) yield ']';
    } else {
      const json = field.repeated
        ? listToJson(field, value as readonly unknown[])
        : fieldToJson(field, value);
      if (json === undefined) continue;
      yield `${lead}"${field.name}":${json}`;
    }
    lead = ',';
  }
  yield lead === '{' ? '{}' : '}';
}

function* itemFragments(
  type: string,
  items: readonly object[],
): Generator<string, void, undefined> {
  let lead = '';
  for (const item of items) {
    if (lead !== '') yield lead;
    yield* jsonFragments(type, item);
    lead = ',';
  }
}

function listToJson(field: FieldDescriptor, values: readonly unknown[]): string | undefined {
  if (values.length === 0) return undefined;
  return `[${values.map((value) => valueToJson(field, value)).join(',')}]`;
}

/** Undefined when the field is left out; a oneof member that is set is never left out. */
function fieldToJson(field: FieldDescriptor, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (field.type === 'message' || field.oneof !== undefined) return valueToJson(field, value);
  const isEmpty = field.type === 'bytes' ? (value as Uint8Array).length === 0 : !value;
  return isEmpty ? undefined : valueToJson(field, value);
}

function valueToJson(field: FieldDescriptor, value: unknown): string {
  switch (field.type) {
    case 'message':
      return messageToJson(field.typeName ?? '', value as object);
    case 'bytes':
      return `"${base64(value as Uint8Array)}"`;
    case 'string':
      return JSON.stringify(value);
    case 'enum':
      return enumToJson(field.typeName ?? '', value as number);
    case 'int64':
    case 'uint64':
      return `"${String(value)}"`;
    case 'bool':
    case 'uint32':
      return String(value);
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function enumToJson(type: string, value: number): string {
  for (const [name, number] of Object.entries(enums[type] ?? {})) {
    if (number === value) return `"${name}"`;
  }
  return String(value);
}

/** A parsed JSON value as something an encoder takes. Throws InvalidArgument with the path. */
export function messageFromJson(type: string, json: unknown): object {
  return readMessage(type, json, 0);
}

/**
 * JSON as `messageFromJson` wants it: integers that a number cannot hold arrive as `bigint`.
 * Throws InvalidArgument.
 */
export function parseJson(text: string): unknown {
  const reviver = (_key: string, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? '';
    // More digits fit no field, and a million of them would take most of a second.
    return /^-?\d{1,20}$/.test(source) ? BigInt(source) : value;
  };
  try {
    return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
  } catch (error) {
    throw invalid(`proto: syntax error: ${(error as Error).message}`);
  }
}

function readMessage(type: string, json: unknown, depth: number): object {
  if (depth > nestingMax) throw invalid('proto: exceeded max recursion depth');
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalid(`proto: syntax error: unexpected token ${show(json)}`);
  }
  const message: Record<string, unknown> = {};
  const seenOneofs = new Set<string>();
  for (const [name, value] of Object.entries(json)) {
    const field = fieldNamed(type, name);
    if (field === undefined || value === null) continue;
    if (field.jsonName in message) throw invalid(`proto: duplicate field ${JSON.stringify(name)}`);
    if (field.oneof !== undefined && seenOneofs.has(field.oneof)) {
      const oneof = `${type}.${field.oneof}`;
      throw invalid(`proto: error parsing ${JSON.stringify(name)}, oneof ${oneof} is already set`);
    }
    const read = field.repeated ? readList(field, value, depth) : readValue(field, value, depth);
    if (read === undefined) continue;
    message[field.jsonName] = read;
    if (field.oneof !== undefined) seenOneofs.add(field.oneof);
  }
  return message;
}

function readList(field: FieldDescriptor, json: unknown, depth: number): unknown[] {
  if (!Array.isArray(json)) throw invalid(`proto: syntax error: unexpected token ${show(json)}`);
  return json.flatMap((item: unknown) => readValue(field, item, depth) ?? []);
}

/** Undefined only for an enum name that is not known, which counts as unset. */
function readValue(field: FieldDescriptor, json: unknown, depth: number): unknown {
  switch (field.type) {
    case 'message':
      return readMessage(field.typeName ?? '', json, depth + 1);
    case 'bytes':
      return readBytes(field, json);
    case 'string':
      if (typeof json === 'string') return json;
      throw wrongValue(field, json);
    case 'bool':
      if (typeof json === 'boolean') return json;
      throw wrongValue(field, json);
    case 'enum':
      return readEnum(field, json);
    case 'uint32':
    case 'int64':
    case 'uint64':
      return readInteger(field, json);
  }
}

function readBytes(field: FieldDescriptor, json: unknown): Uint8Array {
  const text = typeof json === 'string' ? json.replace(/[\r\n]/g, '') : undefined;
  // Padding may be missing, but what is there must be right; one alphabet per value.
  const isBase64 =
    text !== undefined &&
    /^(?:[\w-]*|[A-Za-z\d+/]*)={0,2}$/.test(text) &&
    (text.endsWith('=') ? text.length % 4 === 0 : text.length % 4 !== 1);
  if (!isBase64) throw wrongValue(field, json);
  const bytes = Buffer.from(text, 'base64');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readEnum(field: FieldDescriptor, json: unknown): number | undefined {
  if (typeof json === 'string') return enums[field.typeName ?? '']?.[json];
  if (typeof json === 'number' && Number.isInteger(json) && (json | 0) === json) return json;
  throw wrongValue(field, json);
}

const integerRange = {
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

function readInteger(field: FieldDescriptor, json: unknown): number | bigint {
  const value = toInteger(json);
  const [min, max] = integerRange[field.type as keyof typeof integerRange];
  if (value === undefined || value < min || value > max) throw wrongValue(field, json);
  if (field.big === true) return value;
  // As the wire decoder does with a revision beyond 2^53 that a client sends.
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > limit ? limit : value < -limit ? -limit : value);
}

/** A number at the start of a text: Go's protojson reads that far, whatever comes behind it. */
const leadingNumber = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?(?![-+.\w])/;
/** Of the largest integer there is. */
const digitsMax = 20;

function toInteger(json: unknown): bigint | undefined {
  if (typeof json === 'bigint') return json;
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : undefined;
  if (typeof json !== 'string' || json.trim() !== json) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = leadingNumber.exec(json) ?? [];
  if (whole === '') return undefined;
  // 12.50e1: the digits 125 with as many zeros as the exponent leaves beyond the fraction.
  const digits = (whole + fraction).replace(/0+$/, '');
  const zeros = whole.length + Number(exponent) - digits.length;
  if (/^0*$/.test(digits)) return 0n;
  if (zeros < 0 || digits.length + zeros > digitsMax) return undefined;
  return BigInt(sign + digits + '0'.repeat(zeros));
}

const fieldsByName = new Map<string, ReadonlyMap<string, FieldDescriptor>>();

function fieldNamed(type: string, name: string): FieldDescriptor | undefined {
  let fields = fieldsByName.get(type);
  if (fields === undefined) {
    fields = new Map(
      descriptorOf(type).flatMap((field) => [
        [field.name, field],
        [field.jsonName, field],
      ]),
    );
    fieldsByName.set(type, fields);
  }
  return fields.get(name);
}

function descriptorOf(type: string): MessageDescriptor {
  return messages[type] ?? [];
}

function wrongValue(field: FieldDescriptor, json: unknown): StatusError {
  return invalid(`proto: invalid value for ${field.type} field ${field.jsonName}: ${show(json)}`);
}

/** Enough of a value for its sender to recognise it. */
function show(json: unknown): string {
  if (typeof json === 'bigint') return String(json);
  if (Array.isArray(json)) return '[';
  if (typeof json === 'object' && json !== null) return '{';
  const text = JSON.stringify(json);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function invalid(message: string): StatusError {
  return new StatusError(Code.invalidArgument, message);
}
