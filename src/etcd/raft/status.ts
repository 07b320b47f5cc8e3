import type { Core } from './core.ts';
import type { Progress, ProgressState } from './progress/progress.ts';
import type { Role } from './ready.ts';

export type ProgressStatus = {
  readonly match: number;
  readonly next: number;
  readonly state: ProgressState;
  readonly recentActive: boolean;
  readonly isLearner: boolean;
};

export type RaftStatus = {
  readonly id: bigint;
  readonly term: number;
  readonly vote: bigint;
  /** 0n: none. */
  readonly lead: bigint;
  readonly role: Role;
  readonly isLearner: boolean;
  readonly commit: number;
  readonly applied: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** The last entry known to be on this member's own disk. */
  readonly stableIndex: number;
  /** Filled on a leader only. */
  readonly progress: ReadonlyMap<bigint, ProgressStatus>;
  /** Target of a leadership transfer, 0n: none. */
  readonly transferee: bigint;
  readonly electionElapsed: number;
  /** Ticks since a message of the current leader came; 0 on a leader. */
  readonly ticksSinceLeaderHeard: number;
  /** True while a candidate's request would be ignored in favour of a live leader. */
  readonly inLease: boolean;
};

export function progressStatus(progress: Progress): ProgressStatus {
  const { match, next, state, recentActive, isLearner } = progress;
  return { match, next, state, recentActive, isLearner };
}

export function raftStatus(core: Core): RaftStatus {
  const { log, tracker } = core;
  const progress = new Map<bigint, ProgressStatus>();
  if (core.role === 'leader') {
    for (const [id, of] of tracker.progress) progress.set(id, progressStatus(of));
  }
  return {
    id: core.id,
    term: core.term,
    vote: core.vote,
    lead: core.lead,
    role: core.role,
    isLearner: tracker.progress.get(core.id)?.isLearner === true,
    commit: log.committed,
    applied: log.applied,
    firstIndex: log.firstIndex,
    lastIndex: log.lastIndex,
    lastTerm: log.lastTerm,
    stableIndex: log.stableIndex,
    progress,
    transferee: core.transferee,
    electionElapsed: core.electionElapsed,
    ticksSinceLeaderHeard: core.ticksSinceLeaderHeard,
    inLease: core.isInLease,
  };
}
