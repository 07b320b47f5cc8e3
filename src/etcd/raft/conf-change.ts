import { assert } from '../../base/assert.ts';
import {
  type ConfChange,
  ConfChangeType,
  type ConfState,
  EntryType,
} from '../proto/generated/raftpb.ts';
import { confStateOf, newMember, sortedIds } from './conf-state.ts';
import { type Core, idText } from './core.ts';
import type { Tracker } from './progress/tracker.ts';
import { answerConfirmed } from './read-index.ts';
import { broadcastAppends, maybeCommit } from './replication.ts';

/*
 * Single-step membership changes (dissertation section 4.1). Old and new configuration share a
 * quorum because they differ by one voter; that needs at most one change to be unapplied at a time,
 * which the leader ensures when it accepts proposals.
 */

/**
 * Applies a committed change; the caller does this when it applies the entry. A change that the
 * caller refused comes with node id 0 and changes nothing.
 */
export function applyConfChange(core: Core, change: ConfChange): ConfState {
  if (change.nodeId !== 0n) {
    changeTracker(core, change);
    const state = confStateOf(core.tracker);
    core.note(`${idText(core.id)} switched to configuration ${configText(state)}`);
    if (core.role === 'leader') afterChangeOnLeader(core);
  }
  return confStateOf(core.tracker);
}

/**
 * A member that is about to change the configuration must not lead by the old one. Looks only at
 * what is committed and not yet applied, before a campaign.
 */
export function hasUnappliedConfChange(core: Core): boolean {
  for (let index = core.log.applied + 1; index <= core.log.committed; index += 1) {
    // A snapshot that is being installed has overtaken these; it blocks campaigns by itself.
    if (index < core.log.firstIndex) continue;
    if (core.log.entryAt(index).type !== EntryType.EntryNormal) return true;
  }
  return false;
}

function changeTracker(core: Core, change: ConfChange): void {
  const { tracker } = core;
  const id = change.nodeId;
  switch (change.type) {
    case ConfChangeType.ConfChangeAddNode:
      return addMember(core, id, false);
    case ConfChangeType.ConfChangeAddLearnerNode:
      return addMember(core, id, true);
    case ConfChangeType.ConfChangeRemoveNode:
      tracker.progress.delete(id);
      return resetMembers(tracker);
    case ConfChangeType.ConfChangeUpdateNode:
      return;
    default:
      assert(false, `unknown conf change type ${change.type}`);
  }
}

/** Adds, promotes or demotes; a known member keeps its progress. */
function addMember(core: Core, id: bigint, isLearner: boolean): void {
  const { tracker, config, log } = core;
  const known = tracker.progress.get(id);
  if (known !== undefined) known.isLearner = isLearner;
  else tracker.progress.set(id, newMember(log.lastIndex, isLearner, config.maxInflightMessages));
  resetMembers(tracker);
}

function resetMembers(tracker: Tracker): void {
  const voters: bigint[] = [];
  const learners: bigint[] = [];
  for (const [id, progress] of tracker.progress) (progress.isLearner ? learners : voters).push(id);
  assert(voters.length > 0, 'a conf change must leave a voter');
  tracker.voters = sortedIds(voters);
  tracker.learners = sortedIds(learners);
}

/**
 * A smaller quorum may commit more; a new member is probed at once. A leader that removed itself
 * goes on until another takes over: it has to bring the change to the others.
 */
function afterChangeOnLeader(core: Core): void {
  if (!maybeCommit(core)) broadcastAppends(core, 'news');
  answerConfirmed(core);
  if (core.transferee !== 0n && !core.tracker.isVoter(core.transferee)) core.transferee = 0n;
}

function configText(state: ConfState): string {
  const voters = `voters=(${state.voters.map(idText).join(' ')})`;
  if (state.learners.length === 0) return voters;
  return `${voters} learners=(${state.learners.map(idText).join(' ')})`;
}
