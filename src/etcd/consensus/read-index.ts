import type { Clock } from '../../base/clock.ts';
import { limits } from '../config/limits.ts';
import { EtcdError } from '../errors.ts';
import type { Caller, Cancelable } from './caller.ts';

class Waiter implements Cancelable {
  readonly caller: Caller<void>;
  readonly deadlineMs: number;
  done = false;
  readonly #reads: ReadIndex;

  constructor(reads: ReadIndex, caller: Caller<void>, deadlineMs: number) {
    this.#reads = reads;
    this.caller = caller;
    this.deadlineMs = deadlineMs;
  }

  cancel(): void {
    this.#reads.finish(this, new EtcdError('Canceled'));
  }
}

/**
 * One question to the leader: "which index is committed now?", shared by all callers of one turn.
 */
type Round = {
  waiters: Waiter[];
  /** Every id this round ever asked with; an answer to any of them came after its callers joined. */
  ids: string[];
  lastAskedMs: number;
  /** Known once the quorum confirmed; the round then only waits for apply. */
  index: number | undefined;
};

export type ReadIndexOptions = {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** etcd asks again every 500 ms: the question or its answer may have been lost. */
  readonly retryMs: number;
  /** A request id that was never used before. */
  readonly nextRequestId: () => bigint;
  /** Asks raft; a drop (no leader) is answered by asking again later. */
  readonly ask: (requestId: Uint8Array) => void;
};

/** Rounds that may be in flight at once; callers of later turns gather in the round after them. */
const ROUNDS_IN_FLIGHT_MAX = 16;

/**
 * Batched linearizable read barriers (raft dissertation section 6.4, etcd's read loop).
 * A caller only ever joins a round that has not been asked yet, and every retry uses a fresh id:
 * an answer that was delayed from before a caller joined can never release it (etcd issue 20418).
 */
export class ReadIndex {
  readonly #options: ReadIndexOptions;
  #gathering: Round | undefined;
  #asked: Round[] = [];
  readonly #byId = new Map<string, Round>();
  #waitingCount = 0;
  /** For metrics: questions asked again because no answer came, and callers that got none. */
  readonly counts = { slow: 0, failed: 0 };

  constructor(options: ReadIndexOptions) {
    this.#options = options;
  }

  /** Callers waiting. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  /** Throws RequestTooManyRequests when too many wait. */
  join(caller: Caller<void>): void {
    if (this.#waitingCount >= limits.pendingReadBarriersMax) {
      throw new EtcdError('RequestTooManyRequests');
    }
    this.#gathering ??= { waiters: [], ids: [], lastAskedMs: 0, index: undefined };
    const deadlineMs = this.#options.clock.monotonicMs() + this.#options.timeoutMs;
    const waiter = new Waiter(this, caller, deadlineMs);
    this.#gathering.waiters.push(waiter);
    this.#waitingCount += 1;
    caller.waitsFor(waiter);
  }

  /** Sends the gathered question. Called once per turn, after proposals were stepped. */
  askGathered(): void {
    const round = this.#gathering;
    if (round === undefined || this.#asked.length >= ROUNDS_IN_FLIGHT_MAX) return;
    this.#gathering = undefined;
    this.#asked.push(round);
    this.#ask(round);
  }

  /** A quorum confirmed that `index` was committed when the question with this id was asked. */
  confirmed(requestId: Uint8Array, index: number): void {
    const round = this.#byId.get(idText(requestId));
    if (round === undefined || round.index !== undefined) return;
    round.index = index;
  }

  /** Releases every round whose index has been applied here. */
  applied(appliedIndex: number): void {
    let released = false;
    for (const round of this.#asked) {
      if (round.index === undefined || round.index > appliedIndex) continue;
      for (const waiter of round.waiters) this.finish(waiter, undefined);
      released = true;
    }
    if (released) this.#forgetFinished();
  }

  /** Asks unanswered rounds again and ends callers whose time is over. Called on every tick. */
  tick(): void {
    const now = this.#options.clock.monotonicMs();
    for (const round of this.#rounds()) {
      for (const waiter of round.waiters) {
        if (waiter.deadlineMs <= now) this.finish(waiter, new EtcdError('Timeout'));
      }
    }
    this.#forgetFinished();
    for (const round of this.#asked) {
      if (round.index === undefined && now - round.lastAskedMs >= this.#options.retryMs) {
        this.counts.slow += 1;
        this.#ask(round);
      }
    }
  }

  /** The first entry of a leader's term is committed, or a leader appeared: questions asked before were dropped. */
  askAgain(): void {
    for (const round of this.#asked) if (round.index === undefined) this.#ask(round);
  }

  failAll(error: Error): void {
    for (const round of this.#rounds()) {
      for (const waiter of round.waiters) this.finish(waiter, error);
    }
    this.#forgetFinished();
  }

  #rounds(): readonly Round[] {
    return this.#gathering === undefined ? this.#asked : [...this.#asked, this.#gathering];
  }

  #ask(round: Round): void {
    const id = new Uint8Array(8);
    new DataView(id.buffer).setBigUint64(0, this.#options.nextRequestId());
    const text = idText(id);
    round.ids.push(text);
    round.lastAskedMs = this.#options.clock.monotonicMs();
    this.#byId.set(text, round);
    this.#options.ask(id);
  }

  /** Undefined: the barrier is passed. */
  finish(waiter: Waiter, error: Error | undefined): void {
    if (waiter.done) return;
    waiter.done = true;
    this.#waitingCount -= 1;
    if (error === undefined) return waiter.caller.answered();
    this.counts.failed += 1;
    waiter.caller.failed(error);
  }

  #forgetFinished(): void {
    if (this.#gathering !== undefined) {
      this.#gathering.waiters = this.#gathering.waiters.filter((waiter) => !waiter.done);
    }
    const kept: Round[] = [];
    for (const round of this.#asked) {
      round.waiters = round.waiters.filter((waiter) => !waiter.done);
      if (round.waiters.length > 0) kept.push(round);
      else for (const id of round.ids) this.#byId.delete(id);
    }
    this.#asked = kept;
  }
}

function idText(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1');
}
