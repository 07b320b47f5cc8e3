import { emptyBytes } from '../../base/bytes.ts';
import type { Entry } from './generated/raftpb.ts';

/*
 * raftpb.Entry straight from the fields into a buffer, with no scratch and no copy in between: this
 * runs for every entry on its way to the log and to the peers.
 *
 *   [08 type]  10 term  18 index  [22 length data]
 *
 * The type is left out when it is zero, as etcd 3.7 does, and so is empty data.
 */

export function entryBytes(entry: Entry): number {
  const dataBytes = entry.data.length;
  let size = 2 + varintBytes(entry.term) + varintBytes(entry.index);
  if (entry.type !== 0) size += 2;
  return dataBytes === 0 ? size : size + 1 + varintBytes(dataBytes) + dataBytes;
}

/** Returns the position behind the entry; `entryBytes` says how much room it needs. */
export function writeEntryAt(buffer: Uint8Array, position: number, entry: Entry): number {
  let at = position;
  if (entry.type !== 0) {
    buffer[at] = 0x08;
    buffer[at + 1] = entry.type;
    at += 2;
  }
  buffer[at] = 0x10;
  at = writeVarintAt(buffer, at + 1, entry.term);
  buffer[at] = 0x18;
  at = writeVarintAt(buffer, at + 1, entry.index);
  const { data } = entry;
  if (data.length === 0) return at;
  buffer[at] = 0x22;
  at = writeVarintAt(buffer, at + 1, data.length);
  buffer.set(data, at);
  return at + data.length;
}

let position = 0;

/**
 * Reads what `writeEntryAt` writes, from `start` to exactly `end`. undefined: it is something else,
 * which may be an entry all the same. The data is a view.
 */
export function readEntryAt(bytes: Uint8Array, start: number, end: number): Entry | undefined {
  position = start;
  let type = 0;
  if (bytes[start] === 0x08) {
    type = bytes[start + 1] as number;
    if (type >= 0x80) return undefined;
    position = start + 2;
  }
  const term = readField(bytes, end, 0x10);
  const index = readField(bytes, end, 0x18);
  if (term < 0 || index < 0) return undefined;
  if (position === end) return { type, term, index, data: emptyBytes };
  const length = readField(bytes, end, 0x22);
  if (length <= 0 || position + length !== end) return undefined;
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + position, length);
  return { type, term, index, data };
}

/** The varint behind this tag; -1 when it is not there or does not fit. Moves the position. */
function readField(bytes: Uint8Array, end: number, tag: number): number {
  if (position >= end || bytes[position] !== tag) return -1;
  let value = 0;
  let scale = 1;
  // Seven bytes hold less than 2^53.
  const last = Math.min(end, position + 8);
  for (let at = position + 1; at < last; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x80) {
      position = at + 1;
      return value + byte * scale;
    }
    value += (byte - 0x80) * scale;
    scale *= 0x80;
  }
  return -1;
}

/** Of a whole number below 2^53. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  if (value < 2 ** 35) return 5;
  if (value < 2 ** 42) return 6;
  if (value < 2 ** 49) return 7;
  return 8;
}

/** Returns the position behind the varint. `value` is whole and below 2^53. */
export function writeVarintAt(buffer: Uint8Array, position: number, value: number): number {
  let at = position;
  let rest = value;
  while (rest >= 2 ** 31) {
    buffer[at] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
    at += 1;
  }
  while (rest >= 0x80) {
    buffer[at] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    at += 1;
  }
  buffer[at] = rest;
  return at + 1;
}
