import { limits } from '../../config/limits.ts';
import { Code, EtcdError, StatusError } from '../../errors.ts';
import type { StreamReader } from '../http2/application.ts';
import type { Http2Stream } from '../http2/stream.ts';
import type { RpcStream, StreamRpc } from '../rpc.ts';
import { callDeadlineExceeded, type Status } from '../status.ts';
import { manyRequests, noRequest } from './cardinality.ts';
import { answerHead, trailers, trailersOnly } from './header-lists.ts';
import { MESSAGE_PREFIX_BYTES, MessageReader, messageStart } from './message-reader.ts';
import { type CallHead, type CallOwner, OpenCall, type WaitingCall } from './open-call.ts';

const ok: Status = { code: 0, message: '' };
const noHead = new Uint8Array(0);

class StreamCall extends OpenCall {
  readonly #stream: Http2Stream;

  constructor(head: CallHead, owner: CallOwner, stream: Http2Stream) {
    super(head, owner);
    this.#stream = stream;
  }

  override get remoteAddress(): string | undefined {
    return this.#stream.ends.remote;
  }

  override get localAddress(): string | undefined {
    return this.#stream.ends.local;
  }
}

/** A call with many messages, in one direction or both. */
export class StreamExchange implements StreamReader, RpcStream, WaitingCall {
  onMessage: (message: Uint8Array) => void = () => {};
  onHalfClose: () => void = () => {};
  next: WaitingCall | undefined;
  previous: WaitingCall | undefined;
  readonly #stream: Http2Stream;
  readonly #rpc: StreamRpc;
  readonly #owner: CallOwner;
  readonly #call: OpenCall;
  readonly #reader: MessageReader;
  /** Arrived and not delivered: the call is paused, or its one request is not complete. */
  #undelivered: Uint8Array[] = [];
  #messages = 0;
  #isHalfClosed = false;
  #isPaused = false;
  #isDelivering = false;
  /** Bytes received for undelivered messages: the peer gets its window back when they are. */
  #owedBytes = 0;
  #isOver = false;
  #waiting: (() => void)[] = [];

  constructor(stream: Http2Stream, head: CallHead, rpc: StreamRpc, owner: CallOwner) {
    this.#stream = stream;
    this.#rpc = rpc;
    this.#owner = owner;
    this.#call = new StreamCall(head, owner, stream);
    this.#reader = new MessageReader({
      bytesMax: owner.receiveBytesMax,
      encoding: head.encoding,
      retain: (bytes) => stream.retain(bytes),
    });
  }

  get deadlineMs(): number {
    return this.#call.deadlineMs;
  }

  /** Called once, before anything is delivered. */
  open(): void {
    this.#owner.enter(this);
    if (this.#owner.isStopping) return this.stop();
    try {
      this.#rpc.open(this, this.#call);
    } catch (error) {
      this.#break(error);
    }
  }

  data(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    if (this.#isOver) return;
    try {
      this.#reader.read(bytes, start, end, this.#arrived);
      if (this.#isOver) return;
      if (isLast && this.#reader.isWithinMessage) {
        throw new StatusError(Code.internal, 'unexpected EOF');
      }
    } catch (error) {
      return this.#break(error);
    }
    this.#isHalfClosed = isLast;
    this.#owedBytes += end - start;
    this.#deliver();
  }

  roomAgain(): void {
    this.#wake();
  }

  aborted(): void {
    if (!this.#finish()) return;
    this.#call.cancel();
  }

  expired(): void {
    this.#break(callDeadlineExceeded);
  }

  stop(): void {
    this.#break(new EtcdError('Stopped'));
  }

  cut(): void {
    this.stop();
  }

  write(message: Uint8Array): boolean {
    return this.writeParts(noHead, 0, message);
  }

  writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean {
    if (this.#isOver) return true;
    if (!this.#stream.hasAnswered) this.#stream.sendHeaders(answerHead, false);
    const start = messageStart(head, headBytes, rest.length);
    this.#stream.sendData(start, MESSAGE_PREFIX_BYTES + headBytes, rest);
    return this.#hasRoom();
  }

  drained(): Promise<void> {
    if (this.#isOver || this.#hasRoom()) return Promise.resolve();
    this.#stream.awaitRoom();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
  }

  end(): void {
    this.#endWith(ok);
  }

  fail(error: unknown): void {
    if (!this.#isOver) this.#endWith(this.#owner.answerTo(error, this.#rpc));
  }

  /** Copies what has to wait: a view would keep everything that arrived with it. */
  readonly #arrived = (message: Uint8Array): void => {
    if (this.#isOver) return;
    if (this.#rpc.kind === 'bidi-stream' && !this.#isPaused && this.#undelivered.length === 0) {
      return this.#hand(message);
    }
    if (this.#rpc.kind === 'server-stream' && this.#undelivered.length > 0) throw manyRequests();
    if (!this.#stream.retain(message.length)) {
      const words = 'grpc: too many bytes of undelivered messages on one connection';
      throw new StatusError(Code.resourceExhausted, words);
    }
    this.#undelivered.push(message.slice());
  };

  #deliver(): void {
    // A handler may resume from within its own delivery.
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    const isComplete = this.#rpc.kind === 'bidi-stream' || this.#isHalfClosed;
    while (isComplete && !this.#isPaused && !this.#isOver && this.#undelivered.length > 0) {
      const message = this.#undelivered.shift() as Uint8Array;
      this.#stream.retain(-message.length);
      this.#hand(message);
    }
    this.#isDelivering = false;
    if (this.#isOver || (this.#isPaused && this.#rpc.kind === 'bidi-stream')) return;
    this.#stream.giveBack(this.#owedBytes);
    this.#owedBytes = 0;
    if (this.#isHalfClosed && !this.#isPaused) this.#halfClose();
  }

  #hand(message: Uint8Array): void {
    this.#messages++;
    try {
      this.onMessage(message);
    } catch (error) {
      this.#break(error);
    }
  }

  #halfClose(): void {
    this.#isHalfClosed = false;
    try {
      if (this.#rpc.kind === 'server-stream' && this.#messages === 0) throw noRequest();
      this.onHalfClose();
    } catch (error) {
      this.#break(error);
    }
  }

  #hasRoom(): boolean {
    return this.#stream.queuedBytes < limits.http2StreamQueueBytes;
  }

  /** Ends the call with this error, for the caller and for the handler. */
  #break(error: unknown): void {
    this.#call.abort(error);
    this.fail(error);
  }

  #endWith(status: Status): void {
    if (!this.#finish()) return;
    if (this.#stream.hasAnswered) this.#stream.sendTrailers(trailers(status));
    else this.#stream.sendHeaders(trailersOnly(status), true);
  }

  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#reader.drop();
    for (const message of this.#undelivered) this.#stream.retain(-message.length);
    this.#undelivered = [];
    this.#wake();
    this.#owner.leave(this);
    return true;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
