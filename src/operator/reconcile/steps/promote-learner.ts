import { reconcileLimits } from '../limits.ts';
import { event, waitFor } from '../member-changes.ts';
import type { StepOutcome } from '../outcome.ts';
import { learners, ownMembers, type Picture, via } from '../picture.ts';
import { canPromote } from '../safety.ts';
import { wantedMembers } from '../wanted-members.ts';
import type { PlanInput } from './step.ts';

/** A learner that has caught up becomes a voter. One that others added is theirs to promote. */
export function promoteLearner(input: PlanInput): StepOutcome {
  const { picture } = input;
  const learner = learners(picture).find(({ ordinal }) => ordinal !== undefined);
  if (learner?.listed === undefined) return { then: 'continue' };
  if (ownMembers(picture).length > wantedMembers(input, picture)) return { then: 'continue' };
  const { name, listed, report, health } = learner;
  if (!health.isHealthy) return waitFor('PromotingMember', `learner ${name}: ${health.reason}`);
  if (!hasCaughtUp(picture, report?.raftAppliedIndex ?? 0)) {
    return waitFor('PromotingMember', `learner ${name} is catching up`);
  }
  if (!canPromote(picture, learner)) {
    return waitFor('PromotingMember', `too many voters are unhealthy to promote ${name}`);
  }
  return {
    then: 'act',
    reason: 'PromotingMember',
    actions: [
      { kind: 'promote-member', memberName: name, memberId: listed.id, via: via(picture) },
      event('Normal', 'MemberPromoted', `${name} has caught up and votes now`),
    ],
  };
}

/** etcd refuses below 90 %; we ask for the same of what is applied, which is never ahead of it. */
function hasCaughtUp(picture: Picture, appliedIndex: number): boolean {
  return appliedIndex >= picture.leaderIndex * reconcileLimits.promoteRatio;
}
