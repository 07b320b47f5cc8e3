import { emptyBytes } from '../../base/bytes.ts';
import { writeLeaseVarint } from './lease-bytes.ts';
import { VarintReader, writeVarint } from './varint.ts';

/*
 * mvccpb.KeyValue, byte for byte as etcd stores and sends it: fields ascending, zero fields absent.
 *
 *   0A len key | 10 create_revision | 18 mod_revision | 20 version | 2A len value | 30 lease
 *
 * Stored bytes are what a client receives, so reading never decodes and encodes. A stored tombstone
 * has only the key.
 */
const keyTag = 0x0a;
const createTag = 0x10;
const modTag = 0x18;
const versionTag = 0x20;
const valueTag = 0x2a;
const leaseTag = 0x30;

/** Tags, lengths and numbers at their longest, without the bytes of key and value. */
export const keyValueOverheadBytesMax = 64;

/** Writes a live key's message and returns where it ends. */
export function writeKeyValue(
  target: Uint8Array,
  start: number,
  key: Uint8Array,
  createRevision: number,
  modRevision: number,
  version: number,
  value: Uint8Array,
  lease: bigint,
): number {
  let at = writeKeyOnly(target, start, key);
  at = writeNumber(target, at, createTag, createRevision);
  at = writeNumber(target, at, modTag, modRevision);
  at = writeNumber(target, at, versionTag, version);
  if (value.length > 0) {
    target[at++] = valueTag;
    at = writeVarint(target, at, value.length);
    target.set(value, at);
    at += value.length;
  }
  if (lease === 0n) return at;
  target[at] = leaseTag;
  return writeLeaseVarint(target, at + 1, lease);
}

/** Writes a tombstone's message as it is stored. */
export function writeKeyOnly(target: Uint8Array, start: number, key: Uint8Array): number {
  if (key.length === 0) return start;
  target[start] = keyTag;
  const at = writeVarint(target, start + 1, key.length);
  target.set(key, at);
  return at + key.length;
}

/** The KeyValue of a DELETE event: key and the revision of the deletion. */
export function deletedKeyValue(key: Uint8Array, modRevision: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(key.length + keyValueOverheadBytesMax);
  const at = writeKeyOnly(bytes, 0, key);
  return bytes.subarray(0, writeNumber(bytes, at, modTag, modRevision));
}

/** What a `keys_only` range answers; since etcd 3.7 it comes from the index, so without lease. */
export function keyOnlyKeyValue(
  key: Uint8Array,
  createRevision: number,
  modRevision: number,
  version: number,
): Uint8Array {
  const bytes = Buffer.allocUnsafe(key.length + keyValueOverheadBytesMax);
  const end = writeKeyValue(bytes, 0, key, createRevision, modRevision, version, emptyBytes, 0n);
  return bytes.subarray(0, end);
}

/** The same message without its value. */
export function withoutValue(keyValue: Uint8Array): Uint8Array {
  const fields = parseKeyValue(keyValue);
  const bytes = Buffer.allocUnsafe(fields.key.length + keyValueOverheadBytesMax);
  const { key, createRevision, modRevision, version, lease } = fields;
  const end = writeKeyValue(bytes, 0, key, createRevision, modRevision, version, emptyBytes, lease);
  return bytes.subarray(0, end);
}

export type KeyValueFields = {
  /** Views into the message. */
  key: Uint8Array;
  value: Uint8Array;
  createRevision: number;
  modRevision: number;
  version: number;
  lease: bigint;
};

const reader = new VarintReader();

/** Reads a message that this or another etcd member wrote. */
export function parseKeyValue(message: Uint8Array): KeyValueFields {
  const fields: KeyValueFields = {
    key: emptyBytes,
    value: emptyBytes,
    createRevision: 0,
    modRevision: 0,
    version: 0,
    lease: 0n,
  };
  reader.start(message, 0);
  while (reader.at < message.length) {
    const tag = message[reader.at++] as number;
    switch (tag) {
      case keyTag:
        fields.key = takeBytes(message);
        break;
      case createTag:
        fields.createRevision = reader.next();
        break;
      case modTag:
        fields.modRevision = reader.next();
        break;
      case versionTag:
        fields.version = reader.next();
        break;
      case valueTag:
        fields.value = takeBytes(message);
        break;
      case leaseTag:
        fields.lease = takeLease(message);
        break;
      default:
        throw new Error(`a stored KeyValue has the unknown field tag ${tag}`);
    }
  }
  return fields;
}

/** A view of the key alone: it is the first field. */
export function keyOf(message: Uint8Array): Uint8Array {
  if (message[0] !== keyTag) return emptyBytes;
  reader.start(message, 1);
  return takeBytes(message);
}

function takeBytes(message: Uint8Array): Uint8Array {
  const length = reader.next();
  const view = message.subarray(reader.at, reader.at + length);
  if (view.length !== length) throw new Error('a stored KeyValue is cut short');
  reader.at += length;
  return view;
}

/** Leases use all 64 bits, so they do not go through numbers. */
function takeLease(message: Uint8Array): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = message[reader.at++];
    if (byte === undefined) throw new Error('a stored KeyValue is cut short');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return BigInt.asIntN(64, value);
}

function writeNumber(target: Uint8Array, start: number, tag: number, value: number): number {
  if (value === 0) return start;
  target[start] = tag;
  return writeVarint(target, start + 1, value);
}
