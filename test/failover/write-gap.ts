import type { EtcdClient } from '../support/etcd-client.ts';

/** A put to every member each so often, answered or not: what an impatient fleet of clients does. */
const issueEveryMs = 5;
/** Puts without an answer at one member; beyond it none is added, as a client's pool would do. */
const outstandingMax = 400;

/**
 * Measures the time without a successful write. Open loop: a put that hangs at a member without a
 * leader does not keep the next from being tried.
 */
export class WriteGap {
  readonly #clients: readonly EtcdClient[];
  readonly #outstanding: number[];
  readonly #timer: NodeJS.Timeout;
  #successes: number[] = [];
  #issuedCount = 0;

  constructor(clients: readonly EtcdClient[]) {
    this.#clients = clients;
    this.#outstanding = clients.map(() => 0);
    this.#timer = setInterval(() => this.#issue(), issueEveryMs);
  }

  get successCount(): number {
    return this.#successes.length;
  }

  /** When the last write succeeded, on performance.now()'s clock. */
  get lastSuccessMs(): number {
    return this.#successes.at(-1) ?? -Infinity;
  }

  /** The longest time between two successes since `fromMs`; the first before it counts as start. */
  longestGapMs(fromMs: number): number {
    const first = this.#successes.findLastIndex((at) => at <= fromMs);
    let longest = 0;
    for (let i = Math.max(first, 0) + 1; i < this.#successes.length; i += 1) {
      longest = Math.max(longest, (this.#successes[i] ?? 0) - (this.#successes[i - 1] ?? 0));
    }
    return longest;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #issue(): void {
    this.#clients.forEach((client, i) => {
      if ((this.#outstanding[i] ?? 0) >= outstandingMax) return;
      this.#outstanding[i] = (this.#outstanding[i] ?? 0) + 1;
      this.#issuedCount += 1;
      client
        .put(`gap/${i}/${this.#issuedCount % 1_000}`, 'x')
        .then(() => this.#successes.push(performance.now()))
        .catch(() => {}) // Expected while there is no leader; only successes count.
        .finally(() => {
          this.#outstanding[i] = (this.#outstanding[i] ?? 1) - 1;
        });
    });
  }
}
