import { equalBytes } from '../../base/bytes.ts';
import { Code, StatusError } from '../errors.ts';
import {
  type RequestOpInit,
  type ResponseHeader,
  type TxnResponse,
} from '../proto/generated/etcdserverpb.ts';
import { Event_EventType, type KeyValue } from '../proto/generated/mvccpb.ts';
import type {
  CampaignRequest,
  CampaignResponseInit,
  LeaderKey,
  LeaderRequest,
  LeaderResponseInit,
  ProclaimRequest,
  ProclaimResponseInit,
  ResignRequest,
  ResignResponseInit,
} from '../proto/generated/v3electionpb.ts';
import type { LocalClient } from './local-client.ts';
import {
  createdAt,
  endOfPrefix,
  keyOfSession,
  oldestUnder,
  prefixOf,
  sessionLease,
  waitUntilOldest,
} from './queue-by-creation.ts';

type Candidate = Pick<LeaderKey, 'key' | 'rev' | 'lease'>;

/** Answers when the caller leads; gives its place up when the call ends first. */
export async function campaign(
  client: LocalClient,
  request: CampaignRequest,
): Promise<CampaignResponseInit> {
  const { name, value } = request;
  const lease = await sessionLease(client, request.lease);
  const key = keyOfSession(name, lease);
  const answer = await client.txn({
    compare: [createdAt(key, 0)],
    success: [{ requestPut: { key, value, lease } }],
    failure: [{ requestRange: { key } }],
  });
  const own = answer.responses[0]?.responseRange?.kvs[0];
  const rev = own?.createRevision ?? answer.header?.revision ?? 0;
  const candidate = { key, rev, lease };
  try {
    if (own !== undefined && !equalBytes(own.value, value)) {
      await proclaimAs(client, candidate, value);
    }
    await waitUntilOldest(client, prefixOf(name), rev - 1);
  } catch (error) {
    // The first failure is the one to tell; if this one fails too, the lease frees the place.
    await resignAs(client.detached(), candidate).catch(() => undefined);
    throw error;
  }
  return { header: answer.header, leader: { name, ...candidate } };
}

/** A new value for the leader that the request names, as long as it still leads. */
export async function proclaim(
  client: LocalClient,
  request: ProclaimRequest,
): Promise<ProclaimResponseInit> {
  const candidate = leaderOf(request.leader);
  const lease = await sessionLease(client, candidate.lease);
  return { header: await proclaimAs(client, { ...candidate, lease }, request.value) };
}

/** A leader that is none any more has nothing to give up: that is no error. */
export async function resign(
  client: LocalClient,
  request: ResignRequest,
): Promise<ResignResponseInit> {
  const candidate = leaderOf(request.leader);
  await sessionLease(client, candidate.lease);
  return { header: await resignAs(client, candidate) };
}

export async function leader(
  client: LocalClient,
  request: LeaderRequest,
): Promise<LeaderResponseInit> {
  const { header, kvs } = await client.range(oldestUnder(prefixOf(request.name)));
  if (kvs[0] === undefined) throw new StatusError(Code.unknown, 'election: no leader');
  return { header, kv: kvs[0] };
}

/** The leader, each of its values, and each leader after it; without end. */
export async function* observe(
  client: LocalClient,
  request: LeaderRequest,
): AsyncGenerator<LeaderResponseInit, void, undefined> {
  try {
    yield* leaders(client, request);
  } catch (error) {
    // As etcd: whoever may not look sees the stream end, without a reason.
    if (!(error instanceof StatusError)) throw error;
  }
}

async function* leaders(
  client: LocalClient,
  request: LeaderRequest,
): AsyncGenerator<LeaderResponseInit, void, undefined> {
  const prefix = prefixOf(request.name);
  for (;;) {
    const { header, kvs } = await client.range(oldestUnder(prefix));
    const found =
      kvs[0] === undefined
        ? await firstPut(client, prefix, header?.revision ?? 0)
        : { header, kv: kvs[0] };
    yield found;
    yield* valuesUntilDeleted(client, found.kv.key, (found.header?.revision ?? 0) + 1);
  }
}

type Found = { readonly header: ResponseHeader | undefined; readonly kv: KeyValue };

async function firstPut(
  client: LocalClient,
  prefix: Uint8Array,
  startRevision: number,
): Promise<Found> {
  const range = { key: prefix, rangeEnd: endOfPrefix(prefix), startRevision };
  for await (const { header, events } of client.watch(range)) {
    const put = events.find(({ type }) => type === Event_EventType.PUT);
    if (put?.kv === undefined) continue;
    // Several events may come at once: what is read next begins after this one.
    return { header: { ...header, revision: put.kv.modRevision }, kv: put.kv };
  }
  throw observeEnded();
}

async function* valuesUntilDeleted(
  client: LocalClient,
  key: Uint8Array,
  startRevision: number,
): AsyncGenerator<LeaderResponseInit, void, undefined> {
  for await (const { header, events } of client.watch({ key, startRevision })) {
    for (const { type, kv } of events) {
      if (type === Event_EventType.DELETE) return;
      if (kv !== undefined) yield { header, kv };
    }
  }
  throw observeEnded();
}

function observeEnded(): StatusError {
  return new StatusError(Code.unknown, 'election: observe closed early');
}

async function proclaimAs(
  client: LocalClient,
  { key, rev, lease }: Candidate,
  value: Uint8Array,
): Promise<ResponseHeader | undefined> {
  const answer = await whileLeading(client, key, rev, { requestPut: { key, value, lease } });
  if (!answer.succeeded) throw new StatusError(Code.unknown, 'election: not leader');
  return answer.header;
}

async function resignAs(
  client: LocalClient,
  { key, rev }: Candidate,
): Promise<ResponseHeader | undefined> {
  return (await whileLeading(client, key, rev, { requestDeleteRange: { key } })).header;
}

function whileLeading(
  client: LocalClient,
  key: Uint8Array,
  rev: number,
  operation: RequestOpInit,
): Promise<TxnResponse> {
  return client.txn({ compare: [createdAt(key, rev)], success: [operation] });
}

function leaderOf(named: LeaderKey | undefined): Candidate {
  if (named === undefined) {
    throw new StatusError(Code.unknown, '"leader" field must be provided');
  }
  return { key: named.key, rev: named.rev, lease: named.lease };
}
