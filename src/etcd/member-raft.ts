import { systemRandom } from '../base/random.ts';
import type { Boot } from './bootstrap/booted.ts';
import type { Config } from './config/config.ts';
import { limits } from './config/limits.ts';
import type { AppliedPosition } from './consensus/snapshot-policy.ts';
import { Raft } from './raft/raft.ts';

/** Raft as etcd configures it, with what the log and the state say it was before. */
export function createRaft(config: Config, boot: Boot, applied: AppliedPosition): Raft {
  const { memberId, hardState, snapshotIndex, snapshotTerm, entries } = boot;
  const { index: appliedIndex, confState } = applied;
  return new Raft(
    {
      id: memberId,
      electionTicks: config.electionTimeoutTicks,
      heartbeatTicks: 1,
      preVote: config.preVote,
      checkQuorum: true,
      maxMessageBytes: limits.raftMessageBytesMax,
      maxInflightMessages: limits.raftInflightMessagesMax,
      maxApplyBytes: limits.raftApplyBytesMax,
      maxApplyEntries: limits.raftApplyEntriesMax,
      maxUncommittedBytes: Number.POSITIVE_INFINITY,
      maxPendingReads: limits.raftPendingReadsMax,
      tellsCommitAtOnce: false,
      random: systemRandom,
    },
    { hardState, confState, snapshotIndex, snapshotTerm, entries, appliedIndex },
  );
}
