import { atEndOfTurn } from '../../base/end-of-turn.ts';
import { EtcdError, type EtcdErrorName } from '../errors.ts';
import type { Member } from '../membership/member.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';
import { type ConfChangeInit, type Message, MessageType } from '../proto/generated/raftpb.ts';
import type { AppendWork, Ready, SoftState } from '../raft/ready.ts';
import { type Caller, promised } from './caller.ts';
import { changeOr } from './change-or.ts';
import { CommitNews } from './commit-news.ts';
import type {
  Answer,
  Consensus,
  ConsensusStatus,
  DecodedRequest,
  ForgetLeaderOutcome,
  ForgetLeaderRequest,
} from './consensus.ts';
import { isFromLeader } from './from-leader.ts';
import { HeldProposals } from './held-proposals.ts';
import type { LoopParts } from './loop-parts.ts';
import type { Proposal } from './proposals.ts';
import { ReadIndex } from './read-index.ts';
import { encodeDecoded, encodeEntry } from './request-entry.ts';
import { areTooMany } from './too-many-requests.ts';

/** etcd asks a lost ReadIndex again after this time. */
const READ_INDEX_RETRY_MS = 500;
/** A leader that handled a tick within so many heartbeats is taken to be awake (etcd issue 15247). */
const AWAKE_HEARTBEATS = 3;

/**
 * Drives raft: the only owner of "when". Everything that arrives in one turn of the event loop
 * (proposals, peer messages, ticks) is stepped into raft; after the turn's sockets were read the
 * drive takes what raft wants done: messages go out, one write with one sync goes to the log, and
 * committed entries are applied. The sync runs beside the loop; meanwhile the next batch gathers.
 */
export class ConsensusLoop implements Consensus {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly #parts: LoopParts;
  readonly #readIndex: ReadIndex;
  /** For metrics: ticks of a leader that came late. */
  lateHeartbeats = 0;
  readonly #listeners = new Set<() => void>();
  readonly #held: HeldProposals;
  readonly #commitNews: CommitNews;
  #retryIsDue = false;
  #queued: Proposal[] = [];
  #soft: SoftState | undefined;
  #leaderSinceMs = 0;
  #leaderHeardMs: number;
  #lastTickMs: number;
  /** How often this process stood still, and up to which of these a quorum said that it still leads. */
  #pauseCount = 0;
  #pausesOutlived = 0;
  /** Asked for by every request; only a drive changes who is a member. */
  #isLearner: boolean | undefined;
  #driveScheduled = false;
  #driving = false;
  #awaitsRoom = false;
  #appending: Promise<void> | undefined;
  #stopTicks: (() => void) | undefined;
  #stopped = false;
  #refusing = false;
  #ended: Promise<void> | undefined;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.memberId = parts.memberId;
    this.clusterId = parts.clusterId;
    this.#lastTickMs = parts.clock.monotonicMs();
    this.#leaderHeardMs = this.#lastTickMs;
    this.#held = new HeldProposals(parts.electionTimeoutMs);
    this.#commitNews = new CommitNews(parts.raft, parts.clock, (input) => this.#handIn(input));
    this.#readIndex = new ReadIndex({
      clock: parts.clock,
      timeoutMs: parts.requestTimeoutMs,
      retryMs: READ_INDEX_RETRY_MS,
      nextRequestId: () => parts.proposals.nextRequestId(),
      ask: (requestId) => {
        parts.raft.readIndex(requestId);
      },
    });
  }

  start(): void {
    this.#stopTicks = this.#parts.clock.every(this.#parts.heartbeatMs, () => this.#tick());
    this.#schedule();
  }

  /** Ends ticking and fails who waits; resolves when the last write to the log has ended. */
  stop(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#stopped = true;
    this.#stopTicks?.();
    this.#commitNews.stop();
    this.refuseRequests();
    await this.#appending;
  }

  /**
   * Serves nobody any more but goes on in raft: a removed member can get nothing committed, and its
   * callers are better off elsewhere at once.
   */
  refuseRequests(): void {
    this.#refusing = true;
    this.#queued = [];
    this.#parts.proposals.failAll(new EtcdError('Stopped'));
    this.#readIndex.failAll(new EtcdError('Stopped'));
  }

  /** Lets ticks pass at once; see raft's advanceTicks. */
  advanceTicks(count: number): void {
    if (this.#parts.raft.lead !== 0n) return;
    this.#handIn(() => this.#parts.raft.advanceTicks(count));
  }

  /** Stands for election now; raft refuses where that would be wrong. */
  campaign(): void {
    if (this.#parts.raft.lead !== 0n || this.#parts.raft.role !== 'follower') return;
    this.#handIn(() => this.#parts.raft.campaign());
  }

  /** A message from a peer. */
  step(message: Message): void {
    if (this.#stopped) return;
    if (message.from === this.#soft?.lead && isFromLeader(message)) {
      this.#leaderHeardMs = this.#parts.clock.monotonicMs();
    }
    this.#handIn(() => {
      const isTaken = this.#parts.raft.step(message) === 'accepted';
      if (isTaken || message.type !== MessageType.MsgProp) return;
      this.#held.hold(message, this.#parts.clock.monotonicMs());
    });
  }

  get readCounts(): { readonly slow: number; readonly failed: number } {
    return this.#readIndex.counts;
  }

  reportUnreachable(member: bigint): void {
    this.#handIn(() => this.#parts.raft.reportUnreachable(member));
  }

  reportSnapshot(member: bigint, ok: boolean): void {
    this.#handIn(() => this.#parts.raft.reportSnapshot(member, ok));
  }

  status(): ConsensusStatus {
    const { raft } = this.#parts;
    return {
      term: raft.term,
      leader: raft.lead,
      role: raft.role,
      isLearner: this.#parts.isLearner(),
      lastIndex: raft.lastIndex,
      lastTerm: raft.lastTerm,
      commitIndex: raft.commitIndex,
      appliedIndex: this.#parts.appliedIndex(),
      millisSinceLeaderHeard:
        raft.role === 'leader'
          ? 0
          : Math.round(this.#parts.clock.monotonicMs() - this.#leaderHeardMs),
    };
  }

  get term(): number {
    return this.#parts.raft.term;
  }

  get leader(): bigint {
    return this.#parts.raft.lead;
  }

  get isLearner(): boolean {
    this.#isLearner ??= this.#parts.isLearner();
    return this.#isLearner;
  }

  get canReadNow(): boolean {
    return !this.#refusing && this.#parts.raft.canReadAlone;
  }

  propose(request: InternalRaftRequestInit, signal?: AbortSignal): Promise<Answer> {
    return promised(signal, (caller) => this.proposeFor(request, caller));
  }

  proposeFor(
    request: InternalRaftRequestInit,
    caller: Caller<Answer>,
    decoded?: DecodedRequest,
  ): void {
    this.#assertAccepting(request);
    const requestId = this.#parts.proposals.nextRequestId();
    const bytes = decoded ? encodeDecoded(decoded, requestId) : encodeEntry(request, requestId);
    const { proposals, requestBytesMax } = this.#parts;
    if (bytes.length > requestBytesMax) throw proposals.tooLarge(request);
    this.#queued.push(proposals.wait(requestId, caller, request, bytes, decoded));
    this.#schedule();
  }

  /**
   * As `propose`, but only while this member leads: never forwarded, so a leader that was paused
   * and deposed cannot push old decisions (lease revokes) into its successor's log.
   */
  proposeAsLeader(request: InternalRaftRequestInit, term: number): Promise<Answer> {
    if (this.#refusing) return Promise.reject(new EtcdError('Stopped'));
    // Not the soft state of the last drive: a message of this very turn may have deposed this
    // leader.
    const { raft } = this.#parts;
    if (raft.role !== 'leader' || raft.term !== term) {
      return Promise.reject(new EtcdError('NotLeader'));
    }
    const requestId = this.#parts.proposals.nextRequestId();
    const bytes = encodeEntry(request, requestId);
    return promised(undefined, (caller) => {
      const proposal = this.#parts.proposals.wait(requestId, caller, request);
      const isAccepted = this.#parts.raft.propose([bytes]) === 'accepted';
      this.#handedIn(proposal, isAccepted, 'NotLeader');
    });
  }

  async proposeConfChange(
    change: ConfChangeInit,
    signal?: AbortSignal,
  ): Promise<readonly Member[]> {
    this.#assertAccepting();
    await promised<Answer>(signal, (caller) => {
      const requestId = this.#parts.proposals.nextRequestId();
      const proposal = this.#parts.proposals.wait(requestId, caller);
      const result = this.#parts.raft.proposeConfChange({ ...change, id: requestId });
      this.#handedIn(proposal, result === 'accepted', 'NoLeader');
    });
    return this.#parts.members();
  }

  #handedIn(proposal: Proposal, isAccepted: boolean, refusal: EtcdErrorName): void {
    if (isAccepted) proposal.sentInTerm = this.#parts.raft.term;
    else this.#parts.proposals.refuse(proposal.requestId, new EtcdError(refusal));
    this.#schedule();
  }

  readBarrier(signal?: AbortSignal): Promise<void> {
    return promised(signal, (caller) => this.readBarrierFor(caller));
  }

  readBarrierFor(caller: Caller<void>): void {
    if (this.#refusing) throw new EtcdError('Stopped');
    this.#readIndex.join(caller);
    this.#schedule();
  }

  async transferLeadership(target: bigint, signal?: AbortSignal): Promise<void> {
    if (this.#parts.raft.role !== 'leader') throw new EtcdError('NotLeader');
    this.#parts.raft.transferLeader(target);
    this.#schedule();
    const deadlineMs = this.#parts.clock.monotonicMs() + this.#parts.requestTimeoutMs;
    while (this.#soft?.lead !== target) {
      const late = this.#parts.clock.monotonicMs() > deadlineMs;
      if (late || signal?.aborted === true || this.#stopped) {
        throw new EtcdError('TimeoutLeaderTransfer');
      }
      await changeOr(this, this.#parts.clock, this.#parts.heartbeatMs);
    }
  }

  forgetLeader(request: ForgetLeaderRequest): ForgetLeaderOutcome {
    const { role, lead, term } = this.#parts.raft;
    if (role === 'leader') return { did: 'is-leader', campaigning: false };
    const follows = lead !== 0n;
    if (term !== request.term || (follows && lead !== request.leaderId)) {
      return { did: 'no-longer-so', campaigning: false };
    }
    if (follows) this.#parts.raft.forgetLeader();
    // Refused for a learner, and while a conf change is committed but not applied.
    if (request.campaign) this.#parts.raft.campaign();
    const campaigning = request.campaign && this.#parts.raft.role !== 'follower';
    this.#drive();
    return { did: follows ? 'forgotten' : 'already-leaderless', campaigning };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first tick after a pause may come before the messages that depose this leader. */
  leadsForCertain(nowMs: number): boolean {
    if (this.#parts.raft.role !== 'leader') return false;
    return this.#pauseCount === this.#pausesOutlived && !this.#ticksLate(nowMs);
  }

  async ensureLeadership(signal?: AbortSignal): Promise<boolean> {
    if (this.#parts.raft.role !== 'leader') return false;
    if (this.leadsForCertain(this.#parts.clock.monotonicMs())) return true;
    const pauses = this.#pauseCount;
    try {
      await this.readBarrier(signal);
    } catch {
      return false;
    }
    this.#pausesOutlived = pauses;
    return this.#parts.raft.role === 'leader';
  }

  matchIndexOf(member: bigint): number | undefined {
    return this.#parts.raft.progressOf(member)?.match;
  }

  /** The first entry of this term has been applied: what older leaders still held is lost. */
  leaderEntryApplied(term: number): void {
    this.#readIndex.askAgain();
    this.#parts.proposals.leaderEntryApplied(term, this.#parts.heartbeatMs);
  }

  #assertAccepting(request?: InternalRaftRequestInit): void {
    if (this.#refusing) throw new EtcdError('Stopped');
    if (areTooMany(this.#parts, request)) throw new EtcdError('RequestTooManyRequests');
  }

  #ticksLate(nowMs: number): boolean {
    return nowMs - this.#lastTickMs >= AWAKE_HEARTBEATS * this.#parts.heartbeatMs;
  }

  #tick(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    const isLate = this.#ticksLate(nowMs);
    if (isLate) this.#pauseCount += 1;
    if (isLate && this.#parts.raft.role === 'leader') this.lateHeartbeats += 1;
    this.#lastTickMs = nowMs;
    this.#readIndex.tick();
    this.#parts.proposals.expire(this.#leaderSinceMs, this.#parts.electionTimeoutMs);
    const lost = this.#parts.proposals.failLost();
    if (lost > 0) this.#parts.log.warn('requests went to an earlier leader', { requests: lost });
    // Callers that gave up while there was no leader must not leave their requests in the queue.
    if (this.#queued.length > 0) this.#queued = this.#stillAwaited();
    this.#retryIsDue = true;
    this.#handIn(() => this.#parts.raft.tick());
    this.#drive();
  }

  /** Raft throws only when an invariant is broken: wherever the input came from, the member stops. */
  #handIn(input: () => void): void {
    if (this.#stopped) return;
    try {
      input();
    } catch (error) {
      this.#fail(error);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#driveScheduled || this.#stopped) return;
    this.#driveScheduled = true;
    atEndOfTurn(() => {
      this.#driveScheduled = false;
      this.#drive();
    });
  }

  #drive(): void {
    if (this.#stopped) return;
    // Asked for from within, by a listener: once more after this drive.
    if (this.#driving) return this.#schedule();
    this.#driving = true;
    try {
      this.#proposeQueued();
      this.#readIndex.askGathered();
      for (;;) {
        const ready = this.#parts.raft.takeReady(this.#mayApply());
        if (ready === undefined) break;
        this.#perform(ready);
        if (ready.apply !== undefined) {
          // One bounded batch per turn, so that heartbeats and reads go on while a member catches
          // up.
          this.#schedule();
          break;
        }
      }
      this.#readIndex.applied(this.#parts.appliedIndex());
      this.#commitNews.sent();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#driving = false;
      this.#isLearner = undefined;
    }
  }

  /** While the state has no room only applying waits: heartbeats and the log go on. */
  #mayApply(): boolean {
    if (this.#awaitsRoom) return false;
    const room = this.#parts.room();
    if (room === undefined) return true;
    this.#awaitsRoom = true;
    room
      .then(() => {
        this.#awaitsRoom = false;
        this.#schedule();
      })
      .catch((error: unknown) => this.#fail(error));
    return false;
  }

  #proposeQueued(): void {
    if (this.#retryIsDue) this.#retryHeld();
    if (this.#queued.length === 0 || (this.#soft?.lead ?? 0n) === 0n) return;
    const batch = this.#stillAwaited();
    this.#queued = [];
    if (batch.length === 0) return;
    const result = this.#parts.raft.propose(batch.map(({ bytes }) => bytes));
    if (result !== 'accepted') {
      // No leader or leadership in transfer: they wait for the next leader, at most until their
      // deadline.
      this.#queued = batch;
      return;
    }
    const { term, role, lastIndex } = this.#parts.raft;
    for (const proposal of batch) proposal.sentInTerm = term;
    if (role === 'leader') this.#parts.proposals.appended(batch, lastIndex);
  }

  #retryHeld(): void {
    const { raft, clock } = this.#parts;
    const retry = (message: Message): boolean => raft.step(message) === 'accepted';
    this.#retryIsDue = false;
    this.#held.retry(clock.monotonicMs(), retry);
  }

  #stillAwaited(): Proposal[] {
    return this.#queued.filter(({ isOver }) => !isOver);
  }

  #perform(ready: Ready): void {
    for (const note of ready.notes) this.#parts.log.info(note);
    if (ready.soft !== undefined) this.#softChanged(ready.soft);
    if (ready.send.length > 0) this.#send(ready.send);
    if (ready.append !== undefined) this.#append(ready.append);
    for (const read of ready.reads) this.#readIndex.confirmed(read.requestId, read.index);
    if (ready.apply !== undefined) {
      this.#parts.raft.appliedTo(this.#parts.apply(ready.apply.entries));
    }
  }

  #send(messages: readonly Message[]): void {
    const direct = messages.filter((message) => message.type !== MessageType.MsgSnap);
    if (direct.length > 0) this.#parts.peers.send(direct);
    if (direct.length === messages.length) return;
    for (const message of messages) {
      if (message.type === MessageType.MsgSnap) this.#parts.sendSnapshot(message);
    }
  }

  /** Votes and acknowledgements leave only after the sync: a crash in between promised nothing. */
  #append(work: AppendWork): void {
    this.#appending = this.#persist(work)
      .then(() => {
        if (this.#stopped) return;
        this.#parts.raft.appendDone(work);
        this.#send(work.thenSend);
        this.#drive();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  async #persist(work: AppendWork): Promise<void> {
    if (work.snapshot !== undefined) await this.#parts.installSnapshot(work.snapshot);
    if (work.entries.length > 0 || work.hardState !== undefined) {
      await this.#parts.wal.append(work.entries, work.hardState, work.mustSync);
    }
  }

  #softChanged(soft: SoftState): void {
    const before = this.#soft;
    this.#soft = soft;
    if (soft.lead !== before?.lead && soft.lead !== 0n) {
      this.#leaderSinceMs = this.#parts.clock.monotonicMs();
      this.#leaderHeardMs = this.#leaderSinceMs;
      // etcd fails the waiting reads here; asking the new leader is as safe and spares the retry.
      this.#readIndex.askAgain();
    }
    this.#parts.onSoftState(soft, before);
    for (const listener of this.#listeners) listener();
    // Both are handed to whoever leads now, by the next drive.
    this.#retryIsDue = true;
    this.#schedule();
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    void this.stop();
    this.#parts.onFatal(error instanceof Error ? error : new Error(String(error)));
  }
}
