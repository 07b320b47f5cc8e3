import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { memberImage } from '../resources/image.ts';
import { memberTemplateHash } from '../resources/member-pod.ts';
import { maybeOrdinal, memberName } from '../resources/names.ts';
import { reconcileLimits } from './limits.ts';
import { type Health, healthOf, isVolumeLost } from './member-health.ts';
import type {
  ListedMember,
  MemberReport,
  ObservedInstance,
  ObservedVolume,
  ObservedWorkload,
} from './observed.ts';
import type { StepInput } from './outcome.ts';

/**
 * Observed, joined by member: what etcd lists, what runs, what each reports, and the verdicts that
 * all steps share. Made anew in every pass; holds no memory.
 */
export type Picture = {
  /**
   * A leader has been seen, now or before (the recorded cluster id): a quorum has existed, and from
   * then on nobody is born with state `new`.
   */
  readonly hasFormed: boolean;
  /** More than one cluster id, or another than the one recorded; undefined when all agree. */
  readonly clusterIdConflict: string | undefined;
  readonly clusterId: bigint | undefined;
  /** The list of a quorum; undefined when no member gave a confirmed one: no quorum. */
  readonly list: readonly ListedMember[] | undefined;
  readonly members: readonly PictureMember[];
  readonly leader: PictureMember | undefined;
  readonly term: number;
  readonly leaderIndex: number;
  readonly image: string;
  readonly templateHash: string;
};

export type PictureMember = {
  readonly name: string;
  readonly ordinal: number | undefined;
  readonly listed: ListedMember | undefined;
  readonly workload: ObservedWorkload | undefined;
  readonly volume: ObservedVolume | undefined;
  readonly instance: ObservedInstance | undefined;
  readonly report: MemberReport | undefined;
  readonly unreachable: string;
  readonly isLeader: boolean;
  readonly isLearner: boolean;
  /** The workload asks for the current template. */
  readonly isUpdated: boolean;
  readonly isVolumeLost: boolean;
  readonly health: Health;
};

export function pictureOf(input: StepInput): Picture {
  const { cluster, observed, settings } = input;
  const image = memberImage(cluster, settings.defaultImage);
  const templateHash = memberTemplateHash(cluster, image);
  const reports = observed.views.flatMap((view) =>
    view.kind === 'reported' ? [{ name: view.memberName, report: view.report }] : [],
  );
  const list = newestConfirmedList(reports.map(({ report }) => report));
  const { term, leaderId } = leaderOf(reports.map(({ report }) => report));
  const leaderIndex = Math.max(0, ...reports.map(({ report }) => report.raftIndex));
  const names = memberNames(input, list);
  const members = [...names].map(([name, listed]) => {
    const view = observed.views.find((one) => one.memberName === name);
    const report = view?.kind === 'reported' ? view.report : undefined;
    const workload = observed.workloads.find((one) => one.memberName === name);
    const volume = observed.volumes.find((one) => one.memberName === name && !one.isRetained);
    const instance = newestInstance(
      observed.instances.filter((one) => one.memberName === name),
      workload,
    );
    const facts = { listed, workload, volume, instance, report };
    const ordinal = workload?.ordinal ?? maybeOrdinal(cluster, name);
    const isOwn = ordinal !== undefined;
    const lost = isOwn && isVolumeLost(facts, cluster.spec.storageSpec.medium);
    const unreachable = view?.kind === 'unreachable' ? view.reason : 'not asked yet';
    return {
      name,
      ordinal,
      ...facts,
      unreachable,
      isLeader: listed !== undefined && leaderId !== 0n && listed.id === leaderId,
      isLearner: listed?.isLearner ?? report?.isLearner ?? false,
      isUpdated: workload?.templateHash === templateHash,
      isVolumeLost: lost,
      health: healthOf({ ...facts, isVolumeLost: lost, unreachable, term, leaderId, leaderIndex }),
    };
  });
  members.sort(byOrdinal);
  return {
    hasFormed: isRecorded(cluster) || leaderId !== 0n,
    ...clusterIds(
      cluster,
      reports.map(({ report }) => report),
    ),
    list,
    members,
    leader: members.find(({ isLeader }) => isLeader),
    term,
    leaderIndex,
    image,
    templateHash,
  };
}

/** Voters of the confirmed list, foreign ones included: they count for every quorum. */
export function voters(picture: Picture): readonly PictureMember[] {
  return picture.members.filter(({ listed }) => listed !== undefined && !listed.isLearner);
}

export function learners(picture: Picture): readonly PictureMember[] {
  return picture.members.filter(({ listed }) => listed?.isLearner === true);
}

/** Members the operator runs; a listed member that somebody else added is never touched. */
export function ownMembers(picture: Picture): readonly PictureMember[] {
  return picture.members.filter(
    ({ listed, ordinal }) => listed !== undefined && ordinal !== undefined,
  );
}

export function quorumOf(voterCount: number): number {
  return Math.floor(voterCount / 2) + 1;
}

/** Members that can carry a membership change out, the leader first. */
export function via(picture: Picture): readonly string[] {
  const able = voters(picture).filter(({ report }) => report?.memberList?.isConfirmed === true);
  return [...able].sort((a, b) => Number(b.isLeader) - Number(a.isLeader)).map(({ name }) => name);
}

function isRecorded(cluster: EtcdCluster): boolean {
  return (cluster.status?.clusterID ?? '') !== '';
}

function clusterIds(
  cluster: EtcdCluster,
  reports: readonly MemberReport[],
): Pick<Picture, 'clusterId' | 'clusterIdConflict'> {
  const recorded = cluster.status?.clusterID ?? '';
  const ids = new Set(reports.map(({ clusterId }) => clusterId).filter((id) => id !== 0n));
  if (recorded !== '') ids.add(BigInt(`0x${recorded}`));
  const [clusterId] = ids;
  if (ids.size <= 1) return { clusterId, clusterIdConflict: undefined };
  const texts = [...ids].map((id) => id.toString(16)).sort();
  return { clusterId, clusterIdConflict: texts.join(', ') };
}

/** Every confirmed list was true once; the one applied furthest is the latest. */
function newestConfirmedList(reports: readonly MemberReport[]): Picture['list'] {
  let newest: MemberReport | undefined;
  for (const report of reports) {
    if (report.memberList?.isConfirmed !== true) continue;
    if (newest === undefined || isFurther(report, newest)) newest = report;
  }
  return newest?.memberList?.members;
}

function isFurther(a: MemberReport, b: MemberReport): boolean {
  return a.raftAppliedIndex !== b.raftAppliedIndex
    ? a.raftAppliedIndex > b.raftAppliedIndex
    : a.term > b.term;
}

/** Of the highest term anybody reports, the leader anybody of that term knows. */
function leaderOf(reports: readonly MemberReport[]): { term: number; leaderId: bigint } {
  const term = Math.max(0, ...reports.map((report) => report.term));
  const knowing = reports.find((report) => report.term === term && report.leader !== 0n);
  return { term, leaderId: knowing?.leader ?? 0n };
}

/** Names of all members that are listed, run, or left something; each with its list entry. */
function memberNames(
  input: StepInput,
  list: readonly ListedMember[] | undefined,
): Map<string, ListedMember | undefined> {
  const { cluster, observed, settings } = input;
  const names = new Map<string, ListedMember | undefined>();
  for (const { memberName } of [...observed.workloads, ...observed.instances]) {
    names.set(memberName, undefined);
  }
  for (const volume of observed.volumes)
    if (!volume.isRetained) names.set(volume.memberName, undefined);
  for (const listed of list ?? []) names.set(nameOf(listed), listed);
  return names;

  /**
   * Its own word counts first. An unstarted member has no name yet, but the operator chose its peer
   * URL from its name.
   */
  function nameOf(listed: ListedMember): string {
    const speaker = observed.views.find(
      (view) => view.kind === 'reported' && view.report.memberId === listed.id,
    );
    if (speaker !== undefined) return speaker.memberName;
    if (listed.name !== '') return listed.name;
    for (const name of names.keys()) if (hasAddress(listed, name)) return name;
    for (let ordinal = 0; ordinal < reconcileLimits.ordinalsMax; ordinal += 1) {
      const name = memberName(cluster, ordinal);
      if (hasAddress(listed, name)) return name;
    }
    return listed.peerUrls[0] ?? listed.id.toString(16);
  }

  function hasAddress(listed: ListedMember, name: string): boolean {
    const ordinal = maybeOrdinal(cluster, name);
    if (ordinal === undefined) return false;
    const { peerUrl } = settings.addresses.of(cluster, name, ordinal);
    return listed.peerUrls.includes(peerUrl);
  }
}

/** While a pod is replaced two may be seen; the one that runs the workload's template counts. */
function newestInstance(
  instances: readonly ObservedInstance[],
  workload: ObservedWorkload | undefined,
): ObservedInstance | undefined {
  const rank = (one: ObservedInstance): number =>
    Number(!one.isBeingDeleted) * 2 + Number(one.templateHash === workload?.templateHash);
  return [...instances].sort((a, b) => rank(b) - rank(a))[0];
}

function byOrdinal(a: PictureMember, b: PictureMember): number {
  const difference = (a.ordinal ?? Infinity) - (b.ordinal ?? Infinity);
  return Number.isFinite(difference) && difference !== 0 ? difference : a.name < b.name ? -1 : 1;
}
