import type { IncomingMessage, ServerResponse } from 'node:http';
import { limits } from '../config/limits.ts';
import { decodeMessage, type Message, MessageType } from '../proto/generated/raftpb.ts';
import { formatId, maybeParseId } from '../proto/ids.ts';
import type { PeerEndpointContext } from './endpoint.ts';
import { answerError, answerMethodNotAllowed, readBody } from './http-answers.ts';
import { findIncompatibility, header, readSender } from './peer-headers.ts';
import { type IncomingSnapshot, isSnapshot, receiveSnapshotHead } from './snapshot-transfer.ts';

/** POST /raft: one message; answered after raft has taken it. */
export async function serveMessage(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): Promise<void> {
  if (!admit(request, response, context)) return;
  let body: Uint8Array;
  try {
    body = await readBody(request, limits.peerPostBytesMax);
  } catch {
    return answerError(response, 400, 'error reading raft message');
  }
  let message: Message;
  try {
    message = decodeMessage(body);
  } catch {
    return answerError(response, 400, 'error unmarshalling raft message');
  }
  context.metrics.receivedBytes(message.from, body.length);
  // A snapshot without its database is no snapshot.
  const refused = message.type === MessageType.MsgSnap || context.handlers.step(message) !== 'ok';
  if (refused) {
    // Go answers and hangs up. 403 would make the sender believe it was removed and stop.
    context.metrics.receiveFailed(message.from);
    response.setHeader('Connection', 'close');
    return answerError(response, 500, 'error processing raft message');
  }
  response.writeHead(204);
  response.end();
}

/** POST /raft/snapshot: answered after the database is stored and the message stepped. */
export async function serveSnapshot(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): Promise<void> {
  if (!admit(request, response, context)) return;
  const startedMs = context.clock.monotonicMs();
  // A refusal leaves most of the body unread, and nobody wants to read it.
  response.setHeader('Connection', 'close');
  let incoming: IncomingSnapshot;
  try {
    incoming = await receiveSnapshotHead(request as AsyncIterable<Buffer>);
  } catch (error) {
    return answerError(response, 400, `failed to decode raft message (${wordsOf(error)})`);
  }
  const { message, database } = incoming;
  if (!isSnapshot(message)) return answerError(response, 400, 'wrong raft message type');
  context.metrics.snapshotReceive(message.from, { kind: 'started' });
  const fields = {
    'remote-snapshot-sender-id': formatId(message.from),
    index: message.snapshot?.metadata?.index,
  };
  context.log.info('receiving database snapshot', fields);
  try {
    await context.handlers.receiveSnapshot(message, counted(message.from, database, context));
  } catch (error) {
    context.metrics.snapshotReceive(message.from, { kind: 'failed' });
    context.log.warn('failed to receive database snapshot', { ...fields, error });
    return answerError(response, 500, `failed to save KV snapshot (${wordsOf(error)})`);
  }
  const seconds = (context.clock.monotonicMs() - startedMs) / 1_000;
  context.metrics.snapshotReceive(message.from, { kind: 'succeeded', seconds });
  response.writeHead(204);
  response.end();
}

/** GET /raft/stream/<kind>/<from>: the answer's body carries our messages to that member. */
export function serveStream(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): void {
  if (request.method !== 'GET') return answerMethodNotAllowed(response, 'GET');
  const { identity } = context;
  response.setHeader('X-Server-Version', identity.serverVersion);
  response.setHeader('X-Etcd-Cluster-Id', formatId(identity.clusterId));
  const incompatibility = findIncompatibility(request.headers, identity);
  if (incompatibility !== undefined) return answerError(response, 412, incompatibility);
  const parts = /^\/raft\/stream\/(message|msgapp)\/([^/]*)$/.exec(path);
  if (parts === null) return answerError(response, 404, 'invalid path');
  const from = maybeParseId(parts[2] as string);
  if (from === undefined) return answerError(response, 404, 'invalid from');
  if (context.isRemoved(from)) return answerError(response, 410, 'removed member');
  if (!context.isPeer(from)) return refuseUnknown(from, request, response, context);
  if (header(request.headers, 'x-raft-to') !== formatId(identity.memberId)) {
    return answerError(response, 412, 'to field mismatch');
  }
  response.writeHead(200);
  response.flushHeaders();
  const kind = parts[1] === 'message' ? 'message' : 'msgapp';
  context.attach(from, kind, response);
}

function refuseUnknown(
  from: bigint,
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): void {
  const urls = header(request.headers, 'x-peerurls');
  if (urls !== '') context.addRemote({ id: from, peerUrls: urls.split(',') });
  answerError(response, 404, 'error sender not found');
}

/** Method, version and cluster, in the order Go checks them. Remembers the sender. */
function admit(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): boolean {
  if (request.method !== 'POST') {
    answerMethodNotAllowed(response, 'POST');
    return false;
  }
  response.setHeader('X-Etcd-Cluster-Id', formatId(context.identity.clusterId));
  const incompatibility = findIncompatibility(request.headers, context.identity);
  if (incompatibility !== undefined) {
    answerError(response, 412, incompatibility);
    return false;
  }
  const sender = readSender(request.headers);
  if (sender !== undefined) context.addRemote(sender);
  return true;
}

async function* counted(
  from: bigint,
  chunks: AsyncIterable<Uint8Array>,
  context: PeerEndpointContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    context.metrics.receivedBytes(from, chunk.length);
    yield chunk;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
