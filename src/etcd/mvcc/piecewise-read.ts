import { sizeOf } from '../../base/bytes.ts';
import type { ReadTxn } from '../backend/backend.ts';
import { answerTooLarge } from '../errors.ts';
import { isPointRead, readPoint } from './point-read.ts';
import type { RangeQuery } from './range-query.ts';
import { type RangeScan, ReadBudget } from './range-scan.ts';
import type { ReadPoint } from './read-point.ts';
import { beginRange, type RangeResult } from './read-view.ts';

/** Asks for ranges one after the other, and makes of them what the reader wants. */
export type ReadSteps<T> = Generator<RangeQuery, T, RangeResult>;

export type ReadBounds = {
  /** Of one piece. The key or the cached block that passes a bound is still read. */
  readonly keysMax: number;
  readonly bytesMax: number;
  /** Of the answer to one range. */
  readonly answerBytesMax: number;
};

type BegunList = { readonly scan: RangeScan; readonly result: () => RangeResult };

const noPieces: readonly Uint8Array[] = [];

/** Several ranges of one state, read piece by piece: the bounds hold for all of them together. */
export class PiecewiseRead<T> {
  /** Ranges asked for so far. */
  ranges = 0;
  readonly #point: Omit<ReadPoint, 'txn'>;
  readonly #bounds: ReadBounds;
  readonly #steps: ReadSteps<T>;
  #query: RangeQuery | undefined;
  #list: BegunList | undefined;
  #result: { readonly value: T } | undefined;

  constructor(point: Omit<ReadPoint, 'txn'>, steps: ReadSteps<T>, bounds: ReadBounds) {
    this.#point = point;
    this.#bounds = bounds;
    this.#steps = steps;
    this.#take(steps.next());
  }

  get isComplete(): boolean {
    return this.#result !== undefined;
  }

  get result(): T {
    return (this.#result as { readonly value: T }).value;
  }

  /** From here on `read` gets a pinned state, however old that becomes; until `release`. */
  hold(): void {
    const { lists } = this.#point;
    if (lists !== undefined) lists.fill = lists.cache.openFill();
  }

  release(): void {
    const { lists } = this.#point;
    if (lists?.fill === undefined) return;
    lists.cache.closeFill(lists.fill);
    lists.fill = undefined;
  }

  /** Reads one piece. Every `txn` must see the same state. */
  read(txn: ReadTxn): void {
    const budget = new ReadBudget(this.#bounds.keysMax, this.#bounds.bytesMax);
    while (this.#query !== undefined && !budget.isSpent) {
      const result = this.#rangeOf(txn, this.#query, budget);
      if (result === undefined) return;
      this.#list = undefined;
      this.#take(this.#steps.next(result));
    }
  }

  /** undefined: to be continued. */
  #rangeOf(txn: ReadTxn, query: RangeQuery, budget: ReadBudget): RangeResult | undefined {
    const result = this.#list === undefined ? this.#begin(txn, query) : undefined;
    if (result === undefined) {
      const { scan, result: listed } = this.#list as BegunList;
      return scan.read(txn, budget) ? this.#checked(listed()) : undefined;
    }
    budget.keys -= 1;
    budget.bytes -= sizeOf(result.pieces);
    return result;
  }

  /** What is no list is answered at once. */
  #begin(txn: ReadTxn, query: RangeQuery): RangeResult | undefined {
    const { currentRevision: revision, index } = this.#point;
    if (isPointRead(query)) {
      const entry = readPoint(txn, index, query.key);
      const [pieces, length] = entry === undefined ? [noPieces, 0] : [[entry], 1];
      return { pieces, length, count: length, more: false, revision };
    }
    const begun = beginRange({ ...this.#point, txn }, query, this.#bounds.answerBytesMax);
    if (begun.kind === 'answer') return begun.result;
    this.#list = begun;
    return undefined;
  }

  #checked(result: RangeResult): RangeResult {
    const { answerBytesMax } = this.#bounds;
    const sizeBytes = sizeOf(result.pieces);
    if (sizeBytes > answerBytesMax) throw answerTooLarge(sizeBytes, answerBytesMax);
    return result;
  }

  #take(step: IteratorResult<RangeQuery, T>): void {
    if (step.done === true) {
      this.#result = { value: step.value };
      this.#query = undefined;
    } else {
      this.ranges += 1;
      this.#query = step.value;
    }
  }
}
