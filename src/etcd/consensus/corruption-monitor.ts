import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { formatId } from '../proto/ids.ts';

export type CorruptionMonitorParts = {
  readonly memberId: bigint;
  readonly clock: Clock;
  readonly log: Log;
  readonly isLeader: () => boolean;
  /** Between the comparisons of whole stores; 0: none. */
  readonly periodicMs: number;
  /** Between the comparisons of compactions; undefined: none. */
  readonly compactHashMs: number | undefined;
  readonly checks: {
    periodicCheck(): Promise<void>;
    compactHashCheck(): Promise<void>;
  };
};

/** When a leader compares the members' stores. Every member counts the time; only a leader asks. */
export class CorruptionMonitor {
  readonly #parts: CorruptionMonitorParts;
  readonly #stopping = new AbortController();
  #stopPeriodic: () => void = () => {};
  #checking = false;

  constructor(parts: CorruptionMonitorParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, log, memberId, periodicMs, compactHashMs } = this.#parts;
    if (periodicMs > 0) {
      log.info('enabled corruption checking', {
        'local-member-id': formatId(memberId),
        'interval-ms': periodicMs,
      });
      this.#stopPeriodic = clock.every(periodicMs, () => void this.#checkPeriodically());
    }
    if (compactHashMs !== undefined) void this.#checkCompactions(compactHashMs);
  }

  stop(): void {
    this.#stopPeriodic();
    this.#stopping.abort();
  }

  /** A tick within a check that takes longer is left out. */
  async #checkPeriodically(): Promise<void> {
    if (this.#checking || !this.#parts.isLeader()) return;
    this.#checking = true;
    try {
      await this.#parts.checks.periodicCheck();
    } catch (error) {
      this.#warn('failed to check hash KV', error);
    } finally {
      this.#checking = false;
    }
  }

  /** The time counts from the end of the last check. */
  async #checkCompactions(everyMs: number): Promise<void> {
    const { clock, isLeader, checks } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.after(everyMs, signal).catch(() => {});
      if (signal.aborted || !isLeader()) continue;
      await checks
        .compactHashCheck()
        .catch((error: unknown) => this.#warn('failed to check compaction hashes', error));
    }
  }

  #warn(message: string, error: unknown): void {
    if (!this.#stopping.signal.aborted) this.#parts.log.warn(message, { error });
  }
}
