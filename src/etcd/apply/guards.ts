import { hasSpace, leaseGrantCost, putCost, txnCost } from '../alarm/quota.ts';
import { EtcdError } from '../errors.ts';
import { AlarmType, type InternalRaftRequest } from '../proto/generated/etcdserverpb.ts';
import type { State } from './state.ts';

/** Requests that a cluster with a CORRUPT alarm refuses, and those that a full one refuses. */
export function checkAlarms({ alarms }: State, request: InternalRaftRequest): void {
  const { put, txn, leaseGrant, range, deleteRange, compaction, leaseRevoke } = request;
  if (alarms.has(AlarmType.CORRUPT)) {
    const readsOrWrites = range ?? put ?? deleteRange ?? txn ?? compaction;
    if ((readsOrWrites ?? leaseGrant ?? leaseRevoke) !== undefined) throw new EtcdError('Corrupt');
  }
  if (alarms.has(AlarmType.NOSPACE)) {
    const grows = put !== undefined || leaseGrant !== undefined;
    if (grows || (txn !== undefined && txnCost(txn) > 0)) throw new EtcdError('NoSpace');
  }
}

/**
 * Whether the request fits the quota, by the size before it. One that does not is applied all the
 * same, since other members may have room; but its caller learns NoSpace and an alarm is due.
 */
export function fitsQuota(
  { put, txn, leaseGrant }: InternalRaftRequest,
  sizeBytes: number,
  quotaBytes: number | undefined,
): boolean {
  if (quotaBytes === undefined) return true;
  if (put !== undefined) return hasSpace(sizeBytes, putCost(put), quotaBytes);
  if (txn !== undefined) return hasSpace(sizeBytes, txnCost(txn), quotaBytes);
  if (leaseGrant !== undefined) return hasSpace(sizeBytes, leaseGrantCost, quotaBytes);
  return true;
}
