import type { Action } from '../action.ts';
import { event, waitFor } from '../member-changes.ts';
import type { StepOutcome } from '../outcome.ts';
import { type PictureMember } from '../picture.ts';
import type { PlanInput } from './step.ts';

/**
 * What a removed member left behind: first its workload, then, when its process has ended, its
 * volume as the retention policy says. Stands on the confirmed list alone, so it finishes what a
 * crashed operator began, and also clears up after `etcdctl member remove`.
 */
export function removeLeftovers(input: PlanInput): StepOutcome {
  const { picture } = input;
  const removed = picture.members.filter(({ listed }) => listed === undefined);
  for (const { name, workload } of removed) {
    if (workload === undefined || workload.isBeingDeleted) continue;
    return act([
      { kind: 'delete-member', memberName: name, uid: workload.uid },
      event('Normal', 'WorkloadDeleted', `stopped ${name}: it is not a member any more`),
    ]);
  }
  for (const member of removed) {
    const { name, workload, instance, volume } = member;
    if (workload !== undefined) return waitFor('RemovingMember', `${name} is being deleted`);
    if (volume === undefined) continue;
    // Memory: the volume is the pod itself and goes with it.
    if (instance !== undefined) {
      return waitFor('RemovingMember', `the process of ${name} is stopping`);
    }
    if (volume.state !== 'deleting') return act(releaseVolume(input, member));
  }
  return { then: 'continue' };
}

function releaseVolume(input: PlanInput, { name, volume }: PictureMember): readonly Action[] {
  const volumeId = volume?.id ?? '';
  const isKept = input.cluster.spec.storageSpec.retentionPolicy.whenScaled === 'Retain';
  if (isKept && volume?.state !== 'lost') {
    return [
      { kind: 'retain-volume', memberName: name, volumeId },
      event('Normal', 'VolumeRetained', `kept the volume of ${name}; its name is not used again`),
    ];
  }
  return [
    { kind: 'delete-volume', memberName: name, volumeId },
    event('Normal', 'VolumeDeleted', `deleted the volume of ${name}`),
  ];
}

function act(actions: readonly Action[]): StepOutcome {
  return { then: 'act', reason: 'RemovingMember', actions };
}
