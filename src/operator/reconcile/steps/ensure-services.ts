import type { KubernetesObject } from '@kubernetes/client-node';
import { clientService } from '../../resources/client-service.ts';
import { peerService } from '../../resources/peer-service.ts';
import type { StepInput, StepOutcome } from '../outcome.ts';
import { planObjects } from '../plan-objects.ts';

/** Both services, before any member: pods are found through the peer service's names. */
export function ensureServices(input: StepInput): StepOutcome {
  const { cluster } = input;
  const services: KubernetesObject[] = [peerService(cluster), clientService(cluster)];
  return planObjects(input, services, 'ServiceApplied');
}
