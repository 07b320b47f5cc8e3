import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';

/** etcd spreads the ticks of streams by up to a tenth of the interval. */
const JITTER = 0.1;

/**
 * Calls `tick` every interval plus this stream's share of jitter, the first time not before one
 * interval has passed. Returns the way to stop.
 */
export function startProgressTicks(
  intervalMs: number,
  clock: Clock,
  random: Random,
  tick: () => void,
): () => void {
  const jitterMs = random.below(Math.max(1, Math.floor(intervalMs * JITTER)));
  return clock.every(intervalMs + jitterMs, tick);
}
