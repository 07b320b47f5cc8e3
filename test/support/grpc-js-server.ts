import type { Socket } from 'node:net';
import {
  type handleUnaryCall,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerInterceptor,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Clock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import { Code, EtcdError } from '../../src/etcd/errors.ts';
import type { GrpcServer, GrpcServerOptions } from '../../src/etcd/transport/grpc-server.ts';
import {
  type Call,
  type Cancelable,
  REPLY_ROOM_BYTES,
  type Rpc,
  type RpcStream,
  type StreamRpc,
  type UnaryRpc,
} from '../../src/etcd/transport/rpc.ts';
import {
  callCanceled,
  callDeadlineExceeded,
  isUnforeseen,
  statusOf,
} from '../../src/etcd/transport/status.ts';

type Bytes = Uint8Array;
type WritableCall = ServerWritableStream<Bytes, Bytes> | ServerDuplexStream<Bytes, Bytes>;
type StreamOwner = {
  /** The stream is over, however it ended. */
  readonly over: () => void;
  /** A handler threw: whoever waits for this call must hear of it. */
  readonly broken: (error: unknown) => void;
  readonly answerTo: (error: unknown) => { code: number; details: string };
};
type AnyServerCall = {
  readonly metadata: Metadata;
  getDeadline(): Date | number;
  on(event: 'cancelled', listener: () => void): unknown;
};

/** etcd's keepalive towards clients: a ping after two idle hours, twenty seconds to answer it. */
const keepaliveTimeMs = 2 * 60 * 60 * 1000;
const keepaliveTimeoutMs = 20 * 1000;
/** Per stream. The default of 64 KiB costs a big Put a round trip per 64 KiB. */
const flowControlWindowBytes = 1024 * 1024;
const lastResortMs = 1_000;
/** HTTP/2's largest. */
const streamsMax = 2 ** 32 - 1;

/** A second opinion for the transport's contract tests: the same interface over @grpc/grpc-js. */
export class GrpcJsServer implements GrpcServer {
  readonly #server: Server;
  readonly #injector: ReturnType<Server['createConnectionInjector']>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #calls = new Set<OpenCall>();
  #idle: (() => void) | undefined;
  #stopping = false;

  constructor(options: GrpcServerOptions) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#server = new Server({
      'grpc.max_receive_message_length': options.receiveBytesMax,
      'grpc.max_send_message_length': -1,
      'grpc.max_concurrent_streams': Math.min(options.concurrentStreamsMax, streamsMax),
      'grpc.keepalive_time_ms': keepaliveTimeMs,
      'grpc.keepalive_timeout_ms': keepaliveTimeoutMs,
      'grpc.enable_channelz': 0,
      'grpc-node.flow_control_window': flowControlWindowBytes,
      interceptors: [goWords],
    });
    for (const rpc of options.rpcs) this.#register(rpc);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  accept(socket: Socket): void {
    this.#injector.injectConnection(socket);
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    // Says goodbye on every connection. Its own cut comes after ours below, as a last resort.
    this.#injector.drain(graceMs + lastResortMs);
    for (const call of this.#calls) call.stop();
    await this.#waitUntilIdle(graceMs);
    for (const call of this.#calls) call.abort(new EtcdError('Stopped'));
    this.#injector.drain(0);
    this.#injector.destroy();
    this.#server.forceShutdown();
  }

  async #waitUntilIdle(timeoutMs: number): Promise<void> {
    if (this.#calls.size === 0) return;
    const timer = new AbortController();
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    await Promise.race([idle, this.#clock.after(timeoutMs, timer.signal).catch(() => {})]);
    timer.abort();
  }

  #register(rpc: Rpc): void {
    const handler =
      rpc.kind === 'unary'
        ? this.#unary(rpc)
        : rpc.kind === 'server-stream'
          ? this.#serverStream(rpc)
          : this.#bidiStream(rpc);
    const type =
      rpc.kind === 'unary' ? 'unary' : rpc.kind === 'server-stream' ? 'serverStream' : 'bidi';
    this.#server.register(rpc.path, handler as UntypedHandleCall, asBuffer, asIs, type);
  }

  #unary(rpc: UnaryRpc): handleUnaryCall<Bytes, Bytes> {
    return (grpc, respond) => {
      const call = this.#enter(grpc);
      if (this.#stopping) call.stop();
      const refuse = (error: unknown) => {
        this.#leave(call);
        respond(this.#answerTo(error, rpc.path));
      };
      const answer = (response: Bytes) => {
        this.#leave(call);
        respond(null, response);
      };
      try {
        const { request } = grpc as ServerUnaryCall<Bytes, Bytes>;
        const result = rpc.handle(request, call, {
          answer: (head, headEnd, body) =>
            answer(Buffer.concat([head.subarray(REPLY_ROOM_BYTES, headEnd), body])),
          answerInPieces: (head, headEnd, pieces) =>
            answer(Buffer.concat([head.subarray(REPLY_ROOM_BYTES, headEnd), ...pieces])),
          fail: refuse,
        });
        if (result instanceof Uint8Array) answer(result);
        else result?.then(answer, refuse);
      } catch (error) {
        refuse(error);
      }
    };
  }

  #serverStream(rpc: StreamRpc): UntypedHandleCall {
    return ((grpc: ServerWritableStream<Bytes, Bytes>) => {
      const stream = this.#openStream(rpc, grpc, () => {});
      if (stream === undefined) return;
      // In a microtask, like a bidi stream's messages: `open` has returned before anything arrives.
      queueMicrotask(() => {
        stream.deliver(grpc.request);
        stream.halfClose();
      });
    }) as UntypedHandleCall;
  }

  #bidiStream(rpc: StreamRpc): UntypedHandleCall {
    return ((grpc: ServerDuplexStream<Bytes, Bytes>) => {
      const stream = this.#openStream(rpc, grpc, (paused) => {
        if (paused) grpc.pause();
        else grpc.resume();
      });
      if (stream === undefined) return;
      grpc.on('data', (message: Bytes) => stream.deliver(message));
      grpc.on('end', () => stream.halfClose());
    }) as UntypedHandleCall;
  }

  #openStream(
    rpc: StreamRpc,
    grpc: WritableCall,
    setPaused: (paused: boolean) => void,
  ): OpenStream | undefined {
    const call = this.#enter(grpc);
    const stream = new OpenStream(grpc, setPaused, {
      over: () => this.#leave(call),
      broken: (error) => call.abort(error),
      answerTo: (error) => this.#answerTo(error, rpc.path),
    });
    call.onStop = () => {
      const stopped = new EtcdError('Stopped');
      call.abort(stopped);
      stream.fail(stopped);
    };
    grpc.on('cancelled', () => stream.abandon());
    if (this.#stopping) {
      call.stop();
      return undefined;
    }
    try {
      rpc.open(stream, call);
    } catch (error) {
      call.abort(error);
      stream.fail(error);
    }
    return stream;
  }

  #enter(grpc: AnyServerCall): OpenCall {
    const call = new OpenCall(grpc, this.#clock);
    this.#calls.add(call);
    grpc.on('cancelled', () => call.cancel());
    return call;
  }

  #leave(call: OpenCall): void {
    call.isOver = true;
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#idle?.();
  }

  #answerTo(error: unknown, path: string): { code: number; details: string } {
    const status = statusOf(error);
    if (isUnforeseen(status)) this.#log.warn('a call failed unexpectedly', { path, error });
    return { code: status.code, details: status.message };
  }
}

class OpenCall implements Call {
  readonly viaGateway = false;
  /** What stopping the server means for this call; unary calls are left to finish. */
  onStop: () => void = () => {};
  /** Set once answered: grpc-js reports a cancellation after every normal end, too. */
  isOver = false;
  underWay: Cancelable | undefined;
  readonly #grpc: AnyServerCall;
  readonly #clock: Clock;
  // Made when first asked for: most calls are answered without anybody waiting on the signal.
  #controller: AbortController | undefined;
  #aborted: unknown;

  constructor(grpc: AnyServerCall, clock: Clock) {
    this.#grpc = grpc;
    this.#clock = clock;
  }

  get deadlineMs(): number {
    return Number(this.#grpc.getDeadline());
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  metadata(name: string): string | undefined {
    const value = this.#grpc.metadata.get(name)[0];
    return value === undefined ? undefined : String(value);
  }

  cancel(): void {
    if (this.isOver) return;
    // A timer may fire a millisecond early.
    const late = this.#clock.wallMs() + 1 >= this.deadlineMs;
    this.abort(late ? callDeadlineExceeded : callCanceled);
  }

  stop(): void {
    this.onStop();
  }

  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
    this.underWay?.cancel();
  }
}

class OpenStream implements RpcStream {
  onMessage: (message: Bytes) => void = () => {};
  onHalfClose: () => void = () => {};
  readonly #grpc: WritableCall;
  readonly #setPaused: (paused: boolean) => void;
  readonly #owner: StreamOwner;
  #isOver = false;
  #waiting: (() => void)[] = [];

  constructor(grpc: WritableCall, setPaused: (paused: boolean) => void, owner: StreamOwner) {
    this.#grpc = grpc;
    this.#setPaused = setPaused;
    this.#owner = owner;
    grpc.on('drain', () => this.#wake());
  }

  deliver(message: Bytes): void {
    if (this.#isOver) return;
    try {
      this.onMessage(message);
    } catch (error) {
      this.#break(error);
    }
  }

  halfClose(): void {
    if (this.#isOver) return;
    try {
      this.onHalfClose();
    } catch (error) {
      this.#break(error);
    }
  }

  write(message: Bytes): boolean {
    return this.#isOver || this.#grpc.write(message);
  }

  writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean {
    return this.write(Buffer.concat([head.subarray(0, headBytes), rest]));
  }

  drained(): Promise<void> {
    if (this.#isOver || !this.#grpc.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  pause(): void {
    this.#setPaused(true);
  }

  resume(): void {
    this.#setPaused(false);
  }

  end(): void {
    if (!this.#finish()) return;
    this.#grpc.end();
  }

  fail(error: unknown): void {
    if (!this.#finish()) return;
    this.#grpc.emit('error', this.#owner.answerTo(error));
  }

  /** The caller is gone: nothing is sent any more. */
  abandon(): void {
    this.#finish();
  }

  #break(error: unknown): void {
    this.#owner.broken(error);
    this.fail(error);
  }

  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#wake();
    this.#owner.over();
    return true;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** grpc-js sends some refusals of its own; clients of etcd know Go's words for them. */
const goWords: ServerInterceptor = (_method, call) => {
  const send = call.sendStatus.bind(call);
  call.sendStatus = (status) => {
    const details = inGoWords(status.code, status.details ?? '');
    send(details === status.details ? status : { ...status, details });
  };
  return call as ReturnType<ServerInterceptor>;
};

function inGoWords(code: number, details: string): string {
  if (code === Code.resourceExhausted) {
    const sizes = /^Received message larger than max \((\d+) vs (\d+)\)$/.exec(details);
    if (sizes === null) return details;
    return `grpc: received message larger than max (${sizes[1]} vs. ${sizes[2]})`;
  }
  if (code === Code.deadlineExceeded && details === 'Deadline exceeded') {
    return callDeadlineExceeded.message;
  }
  return details;
}

/** grpc-js copies with Buffer's own method. */
function asBuffer(bytes: Bytes): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asIs(bytes: Buffer): Bytes {
  return bytes;
}
