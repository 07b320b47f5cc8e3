import type { Socket } from 'node:net';

/** Serves an RPC table as gRPC on connections that somebody else accepted. */
export interface GrpcServer {
  /** Takes over a connection whose first bytes are the HTTP/2 preface. */
  accept(socket: Socket): void;
  /**
   * Takes no new calls, ends the streams with `etcdserver: server stopped`, lets unary calls finish
   * for at most `graceMs` and closes all connections. Never rejects.
   */
  stop(graceMs: number): Promise<void>;
}
