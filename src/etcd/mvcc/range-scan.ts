import type { ReadTxn } from '../backend/backend.ts';
import { RangeRequest_SortTarget } from '../proto/generated/etcdserverpb.ts';
import {
  answerOf,
  checkReadRevision,
  countAt,
  findAt,
  hasFilters,
  type KeyRange,
  keyRange,
  limitsFirst,
  type RangeQuery,
  type RangeResult,
  type ReadPoint,
} from './read-view.ts';

/** Keys read between two turns of the event loop: a few milliseconds. */
const keysPerPiece = 1_000;

/** A plain list in key order that is read in pieces; what a client asks for when it asks for all. */
export class RangeScan {
  readonly #point: Omit<ReadPoint, 'txn'>;
  readonly #query: RangeQuery;
  readonly #atRevision: number;
  #range: KeyRange;
  readonly #kvs: Uint8Array[] = [];
  #beyond = 0;

  /** undefined: not a plain list. Throws EtcdError Compacted or FutureRev. */
  static of(point: Omit<ReadPoint, 'txn'>, query: RangeQuery): RangeScan | undefined {
    const isPlain = !query.countOnly && query.rangeEnd.length > 0 && limitsFirst(query);
    if (!isPlain || hasFilters(query)) return undefined;
    if (query.sortTarget !== RangeRequest_SortTarget.KEY) return undefined;
    const range = keyRange(query.key, query.rangeEnd);
    return range === undefined ? undefined : new RangeScan(point, query, range);
  }

  private constructor(point: Omit<ReadPoint, 'txn'>, query: RangeQuery, range: KeyRange) {
    this.#point = point;
    this.#query = query;
    this.#range = range;
    this.#atRevision = checkReadRevision(query.revision, point);
  }

  get result(): RangeResult {
    const count = this.#kvs.length + this.#beyond;
    const { currentRevision: revision } = this.#point;
    return { kvs: this.#kvs, count, more: this.#beyond > 0, revision };
  }

  /** Reads one piece; true when it was the last. Every `txn` must see the same state. */
  read(txn: ReadTxn): boolean {
    const point = { ...this.#point, txn };
    const { from, to } = this.#range;
    const wanted = this.#query.limit > 0 ? this.#query.limit : Number.MAX_SAFE_INTEGER;
    let seen = 0;
    for (const [key, record] of point.index.range(txn, from, to)) {
      if (this.#kvs.length === wanted) {
        // The first key that may be beyond the limit: from here on only the number matters.
        this.#beyond = countAt(point, { from: key, to }, this.#atRevision);
        return true;
      }
      if (seen++ === keysPerPiece) {
        this.#range = { from: key, to };
        return false;
      }
      const found = findAt(point, key, record, this.#atRevision);
      if (found !== undefined) this.#kvs.push(answerOf(point, this.#query, found));
    }
    return true;
  }
}
