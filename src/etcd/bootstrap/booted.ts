import type { Member } from '../membership/member.ts';
import type { Entry, HardState } from '../proto/generated/raftpb.ts';
import type { Wal } from '../wal/wal.ts';

/** A member's log, open, and what raft starts from. */
export type Boot = {
  readonly wal: Wal;
  readonly memberId: bigint;
  readonly clusterId: bigint;
  /** Members known from flags or peers while the state knows none yet. */
  readonly knownMembers: readonly Member[];
  readonly hardState: HardState;
  readonly snapshotIndex: number;
  readonly snapshotTerm: number;
  readonly entries: readonly Entry[];
  /** There was a log already. */
  readonly isRestart: boolean;
};
