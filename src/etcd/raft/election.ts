import { unreachable } from '../../base/assert.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { hasUnappliedConfChange } from './conf-change.ts';
import { type Core, idText } from './core.ts';
import { campaignTransferContext } from './message.ts';
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from './roles.ts';

/**
 * pre-election: ask whether an election could be won, without a new term. election: the real one.
 * transfer: the leader asked for it, so its lease does not count and no pre-vote is needed.
 */
export type Campaign = 'pre-election' | 'election' | 'transfer';

/** Stands for election unless this member must not. */
export function startElection(core: Core, kind: Campaign): void {
  if (core.role === 'leader') return;
  if (!core.isPromotable) {
    core.note(`${idText(core.id)} is unpromotable and can not campaign`);
    return;
  }
  if (hasUnappliedConfChange(core)) {
    core.note(
      `${idText(core.id)} cannot campaign at term ${core.term} since there are still pending ` +
        'configuration changes to apply',
    );
    return;
  }
  core.note(`${idText(core.id)} is starting a new election at term ${core.term}`);
  campaign(core, kind);
}

/** An answer to this member's own candidacy. */
export function countVote(core: Core, from: bigint, granted: boolean): void {
  core.tracker.recordVote(from, granted);
  const { result } = core.tracker.tallyVotes();
  switch (result) {
    case 'won':
      if (core.role === 'pre-candidate') campaign(core, 'election');
      else becomeLeader(core);
      return;
    case 'lost':
      return becomeFollower(core, core.term, 0n);
    case 'pending':
      return;
    default:
      unreachable(result);
  }
}

/**
 * Answers MsgVote and MsgPreVote (paper, 5.2 and 5.4.1). Learners answer too: a learner may have
 * been promoted without knowing it yet, and its vote may then be needed. The lease was checked
 * before.
 */
export function answerVote(core: Core, m: Message): void {
  const isPreVote = m.type === MessageType.MsgPreVote;
  const type = isPreVote ? MessageType.MsgPreVoteResp : MessageType.MsgVoteResp;
  const canVote =
    core.vote === m.from ||
    (core.vote === 0n && core.lead === 0n) ||
    (isPreVote && m.term > core.term);
  const granted = canVote && core.log.isUpToDate(m.logTerm, m.index);
  core.note(voteText(core, m, granted ? 'cast' : 'rejected'));
  if (!granted) {
    core.emit({ type, to: m.from, reject: true });
    return;
  }
  // The answer carries the request's term: a pre-candidate asks for a term that nobody is in yet.
  if (isPreVote) {
    core.emit({ type, to: m.from, term: m.term });
    return;
  }
  core.electionElapsed = 0;
  core.vote = m.from;
  // Must be on disk before it leaves: a restarted member could otherwise vote twice in one term.
  core.emitAfterAppend({ type, to: m.from, term: m.term });
}

/** For requests that are not even answered, because a leader is alive. */
export function noteIgnoredVote(core: Core, m: Message): void {
  const remaining = core.config.electionTicks - core.electionElapsed;
  const reason = `: lease is not expired (remaining ticks: ${remaining})`;
  core.note(voteText(core, m, 'ignored') + reason);
}

function campaign(core: Core, kind: Campaign): void {
  if (kind === 'pre-election') {
    becomePreCandidate(core);
    requestVotes(core, MessageType.MsgPreVote, core.term + 1, kind);
    countVote(core, core.id, true);
    return;
  }
  becomeCandidate(core);
  // The own vote counts when it is on disk (see Raft.appendDone).
  requestVotes(core, MessageType.MsgVote, core.term, kind);
}

/**
 * Real requests wait for the disk: they promise the own vote, and the position they claim must not
 * shrink by a crash, or late answers could elect this member with a shorter log.
 */
function requestVotes(core: Core, type: MessageType, term: number, kind: Campaign): void {
  for (const to of core.tracker.voters) {
    if (to === core.id) continue;
    const request = {
      type,
      to,
      term,
      index: core.log.lastIndex,
      logTerm: core.log.lastTerm,
      ...(kind === 'transfer' ? { context: campaignTransferContext } : {}),
    };
    if (type === MessageType.MsgPreVote) core.emit(request);
    else core.emitAfterAppend(request);
  }
}

function voteText(core: Core, m: Message, what: string): string {
  const name = m.type === MessageType.MsgPreVote ? 'MsgPreVote' : 'MsgVote';
  const own = `logterm: ${core.log.lastTerm}, index: ${core.log.lastIndex}`;
  return (
    `${idText(core.id)} [${own}, vote: ${idText(core.vote)}] ${what} ${name} from ` +
    `${idText(m.from)} [logterm: ${m.logTerm}, index: ${m.index}] at term ${core.term}`
  );
}
