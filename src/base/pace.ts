import type { Clock } from './clock.ts';

export type PaceParts = {
  readonly clock: Clock;
  /** Gives sockets and timers one turn. */
  readonly yieldToLoop: () => Promise<void>;
  /** Grows with every write of a client. */
  readonly writes: () => number;
  /** Rest for each millisecond that a step took, while clients write. */
  readonly restPerWork: number;
  readonly restMsMax: number;
};

/** Clients that wrote within this time are still writing. */
const writingMs = 100;
/** A timer is not more exact. */
const restMsMin = 1;

/**
 * Background work in steps, between which it rests in proportion to what the last one took, its
 * waits for the disk included: they keep the log waiting, too. While nobody writes it only gives
 * others their turn.
 */
export class Pace {
  readonly #parts: PaceParts;
  #stepMs: number;
  #writes: number;
  #wroteMs = Number.NEGATIVE_INFINITY;

  constructor(parts: PaceParts) {
    this.#parts = parts;
    this.#writes = parts.writes();
    this.#stepMs = parts.clock.monotonicMs();
  }

  /** A step begins only now: what came before was not work. */
  begin(): void {
    this.#stepMs = this.#parts.clock.monotonicMs();
  }

  /** Ends a step; the next one begins when it resolves. Rejects only when `signal` is aborted. */
  async rest(signal?: AbortSignal): Promise<void> {
    const { clock, yieldToLoop, writes, restPerWork, restMsMax } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (writes() !== this.#writes) {
      this.#writes = writes();
      this.#wroteMs = nowMs;
    }
    if (nowMs - this.#wroteMs > writingMs) {
      await yieldToLoop();
    } else {
      const restMs = (nowMs - this.#stepMs) * restPerWork;
      await clock.after(Math.min(Math.max(restMs, restMsMin), restMsMax), signal);
    }
    this.begin();
  }
}
