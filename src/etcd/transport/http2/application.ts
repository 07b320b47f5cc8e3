import type { ErrorCode } from './errors.ts';
import type { RequestFields } from './request-fields.ts';
import type { Http2Stream } from './stream.ts';

/** What is served on HTTP/2 connections. */
export interface Http2Application<Head> {
  /**
   * Reads a request's fields; undefined when they are too large. Must depend on nothing else: the
   * result is shared by all requests with the same header block.
   */
  head(request: RequestFields | undefined): Head;
  /** A request begins. It may be answered at once; what it brings goes to the reader. */
  open(stream: Http2Stream, head: Head): StreamReader;
}

/** The receiving side of one stream. Nothing is called after `aborted`. */
export interface StreamReader {
  /**
   * `bytes[start, end)` of the body, in order; possibly empty; `isLast` exactly once. The bytes are
   * never written again, so views may be kept, but a view keeps all that arrived with it (64 KiB).
   */
  data(bytes: Buffer, start: number, end: number, isLast: boolean): void;
  /** The queue of unsent bytes is short again after `hasRoom` was false. */
  roomAgain(): void;
  /** Ended from outside before it was answered: reset by the peer, or the connection is lost. */
  aborted(code: ErrorCode): void;
}
