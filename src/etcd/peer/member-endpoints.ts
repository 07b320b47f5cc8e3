import type { IncomingMessage, ServerResponse } from 'node:http';
import { utf8Text } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import { EtcdError, type EtcdErrorName } from '../errors.ts';
import type { Member } from '../membership/member.ts';
import { formatId, parseBigJson, stringifyBigJson } from '../proto/ids.ts';
import type { PeerEndpointContext } from './endpoint.ts';
import { answer, answerError, answerMethodNotAllowed, readBody } from './http-answers.ts';
import { header } from './peer-headers.ts';
import type { PeerHashKv } from './transport.ts';

const uint64Max = 0xffff_ffff_ffff_ffffn;

/** GET /members: a joining member learns ids and cluster id here. */
export function serveMembers(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): void {
  if (request.method !== 'GET') return answerMethodNotAllowed(response, 'GET');
  setClusterId(response, context);
  answer(response, 200, 'application/json', membersJson(context.handlers.members()));
}

/** POST /members/promote/<decimal id>: a follower passes its client's request on to us. */
export async function servePromotion(
  idText: string,
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): Promise<void> {
  if (request.method !== 'POST') return answerMethodNotAllowed(response, 'POST');
  setClusterId(response, context);
  const id = /^[0-9]{1,20}$/.test(idText) ? BigInt(idText) : undefined;
  if (id === undefined || id > uint64Max) {
    return answerError(response, 404, `member ${idText} not found in cluster`);
  }
  try {
    const members = await context.handlers.promoteMember(id, request.headers.authorization);
    answer(response, 200, 'application/json', membersJson(members));
  } catch (error) {
    const refusal = promotionRefusal(error);
    if (refusal !== undefined) return answerError(response, refusal.status, refusal.text);
    context.log.warn('failed to promote a member', { id: formatId(id), error });
    const body = '{"message":"Internal Server Error"}';
    answer(response, 500, 'application/json', body);
  }
}

/** GET /members/hashkv, with a body: the checks for corruption compare members by it. */
export async function serveHashKv(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): Promise<void> {
  if (request.method !== 'GET') return answerMethodNotAllowed(response, 'GET');
  const clusterId = header(request.headers, 'x-etcd-cluster-id');
  if (clusterId !== '' && clusterId !== formatId(context.identity.clusterId)) {
    return answerError(response, 412, 'cluster ID mismatch');
  }
  let body: Uint8Array;
  try {
    body = await readBody(request, limits.peerSmallRequestBytesMax);
  } catch {
    return answerError(response, 400, 'error reading body');
  }
  const revision = readRevision(body);
  if (revision === undefined) return answerError(response, 400, 'error unmarshalling request');
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  let hashed: PeerHashKv;
  try {
    hashed = await context.handlers.hashKv(revision, leaving.signal);
  } catch (error) {
    return answerError(response, 400, bareWords(error));
  }
  setClusterId(response, context);
  answer(response, 200, 'application/json', hashKvJson(hashed));
}

/** As Go writes a member: empty fields left out, ids as plain numbers, sorted by id. */
export function membersJson(members: readonly Member[]): string {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const plain = sorted.map((member) => ({
    id: member.id,
    peerURLs: member.peerUrls,
    ...(member.isLearner ? { isLearner: true } : {}),
    ...(member.name === '' ? {} : { name: member.name }),
    ...(member.clientUrls.length === 0 ? {} : { clientURLs: member.clientUrls }),
  }));
  return `${stringifyBigJson(plain)}\n`;
}

/** Words of an error without the prefix that etcd puts before them for clients only. */
export function bareWords(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/^etcdserver: /, '');
}

function setClusterId(response: ServerResponse, context: PeerEndpointContext): void {
  response.setHeader('X-Etcd-Cluster-Id', formatId(context.identity.clusterId));
}

function readRevision(body: Uint8Array): number | undefined {
  try {
    const json = parseBigJson(utf8Text(body));
    if (typeof json !== 'object' || json === null) return undefined;
    const revision = (json as { revision?: unknown }).revision ?? 0n;
    return typeof revision === 'bigint' ? Number(revision) : undefined;
  } catch {
    return undefined;
  }
}

function hashKvJson(hashed: PeerHashKv): string {
  const fields: Record<string, unknown> = { header: present({ revision: hashed.revision }) };
  Object.assign(
    fields,
    present({
      hash: hashed.hash,
      compact_revision: hashed.compactRevision,
      hash_revision: hashed.hashRevision,
    }),
  );
  return JSON.stringify(fields);
}

/** Go leaves zeros out. */
function present(fields: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0));
}

/** Callers look for these words in the answer. */
const promotionRefusals: Partial<Record<EtcdErrorName, { status: number; text: string }>> = {
  MemberNotFound: { status: 404, text: 'membership: ID not found' },
  MemberNotLearner: { status: 412, text: 'membership: can only promote a learner member' },
  LearnerNotReady: {
    status: 412,
    text: 'etcdserver: can only promote a learner member which is in sync with leader',
  },
};

function promotionRefusal(error: unknown): { status: number; text: string } | undefined {
  return error instanceof EtcdError ? promotionRefusals[error.name as EtcdErrorName] : undefined;
}
