import { emptyBytes } from '../../base/bytes.ts';
import { Code, StatusError } from '../errors.ts';
import type { ResponseHeader } from '../proto/generated/etcdserverpb.ts';
import type {
  LockRequest,
  LockResponseInit,
  UnlockRequest,
  UnlockResponseInit,
} from '../proto/generated/v3lockpb.ts';
import type { LocalClient } from './local-client.ts';
import {
  createdAt,
  keyOfSession,
  oldestUnder,
  prefixOf,
  sessionLease,
  waitUntilOldest,
} from './queue-by-creation.ts';

/**
 * Answers when the caller holds the lock, which it does as long as the key of the answer exists.
 * A second call with the same name and lease finds its own key and waits on. Gives its place up
 * when the call ends first.
 */
export async function lock(client: LocalClient, request: LockRequest): Promise<LockResponseInit> {
  const lease = await sessionLease(client, request.lease);
  const key = keyOfSession(request.name, lease);
  const prefix = prefixOf(request.name);
  const { header, createRevision, oldest } = await takePlace(client, key, lease, prefix);
  if (oldest === undefined || oldest === createRevision) return { header, key };
  try {
    await waitUntilOldest(client, prefix, createRevision - 1);
    const held = await client.range({ key });
    if (held.kvs.length > 0) return { header: held.header, key };
  } catch (error) {
    // The first failure is the one to tell; if this one fails too, the lease frees the place.
    await client
      .detached()
      .deleteKey(key)
      .catch(() => undefined);
    throw error;
  }
  throw new StatusError(Code.unknown, 'mutex: session is expired');
}

export async function unlock(
  client: LocalClient,
  request: UnlockRequest,
): Promise<UnlockResponseInit> {
  return { header: await client.deleteKey(request.key) };
}

type Place = {
  readonly header: ResponseHeader | undefined;
  readonly createRevision: number;
  /** Creation revision of the lock's holder. */
  readonly oldest: number | undefined;
};

async function takePlace(
  client: LocalClient,
  key: Uint8Array,
  lease: bigint,
  prefix: Uint8Array,
): Promise<Place> {
  const holder = { requestRange: oldestUnder(prefix) };
  const answer = await client.txn({
    compare: [createdAt(key, 0)],
    success: [{ requestPut: { key, value: emptyBytes, lease } }, holder],
    failure: [{ requestRange: { key } }, holder],
  });
  const own = answer.responses[0]?.responseRange?.kvs[0];
  return {
    header: answer.header,
    createRevision: own?.createRevision ?? answer.header?.revision ?? 0,
    oldest: answer.responses[1]?.responseRange?.kvs[0]?.createRevision,
  };
}
