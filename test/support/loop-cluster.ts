import { emptyBytes } from '../../src/base/bytes.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { ConsensusLoop } from '../../src/etcd/consensus/loop.ts';
import type { LoopParts } from '../../src/etcd/consensus/loop-parts.ts';
import { Proposals } from '../../src/etcd/consensus/proposals.ts';
import type { PeerTransport } from '../../src/etcd/peer/transport.ts';
import { decodeInternalRaftRequest } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import {
  decodeConfChange,
  type Entry,
  EntryType,
  type HardState,
  type Message,
} from '../../src/etcd/proto/generated/raftpb.ts';
import { bootstrapLog } from '../../src/etcd/raft/bootstrap.ts';
import { etcdRaftConfig } from '../../src/etcd/raft/config.ts';
import { Raft } from '../../src/etcd/raft/raft.ts';
import { ManualClock, turns } from './manual-clock.ts';
import { noConfState } from './raft-member.ts';

const HEARTBEAT_MS = 100;
const ELECTION_TICKS = 10;

/** A log in memory that writes when the test lets it, or fails. */
export class MemoryWal {
  readonly entries: Entry[] = [];
  failure: Error | undefined;
  #gate: Promise<void> = Promise.resolve();

  /** Writes wait until the returned function is called. */
  hold(): () => void {
    let release = (): void => {};
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  async append(entries: readonly Entry[], _hardState: HardState | undefined): Promise<void> {
    await this.#gate;
    if (this.failure !== undefined) throw this.failure;
    for (const entry of entries) this.entries[entry.index - 1] = entry;
  }
}

/** One member: a real loop over a real raft, and a list of put keys for a state machine. */
export class LoopMember {
  readonly id: bigint;
  readonly wal = new MemoryWal();
  readonly applied: string[] = [];
  readonly fatal: Error[] = [];
  readonly raft: Raft;
  readonly proposals: Proposals;
  readonly loop: ConsensusLoop;
  onApply: (key: string) => void = () => {};
  /** A state machine that can take no more says when it can. */
  room: Promise<void> | undefined;
  #appliedIndex = 0;

  constructor(id: bigint, ids: readonly bigint[], clock: ManualClock, send: PeerTransport['send']) {
    this.id = id;
    const { entries, hardState } = bootstrapLog(
      ids.map((one) => ({ id: one, context: emptyBytes })),
    );
    const random = seededRandom(Number(id));
    const own = { id, electionTicks: ELECTION_TICKS, heartbeatTicks: 1, preVote: true, random };
    this.raft = new Raft(
      { ...etcdRaftConfig(own), tellsCommitAtOnce: false },
      {
        hardState,
        confState: noConfState,
        snapshotIndex: 0,
        snapshotTerm: 0,
        entries,
        appliedIndex: 0,
      },
    );
    const bounds = { timeoutMs: 7_000, pendingMax: 100, pendingBytesMax: 1_000_000 };
    this.proposals = new Proposals({ memberId: id, clock, ...bounds });
    this.loop = new ConsensusLoop(this.#parts(clock, send));
  }

  keys(): readonly string[] {
    return this.applied;
  }

  #parts(clock: ManualClock, send: PeerTransport['send']): LoopParts {
    return {
      memberId: this.id,
      clusterId: 1n,
      raft: this.raft,
      wal: this.wal,
      peers: { send } as PeerTransport,
      clock,
      log: silentLog,
      proposals: this.proposals,
      apply: (entries) => this.#apply(entries),
      room: () => this.room,
      appliedIndex: () => this.#appliedIndex,
      members: () => [],
      isLearner: () => false,
      installSnapshot: () => Promise.reject(new Error('no snapshots here')),
      sendSnapshot: () => {},
      onSoftState: () => {},
      onFatal: (error) => void this.fatal.push(error),
      heartbeatMs: HEARTBEAT_MS,
      electionTimeoutMs: HEARTBEAT_MS * ELECTION_TICKS,
      requestTimeoutMs: 7_000,
      requestBytesMax: 10_000,
      prefersRevokes: false,
    };
  }

  #apply(entries: readonly Entry[]): number {
    for (const entry of entries) {
      this.#appliedIndex = entry.index;
      if (entry.type === EntryType.EntryConfChange) {
        this.raft.applyConfChange(decodeConfChange(entry.data));
      } else if (entry.data.length === 0) {
        this.loop.leaderEntryApplied(entry.term);
      } else {
        this.#applyRequest(entry);
      }
    }
    return this.#appliedIndex;
  }

  #applyRequest(entry: Entry): void {
    const { header, put } = decodeInternalRaftRequest(entry.data);
    const key = Buffer.from(put?.key ?? emptyBytes).toString();
    this.onApply(key);
    this.applied.push(key);
    const revision = this.applied.length;
    this.proposals.answer(header?.ID ?? 0n, { body: emptyBytes, revision });
  }
}

/** Loops in one process, joined by a network in memory that a test can cut. */
export class LoopCluster {
  readonly clock = new ManualClock();
  readonly members: readonly LoopMember[];
  readonly #cut = new Set<bigint>();

  constructor(size: number) {
    const ids = Array.from({ length: size }, (_, i) => BigInt(i + 1));
    this.members = ids.map(
      (id) => new LoopMember(id, ids, this.clock, (messages) => this.#deliver(id, messages)),
    );
    for (const { loop } of this.members) loop.start();
  }

  of(id: bigint): LoopMember {
    const member = this.members.find((one) => one.id === id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  }

  others(id: bigint): readonly LoopMember[] {
    return this.members.filter((one) => one.id !== id);
  }

  cut(id: bigint): void {
    this.#cut.add(id);
  }

  heal(): void {
    this.#cut.clear();
  }

  /** Makes this member stand for election at once, and win it when it can. */
  async elect(id: bigint): Promise<LoopMember> {
    await turns();
    const member = this.of(id);
    member.raft.campaign();
    member.loop.reportUnreachable(0n); // Any input: the loop then looks what raft has to do.
    await turns();
    return member;
  }

  /** Lets heartbeats pass, with everything they cause. */
  async beats(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      this.clock.advance(HEARTBEAT_MS);
      await turns(8);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map(({ loop }) => loop.stop()));
  }

  #deliver(from: bigint, messages: readonly Message[]): void {
    if (this.#cut.has(from)) return;
    for (const message of messages) {
      if (message.to === 0n || this.#cut.has(message.to)) continue;
      setImmediate(() => this.of(message.to).loop.step(message));
    }
  }
}
