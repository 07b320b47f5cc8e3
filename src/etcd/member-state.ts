import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { quotaNotices } from './alarm/quota.ts';
import type { DataDir } from './bootstrap/data-dir.ts';
import type { Config } from './config/config.ts';
import { limits } from './config/limits.ts';
import type { Disk } from './io/disk.ts';
import { LiveState } from './live-state.ts';
import type { MemberAuth } from './member-auth.ts';
import type { StateMeter } from './state-meter.ts';

export type OpenStateParts = {
  readonly config: Config;
  readonly dir: DataDir;
  readonly disk: Disk;
  readonly auth: MemberAuth;
  readonly meter: StateMeter;
  readonly log: Log;
};

/** The member's state as it is on disk, made smaller first where the flags ask for it. */
export async function openState(parts: OpenStateParts): Promise<LiveState> {
  const { config, dir, disk, auth, meter, log } = parts;
  for (const { level, message, fields } of quotaNotices(config.quotaSetting)) {
    log[level](message, fields);
  }
  const state = await LiveState.open({
    dir,
    disk,
    isSynced: config.isSynced,
    clock: systemClock,
    log: log.child('state'),
    leaseTtlSecondsMin: Math.ceil((1.5 * config.electionTimeoutMs) / 1_000),
    leaseCheckpoints: {
      intervalMs: config.gates.LeaseCheckpoint ? limits.leaseCheckpointMs : undefined,
      areStored: config.gates.LeaseCheckpointPersist,
    },
    quotaBytes: config.quotaBytes,
    learnersMax: config.learnersMax,
    tokens: auth.simpleTokens,
    meter,
  });
  const { defragmentAboveBytes } = config;
  if (defragmentAboveBytes > 0) await state.defragmentAbove(defragmentAboveBytes);
  return state;
}
