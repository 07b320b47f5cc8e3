import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { executeForgetLeader } from '../execute/member-actions.ts';
import { failoverBounds } from '../failover/bounds.ts';
import { MemberConnections } from '../observe/member-connections.ts';
import {
  type ClusterObjects,
  instancesOf,
  observeObjects,
  streamTargets,
} from '../observe/observe-kubernetes.ts';
import type { ForgetLeader } from '../reconcile/action.ts';
import type { FailoverRecord, Observed } from '../reconcile/observed.ts';

/** An election that has not come about by then is somebody else's to measure. */
const ELECTION_MS_MAX = 60_000;

/**
 * What the operator keeps of one cluster between passes: connections to its members, the failovers
 * it made, and whether one is under way. Everything else is read anew each time.
 */
export class TendedCluster {
  readonly uid: string;
  readonly connections: MemberConnections;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onElected: (seconds: number) => void;
  cluster: EtcdCluster;
  statusWrittenMs = -Infinity;
  #failovers: readonly FailoverRecord[] = [];
  #isFailingOver = false;
  #awaited:
    | { readonly leader: bigint; readonly term: number; readonly sinceMs: number }
    | undefined;

  constructor(
    cluster: EtcdCluster,
    clock: Clock,
    log: Log,
    onChange: () => void,
    onElected: (seconds: number) => void,
  ) {
    this.uid = cluster.metadata.uid;
    this.cluster = cluster;
    this.#clock = clock;
    this.#log = log;
    this.#onElected = onElected;
    this.connections = new MemberConnections(clock, () => {
      this.#noticeElection();
      onChange();
    });
  }

  get isFailingOver(): boolean {
    return this.#isFailingOver;
  }

  follow(found: ClusterObjects): void {
    const targets = streamTargets(this.cluster, found, this.connections.targets);
    this.connections.setTargets(targets);
  }

  /** Asks the members that run for their views, all at once. */
  async refreshViews(found: ClusterObjects): Promise<void> {
    const running = instancesOf(this.cluster, found.pods, undefined).filter(
      ({ container }) => container.state === 'running',
    );
    await this.connections.refreshViews(new Set(running.map(({ uid }) => uid)));
  }

  observe(found: ClusterObjects): Observed {
    return { ...observeObjects(this.cluster, found), ...this.#memory() };
  }

  /** Only what a failover looks at: the views of the last pass, streams and pods as they are now. */
  observeForFailover(found: ClusterObjects): Observed {
    const instances = instancesOf(this.cluster, found.pods, found.nodeNames);
    const objects = { objects: [], workloads: [], volumes: [], takenNames: [], instances };
    return { ...objects, ...this.#memory() };
  }

  /** A leader may be dead or silent; anything else need not be looked at between passes. */
  get isUneasy(): boolean {
    const nowMs = this.#clock.wallMs();
    return this.connections.streams().some(({ state, last }) => {
      if (last === undefined) return false;
      if (state.kind !== 'connected' || last.leader === 0n) return true;
      return last.millisSinceLeaderHeard + nowMs - last.receivedMs > uneasyMs;
    });
  }

  /**
   * Remembered whatever comes of it, and from the moment it begins: the rate limit counts attempts.
   * Resolves to whether the candidate was asked to stand for election.
   */
  async forgetLeader(action: ForgetLeader): Promise<boolean> {
    if (this.#isFailingOver) return false;
    this.#isFailingOver = true;
    const { leaderId: leader, term, candidate, evidence } = action;
    const record = { atMs: this.#clock.wallMs(), leader, term, candidate, evidence };
    this.#failovers = [...this.#failovers, record].slice(-failoverBounds.recordsMax);
    if (this.#awaited?.leader !== leader || this.#awaited.term !== term) {
      this.#awaited = { leader, term, sinceMs: this.#evidenceMs(leader) };
    }
    try {
      const { campaigned } = await executeForgetLeader(
        action,
        this.connections.clientOf,
        this.#log,
      );
      return campaigned;
    } finally {
      this.#isFailingOver = false;
    }
  }

  close(): void {
    this.connections.close();
  }

  #memory(): Pick<Observed, 'views' | 'streams' | 'failovers'> {
    const { views } = this.connections;
    return { views, streams: this.connections.streams(), failovers: this.#failovers };
  }

  /** When the leader's stream broke, or now when it only went silent. */
  #evidenceMs(leader: bigint): number {
    const stream = this.connections.streams().find(({ last }) => last?.memberId === leader);
    return stream?.state.kind === 'broken' ? stream.state.sinceMs : this.#clock.wallMs();
  }

  #noticeElection(): void {
    const awaited = this.#awaited;
    if (awaited === undefined) return;
    const nowMs = this.#clock.wallMs();
    const elected = this.connections
      .streams()
      .some(({ last }) => last !== undefined && last.leader !== 0n && last.term > awaited.term);
    if (!elected && nowMs - awaited.sinceMs < ELECTION_MS_MAX) return;
    this.#awaited = undefined;
    if (elected) this.#onElected(Math.max(0, nowMs - awaited.sinceMs) / 1_000);
  }
}

/** A few heartbeats at the shortest usual interval; only decides whether to look closer. */
const uneasyMs = 250;
