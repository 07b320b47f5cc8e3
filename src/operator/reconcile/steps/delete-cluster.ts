import { reconcileLimits } from '../limits.ts';
import type { StepInput, StepOutcome } from '../outcome.ts';

/**
 * Owner references let Kubernetes collect everything, volumes as their retention policy says, and
 * there is no finalizer: nothing remains to be done here but to keep from making children anew.
 */
export function deleteCluster({ cluster }: StepInput): StepOutcome {
  if (!cluster.metadata.isBeingDeleted) return { then: 'continue' };
  return {
    then: 'wait',
    ms: reconcileLimits.pausedWaitMs,
    reason: 'Deleting',
    message: 'the cluster is being deleted',
  };
}
