import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { StateOptions } from './apply/state.ts';
import type { CommitMeter } from './backend/lmdb-backend.ts';
import { LeaseCounts } from './lease/lessor.ts';
import type { EtcdMetrics } from './metrics/etcd-metrics.ts';
import { StoreCounts } from './mvcc/store.ts';

/** What the state machine and its files report for metrics; it outlives a state that is replaced. */
export class StateMeter {
  readonly commits: CommitMeter;
  readonly stateOptions: Pick<StateOptions, 'counts' | 'compactionMeter' | 'leaseMeter'>;
  readonly #metrics: EtcdMetrics;
  readonly #clock: Clock;

  constructor(metrics: EtcdMetrics, clock: Clock) {
    this.#metrics = metrics;
    this.#clock = clock;
    const { disk, store } = metrics;
    this.commits = {
      clock,
      committed: (seconds) => disk.backendCommitSeconds.observe(seconds),
    };
    this.stateOptions = {
      counts: new StoreCounts(),
      compactionMeter: {
        // Whole milliseconds, as etcd's.
        paused: (ms) => store.compactionPauseMs.observe(Math.trunc(ms)),
        ended: (ms, deletedCount) => {
          store.compactionMs.observe(Math.trunc(ms));
          store.compactedKeys.inc(deletedCount);
          store.lastCompaction.set(Math.floor(clock.wallMs() / 1_000));
        },
      },
      leaseMeter: {
        counts: new LeaseCounts(),
        granted: (ttlSeconds) => store.leaseTtlSeconds.observe(ttlSeconds),
      },
    };
  }

  /** Returns what to call when it has ended. */
  defragmentStarted(): () => void {
    const { defragInflight, defragSeconds } = this.#metrics.disk;
    defragInflight.set(1);
    const ended = this.#secondsSince();
    return () => {
      defragInflight.set(0);
      defragSeconds.observe(ended());
    };
  }

  /** The whole state was hashed, or the history up to a revision. */
  hashedWhole(seconds: number): void {
    this.#metrics.store.hashSeconds.observe(seconds);
  }

  hashedHistory(seconds: number): void {
    this.#metrics.store.hashRevisionSeconds.observe(seconds);
  }

  /** The whole state is being read out; returns what to call when that has ended. */
  snapshotStarted(): () => void {
    const seconds = this.#secondsSince();
    return () => this.#metrics.disk.backendSnapshotSeconds.observe(seconds());
  }

  /** The state is being forced to the disk. */
  async synced(work: Promise<void>): Promise<void> {
    const { snapFsyncSeconds, snapSaveSeconds } = this.#metrics.disk;
    const seconds = this.#secondsSince();
    await work;
    snapFsyncSeconds.observe(seconds());
    snapSaveSeconds.observe(seconds());
  }

  /** A leader's state arrives in a file; `store` calls what it is given around the file's sync. */
  async received(store: (syncing: () => () => void) => Promise<unknown>): Promise<void> {
    const { snapDbSaveSeconds, snapDbFsyncSeconds } = this.#metrics.disk;
    const whole = this.#secondsSince();
    await store(() => {
      const seconds = this.#secondsSince();
      return () => snapDbFsyncSeconds.observe(seconds());
    });
    snapDbSaveSeconds.observe(whole());
  }

  /** A received state takes the place of the old one. */
  async replacing<T>(work: Promise<T>): Promise<T> {
    const { snapshotApplying } = this.#metrics.server;
    snapshotApplying.inc();
    try {
      return await work;
    } finally {
      snapshotApplying.dec();
    }
  }

  #secondsSince(): () => number {
    const startMs = this.#clock.monotonicMs();
    return () => (this.#clock.monotonicMs() - startMs) / 1_000;
  }
}

/** Open files of this process and how many it may have; undefined where the system does not say. */
export function fileDescriptors(): { readonly used: number; readonly limit: number } | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
    return { used: readdirSync('/proc/self/fd').length, limit };
  } catch {
    return undefined;
  }
}
