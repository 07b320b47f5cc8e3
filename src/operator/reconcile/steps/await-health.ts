import { waitFor } from '../member-changes.ts';
import type { StepInput, StepOutcome } from '../outcome.ts';
import { pictureOf } from '../picture.ts';

/** Everything is as wanted; if a member is not well yet, look again soon. */
export function awaitHealth(input: StepInput): StepOutcome {
  const ill = pictureOf(input).members.find(
    ({ listed, health }) => listed !== undefined && !health.isHealthy,
  );
  if (ill === undefined || ill.health.isHealthy) return { then: 'continue' };
  return waitFor('WaitingForHealth', `${ill.name}: ${ill.health.reason}`);
}
