import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { AutoCompaction } from '../config/config.ts';
import { limits } from '../config/limits.ts';
import type {
  InternalRaftRequestInit,
  LeaseCheckpointInit,
} from '../proto/generated/etcdserverpb.ts';
import { type Compactor, createCompactor } from './auto-compaction.ts';

/** Leases as the duties see them: expiry clocks run on the leader only. */
export interface ExpiringLeases {
  promote(extendMs: number, nowMs: number): void;
  demote(): void;
  /** At most `limit` leases whose time is over; they are not named again before `retryMs`. */
  expired(nowMs: number, limit: number, retryMs: number): readonly bigint[];
  /** At most `limit` leases of which the others are to be told what is left. */
  dueCheckpoints(nowMs: number, limit: number): readonly LeaseCheckpointInit[];
}

export type LeaderDutiesParts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly leases: () => ExpiringLeases;
  readonly isLeader: () => boolean;
  readonly ensureLeadership: () => Promise<boolean>;
  readonly term: () => number;
  /** Refused unless this member leads in that term: what was decided in an older one is void. */
  readonly proposeAsLeader: (request: InternalRaftRequestInit, term: number) => Promise<unknown>;
  readonly currentRevision: () => number;
  readonly electionTimeoutMs: number;
  /** A revoke that brought no answer within this time is proposed again. */
  readonly requestTimeoutMs: number;
  readonly autoCompaction: AutoCompaction;
  readonly onLeaseExpired: (count: number) => void;
};

/** etcd looks for expired leases at this step, and takes at most so many of them. */
const EXPIRY_STEP_MS = 500;
const EXPIRED_PER_STEP_MAX = 500;

/** What only a leader does: lease expiry and auto-compaction. */
export class LeaderDuties {
  readonly #parts: LeaderDutiesParts;
  readonly #stops: (() => void)[] = [];
  #checkingLeases = false;
  #tellingLeases = false;

  constructor(parts: LeaderDutiesParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock } = this.#parts;
    const step = (): void => {
      void this.#revokeExpired();
      void this.#checkpointLeases();
    };
    this.#stops.push(clock.every(EXPIRY_STEP_MS, step));
    const revision = this.#parts.currentRevision();
    const compactor = createCompactor(this.#parts.autoCompaction, clock.monotonicMs(), revision);
    if (compactor === undefined) return;
    this.#stops.push(clock.every(compactor.stepMs, () => void this.#compact(compactor)));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops.length = 0;
  }

  /**
   * The first entry of this member's own term was applied: from here it owns the leases' clocks.
   */
  leadershipStarted(): void {
    this.#parts.leases().promote(this.#parts.electionTimeoutMs, this.#parts.clock.monotonicMs());
  }

  leadershipEnded(): void {
    this.#parts.leases().demote();
  }

  /**
   * Revokes are proposed only by a member that just confirmed that it leads, and are never
   * forwarded. They hold for the term in which the lease expired here: a leader that stood still,
   * lost an election and won the next one finds leases that were kept alive elsewhere among those
   * it once thought expired (etcd issue 15247).
   */
  async #revokeExpired(): Promise<void> {
    if (this.#checkingLeases || !this.#parts.isLeader()) return;
    this.#checkingLeases = true;
    try {
      const nowMs = this.#parts.clock.monotonicMs();
      const { requestTimeoutMs } = this.#parts;
      const leases = this.#parts.leases();
      const term = this.#parts.term();
      const expired = leases.expired(nowMs, EXPIRED_PER_STEP_MAX, requestTimeoutMs);
      if (expired.length === 0 || !(await this.#parts.ensureLeadership())) return;
      await this.#revokeAll([...expired], term);
    } finally {
      this.#checkingLeases = false;
    }
  }

  async #revokeAll(pending: bigint[], term: number): Promise<void> {
    const worker = async (): Promise<void> => {
      while (this.#parts.term() === term) {
        const id = pending.shift();
        if (id === undefined) return;
        await this.#revoke(id, term);
      }
    };
    const workers = Math.min(limits.leaseRevokesInFlightMax, pending.length);
    await Promise.all(Array.from({ length: workers }, worker));
  }

  async #revoke(id: bigint, term: number): Promise<void> {
    try {
      await this.#parts.proposeAsLeader({ leaseRevoke: { ID: id } }, term);
      this.#parts.onLeaseExpired(1);
    } catch (error) {
      this.#parts.log.warn('failed to revoke an expired lease; it will be tried again', {
        lease: id.toString(16),
        error,
      });
    }
  }

  /** Tells the others what is left of long leases, one entry after the other. */
  async #checkpointLeases(): Promise<void> {
    if (this.#tellingLeases || !this.#parts.isLeader()) return;
    this.#tellingLeases = true;
    const { clock, leases, term, proposeAsLeader, log } = this.#parts;
    const atTerm = term();
    try {
      for (let i = 0; i < limits.leaseCheckpointEntriesPerStep; i += 1) {
        const most = limits.leaseCheckpointsPerEntry;
        const checkpoints = leases().dueCheckpoints(clock.monotonicMs(), most);
        if (checkpoints.length === 0) return;
        if (!(await this.#parts.ensureLeadership())) {
          log.warn("Ignore the checkpoint request because current member isn't a leader");
          return;
        }
        await proposeAsLeader({ leaseCheckpoint: { checkpoints } }, atTerm);
        if (checkpoints.length < most) return;
      }
    } catch (error) {
      log.warn('failed to checkpoint leases', { error });
    } finally {
      this.#tellingLeases = false;
    }
  }

  async #compact(compactor: Compactor): Promise<void> {
    const { clock, log } = this.#parts;
    const due = compactor.due(
      clock.monotonicMs(),
      this.#parts.currentRevision(),
      this.#parts.isLeader(),
    );
    if (due === undefined) return;
    const fields = { revision: due, ...compactor.retention };
    const startMs = clock.monotonicMs();
    const done = (): void => {
      const nowMs = clock.monotonicMs();
      compactor.done(due, nowMs);
      const took = { ...fields, 'took-ms': Math.round(nowMs - startMs) };
      log.info(`completed auto ${compactor.mode} compaction`, took);
    };
    log.info(`starting auto ${compactor.mode} compaction`, fields);
    try {
      await this.#parts.proposeAsLeader({ compaction: { revision: due } }, this.#parts.term());
      done();
    } catch (error) {
      if (error instanceof Error && error.name === 'Compacted') return done();
      const retry = { ...fields, 'retry-interval-ms': compactor.stepMs, error };
      log.warn(`failed auto ${compactor.mode} compaction`, retry);
    }
  }
}
