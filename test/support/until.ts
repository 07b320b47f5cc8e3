import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than anything takes on a slow, crowded machine: who waits so long waits for a hang. */
export const patienceMs = 120_000;

/** Asks until the answer is not undefined or false; fails with `what` and the last error. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadlineMs = performance.now() + patienceMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadlineMs) {
      throw new Error(`not within ${patienceMs} ms: ${what}`, { cause: lastError });
    }
    await sleep(20);
  }
}
