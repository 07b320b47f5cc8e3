import { emptyBytes, sizeOf } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import { Code } from '../errors.ts';
import type { MethodMeter, RpcMeters } from '../metrics/rpc-metrics.ts';
import { DecodeError } from '../proto/wire.ts';
import { type RequestTiming, type TimedCall, untimed } from '../timing/timing.ts';
import { statusOf } from '../transport/status.ts';
import { ForwardedStream } from './forwarded-stream.ts';
import {
  type Call,
  REPLY_ROOM_BYTES,
  type Reply,
  type Rpc,
  type RpcStream,
  type RpcTable,
  type StreamRpc,
  type UnaryRpc,
} from './rpc.ts';

/**
 * The same methods, counted and timed. Calls by gRPC and by JSON count alike, as etcd's gateway's
 * do.
 */
export function meteredRpcs(
  table: RpcTable,
  meters: RpcMeters,
  timing: RequestTiming = untimed,
): RpcTable {
  const metered = new Map<string, Rpc>();
  for (const [path, rpc] of table) {
    const meter = meters.get(path);
    if (meter === undefined) metered.set(path, rpc);
    else if (rpc.kind === 'unary') metered.set(path, meterUnary(rpc, meter, timing));
    else metered.set(path, meterStream(rpc, meter, timing));
  }
  return metered;
}

function meterUnary(rpc: UnaryRpc, meter: MethodMeter, timing: RequestTiming): UnaryRpc {
  return {
    kind: 'unary',
    path: rpc.path,
    handle: (request, call, reply) => {
      meter.begin();
      meter.messageIn(request.length);
      const metered = new MeteredReply(rpc.path, request, call, reply, meter, timing);
      try {
        const result = rpc.handle(request, call, metered);
        if (result === undefined) return undefined;
        if (result instanceof Uint8Array) return metered.returned(result);
        return result.then(
          (response) => metered.returned(response),
          (error: unknown) => metered.threw(error),
        );
      } catch (error) {
        return metered.threw(error);
      }
    },
  };
}

class MeteredReply implements Reply, TimedCall {
  readonly path: string;
  readonly startedMs: number;
  readonly #request: Uint8Array;
  readonly #call: Call;
  readonly #reply: Reply;
  readonly #meter: MethodMeter;
  readonly #timing: RequestTiming;

  constructor(
    path: string,
    request: Uint8Array,
    call: Call,
    reply: Reply,
    meter: MethodMeter,
    timing: RequestTiming,
  ) {
    this.path = path;
    // A long one is not kept for a line in the log.
    this.#request = request.length > limits.decodedRequestBytesMax ? emptyBytes : request;
    this.#call = call;
    this.#reply = reply;
    this.#meter = meter;
    this.#timing = timing;
    this.startedMs = timing.nowMs();
  }

  get request(): Uint8Array {
    return this.#request;
  }

  get remote(): string | undefined {
    return this.#call.remoteAddress;
  }

  answer(head: Uint8Array, headEnd: number, body: Uint8Array): void {
    const isSlow = this.#ended(0, headEnd - REPLY_ROOM_BYTES + body.length);
    if (isSlow) this.#slow([head.subarray(REPLY_ROOM_BYTES, headEnd), body]);
    this.#reply.answer(head, headEnd, body);
  }

  answerInPieces(head: Uint8Array, headEnd: number, pieces: readonly Uint8Array[]): void {
    const isSlow = this.#ended(0, headEnd - REPLY_ROOM_BYTES + sizeOf(pieces));
    if (isSlow) this.#slow([head.subarray(REPLY_ROOM_BYTES, headEnd), ...pieces]);
    this.#reply.answerInPieces(head, headEnd, pieces);
  }

  fail(error: unknown): void {
    this.#failed(error);
    this.#reply.fail(error);
  }

  /** For who hands its answer back. */
  returned(response: Uint8Array): Uint8Array {
    if (this.#ended(0, response.length)) this.#slow([response]);
    return response;
  }

  /** For who throws its error. */
  threw(error: unknown): never {
    // Go's gRPC reads the request before anything that counts: bytes that are none are no call.
    if (error instanceof DecodeError) this.#meter.takeBack();
    else this.#failed(error);
    throw error;
  }

  #failed(error: unknown): void {
    if (this.#ended(statusOf(error).code, undefined)) this.#slow(undefined);
  }

  #ended(code: number, bytes: number | undefined): boolean {
    const tookMs = this.#timing.nowMs() - this.startedMs;
    // An error counts as a message, as in etcd.
    this.#meter.messageOut(bytes ?? 0);
    this.#meter.end(code, tookMs);
    return this.#timing.isSlowCall(tookMs);
  }

  #slow(response: readonly Uint8Array[] | undefined): void {
    this.#timing.slowCall(this, response);
  }
}

function meterStream(rpc: StreamRpc, meter: MethodMeter, timing: RequestTiming): StreamRpc {
  return {
    kind: rpc.kind,
    path: rpc.path,
    open: (stream, call) => {
      meter.begin();
      const metered = new MeteredStream(stream, rpc.kind, meter, call, timing);
      try {
        rpc.open(metered, call);
      } catch (error) {
        metered.fail(error);
      }
    },
  };
}

/**
 * Counts as etcd's interceptor does, which sees what its handlers do: a handler that waits for the
 * next message counts one when it hears instead that there is none, and a stream in both directions
 * whose message cannot be read has been canceled by gRPC before its handler hears of it.
 */
class MeteredStream extends ForwardedStream {
  readonly #meter: MethodMeter;
  readonly #timing: RequestTiming;
  readonly #startedMs: number;
  readonly #takesMany: boolean;
  /** The handler will ask for another message. */
  #isReceiving = true;
  #isOver = false;

  constructor(
    stream: RpcStream,
    kind: StreamRpc['kind'],
    meter: MethodMeter,
    call: Call,
    timing: RequestTiming,
  ) {
    super(stream);
    this.#meter = meter;
    this.#timing = timing;
    this.#startedMs = timing.nowMs();
    this.#takesMany = kind === 'bidi-stream';
    const onAbort = () => {
      if (this.#isOver) return;
      this.#receiveNone();
      this.#finish(this.#codeOf(call.signal.reason));
    };
    call.signal.addEventListener('abort', onAbort, { once: true });
  }

  override get onMessage(): (message: Uint8Array) => void {
    return super.onMessage;
  }

  override set onMessage(listener: (message: Uint8Array) => void) {
    super.onMessage = (message) => {
      this.#meter.messageIn(message.length);
      if (!this.#takesMany) this.#isReceiving = false;
      listener(message);
    };
  }

  override get onHalfClose(): () => void {
    return super.onHalfClose;
  }

  override set onHalfClose(listener: () => void) {
    super.onHalfClose = () => {
      this.#receiveNone();
      listener();
    };
  }

  override write(message: Uint8Array): boolean {
    if (!this.#isOver) this.#meter.messageOut(message.length);
    return super.write(message);
  }

  override writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean {
    if (!this.#isOver) this.#meter.messageOut(headBytes + rest.length);
    return super.writeParts(head, headBytes, rest);
  }

  override end(): void {
    this.#finish(0);
    super.end();
  }

  override fail(error: unknown): void {
    this.#finish(this.#codeOf(error));
    super.fail(error);
  }

  #receiveNone(): void {
    if (this.#isReceiving) this.#meter.messageIn(0);
    this.#isReceiving = false;
  }

  /** These two say that a message could not be read; the handlers of such streams have neither. */
  #codeOf(error: unknown): number {
    const { code } = statusOf(error);
    const isUnread = code === Code.internal || code === Code.resourceExhausted;
    return this.#takesMany && isUnread ? Code.canceled : code;
  }

  #finish(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#meter.end(code, this.#timing.nowMs() - this.#startedMs);
  }
}
