import type { Action } from '../action.ts';
import type { StepInput, StepOutcome } from '../outcome.ts';

/**
 * Memory volumes live and die with their pod, and a StatefulSet makes a new pod by itself. Such
 * pods are created gated. The first one is tied to its member (recorded on the workload), then let
 * run; any later one has an empty disk, stays gated, and its member is replaced. An operator that
 * crashes between the two actions finds the record and opens the gate in its next pass.
 */
export function trackVolumes({ observed }: StepInput): StepOutcome {
  const actions = observed.workloads.flatMap((workload): Action[] => {
    const { memberName, volumeId, isBeingDeleted } = workload;
    if (isBeingDeleted) return [];
    const volume = observed.volumes.find(
      (one) => one.memberName === memberName && !one.isRetained && one.state !== 'deleting',
    );
    if (volumeId === '' && volume !== undefined) {
      return [{ kind: 'record-volume', memberName, volumeId: volume.id }];
    }
    const gated = observed.instances.find(
      (one) => one.memberName === memberName && one.isGated && !one.isBeingDeleted,
    );
    if (gated === undefined || gated.uid !== volumeId) return [];
    return [
      {
        kind: 'start-instance',
        memberName,
        instanceName: gated.name,
        instanceUid: gated.uid,
      },
    ];
  });
  if (actions.length === 0) return { then: 'continue' };
  return { then: 'act', reason: 'TrackingVolumes', actions };
}
