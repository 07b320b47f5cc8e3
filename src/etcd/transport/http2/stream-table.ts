import { SlotTable } from '../../../base/slot-table.ts';
import { limits } from '../../config/limits.ts';
import type { ConnectionEnds } from '../connection-ends.ts';
import type { Http2Application } from './application.ts';
import { ClosedStreams } from './closed-streams.ts';
import { ConnectionError, ErrorCode } from './errors.ts';
import type { RequestBlock } from './header-blocks.ts';
import type { HeaderList } from './hpack-encoder.ts';
import type { Output } from './output.ts';
import { Sender } from './sender.ts';
import { Http2Stream, type StreamOwner } from './stream.ts';
import { TokenBucket } from './token-bucket.ts';

const STREAM_ID_MAX = 0x7fffffff;

export type StreamTableParts<Head> = {
  readonly application: Http2Application<Head>;
  readonly output: Output;
  readonly concurrentStreamsMax: number;
  /** Something was laid out: it must be flushed. */
  readonly written: () => void;
  readonly closed: () => void;
  readonly ends: () => ConnectionEnds;
};

/** A connection's open streams and what is remembered of closed ones. */
export class StreamTable<Head> implements StreamOwner {
  readonly sender: Sender;
  /** The monotonic time of this turn. */
  nowMs = 0;
  readonly #parts: StreamTableParts<Head>;
  readonly #open = new SlotTable<Http2Stream>();
  readonly #closed = new ClosedStreams();
  readonly #resets = new TokenBucket(limits.http2Resets);
  #lastId = 0;
  /** Streams above are ignored: the peer was told. */
  #lastIdServed = STREAM_ID_MAX;
  /** Work that goes on for streams that were aborted. */
  #orphans = 0;
  #retainedBytes = 0;

  constructor(parts: StreamTableParts<Head>) {
    this.#parts = parts;
    this.sender = new Sender(parts.output, (stream) => this.#localEnded(stream));
  }

  get ends(): ConnectionEnds {
    return this.#parts.ends();
  }

  get size(): number {
    return this.#open.size;
  }

  /** The highest identifier that the peer has used. */
  get lastId(): number {
    return this.#lastId;
  }

  get(id: number): Http2Stream | undefined {
    return this.#open.get(id);
  }

  all(): Iterable<Http2Stream> {
    return this.#open.all();
  }

  wasClosed(id: number): boolean {
    return this.#closed.has(id);
  }

  /** Its frames may still arrive and mean nothing. */
  isIgnored(id: number): boolean {
    return id > this.#lastIdServed || this.#closed.isByUs(id);
  }

  /** A request; undefined when it is refused. */
  open(id: number, isRemoteEnded: boolean, block: RequestBlock<Head>): Http2Stream | undefined {
    this.#lastId = id;
    if (id > this.#lastIdServed) return undefined;
    if (block.kind === 'malformed') {
      this.fail(id, ErrorCode.protocolError);
      return undefined;
    }
    if (this.#open.size + this.#orphans >= this.#parts.concurrentStreamsMax) {
      this.fail(id, ErrorCode.refusedStream);
      return undefined;
    }
    const stream = new Http2Stream(id, this, this.sender.initialWindow);
    stream.bodyBytesLeft = block.contentLength;
    stream.isRemoteEnded = isRemoteEnded;
    this.#open.add(stream);
    stream.reader = this.#parts.application.open(stream, block.head);
    return stream;
  }

  /** A stream error. Counted like the peer's resets: provoking ours is the same attack. */
  fail(id: number, code: ErrorCode): void {
    this.#countReset();
    this.sender.resetStream(id, code);
    const stream = this.#open.get(id);
    if (stream === undefined) this.#closed.add(id, true);
    else this.#abort(stream, code, true);
  }

  /** Resetting what was not answered costs the peer nothing and us the work. */
  peerReset(id: number): void {
    const stream = this.#open.get(id);
    if (stream === undefined) return;
    if (!stream.hasAnswered) this.#countReset();
    this.#abort(stream, ErrorCode.cancel, false);
  }

  /** From here on only streams that the peer has opened already are served. */
  serveNoMore(): void {
    this.#lastIdServed = this.#lastId;
  }

  abortAll(): void {
    for (const stream of this.#open.all()) this.#abort(stream, ErrorCode.cancel, true);
  }

  sendHeaders(stream: Http2Stream, list: HeaderList, endsStream: boolean): void {
    stream.isLocalEnded = endsStream;
    this.sender.headers(stream, list, endsStream);
    this.#parts.written();
  }

  sendData(stream: Http2Stream, prefix: Uint8Array, prefixBytes: number, bytes: Uint8Array): void {
    if (!this.sender.data(stream, prefix, prefixBytes, bytes)) this.#tooMuchUnsent(stream);
    this.#parts.written();
  }

  sendDataInPieces(stream: Http2Stream, pieces: readonly Uint8Array[]): void {
    if (!this.sender.dataInPieces(stream, pieces)) this.#tooMuchUnsent(stream);
    this.#parts.written();
  }

  sendAnswer(
    stream: Http2Stream,
    head: HeaderList,
    start: Uint8Array,
    startBytes: number,
    rest: Uint8Array,
    end: HeaderList,
  ): boolean {
    if (!this.sender.answer(stream, head, start, startBytes, rest, end)) return false;
    this.#parts.written();
    return true;
  }

  sendTrailers(stream: Http2Stream, list: HeaderList): void {
    stream.isLocalEnded = true;
    this.sender.trailers(stream, list);
    this.#parts.written();
  }

  reset(stream: Http2Stream, code: ErrorCode): void {
    this.sender.resetStream(stream.id, code);
    this.#remove(stream, true);
    this.#parts.written();
  }

  giveBack(stream: Http2Stream, bytes: number): void {
    const increment = stream.receiveWindow?.giveBack(bytes) ?? 0;
    if (increment === 0) return;
    this.sender.windowUpdate(stream.id, increment);
    this.#parts.written();
  }

  retain(bytes: number): boolean {
    if (bytes > 0 && this.#retainedBytes + bytes > limits.http2UnreadBytesMax) return false;
    this.#retainedBytes += bytes;
    return true;
  }

  work(delta: 1 | -1): void {
    this.#orphans += delta;
  }

  /** The peer takes nothing of what it asks for. */
  #tooMuchUnsent(stream: Http2Stream): void {
    this.sender.resetStream(stream.id, ErrorCode.enhanceYourCalm);
    this.#abort(stream, ErrorCode.enhanceYourCalm, true);
  }

  /** Our END_STREAM is sent. A peer that still sends is told that it need not (section 8.1). */
  #localEnded(stream: Http2Stream): void {
    if (!stream.isRemoteEnded) this.sender.resetStream(stream.id, ErrorCode.noError);
    this.#remove(stream, !stream.isRemoteEnded);
  }

  #abort(stream: Http2Stream, code: ErrorCode, isByUs: boolean): void {
    const { reader } = stream;
    this.#remove(stream, isByUs);
    reader.aborted(code);
  }

  #remove(stream: Http2Stream, isByUs: boolean): void {
    stream.isClosed = true;
    stream.isLocalEnded = true;
    this.sender.forget(stream);
    this.#open.delete(stream.id);
    this.#closed.add(stream.id, isByUs);
    this.#parts.closed();
  }

  #countReset(): void {
    if (this.#resets.take(this.nowMs)) return;
    throw new ConnectionError(ErrorCode.enhanceYourCalm, 'too many streams are reset');
  }
}
