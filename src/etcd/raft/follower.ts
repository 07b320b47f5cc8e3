import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { receiveAppend, receiveHeartbeat, receiveSnapshot } from './append-entries.ts';
import { type Core, idText } from './core.ts';
import { startElection } from './election.ts';
import type { StepResult } from './ready.ts';

/** Answers leader and candidates; learners are followers that never campaign. */
export function stepFollower(core: Core, m: Message): StepResult {
  switch (m.type) {
    case MessageType.MsgApp:
      hearLeader(core, m.from);
      receiveAppend(core, m);
      return 'accepted';
    case MessageType.MsgHeartbeat:
      hearLeader(core, m.from);
      receiveHeartbeat(core, m);
      return 'accepted';
    case MessageType.MsgSnap:
      hearLeader(core, m.from);
      receiveSnapshot(core, m);
      return 'accepted';
    case MessageType.MsgProp:
    case MessageType.MsgReadIndex:
    case MessageType.MsgTransferLeader:
      return forward(core, m);
    case MessageType.MsgReadIndexResp:
      receiveReadIndex(core, m);
      return 'accepted';
    case MessageType.MsgTimeoutNow:
      core.note(
        `${idText(core.id)} [term ${core.term}] received MsgTimeoutNow from ${idText(m.from)} and ` +
          'starts an election to get leadership.',
      );
      startElection(core, 'transfer');
      return 'accepted';
    default:
      return 'accepted';
  }
}

/**
 * The caller has evidence that the leader is dead. The member stays a follower in its term, keeps
 * its vote, and its election timer runs on; it only stops defending the leader, so it grants
 * pre-votes at once. A message of the leader makes it follow again. This cannot break safety:
 * leases only serve liveness here, because reads are confirmed by a quorum and never by a lease.
 */
export function forgetLeader(core: Core): boolean {
  if (core.role !== 'follower' || core.lead === 0n) return false;
  core.note(`${idText(core.id)} forgetting leader ${idText(core.lead)} at term ${core.term}`);
  core.lead = 0n;
  return true;
}

/** Counts a tick towards an election of one's own; candidates use it too. */
export function tickElection(core: Core): void {
  core.electionElapsed += 1;
  core.ticksSinceLeaderHeard += 1;
  if (core.electionElapsed < core.electionTimeout || !core.isPromotable) return;
  core.electionElapsed = 0;
  startElection(core, core.config.preVote ? 'pre-election' : 'election');
}

function hearLeader(core: Core, lead: bigint): void {
  core.electionElapsed = 0;
  core.ticksSinceLeaderHeard = 0;
  core.lead = lead;
}

/** The request goes on as it came, so that the leader answers whoever made it. */
function forward(core: Core, m: Message): StepResult {
  if (core.lead === 0n) return 'dropped:no-leader';
  core.emit({
    ...m,
    to: core.lead,
    term: m.type === MessageType.MsgTransferLeader ? core.term : 0,
  });
  return 'accepted';
}

function receiveReadIndex(core: Core, m: Message): void {
  const request = m.entries[0];
  if (m.entries.length !== 1 || request === undefined) return;
  core.reads.push({ requestId: request.data, index: m.index });
}
