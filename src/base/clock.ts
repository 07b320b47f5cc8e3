/** Time as an argument: everything that waits or reads a clock takes one of these. */
export interface Clock {
  /** Wall time, Unix milliseconds. May jump. */
  wallMs(): number;
  /** Monotonic milliseconds with a fraction, from an arbitrary start. Never jumps back. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason when it is aborted first. */
  after(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` every `ms` until the returned function is called. Does not keep the process alive. */
  every(ms: number, run: () => void): () => void;
}

/** Node's timers know no longer times, and fire at once when asked for one. */
const timerMsMax = 0x7fff_ffff;

/** Waits of more than 24 days end after 24 days. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.min(ms, timerMsMax),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
  every: (ms, run) => {
    const timer = setInterval(run, Math.min(ms, timerMsMax));
    timer.unref();
    return () => clearInterval(timer);
  },
};
