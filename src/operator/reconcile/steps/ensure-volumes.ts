import { memberVolumePlan } from '../../resources/member-volume-claim.ts';
import { event } from '../member-changes.ts';
import type { StepOutcome } from '../outcome.ts';
import { ownMembers } from '../picture.ts';
import type { PlanInput } from './step.ts';

/**
 * A larger size request or another owner reaches the existing claims, one per pass. Last of all
 * steps: a storage class that cannot expand refuses it, and nothing else must wait for that.
 */
export function ensureVolumes(input: PlanInput): StepOutcome {
  if (input.cluster.spec.storageSpec.medium === 'Memory') return { then: 'continue' };
  for (const { name, volume } of ownMembers(input.picture)) {
    const plan = memberVolumePlan(input.cluster, name);
    if (volume?.state !== 'bound' || volume.hash === plan.hash) continue;
    const message = `volume of ${name}: ${plan.sizeRequest} requested`;
    return {
      then: 'act',
      reason: 'ExpandingVolumes',
      actions: [
        { kind: 'ensure-volume', volume: plan },
        event('Normal', 'VolumeExpanded', message),
      ],
    };
  }
  return { then: 'continue' };
}
