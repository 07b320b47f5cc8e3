/**
 * The EtcdCluster resource as the operator sees it: parsed once (parse.ts), every default filled
 * in, so that nothing inside asks again whether a field is there. Field names are those of the
 * community's etcd operator where it has them. A field that does nothing yet is not here and not
 * in the CRD (crd.ts).
 */
export const apiGroup = 'etcd-ts.dev';
export const apiVersion = 'etcd-ts.dev/v1alpha1';
export const clusterKind = 'EtcdCluster';
export const clusterPlural = 'etcdclusters';

/** `disabled` pauses the operator for this cluster: nothing changes, status is still refreshed. */
export const reconcileAnnotation = 'etcd-ts.dev/reconcile';

export type EtcdCluster = {
  readonly metadata: ClusterMetadata;
  readonly spec: EtcdClusterSpec;
  readonly status: EtcdClusterStatus | undefined;
};

export type ClusterMetadata = {
  readonly name: string;
  readonly namespace: string;
  /** Also the initial-cluster-token: two clusters that ever had the same name stay strangers. */
  readonly uid: string;
  readonly generation: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly isBeingDeleted: boolean;
};

export type EtcdClusterSpec = {
  /** Voting members wanted, at least 1. Even sizes work and are warned about. */
  readonly size: number;
  /** Image tag, for example `v0.1.0`; undefined means the operator's own version. */
  readonly version: string | undefined;
  /** Repository path without a tag; undefined means the operator's own repository. */
  readonly imageRegistry: string | undefined;
  /** A whole image reference; stands above `version` and `imageRegistry`. */
  readonly image: string | undefined;
  readonly storageSpec: StorageSpec;
  /** Flags for the server, `--name=value` each; flags that the operator owns are refused. */
  readonly etcdOptions: readonly string[];
  readonly podTemplate: PodTemplate;
  readonly fastFailover: { readonly enabled: boolean };
};

export type StorageSpec = {
  /** '' is a PersistentVolumeClaim, Memory a tmpfs that lives and dies with its pod. */
  readonly medium: '' | 'Memory';
  readonly accessModes: string;
  readonly storageClassName: string | undefined;
  /** A Kubernetes quantity. May grow; the claims are expanded in place. */
  readonly volumeSizeRequest: string;
  readonly retentionPolicy: RetentionPolicy;
};

export type RetentionPolicy = {
  /** What happens to the volumes when the EtcdCluster is deleted. */
  readonly whenDeleted: 'Retain' | 'Delete';
  /** What happens to the volume of a member that was removed. */
  readonly whenScaled: 'Retain' | 'Delete';
};

export type PodTemplate = {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: PodTemplateSpec;
};

/** Handed to the pod as written; the API server is the one that checks these. */
export type PodTemplateSpec = {
  readonly affinity?: object;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly object[];
  readonly topologySpreadConstraints?: readonly object[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string | number>>;
    readonly limits?: Readonly<Record<string, string | number>>;
  };
  readonly priorityClassName?: string;
  readonly schedulerName?: string;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly imagePullPolicy?: string;
  /** Merged over the operator's restricted pod security context, field by field. */
  readonly securityContext?: object;
};

export type EtcdClusterStatus = {
  readonly observedGeneration: number;
  readonly phase: ClusterPhase;
  /** Members that have a workload (StatefulSet or process), for the scale subresource. */
  readonly currentReplicas: number;
  readonly readyReplicas: number;
  /** `2/3`, for the printer column. */
  readonly ready: string;
  /** Members in etcd's own list, learners included. */
  readonly memberCount: number;
  readonly updatedMembers: number;
  /** The lowest version a member reports; empty while none does. */
  readonly currentVersion: string;
  /** Hexadecimal; empty while unknown. */
  readonly leaderID: string;
  /** Hexadecimal. Set once and never cleared: its presence means «this cluster has formed». */
  readonly clusterID: string;
  readonly selector: string;
  readonly endpoints: { readonly client: string; readonly members: readonly string[] };
  readonly members: readonly MemberStatus[];
  readonly conditions: readonly Condition[];
  readonly warnings: readonly string[];
  readonly failover: FailoverStatus | undefined;
};

export type ClusterPhase =
  | 'Creating'
  | 'Healthy'
  | 'Progressing'
  | 'Degraded'
  | 'QuorumLost'
  | 'Paused'
  | 'Deleting';

export type MemberPhase =
  | 'Pending' // no process yet
  | 'Joining' // in the member list, has not reported yet
  | 'Learner'
  | 'Ready'
  | 'Unhealthy'
  | 'Replacing' // its volume is lost
  | 'Removing'; // no longer in the member list

export type MemberStatus = {
  readonly name: string;
  /** Hexadecimal; empty until etcd has given one. */
  readonly id: string;
  readonly phase: MemberPhase;
  readonly role: 'leader' | 'follower' | 'learner' | 'unknown';
  readonly version: string;
  readonly isHealthy: boolean;
  readonly isLearner: boolean;
  readonly isLeader: boolean;
  readonly revision: number;
  readonly raftTerm: number;
  readonly raftIndex: number;
  readonly raftAppliedIndex: number;
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  readonly alarms: readonly string[];
  readonly templateHash: string;
  readonly volume: string;
  readonly node: string;
  /** Why it is not Ready; empty when it is. */
  readonly reason: string;
  readonly lastTransitionTime: string;
};

export type Condition = {
  readonly type: 'Available' | 'Progressing' | 'Degraded' | 'StorageHealthy';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
};

/** The last time the operator told the survivors of a dead leader to forget it. */
export type FailoverStatus = {
  readonly count: number;
  readonly lastTime: string;
  readonly leader: string;
  readonly term: number;
  readonly candidate: string;
  readonly evidence: string;
};
