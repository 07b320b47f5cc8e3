import { limits } from '../../config/limits.ts';

/**
 * How often a client may ping, as etcd enforces it: so often while it has streams, every two hours
 * while it has none; a ping after we sent headers or data is always welcome. The third strike ends
 * the connection.
 */
export class PingPolicy {
  readonly #apartMsMin: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #strikes = 0;
  #answersSeen = 0;

  /** `apartMsMin`: between two pings while there are streams. */
  constructor(apartMsMin: number) {
    this.#apartMsMin = apartMsMin;
  }

  /** False: too many pings. `answers` counts the frames of headers and data sent so far. */
  accept(nowMs: number, hasStreams: boolean, answers: number): boolean {
    const sinceLastMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (answers !== this.#answersSeen) {
      this.#answersSeen = answers;
      this.#strikes = 0;
      return true;
    }
    const apartMs = hasStreams ? this.#apartMsMin : limits.grpcIdlePingMsMin;
    if (sinceLastMs < apartMs) this.#strikes++;
    return this.#strikes <= limits.grpcPingStrikesMax;
  }
}
