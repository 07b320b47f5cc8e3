/**
 * The facts of a member's first start: they are frozen into the workload so that a later change of
 * the cluster does not change its command line (and restart it), and so that an operator that
 * crashed while forming a cluster continues with the very same list.
 */
export type MemberBirth = {
  readonly initialCluster: readonly { readonly name: string; readonly peerUrl: string }[];
  readonly initialClusterState: 'new' | 'existing';
  readonly initialClusterToken: string;
};

/** A member's data, apart from where it lives. */
export type VolumePlan = {
  readonly memberName: string;
  readonly accessModes: string;
  readonly storageClassName: string | undefined;
  readonly sizeRequest: string;
  /** The volume dies with the EtcdCluster (owner reference). */
  readonly isOwned: boolean;
  readonly hash: string;
};

/**
 * One member, complete: enough for resources/ to render its StatefulSet (together with the
 * EtcdCluster) and for the local executor to start its process. Flags come from server-flags.ts
 * in both cases.
 */
export type MemberPlan = {
  readonly name: string;
  readonly ordinal: number;
  readonly birth: MemberBirth;
  readonly peerUrl: string;
  readonly clientUrl: string;
  readonly image: string;
  readonly etcdOptions: readonly string[];
  readonly medium: '' | 'Memory';
  /** '' for Memory before its instance is known. */
  readonly volumeId: string;
  readonly templateHash: string;
};
