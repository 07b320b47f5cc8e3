import type { EtcdCluster, EtcdClusterStatus } from '../api/etcd-cluster.ts';
import type { Action } from './action.ts';
import type { Observed } from './observed.ts';

/** What a step sees. No clock, no environment: the same input gives the same outcome. */
export type StepInput = {
  readonly cluster: EtcdCluster;
  readonly observed: Observed;
  readonly nowMs: number;
  readonly settings: ReconcileSettings;
};

export type ReconcileSettings = {
  /** `repository:tag` of the operator's own image: one image holds both programs. */
  readonly defaultImage: string;
  /** false: `up --no-failover`, or the operator's `--fast-failover=false`. */
  readonly fastFailover: boolean;
  readonly addresses: MemberAddresses;
};

/** Where a member listens: a pod's DNS name, a port on loopback. Never changes for a name. */
export type MemberAddresses = {
  of(cluster: EtcdCluster, memberName: string, ordinal: number): MemberAddress;
  /** What clients of the whole cluster are told to use. */
  clientEndpoint(cluster: EtcdCluster): string;
};

export type MemberAddress = { readonly peerUrl: string; readonly clientUrl: string };

/** The first outcome that is not `continue` ends the pass. */
export type StepOutcome =
  | { readonly then: 'continue' }
  | { readonly then: 'act'; readonly reason: ProgressReason; readonly actions: readonly Action[] }
  | {
      readonly then: 'wait';
      readonly ms: number;
      readonly reason: ProgressReason;
      readonly message: string;
    }
  /** Refused: it needs a person, or the world to change. Shown as a Warning event once. */
  | { readonly then: 'fail'; readonly reason: ProgressReason; readonly message: string };

/** Reasons of the Progressing condition; documented, so scripts may wait for them. */
export type ProgressReason =
  | 'ClusterStable'
  | 'Deleting'
  | 'Paused'
  | 'FailingOver'
  | 'Bootstrapping'
  | 'WaitingForQuorum'
  | 'ApplyingServices'
  | 'TrackingVolumes'
  | 'ReplacingMember'
  | 'RemovingMember'
  | 'AddingMember'
  | 'PromotingMember'
  | 'RollingOut'
  | 'ExpandingVolumes'
  | 'ClusterIdMismatch'
  | 'WaitingForHealth'
  | 'UnknownMember';

/**
 * The result of one pass. The edge executes `actions` in order, writes `status` when it differs
 * from the one stored, and comes back at the latest after `requeueAfterMs` (at once after actions).
 */
export type ReconcileResult = {
  readonly actions: readonly Action[];
  readonly status: EtcdClusterStatus;
  readonly requeueAfterMs: number;
  readonly outcome: StepOutcome;
};
