import { sizeOf } from '../../../base/bytes.ts';
import { EtcdError } from '../../errors.ts';
import type { StreamReader } from '../http2/application.ts';
import type { Http2Stream } from '../http2/stream.ts';
import { REPLY_ROOM_BYTES, type Reply, type UnaryRpc } from '../rpc.ts';
import { callDeadlineExceeded, messageTooLarge } from '../status.ts';
import { cutUnaryRequest, manyRequests, noUnaryRequest } from './cardinality.ts';
import { answerHead, okTrailers, trailersOnly } from './header-lists.ts';
import {
  MESSAGE_PREFIX_BYTES,
  MessageReader,
  tooMuchHeld,
  writeMessagePrefix,
} from './message-reader.ts';
import { type CallHead, type CallOwner, OpenCall, type WaitingCall } from './open-call.ts';

/*
 *   receiving ──last byte──→ handler ──answers at once────────────────→ over
 *                               └── later: waiting ──settles────────────→ over
 *                                      └── aborted, expired, cut: over for the caller;
 *                                          the handler's work is an orphan until it settles
 */

/** One request, one answer. */
export class UnaryExchange extends OpenCall implements StreamReader, WaitingCall, Reply {
  readonly #stream: Http2Stream;
  readonly #owner: CallOwner;
  readonly #rpc: UnaryRpc;
  #reader: MessageReader | undefined;
  #request: Uint8Array | undefined;
  /** Bytes of a request that is complete while the end of its stream is still to come. */
  #keptBytes = 0;
  #isOver = false;
  #isWaiting = false;

  constructor(stream: Http2Stream, head: CallHead, rpc: UnaryRpc, owner: CallOwner) {
    super(head, owner);
    this.#stream = stream;
    this.#rpc = rpc;
    this.#owner = owner;
  }

  override get remoteAddress(): string | undefined {
    return this.#stream.ends.remote;
  }

  override get localAddress(): string | undefined {
    return this.#stream.ends.local;
  }

  data(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    if (this.#isOver) return;
    if (isLast && this.#reader === undefined && isOneMessage(bytes, start, end)) {
      const length = end - start - MESSAGE_PREFIX_BYTES;
      if (length > this.#owner.receiveBytesMax) {
        return this.#refuse(messageTooLarge(length, this.#owner.receiveBytesMax));
      }
      const at = bytes.byteOffset + start + MESSAGE_PREFIX_BYTES;
      return this.#serve(new Uint8Array(bytes.buffer, at, length));
    }
    this.#gather(bytes, start, end, isLast);
  }

  roomAgain(): void {}

  aborted(): void {
    if (this.#isOver) return;
    this.#finish();
    this.cancel();
  }

  expired(): void {
    this.#refuse(callDeadlineExceeded);
    this.abort(callDeadlineExceeded);
  }

  stop(): void {}

  cut(): void {
    const stopped = new EtcdError('Stopped');
    this.#refuse(stopped);
    this.abort(stopped);
  }

  answer(head: Uint8Array, headEnd: number, body: Uint8Array): void {
    if (this.#settled()) this.#answer(head, headEnd, body);
  }

  answerInPieces(head: Uint8Array, headEnd: number, pieces: readonly Uint8Array[]): void {
    if (!this.#settled()) return;
    this.#finish();
    writeMessagePrefix(head, headEnd - REPLY_ROOM_BYTES + sizeOf(pieces));
    const stream = this.#stream;
    stream.sendHeaders(answerHead, false);
    stream.sendDataInPieces([head.slice(0, headEnd), ...pieces]);
    stream.sendTrailers(okTrailers);
  }

  fail(error: unknown): void {
    if (this.#settled()) this.#refuse(error);
  }

  #gather(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    const { encoding } = this.head;
    this.#reader ??= new MessageReader({
      bytesMax: this.#owner.receiveBytesMax,
      encoding,
      retain: (held) => this.#stream.retain(held),
    });
    try {
      this.#reader.read(bytes, start, end, (message) => {
        if (this.#request !== undefined) throw manyRequests();
        this.#request = isLast ? message : this.#keep(message, bytes);
      });
      if (isLast && this.#reader.isWithinMessage) throw cutUnaryRequest();
      if (isLast && this.#request === undefined) throw noUnaryRequest();
    } catch (error) {
      return this.#refuse(error);
    }
    this.#stream.giveBack(end - start);
    if (isLast) this.#serve(this.#request as Uint8Array);
  }

  /** Counted, or whole requests without an end would pile up; a view would keep all around it. */
  #keep(message: Uint8Array, arrived: Buffer): Uint8Array {
    if (!this.#stream.retain(message.length)) throw tooMuchHeld();
    this.#keptBytes = message.length;
    return message.buffer === arrived.buffer ? message.slice() : message;
  }

  #letGo(): void {
    this.#stream.retain(-this.#keptBytes);
    this.#keptBytes = 0;
    this.#request = undefined;
  }

  #serve(request: Uint8Array): void {
    if (this.#request !== undefined) this.#letGo();
    let result: Uint8Array | Promise<Uint8Array> | undefined;
    try {
      result = this.#rpc.handle(request, this, this);
    } catch (error) {
      return this.#refuse(error);
    }
    // Told already.
    if (this.#isOver) return;
    if (result instanceof Uint8Array) return this.#answer(bareHead, REPLY_ROOM_BYTES, result);
    this.#isWaiting = true;
    this.#owner.enter(this);
    result?.then(
      (answer) => this.answer(bareHead, REPLY_ROOM_BYTES, answer),
      (error: unknown) => this.fail(error),
    );
  }

  #answer(head: Uint8Array, headEnd: number, body: Uint8Array): void {
    this.#finish();
    writeMessagePrefix(head, headEnd - REPLY_ROOM_BYTES + body.length);
    this.#stream.sendAnswer(answerHead, head, headEnd, body, okTrailers);
  }

  #refuse(error: unknown): void {
    if (this.#isOver) return;
    const status = this.#owner.answerTo(error, this.#rpc);
    this.#finish();
    this.#stream.sendHeaders(trailersOnly(status), true);
  }

  /** False: nobody waits for the outcome any more. */
  #settled(): boolean {
    if (this.#isWaiting) {
      this.#isWaiting = false;
      if (this.#isOver) this.#stream.workEnded();
      else this.#owner.leave(this);
    }
    return !this.#isOver;
  }

  #finish(): void {
    this.#isOver = true;
    this.#reader?.drop();
    if (this.#request !== undefined) this.#letGo();
    if (!this.#isWaiting) return;
    this.#owner.leave(this);
    this.#stream.workGoesOn();
  }
}

/** Of answers that come in one piece. */
const bareHead = new Uint8Array(REPLY_ROOM_BYTES);

/** The usual case: all of the body in one frame, not compressed. */
function isOneMessage(bytes: Buffer, start: number, end: number): boolean {
  return (
    end - start >= MESSAGE_PREFIX_BYTES &&
    bytes[start] === 0 &&
    bytes.readUInt32BE(start + 1) === end - start - MESSAGE_PREFIX_BYTES
  );
}
