import { waitFor } from '../member-changes.ts';
import type { StepOutcome } from '../outcome.ts';
import type { PlanInput } from './step.ts';

/** Everything is as wanted; if a member is not well yet, look again soon. */
export function awaitHealth(input: PlanInput): StepOutcome {
  const ill = input.picture.members.find(
    ({ listed, health }) => listed !== undefined && !health.isHealthy,
  );
  if (ill === undefined || ill.health.isHealthy) return { then: 'continue' };
  return waitFor('WaitingForHealth', `${ill.name}: ${ill.health.reason}`);
}
