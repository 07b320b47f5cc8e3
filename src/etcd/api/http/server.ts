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

/** The HTTP/1 side of a port. It has no listener: whoever owns the port hands connections over. */
export class HttpServer {
  readonly #app: FastifyInstance;
  readonly #server: Server;

  private constructor(app: FastifyInstance, server: Server) {
    this.#app = app;
    this.#server = server;
  }

  static async create(options: HttpServerOptions): Promise<HttpServer> {
    let server: Server | undefined;
    const app = Fastify({
      rewriteUrl: (request) => (request.url ?? '/').replace(/^\/v3beta\//, '/v3/'),
      forceCloseConnections: true,
      exposeHeadRoutes: false,
      serverFactory: (handler) => {
        server = createServer({ headersTimeout: limits.firstBytesTimeoutMs }, handler);
        // A watch body may stay open for days.
        server.requestTimeout = 0;
        return server;
      },
    });
    registerRoutes(app, options);
    await app.ready();
    if (server === undefined) throw new Error('the HTTP framework made no server');
    // Node sets its header timeout up when a server starts to listen; this one never does.
    server.emit('listening');
    return new HttpServer(app, server);
  }

  /** Takes over a connection from its first byte. */
  accept(socket: Socket): void {
    this.#server.emit('connection', socket);
  }

  /** Refuses new requests and closes idle connections; open streams end with their RPC. */
  async stop(): Promise<void> {
    this.#server.closeIdleConnections();
    await this.#app.close();
  }
}

function registerRoutes(app: FastifyInstance, options: HttpServerOptions): void {
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
  registerGateway(app, { ...options.client, clock: options.clock, log: options.log });
}
