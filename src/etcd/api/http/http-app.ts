import type { Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createServer } from '../../../base/node-http.ts';
import { limits } from '../../config/limits.ts';
import { cleanTarget, redirectPage } from './clean-path.ts';
import { crossOriginHeaders, unknownHostAnswer } from './cross-origin.ts';
import { registerDebugVars } from './debug-vars.ts';
import { registerGateway } from './gateway.ts';
import { registerHealth } from './health.ts';
import type { HttpServerOptions } from './http-options.ts';
import { registerMetrics } from './metrics.ts';
import type { OpenCalls } from './open-calls.ts';
import { registerOpenApi } from './openapi-route.ts';
import { notFound, send } from './plain-answer.ts';
import { registerProfiles } from './profiles.ts';
import { registerVersion } from './version.ts';

/** The framework with all routes, and Node's server that hands it requests. */
export type HttpApp = { readonly app: FastifyInstance; readonly server: Server };

const timeouts = {
  headersTimeout: limits.firstBytesTimeoutMs,
  // Go's server keeps idle connections; closing them early would race with a client's next request.
  keepAliveTimeout: limits.firstBytesTimeoutMs,
  // A watch body may stay open for days.
  requestTimeout: 0,
};

export async function createHttpApp(
  options: HttpServerOptions,
  calls: OpenCalls,
  isNamed: (socket: Duplex) => boolean,
): Promise<HttpApp> {
  let server: Server | undefined;
  const app = Fastify({
    rewriteUrl: (request) => (request.url ?? '/').replace(/^\/v3beta\//, '/v3/'),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    serverFactory: (handler) => {
      server = createServer(timeouts, handler);
      return server;
    },
  });
  const trees = treesOf(options);
  app.addHook('onRequest', (request, reply, done) => {
    if (!admit(options, isNamed, request, reply)) return;
    const location = cleanTarget(request.url, trees);
    if (location === undefined) done();
    else redirect(request, reply, location);
  });
  registerRoutes(app, options, calls);
  await app.ready();
  if (server === undefined) throw new Error('the HTTP framework made no server');
  // Node sets its header timeout up when a server starts to listen; this one never does.
  server.emit('listening');
  return { app, server };
}

function registerRoutes(app: FastifyInstance, options: HttpServerOptions, calls: OpenCalls): void {
  // Bodies are read where they are needed: the gateway wants them as they arrive, and like etcd's
  // it does not care what content type they claim.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
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
  const { client, clock, log } = options;
  registerVersion(app, client.version);
  registerDebugVars(app, client.debug);
  if (client.servesProfiles) {
    registerProfiles(app, { clock, commandLine: client.debug.commandLine });
  }
  if (!client.servesGateway) return;
  registerOpenApi(app);
  registerGateway(app, { ...client, calls, clock, log });
}

/** Paths whose handler takes everything below them. */
function treesOf({ client }: HttpServerOptions): readonly string[] {
  if (client === undefined) return [];
  return [
    ...(client.servesGateway ? ['/v3/'] : []),
    ...(client.servesProfiles ? ['/debug/pprof/'] : []),
  ];
}

function redirect(request: FastifyRequest, reply: FastifyReply, location: string): void {
  reply.code(307).header('location', location);
  const isShown = request.method === 'GET' || request.method === 'HEAD';
  if (isShown) reply.header('content-type', 'text/html; charset=utf-8');
  reply.send(request.method === 'GET' ? redirectPage(location) : undefined);
}

/** TLS, or HTTP/2 inside TLS, which comes here over a pair of streams that is no socket. */
function isSecured(socket: Duplex): boolean {
  return socket instanceof TLSSocket || !(socket instanceof Socket);
}

/** Who shows a certificate would take what the gateway does for done in its user's name. */
const certificateIsIgnored =
  'CommonName of client sending a request against gateway will be ignored and not used as expected';

/** False: the answer was given here. */
function admit(
  { browsers: rules, client }: HttpServerOptions,
  isNamed: (socket: Duplex) => boolean,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const { socket, headers } = request.raw;
  const refusal = isSecured(socket) ? undefined : unknownHostAnswer(rules.allowedHosts, headers);
  if (refusal !== undefined) {
    send(reply, { status: 421, body: `${refusal}\n`, nosniff: true });
    return false;
  }
  // The route, since a path may be written in many ways.
  const isGateway = request.routeOptions.url?.startsWith('/v3/') === true;
  if (isGateway && isNamed(socket) && client?.isAuthEnabled() === true) {
    send(reply, { status: 400, body: `${certificateIsIgnored}\n`, nosniff: true });
    return false;
  }
  reply.headers(crossOriginHeaders(rules.allowedOrigins, headers.origin));
  if (request.method !== 'OPTIONS') return true;
  reply.code(200).send();
  return false;
}
