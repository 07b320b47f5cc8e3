import type { Clock } from '../../src/base/clock.ts';

type Timer = { dueMs: number; readonly everyMs: number | undefined; readonly run: () => void };

/** A clock that stands still until the test moves it. Timers fire in the order they are due. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs = 1_000) {
    this.#nowMs = startMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** Waits that are under way. */
  get timerCount(): number {
    return this.#timers.size;
  }

  after(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const timer = { dueMs: this.#nowMs + ms, everyMs: undefined, run: () => resolve() };
      this.#timers.add(timer);
      signal?.addEventListener('abort', () => {
        this.#timers.delete(timer);
        reject(signal.reason as Error);
      });
    });
  }

  every(ms: number, run: () => void): () => void {
    const timer = { dueMs: this.#nowMs + ms, everyMs: ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ dueMs }) => dueMs <= untilMs);
      const next = due.sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      if (next.everyMs === undefined) this.#timers.delete(next);
      else next.dueMs += next.everyMs;
      next.run();
    }
    this.#nowMs = untilMs;
  }
}

/** Lets promises and immediates that are due run; `rounds` bounds how long a chain of them is. */
export async function turns(rounds = 20): Promise<void> {
  for (let i = 0; i < rounds; i += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
