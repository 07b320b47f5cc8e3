import { event, waitFor } from '../member-changes.ts';
import type { StepOutcome } from '../outcome.ts';
import { quorumOf } from '../picture.ts';
import type { PlanInput } from './step.ts';

/**
 * Founders in memory may lose their disks before the cluster has formed: a drained node, or a new
 * template, and each new pod stays gated because its identity may have voted. When fewer than a
 * quorum are left no leader can ever come of this list, so all of them go and the forming starts
 * over. Nothing can be lost: what any of them ever held is gone with the quorum's memory.
 */
export function restartBootstrap(input: PlanInput): StepOutcome {
  const { picture, cluster, observed } = input;
  if (picture.hasFormed || cluster.spec.storageSpec.medium !== 'Memory') {
    return { then: 'continue' };
  }
  // Once begun it is finished, also by the operator that comes after a crash.
  if (observed.workloads.some(({ isBeingDeleted }) => isBeingDeleted)) {
    const rest = observed.workloads.filter(({ isBeingDeleted }) => !isBeingDeleted);
    if (rest.length === 0) return waitFor('Bootstrapping', 'the first founders are stopping');
    return { then: 'act', reason: 'Bootstrapping', actions: rest.map(deletion) };
  }
  const stopping = observed.instances.some(
    ({ memberName }) => !observed.workloads.some((one) => one.memberName === memberName),
  );
  if (stopping) return waitFor('Bootstrapping', 'the first founders are stopping');
  const [first] = observed.workloads;
  if (first === undefined) return { then: 'continue' };
  const founders = first.birth.initialCluster.length;
  const lost = picture.members.filter(({ isVolumeLost }) => isVolumeLost).length;
  if (founders - lost >= quorumOf(founders)) return { then: 'continue' };
  const why = `${lost} of ${founders} founders lost their memory before the cluster had formed`;
  return {
    then: 'act',
    reason: 'Bootstrapping',
    actions: [
      ...observed.workloads.map(deletion),
      event('Warning', 'BootstrapStarted', `${why}; starting over`),
    ],
  };
}

function deletion(workload: { readonly memberName: string; readonly uid: string }) {
  const { memberName, uid } = workload;
  return { kind: 'delete-member', memberName, uid } as const;
}
