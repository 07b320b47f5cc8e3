import { planRemoval } from '../member-changes.ts';
import type { StepOutcome } from '../outcome.ts';
import { ownMembers } from '../picture.ts';
import type { PlanInput } from './step.ts';

/**
 * A member whose volume is lost leaves etcd's list for good; scaling then adds a new learner with
 * a new member id on a new disk. Removing it first also makes the remaining quorum smaller, so the
 * cluster is safer while the new one catches up.
 */
export function replaceLost(input: PlanInput): StepOutcome {
  const { picture } = input;
  const lost = ownMembers(picture).find(({ isVolumeLost }) => isVolumeLost);
  if (lost === undefined) return { then: 'continue' };
  return planRemoval(
    picture,
    lost,
    'ReplacingMember',
    `the volume of ${lost.name} is lost; a new member takes its place`,
  );
}
