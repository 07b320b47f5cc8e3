import { memberVolumePlan } from '../../resources/member-volume-claim.ts';
import type { Action } from '../action.ts';
import { reconcileLimits } from '../limits.ts';
import { joiningBirth, memberPlan } from '../member-plans.ts';
import type { StepOutcome } from '../outcome.ts';
import { ownMembers, type Picture, type PictureMember } from '../picture.ts';
import { wantedMembers } from '../wanted-members.ts';
import type { PlanInput } from './step.ts';

/**
 * Members that should run and have no workload. Two cases, one rule: a learner just added to
 * etcd's list gets its volume, then its process (the middle of a scale-out, also after a crash);
 * and a workload that somebody deleted comes back on the volume it left, with its identity.
 */
export function restoreWorkloads(input: PlanInput): StepOutcome {
  const { picture } = input;
  if (!picture.hasFormed) return { then: 'continue' };
  for (const member of workloadless(input, picture)) {
    const { ordinal, name, volume } = member;
    if (ordinal === undefined || member.isVolumeLost) continue;
    if (member.instance?.isBeingDeleted === true) {
      return waitFor(`the old process of ${name} is still there`);
    }
    const isMemory = input.cluster.spec.storageSpec.medium === 'Memory';
    if (!isMemory && volume === undefined) {
      const plan = memberVolumePlan(input.cluster, name);
      return act([{ kind: 'ensure-volume', volume: plan }]);
    }
    if (!isMemory && volume?.state === 'deleting') {
      return waitFor(`the old volume of ${name} is still there`);
    }
    const birth = joiningBirth(input, picture, name);
    const volumeId = isMemory ? '' : (volume?.id ?? '');
    const plan = memberPlan(input, picture, { name, ordinal, birth, volumeId });
    return act([{ kind: 'ensure-member', member: plan }, announce(name)]);
  }
  return { then: 'continue' };
}

/**
 * With a confirmed list: listed members. Without one the list is out of reach precisely because
 * members are missing, so whoever left a volume comes back; had it been removed, its peers would
 * refuse it.
 */
function workloadless(input: PlanInput, picture: Picture): readonly PictureMember[] {
  const candidates =
    picture.list === undefined
      ? picture.members.filter(({ volume }) => volume?.state === 'bound')
      : ownMembers(picture).filter((member) => !isSurplusLearner(input, picture, member));
  return candidates.filter(({ workload }) => workload === undefined);
}

/** The size was reduced while it was being added: scale-members takes it back instead. */
function isSurplusLearner(input: PlanInput, picture: Picture, member: PictureMember): boolean {
  return member.isLearner && ownMembers(picture).length > wantedMembers(input, picture);
}

function act(actions: readonly Action[]): StepOutcome {
  return { then: 'act', reason: 'AddingMember', actions };
}

function waitFor(message: string): StepOutcome {
  return { then: 'wait', ms: reconcileLimits.settleWaitMs, reason: 'AddingMember', message };
}

function announce(name: string): Action {
  return {
    kind: 'emit-event',
    type: 'Normal',
    reason: 'MemberStarted',
    message: `started member ${name}`,
  };
}
