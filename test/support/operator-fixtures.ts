/** EtcdClusters and observations for the operator's tests, complete, with what a test changes. */
import type { EtcdCluster, EtcdClusterStatus } from '../../src/operator/api/etcd-cluster.ts';
import type { MemberBirth, MemberPlan } from '../../src/operator/api/member-plan.ts';
import { parseEtcdCluster } from '../../src/operator/api/parse.ts';
import type {
  ListedMember,
  MemberReport,
  Observed,
  ObservedInstance,
  ObservedStream,
  ObservedVolume,
  ObservedWorkload,
  StorageWarning,
} from '../../src/operator/reconcile/observed.ts';
import type { ReconcileSettings, StepInput } from '../../src/operator/reconcile/outcome.ts';
import { memberImage } from '../../src/operator/resources/image.ts';
import { podAddresses } from '../../src/operator/resources/member-addresses.ts';
import { memberTemplateHash } from '../../src/operator/resources/member-pod.ts';
import { memberVolumePlan } from '../../src/operator/resources/member-volume-claim.ts';
import { maybeOrdinal } from '../../src/operator/resources/names.ts';

export const startMs = Date.UTC(2026, 10, 1);

export const podSettings: ReconcileSettings = {
  defaultImage: 'registry.example/etcd-ts:v0.1.0',
  fastFailover: true,
  addresses: podAddresses,
};

/** The cluster `main`, as its manifest with this spec would be parsed. */
export function clusterOf(
  spec: object,
  more: { status?: Partial<EtcdClusterStatus> } = {},
): EtcdCluster {
  const parsed = parseEtcdCluster({
    apiVersion: 'etcd-ts.dev/v1alpha1',
    kind: 'EtcdCluster',
    metadata: { name: 'main', namespace: 'db', uid: 'uid-main', generation: 1 },
    spec,
    ...(more.status && { status: { observedGeneration: 1, ...more.status } }),
  });
  if (parsed.kind === 'refused') throw new Error(parsed.problems.join('; '));
  return parsed.cluster;
}

export function hashOf(cluster: EtcdCluster): string {
  return memberTemplateHash(cluster, memberImage(cluster, podSettings.defaultImage));
}

export function birthOf(cluster: EtcdCluster, names: readonly string[]): MemberBirth {
  return {
    initialCluster: names.map((name) => ({ name, peerUrl: addressOf(cluster, name).peerUrl })),
    initialClusterState: 'new',
    initialClusterToken: cluster.metadata.uid,
  };
}

export function planOf(cluster: EtcdCluster, name: string, names: readonly string[]): MemberPlan {
  return {
    name,
    ordinal: maybeOrdinal(cluster, name) ?? 0,
    birth: birthOf(cluster, names),
    ...addressOf(cluster, name),
    image: memberImage(cluster, podSettings.defaultImage),
    etcdOptions: cluster.spec.etcdOptions,
    medium: cluster.spec.storageSpec.medium,
    volumeId: `disk-${name}`,
    templateHash: hashOf(cluster),
  };
}

export function addressOf(
  cluster: EtcdCluster,
  name: string,
): { peerUrl: string; clientUrl: string } {
  return podAddresses.of(cluster, name);
}

/** Everything about one member; a healthy follower unless said otherwise. */
export type MemberOptions = {
  readonly id?: bigint;
  readonly listed?: Partial<ListedMember> | false;
  readonly workload?: Partial<ObservedWorkload> | false;
  readonly volume?: Partial<ObservedVolume> | false;
  readonly instance?: Partial<ObservedInstance> | false;
  readonly report?: Partial<MemberReport> | false;
};

/** `members` by name; ids are 1n, 2n, … in order and the first leads unless reports say otherwise. */
export function observedOf(
  cluster: EtcdCluster,
  members: Readonly<Record<string, MemberOptions>>,
  more: Partial<Observed> & { readonly isConfirmed?: boolean; readonly leader?: bigint } = {},
): Observed {
  const entries = Object.entries(members).map(([name, options], at) => ({
    name,
    options,
    id: options.id ?? BigInt(at + 1),
  }));
  const leader = more.leader ?? entries[0]?.id ?? 0n;
  const hash = hashOf(cluster);
  const listed = entries.flatMap(({ name, options, id }): ListedMember[] => {
    if (options.listed === false) return [];
    const { peerUrl, clientUrl } = addressOf(cluster, name);
    const plain = { id, name, peerUrls: [peerUrl], clientUrls: [clientUrl], isLearner: false };
    return [{ ...plain, ...options.listed }];
  });
  const memberList = { isConfirmed: more.isConfirmed ?? true, members: listed };
  const names = entries.map(({ name }) => name);
  return {
    objects: [],
    takenNames: [],
    streams: [],
    failovers: [],
    workloads: entries.flatMap(({ name, options }) => {
      if (options.workload === false) return [];
      return [{ ...workloadOf(cluster, name, names, hash), ...options.workload }];
    }),
    volumes: entries.flatMap(({ name, options }) => {
      if (options.volume === false) return [];
      return [{ ...volumeOf(cluster, name), ...options.volume }];
    }),
    instances: entries.flatMap(({ name, options }) => {
      if (options.instance === false) return [];
      return [{ ...instanceOf(name, hash), ...options.instance }];
    }),
    views: entries.map(({ name, options, id }) => {
      const { report } = options;
      if (report === false || options.instance === false) {
        return { kind: 'unreachable', memberName: name, reason: 'connection refused' };
      }
      const isLearner = listed.find((one) => one.id === id)?.isLearner === true;
      const plain = reportOf(id, leader, isLearner ? undefined : memberList);
      return { kind: 'reported', memberName: name, report: { ...plain, isLearner, ...report } };
    }),
    ...more,
  };
}

export function workloadOf(
  cluster: EtcdCluster,
  name: string,
  names: readonly string[],
  templateHash: string,
): ObservedWorkload {
  return {
    memberName: name,
    uid: `workload-${name}`,
    ordinal: maybeOrdinal(cluster, name) ?? 0,
    birth: birthOf(cluster, names),
    templateHash,
    volumeId: `disk-${name}`,
    isBeingDeleted: false,
  };
}

export function volumeOf(cluster: EtcdCluster, name: string): ObservedVolume {
  return {
    memberName: name,
    name: `data-${name}-0`,
    id: `disk-${name}`,
    state: 'bound',
    isRetained: false,
    hash: memberVolumePlan(cluster, name).hash,
  };
}

export function instanceOf(name: string, templateHash: string): ObservedInstance {
  return {
    memberName: name,
    uid: `pod-${name}`,
    name: `${name}-0`,
    templateHash,
    isReady: true,
    container: { state: 'running', startedMs: startMs },
    restartCount: 0,
    isGated: false,
    isBeingDeleted: false,
    nodeName: 'node-a',
    isNodeGone: false,
  };
}

export function reportOf(
  id: bigint,
  leader: bigint,
  memberList: MemberReport['memberList'],
): MemberReport {
  return {
    clusterId: 0xc1n,
    memberId: id,
    leader,
    term: 2,
    raftIndex: 100,
    raftAppliedIndex: 100,
    revision: 50,
    version: '3.7.0',
    dbSize: 1_000,
    dbSizeInUse: 900,
    isLearner: false,
    alarms: [],
    errors: [],
    memberList,
  };
}

/** A stream to a member that said, `ageMs` ago, that it follows `leader`. */
export function streamOf(
  name: string,
  id: bigint,
  leader: bigint,
  more: {
    readonly state?: ObservedStream['state'];
    readonly ageMs?: number;
    readonly silenceMs?: number;
    readonly term?: number;
    readonly lastTerm?: number;
    readonly lastIndex?: number;
    readonly storageWarnings?: readonly StorageWarning[];
  } = {},
): ObservedStream {
  return {
    memberName: name,
    instanceUid: `pod-${name}`,
    state: more.state ?? { kind: 'connected', sinceMs: startMs - 60_000 },
    last: {
      memberId: id,
      leader,
      term: more.term ?? 2,
      lastTerm: more.lastTerm ?? 2,
      lastIndex: more.lastIndex ?? 100,
      appliedIndex: 100,
      millisSinceLeaderHeard: more.silenceMs ?? 20,
      storageWarnings: more.storageWarnings ?? [],
      receivedMs: startMs - (more.ageMs ?? 10),
    },
  };
}

export function inputOf(cluster: EtcdCluster, observed: Observed, nowMs = startMs): StepInput {
  return { cluster, observed, nowMs, settings: podSettings };
}
