import type { Condition } from '../api/etcd-cluster.ts';
import type { StepInput, StepOutcome } from '../reconcile/outcome.ts';
import { type Picture, voters } from '../reconcile/picture.ts';

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * Available: a quorum answers, clients can read and write. Progressing: the operator is changing
 * something or waits to. Degraded: fewer failures can be survived than the size promises.
 */
export function conditionsOf(
  input: StepInput,
  picture: Picture,
  outcome: StepOutcome,
  now: string,
): readonly Condition[] {
  const verdicts = [available(picture), progressing(outcome), degraded(picture, outcome)];
  const { status, metadata } = input.cluster;
  return verdicts.map((verdict) => {
    const before = status?.conditions.find(({ type }) => type === verdict.type);
    const isSame = before?.status === verdict.status;
    return {
      ...verdict,
      observedGeneration: metadata.generation,
      lastTransitionTime: isSame ? before.lastTransitionTime : now,
    };
  });
}

function available(picture: Picture): Verdict {
  const type = 'Available';
  if (!picture.hasFormed) {
    return { type, status: 'False', reason: 'NotFormed', message: 'the cluster is being formed' };
  }
  if (picture.list === undefined || picture.leader === undefined) {
    const message = 'no quorum of members answers';
    return { type, status: 'False', reason: 'QuorumLost', message };
  }
  const message = `${picture.leader.name} leads ${voters(picture).length} voters`;
  return { type, status: 'True', reason: 'ClusterAvailable', message };
}

function progressing(outcome: StepOutcome): Verdict {
  const type = 'Progressing';
  switch (outcome.then) {
    case 'continue':
      return { type, status: 'False', reason: 'ClusterStable', message: 'as specified' };
    case 'act': {
      const message = outcome.actions
        .map(({ kind }) => kind)
        .filter((kind) => kind !== 'emit-event');
      return {
        type,
        status: 'True',
        reason: outcome.reason,
        message: [...new Set(message)].join(', '),
      };
    }
    case 'wait': {
      const isActive = outcome.reason !== 'Paused' && outcome.reason !== 'WaitingForQuorum';
      const status = isActive ? 'True' : 'False';
      return { type, status, reason: outcome.reason, message: outcome.message };
    }
    case 'fail':
      return { type, status: 'False', reason: outcome.reason, message: outcome.message };
  }
}

function degraded(picture: Picture, outcome: StepOutcome): Verdict {
  const type = 'Degraded';
  if (!picture.hasFormed) {
    return { type, status: 'Unknown', reason: 'NotFormed', message: 'the cluster is being formed' };
  }
  if (outcome.then === 'fail') {
    return { type, status: 'True', reason: outcome.reason, message: outcome.message };
  }
  if (picture.list === undefined || picture.leader === undefined) {
    const message = 'no quorum of members answers';
    return { type, status: 'True', reason: 'QuorumLost', message };
  }
  const ill = voters(picture).flatMap(({ name, health }) =>
    health.isHealthy ? [] : [`${name}: ${health.reason}`],
  );
  if (ill.length > 0) {
    return { type, status: 'True', reason: 'MembersUnhealthy', message: ill.join('; ') };
  }
  const message = 'all voters are healthy';
  return { type, status: 'False', reason: 'ClusterHealthy', message };
}
