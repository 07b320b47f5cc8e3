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
