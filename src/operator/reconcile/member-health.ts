import { reconcileLimits } from './limits.ts';
import type {
  ListedMember,
  MemberReport,
  ObservedInstance,
  ObservedVolume,
  ObservedWorkload,
} from './observed.ts';

export type Health =
  | { readonly isHealthy: true }
  | { readonly isHealthy: false; readonly reason: string };

export type MemberFacts = {
  readonly listed: ListedMember | undefined;
  readonly workload: ObservedWorkload | undefined;
  readonly volume: ObservedVolume | undefined;
  readonly instance: ObservedInstance | undefined;
  readonly report: MemberReport | undefined;
};

/**
 * A member's identity is bound to one disk. When that disk is gone the member must never come back
 * under its identity: it may have voted and acknowledged entries that an empty disk does not know.
 * A learner that never started holds nothing yet and may begin on a new disk.
 */
export function isVolumeLost(facts: MemberFacts, medium: '' | 'Memory'): boolean {
  const { listed, workload, volume } = facts;
  const isGone = volume === undefined || volume.state === 'lost' || volume.state === 'deleting';
  if (workload !== undefined) {
    if (workload.volumeId === '') return false;
    return isGone || volume.id !== workload.volumeId;
  }
  if (listed === undefined) return false;
  const hasStarted = listed.name !== '' || !listed.isLearner;
  return hasStarted && (isGone || medium === 'Memory');
}

/**
 * Healthy means: a quorum lists it, its process runs the template asked for, it follows the leader
 * of the newest term, has caught up, and (for a voter) kubelet calls it ready. Everything the
 * operator does to one member requires that all others are healthy in this sense.
 */
export function healthOf(
  facts: MemberFacts & {
    readonly isVolumeLost: boolean;
    readonly unreachable: string;
    readonly term: number;
    readonly leaderId: bigint;
    readonly leaderIndex: number;
  },
): Health {
  const { listed, instance, report, workload } = facts;
  if (facts.isVolumeLost) return unhealthy('its volume is lost');
  if (listed === undefined) return unhealthy('not in the member list');
  if (workload === undefined) return foreignHealth(facts);
  if (workload.isBeingDeleted) return unhealthy('its workload is being deleted');
  if (instance === undefined) return unhealthy('no process yet');
  if (instance.isBeingDeleted) return unhealthy('its process is stopping');
  if (instance.templateHash !== workload.templateHash) {
    return unhealthy('waits for its restart with the new template');
  }
  const { container } = instance;
  if (container.state === 'waiting') return unhealthy(`waiting: ${container.reason}`);
  if (container.state === 'terminated') {
    return unhealthy(`ended: ${container.reason} (exit code ${container.exitCode})`);
  }
  if (report === undefined) return unhealthy(`does not answer: ${facts.unreachable}`);
  if (!listed.isLearner && !instance.isReady) return unhealthy('not ready');
  return reportHealth(facts, report, listed);
}

/** Its container does not run and will not within a moment: nothing is lost by replacing it. */
export function isStuck({ container }: ObservedInstance): boolean {
  return container.state === 'waiting' && lastingReasons.has(container.reason);
}

const lastingReasons: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'Unschedulable',
]);

/** A member that somebody else runs: only its own word can be had, and perhaps not even that. */
function foreignHealth(facts: Parameters<typeof healthOf>[0]): Health {
  const { report, listed } = facts;
  if (report === undefined || listed === undefined) return unhealthy('has no workload');
  return reportHealth(facts, report, listed);
}

function reportHealth(
  facts: { readonly term: number; readonly leaderId: bigint; readonly leaderIndex: number },
  report: MemberReport,
  listed: ListedMember,
): Health {
  if (report.memberId !== listed.id) return unhealthy('answers with another member id');
  if (report.leader === 0n) return unhealthy('knows no leader');
  if (report.leader !== facts.leaderId || report.term !== facts.term) {
    return unhealthy('follows an older leader');
  }
  const lag = facts.leaderIndex - report.raftAppliedIndex;
  if (lag > reconcileLimits.lagEntriesMax) return unhealthy(`${lag} entries behind the leader`);
  if (report.alarms.includes('CORRUPT')) return unhealthy('alarm CORRUPT');
  return { isHealthy: true };
}

function unhealthy(reason: string): Health {
  return { isHealthy: false, reason };
}
