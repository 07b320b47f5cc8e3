import { assert } from '../../base/assert.ts';
import type { ConfState } from '../proto/generated/raftpb.ts';
import { Progress } from './progress/progress.ts';
import type { Tracker } from './progress/tracker.ts';

/** The configuration in the form that snapshots and stable storage keep. */
export function confStateOf(tracker: Tracker): ConfState {
  return {
    voters: [...tracker.voters],
    learners: [...tracker.learners],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
}

/** etcd changes one member at a time, so a configuration between two voter sets never occurs. */
export function isJoint(state: ConfState): boolean {
  return state.votersOutgoing.length > 0 || state.learnersNext.length > 0;
}

/** Starts the tracker anew with the members of a stored configuration. */
export function restoreConfState(
  tracker: Tracker,
  state: ConfState,
  lastIndex: number,
  maxInflight: number,
): void {
  assert(!isJoint(state), 'a joint configuration is not supported');
  tracker.voters = sortedIds(state.voters);
  tracker.learners = sortedIds(state.learners);
  tracker.progress = new Map();
  for (const id of tracker.voters) {
    tracker.progress.set(id, newMember(lastIndex, false, maxInflight));
  }
  for (const id of tracker.learners) {
    assert(!tracker.progress.has(id), 'a member is a voter or a learner, not both');
    tracker.progress.set(id, newMember(lastIndex, true, maxInflight));
  }
}

/**
 * A member that was just added is first probed at the end of the log. It counts as active, so that
 * the next quorum check does not depose the leader before the member could speak.
 */
export function newMember(lastIndex: number, isLearner: boolean, maxInflight: number): Progress {
  return new Progress({
    match: 0,
    next: Math.max(lastIndex, 1),
    isLearner,
    recentActive: true,
    maxInflight,
  });
}

export function sortedIds(ids: Iterable<bigint>): bigint[] {
  return [...new Set(ids)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
