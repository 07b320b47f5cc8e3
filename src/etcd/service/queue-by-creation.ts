import { concatBytes, utf8Bytes } from '../../base/bytes.ts';
import { Code, StatusError } from '../errors.ts';
import {
  Compare_CompareResult,
  Compare_CompareTarget,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
  type ResponseHeader,
} from '../proto/generated/etcdserverpb.ts';
import { Event_EventType } from '../proto/generated/mvccpb.ts';
import type { LocalClient } from './local-client.ts';

/*
 * Locks and elections are queues of keys under one prefix, ordered by creation revision:
 *
 *   NAME "/" lease in lower-case hex → value     the oldest one holds the lock, or leads
 *
 * A member of the queue waits until every older key is gone. Keys go with their leases, so one
 * whose owner died frees its place.
 */

/** etcd's time to live of a lease that is made for a caller without one, seconds. */
const SESSION_TTL_SECONDS = 60;

export function prefixOf(name: Uint8Array): Uint8Array {
  return concatBytes([name, utf8Bytes('/')]);
}

/** A negative id has a sign, as Go prints it. */
export function keyOfSession(name: Uint8Array, lease: bigint): Uint8Array {
  return concatBytes([prefixOf(name), utf8Bytes(lease.toString(16))]);
}

/** The caller's lease or, for 0, a new one that nobody keeps alive. */
export async function sessionLease(client: LocalClient, lease: bigint): Promise<bigint> {
  if (lease !== 0n) return lease;
  return (await client.grantLease(SESSION_TTL_SECONDS)).ID;
}

/** Holds as long as the key was made at this revision; 0: as long as it is not there. */
export function createdAt(key: Uint8Array, createRevision: number) {
  return {
    key,
    target: Compare_CompareTarget.CREATE,
    result: Compare_CompareResult.EQUAL,
    createRevision,
  };
}

/** The oldest key under the prefix. */
export function oldestUnder(prefix: Uint8Array) {
  return {
    key: prefix,
    rangeEnd: endOfPrefix(prefix),
    sortTarget: RangeRequest_SortTarget.CREATE,
    sortOrder: RangeRequest_SortOrder.ASCEND,
    limit: 1,
  };
}

/** Resolves when no key under the prefix is as old as `maxCreateRevision` any more. */
export async function waitUntilOldest(
  client: LocalClient,
  prefix: Uint8Array,
  maxCreateRevision: number,
): Promise<void> {
  for (;;) {
    const { header, kvs } = await client.range({
      key: prefix,
      rangeEnd: endOfPrefix(prefix),
      sortTarget: RangeRequest_SortTarget.CREATE,
      sortOrder: RangeRequest_SortOrder.DESCEND,
      limit: 1,
      maxCreateRevision,
    });
    const [newest] = kvs;
    if (newest === undefined) return;
    await waitUntilDeleted(client, newest.key, header);
  }
}

/** The smallest key that is greater than every key with this prefix, which ends in "/". */
export function endOfPrefix(prefix: Uint8Array): Uint8Array {
  const end = Uint8Array.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end;
}

async function waitUntilDeleted(
  client: LocalClient,
  key: Uint8Array,
  header: ResponseHeader | undefined,
): Promise<void> {
  const watched = client.watch({ key, startRevision: header?.revision ?? 0 });
  for await (const { events } of watched) {
    if (events.some(({ type }) => type === Event_EventType.DELETE)) return;
  }
  throw new StatusError(Code.unknown, 'lost watcher waiting for delete');
}
