import type { Clock } from '../../base/clock.ts';

export type WorkQueueOptions = {
  /** Keys worked on at the same time. */
  readonly workersMax: number;
  /** Wait after a first failure; doubles with each further one up to the longest. */
  readonly retryMs: { readonly first: number; readonly longest: number };
};

/** `againAfterMs`: come back by then although nothing has changed; undefined: only when added. */
export type WorkOutcome = { readonly againAfterMs: number | undefined };

type Entry = {
  isRunning: boolean;
  /** Added while it was running, or waiting for a worker. */
  isWanted: boolean;
  failures: number;
  timer: AbortController | undefined;
  dueMs: number;
};

/**
 * Keys to work on. A key that is waiting is there once, however often it was added; a key is never
 * worked on twice at the same time, and one that was added meanwhile runs again afterwards. A
 * failing key waits longer each time, but an `add` (something has changed) does not wait for that.
 * At most one entry per key, so the queue is as bounded as the set of keys.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #clock: Clock;
  readonly #work: (key: string) => Promise<WorkOutcome>;
  readonly #onError: (key: string, error: unknown) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting: string[] = [];
  #running = 0;
  #closed = false;
  #onIdle: () => void = () => {};

  constructor(
    options: WorkQueueOptions,
    clock: Clock,
    work: (key: string) => Promise<WorkOutcome>,
    onError: (key: string, error: unknown) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#work = work;
    this.#onError = onError;
  }

  /** Keys that wait for a worker now. */
  get depth(): number {
    return this.#waiting.length;
  }

  add(key: string): void {
    if (this.#closed) return;
    const entry = this.#entryOf(key);
    this.#disarm(entry);
    if (entry.isWanted) return;
    entry.isWanted = true;
    if (entry.isRunning) return;
    this.#waiting.push(key);
    this.#dispatch();
  }

  /** Adds the key after `ms`; of several such calls the earliest counts. */
  addAfter(key: string, ms: number): void {
    if (this.#closed) return;
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const entry = this.#entryOf(key);
    const dueMs = this.#clock.monotonicMs() + ms;
    if (entry.isWanted || (entry.timer !== undefined && entry.dueMs <= dueMs)) return;
    this.#disarm(entry);
    const timer = new AbortController();
    entry.timer = timer;
    entry.dueMs = dueMs;
    this.#clock.after(ms, timer.signal).then(
      () => {
        if (entry.timer === timer) this.add(key);
      },
      () => undefined,
    );
  }

  /** No key is started any more; resolves when those at work have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.length = 0;
    for (const entry of this.#entries.values()) this.#disarm(entry);
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #dispatch(): void {
    while (this.#running < this.#options.workersMax) {
      const key = this.#waiting.shift();
      if (key === undefined) return;
      this.#running += 1;
      const entry = this.#entryOf(key);
      entry.isRunning = true;
      entry.isWanted = false;
      void this.#run(key, entry);
    }
  }

  async #run(key: string, entry: Entry): Promise<void> {
    let againAfterMs: number | undefined;
    try {
      ({ againAfterMs } = await this.#work(key));
      entry.failures = 0;
    } catch (error) {
      againAfterMs = this.#retryMs(entry.failures);
      entry.failures += 1;
      this.#onError(key, error);
    }
    entry.isRunning = false;
    this.#running -= 1;
    if (this.#closed) {
      if (this.#running === 0) this.#onIdle();
      return;
    }
    if (entry.isWanted) this.#waiting.push(key);
    else if (againAfterMs !== undefined) this.addAfter(key, againAfterMs);
    else if (entry.timer === undefined) this.#entries.delete(key);
    this.#dispatch();
  }

  #retryMs(failures: number): number {
    const { first, longest } = this.#options.retryMs;
    return Math.min(first * 2 ** Math.min(failures, 30), longest);
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = {
      isRunning: false,
      isWanted: false,
      failures: 0,
      timer: undefined,
      dueMs: 0,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #disarm(entry: Entry): void {
    entry.timer?.abort();
    entry.timer = undefined;
  }
}
