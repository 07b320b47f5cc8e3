import { assert } from '../../base/assert.ts';
import { emptyBytes } from '../../base/bytes.ts';
import {
  type ConfChange,
  type ConfChangeInit,
  type ConfState,
  type Entry,
  EntryType,
  encodeConfChange,
  type HardState,
  type Message,
  MessageType,
} from '../proto/generated/raftpb.ts';
import { applyConfChange } from './conf-change.ts';
import { confStateOf, restoreConfState } from './conf-state.ts';
import { assertConfig, type RaftConfig, type RestoredState } from './config.ts';
import { Core } from './core.ts';
import { countVote, startElection } from './election.ts';
import { forgetLeader, tickElection } from './follower.ts';
import { ownEntriesStable, reportSnapshot, reportUnreachable, tickLeader } from './leader.ts';
import { RaftLog } from './log/raft-log.ts';
import { buildMessage } from './message.ts';
import { releaseBytes } from './proposals.ts';
import type { AppendWork, Ready, StepResult } from './ready.ts';
import { ReadyBuilder } from './ready-builder.ts';
import { broadcastAppends } from './replication.ts';
import { snapshotInstalled } from './restore.ts';
import { becomeFollower } from './roles.ts';
import { type ProgressStatus, progressStatus, type RaftStatus, raftStatus } from './status.ts';
import { step, stepRemote } from './step.ts';

/**
 * One member of a raft cluster as a pure state machine, compatible on the wire with etcd's. It does
 * no I/O and has no clock: `tick` is time, `step` is the network, and everything that is to be done
 * comes out of `takeReady`.
 *
 * The caller's turn: hand in what came, then `takeReady` until it gives undefined. It writes
 * `append` and then calls `appendDone`; sends `send` at once and `append.thenSend` after the sync;
 * applies `apply` (with `applyConfChange` for conf changes) and then calls `appliedTo`.
 */
export class Raft {
  readonly #core: Core;
  readonly #ready: ReadyBuilder;

  constructor(config: RaftConfig, restored: RestoredState) {
    assertConfig(config);
    const { hardState, appliedIndex } = restored;
    const log = new RaftLog({
      snapshotIndex: restored.snapshotIndex,
      snapshotTerm: restored.snapshotTerm,
      entries: restored.entries,
      // What was applied was committed, even if the commit index did not reach the disk.
      committed: Math.max(hardState.commit, appliedIndex),
      applied: appliedIndex,
    });
    this.#core = new Core(config, log);
    const { tracker } = this.#core;
    restoreConfState(tracker, restored.confState, log.lastIndex, config.maxInflightMessages);
    becomeFollower(this.#core, hardState.term, 0n);
    this.#core.vote = hardState.vote;
    this.#ready = new ReadyBuilder(this.#core, hardState);
  }

  tick(): void {
    this.#ready.ticked();
    if (this.#core.role === 'leader') tickLeader(this.#core);
    else tickElection(this.#core);
  }

  /**
   * Lets `count` ticks pass at once. A member that starts skips the wait for a leader it has
   * no reason to expect (etcd's initial-election-tick-advance).
   */
  advanceTicks(count: number): void {
    for (let i = 0; i < count; i += 1) this.tick();
  }

  /** A message from another member. Messages that are stale or make no sense are ignored. */
  step(m: Message): StepResult {
    return stepRemote(this.#core, m);
  }

  /** On a follower the proposals travel to the leader: accepted does not mean that they commit. */
  propose(data: readonly Uint8Array[]): StepResult {
    const { role, term, log } = this.#core;
    const isLeader = role === 'leader';
    const entries: Entry[] = [];
    for (const bytes of data) {
      // A leader's entries are what will stand in its log; see appendAsLeader.
      const index = isLeader ? log.lastIndex + entries.length + 1 : 0;
      const entry = { type: EntryType.EntryNormal, term: isLeader ? term : 0, index, data: bytes };
      entries.push(entry);
    }
    return this.#propose(entries);
  }

  /** A second change while one is unapplied becomes an empty entry: it is accepted and lost. */
  proposeConfChange(change: ConfChangeInit): StepResult {
    const type = EntryType.EntryConfChange;
    return this.#propose([{ type, term: 0, index: 0, data: encodeConfChange(change) }]);
  }

  /**
   * Asks for an index that is safe to read at; it comes in `Ready.reads` under this id, or never:
   * the caller asks again with a new id. Ids must not be reused.
   */
  readIndex(requestId: Uint8Array): StepResult {
    const request = { type: EntryType.EntryNormal, term: 0, index: 0, data: requestId };
    return this.#stepLocal(MessageType.MsgReadIndex, this.#core.id, [request]);
  }

  /** Stands for election now, unless this member leads, does not vote or has conf changes to apply. */
  campaign(): void {
    startElection(this.#core, this.#core.config.preVote ? 'pre-election' : 'election');
  }

  /** Stops defending the leader; true when there was one to forget (see follower.ts). */
  forgetLeader(): boolean {
    return forgetLeader(this.#core);
  }

  /** On a follower the request goes to the leader. Learners and unknown members are ignored. */
  transferLeader(to: bigint): void {
    this.#stepLocal(MessageType.MsgTransferLeader, to, []);
  }

  /**
   * Everything there is to do since the last call; undefined when there is nothing. Without
   * `mayApply` committed entries stay for a later call.
   */
  takeReady(mayApply = true): Ready | undefined {
    return this.#ready.take(mayApply);
  }

  /** A follower could commit more than it was told: `tellCommit` should be called soon. */
  get commitIsUntold(): boolean {
    return this.#core.commitIsUntold;
  }

  /** Tells followers that commits up to `index` happened, if nothing told them meanwhile. */
  tellCommit(index: number): void {
    const core = this.#core;
    core.commitIsUntold = false;
    if (core.role !== 'leader') return;
    core.commitToTell = Math.max(core.commitToTell, index);
    broadcastAppends(core, 'news');
  }

  /** `work` is on disk, its snapshot installed. `work` must be the one handed out last. */
  appendDone(work: AppendWork): void {
    const stable = this.#ready.appendDone(work);
    const core = this.#core;
    core.log.wroteUnstable(work.snapshot);
    if (work.snapshot !== undefined) snapshotInstalled(core, work.snapshot);
    if (core.role === 'leader') {
      ownEntriesStable(core);
    } else if (core.role === 'candidate' && stable.term === core.term && stable.vote === core.id) {
      countVote(core, core.id, true);
    }
  }

  /** Everything up to `index` is applied. */
  appliedTo(index: number): void {
    releaseBytes(this.#core, index);
    this.#core.log.appliedTo(index);
  }

  /** For a committed conf change, in its place among the entries; node id 0 when it was refused. */
  applyConfChange(change: ConfChange): ConfState {
    return applyConfChange(this.#core, change);
  }

  /** Drops entries up to `index`, which must be applied; followers that need them get a snapshot. */
  compactLog(index: number): void {
    this.#core.log.compact(index);
  }

  /** A message to `id` could not be delivered. */
  reportUnreachable(id: bigint): void {
    reportUnreachable(this.#core, id);
  }

  /** The snapshot sent to `id` was delivered, or not. Must be called for each one sent. */
  reportSnapshot(id: bigint, ok: boolean): void {
    reportSnapshot(this.#core, id, ok);
  }

  status(): RaftStatus {
    return raftStatus(this.#core);
  }

  /** Leader, term and role without the cost of a whole status. */
  get term(): number {
    return this.#core.term;
  }
  get lead(): bigint {
    return this.#core.lead;
  }
  get role(): Core['role'] {
    return this.#core.role;
  }
  /** Reads at what is applied here are linearizable, and nobody needs to be asked about it. */
  get canReadAlone(): boolean {
    const { role, log, tracker, id, hasCommittedInTerm } = this.#core;
    if (role !== 'leader' || !tracker.isSingleVoter(id)) return false;
    return log.applied >= log.committed && hasCommittedInTerm;
  }
  get commitIndex(): number {
    return this.#core.log.committed;
  }
  /** The first entry still in memory. */
  get firstIndex(): number {
    return this.#core.log.firstIndex;
  }
  get lastIndex(): number {
    return this.#core.log.lastIndex;
  }
  get lastTerm(): number {
    return this.#core.log.lastTerm;
  }

  /** What a leader knows of a member. */
  progressOf(id: bigint): ProgressStatus | undefined {
    const progress = this.#core.role === 'leader' ? this.#core.tracker.progress.get(id) : undefined;
    return progress === undefined ? undefined : progressStatus(progress);
  }

  /** The configuration in force: as of the last conf change given to `applyConfChange`. */
  confState(): ConfState {
    return confStateOf(this.#core.tracker);
  }

  /**
   * Term, vote and commit index now. A snapshot marker in the WAL is valid only with a hard state
   * whose commit has reached it, and a commit that moved alone may not be written yet.
   */
  hardState(): HardState {
    const { term, vote, log } = this.#core;
    return { term, vote, commit: log.committed };
  }

  /** The term of the entry at `index`, if it is still in the log. */
  termAt(index: number): number | undefined {
    return this.#core.log.termAt(index);
  }

  #propose(entries: readonly Entry[]): StepResult {
    assert(entries.length > 0, 'a proposal has an entry');
    return this.#stepLocal(MessageType.MsgProp, this.#core.id, entries);
  }

  #stepLocal(type: MessageType, from: bigint, entries: readonly Entry[]): StepResult {
    const m = buildMessage({ type, to: this.#core.id, entries, context: emptyBytes }, from, 0);
    return step(this.#core, m);
  }
}
