import type { IncomingHttpHeaders } from 'node:http';
import { utf8Text } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import { EtcdError } from '../errors.ts';
import type { Member } from '../membership/member.ts';
import {
  decodeLeaseKeepAliveResponse,
  encodeLeaseKeepAliveRequest,
  type LeaseTimeToLiveResponse,
} from '../proto/generated/etcdserverpb.ts';
import {
  decodeLeaseInternalResponse,
  encodeLeaseInternalRequest,
} from '../proto/generated/leasepb.ts';
import { formatId, maybeParseId, parseBigJson } from '../proto/ids.ts';
import { readBody } from './http-answers.ts';
import { type PeerDialer, plainPeers } from './peer-dialer.ts';
import { header } from './peer-headers.ts';
import type { PeerHashKv } from './transport.ts';

/**
 * Small requests of a member to another one's peer URL. Each takes a signal that bounds its time.
 */

export type FetchedMembers = { readonly clusterId: bigint; readonly members: readonly Member[] };

/** The cluster as another member sees it; how a joining member learns its own id. */
export async function fetchMembers(
  url: string,
  signal: AbortSignal,
  dialer: PeerDialer = plainPeers,
): Promise<FetchedMembers> {
  const answer = await exchange(dialer, 'GET', url, '/members', signal);
  if (answer.status !== 200) throw unexpected('members', url, answer);
  const clusterId = maybeParseId(header(answer.headers, 'x-etcd-cluster-id'));
  if (clusterId === undefined) throw new Error(`${url}/members names no cluster id`);
  return { clusterId, members: parseMembers(answer.body) };
}

export type FetchedVersion = {
  readonly server: string;
  /** `not_decided` until a leader has set it. */
  readonly cluster: string;
  readonly storage: string;
};

export async function fetchVersion(
  url: string,
  signal: AbortSignal,
  dialer: PeerDialer = plainPeers,
): Promise<FetchedVersion> {
  const answer = await exchange(dialer, 'GET', url, '/version', signal);
  if (answer.status !== 200) throw unexpected('version', url, answer);
  const json = parseBigJson(utf8Text(answer.body)) as Partial<Record<string, unknown>>;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    server: text(json['etcdserver']),
    cluster: text(json['etcdcluster']),
    storage: text(json['storage']),
  };
}

export async function fetchDowngradeEnabled(
  url: string,
  signal: AbortSignal,
  dialer: PeerDialer = plainPeers,
): Promise<boolean> {
  const answer = await exchange(dialer, 'GET', url, '/downgrade/enabled', signal);
  if (answer.status !== 200) throw unexpected('downgrade state', url, answer);
  return utf8Text(answer.body).trim() === 'true';
}

/** Asks the leader to promote; throws etcd's errors for what it refuses. */
export async function promoteOnLeader(
  url: string,
  id: bigint,
  token: string | undefined,
  signal: AbortSignal,
  dialer: PeerDialer = plainPeers,
): Promise<readonly Member[]> {
  const extra: Record<string, string> = token === undefined ? {} : { Authorization: token };
  const path = `/members/promote/${id}`;
  const answer = await exchange(dialer, 'POST', url, path, signal, undefined, extra);
  if (answer.status === 200) return parseMembers(answer.body);
  const words = utf8Text(answer.body);
  if (answer.status === 408) throw new EtcdError('Timeout');
  if (answer.status === 412 && words.includes('in sync with leader')) {
    throw new EtcdError('LearnerNotReady');
  }
  if (answer.status === 412 && words.includes('can only promote a learner')) {
    throw new EtcdError('MemberNotLearner');
  }
  if (answer.status === 404 && words.includes('ID not found')) {
    throw new EtcdError('MemberNotFound');
  }
  throw unexpected('promotion', url, answer);
}

/** The lease's TTL after renewal, seconds. */
export async function renewLeaseOnLeader(
  url: string,
  id: bigint,
  signal: AbortSignal,
  dialer: PeerDialer = plainPeers,
): Promise<number> {
  const body = encodeLeaseKeepAliveRequest({ ID: id });
  const answer = await exchange(dialer, 'POST', url, '/leases', signal, body);
  if (answer.status === 200) return decodeLeaseKeepAliveResponse(answer.body).TTL;
  throw leaseError('lease renewal', url, answer);
}

export async function leaseTimeToLiveOnLeader(
  url: string,
  id: bigint,
  keys: boolean,
  signal: AbortSignal,
  dialer: PeerDialer = plainPeers,
): Promise<LeaseTimeToLiveResponse> {
  const body = encodeLeaseInternalRequest({ LeaseTimeToLiveRequest: { ID: id, keys } });
  const answer = await exchange(dialer, 'POST', url, '/leases/internal', signal, body);
  if (answer.status !== 200) throw leaseError('lease look-up', url, answer);
  const found = decodeLeaseInternalResponse(answer.body).LeaseTimeToLiveResponse;
  if (found === undefined) throw unexpected('lease look-up', url, answer);
  return found;
}

/** Revision 0 asks for the newest. Throws Compacted, FutureRev or ClusterIDMismatch. */
export async function hashKvOf(
  url: string,
  revision: number,
  clusterId: bigint,
  signal: AbortSignal,
  dialer: PeerDialer = plainPeers,
): Promise<PeerHashKv> {
  const body = Buffer.from(JSON.stringify(revision === 0 ? {} : { revision }));
  const extra = { 'X-Etcd-Cluster-ID': formatId(clusterId) };
  const answer = await exchange(dialer, 'GET', url, '/members/hashkv', signal, body, extra);
  const words = utf8Text(answer.body);
  if (answer.status === 400 && words.includes('has been compacted')) {
    throw new EtcdError('Compacted');
  }
  if (answer.status === 400 && words.includes('is a future revision')) {
    throw new EtcdError('FutureRev');
  }
  if (answer.status === 412) throw new EtcdError('ClusterIDMismatch');
  if (answer.status !== 200) throw unexpected('HashKV', url, answer);
  const json = parseBigJson(words) as Readonly<Record<string, unknown>>;
  const inHeader = (json['header'] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    revision: count(inHeader['revision']),
    hash: count(json['hash']),
    compactRevision: count(json['compact_revision']),
    hashRevision: count(json['hash_revision']),
  };
}

type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
};

function exchange(
  dialer: PeerDialer,
  method: 'GET' | 'POST',
  url: string,
  path: string,
  signal: AbortSignal,
  body?: Uint8Array,
  extra: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = path.startsWith('/leases') ? 'application/protobuf' : 'application/json';
    const headers = { ...extra, 'Content-Type': type, 'Content-Length': body?.length ?? 0 };
    const sent = dialer.pooled(url, path, {
      method,
      signal,
      headers: body === undefined && method === 'GET' ? extra : headers,
    });
    sent.setNoDelay(true);
    sent.on('error', reject);
    sent.on('response', (response) => {
      readBody(response, limits.peerSmallAnswerBytesMax).then((whole) => {
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, body: whole });
      }, reject);
    });
    sent.end(body);
  });
}

function parseMembers(body: Uint8Array): readonly Member[] {
  const json = parseBigJson(utf8Text(body));
  if (!Array.isArray(json)) throw new Error('a member list that is no list');
  return json.map((item: unknown) => {
    const fields = (item ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof fields['id'] !== 'bigint') throw new Error('a member without id');
    return {
      id: fields['id'],
      name: typeof fields['name'] === 'string' ? fields['name'] : '',
      peerUrls: texts(fields['peerURLs']),
      clientUrls: texts(fields['clientURLs']),
      isLearner: fields['isLearner'] === true,
    };
  });
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function count(value: unknown): number {
  return typeof value === 'bigint' ? Number(value) : 0;
}

function leaseError(what: string, url: string, answer: Answer): Error {
  const words = utf8Text(answer.body);
  if (answer.status === 404) return new EtcdError('LeaseNotFound');
  if (answer.status === 408) return new EtcdError('TimeoutWaitAppliedIndex');
  if (words.includes('not a primary lessor')) return new EtcdError('NotPrimaryLessor');
  return unexpected(what, url, answer);
}

function unexpected(what: string, url: string, answer: Answer): Error {
  const words = utf8Text(answer.body).trim();
  return new Error(`${what} from ${url}: unexpected status ${answer.status}: ${words}`);
}
