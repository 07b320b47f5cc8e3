import { optionValue } from '../../api/rules.ts';
import { failoverBounds } from '../../failover/bounds.ts';
import { chooseCandidate } from '../../failover/choose-candidate.ts';
import { examineLeader } from '../../failover/evidence.ts';
import { failoverDelayMs } from '../../failover/rate-limit.ts';
import type { FailoverReport, ListedMember, ObservedStream } from '../observed.ts';
import type { StepInput, StepOutcome } from '../outcome.ts';
import { quorumOf } from '../picture.ts';

const heartbeatMsDefault = 100;

/**
 * A dead leader costs its followers an election timeout before they stand for election. When the
 * evidence is clear the operator asks the survivors to forget it and one of them to campaign, so
 * that writes go on after a round trip. It cannot break safety: the election is an ordinary one.
 *
 * It looks at streams, instances and the last known member list only, so an edge can run it by
 * itself the moment a stream breaks, without asking members that may not answer. Acts only when a
 * quorum of voters survives and still follows that leader in that term.
 */
export function forgetDeadLeader(input: StepInput): StepOutcome {
  const { cluster, observed, nowMs, settings } = input;
  if (!cluster.spec.fastFailover.enabled || !settings.fastFailover) return { then: 'continue' };
  const list = lastKnownList(input);
  if (list === undefined) return { then: 'continue' };
  const heartbeatMs = heartbeatOf(cluster.spec.etcdOptions);
  const votersListed = list.filter(({ isLearner }) => !isLearner);
  const quorum = quorumOf(votersListed.length);
  const watched = watchedVoters(votersListed, observed.streams, heartbeatMs, nowMs);
  const suspect = suspectOf(watched);
  if (suspect === undefined) return { then: 'continue' };
  const { leaderId, term } = suspect;
  const survivors = watched.filter(
    ({ report }) => report.memberId !== leaderId && report.term === term,
  );
  // One may have forgotten already (an attempt that went half way); none may follow another.
  if (survivors.some(({ report }) => report.leader !== leaderId && report.leader !== 0n)) {
    return { then: 'continue' };
  }
  if (survivors.length < quorum) return { then: 'continue' };
  const streamOfLeader = observed.streams.findLast(({ last }) => last?.memberId === leaderId);
  const verdict = examineLeader(
    {
      memberId: leaderId,
      term,
      stream: streamOfLeader,
      instance: observed.instances.find(({ uid }) => uid === streamOfLeader?.instanceUid),
    },
    survivors.map(({ report }) => report),
    quorum,
    heartbeatMs,
    nowMs,
  );
  if (!verdict.isDead) return { then: 'continue' };
  const delay = failoverDelayMs(observed.failovers, { leader: leaderId, term }, nowMs);
  if (delay === undefined) return { then: 'continue' };
  if (delay > 0) {
    if (delay > failoverBounds.attemptIntervalMs) return { then: 'continue' };
    return { then: 'wait', ms: delay, reason: 'FailingOver', message: 'next attempt is due soon' };
  }
  const leaderName = list.find(({ id }) => id === leaderId)?.name ?? '';
  return forget(leaderName, suspect, verdict.evidence, survivors, quorum - 1);
}

type Suspect = { readonly leaderId: bigint; readonly term: number };

function forget(
  leaderName: string,
  { leaderId, term }: Suspect,
  evidence: string,
  survivors: readonly Watched[],
  needed: number,
): StepOutcome {
  const candidate = chooseCandidate(survivors);
  if (candidate === undefined) return { then: 'continue' };
  const forgetters = survivors.filter((one) => one !== candidate).map(({ name }) => name);
  const message =
    `leader ${leaderName} (${leaderId.toString(16)}, term ${term}) is dead: ${evidence}; ` +
    `${[candidate.name, ...forgetters].join(', ')} forgot it, ${candidate.name} campaigns`;
  return {
    then: 'act',
    reason: 'FailingOver',
    actions: [
      {
        kind: 'forget-leader',
        leaderName,
        leaderId,
        term,
        evidence,
        candidate: candidate.name,
        forgetters,
        needed,
      },
      { kind: 'emit-event', type: 'Warning', reason: 'LeaderForgotten', message },
    ],
  };
}

type Watched = { readonly name: string; readonly report: FailoverReport };

/** Voters whose stream stands and whose last word is recent. */
function watchedVoters(
  listed: readonly ListedMember[],
  streams: readonly ObservedStream[],
  heartbeatMs: number,
  nowMs: number,
): readonly Watched[] {
  const ageMax = failoverBounds.reportHeartbeatsMax * heartbeatMs;
  return streams.flatMap(({ memberName, state, last }) => {
    if (state.kind !== 'connected' || last === undefined) return [];
    if (nowMs - last.receivedMs > ageMax) return [];
    if (!listed.some(({ id }) => id === last.memberId)) return [];
    return [{ name: memberName, report: last }];
  });
}

/** The leader that members of the newest term follow, other than itself. */
function suspectOf(watched: readonly Watched[]): Suspect | undefined {
  const term = Math.max(0, ...watched.map(({ report }) => report.term));
  const follower = watched.find(
    ({ report }) =>
      report.term === term && report.leader !== 0n && report.leader !== report.memberId,
  );
  return follower && { leaderId: follower.report.leader, term };
}

/**
 * With the leader dead nobody can confirm a list, so any member's own is good enough here: the
 * election itself decides by the true configuration, a wrong list can only make it fail.
 */
function lastKnownList(input: StepInput): readonly ListedMember[] | undefined {
  let best: { index: number; members: readonly ListedMember[] } | undefined;
  for (const view of input.observed.views) {
    if (view.kind !== 'reported' || view.report.memberList === undefined) continue;
    const index = view.report.raftAppliedIndex;
    if (best === undefined || index > best.index) {
      best = { index, members: view.report.memberList.members };
    }
  }
  return best?.members;
}

function heartbeatOf(options: readonly string[]): number {
  const value = Number(optionValue(options, 'heartbeat-interval'));
  return Number.isInteger(value) && value > 0 ? value : heartbeatMsDefault;
}
