import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Boot } from './bootstrap/booted.ts';
import { type Config, requestTimeoutMs } from './config/config.ts';
import { CorruptionChecker } from './consensus/corruption-checker.ts';
import { CorruptionMonitor } from './consensus/corruption-monitor.ts';
import type { ConsensusLoop } from './consensus/loop.ts';
import type { LiveState } from './live-state.ts';
import type { MemberSecurity } from './member-security.ts';
import type { Member } from './membership/member.ts';
import { peerHashes } from './peer/peer-hashes.ts';
import { AlarmRequest_AlarmAction, AlarmType } from './proto/generated/etcdserverpb.ts';
import { formatId } from './proto/ids.ts';

export type CorruptionParts = {
  readonly config: Config;
  readonly boot: Pick<Boot, 'memberId' | 'clusterId' | 'isRestart'>;
  readonly state: LiveState;
  readonly security: MemberSecurity;
  readonly log: Log;
};

type Actions = {
  readonly members: () => readonly Member[];
  readonly stopping: AbortSignal;
  readonly raiseAlarm: (member: bigint) => void;
  readonly readBarrier: () => Promise<void>;
};

/** The comparisons that a leader makes. */
export function createCorruptionMonitor(
  parts: CorruptionParts & {
    readonly loop: ConsensusLoop;
    readonly members: () => readonly Member[];
    readonly isLeader: () => boolean;
  },
): { start(): void; stop(): void } {
  const { config, loop, members, isLeader } = parts;
  const { memberId } = parts.boot;
  const log = parts.log.child('corruption');
  const stopping = new AbortController();
  const { signal } = stopping;
  const raiseAlarm = (member: bigint): void => {
    const alarm = {
      action: AlarmRequest_AlarmAction.ACTIVATE,
      memberID: member,
      alarm: AlarmType.CORRUPT,
    };
    loop.propose({ alarm }).catch((error: unknown) => {
      log.warn('failed to raise an alarm', { 'member-id': formatId(member), error });
    });
  };
  const readBarrier = (): Promise<void> => loop.readBarrier(signal);
  const monitor = new CorruptionMonitor({
    memberId,
    clock: systemClock,
    log,
    isLeader,
    periodicMs: config.corruptCheckMs,
    compactHashMs: config.gates.CompactHashCheck ? config.compactHashCheckMs : undefined,
    checks: checkerOf(parts, { members, stopping: signal, raiseAlarm, readBarrier }),
  });
  return {
    start: () => monitor.start(),
    stop: () => {
      monitor.stop();
      stopping.abort();
    },
  };
}

/**
 * With the gate InitialCorruptCheck, before a member that has data serves or votes. Throws when its
 * store is another one than that of a member that answers.
 */
export async function checkAtStart(parts: CorruptionParts): Promise<void> {
  const { config, boot, state } = parts;
  if (!boot.isRestart || !config.gates.InitialCorruptCheck) return;
  const checker = checkerOf(parts, {
    members: () => state.current.membership.members(),
    stopping: new AbortController().signal,
    raiseAlarm: () => {},
    readBarrier: async () => {},
  });
  try {
    await checker.initialCheck();
  } catch (error) {
    parts.log.error('checkInitialHashKV failed', { error });
    throw error;
  }
}

function checkerOf(parts: CorruptionParts, actions: Actions): CorruptionChecker {
  const { config, boot, state, security } = parts;
  const { memberId, clusterId } = boot;
  const common = {
    memberId,
    requestTimeoutMs: requestTimeoutMs(config),
    log: parts.log.child('corruption'),
    ...actions,
  };
  const asking = { ...common, clusterId, dialer: security.dialer };
  return new CorruptionChecker({
    ...common,
    hash: (revision) => state.current.store.hashKv(revision),
    compactionHashes: () => state.current.store.compactionHashes(),
    peerHashes: (revision) => peerHashes(asking, revision),
  });
}
