import type { Clock } from '../../base/clock.ts';
import { EtcdError } from '../errors.ts';
import type { Answer } from './consensus.ts';

type Waiter = {
  readonly requestId: bigint;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly startedMs: number;
  readonly deadlineMs: number;
  readonly sizeBytes: number;
  /** The term whose leader got the proposal; undefined while it still waits for a leader. */
  sentInTerm: number | undefined;
  detach: (() => void) | undefined;
};

export type ProposalsOptions = {
  readonly memberId: bigint;
  readonly clock: Clock;
  /** etcd's request timeout: 5 s + 2 × election timeout. */
  readonly timeoutMs: number;
  readonly pendingMax: number;
  /** Requests of one caller may be large: their sum is bounded too. */
  readonly pendingBytesMax: number;
};

/**
 * Callers that wait for their entry. Only the member that proposed an entry waits for it; the entry
 * carries a request id that no other member and no earlier run of this member can have used.
 */
export class Proposals {
  readonly #options: ProposalsOptions;
  /** In order of registration, so in order of deadline too. */
  readonly #waiting = new Map<bigint, Waiter>();
  #waitingBytes = 0;
  /** For metrics: callers that got no answer from the log. */
  failedCount = 0;
  readonly #idPrefix: bigint;
  #counter: number;
  #lost: { readonly before: number; readonly dueMs: number } | undefined;

  constructor(options: ProposalsOptions) {
    this.#options = options;
    this.#idPrefix = (options.memberId & 0xffffn) << 48n;
    // As etcd: the low 40 bits of the start time in ms, then 8 bits of counter; 48 bits in all.
    this.#counter = (options.clock.wallMs() % 2 ** 40) * 2 ** 8;
  }

  get pendingCount(): number {
    return this.#waiting.size;
  }

  nextRequestId(): bigint {
    this.#counter = (this.#counter + 1) % 2 ** 48;
    return this.#idPrefix | BigInt(this.#counter);
  }

  isAwaited(requestId: bigint): boolean {
    return this.#waiting.has(requestId);
  }

  /** Throws RequestTooManyRequests when the bound is reached: refusing at once beats a queue that nobody can drain. */
  wait(requestId: bigint, signal: AbortSignal | undefined, sizeBytes = 0): Promise<Answer> {
    const { pendingMax, pendingBytesMax } = this.#options;
    // One request alone always fits: its own size is bounded elsewhere.
    const isFull = this.#waitingBytes > 0 && this.#waitingBytes + sizeBytes > pendingBytesMax;
    if (this.#waiting.size >= pendingMax || isFull) throw new EtcdError('RequestTooManyRequests');
    if (signal?.aborted === true) throw new EtcdError('Canceled');
    const startedMs = this.#options.clock.monotonicMs();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        requestId,
        resolve,
        reject,
        startedMs,
        deadlineMs: startedMs + this.#options.timeoutMs,
        sizeBytes,
        sentInTerm: undefined,
        detach: undefined,
      };
      this.#waiting.set(requestId, waiter);
      this.#waitingBytes += sizeBytes;
      if (signal === undefined) return;
      const onAbort = (): void => this.#reject(waiter, new EtcdError('Canceled'));
      signal.addEventListener('abort', onAbort, { once: true });
      waiter.detach = () => signal.removeEventListener('abort', onAbort);
    });
  }

  sent(requestId: bigint, term: number): void {
    const waiter = this.#waiting.get(requestId);
    if (waiter !== undefined) waiter.sentInTerm = term;
  }

  answer(requestId: bigint, answer: Answer): void {
    const waiter = this.#take(requestId);
    waiter?.resolve(answer);
  }

  refuse(requestId: bigint, error: Error): void {
    const waiter = this.#take(requestId);
    waiter?.reject(error);
  }

  /**
   * Ends what waited too long. `leaderSinceMs` tells a failed leader from a slow one, as etcd's
   * words do.
   */
  expire(leaderSinceMs: number, electionTimeoutMs: number): number {
    const now = this.#options.clock.monotonicMs();
    let expired = 0;
    for (const waiter of this.#waiting.values()) {
      if (waiter.deadlineMs > now) break;
      const startedBefore = leaderSinceMs - waiter.startedMs;
      const leaderFailed = startedBefore > 0 && startedBefore < 2 * electionTimeoutMs;
      const name = leaderFailed ? 'TimeoutDueToLeaderFail' : 'Timeout';
      this.#reject(waiter, new EtcdError(name));
      expired += 1;
    }
    return expired;
  }

  /**
   * The first entry of `term` was applied here. What was handed to the leader of an earlier term
   * and is not applied `graceMs` from now was lost with that leader: its caller need not wait for
   * the full timeout. The grace is for a leader that handed over: it passes on what it still got.
   */
  leaderEntryApplied(term: number, graceMs: number): void {
    this.#lost = { before: term, dueMs: this.#options.clock.monotonicMs() + graceMs };
  }

  /**
   * Tells the callers of lost requests. The words leave open whether the write may still surface,
   * because a deposed leader can have forwarded it to the new one.
   */
  failLost(): number {
    const lost = this.#lost;
    if (lost === undefined || this.#options.clock.monotonicMs() < lost.dueMs) return 0;
    this.#lost = undefined;
    let failed = 0;
    for (const waiter of this.#waiting.values()) {
      if (waiter.sentInTerm === undefined || waiter.sentInTerm >= lost.before) continue;
      this.#reject(waiter, new EtcdError('TimeoutDueToLeaderFail'));
      failed += 1;
    }
    return failed;
  }

  failAll(error: Error): void {
    for (const waiter of this.#waiting.values()) this.#reject(waiter, error);
  }

  #take(requestId: bigint): Waiter | undefined {
    const waiter = this.#waiting.get(requestId);
    if (waiter === undefined) return undefined;
    this.#waiting.delete(requestId);
    this.#waitingBytes -= waiter.sizeBytes;
    waiter.detach?.();
    return waiter;
  }

  #reject(waiter: Waiter, error: Error): void {
    this.failedCount += 1;
    this.#take(waiter.requestId);
    waiter.reject(error);
  }
}
