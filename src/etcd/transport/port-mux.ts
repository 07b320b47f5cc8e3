import { createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import type { TlsSettings } from '../config/tls-settings.ts';
import { type ListenAddress, listenOn } from './listen.ts';
import { TlsAcceptor } from './tls/tls-acceptor.ts';

/*
 * One port or socket for gRPC and HTTP/1, as etcd's client URL has it. The first bytes decide:
 *
 *   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"  → http2      anything else → http1
 *   0x16, where both http and https URLs name the port → TLS; where only http ones do, a goodbye
 *
 * The bytes looked at are put back, so each side sees a connection from its first byte. Inside TLS
 * the negotiated protocol (ALPN) decides.
 */

const http2Preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** The first byte of every TLS connection: a handshake record. */
const tlsHandshake = 0x16;

export type PortMuxSides = {
  /** Left out where only HTTP/1 is served: inside TLS nothing else is offered then. */
  readonly http2?: (socket: Socket) => void;
  /** May take its time: the connection's bytes wait until it has resolved. */
  readonly http1: (socket: Socket) => Promise<void> | void;
};

export type PortSecurity =
  | { readonly kind: 'plain' }
  | { readonly kind: 'tls' | 'both'; readonly tls: TlsSettings; readonly log: Log };

const plain: PortSecurity = { kind: 'plain' };

export class PortMux {
  readonly #server: Server;
  readonly #sides: PortMuxSides;
  readonly #clock: Clock;
  readonly #open = new Set<Socket>();
  readonly #security: PortSecurity;
  readonly #tls: TlsAcceptor | undefined;

  private constructor(sides: PortMuxSides, security: PortSecurity, clock: Clock) {
    this.#sides = sides;
    this.#clock = clock;
    this.#security = security;
    this.#tls = security.kind === 'plain' ? undefined : this.#acceptor(security.tls, security.log);
    this.#server = createServer({ noDelay: true, keepAlive: true }, (s) => this.#accept(s));
  }

  /**
   * Resolves when the port is bound; rejects with etcd's words when it cannot be, or when the
   * certificate files cannot be used.
   */
  static async listen(
    address: ListenAddress,
    sides: PortMuxSides,
    security: PortSecurity = plain,
    clock: Clock = systemClock,
  ): Promise<PortMux> {
    const mux = new PortMux(sides, security, clock);
    await listenOn(mux.#server, address);
    return mux;
  }

  /** The bound port; differs from the wanted one only when that was 0. */
  get port(): number {
    const address = this.#server.address();
    return address === null || typeof address === 'string' ? 0 : address.port;
  }

  /** No new connections from here on; the ones that are open stay. */
  stopAccepting(): void {
    this.#server.close();
  }

  /** Cuts what is still open. Resolves when the port is free. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    // A reset before or after the decision is the peer's business and must never reach the process.
    socket.on('error', () => socket.destroy());
    if (this.#tls !== undefined && this.#security.kind === 'tls') return this.#tls.accept(socket);
    const decided = new AbortController();
    socket.once('close', () => decided.abort());
    this.#clock.after(limits.firstBytesTimeoutMs, decided.signal).then(
      () => socket.destroy(),
      () => {},
    );
    this.#decide(socket, [], () => decided.abort());
  }

  #decide(socket: Socket, seen: readonly Buffer[], decided: () => void): void {
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      const bytes = seen.length === 0 ? chunk : Buffer.concat([...seen, chunk]);
      if (bytes[0] === tlsHandshake) {
        decided();
        // An answer of HTTP/1 would be taken for a broken record; etcd hangs up as well.
        if (this.#tls === undefined) return void socket.destroy();
        socket.unshift(bytes);
        return this.#tls.accept(socket);
      }
      const compared = Math.min(bytes.length, http2Preface.length);
      const isPreface = http2Preface.compare(bytes, 0, compared, 0, compared) === 0;
      if (isPreface && compared < http2Preface.length) {
        this.#decide(socket, [bytes], decided);
        socket.resume();
        return;
      }
      decided();
      socket.unshift(bytes);
      if (isPreface && this.#sides.http2 === undefined) return void socket.destroy();
      const taken = isPreface ? this.#sides.http2?.(socket) : this.#sides.http1(socket);
      Promise.resolve(taken).then(
        () => socket.resume(),
        () => socket.destroy(),
      );
    });
  }

  #acceptor(settings: TlsSettings, log: Log): TlsAcceptor {
    return new TlsAcceptor({
      settings,
      protocols: this.#sides.http2 === undefined ? ['http/1.1'] : ['h2', 'http/1.1'],
      endpoint: 'client',
      log,
      secured: (socket) => {
        if (socket.alpnProtocol === 'h2') this.#sides.http2?.(socket);
        else void this.#sides.http1(socket);
      },
    });
  }
}
