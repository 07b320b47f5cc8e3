import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { type Core } from './core.ts';
import { countVote } from './election.ts';
import { stepFollower } from './follower.ts';
import { isFromLeader } from './message.ts';
import type { StepResult } from './ready.ts';
import { becomeFollower } from './roles.ts';

/** Candidates and pre-candidates: count votes, and give up when somebody else won this term. */
export function stepCandidate(core: Core, m: Message): StepResult {
  if (isFromLeader(m.type)) {
    becomeFollower(core, m.term, m.from);
    return stepFollower(core, m);
  }
  switch (m.type) {
    case MessageType.MsgVoteResp:
      if (core.role === 'candidate') countVote(core, m.from, !m.reject);
      return 'accepted';
    case MessageType.MsgPreVoteResp:
      if (core.role === 'pre-candidate') countVote(core, m.from, !m.reject);
      return 'accepted';
    case MessageType.MsgProp:
    case MessageType.MsgReadIndex:
      return 'dropped:no-leader';
    default:
      return 'accepted';
  }
}
