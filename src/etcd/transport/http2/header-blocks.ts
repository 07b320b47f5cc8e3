import { limits } from '../../config/limits.ts';
import { ConnectionError, ErrorCode } from './errors.ts';
import { type HeaderFields, HpackDecoder } from './hpack-decoder.ts';
import { parseRequestFields, type RequestFields } from './request-fields.ts';

/** What a request's header block says; `head` is what the application made of it. */
export type RequestBlock<Head> =
  | { readonly kind: 'request'; readonly contentLength: number | undefined; readonly head: Head }
  | { readonly kind: 'malformed' };

type Cached<Head> = { readonly bytes: Uint8Array; readonly block: RequestBlock<Head> };

/** Blocks longer than this are rarely repeated byte by byte. */
const CACHED_BYTES_MAX = 256;
const CACHED_BLOCKS_MAX = 8;

/**
 * Decodes one connection's header blocks. A client that repeats a request sends the same few
 * indexes again: as long as the dynamic table stays the same, the same bytes mean the same request,
 * and neither decoding nor the application's reading of it is repeated.
 */
export class HeaderBlocks<Head> {
  readonly #decoder = new HpackDecoder(limits.http2HeaderListBytesMax);
  readonly #headOf: (request: RequestFields | undefined) => Head;
  #cache: Cached<Head>[] = [];
  #cacheGeneration = 0;
  #nextSlot = 0;

  /** `headOf` gets undefined for a header list that is too large. */
  constructor(headOf: (request: RequestFields | undefined) => Head) {
    this.#headOf = headOf;
  }

  request(bytes: Buffer, start: number, end: number): RequestBlock<Head> {
    const { table } = this.#decoder;
    const isCurrent = this.#cacheGeneration === table.generation;
    if (isCurrent) {
      for (const cached of this.#cache) {
        if (isSame(cached.bytes, bytes, start, end)) return cached.block;
      }
    } else {
      this.#cache = [];
      this.#nextSlot = 0;
      this.#cacheGeneration = table.generation;
    }
    const block = this.#parse(this.#decoder.decode(bytes, start, end));
    if (table.generation === this.#cacheGeneration && end - start <= CACHED_BYTES_MAX) {
      this.#cache[this.#nextSlot] = { bytes: new Uint8Array(bytes.subarray(start, end)), block };
      this.#nextSlot = (this.#nextSlot + 1) % CACHED_BLOCKS_MAX;
    }
    return block;
  }

  /** The fields, for the table's sake; undefined when they are too many. */
  other(bytes: Buffer, start: number, end: number): HeaderFields | undefined {
    return this.#decoder.decode(bytes, start, end);
  }

  #parse(list: HeaderFields | undefined): RequestBlock<Head> {
    if (list === undefined) {
      return { kind: 'request', contentLength: undefined, head: this.#headOf(undefined) };
    }
    const request = parseRequestFields(list);
    if (request === undefined) return { kind: 'malformed' };
    const { contentLength } = request;
    return { kind: 'request', contentLength, head: this.#headOf(request) };
  }
}

/** A block that goes on in CONTINUATION frames. Its end cannot be waited for without bounds. */
export class BlockFragments {
  readonly streamId: number;
  readonly endsStream: boolean;
  readonly #parts: Buffer[] = [];
  #sizeBytes = 0;

  constructor(streamId: number, endsStream: boolean) {
    this.streamId = streamId;
    this.endsStream = endsStream;
  }

  /** Copies: a view would keep all that arrived with it. */
  add(bytes: Buffer, start: number, end: number): void {
    this.#sizeBytes += end - start;
    const isTooMuch =
      this.#sizeBytes > limits.http2HeaderBlockBytesMax ||
      this.#parts.length > limits.http2ContinuationFramesMax;
    if (isTooMuch) {
      throw new ConnectionError(ErrorCode.enhanceYourCalm, 'a header block without an end');
    }
    this.#parts.push(Buffer.from(bytes.subarray(start, end)));
  }

  whole(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function isSame(cached: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (cached.length !== length) return false;
  for (let i = 0; i < length; i++) if (cached[i] !== bytes[start + i]) return false;
  return true;
}
