import type { MemberBirth } from '../../api/member-plan.ts';
import { memberVolumePlan } from '../../resources/member-volume-claim.ts';
import { maybeOrdinal, memberName } from '../../resources/names.ts';
import type { Action } from '../action.ts';
import { reconcileLimits } from '../limits.ts';
import { isStuck } from '../member-health.ts';
import { freeOrdinals, memberPlan } from '../member-plans.ts';
import type { StepOutcome } from '../outcome.ts';
import type { Picture, PictureMember } from '../picture.ts';
import type { PlanInput } from './step.ts';

/**
 * The first formation: volumes, then all members at once with state `new` and one common list.
 * The list is frozen into the first workload, so an operator that crashes in between goes on with
 * the same one even when the size has changed meanwhile. Once any member has reported a cluster id
 * this step never acts again: a member that is missing later is restored or replaced, never born
 * anew. Nothing can be disturbed yet, so many actions go in one pass and templates change freely.
 */
export function bootstrapMembers(input: PlanInput): StepOutcome {
  const { picture } = input;
  if (picture.hasFormed) return { then: 'continue' };
  const founders = foundersOf(input, picture);
  const missing = missingVolumes(input, founders);
  if (missing.length > 0) return { then: 'act', reason: 'Bootstrapping', actions: missing };
  const actions = founders.flatMap(({ name, ordinal }): Action[] => {
    const member = picture.members.find((one) => one.name === name);
    const workload = member?.workload;
    if (workload?.isBeingDeleted === true || workload?.templateHash === picture.templateHash) {
      return [];
    }
    if (workload !== undefined && mayBeForming(input, member)) return [];
    const birth = workload?.birth ?? birthOf(input, founders);
    const volumeId = workload?.volumeId ?? volumeIdFor(input, name);
    const plan = memberPlan(input, picture, { name, ordinal, birth, volumeId });
    return [{ kind: 'ensure-member', member: plan }];
  });
  if (actions.length === 0) {
    return {
      then: 'wait',
      ms: reconcileLimits.settleWaitMs,
      reason: 'Bootstrapping',
      message: `${founders.length} members are starting`,
    };
  }
  return { then: 'act', reason: 'Bootstrapping', actions: [...actions, announce(founders)] };
}

type Founder = { readonly name: string; readonly ordinal: number };

function foundersOf(input: PlanInput, picture: Picture): readonly Founder[] {
  const { cluster, observed } = input;
  const frozen = observed.workloads.find(({ birth }) => birth.initialClusterState === 'new')?.birth;
  if (frozen !== undefined) {
    return frozen.initialCluster.flatMap(({ name }) => {
      const ordinal = maybeOrdinal(cluster, name);
      return ordinal === undefined ? [] : [{ name, ordinal }];
    });
  }
  // Volumes that an interrupted attempt made are still empty and are used.
  const isOurs = (name: string): boolean =>
    !observed.takenNames.includes(name) &&
    observed.volumes.every((volume) => volume.memberName !== name || isUsable(volume));
  return freeOrdinals(input, picture, cluster.spec.size, isOurs).map((ordinal) => ({
    name: memberName(cluster, ordinal),
    ordinal,
  }));
}

function isUsable(volume: { readonly isRetained: boolean; readonly state: string }): boolean {
  return !volume.isRetained && volume.state !== 'deleting' && volume.state !== 'lost';
}

/**
 * A founder in memory that runs, or has just been let run, is left alone: it may be forming the
 * cluster at this moment, and a restart would cost its data. On claims a restart costs nothing and
 * may be the cure.
 */
function mayBeForming({ cluster }: PlanInput, member: PictureMember | undefined): boolean {
  if (cluster.spec.storageSpec.medium !== 'Memory' || member?.instance === undefined) return false;
  return !member.instance.isGated && !isStuck(member.instance);
}

function missingVolumes(input: PlanInput, founders: readonly Founder[]): readonly Action[] {
  const { cluster, observed } = input;
  if (cluster.spec.storageSpec.medium === 'Memory') return [];
  return founders
    .filter(
      ({ name }) =>
        !observed.workloads.some((one) => one.memberName === name) &&
        !observed.volumes.some((one) => one.memberName === name && !one.isRetained),
    )
    .map(({ name }) => ({ kind: 'ensure-volume', volume: memberVolumePlan(cluster, name) }));
}

function birthOf(input: PlanInput, founders: readonly Founder[]): MemberBirth {
  const { cluster, settings, observed } = input;
  const frozen = observed.workloads.find(({ birth }) => birth.initialClusterState === 'new')?.birth;
  if (frozen !== undefined) return frozen;
  return {
    initialCluster: founders.map(({ name, ordinal }) => ({
      name,
      peerUrl: settings.addresses.of(cluster, name, ordinal).peerUrl,
    })),
    initialClusterState: 'new',
    initialClusterToken: cluster.metadata.uid,
  };
}

function volumeIdFor({ cluster, observed }: PlanInput, name: string): string {
  if (cluster.spec.storageSpec.medium === 'Memory') return '';
  return observed.volumes.find((one) => one.memberName === name && !one.isRetained)?.id ?? '';
}

function announce(founders: readonly Founder[]): Action {
  return {
    kind: 'emit-event',
    type: 'Normal',
    reason: 'BootstrapStarted',
    message: `forming a new cluster of ${founders.map(({ name }) => name).join(', ')}`,
  };
}
