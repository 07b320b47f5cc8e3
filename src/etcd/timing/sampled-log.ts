import type { Clock } from '../../base/clock.ts';
import type { Log, LogFields } from '../../base/log.ts';
import { limits } from '../config/limits.ts';

/**
 * As etcd's log: of one message the first hundred in a second, then every hundredth. A disk that is
 * slow makes every request slow, and a line for each would make the rest of them slower.
 */
export class SampledLog {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #seen = new Map<string, { sinceMs: number; count: number }>();

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  warn(message: string, fields: () => LogFields): void {
    if (this.#isDue(message)) this.#log.warn(message, fields());
  }

  info(message: string, fields: () => LogFields): void {
    if (this.#isDue(message)) this.#log.info(message, fields());
  }

  /** Not sampled: whoever asks for that level wants all of it. */
  debug(message: string, fields: LogFields): void {
    this.#log.debug(message, fields);
  }

  #isDue(message: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    let seen = this.#seen.get(message);
    if (seen === undefined || nowMs - seen.sinceMs >= 1_000) {
      seen = { sinceMs: nowMs, count: 0 };
      this.#seen.set(message, seen);
    }
    seen.count += 1;
    const { first, thereafter } = limits.sampledLog;
    return seen.count <= first || (seen.count - first) % thereafter === 0;
  }
}
