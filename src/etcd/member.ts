import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { servedEtcdVersion } from '../version.ts';
import type { RpcServices } from './api/grpc/rpcs.ts';
import { boot } from './bootstrap/boot.ts';
import type { Boot } from './bootstrap/booted.ts';
import { DataDir } from './bootstrap/data-dir.ts';
import { checkDataDirKind } from './bootstrap/data-dir-kind.ts';
import type { ClientPorts } from './client-ports.ts';
import { type Config, peerDialTimeoutMs, requestTimeoutMs } from './config/config.ts';
import { limits } from './config/limits.ts';
import { ApplyPipeline } from './consensus/apply-pipeline.ts';
import { sumOfBytes } from './consensus/log-bytes.ts';
import { ConsensusLoop } from './consensus/loop.ts';
import { Proposals } from './consensus/proposals.ts';
import type { SnapshotExchange } from './consensus/snapshot-exchange.ts';
import { type AppliedPosition, SnapshotPolicy } from './consensus/snapshot-policy.ts';
import { EtcdError } from './errors.ts';
import type { DiskLock } from './io/disk.ts';
import { nodeDisk } from './io/node-disk.ts';
import { unsyncedDisk } from './io/unsynced-disk.ts';
import { advanceElection, handOver, type JoiningParts, publish } from './joining.ts';
import type { LiveState } from './live-state.ts';
import { raiseSpaceAlarm } from './member-alarm.ts';
import { type MemberAuth, openAuth } from './member-auth.ts';
import { checkAtStart } from './member-corruption.ts';
import { createDuties, type MemberDuties } from './member-duties.ts';
import { createHub } from './member-hub.ts';
import { requestTiming, sampleBeforeScrapes, walMetrics } from './member-metrics.ts';
import { openClientPorts } from './member-ports.ts';
import { createRaft } from './member-raft.ts';
import { type MemberSecurity, openSecurity, peerListeners } from './member-security.ts';
import { createServices } from './member-services.ts';
import { createSnapshots } from './member-snapshots.ts';
import { openState } from './member-state.ts';
import { versionSource } from './member-versions.ts';
import type { Member as ClusterMember } from './membership/member.ts';
import { EtcdMetrics } from './metrics/etcd-metrics.ts';
import { HttpPeerTransport } from './peer/http-transport.ts';
import { MemberPeerHandlers } from './peer-handlers.ts';
import { formatId } from './proto/ids.ts';
import type { Raft } from './raft/raft.ts';
import { StateMeter } from './state-meter.ts';
import { StorageWatch } from './storage-watch.ts';
import type { RequestTiming } from './timing/timing.ts';
import type { WatchHub } from './watch/watch-hub.ts';

export type MemberEnded =
  | { readonly kind: 'removed' }
  | { readonly kind: 'failed'; readonly error: Error };

/** A removed member stays long enough to acknowledge its own removal (etcd waits as long). */
const REMOVED_STOP_MS = 1_000;

/** What is there before a member is. */
type MemberParts = {
  readonly config: Config;
  readonly log: Log;
  readonly dir: DataDir;
  readonly lock: DiskLock;
  readonly security: MemberSecurity;
  readonly state: LiveState;
  readonly auth: MemberAuth;
  readonly boot: Boot;
  readonly metrics: EtcdMetrics;
  readonly storage: StorageWatch;
  readonly meter: StateMeter;
};

/**
 * One etcd member: builds the parts, joins them and owns the order of starting and stopping.
 *
 *   start: lock → state → log → raft → peers → loop → probes → (joined) → clients
 *   stop:  hand over leadership → clients → loop → peers → state → log
 */
export class Member {
  readonly #config: Config;
  readonly #log: Log;
  readonly #clock: Clock = systemClock;
  readonly #metrics: EtcdMetrics;
  readonly #storage: StorageWatch;
  readonly #meter: StateMeter;
  readonly #dir: DataDir;
  readonly #lock: DiskLock;
  readonly #security: MemberSecurity;
  readonly #boot: Boot;
  readonly #state: LiveState;
  readonly #beganEmpty: boolean;
  readonly #raft: Raft;
  readonly #timing: RequestTiming;
  readonly #proposals: Proposals;
  readonly #peers: HttpPeerTransport;
  readonly #loop: ConsensusLoop;
  readonly #hub: WatchHub;
  readonly #pipeline: ApplyPipeline;
  readonly #policy: SnapshotPolicy;
  readonly #snapshots: SnapshotExchange;
  readonly #duties: MemberDuties;
  readonly #services: RpcServices;
  #ports: ClientPorts | undefined;
  #compaction: { revision: number; done: Promise<void> } | undefined;
  #stopping: Promise<void> | undefined;
  /** The highest commit index that a snapshot marker was written with. */
  #markedCommit = 0;
  #end: (ended: MemberEnded) => void = () => {};
  /** Resolves when the member cannot go on by itself; whoever started it then stops it. */
  readonly stopped: Promise<MemberEnded>;

  static async start(config: Config, log: Log): Promise<Member> {
    const dir = new DataDir(config.dataDir, config.walDir);
    await checkDataDirKind(nodeDisk, dir.root, log);
    const disk = config.isSynced ? nodeDisk : unsyncedDisk(nodeDisk);
    await dir.refuseUnfinished(nodeDisk);
    await nodeDisk.makeDir(join(dir.root, 'member'));
    const lock = await nodeDisk.lock(join(dir.root, 'member', 'lock'));
    const metrics = new EtcdMetrics({ isExtensive: config.metrics === 'extensive' });
    const storage = await StorageWatch.open({
      dataDir: dir.root,
      walDir: dir.wal,
      disk,
      clock: systemClock,
      log: log.child('storage'),
      gauge: metrics.disk.storageWarnings,
    });
    const meter = new StateMeter(metrics, systemClock);
    const auth = await openAuth(config.auth);
    const state = await openState({ config, dir, disk, auth, meter, log });
    const security = await openSecurity(config, log);
    const booted = await boot({
      config,
      dir,
      disk,
      state: state.position(),
      dialer: security.dialer,
      clock: systemClock,
      log: log.child('boot'),
      walOptions: { segmentsKept: config.walFilesMax, metrics: walMetrics(metrics, storage) },
    });
    state.identify(booted.memberId);
    auth.simpleTokens.ignoreUpTo(booted.entries.at(-1)?.index ?? booted.snapshotIndex);
    const given = { config, log, dir, lock, security, state, auth };
    const parts = { ...given, boot: booted, metrics, meter, storage };
    await checkAtStart(parts);
    const member = new Member(parts);
    await member.#run();
    return member;
  }

  private constructor(parts: MemberParts) {
    this.#config = parts.config;
    this.#log = parts.log;
    this.#dir = parts.dir;
    this.#lock = parts.lock;
    this.#security = parts.security;
    this.#state = parts.state;
    this.#beganEmpty = parts.state.position().index === 0;
    this.#boot = parts.boot;
    this.#metrics = parts.metrics;
    this.#storage = parts.storage;
    this.#meter = parts.meter;
    this.stopped = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#timing = requestTiming(this.#config, this.#metrics, this.#clock, this.#log);
    this.#raft = createRaft(this.#config, this.#boot, this.#state.position());
    this.#proposals = new Proposals({
      memberId: this.#boot.memberId,
      clock: this.#clock,
      timeoutMs: requestTimeoutMs(this.#config),
      pendingMax: limits.pendingProposalsMax,
      pendingBytesMax: limits.pendingProposalBytesMax,
      timing: this.#timing,
    });
    this.#peers = this.#createPeers();
    this.#hub = createHub(this.#config, this.#state.current.store, this.#clock);
    this.#policy = this.#createPolicy();
    this.#snapshots = createSnapshots({
      log: this.#log.child('snapshot'),
      peers: () => this.#peers,
      loop: () => this.#loop,
      state: this.#state,
      meter: this.#meter,
      dir: this.#dir,
      hub: this.#hub,
      policy: this.#policy,
      setPeers: () => this.#setPeers(),
      saveWalSnapshot: (position) => this.#saveWalSnapshot(position),
    });
    this.#pipeline = this.#createPipeline();
    this.#loop = this.#createLoop();
    this.#duties = createDuties({
      ...parts,
      raft: this.#raft,
      loop: this.#loop,
      members: () => this.#members(),
      clock: this.#clock,
    });
    this.#services = createServices({
      config: this.#config,
      consensus: this.#loop,
      state: this.#state,
      auth: parts.auth,
      hub: this.#hub,
      peers: () => this.#peers,
      dialer: this.#security.dialer,
      members: () => this.#members(),
      version: versionSource(this.#state),
      compactionDone: (revision) => this.#compactionDone(revision),
      storageWarnings: () => this.#storage.warnings,
      clock: this.#clock,
      log: this.#log.child('service'),
      timing: this.#timing,
      metrics: this.#metrics,
    });
  }

  get id(): bigint {
    return this.#boot.memberId;
  }

  /** `hand-over`: a leader gives its leadership to somebody first, so that nobody notices. */
  stop(how: 'hand-over' | 'at-once'): Promise<void> {
    this.#stopping ??= this.#stop(how);
    return this.#stopping;
  }

  async #stop(how: 'hand-over' | 'at-once'): Promise<void> {
    if (how === 'hand-over') await handOver(this.#joining());
    else this.#loop.refuseRequests();
    this.#duties.stop();
    await this.#storage.stop();
    await this.#ports?.stop();
    this.#hub.close(new EtcdError('Stopped'));
    await this.#loop.stop();
    await this.#peers.stop();
    await this.#policy.stop();
    await this.#state.close();
    await this.#boot.wal.close();
    await this.#lock.release();
    this.#log.info('stopped', { 'member-id': formatId(this.id) });
  }

  async #run(): Promise<void> {
    this.#setPeers();
    await this.#peers.start();
    this.#loop.start();
    this.#policy.start();
    this.#duties.start();
    this.#state.current.store.resumeCompaction()?.catch((error: unknown) => this.#fail(error));
    sampleBeforeScrapes({
      metrics: this.#metrics,
      loop: this.#loop,
      proposals: this.#proposals,
      state: this.#state,
      hub: this.#hub,
      quotaBytes: this.#config.quotaShownBytes,
      gates: this.#config.gates,
    });
    this.#ports = await openClientPorts({
      config: this.#config,
      consensus: this.#loop,
      state: this.#state,
      services: this.#services,
      metrics: this.#metrics,
      timing: this.#timing,
      security: this.#security.clients,
      version: versionSource(this.#state),
      clock: this.#clock,
      log: this.#log,
    });
    await this.#ports.listenForProbes();
    if (this.#config.initialElectionTickAdvance) void advanceElection(this.#joining());
    void this.#join();
  }

  #createPeers(): HttpPeerTransport {
    return new HttpPeerTransport({
      identity: {
        memberId: this.#boot.memberId,
        clusterId: this.#boot.clusterId,
        serverVersion: servedEtcdVersion,
        advertisePeerUrls: this.#config.initialAdvertisePeerUrls,
      },
      handlers: new MemberPeerHandlers({
        memberId: this.#boot.memberId,
        state: this.#state,
        loop: () => this.#loop,
        snapshots: () => this.#snapshots,
        cluster: () => this.#services.cluster,
        lease: () => this.#services.lease,
        version: versionSource(this.#state),
        knownMembers: this.#boot.knownMembers,
        clock: this.#clock,
        log: this.#log.child('peer'),
        removedByPeers: () => this.#removed(),
      }),
      metrics: this.#metrics.peerMeter(this.#boot.memberId),
      clock: this.#clock,
      log: this.#log.child('peer'),
      listen: peerListeners(this.#config, this.#security),
      dialer: this.#security.dialer,
      dialTimeoutMs: peerDialTimeoutMs(this.#config),
      readTimeoutMs: this.#config.peerReadTimeoutMs,
      writeTimeoutMs: this.#config.peerWriteTimeoutMs,
    });
  }

  #createPolicy(): SnapshotPolicy {
    return new SnapshotPolicy(
      {
        clock: this.#clock,
        log: this.#log.child('snapshot'),
        position: () => this.#state.position(),
        checkpoint: () => this.#meter.synced(this.#state.current.backend.checkpoint()),
        growthSinceCheckpointBytes: () => this.#state.current.backend.growthSinceCheckpointBytes(),
        saveWalSnapshot: (position) => this.#saveWalSnapshot(position),
        releaseWalBefore: (index) => this.#boot.wal.releaseBefore(index),
        firstLogIndex: () => this.#raft.firstIndex,
        compactLog: (toIndex) => this.#raft.compactLog(toIndex),
        snapshotCount: this.#config.snapshotCount,
        catchUpEntries: this.#config.snapshotCatchUpEntries,
        onFatal: (error) => this.#fail(error),
      },
      this.#boot.snapshotIndex,
    );
  }

  #createPipeline(): ApplyPipeline {
    return new ApplyPipeline({
      applier: () => this.#state.current.applier,
      proposals: this.#proposals,
      clock: this.#clock,
      onConfChange: (change) => {
        this.#raft.applyConfChange(change);
        this.#setPeers();
        if (this.#state.current.membership.isRemoved(this.id)) this.#removed();
      },
      onLeaderEntry: (term) => this.#leaderEntryApplied(term),
      publish: (changes) => this.#hub.publish(changes, this.#state.current.store.currentRevision),
      onCompaction: (compaction) => {
        this.#compaction = compaction;
        compaction.done.catch((error: unknown) => this.#fail(error));
      },
      raiseAlarm: (alarm) => raiseSpaceAlarm(this.#loop, this.#config, alarm, this.#log),
      timing: this.#timing,
    });
  }

  #createLoop(): ConsensusLoop {
    return new ConsensusLoop({
      memberId: this.#boot.memberId,
      clusterId: this.#boot.clusterId,
      raft: this.#raft,
      wal: this.#boot.wal,
      peers: this.#peers,
      clock: this.#clock,
      log: this.#log.child('raft'),
      proposals: this.#proposals,
      apply: (entries) => {
        const index = this.#pipeline.apply(entries);
        this.#policy.applied(index, sumOfBytes(entries));
        return index;
      },
      room: () => this.#state.current.backend.room(),
      appliedIndex: () => this.#state.current.applier.appliedIndex,
      members: () => this.#members(),
      isLearner: () => this.#state.current.membership.member(this.id)?.isLearner ?? false,
      installSnapshot: (snapshot) => this.#snapshots.install(snapshot),
      sendSnapshot: (message) => this.#snapshots.send(message),
      onSoftState: (now, before) => {
        if (before?.role === 'leader' && now.role !== 'leader') this.#duties.leadershipEnded();
        if (now.lead !== 0n && now.lead !== before?.lead) this.#metrics.server.leaderChanges.inc();
      },
      onFatal: (error) => this.#fail(error),
      heartbeatMs: this.#config.heartbeatIntervalMs,
      electionTimeoutMs: this.#config.electionTimeoutMs,
      requestTimeoutMs: requestTimeoutMs(this.#config),
      requestBytesMax: this.#config.requestBytesMax,
      prefersRevokes: this.#config.gates.PriorityRequest,
    });
  }

  /** Before the first log entry or snapshot came, a joining member knows the others from its peers. */
  #members(): readonly ClusterMember[] {
    const members = this.#state.current.membership.members();
    return members.length > 0 ? members : this.#boot.knownMembers;
  }

  #setPeers(): void {
    const { membership } = this.#state.current;
    this.#peers.setPeers(this.#members(), (id) => membership.isRemoved(id));
  }

  #leaderEntryApplied(term: number): void {
    this.#loop.leaderEntryApplied(term);
    if (this.#raft.role !== 'leader' || this.#raft.term !== term) return;
    this.#duties.leadershipStarted();
  }

  /** The commit of the last hard state must have reached the marker, or a restart ignores it. */
  async #saveWalSnapshot(position: AppliedPosition): Promise<void> {
    const { term, vote } = this.#raft.hardState();
    // Never back: a marker of the policy may be under way while a snapshot from the leader arrives.
    this.#markedCommit = Math.max(this.#markedCommit, position.index);
    await this.#boot.wal.append([], { term, vote, commit: this.#markedCommit }, false);
    await this.#boot.wal.saveSnapshot(position);
  }

  async #compactionDone(revision: number): Promise<void> {
    if (this.#compaction?.revision === revision) await this.#compaction.done;
  }

  /** Serves clients as soon as the cluster knows where to find this member. */
  async #join(): Promise<void> {
    try {
      await publish(this.#joining());
      if (this.#stopping !== undefined) return;
      // From the first client on the store must know of the log, or a start without the log would
      // take the folder for a new one and found the cluster again.
      if (this.#beganEmpty) await this.#state.current.backend.drain();
      await this.#ports?.listenForClients();
      this.#log.info('ready to serve client requests', {
        'member-id': formatId(this.id),
        'client-urls': this.#config.listenClientUrls.map(({ text }) => text),
      });
      this.#storage.measure();
    } catch (error) {
      this.#fail(error);
    }
  }

  #joining(): JoiningParts {
    return {
      config: this.#config,
      loop: this.#loop,
      peers: this.#peers,
      members: () => this.#members(),
      isStopping: () => this.#stopping !== undefined,
      clock: this.#clock,
      log: this.#log,
    };
  }

  #removed(): void {
    // Behind the batch that is being applied: the removal itself may have been asked for here, and
    // its caller is to hear that it was done.
    queueMicrotask(() => this.#loop.refuseRequests());
    void this.#clock.after(REMOVED_STOP_MS).then(() => this.#end({ kind: 'removed' }));
  }

  #fail(error: unknown): void {
    this.#end({ kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
  }
}
