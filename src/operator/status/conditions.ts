import type { Condition } from '../api/etcd-cluster.ts';
import type { StorageWarning } from '../reconcile/observed.ts';
import type { StepInput, StepOutcome } from '../reconcile/outcome.ts';
import { type Picture, voters } from '../reconcile/picture.ts';

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * Available: a quorum answers, clients can read and write. Progressing: the operator is changing
 * something or waits to. Degraded: fewer failures can be survived than the size promises.
 * StorageHealthy: no member finds a fault with the file system or disk that it is on.
 */
export function conditionsOf(
  input: StepInput,
  picture: Picture,
  outcome: StepOutcome,
  now: string,
): readonly Condition[] {
  const verdicts = [
    available(picture),
    progressing(outcome),
    degraded(picture, outcome),
    storageHealthy(input),
  ];
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

/** Members say it on the streams that fast failover keeps to them; without those nobody knows. */
function storageHealthy({ cluster, observed }: StepInput): Verdict {
  const type = 'StorageHealthy';
  const reports = observed.streams.flatMap(({ memberName, last }) =>
    last === undefined ? [] : [{ memberName, warnings: last.storageWarnings }],
  );
  if (reports.length === 0) {
    const message = 'no member has said anything about its storage';
    return { type, status: 'Unknown', reason: 'NotReported', message };
  }
  const isMeant = ({ name }: StorageWarning): boolean =>
    name === 'memory' && cluster.spec.storageSpec.medium === 'Memory';
  const found = reports.flatMap(({ memberName, warnings }) =>
    warnings.filter((warning) => !isMeant(warning)).map((warning) => ({ memberName, ...warning })),
  );
  if (found.length === 0) {
    const message = 'no member finds a fault with its storage';
    return { type, status: 'True', reason: 'NoWarnings', message };
  }
  const names = new Set(found.map(({ name }) => name));
  const [first = ''] = names;
  const reason = names.size === 1 ? camelCase(first) : 'SeveralWarnings';
  const message = found
    .map(({ memberName, message: text }) => `${memberName}: ${text.slice(0, warningCharsMax)}`)
    .sort()
    .join('; ');
  return { type, status: 'False', reason, message };
}

const warningCharsMax = 500;

/** Kubernetes' form of a reason: `slow-disk` is `SlowDisk`. */
function camelCase(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
