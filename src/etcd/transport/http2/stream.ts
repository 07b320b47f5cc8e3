import type { ConnectionEnds } from '../connection-ends.ts';
import type { StreamReader } from './application.ts';
import type { ErrorCode } from './errors.ts';
import type { HeaderList } from './hpack-encoder.ts';
import type { ReceiveWindow } from './receive-window.ts';

/*
 *            HEADERS                     END_STREAM received          our END_STREAM sent
 *   idle ───────────────→ open ────────────────────→ half closed ───────────────→ closed
 *                           └── our END_STREAM sent: RST_STREAM(NO_ERROR) follows ──→ closed
 *                           └── RST_STREAM either way, or the connection ends ──────→ closed
 *
 * A stream leaves the connection's table when it is closed.
 */

/** The connection, as its streams see it. */
export interface StreamOwner {
  sendHeaders(stream: Http2Stream, list: HeaderList, endsStream: boolean): void;
  sendData(stream: Http2Stream, prefix: Uint8Array, prefixBytes: number, bytes: Uint8Array): void;
  sendDataInPieces(stream: Http2Stream, pieces: readonly Uint8Array[]): void;
  sendTrailers(stream: Http2Stream, list: HeaderList): void;
  sendAnswer(
    stream: Http2Stream,
    head: HeaderList,
    start: Uint8Array,
    startBytes: number,
    rest: Uint8Array,
    end: HeaderList,
  ): boolean;
  reset(stream: Http2Stream, code: ErrorCode): void;
  giveBack(stream: Http2Stream, bytes: number): void;
  retain(bytes: number): boolean;
  work(delta: 1 | -1): void;
  readonly ends: ConnectionEnds;
}

/** Unsent bytes, oldest first, and the trailers behind them. */
export type SendQueue = {
  readonly chunks: Uint8Array[];
  /** Chunks and bytes of the next one that were sent. */
  chunksSent: number;
  offset: number;
  sizeBytes: number;
  trailers: HeaderList | undefined;
  /** Somebody was told that there is no room. */
  isAwaited: boolean;
};

/** One request and its answer. The public fields belong to the connection and its sender. */
export class Http2Stream {
  readonly id: number;
  reader: StreamReader = nobody;
  isRemoteEnded = false;
  isClosed = false;
  /** Our END_STREAM is sent or queued. */
  isLocalEnded = false;
  hasAnswered = false;
  sendWindow: number;
  queue: SendQueue | undefined;
  /** Made when a first DATA frame does not end the stream. */
  receiveWindow: ReceiveWindow | undefined;
  /** Body bytes still to come, when the request announced how many. */
  bodyBytesLeft: number | undefined;
  readonly #owner: StreamOwner;

  constructor(id: number, owner: StreamOwner, sendWindow: number) {
    this.id = id;
    this.#owner = owner;
    this.sendWindow = sendWindow;
  }

  sendHeaders(list: HeaderList, endsStream: boolean): void {
    if (!this.isLocalEnded) this.#owner.sendHeaders(this, list, endsStream);
  }

  /**
   * The first `prefixBytes` of the prefix are copied at once (it may be used again), `bytes` only
   * when windows allow: they must not change any more.
   */
  sendData(prefix: Uint8Array, prefixBytes: number, bytes: Uint8Array): void {
    if (!this.isLocalEnded) this.#owner.sendData(this, prefix, prefixBytes, bytes);
  }

  /** Pieces of long data, none of which may change any more. */
  sendDataInPieces(pieces: readonly Uint8Array[]): void {
    if (!this.isLocalEnded) this.#owner.sendDataInPieces(this, pieces);
  }

  /** Ends the answer, behind all data. */
  sendTrailers(list: HeaderList): void {
    if (!this.isLocalEnded) this.#owner.sendTrailers(this, list);
  }

  /**
   * The usual answer in one go: headers, a body that is the first `startBytes` of `start` and then
   * `rest`, trailers. `start` is copied at once, `rest` must not change any more.
   */
  sendAnswer(
    head: HeaderList,
    start: Uint8Array,
    startBytes: number,
    rest: Uint8Array,
    end: HeaderList,
  ): void {
    if (this.isLocalEnded) return;
    if (this.#owner.sendAnswer(this, head, start, startBytes, rest, end)) return;
    this.sendHeaders(head, false);
    this.sendData(start, startBytes, rest);
    this.sendTrailers(end);
  }

  /** Ends the stream at once, in both directions; its reader hears nothing any more. */
  reset(code: ErrorCode): void {
    if (!this.isClosed) this.#owner.reset(this, code);
  }

  get ends(): ConnectionEnds {
    return this.#owner.ends;
  }

  get queuedBytes(): number {
    return this.queue?.sizeBytes ?? 0;
  }

  /** Makes the reader hear of `roomAgain` once. */
  awaitRoom(): void {
    if (this.queue !== undefined) this.queue.isAwaited = true;
  }

  /** The peer may send as many bytes more. */
  giveBack(bytes: number): void {
    if (!this.isClosed && !this.isRemoteEnded) this.#owner.giveBack(this, bytes);
  }

  /**
   * Counts bytes of requests that are held (or, negative, no longer) against the connection's
   * bound. False: too much is held, nothing was counted.
   */
  retain(bytes: number): boolean {
    return this.#owner.retain(bytes);
  }

  /**
   * Work that goes on for a stream that was aborted counts as a stream, so that opening and
   * resetting streams does not pile it up.
   */
  workGoesOn(): void {
    this.#owner.work(1);
  }

  workEnded(): void {
    this.#owner.work(-1);
  }
}

const nobody: StreamReader = { data: () => {}, roomAgain: () => {}, aborted: () => {} };
