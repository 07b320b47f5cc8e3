import { hasSpace } from '../alarm/quota.ts';
import { limits } from '../config/limits.ts';
import type { Consensus } from '../consensus/consensus.ts';
import { assertMayWait, type PendingBound } from '../consensus/pending-bound.ts';
import { EtcdError } from '../errors.ts';
import { AlarmRequest_AlarmAction as Action, AlarmType } from '../proto/generated/etcdserverpb.ts';

/** As for who waits for the log. */
const bound: PendingBound = {
  pendingMax: limits.pendingProposalsMax,
  pendingBytesMax: limits.pendingProposalBytesMax,
};

export type SpaceGuardOptions = {
  readonly consensus: Consensus;
  readonly sizeBytes: () => number;
  /** Undefined: no quota. */
  readonly quotaBytes: number | undefined;
  /** This member's NOSPACE alarm is set already. */
  readonly hasAlarm: () => boolean;
};

/**
 * Refuses what would grow the database beyond its quota before it reaches the log, and raises the
 * alarm that stops all members. The applier checks again: requests race with each other.
 */
export class SpaceGuard {
  readonly #options: SpaceGuardOptions;
  /** The attempt under way; never rejects. */
  #raising: Promise<void> | undefined;
  /** Requests that wait for its end: without a leader that takes as long as any request may. */
  #waiting = 0;
  #waitingCost = 0;

  constructor(options: SpaceGuardOptions) {
    this.#options = options;
  }

  /**
   * Undefined: there is room. Throws NoSpace; or rejects with it, as etcd does, when the alarm has
   * been raised, so that whoever hears of it finds the alarm and all members refuse. Throws
   * RequestTooManyRequests when as many wait for that as may wait for the log.
   */
  ensureSpace(cost: number): Promise<never> | undefined {
    const { quotaBytes, sizeBytes, hasAlarm } = this.#options;
    if (quotaBytes === undefined || hasSpace(sizeBytes(), cost, quotaBytes)) return undefined;
    if (hasAlarm()) throw new EtcdError('NoSpace');
    this.#enter(cost);
    this.#raising ??= this.#raiseAlarm();
    return this.#raising.then(() => {
      throw new EtcdError('NoSpace');
    });
  }

  /** What a request costs is about what it holds in memory. */
  #enter(cost: number): void {
    assertMayWait(bound, this.#waiting, this.#waitingCost, cost);
    this.#waiting += 1;
    this.#waitingCost += cost;
  }

  /** One attempt at a time; a failed one is repeated by the next refused request. */
  async #raiseAlarm(): Promise<void> {
    const { consensus } = this.#options;
    const alarm = {
      action: Action.ACTIVATE,
      memberID: consensus.memberId,
      alarm: AlarmType.NOSPACE,
    };
    await consensus.propose({ alarm }).catch(() => undefined);
    this.#raising = undefined;
    this.#waiting = 0;
    this.#waitingCost = 0;
  }
}
