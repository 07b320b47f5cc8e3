import { type Entry, type Message, MessageType } from '../proto/generated/raftpb.ts';
import type { RaftConfig } from './config.ts';
import type { RaftLog } from './log/raft-log.ts';
import { buildMessage, isForwardedType, type MessageFields } from './message.ts';
import { Progress } from './progress/progress.ts';
import { Tracker } from './progress/tracker.ts';
import { ReadOnly } from './read-only.ts';
import type { ReadState, Role } from './ready.ts';

/** Lines kept for the next Ready; raft events are rare, so more means that nobody takes them. */
const NOTES_MAX = 64;

/**
 * Everything one member knows, and what it wants to tell. The files of the roles work on it; only
 * `Raft` hands anything out.
 */
export class Core {
  readonly config: RaftConfig;
  readonly log: RaftLog;
  readonly tracker = new Tracker();

  term = 0;
  /** Candidate that got this member's vote in this term; 0n: none. */
  vote = 0n;
  /** 0n: none known, or forgotten. */
  lead = 0n;
  role: Role = 'follower';

  /** Ticks since the leader was heard or a vote was given (leader: since the last quorum check). */
  electionElapsed = 0;
  heartbeatElapsed = 0;
  electionTimeout = 0;
  ticksSinceLeaderHeard = 0;

  /** Target of the leadership transfer under way; 0n: none. */
  transferee = 0n;
  /** No conf change may be proposed until this index is applied. */
  pendingConfIndex = 0;
  /** Bytes proposed in this leadership and not yet applied. */
  uncommittedBytes = 0;
  /** Followers are told at once of a commit up to here, see `tellsCommitAtOnce`. */
  commitToTell = 0;
  /** A follower could commit more than it was told. */
  commitIsUntold = false;
  readOnly: ReadOnly;
  /** A read was accepted: the next flush sends heartbeats with its number. */
  readsWaiting = false;

  /** May leave at once. */
  send: Message[] = [];
  /** Leave when everything that is unstable now is on disk. */
  sendAfterAppend: Message[] = [];
  /** During a flush: the entries that went to the follower before. */
  sharedEntries: readonly Entry[] = [];
  reads: ReadState[] = [];
  notes: string[] = [];

  constructor(config: RaftConfig, log: RaftLog) {
    this.config = config;
    this.log = log;
    this.readOnly = new ReadOnly(config.maxPendingReads);
  }

  get id(): bigint {
    return this.config.id;
  }

  /** A learner, a removed member and one that is installing a snapshot do not campaign. */
  get isPromotable(): boolean {
    return this.tracker.isVoter(this.id) && !this.log.hasPendingSnapshot;
  }

  get hasCommittedInTerm(): boolean {
    return this.log.termAt(this.log.committed) === this.term;
  }

  /**
   * True while this member hears a leader: it then ignores candidates, so that a member that was
   * cut off cannot disturb the others (dissertation section 4.2.3).
   */
  get isInLease(): boolean {
    return (
      this.config.checkQuorum &&
      this.lead !== 0n &&
      this.electionElapsed < this.config.electionTicks
    );
  }

  emit(fields: MessageFields): void {
    const term = isForwardedType(fields.type) && fields.type !== TRANSFER ? 0 : this.term;
    this.send.push(buildMessage(fields, this.id, term));
  }

  /**
   * For promises: they must not leave before what they promise is on disk. Accepting answers to
   * several appends of one leader become one, the last: it says all that the others said.
   */
  emitAfterAppend(fields: MessageFields): void {
    const m = buildMessage(fields, this.id, this.term);
    const queue = this.sendAfterAppend;
    const last = queue[queue.length - 1];
    if (
      last?.type === MessageType.MsgAppResp &&
      m.type === MessageType.MsgAppResp &&
      last.to === m.to &&
      last.term === m.term &&
      last.index <= m.index
    ) {
      queue[queue.length - 1] = m;
    } else {
      queue.push(m);
    }
  }

  note(text: string): void {
    if (this.notes.length < NOTES_MAX) this.notes.push(text);
  }

  /** What every change of role or term starts with. */
  reset(term: number): void {
    if (this.term !== term) {
      this.term = term;
      this.vote = 0n;
    }
    this.lead = 0n;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    this.electionTimeout =
      this.config.electionTicks + this.config.random.below(this.config.electionTicks);
    this.transferee = 0n;
    this.pendingConfIndex = 0;
    this.uncommittedBytes = 0;
    this.commitToTell = 0;
    this.commitIsUntold = false;
    this.readOnly = new ReadOnly(this.config.maxPendingReads);
    this.readsWaiting = false;
    this.tracker.resetVotes();
    for (const [id, progress] of this.tracker.progress) {
      this.tracker.progress.set(id, this.#freshProgress(id, progress.isLearner));
    }
  }

  /** The leader's own entries count from the moment they are on its own disk. */
  #freshProgress(id: bigint, isLearner: boolean): Progress {
    return new Progress({
      match: id === this.id ? this.log.stableIndex : 0,
      next: this.log.lastIndex + 1,
      isLearner,
      recentActive: false,
      maxInflight: this.config.maxInflightMessages,
    });
  }
}

const TRANSFER = MessageType.MsgTransferLeader;

/** Ids in etcd's log lines are hexadecimal. */
export function idText(id: bigint): string {
  return id.toString(16);
}
