import { unreachable } from '../../base/assert.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { stepCandidate } from './candidate.ts';
import { type Core, idText } from './core.ts';
import { answerVote, noteIgnoredVote } from './election.ts';
import { stepFollower } from './follower.ts';
import { stepLeader } from './leader.ts';
import {
  isCampaignTransfer,
  isForwardedType,
  isFromLeader,
  isLocalType,
  isResponseType,
} from './message.ts';
import type { StepResult } from './ready.ts';
import { becomeFollower } from './roles.ts';

/** Handles a message from another member. */
export function stepRemote(core: Core, m: Message): StepResult {
  return isAdmissible(core, m) ? step(core, m) : 'accepted';
}

/** Terms first (paper, 5.1), then votes, which every role treats alike, then the role. */
export function step(core: Core, m: Message): StepResult {
  if (m.term > core.term) {
    if (!admitNewerTerm(core, m)) return 'accepted';
  } else if (m.term < core.term && m.term !== 0) {
    answerOlderTerm(core, m);
    return 'accepted';
  }
  if (m.type === MessageType.MsgVote || m.type === MessageType.MsgPreVote) {
    answerVote(core, m);
    return 'accepted';
  }
  switch (core.role) {
    case 'leader':
      return stepLeader(core, m);
    case 'candidate':
    case 'pre-candidate':
      return stepCandidate(core, m);
    case 'follower':
      return stepFollower(core, m);
    default:
      return unreachable(core.role);
  }
}

/** Drops what no correct member sends, before it can be taken for a local event. */
function isAdmissible(core: Core, m: Message): boolean {
  if (m.to !== core.id || isLocalType(m.type)) return false;
  if (isForwardedType(m.type)) return true;
  if (m.term === 0 || m.from === 0n || m.from === core.id) return false;
  return !isResponseType(m.type) || core.tracker.progress.has(m.from);
}

/** False when the message is to be ignored. */
function admitNewerTerm(core: Core, m: Message): boolean {
  const asksForVote = m.type === MessageType.MsgVote || m.type === MessageType.MsgPreVote;
  if (asksForVote && core.isInLease && !isCampaignTransfer(m.context)) {
    noteIgnoredVote(core, m);
    return false;
  }
  // A pre-vote is about a term that nobody has entered; a granted one comes back with that term.
  if (m.type === MessageType.MsgPreVote) return true;
  if (m.type === MessageType.MsgPreVoteResp && !m.reject) return true;
  core.note(
    `${idText(core.id)} [term: ${core.term}] received a message with higher term from ` +
      `${idText(m.from)} [term: ${m.term}]`,
  );
  becomeFollower(core, m.term, isFromLeader(m.type) ? m.from : 0n);
  return true;
}

/**
 * A leader of an older term must learn of the newer one, or a member that went ahead alone (and
 * whose candidacy the others ignore) could never come back. The answer promises nothing, so it
 * need not wait for the disk.
 */
function answerOlderTerm(core: Core, m: Message): void {
  const { checkQuorum, preVote } = core.config;
  const isPing = m.type === MessageType.MsgHeartbeat || m.type === MessageType.MsgApp;
  if (isPing && (checkQuorum || preVote)) {
    core.emit({ type: MessageType.MsgAppResp, to: m.from });
  } else if (m.type === MessageType.MsgPreVote) {
    core.emit({ type: MessageType.MsgPreVoteResp, to: m.from, reject: true });
  }
}
