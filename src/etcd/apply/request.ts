import { assert } from '../../base/assert.ts';
import { emptyBytes } from '../../base/bytes.ts';
import { moveStorageVersion } from '../membership/storage-version.ts';
import type { CompactionJob } from '../mvcc/compaction.ts';
import type { InternalRaftRequest } from '../proto/generated/etcdserverpb.ts';
import { applyAlarm } from './alarm.ts';
import { bytesOf } from './answer.ts';
import { applyAuthRequest } from './auth.ts';
import type { ApplyContext } from './context.ts';
import { applyDeleteRange, applyPut, applyRange, checkPut } from './kv.ts';
import { applyLeaseCheckpoint, applyLeaseGrant, applyLeaseRevoke } from './lease.ts';
import { applyTxn } from './txn.ts';

/** What a request did besides changing keys. */
export type RequestEffect = {
  readonly body: Uint8Array;
  readonly compaction?: CompactionJob;
  readonly alarmsChanged?: boolean;
  readonly membersChanged?: boolean;
  readonly clusterVersionChanged?: boolean;
};

/** Throws an EtcdError when it is refused, and then has changed nothing. */
export function applyRequest(context: ApplyContext, request: InternalRaftRequest): RequestEffect {
  if (request.put !== undefined) {
    checkPut(context, request.put);
    return { body: applyPut(context, request.put) };
  }
  if (request.txn !== undefined) return { body: applyTxn(context, request.txn) };
  if (request.deleteRange !== undefined) {
    return { body: bytesOf(applyDeleteRange(context, request.deleteRange)) };
  }
  if (request.range !== undefined) return { body: bytesOf(applyRange(context, request.range)) };
  if (request.compaction !== undefined) {
    const { state, write } = context;
    const compaction = state.store.scheduleCompaction(write.txn, request.compaction.revision);
    // etcd reads its answer's revision with a range.
    state.store.counts.ranges += 1;
    return { body: emptyBytes, compaction };
  }
  if (request.leaseGrant !== undefined) {
    return { body: applyLeaseGrant(context, request.leaseGrant) };
  }
  if (request.leaseRevoke !== undefined) {
    return { body: applyLeaseRevoke(context, request.leaseRevoke) };
  }
  if (request.leaseCheckpoint !== undefined) {
    return { body: applyLeaseCheckpoint(context, request.leaseCheckpoint) };
  }
  if (request.alarm !== undefined) {
    const { body, changed } = applyAlarm(context, request.alarm);
    return { body, alarmsChanged: changed };
  }
  return applyClusterRequest(context, request);
}

function applyClusterRequest(context: ApplyContext, request: InternalRaftRequest): RequestEffect {
  const { membership } = context.state;
  const { txn } = context.write;
  if (request.clusterVersionSet !== undefined) {
    const { ver } = request.clusterVersionSet;
    moveStorageVersion(txn, membership.setClusterVersion(txn, ver));
    return { body: emptyBytes, clusterVersionChanged: true };
  }
  if (request.clusterMemberAttrSet !== undefined) {
    const { memberID, memberAttributes } = request.clusterMemberAttrSet;
    const { name, clientUrls } = memberAttributes ?? { name: '', clientUrls: [] };
    const membersChanged = membership.setAttributes(txn, memberID, { name, clientUrls });
    return { body: emptyBytes, membersChanged };
  }
  if (request.downgradeInfoSet !== undefined) {
    const { enabled, ver } = request.downgradeInfoSet;
    membership.setDowngrade(txn, { enabled, targetVersion: ver });
    return { body: emptyBytes, clusterVersionChanged: true };
  }
  if (request.downgradeVersionTest !== undefined) return { body: emptyBytes };
  const body = applyAuthRequest(context, request);
  assert(body !== undefined, 'an entry holds a request that this version knows');
  return { body };
}
