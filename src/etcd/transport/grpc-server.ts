import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { StreamReader } from './http2/application.ts';
import type { RequestFields } from './http2/request-fields.ts';
import type { Http2Stream } from './http2/stream.ts';
import type { Rpc } from './rpc.ts';

/** How connections without a word are told from dead ones. Milliseconds. */
export type Keepalive = {
  /** Between two pings of a client that has streams; a client that asks more often is cut. */
  readonly clientPingMsMin: number;
  /** The silence after which the server asks, and its patience for the answer. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
};

export type GrpcServerOptions = {
  readonly rpcs: Iterable<Rpc>;
  /** Longest encoded request. */
  readonly receiveBytesMax: number;
  readonly concurrentStreamsMax: number;
  readonly keepalive?: Keepalive;
  readonly clock: Clock;
  readonly log: Log;
};

/** Takes a request that is no gRPC. */
export type ServeOther = (stream: Http2Stream, request: RequestFields) => StreamReader;

export type AcceptOptions = {
  readonly others?: ServeOther | undefined;
  /** The CommonName of the client's verified certificate, when it may stand for a user. */
  readonly certificateSubject?: string | undefined;
};

/** Serves an RPC table as gRPC on connections that somebody else accepted. */
export interface GrpcServer {
  /**
   * Takes over a connection whose first bytes are the HTTP/2 preface. Without `others` what is no
   * gRPC is refused, as Go's gRPC server does.
   */
  accept(socket: Socket, options?: AcceptOptions): void;
  /**
   * Takes no new calls, ends the streams with `etcdserver: server stopped`, lets unary calls finish
   * for at most `graceMs` and closes all connections. Never rejects.
   */
  stop(graceMs: number): Promise<void>;
}
