import type {
  ClusterPhase,
  EtcdClusterStatus,
  FailoverStatus,
  MemberPhase,
  MemberStatus,
} from '../api/etcd-cluster.ts';
import type { StepOutcome } from '../reconcile/outcome.ts';
import { type Picture, type PictureMember, voters } from '../reconcile/picture.ts';
import type { PlanInput } from '../reconcile/steps/step.ts';
import { clusterSelectorText } from '../resources/labels.ts';
import { conditionsOf } from './conditions.ts';

/**
 * The whole status, computed in every pass whatever the outcome was. Facts come from the picture;
 * only times of transition, the cluster id and the failover count are carried over.
 */
export function statusOf(input: PlanInput, outcome: StepOutcome): EtcdClusterStatus {
  const { cluster, nowMs, settings, picture } = input;
  const now = isoSeconds(nowMs);
  const members = picture.members
    .filter(({ ordinal, listed }) => ordinal !== undefined || listed !== undefined)
    .map((member) => memberStatus(input, picture, member, now));
  const present = picture.members.filter(({ workload }) => workload !== undefined);
  const ready = present.filter(({ health, isLearner }) => health.isHealthy && !isLearner);
  return {
    observedGeneration: cluster.metadata.generation,
    phase: phaseOf(picture, outcome),
    currentReplicas: present.length,
    readyReplicas: ready.length,
    ready: `${ready.length}/${cluster.spec.size}`,
    memberCount: picture.list?.length ?? cluster.status?.memberCount ?? 0,
    updatedMembers: present.filter(({ isUpdated, health }) => isUpdated && health.isHealthy).length,
    currentVersion: lowestVersion(picture) ?? cluster.status?.currentVersion ?? '',
    leaderID: picture.leader?.listed?.id.toString(16) ?? '',
    clusterID: recordedClusterId(input, picture),
    selector: clusterSelectorText(cluster),
    endpoints: {
      client: settings.addresses.clientEndpoint(cluster),
      members: memberEndpoints(input, picture),
    },
    members,
    conditions: conditionsOf(input, picture, outcome, now),
    warnings: warningsOf(input, picture),
    failover: failoverStatus(input),
  };
}

/** Kubernetes' time format; milliseconds would make every status differ. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Set when first seen and kept for ever: bootstrap never runs again once it is there. */
function recordedClusterId({ cluster }: PlanInput, picture: Picture): string {
  const recorded = cluster.status?.clusterID ?? '';
  if (recorded !== '' || !picture.hasFormed) return recorded;
  return picture.clusterId?.toString(16) ?? '';
}

function memberStatus(
  input: PlanInput,
  picture: Picture,
  member: PictureMember,
  now: string,
): MemberStatus {
  const { listed, report, volume, instance, workload, health, isLeader, isLearner } = member;
  const before = input.cluster.status?.members.find(({ name }) => name === member.name);
  const phase = memberPhase(picture, member);
  const reason = health.isHealthy ? '' : health.reason;
  const isSame = before?.phase === phase && before.isHealthy === health.isHealthy;
  return {
    name: member.name,
    id: (listed?.id ?? report?.memberId)?.toString(16) ?? '',
    phase,
    role: roleOf(member),
    version: report?.version ?? '',
    isHealthy: health.isHealthy,
    isLearner,
    isLeader,
    revision: report?.revision ?? 0,
    raftTerm: report?.term ?? 0,
    raftIndex: report?.raftIndex ?? 0,
    raftAppliedIndex: report?.raftAppliedIndex ?? 0,
    dbSize: report?.dbSize ?? 0,
    dbSizeInUse: report?.dbSizeInUse ?? 0,
    alarms: report?.alarms ?? [],
    templateHash: workload?.templateHash ?? '',
    volume: volume?.name ?? '',
    node: instance?.nodeName ?? '',
    reason,
    lastTransitionTime: isSame ? before.lastTransitionTime : now,
  };
}

function roleOf({ isLeader, isLearner, listed, report }: PictureMember): MemberStatus['role'] {
  if (isLeader) return 'leader';
  if (isLearner) return 'learner';
  return listed !== undefined && report !== undefined ? 'follower' : 'unknown';
}

function memberPhase(picture: Picture, member: PictureMember): MemberPhase {
  const { listed, instance, health, isLearner, isVolumeLost, report } = member;
  if (picture.list !== undefined && listed === undefined) return 'Removing';
  if (isVolumeLost) return 'Replacing';
  if (instance === undefined || instance.container.state === 'waiting') return 'Pending';
  if (health.isHealthy) return isLearner ? 'Learner' : 'Ready';
  return report === undefined && (listed?.name ?? '') === '' ? 'Joining' : 'Unhealthy';
}

function phaseOf(picture: Picture, outcome: StepOutcome): ClusterPhase {
  const reason = outcome.then === 'continue' ? 'ClusterStable' : outcome.reason;
  if (reason === 'Deleting') return 'Deleting';
  if (reason === 'Paused') return 'Paused';
  if (!picture.hasFormed) return 'Creating';
  if (picture.list === undefined || picture.leader === undefined) return 'QuorumLost';
  if (outcome.then === 'continue') return 'Healthy';
  const isIll = voters(picture).some(({ health }) => !health.isHealthy);
  if (outcome.then === 'fail' || (isIll && reason !== 'RollingOut')) return 'Degraded';
  return 'Progressing';
}

function lowestVersion(picture: Picture): string | undefined {
  const versions = picture.members.flatMap(({ report }) =>
    report === undefined || report.version === '' ? [] : [report.version],
  );
  return versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))[0];
}

function memberEndpoints(input: PlanInput, picture: Picture): readonly string[] {
  return picture.members.flatMap(({ name, ordinal, workload }) =>
    workload === undefined || ordinal === undefined
      ? []
      : [input.settings.addresses.of(input.cluster, name, ordinal).clientUrl],
  );
}

function warningsOf({ cluster }: PlanInput, picture: Picture): readonly string[] {
  const { size } = cluster.spec;
  const found: string[] = [];
  if (size % 2 === 0) {
    found.push(`size ${size} is even: it survives no more failures than ${size - 1}`);
  }
  for (const { name, listed, ordinal, report } of picture.members) {
    if (listed !== undefined && ordinal === undefined) {
      found.push(`member ${name} was not added by the operator and is left alone`);
    }
    for (const alarm of report?.alarms ?? []) found.push(`member ${name}: alarm ${alarm}`);
  }
  return found;
}

/** The edge keeps recent records only, so the count goes on from the status. */
function failoverStatus({ cluster, observed }: PlanInput): FailoverStatus | undefined {
  const before = cluster.status?.failover;
  const last = observed.failovers.at(-1);
  if (last === undefined) return before;
  const beforeMs = before === undefined ? -1 : Date.parse(before.lastTime);
  const added = observed.failovers.filter(
    ({ atMs }) => Math.floor(atMs / 1_000) * 1_000 > beforeMs,
  ).length;
  if (before !== undefined && added === 0) return before;
  return {
    count: (before?.count ?? 0) + added,
    lastTime: isoSeconds(last.atMs),
    leader: last.leader.toString(16),
    term: last.term,
    candidate: last.candidate,
    evidence: last.evidence,
  };
}
