import type { Clock } from './clock.ts';
import { atEndOfTurn } from './end-of-turn.ts';

/** Asks that one reading of the clock may answer. */
const asksPerReading = 16;

/**
 * Monotonic time for who asks twice per request. Reading the clock costs as much as a good part of
 * a small request, so one reading serves several asks within one turn of the event loop: what it
 * says is at most that much work old. Longer work asks for the exact time.
 */
export class CoarseClock {
  readonly #clock: Clock;
  readonly #atEndOfTurn: (work: () => void) => void;
  readonly #forget = (): void => {
    this.#asksLeft = 0;
    this.#isWatched = false;
  };
  #nowMs = 0;
  #asksLeft = 0;
  #isWatched = false;

  constructor(clock: Clock, endOfTurn: (work: () => void) => void = atEndOfTurn) {
    this.#clock = clock;
    this.#atEndOfTurn = endOfTurn;
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
      this.#atEndOfTurn(this.#forget);
    }
    return this.#nowMs;
  }
}
