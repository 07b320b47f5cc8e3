import { assert } from '../../base/assert.ts';
import { emptyBytes } from '../../base/bytes.ts';
import { EntryType } from '../proto/generated/raftpb.ts';
import { type Core, idText } from './core.ts';
import { appendAsLeader, broadcastAppends } from './replication.ts';

/*
 * Roles and their arrows:
 *
 *   follower ──timeout──▶ pre-candidate ──quorum──▶ candidate ──quorum──▶ leader
 *      ▲                        │                       │                    │
 *      └────── refused by a quorum, leader heard, newer term, quorum lost ◀──┘
 *
 * A candidate for a leadership transfer, or without pre-vote, skips the second box.
 */

export function becomeFollower(core: Core, term: number, lead: bigint): void {
  const wasLeader = core.role === 'leader';
  core.reset(term);
  core.lead = lead;
  core.role = 'follower';
  if (wasLeader || lead !== 0n) core.ticksSinceLeaderHeard = 0;
  core.note(`${idText(core.id)} became follower at term ${core.term}`);
}

/** Neither term nor vote change: a pre-vote must leave no trace when it fails. */
export function becomePreCandidate(core: Core): void {
  assert(core.role !== 'leader', 'a leader does not campaign');
  core.tracker.resetVotes();
  core.lead = 0n;
  core.role = 'pre-candidate';
  core.note(`${idText(core.id)} became pre-candidate at term ${core.term}`);
}

export function becomeCandidate(core: Core): void {
  assert(core.role !== 'leader', 'a leader does not campaign');
  core.reset(core.term + 1);
  core.vote = core.id;
  core.role = 'candidate';
  core.note(`${idText(core.id)} became candidate at term ${core.term}`);
}

/**
 * The empty entry lets the leader commit what earlier terms left behind (paper, 5.4.2 and 8). No
 * conf change may be proposed before everything in the log now is applied: one of the entries could
 * be a conf change, and scanning for it would not be worth the gain.
 */
export function becomeLeader(core: Core): void {
  assert(core.role === 'candidate', 'only a candidate becomes leader');
  core.reset(core.term);
  core.lead = core.id;
  core.role = 'leader';
  core.ticksSinceLeaderHeard = 0;
  const own = core.tracker.progress.get(core.id);
  assert(own !== undefined, 'a leader is a voter when it is elected');
  own.state = 'replicate';
  own.recentActive = true;
  core.pendingConfIndex = core.log.lastIndex;
  appendAsLeader(core, [{ type: EntryType.EntryNormal, term: 0, index: 0, data: emptyBytes }]);
  // Sent even to followers that cannot take entries yet: it announces the leader.
  broadcastAppends(core, 'always');
  core.note(`${idText(core.id)} became leader at term ${core.term}`);
}
