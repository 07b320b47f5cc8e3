import { assert } from '../../base/assert.ts';
import type { Random } from '../../base/random.ts';
import { limits } from '../config/limits.ts';
import type { ConfState, Entry, HardState } from '../proto/generated/raftpb.ts';

/** What one member is told once. Times are ticks; the caller decides how long a tick is. */
export type RaftConfig = {
  readonly id: bigint;
  /** Followers campaign after a random [electionTicks, 2 * electionTicks) ticks without a leader. */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /** Ask for votes without a new term first (dissertation section 9.6). */
  readonly preVote: boolean;
  /** A leader without a quorum steps down, and followers of a live leader ignore candidates. */
  readonly checkQuorum: boolean;
  /** Bytes of entries in one MsgApp; a single larger entry still travels alone. */
  readonly maxMessageBytes: number;
  /** MsgApp with entries that may be on their way to one follower. */
  readonly maxInflightMessages: number;
  /** Bytes and entries of one `Ready.apply`; a single larger entry still comes alone. */
  readonly maxApplyBytes: number;
  readonly maxApplyEntries: number;
  /** Bytes of proposals that the leader has not seen applied; etcd: unlimited (Infinity). */
  readonly maxUncommittedBytes: number;
  /** Reads that wait for a quorum or for the first commit of the term; more are dropped. */
  readonly maxPendingReads: number;
  /**
   * False: a commit index without entries waits for the next entries, a heartbeat or `tellCommit`,
   * unless the follower waits for it. A message and an answer per follower and write are saved when
   * writes follow each other closely.
   */
  readonly tellsCommitAtOnce: boolean;
  /** Draws the election timeout, once per term and role change. */
  readonly random: Random;
};

/**
 * What a member finds on its disk. `confState` is the configuration as of `appliedIndex`; `entries`
 * follow `snapshotIndex` without a gap and reach at least to `appliedIndex`.
 */
export type RestoredState = {
  readonly hardState: HardState;
  readonly confState: ConfState;
  /** Index and term of the entry before `entries[0]`; zero for a log that starts at 1. */
  readonly snapshotIndex: number;
  readonly snapshotTerm: number;
  readonly entries: readonly Entry[];
  readonly appliedIndex: number;
};

/** The configuration that etcd runs with; the rest are its flags. */
export function etcdRaftConfig(
  own: Pick<RaftConfig, 'id' | 'electionTicks' | 'heartbeatTicks' | 'preVote' | 'random'>,
): RaftConfig {
  return {
    ...own,
    checkQuorum: true,
    maxMessageBytes: limits.raftMessageBytesMax,
    maxInflightMessages: limits.raftInflightMessagesMax,
    maxApplyBytes: limits.raftApplyBytesMax,
    maxApplyEntries: limits.raftApplyEntriesMax,
    maxUncommittedBytes: Infinity,
    maxPendingReads: limits.raftPendingReadsMax,
    tellsCommitAtOnce: true,
  };
}

export function assertConfig(config: RaftConfig): void {
  assert(config.id !== 0n, 'a member id is not zero');
  assert(config.heartbeatTicks > 0, 'heartbeatTicks must be positive');
  assert(
    config.electionTicks > config.heartbeatTicks,
    'electionTicks must be greater than heartbeatTicks',
  );
  assert(config.maxInflightMessages > 0, 'maxInflightMessages must be positive');
  assert(config.maxApplyEntries > 0, 'maxApplyEntries must be positive');
}
