import { assert } from '../../base/assert.ts';

const TWO_28 = 0x1000_0000;

/** Writes a whole number from 0 to 2^53 as a protobuf varint; returns where it ends. */
export function writeVarint(target: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest >= TWO_28) {
    target[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 0x80) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

export function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) count++;
  return count;
}

/** Reads varints one after the other. One instance is reused for many records. */
export class VarintReader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;

  start(bytes: Uint8Array, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  next(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at++] as number;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let shift = 7;
    for (;;) {
      byte = bytes[this.at++] as number;
      assert(byte !== undefined && shift < 64, 'a stored varint is cut short');
      // Multiplication, since shifts are 32 bit.
      value += shift < 28 ? (byte & 0x7f) << shift : (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
      shift += 7;
    }
  }
}
