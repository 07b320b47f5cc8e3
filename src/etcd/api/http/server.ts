import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import { limits } from '../../config/limits.ts';
import type { RpcTable } from '../rpc.ts';
import { registerGateway } from './gateway.ts';
import { type HealthObserver, type HealthSource, registerHealth } from './health.ts';
import { type MetricsSource, registerMetrics } from './metrics.ts';
import { OpenCalls } from './open-calls.ts';
import { notFound } from './plain-answer.ts';
import { registerVersion, type VersionSource } from './version.ts';

export type HttpServerOptions = {
  readonly health: HealthSource;
  readonly healthObserver: HealthObserver;
  readonly healthTimeoutMs: number;
  readonly metrics: MetricsSource;
  /** Undefined on a port of `--listen-metrics-urls`: health and metrics only. */
  readonly client: ClientSide | undefined;
  readonly clock: Clock;
  readonly log: Log;
};

export type ClientSide = {
  readonly rpcs: RpcTable;
  readonly receiveBytesMax: number;
  readonly version: VersionSource;
};

const timeouts = {
  headersTimeout: limits.firstBytesTimeoutMs,
  // Go's server keeps idle connections; closing them early would race with a client's next request.
  keepAliveTimeout: limits.firstBytesTimeoutMs,
  // A watch body may stay open for days.
  requestTimeout: 0,
};

/** The HTTP/1 side of a port. It has no listener: whoever owns the port hands connections over. */
export class HttpServer {
  readonly #app: FastifyInstance;
  readonly #server: Server;
  readonly #calls: OpenCalls;

  private constructor(app: FastifyInstance, server: Server, calls: OpenCalls) {
    this.#app = app;
    this.#server = server;
    this.#calls = calls;
  }

  static async create(options: HttpServerOptions): Promise<HttpServer> {
    let server: Server | undefined;
    const calls = new OpenCalls(options.clock);
    const app = Fastify({
      rewriteUrl: (request) => (request.url ?? '/').replace(/^\/v3beta\//, '/v3/'),
      forceCloseConnections: true,
      exposeHeadRoutes: false,
      serverFactory: (handler) => {
        server = createServer(timeouts, handler);
        return server;
      },
    });
    registerRoutes(app, options, calls);
    await app.ready();
    if (server === undefined) throw new Error('the HTTP framework made no server');
    // Node sets its header timeout up when a server starts to listen; this one never does.
    server.emit('listening');
    return new HttpServer(app, server, calls);
  }

  /** Takes over a connection from its first byte. */
  accept(socket: Socket): void {
    this.#server.emit('connection', socket);
  }

  /**
   * Ends the gateway's streams with `etcdserver: server stopped`, lets calls in flight finish for
   * at most `graceMs` and closes all connections.
   */
  async stop(graceMs = 1_000): Promise<void> {
    this.#server.closeIdleConnections();
    await this.#calls.stop(graceMs);
    await this.#app.close();
  }
}

function registerRoutes(app: FastifyInstance, options: HttpServerOptions, calls: OpenCalls): void {
  // Bodies are read where they are needed: the gateway wants them as they arrive, and like etcd's
  // it does not care what content type they claim.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('access-control-allow-headers', 'accept, content-type, authorization');
    reply.header('access-control-allow-methods', 'POST, GET, OPTIONS, PUT, DELETE');
    reply.header('access-control-allow-origin', '*');
    if (request.method === 'OPTIONS') reply.code(200).send();
    else done();
  });
  app.setNotFoundHandler((_request, reply) => notFound(reply));
  app.setErrorHandler((error, request, reply) => {
    options.log.error('an HTTP request failed unexpectedly', { path: request.url, error });
    return reply.code(500).send('Internal Server Error\n');
  });
  registerHealth(app, {
    source: options.health,
    observer: options.healthObserver,
    timeoutMs: options.healthTimeoutMs,
    clock: options.clock,
    log: options.log,
  });
  registerMetrics(app, options.metrics);
  if (options.client === undefined) return;
  registerVersion(app, options.client.version);
  registerGateway(app, { ...options.client, calls, clock: options.clock, log: options.log });
}
