import type { AutoCompaction } from '../config/config.ts';

const HOUR_MS = 3_600_000;
/** etcd's step in revision mode. */
const REVISION_INTERVAL_MS = 5 * 60_000;
/** Samples per compaction interval in periodic mode. */
const SAMPLES_PER_INTERVAL = 10;

export type Compactor = {
  /** How often `due` wants to be asked. */
  readonly stepMs: number;
  /** For the log, as etcd names it. */
  readonly mode: 'periodic' | 'revision';
  readonly retention: Readonly<Record<string, number>>;
  /** The revision to compact at now, or undefined. */
  due(nowMs: number, currentRevision: number, leads: boolean): number | undefined;
  /** Tells that the compaction at `revision` was done (or had been done by somebody else). */
  done(revision: number, nowMs: number): void;
};

/** etcd's retention rules. Every member samples; only the leader compacts, so a new leader knows the past too. */
export function createCompactor(
  setting: AutoCompaction,
  startMs: number,
  startRevision: number,
): Compactor | undefined {
  switch (setting.kind) {
    case 'off':
      return undefined;
    case 'revision':
      return revisionCompactor(setting.retentionRevisions);
    case 'periodic':
      return periodicCompactor(setting.retentionMs, startMs, startRevision);
  }
}

function revisionCompactor(revisions: number): Compactor {
  let last = 0;
  return {
    stepMs: REVISION_INTERVAL_MS,
    mode: 'revision',
    retention: { 'revision-compaction-retention': revisions },
    due: (_nowMs, currentRevision, leads) => {
      const revision = currentRevision - revisions;
      return leads && revision > 0 && revision !== last ? revision : undefined;
    },
    done: (revision) => {
      last = revision;
    },
  };
}

/**
 * Keeps what is younger than the period: a revision sampled at least one whole period ago is
 * compacted, at most once per min(period, 1 h), the first time only after one full period.
 */
function periodicCompactor(periodMs: number, startMs: number, startRevision: number): Compactor {
  const intervalMs = Math.min(periodMs, HOUR_MS);
  const stepMs = intervalMs / SAMPLES_PER_INTERVAL;
  const samplesMax = Math.floor(periodMs / stepMs) + 1;
  const samples = [startRevision];
  let waitMs = periodMs;
  let lastSuccessMs = startMs;
  let last = 0;
  return {
    stepMs,
    mode: 'periodic',
    retention: { 'compact-period-ms': periodMs },
    due: (nowMs, currentRevision, leads) => {
      const oldest = samples[0] ?? 0;
      samples.push(currentRevision);
      if (samples.length > samplesMax) samples.shift();
      if (!leads || nowMs - lastSuccessMs < waitMs || oldest === last) return undefined;
      return oldest;
    },
    done: (revision, nowMs) => {
      last = revision;
      lastSuccessMs = nowMs;
      waitMs = intervalMs;
    },
  };
}
