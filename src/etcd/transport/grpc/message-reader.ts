import { gunzipSync } from 'node:zlib';
import { Code, StatusError } from '../../errors.ts';
import { messageTooLarge } from '../status.ts';

/*
 * The body of a call is a row of messages:
 *
 *   compressed (1 byte: 0 or 1) │ length (4 bytes, big-endian) │ message
 */

export const MESSAGE_PREFIX_BYTES = 5;
const FIRST_CAPACITY_BYTES = 4_096;

export type MessageEncoding = 'identity' | 'gzip';

export type MessageReaderOptions = {
  readonly bytesMax: number;
  readonly encoding: MessageEncoding;
  /** Counts bytes that are held; false: too many. */
  readonly retain: (bytes: number) => boolean;
};

/**
 * Puts messages together. One that lies in one piece is a view of it; else its bytes are gathered
 * in a buffer that grows with what has arrived, never with what was announced.
 */
export class MessageReader {
  readonly #options: MessageReaderOptions;
  readonly #prefix = new Uint8Array(MESSAGE_PREFIX_BYTES);
  #prefixBytes = 0;
  #isCompressed = false;
  #length = 0;
  #gathered: Uint8Array = nothing;
  #have = 0;

  constructor(options: MessageReaderOptions) {
    this.#options = options;
  }

  /** A message was announced and is not complete. Less than an announcement is none, as in Go. */
  get isWithinMessage(): boolean {
    return this.#prefixBytes === MESSAGE_PREFIX_BYTES;
  }

  /** Delivers the messages that are complete with these bytes; throws what ends the call. */
  read(bytes: Buffer, start: number, end: number, deliver: (message: Uint8Array) => void): void {
    let at = start;
    for (;;) {
      if (this.#prefixBytes === 0 && end - at >= MESSAGE_PREFIX_BYTES) {
        this.#prefixBytes = MESSAGE_PREFIX_BYTES;
        this.#begin(bytes, at);
        at += MESSAGE_PREFIX_BYTES;
      }
      while (this.#prefixBytes < MESSAGE_PREFIX_BYTES) {
        if (at >= end) return;
        this.#prefix[this.#prefixBytes++] = bytes[at++] as number;
        if (this.#prefixBytes === MESSAGE_PREFIX_BYTES) this.#begin(this.#prefix, 0);
      }
      if (this.#have === 0 && end - at >= this.#length) {
        const message = new Uint8Array(bytes.buffer, bytes.byteOffset + at, this.#length);
        at += this.#length;
        this.#prefixBytes = 0;
        deliver(this.#decoded(message));
        continue;
      }
      const taken = Math.min(end - at, this.#length - this.#have);
      this.#gather(bytes, at, taken);
      at += taken;
      if (this.#have < this.#length) return;
      const message = this.#gathered.subarray(0, this.#length);
      this.drop();
      deliver(this.#decoded(message));
    }
  }

  /** Gives up what was gathered. */
  drop(): void {
    this.#options.retain(-this.#gathered.length);
    this.#gathered = nothing;
    this.#have = 0;
    this.#prefixBytes = 0;
  }

  #begin(prefix: Uint8Array, at: number): void {
    const flag = prefix[at] as number;
    if (flag > 1) {
      throw new StatusError(Code.internal, `grpc: received unexpected payload format ${flag}`);
    }
    this.#isCompressed = flag === 1;
    this.#length = uint32At(prefix, at + 1);
    if (this.#length > this.#options.bytesMax) {
      throw messageTooLarge(this.#length, this.#options.bytesMax);
    }
    if (this.#isCompressed && this.#options.encoding === 'identity') {
      const message = 'grpc: compressed flag set with identity or empty encoding';
      throw new StatusError(Code.internal, message);
    }
  }

  #gather(bytes: Buffer, at: number, length: number): void {
    if (length === 0) return;
    const needed = this.#have + length;
    if (needed > this.#gathered.length) {
      const wanted = Math.max(FIRST_CAPACITY_BYTES, this.#gathered.length * 2, needed);
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#length, wanted));
      if (!this.#options.retain(larger.length - this.#gathered.length)) throw tooMuchHeld();
      larger.set(this.#gathered.subarray(0, this.#have));
      this.#gathered = new Uint8Array(larger.buffer, larger.byteOffset, larger.length);
    }
    this.#gathered.set(bytes.subarray(at, at + length), this.#have);
    this.#have = needed;
  }

  /** A message may unpack to no more than it could be without compression. */
  #decoded(message: Uint8Array): Uint8Array {
    if (!this.#isCompressed) return message;
    const { bytesMax } = this.#options;
    try {
      const unpacked = gunzipSync(message, { maxOutputLength: bytesMax });
      return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
        const words = `grpc: received message after decompression larger than max ${bytesMax}`;
        throw new StatusError(Code.resourceExhausted, words);
      }
      const words = `grpc: failed to decompress the received message: ${(error as Error).message}`;
      throw new StatusError(Code.internal, words);
    }
  }
}

/** The bytes before an uncompressed message; valid until the next call. */
export function messagePrefix(length: number): Uint8Array {
  writeMessagePrefix(prefix, length);
  return prefix;
}

/** The same at the beginning of `into`. */
export function writeMessagePrefix(into: Uint8Array, length: number): void {
  into[0] = 0;
  into[1] = length >>> 24;
  into[2] = length >>> 16;
  into[3] = length >>> 8;
  into[4] = length;
}

/**
 * The bytes before an uncompressed message and its first `headBytes`; `restBytes` of it follow.
 * Valid until the next call.
 */
export function messageStart(head: Uint8Array, headBytes: number, restBytes: number): Uint8Array {
  const length = headBytes + restBytes;
  if (headBytes === 0) return messagePrefix(length);
  const bytes = MESSAGE_PREFIX_BYTES + headBytes;
  if (bytes > start.length) start = new Uint8Array(2 * bytes);
  writeMessagePrefix(start, length);
  for (let i = 0; i < headBytes; i++) start[MESSAGE_PREFIX_BYTES + i] = head[i] as number;
  return start;
}

const prefix = new Uint8Array(MESSAGE_PREFIX_BYTES);
let start = new Uint8Array(128);
const nothing = new Uint8Array(0);

function uint32At(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  const low = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  return high * 0x1_0000 + low;
}

export function tooMuchHeld(): StatusError {
  const words = 'grpc: too many bytes of unfinished requests on one connection';
  return new StatusError(Code.resourceExhausted, words);
}
