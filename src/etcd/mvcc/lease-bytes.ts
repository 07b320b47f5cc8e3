import { writeVarint } from './varint.ts';

/*
 * A lease's id as it is stored: 8 bytes big endian in the index, a varint in a KeyValue. It uses
 * all 64 bits, so it is a bigint, and arithmetic with those costs more than the rest of a put.
 * Changes that follow each other mostly have the same lease: both forms of the last one are kept.
 */
let known = 0n;
const knownId = Buffer.alloc(8);
const knownVarint = Buffer.alloc(10);
let knownVarintBytes = writeVarint(knownVarint, 0, 0);

const LOW_32 = 0xffffffffn;

export function readLeaseId(bytes: Uint8Array, start: number): bigint {
  for (let i = 0; i < 8; i++) {
    if (bytes[start + i] === knownId[i]) continue;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    know(view.readBigInt64BE(start));
    break;
  }
  return known;
}

/** Returns where it ends, like the next. */
export function writeLeaseId(target: Uint8Array, start: number, lease: bigint): number {
  if (lease !== known) know(lease);
  for (let i = 0; i < 8; i++) target[start + i] = knownId[i] as number;
  return start + 8;
}

export function writeLeaseVarint(target: Uint8Array, start: number, lease: bigint): number {
  if (lease !== known) know(lease);
  for (let i = 0; i < knownVarintBytes; i++) target[start + i] = knownVarint[i] as number;
  return start + knownVarintBytes;
}

function know(lease: bigint): void {
  known = lease;
  knownId.writeBigInt64BE(lease);
  const bits = BigInt.asUintN(64, lease);
  let low = Number(bits & LOW_32);
  let high = Number(bits >> 32n);
  let at = 0;
  while (high !== 0 || low >= 0x80) {
    knownVarint[at++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  knownVarint[at++] = low;
  knownVarintBytes = at;
}
