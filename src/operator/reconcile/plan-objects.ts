import type { KubernetesObject } from '@kubernetes/client-node';
import { contentHash } from '../resources/content-hash.ts';
import { annotationKeys } from '../resources/labels.ts';
import type { Action, EventReason } from './action.ts';
import type { StepInput, StepOutcome } from './outcome.ts';

/**
 * Applies those objects that are missing or were rendered differently. They disturb no member, so
 * all go in one pass. One that is being deleted is left alone until it is gone.
 */
export function planObjects(
  { observed }: StepInput,
  objects: readonly KubernetesObject[],
  reason: EventReason,
): StepOutcome {
  const actions = objects.flatMap((object): Action[] => {
    const hash = contentHash(object);
    const kind = object.kind ?? '';
    const name = object.metadata?.name ?? '';
    const present = observed.objects.find((one) => one.kind === kind && one.name === name);
    if (present?.hash === hash || present?.isBeingDeleted === true) return [];
    const annotations = { ...object.metadata?.annotations, [annotationKeys.hash]: hash };
    const metadata = Object.assign({}, object.metadata, { annotations });
    const applied = { ...object, metadata };
    const verb = present === undefined ? 'created' : 'changed';
    return [
      { kind: 'apply-object', object: applied, hash },
      { kind: 'emit-event', type: 'Normal', reason, message: `${verb} ${kind} ${name}` },
    ];
  });
  if (actions.length === 0) return { then: 'continue' };
  return { then: 'act', reason: 'ApplyingServices', actions };
}
