import { answerTooLarge, StatusError } from '../errors.ts';
import type { RangeQuery } from '../mvcc/range-query.ts';
import type { RangeResult } from '../mvcc/read-view.ts';
import type { MvccWriteTxn } from '../mvcc/write-txn.ts';
import type { State } from './state.ts';

/** What applying a request may look at and change. One serves a whole batch. */
export class ApplyContext {
  readonly state: State;
  readonly write: MvccWriteTxn;
  readonly nowMs: number;
  /** False: nobody waits for the answer here, work that only serves the answer is left out. */
  isAwaited = false;
  /** Of the entry that is being applied. */
  index = 0;
  /** What is told instead of the answer; the request is applied all the same, as in etcd. */
  refusal: StatusError | undefined;
  readonly #answerBytesMax: number;
  #answerBytes = 0;

  constructor(state: State, write: MvccWriteTxn, nowMs: number, answerBytesMax: number) {
    this.state = state;
    this.write = write;
    this.nowMs = nowMs;
    this.#answerBytesMax = answerBytesMax;
  }

  /** Begins the next request. */
  next(index: number, isAwaited: boolean): void {
    this.index = index;
    this.isAwaited = isAwaited;
    this.refusal = undefined;
    this.#answerBytes = 0;
  }

  /** False: nobody waits for an answer, or it has become too large already. */
  get wantsAnswer(): boolean {
    return this.isAwaited && this.refusal === undefined;
  }

  /** Reads for the answer; undefined when it would be too large. */
  range(request: RangeQuery): RangeResult | undefined {
    try {
      const result = this.write.range(request, this.#answerBytesMax);
      for (const piece of result.pieces) this.collect(piece.length);
      return this.refusal === undefined ? result : undefined;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.refusal = error;
      return undefined;
    }
  }

  /** Counts what goes into the answer. */
  collect(bytes: number): void {
    this.#answerBytes += bytes;
    if (this.#answerBytes <= this.#answerBytesMax) return;
    this.refusal ??= answerTooLarge(this.#answerBytes, this.#answerBytesMax);
  }
}
