import type { IncomingMessage, ServerResponse } from 'node:http';
import { limits } from '../config/limits.ts';
import { formatId } from '../proto/ids.ts';
import type { Endpoint, PeerEndpointContext } from './endpoint.ts';
import { answer, answerError, answerMethodNotAllowed, answerNotFound } from './http-answers.ts';
import { serveLeaseLookUp, serveLeaseRenewal } from './lease-endpoints.ts';
import { serveHashKv, serveMembers, servePromotion } from './member-endpoints.ts';
import { serveMessage, serveSnapshot, serveStream } from './raft-endpoints.ts';

const promotePrefix = '/members/promote/';
const streamPrefix = '/raft/stream/';

const endpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['/raft', serveMessage],
  ['/raft/snapshot', serveSnapshot],
  ['/raft/probing', serveProbe],
  ['/members', serveMembers],
  ['/members/hashkv', serveHashKv],
  ['/version', serveVersion],
  ['/downgrade/enabled', serveDowngradeEnabled],
  ['/leases', serveLeaseRenewal],
  ['/leases/internal', serveLeaseLookUp],
]);

/**
 * The requests of other members. Everything a peer may send wrongly is answered; only a broken
 * connection ends without an answer.
 */
export function handlePeerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): void {
  const path = (request.url ?? '/').replace(/[?#].*$/, '');
  // An error on either side closes both; the endpoint sees it as a failed read or write.
  response.on('error', () => {});
  void serve(path, request, response, context).catch((error: unknown) => {
    context.log.warn('failed to serve peer request', { path, error });
    if (response.headersSent || response.destroyed) response.destroy();
    else answerError(response, 500, 'Internal Server Error');
  });
}

async function serve(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): Promise<void> {
  const endpoint = endpoints.get(path);
  if (endpoint !== undefined) return endpoint(request, response, context);
  if (path.startsWith(streamPrefix)) return serveStream(path, request, response, context);
  if (path.startsWith(promotePrefix)) {
    return servePromotion(path.slice(promotePrefix.length), request, response, context);
  }
  answerNotFound(response);
}

function serveVersion(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): void {
  if (request.method !== 'GET') return answerMethodNotAllowed(response, 'GET');
  answer(response, 200, 'application/json', context.handlers.versionJson());
}

/** Peers measure the round trip and compare clocks by it. */
function serveProbe(
  _request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): void {
  const now = new Date(context.clock.wallMs()).toISOString();
  answer(response, 200, 'text/plain; charset=utf-8', `{"OK":true,"Now":"${now}"}\n`);
}

async function serveDowngradeEnabled(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): Promise<void> {
  if (request.method !== 'GET') return answerMethodNotAllowed(response, 'GET');
  response.setHeader('X-Etcd-Cluster-Id', formatId(context.identity.clusterId));
  try {
    const enabled = await context.handlers.downgradeEnabled();
    answer(response, 200, 'text/plain', String(enabled));
  } catch (error) {
    answerError(response, 500, `failed linearized read: ${(error as Error).message}`);
  }
}

/** Node's defaults would cut long streams and slow snapshots; deadlines are ours to keep. */
export const peerServerOptions = {
  noDelay: true,
  requestTimeout: 0,
  headersTimeout: limits.peerDeadlineMs,
  keepAliveTimeout: limits.peerDeadlineMs,
} as const;
