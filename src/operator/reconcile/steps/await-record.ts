import { reconcileLimits } from '../limits.ts';
import type { StepOutcome } from '../outcome.ts';
import type { PlanInput } from './step.ts';

/**
 * The cluster id in the status says «formed» to every later operator, also when no member can be
 * asked. So it must be stored before anything is done to a formed cluster: without it, an operator
 * that starts while the quorum is away would take the members for founders and form them anew.
 */
export function awaitRecord({ cluster, picture }: PlanInput): StepOutcome {
  if (!picture.hasFormed || (cluster.status?.clusterID ?? '') !== '') return { then: 'continue' };
  return {
    then: 'wait',
    ms: reconcileLimits.recordWaitMs,
    reason: 'Bootstrapping',
    message: 'the cluster has formed; its id is being recorded',
  };
}
