import { memberName } from '../../resources/names.ts';
import { event, planRemoval, waitFor } from '../member-changes.ts';
import { freeOrdinals } from '../member-plans.ts';
import type { StepOutcome } from '../outcome.ts';
import { ownMembers, type Picture, type PictureMember, via } from '../picture.ts';
import { canAdd, disturbedVoter } from '../safety.ts';
import { wantedMembers } from '../wanted-members.ts';
import type { PlanInput } from './step.ts';

/**
 * One member at a time towards the size. Out: etcd learns of the learner first, then it gets a
 * volume and a process (restore-workloads), then it is promoted: at no moment does a voter exist
 * that has not caught up. In: etcd forgets the member first, then its process ends.
 */
export function scaleMembers(input: PlanInput): StepOutcome {
  const { picture } = input;
  const own = ownMembers(picture);
  if (own.length > input.cluster.spec.size) {
    const surplus = own.length > wantedMembers(input, picture) || !hasLearner(own);
    if (surplus) return scaleIn(input, picture, own);
  }
  if (own.length < wantedMembers(input, picture)) return scaleOut(input, picture, own);
  return { then: 'continue' };
}

function scaleOut(input: PlanInput, picture: Picture, own: readonly PictureMember[]): StepOutcome {
  // One at a time: etcd allows one learner, and promote-learner is waiting for it.
  if (hasLearner(own)) return { then: 'continue' };
  if (!canAdd(picture)) {
    return waitFor('AddingMember', 'too many voters are unhealthy to add a member');
  }
  const [ordinal] = freeOrdinals(input, picture, 1, () => false);
  if (ordinal === undefined) {
    return { then: 'fail', reason: 'AddingMember', message: 'no member name is free' };
  }
  const name = memberName(input.cluster, ordinal);
  const { peerUrl } = input.settings.addresses.of(input.cluster, name, ordinal);
  return {
    then: 'act',
    reason: 'AddingMember',
    actions: [
      { kind: 'add-learner', memberName: name, peerUrl, via: via(picture) },
      event('Normal', 'LearnerAdded', `added ${name} as a learner`),
    ],
  };
}

function scaleIn(input: PlanInput, picture: Picture, own: readonly PictureMember[]): StepOutcome {
  const victim = victimOf(own);
  if (victim === undefined) return { then: 'continue' };
  const disturbed = disturbedVoter(picture, victim);
  if (disturbed !== undefined && !victim.isLearner && victim.health.isHealthy) {
    return waitFor('RemovingMember', `waiting for ${disturbed.name} before removing a member`);
  }
  const { size } = input.cluster.spec;
  return planRemoval(picture, victim, 'RemovingMember', `the cluster is scaled to ${size}`);
}

/**
 * Who goes first: a learner, who carries nothing; then an unhealthy member, whose loss costs
 * nothing more; then one of an old template; then the highest ordinal.
 */
function victimOf(own: readonly PictureMember[]): PictureMember | undefined {
  const rank = (member: PictureMember): number =>
    Number(member.isLearner) * 4 +
    Number(!member.health.isHealthy) * 2 +
    Number(!member.isUpdated && member.workload !== undefined);
  return [...own].sort((a, b) => rank(b) - rank(a) || (b.ordinal ?? 0) - (a.ordinal ?? 0))[0];
}

function hasLearner(own: readonly PictureMember[]): boolean {
  return own.some(({ isLearner }) => isLearner);
}
