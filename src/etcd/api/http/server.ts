import type { Duplex } from 'node:stream';
import type { HttpApp } from './http-app.ts';
import type { HttpServerOptions } from './http-options.ts';
import { OpenCalls } from './open-calls.ts';

/**
 * The HTTP/1 side of a port. It has no listener: whoever owns the port hands connections over. The
 * framework is loaded with the first connection, which waits for it: many members never get one,
 * and those that restart answer gRPC sooner.
 */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #calls: OpenCalls;
  /** Connections whose client's certificate names somebody. */
  readonly #named = new WeakSet<Duplex>();
  #loading: Promise<HttpApp> | undefined;
  #stopped = false;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#calls = new OpenCalls(options.clock);
  }

  /**
   * Takes over a connection from its first byte; its bytes must not flow before this resolves. The
   * subject is the CommonName of the client's certificate, on ports that ask for one.
   */
  async accept(socket: Duplex, certificateSubject = ''): Promise<void> {
    if (certificateSubject !== '') this.#named.add(socket);
    try {
      this.#loading ??= this.#load();
      const { server } = await this.#loading;
      if (this.#stopped) socket.destroy();
      else server.emit('connection', socket);
    } catch (error) {
      this.#options.log.error('cannot serve HTTP', { error });
      socket.destroy();
    }
  }

  /**
   * Ends the gateway's streams with `etcdserver: server stopped`, lets calls in flight finish for
   * at most `graceMs` and closes all connections.
   */
  async stop(graceMs = 1_000): Promise<void> {
    this.#stopped = true;
    const loaded = await this.#loading?.catch(() => undefined);
    loaded?.server.closeIdleConnections();
    await this.#calls.stop(graceMs);
    await loaded?.app.close();
  }

  async #load(): Promise<HttpApp> {
    const { createHttpApp } = await import('./http-app.ts');
    return await createHttpApp(this.#options, this.#calls, (socket) => this.#named.has(socket));
  }
}
