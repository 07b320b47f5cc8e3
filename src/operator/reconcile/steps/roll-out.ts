import { event, planHandOver, waitFor } from '../member-changes.ts';
import { isStuck } from '../member-health.ts';
import { memberPlan } from '../member-plans.ts';
import type { StepOutcome } from '../outcome.ts';
import { ownMembers, type Picture, type PictureMember, voters } from '../picture.ts';
import { disturbedVoter } from '../safety.ts';
import type { PlanInput } from './step.ts';

/**
 * A new template reaches the members one by one: those that do not take part, followers from the
 * highest ordinal down, and the leader last, after it has handed leadership to a member that is
 * already updated. The next one waits until every other voter is healthy again: two members are
 * never down for our doing. Memory members are exchanged instead (wanted-members.ts).
 */
export function rollOut(input: PlanInput): StepOutcome {
  if (input.cluster.spec.storageSpec.medium === 'Memory') return { then: 'continue' };
  const { picture } = input;
  const next = nextOutdated(ownMembers(picture));
  if (next === undefined) return { then: 'continue' };
  const disturbed = disturbedVoter(picture, next);
  if (disturbed !== undefined) return waitFor('RollingOut', waitingFor(disturbed));
  if (next.isLeader && voters(picture).length > 1) return planHandOver(picture, next, 'RollingOut');
  return update(input, picture, next, 'RollingOut');
}

/**
 * A member whose container does not run (it cannot be pulled, scheduled or keeps crashing) loses
 * nothing by a new template and may be waiting for exactly that, quorum or not.
 */
export function rollOutStopped(input: PlanInput): StepOutcome {
  if (input.cluster.spec.storageSpec.medium === 'Memory') return { then: 'continue' };
  const { picture } = input;
  if (!picture.hasFormed) return { then: 'continue' };
  const stopped = picture.members.find(
    (member) => !member.isUpdated && !member.isVolumeLost && isStopped(member),
  );
  if (stopped === undefined) return { then: 'continue' };
  return update(input, picture, stopped, 'RollingOut');
}

function isStopped({ workload, instance, ordinal }: PictureMember): boolean {
  if (workload === undefined || workload.isBeingDeleted || ordinal === undefined) return false;
  // Between two pods there is none for a moment; the new one will have the template of its time.
  if (instance === undefined || instance.isBeingDeleted) return false;
  return isStuck(instance);
}

function nextOutdated(members: readonly PictureMember[]): PictureMember | undefined {
  const outdated = members.filter(
    ({ workload, isUpdated }) => workload !== undefined && !workload.isBeingDeleted && !isUpdated,
  );
  const rank = (member: PictureMember): number => {
    if (member.isLeader) return 0;
    return member.health.isHealthy && !member.isLearner ? 1 : 2;
  };
  return outdated.sort((a, b) => rank(b) - rank(a) || (b.ordinal ?? 0) - (a.ordinal ?? 0))[0];
}

function update(
  input: PlanInput,
  picture: Picture,
  member: PictureMember,
  reason: 'RollingOut',
): StepOutcome {
  const { workload } = member;
  if (workload === undefined) return { then: 'continue' };
  const { birth, volumeId, ordinal } = workload;
  const plan = memberPlan(input, picture, { name: member.name, ordinal, birth, volumeId });
  const message = `${member.name} gets template ${picture.templateHash}`;
  return {
    then: 'act',
    reason,
    actions: [{ kind: 'ensure-member', member: plan }, event('Normal', 'RollOutMember', message)],
  };
}

function waitingFor(member: PictureMember): string {
  const why = member.health.isHealthy ? '' : `: ${member.health.reason}`;
  return `the next member waits for ${member.name}${why}`;
}
