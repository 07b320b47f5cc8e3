import type { MemberBirth } from '../api/member-plan.ts';

/**
 * One frozen picture of a cluster, taken by an observe edge (Kubernetes, or local processes) and
 * the only thing reconcile looks at besides the resource itself. Words are neutral: a *workload*
 * is what keeps one member's process running (a StatefulSet with one replica; a supervised
 * process), a *volume* is its data (a PersistentVolumeClaim; a directory), an *instance* is one
 * life of the process's container (a pod).
 *
 * Duties of an edge:
 * - Read your own writes: every action this operator has executed must be visible (wait until the
 *   caches have caught up, or read live). The rule «never two members down» rests on it.
 * - Unknown is a value. A member that does not answer is `unreachable`, never an exception.
 * - Workloads, volumes and objects of this cluster's UID only, but `takenNames` of everything.
 */
export type Observed = {
  readonly objects: readonly ObservedObject[];
  readonly workloads: readonly ObservedWorkload[];
  /** Memory volumes too: read-objects.ts makes one of each pod (`readMemoryVolume`). */
  readonly volumes: readonly ObservedVolume[];
  readonly instances: readonly ObservedInstance[];
  /**
   * Member names that must not be given to a new member although no volume of this cluster has
   * them: volumes that an earlier cluster of the same name left behind, for example.
   */
  readonly takenNames: readonly string[];
  /** What each member says, asked at its own address; listed members without a workload too. */
  readonly views: readonly MemberView[];
  readonly streams: readonly ObservedStream[];
  /** Oldest first, at most `failoverBounds.recordsMax`; kept by the edge across passes. */
  readonly failovers: readonly FailoverRecord[];
};

/** A child object that is neither workload, volume nor pod: services, the disruption budget. */
export type ObservedObject = {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** The content hash annotation that the operator wrote; '' when it is missing. */
  readonly hash: string;
  readonly isBeingDeleted: boolean;
};

export type ObservedWorkload = {
  readonly memberName: string;
  readonly uid: string;
  readonly ordinal: number;
  /** How the member was told to start the first time; never changes (see MemberBirth). */
  readonly birth: MemberBirth;
  /** The template the workload asks for; the instance may still run an older one. */
  readonly templateHash: string;
  /** The volume its identity is bound to; '' until known (Memory before the pod exists). */
  readonly volumeId: string;
  readonly isBeingDeleted: boolean;
};

export type ObservedVolume = {
  readonly memberName: string;
  /** Object or directory name, for people. */
  readonly name: string;
  /** Identity of the disk: a claim's UID, a marker file's content, a Memory pod's UID. */
  readonly id: string;
  readonly state: 'pending' | 'bound' | 'lost' | 'deleting';
  /** Kept on purpose after its member was removed; nobody may use it. */
  readonly isRetained: boolean;
  readonly hash: string;
};

export type ObservedInstance = {
  readonly memberName: string;
  /** The pod's UID; for a process its pid and start time. */
  readonly uid: string;
  readonly name: string;
  readonly templateHash: string;
  readonly isReady: boolean;
  /** `waiting` covers everything before the process runs, `reason` says which. */
  readonly container:
    | { readonly state: 'waiting'; readonly reason: string }
    | { readonly state: 'running'; readonly startedMs: number }
    | { readonly state: 'terminated'; readonly reason: string; readonly exitCode: number };
  readonly restartCount: number;
  /** Waits for `start-instance` (a pod with our scheduling gate). */
  readonly isGated: boolean;
  readonly isBeingDeleted: boolean;
  readonly nodeName: string;
  /** The Node object is gone; kubelet cannot speak for the pod any more. */
  readonly isNodeGone: boolean;
};

export type MemberView =
  | { readonly kind: 'reported'; readonly memberName: string; readonly report: MemberReport }
  | { readonly kind: 'unreachable'; readonly memberName: string; readonly reason: string };

/** Maintenance.Status of one member and, where it answers, Cluster.MemberList. */
export type MemberReport = {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  /** 0n: it knows none. */
  readonly leader: bigint;
  readonly term: number;
  readonly raftIndex: number;
  readonly raftAppliedIndex: number;
  readonly revision: number;
  readonly version: string;
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  readonly isLearner: boolean;
  /** Alarm names raised *for this member*, such as NOSPACE. */
  readonly alarms: readonly string[];
  readonly errors: readonly string[];
  /** undefined: learners refuse MemberList, and so does a member that lost its quorum. */
  readonly memberList: MemberList | undefined;
};

/**
 * `isConfirmed`: answered by a linearizable read, so a quorum stood behind it. Only a confirmed
 * list is a ground to change anything; a serializable one may be as old as its member.
 */
export type MemberList = {
  readonly isConfirmed: boolean;
  readonly members: readonly ListedMember[];
};

export type ListedMember = {
  readonly id: bigint;
  /** '' until the member has started once and published itself. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
};

/** The Failover.Observe stream to one member. */
export type ObservedStream = {
  readonly memberName: string;
  /** The instance the stream was opened to; evidence counts against this one only. */
  readonly instanceUid: string;
  readonly state:
    | { readonly kind: 'connecting'; readonly sinceMs: number }
    | { readonly kind: 'connected'; readonly sinceMs: number }
    /** It ended. `isRefused`: a reconnect to the same address found nobody listening. */
    | { readonly kind: 'broken'; readonly sinceMs: number; readonly isRefused: boolean };
  /** The last thing it said, also after it broke. */
  readonly last: FailoverReport | undefined;
};

/** Why a member's storage should be moved or changed, as the member says it. */
export type StorageWarning = { readonly name: string; readonly message: string };

export type FailoverReport = {
  readonly memberId: bigint;
  readonly leader: bigint;
  readonly term: number;
  readonly lastTerm: number;
  readonly lastIndex: number;
  readonly appliedIndex: number;
  readonly millisSinceLeaderHeard: number;
  readonly storageWarnings: readonly StorageWarning[];
  /** The edge's clock when it arrived; same clock as `nowMs`. */
  readonly receivedMs: number;
};

export type FailoverRecord = {
  readonly atMs: number;
  readonly leader: bigint;
  readonly term: number;
  readonly candidate: string;
  readonly evidence: string;
};
