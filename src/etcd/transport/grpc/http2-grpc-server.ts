import type { Duplex } from 'node:stream';
import { Chain } from '../../../base/chain.ts';
import type { Clock } from '../../../base/clock.ts';
import { beforeNextTurn } from '../../../base/end-of-turn.ts';
import type { Log } from '../../../base/log.ts';
import { limits } from '../../config/limits.ts';
import type {
  AcceptOptions,
  GrpcServer,
  GrpcServerOptions,
  Keepalive,
  ServeOther,
} from '../grpc-server.ts';
import type { Http2Application, StreamReader } from '../http2/application.ts';
import { Http2Connection } from '../http2/connection.ts';
import { OutputBlocks } from '../http2/output.ts';
import type { Http2Stream } from '../http2/stream.ts';
import type { Rpc } from '../rpc.ts';
import { isUnforeseen, type Status, statusOf } from '../status.ts';
import { Deadlines } from './deadlines.ts';
import type { CallOwner, WaitingCall } from './open-call.ts';
import { type RequestHead, RequestHeads } from './request-head.ts';
import { StreamExchange } from './stream-exchange.ts';
import { UnaryExchange } from './unary-exchange.ts';

/** How long a connection may take to close once everything was said. */
const lastResortMs = 1_000;

const usualKeepalive: Keepalive = {
  clientPingMsMin: limits.grpcPingMsMin,
  intervalMs: limits.grpcKeepaliveMs,
  timeoutMs: limits.grpcKeepaliveTimeoutMs,
};

type Connection = Http2Connection<RequestHead>;

/** gRPC over our own HTTP/2: no library between a socket's bytes and the methods. */
export class Http2GrpcServer implements GrpcServer, Http2Application<RequestHead>, CallOwner {
  readonly clock: Clock;
  readonly receiveBytesMax: number;
  readonly certificateSubject: string | undefined = undefined;
  readonly #log: Log;
  readonly #concurrentStreamsMax: number;
  readonly #keepalive: Keepalive;
  readonly #heads: RequestHeads;
  readonly #deadlines: Deadlines;
  readonly #blocks = new OutputBlocks();
  readonly #connections = new Set<Connection>();
  /** Calls that wait: those that are answered at once never come here. */
  readonly #calls = new Chain<WaitingCall>();
  #flushing: Connection[] = [];
  #stopSupervising: (() => void) | undefined;
  #isStopping = false;
  /** Asked whenever something ended while the server stops. */
  #quieter: (() => void) | undefined;

  constructor(options: GrpcServerOptions) {
    this.clock = options.clock;
    this.receiveBytesMax = options.receiveBytesMax;
    this.#log = options.log;
    this.#concurrentStreamsMax = options.concurrentStreamsMax;
    this.#keepalive = options.keepalive ?? usualKeepalive;
    this.#heads = new RequestHeads(options.rpcs);
    this.#deadlines = new Deadlines(options.clock);
  }

  accept(socket: Duplex, { others, certificateSubject }: AcceptOptions = {}): void {
    const isPlain = others === undefined && certificateSubject === undefined;
    const owner = isPlain ? this : new OwnerOfNamed(this, certificateSubject);
    const application = isPlain ? this : this.#servingMore(owner, others);
    const connection: Connection = new Http2Connection(socket, {
      application,
      concurrentStreamsMax: this.#concurrentStreamsMax,
      keepalive: this.#keepalive,
      clock: this.clock,
      blocks: this.#blocks,
      flushLater: (due) => this.#flushLater(due),
      becameIdle: () => this.#quieter?.(),
      lost: (lost) => this.#lost(lost),
    });
    this.#connections.add(connection);
    this.#stopSupervising ??= this.clock.every(this.#superviseMs, () => this.#supervise());
    if (this.#isStopping) connection.drain();
  }

  /** Often enough for the shortest of what it looks after. */
  get #superviseMs(): number {
    const { intervalMs, timeoutMs } = this.#keepalive;
    const share = Math.min(intervalMs, timeoutMs) / 4;
    return Math.min(limits.http2SuperviseMs, Math.max(limits.http2SuperviseMsMin, share));
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    for (const connection of this.#connections) connection.drain();
    for (const call of this.#calls.all()) call.stop();
    await this.#until(graceMs, () => this.#isQuiet());
    for (const call of this.#calls.all()) call.cut();
    for (const connection of [...this.#connections]) connection.close();
    await this.#until(lastResortMs, () => this.#connections.size === 0);
    for (const connection of [...this.#connections]) connection.destroy();
    this.#deadlines.close();
    this.#stopSupervising?.();
  }

  // ---- the application on the connections

  head(request: Parameters<RequestHeads['read']>[0]): RequestHead {
    return this.#heads.read(request);
  }

  open(stream: Http2Stream, head: RequestHead): StreamReader {
    return this.#open(stream, head, this);
  }

  #open(stream: Http2Stream, head: RequestHead, owner: CallOwner): StreamReader {
    if (head.kind !== 'call') {
      stream.sendHeaders(head.answer, true);
      return deaf;
    }
    if (head.rpc.kind === 'unary') return new UnaryExchange(stream, head, head.rpc, owner);
    const exchange = new StreamExchange(stream, head, head.rpc, owner);
    exchange.open();
    return exchange;
  }

  /** The same on a connection with a named client, or where what is no gRPC is welcome too. */
  #servingMore(owner: CallOwner, others: ServeOther | undefined): Http2Application<RequestHead> {
    return {
      head: (request) => this.head(request),
      open: (stream, head) =>
        head.kind === 'other' && others !== undefined
          ? others(stream, head.request)
          : this.#open(stream, head, owner),
    };
  }

  // ---- the owner of the calls

  get isStopping(): boolean {
    return this.#isStopping;
  }

  enter(call: WaitingCall): void {
    this.#calls.add(call);
    this.#deadlines.add(call);
  }

  leave(call: WaitingCall): void {
    this.#calls.delete(call);
    this.#deadlines.remove(call);
    this.#quieter?.();
  }

  answerTo(error: unknown, rpc: Rpc): Status {
    const status = statusOf(error);
    if (isUnforeseen(status)) {
      this.#log.warn('a call failed unexpectedly', { path: rpc.path, error });
    }
    return status;
  }

  // ---- turns, time and ends

  /** Answers that become ready in one turn leave together, with one write per connection. */
  #flushLater(connection: Connection): void {
    if (this.#flushing.push(connection) > 1) return;
    beforeNextTurn(() => {
      const due = this.#flushing;
      this.#flushing = [];
      for (const each of due) each.flush();
    });
  }

  #supervise(): void {
    const nowMs = this.clock.monotonicMs();
    for (const connection of [...this.#connections]) connection.supervise(nowMs);
    this.#blocks.trim();
  }

  #lost(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) {
      this.#blocks.trim(Number.POSITIVE_INFINITY);
      this.#stopSupervising?.();
      this.#stopSupervising = undefined;
    }
    this.#quieter?.();
  }

  #isQuiet(): boolean {
    if (this.#calls.size > 0) return false;
    for (const connection of this.#connections) if (connection.streamsOpen > 0) return false;
    return true;
  }

  async #until(timeoutMs: number, isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    const timer = new AbortController();
    const happened = new Promise<void>((resolve) => {
      this.#quieter = () => {
        if (isSo()) resolve();
      };
    });
    await Promise.race([happened, this.clock.after(timeoutMs, timer.signal).catch(() => {})]);
    timer.abort();
    this.#quieter = undefined;
  }
}

/** What a refused request still sends is dropped. */
const deaf: StreamReader = { data: () => {}, roomAgain: () => {}, aborted: () => {} };

/** The server as the calls of one connection see it whose client has shown a certificate. */
class OwnerOfNamed implements CallOwner {
  readonly clock: Clock;
  readonly receiveBytesMax: number;
  readonly certificateSubject: string | undefined;
  readonly #server: CallOwner;

  constructor(server: CallOwner, certificateSubject: string | undefined) {
    this.clock = server.clock;
    this.receiveBytesMax = server.receiveBytesMax;
    this.certificateSubject = certificateSubject;
    this.#server = server;
  }

  get isStopping(): boolean {
    return this.#server.isStopping;
  }

  enter(call: WaitingCall): void {
    this.#server.enter(call);
  }

  leave(call: WaitingCall): void {
    this.#server.leave(call);
  }

  answerTo(error: unknown, rpc: Rpc): Status {
    return this.#server.answerTo(error, rpc);
  }
}
