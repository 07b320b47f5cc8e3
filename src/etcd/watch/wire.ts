/**
 * Splicing protobuf messages out of parts that are already encoded. Stored bytes (KeyValues,
 * events, answers of the applier) go into responses as they are, never decoded on the way out.
 *
 *     field of wire type 2:  varint(number << 3 | 2)  varint(length)  payload
 *     field of wire type 0:  varint(number << 3)      varint(value)
 */

/** Bytes of a varint for 0 ≤ value < 2^53. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

/** Writes a varint for 0 ≤ value < 2^53 at `at`; returns the offset behind it. */
export function writeVarint(out: Uint8Array, at: number, value: number): number {
  let rest = value;
  let position = at;
  while (rest >= 0x80) {
    out[position] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
    position += 1;
  }
  out[position] = rest;
  return position + 1;
}

/** Size of one length-delimited field with a payload of `length` bytes. */
export function bytesFieldSize(fieldNumber: number, length: number): number {
  return varintSize(fieldNumber * 8) + varintSize(length) + length;
}

export function writeBytesField(
  out: Uint8Array,
  at: number,
  fieldNumber: number,
  payload: Uint8Array,
): number {
  let position = writeVarint(out, at, fieldNumber * 8 + 2);
  position = writeVarint(out, position, payload.length);
  out.set(payload, position);
  return position + payload.length;
}

/** One length-delimited field as bytes of its own. */
export function bytesField(fieldNumber: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytesFieldSize(fieldNumber, payload.length));
  writeBytesField(out, 0, fieldNumber, payload);
  return out;
}

/** One varint field as bytes of its own; proto3 leaves out zero, so zero gives no bytes. */
export function varintField(fieldNumber: number, value: number): Uint8Array {
  if (value === 0) return new Uint8Array(0);
  const out = new Uint8Array(varintSize(fieldNumber * 8) + varintSize(value));
  writeVarint(out, writeVarint(out, 0, fieldNumber * 8), value);
  return out;
}

/** A signed or unsigned 64-bit varint field; negative values take ten bytes, as protobuf wants. */
export function varint64Field(fieldNumber: number, value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array(0);
  const out: number[] = [];
  let tag = fieldNumber * 8;
  for (; tag >= 0x80; tag = Math.floor(tag / 0x80)) out.push((tag % 0x80) | 0x80);
  out.push(tag);
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
  return Uint8Array.from(out);
}
