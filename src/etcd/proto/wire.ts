import { emptyBytes } from '../../base/bytes.ts';

/*
 * The protobuf wire format, read and written by the generated codecs.
 *
 *   message = { tag value }          tag = field number << 3 | wire type, as a varint
 *   wire type 0: varint              seven bits per byte, low bits first, at most ten bytes
 *             1: eight bytes         2: length (varint), then that many bytes
 *             5: four bytes          3, 4: group start and end (only ever skipped)
 *
 * Writing goes backwards, from the end of one reused buffer: a nested message is complete before
 * its length is written, so nothing is measured twice and an encoded message costs one allocation.
 */

const SCRATCH_BYTES = 64 * 1024;
/** A scratch buffer that one big message made larger than this is given back to the collector. */
const SCRATCH_BYTES_KEPT = 4 * 1024 * 1024;
/**
 * Short messages share a piece of memory, because getting memory costs more than writing them. One
 * that is kept for long keeps its neighbours, so the pieces are small.
 */
const SHARED_BYTES = 16 * 1024;
const SHARED_MESSAGE_BYTES_MAX = 1024;
/**
 * Nested messages allowed in one message. Bounds the stack a hostile Txn can make us use: a tenth
 * of what node's takes. The service refuses much flatter transactions than this, because what is
 * in the log must be readable for every member (service/txn-check.ts).
 */
export const nestingMax = 1_000;

const TWO_32 = 4294967296;
/** The way between a 64-bit integer and its halves that allocates least. */
const halves = new DataView(new ArrayBuffer(8));

/** The unsigned 64-bit integer with these unsigned 32-bit halves. */
export function bigOf(high: number, low: number): bigint {
  halves.setUint32(0, high);
  halves.setUint32(4, low);
  return halves.getBigUint64(0);
}

/** The lower 32 bits, unsigned. */
export function lowHalf(value: bigint): number {
  halves.setBigInt64(0, value);
  return halves.getUint32(4);
}

/** The bytes are not a message of this type: truncated, overlong, badly nested, not UTF-8. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(`${reason} at offset ${offset}`);
    this.offset = offset;
  }
}

const utf8Encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A decoded message while its fields are still being filled in. */
export type Draft<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K];
};

/** Reads one message; `end` is the end of the innermost message entered. */
export class Reader {
  pos = 0;
  end: number;
  readonly #bytes: Uint8Array;
  #depth = 0;
  // The last varint read, as two unsigned 32-bit halves.
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.end = bytes.length;
  }

  tag(): number {
    const at = this.pos;
    const tag = this.uint32();
    if (tag >>> 3 === 0 || this.#high !== 0) throw new DecodeError('illegal field tag', at);
    return tag;
  }

  /** Narrows to the message that starts here and returns the outer end for `leave`. */
  enter(): number {
    const length = this.#length();
    if (++this.#depth > nestingMax) throw new DecodeError('messages nested too deep', this.pos);
    const outer = this.end;
    this.end = this.pos + length;
    return outer;
  }

  leave(outer: number): void {
    this.#depth--;
    this.end = outer;
  }

  /** Narrows to a packed run of scalars; unlike `enter` it adds no nesting. */
  enterPacked(): number {
    const length = this.#length();
    const outer = this.end;
    this.end = this.pos + length;
    return outer;
  }

  leavePacked(outer: number): void {
    this.end = outer;
  }

  uint32(): number {
    const at = this.pos;
    if (at < this.end) {
      const first = this.#bytes[at] as number;
      if (first < 0x80) {
        this.pos = at + 1;
        this.#high = 0;
        return first;
      }
    }
    this.#varint();
    return this.#low;
  }

  /** Enums too: they are open, so an unknown number is kept. */
  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    const low = this.uint32();
    return low !== 0 || this.#high !== 0;
  }

  /** Clamped to what a number holds exactly; for values that outside clients send. */
  uint64Clamped(): number {
    const low = this.uint32();
    if (this.#high >= 0x200000) return Number.MAX_SAFE_INTEGER;
    return this.#high * TWO_32 + low;
  }

  int64Clamped(): number {
    const low = this.uint32();
    const high = this.#high | 0;
    if (high >= 0x200000) return Number.MAX_SAFE_INTEGER;
    if (high < -0x200000) return Number.MIN_SAFE_INTEGER;
    return Math.max(high * TWO_32 + low, Number.MIN_SAFE_INTEGER);
  }

  /** Throws beyond what a number holds exactly; for our own log and for peers. */
  uint64Exact(): number {
    const at = this.pos;
    const low = this.uint32();
    if (this.#high >= 0x200000) throw new DecodeError('integer beyond 2^53', at);
    return this.#high * TWO_32 + low;
  }

  int64Exact(): number {
    const at = this.pos;
    const value = this.int64Clamped();
    if (Math.abs(value) === Number.MAX_SAFE_INTEGER) {
      throw new DecodeError('integer beyond 2^53', at);
    }
    return value;
  }

  uint64Big(): bigint {
    const low = this.uint32();
    if (this.#high === 0) return low === 0 ? 0n : BigInt(low);
    return bigOf(this.#high, low);
  }

  int64Big(): bigint {
    const low = this.uint32();
    halves.setUint32(0, this.#high);
    halves.setUint32(4, low);
    return halves.getBigInt64(0);
  }

  /** A view, not a copy: it keeps the whole input alive. */
  bytes(): Uint8Array {
    const length = this.#length();
    if (length === 0) return emptyBytes;
    const input = this.#bytes;
    const view = new Uint8Array(input.buffer, input.byteOffset + this.pos, length);
    this.pos += length;
    return view;
  }

  string(): string {
    const at = this.pos;
    const bytes = this.bytes();
    if (bytes.length === 0) return '';
    try {
      return utf8.decode(bytes);
    } catch {
      throw new DecodeError('string is not UTF-8', at);
    }
  }

  /** Steps over the value of a field that this version does not know. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.#varint();
        return;
      case 1:
        this.#advance(8);
        return;
      case 2:
        this.#advance(this.#length());
        return;
      case 3:
        this.#skipGroup(tag >>> 3);
        return;
      case 5:
        this.#advance(4);
        return;
      default:
        throw new DecodeError(`illegal wire type ${tag & 7}`, this.pos);
    }
  }

  #skipGroup(field: number): void {
    if (++this.#depth > nestingMax) throw new DecodeError('groups nested too deep', this.pos);
    for (;;) {
      const tag = this.tag();
      if ((tag & 7) !== 4) {
        this.skip(tag);
        continue;
      }
      if (tag >>> 3 !== field) throw new DecodeError('group ends with another number', this.pos);
      this.#depth--;
      return;
    }
  }

  #length(): number {
    const at = this.pos;
    const length = this.uint32();
    if (this.#high !== 0 || length > this.end - this.pos) {
      throw new DecodeError('field is longer than its message', at);
    }
    return length;
  }

  #advance(count: number): void {
    if (count > this.end - this.pos) throw new DecodeError('truncated field', this.pos);
    this.pos += count;
  }

  #varint(): void {
    const bytes = this.#bytes;
    const start = this.pos;
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const at = start + i;
      if (at >= this.end) throw new DecodeError('truncated varint', start);
      const byte = bytes[at] as number;
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 0x80) {
        if (i === 9 && byte > 1) break;
        this.pos = at + 1;
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw new DecodeError('varint longer than 64 bits', start);
  }
}

/** Writes one message backwards; used by one encoder at a time and then finished. */
export class Writer {
  #bytes = new Uint8Array(SCRATCH_BYTES);
  #pos = SCRATCH_BYTES;
  #shared = new ArrayBuffer(0);
  #sharedUsed = SHARED_BYTES;

  /** How many bytes are written; the length of a nested message is a difference of two of these. */
  size(): number {
    return this.#bytes.length - this.#pos;
  }

  /** A copy of everything written, and a clean writer. */
  finish(): Uint8Array {
    const bytes = this.#bytes;
    const message = this.#room(this.size());
    if (message.length !== 0) message.set(bytes.subarray(this.#pos));
    if (bytes.length > SCRATCH_BYTES_KEPT) this.#bytes = new Uint8Array(SCRATCH_BYTES);
    this.#pos = this.#bytes.length;
    return message;
  }

  /** Forgets what a failed encoder left behind. */
  reset(): void {
    this.#pos = this.#bytes.length;
  }

  byte(value: number): void {
    if (this.#pos === 0) this.#grow(1);
    this.#bytes[--this.#pos] = value;
  }

  /** A whole number from 0 to 2^53; also every tag and length. */
  uint(value: number): void {
    if ((value & 0x7f) === value) {
      this.byte(value);
      return;
    }
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`not an unsigned integer below 2^53: ${value}`);
    }
    this.#halves(value % TWO_32, Math.floor(value / TWO_32));
  }

  /** A whole number from -2^53 to 2^53; negative ones take ten bytes, as two's complement. */
  int(value: number): void {
    if (value >= 0) this.uint(value);
    else this.big(BigInt(value));
  }

  /** Signed and unsigned alike: the low 64 bits. */
  big(value: bigint): void {
    halves.setBigInt64(0, value);
    this.#halves(halves.getUint32(4), halves.getUint32(0));
  }

  bool(value: boolean): void {
    this.byte(value ? 1 : 0);
  }

  /** The bytes and, before them, their length. */
  bytes(value: Uint8Array): void {
    const length = value.length;
    if (this.#pos < length) this.#grow(length);
    this.#pos -= length;
    this.#bytes.set(value, this.#pos);
    this.uint(length);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    if (this.#pos < length) this.#grow(length);
    this.#pos -= length;
    utf8Encoder.encodeInto(value, this.#bytes.subarray(this.#pos));
    this.uint(length);
  }

  #room(size: number): Uint8Array {
    if (size === 0) return emptyBytes;
    if (size > SHARED_MESSAGE_BYTES_MAX) return new Uint8Array(size);
    if (this.#sharedUsed + size > SHARED_BYTES) {
      this.#shared = new ArrayBuffer(SHARED_BYTES);
      this.#sharedUsed = 0;
    }
    const message = new Uint8Array(this.#shared, this.#sharedUsed, size);
    this.#sharedUsed += size;
    return message;
  }

  #halves(low: number, high: number): void {
    let rest = low;
    let upper = high;
    const length = varintLength(low, high);
    if (this.#pos < length) this.#grow(length);
    this.#pos -= length;
    const bytes = this.#bytes;
    let at = this.#pos;
    while (upper !== 0 || rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest = ((rest >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    bytes[at] = rest;
  }

  #grow(needed: number): void {
    const old = this.#bytes;
    const used = old.length - this.#pos;
    let capacity = old.length * 2;
    while (capacity < used + needed) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(old.subarray(this.#pos), capacity - used);
    this.#bytes = grown;
    this.#pos = capacity - used;
  }
}

function varintLength(low: number, high: number): number {
  if (high === 0) {
    if (low < 0x80) return 1;
    if (low < 0x4000) return 2;
    if (low < 0x200000) return 3;
    return low < 0x10000000 ? 4 : 5;
  }
  if (high < 0x8) return 5;
  if (high < 0x400) return 6;
  if (high < 0x20000) return 7;
  if (high < 0x1000000) return 8;
  return high < 0x80000000 ? 9 : 10;
}

/** The one scratch writer: encoding is synchronous, so two encoders are never under way at once. */
const scratch = new Writer();

export function encodeWith<T>(write: (w: Writer, m: T) => void, message: T): Uint8Array {
  try {
    write(scratch, message);
    return scratch.finish();
  } catch (error) {
    scratch.reset();
    throw error;
  }
}
