/**
 * Varint fields written in place, for the few answers that are too frequent for an encoder's
 * allocations. The caller's buffer must have room. As proto3 wants, zero writes nothing.
 *
 *     tag (number << 3, below 16 << 3)  varint, 7 bits a byte, low ones first
 */

/** A tag byte and the longest varint. */
export const FIELD_BYTES_MAX = 11;

const halves = new DataView(new ArrayBuffer(8));

/** For 0 ≤ value < 2^53; returns the offset behind the field. */
export function writeField(out: Uint8Array, at: number, tag: number, value: number): number {
  if (value === 0) return at;
  out[at] = tag;
  let position = at + 1;
  let rest = value;
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) {
    out[position++] = (rest % 0x80) | 0x80;
  }
  return writeSmall(out, position, rest);
}

/** Signed and unsigned alike: the low 64 bits. */
export function writeField64(out: Uint8Array, at: number, tag: number, value: bigint): number {
  halves.setBigInt64(0, value);
  let high = halves.getUint32(0);
  let low = halves.getUint32(4);
  if (high === 0 && low === 0) return at;
  out[at] = tag;
  let position = at + 1;
  for (; high !== 0; high >>>= 7) {
    out[position++] = (low & 0x7f) | 0x80;
    low = (low >>> 7) | (high << 25);
  }
  return writeSmall(out, position, low >>> 0);
}

/** A varint below 2^32. */
function writeSmall(out: Uint8Array, at: number, value: number): number {
  let position = at;
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) out[position++] = (rest & 0x7f) | 0x80;
  out[position] = rest;
  return position + 1;
}
