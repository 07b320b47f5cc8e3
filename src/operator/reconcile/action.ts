import type { KubernetesObject } from '@kubernetes/client-node';
import type { MemberPlan, VolumePlan } from '../api/member-plan.ts';

/**
 * Everything reconcile can ask for. An executor runs the actions of one pass in order and stops at
 * the first that fails; the next pass starts from what is then observed. Every action is safe to
 * repeat: when its effect is already there (etcd answers «peer URL exists», «member not found»,
 * «can only promote a learner»; Kubernetes answers 404 to a delete) it has succeeded.
 *
 * Two executors understand them: Kubernetes (StatefulSets, claims, pods; objects rendered by
 * resources/) and local processes (`etcd-ts up`). `via` names the members to ask, best first; the
 * executor knows their addresses.
 */
export type Action =
  /** Server-side apply. The local executor only remembers kind, name and hash. */
  | { readonly kind: 'apply-object'; readonly object: KubernetesObject; readonly hash: string }
  | { readonly kind: 'ensure-volume'; readonly volume: VolumePlan }
  /** Keeps the data but takes it out of the cluster's hands: no owner, marked as retained. */
  | { readonly kind: 'retain-volume'; readonly memberName: string; readonly volumeId: string }
  | { readonly kind: 'delete-volume'; readonly memberName: string; readonly volumeId: string }
  /** Creates or changes a member's workload. A changed template restarts its process gracefully. */
  | { readonly kind: 'ensure-member'; readonly member: MemberPlan }
  /** Deletes the workload, precondition UID; the process ends with SIGTERM. Data stays. */
  | { readonly kind: 'delete-member'; readonly memberName: string; readonly uid: string }
  /** Merges the volume's identity into the workload's annotations; restarts nothing. */
  | { readonly kind: 'record-volume'; readonly memberName: string; readonly volumeId: string }
  /** Lets a gated instance run (removes the pod's scheduling gate), precondition UID. */
  | {
      readonly kind: 'start-instance';
      readonly memberName: string;
      readonly instanceName: string;
      readonly instanceUid: string;
    }
  | {
      readonly kind: 'add-learner';
      readonly memberName: string;
      readonly peerUrl: string;
      readonly via: readonly string[];
    }
  | {
      readonly kind: 'promote-member';
      readonly memberName: string;
      readonly memberId: bigint;
      readonly via: readonly string[];
    }
  | {
      readonly kind: 'remove-member';
      readonly memberName: string;
      readonly memberId: bigint;
      readonly via: readonly string[];
    }
  /** Must reach the leader itself, so `via` is the leader. */
  | {
      readonly kind: 'move-leader';
      readonly fromName: string;
      readonly toName: string;
      readonly toId: bigint;
      readonly via: readonly string[];
    }
  | ForgetLeader
  | EmitEvent;

/**
 * Failover.ForgetLeader. First `forgetters` in parallel without campaign; as soon as `needed` of
 * them have forgotten (or say «no longer so»: then stop, somebody else was faster) the candidate,
 * with campaign. Every answer names what the member did. The executor appends a FailoverRecord
 * whatever the outcome, so that the rate limit also counts failures.
 */
export type ForgetLeader = {
  readonly kind: 'forget-leader';
  readonly leaderName: string;
  readonly leaderId: bigint;
  readonly term: number;
  readonly evidence: string;
  readonly candidate: string;
  readonly forgetters: readonly string[];
  readonly needed: number;
};

/** Recorded against the EtcdCluster after the actions before it have succeeded. */
export type EmitEvent = {
  readonly kind: 'emit-event';
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  readonly message: string;
};

export type EventReason =
  | 'BootstrapStarted'
  | 'ServiceApplied'
  | 'DisruptionBudgetApplied'
  | 'LearnerAdded'
  | 'MemberStarted'
  | 'MemberPromoted'
  | 'MemberRemoved'
  | 'WorkloadDeleted'
  | 'VolumeLost'
  | 'VolumeDeleted'
  | 'VolumeRetained'
  | 'VolumeExpanded'
  | 'LeaderMoved'
  | 'LeaderForgotten'
  | 'RollOutMember'
  | 'EvenSize'
  | 'Paused'
  | 'Refused';
