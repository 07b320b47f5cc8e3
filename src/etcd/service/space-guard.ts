import { hasSpace } from '../alarm/quota.ts';
import type { Consensus } from '../consensus/consensus.ts';
import { EtcdError } from '../errors.ts';
import { AlarmRequest_AlarmAction as Action, AlarmType } from '../proto/generated/etcdserverpb.ts';

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
  #isRaising = false;

  constructor(options: SpaceGuardOptions) {
    this.#options = options;
  }

  /** Throws NoSpace. */
  ensureSpace(cost: number): void {
    const { quotaBytes, sizeBytes } = this.#options;
    if (quotaBytes === undefined || hasSpace(sizeBytes(), cost, quotaBytes)) return;
    this.#raiseAlarm();
    throw new EtcdError('NoSpace');
  }

  /** One attempt at a time; a failed one is repeated by the next refused request. */
  #raiseAlarm(): void {
    const { consensus, hasAlarm } = this.#options;
    if (this.#isRaising || hasAlarm()) return;
    this.#isRaising = true;
    const alarm = {
      action: Action.ACTIVATE,
      memberID: consensus.memberId,
      alarm: AlarmType.NOSPACE,
    };
    const done = (): void => {
      this.#isRaising = false;
    };
    consensus.propose({ alarm }).then(done, done);
  }
}
