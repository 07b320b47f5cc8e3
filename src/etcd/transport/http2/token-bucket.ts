/**
 * Lets `burst` events pass at once and `perSecond` in the long run. For what costs a peer little
 * and us more: a connection that runs out of tokens is ended.
 */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledMs = 0;

  constructor({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
  }

  /** False: too many. Time is the monotonic one. */
  take(nowMs: number): boolean {
    const earned = ((nowMs - this.#filledMs) * this.#perSecond) / 1_000;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
