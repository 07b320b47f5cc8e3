import { emptyBytes } from '../../base/bytes.ts';
import {
  encodeLeaseGrantResponse,
  type LeaseCheckpointRequest,
  type LeaseGrantRequest,
  type LeaseRevokeRequest,
} from '../proto/generated/etcdserverpb.ts';
import type { ApplyContext } from './context.ts';

export function applyLeaseGrant(context: ApplyContext, request: LeaseGrantRequest): Uint8Array {
  const { state, write, nowMs, isAwaited } = context;
  const TTL = state.lessor.grant(write.txn, request.ID, request.TTL, nowMs);
  return isAwaited ? encodeLeaseGrantResponse({ ID: request.ID, TTL }) : emptyBytes;
}

/** The lease and its keys go together, in one revision; without keys no revision is used. */
export function applyLeaseRevoke(context: ApplyContext, request: LeaseRevokeRequest): Uint8Array {
  const { state, write } = context;
  const keys = state.lessor.attachedKeys(write.txn, request.ID);
  state.lessor.revoke(write.txn, request.ID);
  for (const key of keys) write.deleteRange(key, emptyBytes);
  return emptyBytes;
}

export function applyLeaseCheckpoint(
  context: ApplyContext,
  request: LeaseCheckpointRequest,
): Uint8Array {
  const { write, nowMs } = context;
  const { lessor, membership } = context.state;
  const isStored = lessor.storesCheckpoints || supportsCheckpoints(membership.clusterVersion);
  for (const told of request.checkpoints) lessor.checkpoint(write.txn, told, isStored, nowMs);
  return emptyBytes;
}

/** From cluster version 3.6 on all members keep them; before, a mixed cluster would differ. */
function supportsCheckpoints(clusterVersion: string | undefined): boolean {
  const [major = 0, minor = 0] = (clusterVersion ?? '').split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 6);
}
