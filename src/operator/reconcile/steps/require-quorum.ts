import { reconcileLimits } from '../limits.ts';
import type { StepOutcome } from '../outcome.ts';
import type { PlanInput } from './step.ts';

/**
 * The gate before everything that changes membership or restarts a member that runs: one cluster
 * id, and a member list that a quorum has confirmed just now.
 */
export function requireQuorum(input: PlanInput): StepOutcome {
  const { picture } = input;
  if (picture.clusterIdConflict !== undefined) {
    return {
      then: 'fail',
      reason: 'ClusterIdMismatch',
      message: `members speak of different clusters: ${picture.clusterIdConflict}`,
    };
  }
  if (picture.list !== undefined && picture.leader !== undefined) return { then: 'continue' };
  return {
    then: 'wait',
    ms: reconcileLimits.settleWaitMs,
    reason: 'WaitingForQuorum',
    message: 'no quorum of members answers',
  };
}
