import { sizeOf } from '../../base/bytes.ts';
import type { MethodMeter, RpcMeters } from '../metrics/rpc-metrics.ts';
import { statusOf } from '../transport/status.ts';
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

/** The same methods, counted. Calls by gRPC and by JSON count alike, as etcd's gateway's do. */
export function meteredRpcs(table: RpcTable, meters: RpcMeters): RpcTable {
  const metered = new Map<string, Rpc>();
  for (const [path, rpc] of table) {
    const meter = meters.get(path);
    if (meter === undefined) metered.set(path, rpc);
    else metered.set(path, rpc.kind === 'unary' ? meterUnary(rpc, meter) : meterStream(rpc, meter));
  }
  return metered;
}

function meterUnary(rpc: UnaryRpc, meter: MethodMeter): UnaryRpc {
  const succeeded = (response: Uint8Array) => {
    meter.messageOut(response.length);
    meter.end(0);
    return response;
  };
  const failed = (error: unknown): never => {
    meter.end(statusOf(error).code);
    throw error;
  };
  return {
    kind: 'unary',
    path: rpc.path,
    handle: (request, call, reply) => {
      meter.begin();
      meter.messageIn(request.length);
      try {
        const result = rpc.handle(request, call, new MeteredReply(reply, meter));
        if (result === undefined) return undefined;
        return result instanceof Uint8Array ? succeeded(result) : result.then(succeeded, failed);
      } catch (error) {
        return failed(error);
      }
    },
  };
}

class MeteredReply implements Reply {
  readonly #reply: Reply;
  readonly #meter: MethodMeter;

  constructor(reply: Reply, meter: MethodMeter) {
    this.#reply = reply;
    this.#meter = meter;
  }

  answer(head: Uint8Array, headEnd: number, body: Uint8Array): void {
    this.#meter.messageOut(headEnd - REPLY_ROOM_BYTES + body.length);
    this.#meter.end(0);
    this.#reply.answer(head, headEnd, body);
  }

  answerInPieces(head: Uint8Array, headEnd: number, pieces: readonly Uint8Array[]): void {
    this.#meter.messageOut(headEnd - REPLY_ROOM_BYTES + sizeOf(pieces));
    this.#meter.end(0);
    this.#reply.answerInPieces(head, headEnd, pieces);
  }

  fail(error: unknown): void {
    this.#meter.end(statusOf(error).code);
    this.#reply.fail(error);
  }
}

function meterStream(rpc: StreamRpc, meter: MethodMeter): StreamRpc {
  return {
    kind: rpc.kind,
    path: rpc.path,
    open: (stream, call) => {
      meter.begin();
      const metered = new MeteredStream(stream, meter, call);
      try {
        rpc.open(metered, call);
      } catch (error) {
        metered.fail(error);
      }
    },
  };
}

class MeteredStream implements RpcStream {
  readonly #stream: RpcStream;
  readonly #meter: MethodMeter;
  #isOver = false;

  constructor(stream: RpcStream, meter: MethodMeter, call: Call) {
    this.#stream = stream;
    this.#meter = meter;
    const onAbort = () => this.#finish(statusOf(call.signal.reason).code);
    call.signal.addEventListener('abort', onAbort, { once: true });
  }

  get onMessage(): (message: Uint8Array) => void {
    return this.#stream.onMessage;
  }

  set onMessage(listener: (message: Uint8Array) => void) {
    this.#stream.onMessage = (message) => {
      this.#meter.messageIn(message.length);
      listener(message);
    };
  }

  get onHalfClose(): () => void {
    return this.#stream.onHalfClose;
  }

  set onHalfClose(listener: () => void) {
    this.#stream.onHalfClose = listener;
  }

  write(message: Uint8Array): boolean {
    if (!this.#isOver) this.#meter.messageOut(message.length);
    return this.#stream.write(message);
  }

  writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean {
    if (!this.#isOver) this.#meter.messageOut(headBytes + rest.length);
    return this.#stream.writeParts(head, headBytes, rest);
  }

  drained(): Promise<void> {
    return this.#stream.drained();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  end(): void {
    this.#finish(0);
    this.#stream.end();
  }

  fail(error: unknown): void {
    this.#finish(statusOf(error).code);
    this.#stream.fail(error);
  }

  #finish(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#meter.end(code);
  }
}
