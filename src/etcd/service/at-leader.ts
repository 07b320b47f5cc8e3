import type { Clock } from '../../base/clock.ts';
import { EtcdError } from '../errors.ts';

/** etcd's pause between two attempts to reach the leader. */
const RETRY_MS = 50;

/** The leader refused for good: asking again would not change its answer. */
export type LeaderAnswer<T> = { readonly kind: 'answer'; readonly value: T } | 'try-again';

export type AtLeaderOptions = {
  readonly clock: Clock;
  readonly timeoutMs: number;
};

/**
 * Repeats `attempt` until it has an answer, for as long as a request may take. Leadership may move
 * meanwhile, so each attempt looks for the leader anew. Throws Timeout or Canceled, and what
 * `attempt` throws.
 */
export async function untilLeaderAnswers<T>(
  options: AtLeaderOptions,
  attempt: (signal: AbortSignal | undefined) => Promise<LeaderAnswer<T>>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { clock, timeoutMs } = options;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    if (signal?.aborted === true) throw new EtcdError('Canceled');
    const answer = await attempt(signal);
    if (answer !== 'try-again') return answer.value;
    if (clock.monotonicMs() >= deadlineMs) throw new EtcdError('Timeout');
    await clock.after(RETRY_MS, signal).catch(() => undefined);
  }
}
