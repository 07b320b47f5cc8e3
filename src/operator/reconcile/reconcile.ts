import { statusOf } from '../status/status.ts';
import type { Action } from './action.ts';
import { reconcileLimits } from './limits.ts';
import type { ReconcileResult, StepInput, StepOutcome } from './outcome.ts';
import { pictureOf } from './picture.ts';
import { awaitHealth } from './steps/await-health.ts';
import { awaitRecord } from './steps/await-record.ts';
import { bootstrapMembers } from './steps/bootstrap-members.ts';
import { deleteCluster } from './steps/delete-cluster.ts';
import { ensureDisruptionBudget } from './steps/ensure-disruption-budget.ts';
import { ensureServices } from './steps/ensure-services.ts';
import { ensureVolumes } from './steps/ensure-volumes.ts';
import { forgetDeadLeader } from './steps/forget-dead-leader.ts';
import { pause } from './steps/pause.ts';
import { promoteLearner } from './steps/promote-learner.ts';
import { removeLeftovers } from './steps/remove-leftovers.ts';
import { replaceLost } from './steps/replace-lost.ts';
import { requireQuorum } from './steps/require-quorum.ts';
import { restartBootstrap } from './steps/restart-bootstrap.ts';
import { restoreWorkloads } from './steps/restore-workloads.ts';
import { rollOut, rollOutStopped } from './steps/roll-out.ts';
import { scaleMembers } from './steps/scale-members.ts';
import type { PlanInput, Step } from './steps/step.ts';
import { trackVolumes } from './steps/track-volumes.ts';

/**
 * The order is the policy. First what must not wait (a dead leader), then what disturbs nobody,
 * then what needs no quorum; past `requireQuorum`, unfinished work before new work: leftovers,
 * lost members, half-added members, then size, then template.
 */
const steps: readonly Step[] = [
  deleteCluster,
  pause,
  forgetDeadLeader,
  ensureServices,
  ensureDisruptionBudget,
  restartBootstrap,
  trackVolumes,
  bootstrapMembers,
  awaitRecord,
  rollOutStopped,
  restoreWithoutQuorum,
  requireQuorum,
  removeLeftovers,
  replaceLost,
  restoreWorkloads,
  promoteLearner,
  scaleMembers,
  rollOut,
  ensureVolumes,
  awaitHealth,
];

/** One pass: the first step that wants something decides, the status is always computed. */
export function reconcile(input: StepInput): ReconcileResult {
  const plan: PlanInput = { ...input, picture: pictureOf(input) };
  const outcome = firstOutcome(plan, steps);
  const status = statusOf(plan, outcome);
  const actions = [...(outcome.then === 'act' ? outcome.actions : []), ...notices(input, outcome)];
  return { actions, status, requeueAfterMs: requeueAfterMs(outcome), outcome };
}

/**
 * Only the failover step, for an edge that has just seen a stream break: `observed` may be the
 * last one with fresh streams and instances; nothing else of it is looked at but the member list.
 */
export function reconcileFailover(input: StepInput): StepOutcome {
  return firstOutcome(input, [deleteCluster, pause, forgetDeadLeader]);
}

function firstOutcome<Input>(
  input: Input,
  candidates: readonly ((input: Input) => StepOutcome)[],
): StepOutcome {
  for (const step of candidates) {
    const outcome = step(input);
    if (outcome.then !== 'continue') return outcome;
  }
  return { then: 'continue' };
}

/** Workloads somebody deleted come back even when, or just because, the quorum went with them. */
function restoreWithoutQuorum(input: PlanInput): StepOutcome {
  const outcome = requireQuorum(input);
  return outcome.then === 'wait' ? restoreWorkloads(input) : { then: 'continue' };
}

function requeueAfterMs(outcome: StepOutcome): number {
  switch (outcome.then) {
    case 'act':
      return 0;
    case 'wait':
      return outcome.ms;
    case 'continue':
    case 'fail':
      return reconcileLimits.stableWaitMs;
  }
}

/** Events that report a state and not an action; each is made once, when the state begins. */
function notices({ cluster }: StepInput, outcome: StepOutcome): readonly Action[] {
  const { metadata, spec, status } = cluster;
  const found: Action[] = [];
  const progressing = status?.conditions.find(({ type }) => type === 'Progressing');
  const isNewGeneration = status?.observedGeneration !== metadata.generation;
  if (isNewGeneration && spec.size % 2 === 0 && !metadata.isBeingDeleted) {
    found.push({
      kind: 'emit-event',
      type: 'Warning',
      reason: 'EvenSize',
      message: `${spec.size} members survive no more failures than ${spec.size - 1}`,
    });
  }
  if (outcome.then === 'fail' && progressing?.message !== outcome.message) {
    found.push({
      kind: 'emit-event',
      type: 'Warning',
      reason: 'Refused',
      message: outcome.message,
    });
  }
  if (
    outcome.then === 'wait' &&
    outcome.reason === 'Paused' &&
    progressing?.reason !== outcome.reason
  ) {
    found.push({ kind: 'emit-event', type: 'Normal', reason: 'Paused', message: outcome.message });
  }
  return found;
}
