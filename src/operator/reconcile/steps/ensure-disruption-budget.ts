import { disruptionBudget } from '../../resources/disruption-budget.ts';
import type { StepOutcome } from '../outcome.ts';
import { voters } from '../picture.ts';
import { planObjects } from '../plan-objects.ts';
import type { PlanInput } from './step.ts';

/**
 * Sized for whichever is larger, the voters there are or the size wanted: while a cluster grows or
 * shrinks an eviction must not take the quorum of the larger one.
 */
export function ensureDisruptionBudget(input: PlanInput): StepOutcome {
  const { picture } = input;
  // Without a confirmed list the present budget stands: it may be protecting the last survivors.
  if (picture.hasFormed && picture.list === undefined && hasBudget(input)) {
    return { then: 'continue' };
  }
  const count = Math.max(input.cluster.spec.size, voters(picture).length);
  return planObjects(input, [disruptionBudget(input.cluster, count)], 'DisruptionBudgetApplied');
}

function hasBudget({ observed }: PlanInput): boolean {
  return observed.objects.some(({ kind }) => kind === 'PodDisruptionBudget');
}
