import { reconcileAnnotation } from '../../api/etcd-cluster.ts';
import { reconcileLimits } from '../limits.ts';
import type { StepInput, StepOutcome } from '../outcome.ts';

/** Nothing at all is done to a paused cluster, not even failover; its status goes on. */
export function pause({ cluster }: StepInput): StepOutcome {
  if (cluster.metadata.annotations[reconcileAnnotation] !== 'disabled') return { then: 'continue' };
  return {
    then: 'wait',
    ms: reconcileLimits.pausedWaitMs,
    reason: 'Paused',
    message: `annotation ${reconcileAnnotation}: disabled`,
  };
}
