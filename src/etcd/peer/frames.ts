import { readEntryAt } from '../proto/entry-bytes.ts';
import { decodeEntry, type Entry } from '../proto/generated/raftpb.ts';

/**
 * Bytes of a stream on their way in: chunks as the socket gave them, taken out in pieces of known
 * length. A piece inside one chunk is a view of it; only one that crosses a border is copied.
 */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  #head = 0;
  #headOffset = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The caller has checked that `length` bytes are there. */
  take(length: number): Uint8Array {
    const chunk = this.#chunks[this.#head];
    if (chunk !== undefined && chunk.length - this.#headOffset >= length) {
      const start = chunk.byteOffset + this.#headOffset;
      this.#skip(length);
      return new Uint8Array(chunk.buffer, start, length);
    }
    const piece = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const next = this.#chunks[this.#head] as Uint8Array;
      const part = next.subarray(this.#headOffset, this.#headOffset + length - filled);
      piece.set(part, filled);
      filled += part.length;
      this.#skip(part.length);
    }
    return piece;
  }

  /** Eight bytes, big endian; Infinity for what no frame can be. */
  takeUint64(): number {
    const chunk = this.#chunks[this.#head];
    let high: number;
    let low: number;
    if (chunk !== undefined && chunk.length - this.#headOffset >= 8) {
      high = uint32At(chunk, this.#headOffset);
      low = uint32At(chunk, this.#headOffset + 4);
      this.#skip(8);
    } else {
      const bytes = this.take(8);
      high = uint32At(bytes, 0);
      low = uint32At(bytes, 4);
    }
    return high > 0x1f_ffff ? Number.POSITIVE_INFINITY : high * 0x1_0000_0000 + low;
  }

  /** An encoded entry of this many bytes, whose data stays a view of the chunk. */
  takeEntry(length: number): Entry {
    const chunk = this.#chunks[this.#head];
    const start = this.#headOffset;
    if (chunk !== undefined && chunk.length - start >= length) {
      const entry = readEntryAt(chunk, start, start + length);
      if (entry !== undefined) {
        this.#skip(length);
        return entry;
      }
    }
    return decodeEntry(this.take(length));
  }

  #skip(length: number): void {
    this.#length -= length;
    this.#headOffset += length;
    if (this.#headOffset < (this.#chunks[this.#head] as Uint8Array).length) return;
    this.#head += 1;
    this.#headOffset = 0;
    if (this.#head < this.#chunks.length && this.#head < 64) return;
    this.#chunks.splice(0, this.#head);
    this.#head = 0;
  }
}

/** Bytes on their way out, collected so that one write carries everything of one turn. */
export class FrameWriter {
  #parts: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.bytes(Uint8Array.of(value));
  }

  uint64(value: number): void {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeUInt32BE(Math.floor(value / 0x1_0000_0000), 0);
    bytes.writeUInt32BE(value % 0x1_0000_0000, 4);
    this.bytes(bytes);
  }

  bytes(value: Uint8Array): void {
    if (value.length === 0) return;
    this.#parts.push(value);
    this.#length += value.length;
  }

  take(): Uint8Array {
    const all = Buffer.concat(this.#parts, this.#length);
    this.#parts = [];
    this.#length = 0;
    return all;
  }
}

/** The other side sent what no peer sends: the stream is closed, nothing else suffers. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

function uint32At(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  return high * 0x1_0000 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
}
