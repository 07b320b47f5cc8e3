import type { Clock } from '../base/clock.ts';
import { requestTimeoutMs } from './config/config.ts';
import { LeaderDuties } from './consensus/leader-duties.ts';
import type { ConsensusLoop } from './consensus/loop.ts';
import { type CorruptionParts, createCorruptionMonitor } from './member-corruption.ts';
import { createVersionMonitor } from './member-versions.ts';
import type { Member } from './membership/member.ts';
import type { EtcdMetrics } from './metrics/etcd-metrics.ts';
import type { InternalRaftRequestInit } from './proto/generated/etcdserverpb.ts';
import type { Raft } from './raft/raft.ts';
import { asRoot } from './service/access.ts';

export type MemberDutiesParts = CorruptionParts & {
  readonly raft: Raft;
  readonly loop: ConsensusLoop;
  readonly members: () => readonly Member[];
  readonly metrics: EtcdMetrics;
  readonly clock: Clock;
};

/** What a member does by itself, and most of it only while it leads. */
export type MemberDuties = {
  start(): void;
  stop(): void;
  /** The first entry of this member's own term was applied. */
  leadershipStarted(): void;
  leadershipEnded(): void;
};

export function createDuties(parts: MemberDutiesParts): MemberDuties {
  const { config, state, raft, loop, members, metrics, clock, log } = parts;
  const isLeader = (): boolean => raft.role === 'leader';
  const proposeAsLeader = (request: InternalRaftRequestInit, term: number): Promise<unknown> =>
    loop.proposeAsLeader(asRoot(state.current.auth, request), term);
  const duties = new LeaderDuties({
    clock,
    log: log.child('leader'),
    leases: () => state.current.lessor,
    isLeader,
    ensureLeadership: () => loop.ensureLeadership(),
    term: () => raft.term,
    proposeAsLeader,
    currentRevision: () => state.current.store.currentRevision,
    electionTimeoutMs: config.electionTimeoutMs,
    requestTimeoutMs: requestTimeoutMs(config),
    autoCompaction: config.autoCompaction,
    onLeaseExpired: (count) => metrics.server.leaseExpired.inc(count),
  });
  const versions = createVersionMonitor({
    memberId: parts.boot.memberId,
    state,
    raft,
    members,
    proposeAsLeader,
    dialer: parts.security.dialer,
    downgradeCheckMs: config.downgradeCheckMs,
    clock,
    log: log.child('version'),
  });
  const corruption = createCorruptionMonitor({ ...parts, isLeader });
  const all = [duties, versions, corruption];
  return {
    start: () => all.forEach((each) => each.start()),
    stop: () => all.forEach((each) => each.stop()),
    leadershipStarted: () => {
      duties.leadershipStarted();
      versions.leadershipStarted();
    },
    leadershipEnded: () => duties.leadershipEnded(),
  };
}
