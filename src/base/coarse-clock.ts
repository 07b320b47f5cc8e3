import type { Clock } from './clock.ts';

/** Asks that one reading of the clock may answer. */
const asksPerReading = 64;

const now = Promise.resolve();

/** A microtask is cheaper than an immediate, of which a single small request would notice. */
function afterThisCallback(work: () => void): void {
  void now.then(work);
}

/**
 * Monotonic time for who asks twice per request. Reading the clock costs as much as a good part of
 * a small request, so one reading serves several asks within one callback of the event loop, such
 * as that of what a socket has brought: what it says is at most that much work old. Longer work
 * asks for the exact time.
 */
export class CoarseClock {
  readonly #clock: Clock;
  readonly #afterThis: (work: () => void) => void;
  readonly #forget = (): void => {
    this.#asksLeft = 0;
    this.#isWatched = false;
  };
  #nowMs = 0;
  #asksLeft = 0;
  #isWatched = false;

  constructor(clock: Clock, afterThis: (work: () => void) => void = afterThisCallback) {
    this.#clock = clock;
    this.#afterThis = afterThis;
  }

  nowMs(): number {
    if (this.#asksLeft === 0) return this.exactMs();
    this.#asksLeft -= 1;
    return this.#nowMs;
  }

  exactMs(): number {
    this.#nowMs = this.#clock.monotonicMs();
    this.#asksLeft = asksPerReading;
    if (!this.#isWatched) {
      this.#isWatched = true;
      this.#afterThis(this.#forget);
    }
    return this.#nowMs;
  }
}
