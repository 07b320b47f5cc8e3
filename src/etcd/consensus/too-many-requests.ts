import { limits } from '../config/limits.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';

export type RequestLoad = {
  readonly raft: { readonly commitIndex: number };
  readonly appliedIndex: () => number;
  /** etcd's gate PriorityRequest. */
  readonly prefersRevokes: boolean;
};

/**
 * Whether so many committed entries wait to be applied that a request is refused. Revocations of
 * leases are refused later where they are preferred: they make room.
 */
export function areTooMany(load: RequestLoad, request?: InternalRaftRequestInit): boolean {
  const waiting = load.raft.commitIndex - load.appliedIndex();
  const isPreferred = load.prefersRevokes && request?.leaseRevoke !== undefined;
  return waiting > (isPreferred ? 2 : 1) * limits.commitApplyGapMax;
}
