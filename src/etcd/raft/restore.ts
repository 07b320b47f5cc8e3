import { assert } from '../../base/assert.ts';
import type { ConfState, Snapshot } from '../proto/generated/raftpb.ts';
import { isJoint, restoreConfState } from './conf-state.ts';
import { type Core, idText } from './core.ts';

/**
 * Replaces the log by a leader's snapshot (paper, section 7). False when it is of no use: not ahead
 * of the commit index, of a log that agrees anyway, or not meant for this member. The configuration
 * changes when the snapshot is installed: until then entries before it may still be applied.
 */
export function restoreSnapshot(core: Core, snapshot: Snapshot): boolean {
  const metadata = snapshot.metadata;
  const state = metadata?.confState;
  if (metadata === undefined || state === undefined) return false;
  const { index, term } = metadata;
  if (index <= core.log.committed || core.role !== 'follower') return false;
  if (isJoint(state) || !isMemberOf(state, core.id)) {
    core.note(`${idText(core.id)} ignores a snapshot whose configuration it cannot take part in`);
    return false;
  }
  const position = `[index: ${index}, term: ${term}]`;
  if (core.log.termAt(index) === term) {
    core.note(`${idText(core.id)} fast-forwarded commit to snapshot ${position}`);
    core.log.commitTo(index);
    return false;
  }
  core.log.restore(snapshot);
  core.note(`${idText(core.id)} restored snapshot ${position}`);
  return true;
}

/** The state machine now is the snapshot's. */
export function snapshotInstalled(core: Core, snapshot: Snapshot): void {
  const state = snapshot.metadata?.confState;
  assert(state !== undefined, 'a snapshot without a configuration is not restored');
  restoreConfState(core.tracker, state, core.log.lastIndex, core.config.maxInflightMessages);
}

function isMemberOf(state: ConfState, id: bigint): boolean {
  return state.voters.includes(id) || state.learners.includes(id);
}
