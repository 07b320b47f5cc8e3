import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { servedEtcdVersion } from '../../version.ts';
import { joinProblem, newClusterProblem, resolveUrl } from '../config/bootstrap-checks.ts';
import type { Config } from '../config/config.ts';
import type { Disk } from '../io/disk.ts';
import type { PeerDialer } from '../peer/peer-dialer.ts';
import { decodeMetadata, encodeMetadata } from '../proto/generated/etcdserverpb.ts';
import type { ConfState, Entry, HardState } from '../proto/generated/raftpb.ts';
import { formatId } from '../proto/ids.ts';
import { type OpenedWal, Wal, type WalOptions } from '../wal/wal.ts';
import type { Boot } from './booted.ts';
import type { DataDir } from './data-dir.ts';
import { withDiscoveredCluster, withDnsCluster } from './first-members.ts';
import { forceNewCluster } from './force-new-cluster.ts';
import {
  checkNotBootstrapped,
  checkVersions,
  joinIdentity,
  peerQuestions,
} from './join-cluster.ts';
import { foundingLog, type Identity, newClusterIdentity } from './new-cluster.ts';

/** What the state on disk says about the log; zeros for a state that is empty. */
export type StatePosition = {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
};

export type BootOptions = {
  readonly config: Config;
  readonly dir: DataDir;
  readonly disk: Disk;
  readonly state: StatePosition;
  /** For what is asked of the members that are there. */
  readonly dialer: PeerDialer;
  readonly clock: Clock;
  readonly log: Log;
  readonly walOptions: WalOptions;
};

/** Restarts from the log that is there, founds a new cluster, or joins one. */
export async function boot(options: BootOptions): Promise<Boot> {
  const { dir, disk, log } = options;
  const ask = peerQuestions(options.dialer, options.clock);
  if (await Wal.exists(dir.wal, disk)) {
    const booted = await restart(options);
    if (!options.config.forceNewCluster) return booted;
    return await forceNewCluster(booted, options.state.confState, log);
  }
  if (options.state.index > 0) {
    throw new Error(
      `${dir.root} holds state up to log index ${options.state.index} but no log in ${dir.wal}: ` +
        'the log was moved or deleted; bring it back, or remove this member and add it again',
    );
  }
  const config = await withDnsCluster(options);
  if (config.initialClusterState === 'existing') {
    const problem = joinProblem(config);
    if (problem !== undefined) throw new Error(problem);
    const identity = await joinIdentity(config, log, ask);
    await checkVersions(identity, servedEtcdVersion, log, ask);
    const learners = identity.members.filter(({ isLearner }) => isLearner).length;
    checkLearners(config, learners);
    return await create(options, identity, [], { term: 0, vote: 0n, commit: 0 });
  }
  const problem = await newClusterProblem(config, resolveUrl);
  if (problem !== undefined) throw new Error(problem);
  const self = newClusterIdentity(config);
  await checkNotBootstrapped(config, self, ask);
  const identity = newClusterIdentity(await withDiscoveredCluster({ ...options, config }, self));
  const { entries, hardState } = foundingLog(identity.members);
  return await create(options, identity, entries, hardState);
}

async function create(
  options: BootOptions,
  identity: Identity,
  entries: readonly Entry[],
  hardState: HardState,
): Promise<Boot> {
  const { memberId, clusterId, members } = identity;
  const metadata = encodeMetadata({ NodeID: memberId, ClusterID: clusterId });
  const wal = await Wal.create(options.dir.wal, metadata, options.disk, options.walOptions);
  if (entries.length > 0) await wal.append(entries, hardState, true);
  options.log.info(entries.length > 0 ? 'founding a new cluster' : 'joining a cluster', {
    'member-id': formatId(memberId),
    'cluster-id': formatId(clusterId),
    members: members.length,
  });
  return {
    wal,
    memberId,
    clusterId,
    knownMembers: members,
    hardState,
    snapshotIndex: 0,
    snapshotTerm: 0,
    entries,
    isRestart: false,
  };
}

async function restart(options: BootOptions): Promise<Boot> {
  const { config, dir, disk, state, log } = options;
  checkLearners(config, state.confState.learners.length);
  const markers = await Wal.readSnapshots(dir.wal, state.index, disk, log);
  const marker = markers.findLast(({ index }) => index <= state.index) ?? { index: 0, term: 0 };
  const opened = await openLog(options, markers, marker);
  const { NodeID: memberId, ClusterID: clusterId } = decodeMetadata(opened.metadata);
  log.info('restarting from the data on disk', {
    'member-id': formatId(memberId),
    'cluster-id': formatId(clusterId),
    'snapshot-index': marker.index,
    'applied-index': state.index,
    'commit-index': opened.hardState.commit,
    entries: opened.entries.length,
  });
  const base = { wal: opened.wal, memberId, clusterId, knownMembers: [], isRestart: true };
  if (isBehind(state, opened, marker)) return await behindState(options, opened, base);
  if (wasNotFounded(opened, state) && config.initialClusterState === 'new') {
    const first = await withDnsCluster(options);
    const identity = newClusterIdentity(first);
    const whole = await withDiscoveredCluster({ ...options, config: first }, identity);
    return await finishFounding(whole, opened.wal, base);
  }
  const { hardState, entries } = opened;
  return { ...base, hardState, entries, snapshotIndex: marker.index, snapshotTerm: marker.term };
}

/**
 * A marker is written only when the state it names is durable, so a marker beyond the state means
 * that the state was lost or replaced by an older one. As long as the log has every entry since, it
 * brings the state back; where a snapshot or a released segment stands in between it cannot.
 */
async function openLog(
  { dir, disk, state, log, walOptions }: BootOptions,
  markers: readonly { readonly index: number }[],
  marker: { readonly index: number; readonly term: number },
): Promise<OpenedWal> {
  const newest = markers.at(-1)?.index ?? 0;
  const explain = (reason: string, cause?: unknown): Error =>
    new Error(
      `the state in ${dir.state} is missing or older than the log reaches back: it ends at index ` +
        `${state.index}, the log has a snapshot at ${newest} (${reason}); bring the state back, ` +
        'or remove this member and add it again',
      { cause },
    );
  let opened: OpenedWal;
  try {
    opened = await Wal.open(dir.wal, marker, disk, log, walOptions);
  } catch (error) {
    if (newest > state.index) throw explain(String(error), error);
    throw error;
  }
  const lastIndex = opened.entries.at(-1)?.index ?? marker.index;
  if (newest > Math.max(state.index, lastIndex)) {
    await opened.wal.close();
    throw explain(`its entries before that end at ${lastIndex}`);
  }
  return opened;
}

/** Joining too: a member with fewer learners allowed would refuse what the others accept. */
function checkLearners({ learnersMax }: Config, learners: number): void {
  if (learners > learnersMax) throw new Error('membership: too many learner members in cluster');
}

type BootBase = Pick<Boot, 'wal' | 'memberId' | 'clusterId' | 'knownMembers' | 'isRestart'>;

/** The log ends before the state, or is another one there: entries that never were committed. */
function isBehind(
  state: StatePosition,
  opened: OpenedWal,
  marker: { readonly index: number },
): boolean {
  if (state.index <= marker.index) return false;
  return opened.entries[state.index - marker.index - 1]?.term !== state.term;
}

/** The founding entries and their hard state are one write; without the latter it was torn. */
function wasNotFounded({ hardState }: OpenedWal, state: StatePosition): boolean {
  return state.index === 0 && hardState.term === 0 && hardState.commit === 0;
}

/**
 * The state came from a leader's snapshot, and the process ended before the log had its marker.
 * Everything in the state was committed, so the log goes on behind it.
 */
async function behindState(options: BootOptions, opened: OpenedWal, base: BootBase): Promise<Boot> {
  const { index, term, confState } = options.state;
  const { term: votedTerm, vote } = opened.hardState;
  const hardState = {
    term: Math.max(votedTerm, term),
    vote: votedTerm < term ? 0n : vote,
    commit: index,
  };
  await opened.wal.append([], hardState, true);
  await opened.wal.saveSnapshot({ index, term, confState });
  return { ...base, hardState, snapshotIndex: index, snapshotTerm: term, entries: [] };
}

/** The process ended before the founding entries were whole. What is there of them is replaced. */
async function finishFounding(config: Config, wal: Wal, base: BootBase): Promise<Boot> {
  const identity = newClusterIdentity(config);
  if (identity.memberId !== base.memberId || identity.clusterId !== base.clusterId) {
    throw new Error('the empty log in the data directory belongs to another cluster or member');
  }
  const { entries, hardState } = foundingLog(identity.members);
  await wal.append(entries, hardState, true);
  const { members } = identity;
  return { ...base, knownMembers: members, hardState, snapshotIndex: 0, snapshotTerm: 0, entries };
}
