import { RangeRequest_SortTarget } from '../proto/generated/etcdserverpb.ts';
import { entryOf, keyValuesIn } from './entry-run.ts';
import type { EntryForm } from './list-block.ts';
import { arrange, hasFilters, isKeyOrder } from './list-order.ts';
import { liveKeyValue } from './live-version.ts';
import { countAt } from './range-count.ts';
import type { RangeQuery } from './range-query.ts';
import { RangeScan, ReadBudget } from './range-scan.ts';
import { checkReadRevision, keyRange, type ReadPoint } from './read-point.ts';

export type RangeResult = {
  /** Encoded fields `kvs` of etcdserverpb.RangeResponse, back to back. Nobody may change them. */
  readonly pieces: readonly Uint8Array[];
  /** How many KeyValues that are. */
  readonly length: number;
  readonly count: number;
  readonly more: boolean;
  /** The store's current revision, whatever revision was read. */
  readonly revision: number;
};

/** The encoded mvccpb.KeyValue messages of an answer. */
export function keyValuesOf(result: RangeResult): readonly Uint8Array[] {
  return keyValuesIn(result.pieces);
}

const UNBOUNDED = Number.POSITIVE_INFINITY;

/** What etcd answers to a Range, without its header, all in one turn. */
export function readRange(point: ReadPoint, query: RangeQuery, bytesMax: number): RangeResult {
  const read = beginRange(point, query, bytesMax);
  if (read.kind === 'answer') return read.result;
  while (!read.scan.read(point.txn, new ReadBudget(UNBOUNDED, UNBOUNDED)));
  return read.result();
}

export type RangeRead =
  | { readonly kind: 'answer'; readonly result: RangeResult }
  | {
      readonly kind: 'list';
      readonly scan: RangeScan;
      /** Once the scan is complete. */
      readonly result: () => RangeResult;
    };

/**
 * Answers at once or begins a list, of which no more than `bytesMax` is collected. Throws EtcdError
 * Compacted or FutureRev.
 */
export function beginRange(point: ReadPoint, query: RangeQuery, bytesMax: number): RangeRead {
  const revision = checkReadRevision(query.revision, point);
  const range = keyRange(query.key, query.rangeEnd);
  if (range === undefined) return answer(point, [], 0, 0);
  if (query.countOnly) {
    const count = countAt(point, range, revision);
    point.lists?.cache.makeRoom();
    return answer(point, [], 0, count);
  }
  if (query.rangeEnd.length === 0) return readOne(point, query, revision);
  const isValueSort = query.sortTarget === RangeRequest_SortTarget.VALUE;
  const form: EntryForm = query.keysOnly && !isValueSort ? 'keys' : 'full';
  const entriesMax = entriesWanted(query);
  // What filters and sorting leave of it is known at the end only.
  const isAnswer = limitsFirst(query) && isKeyOrder(query);
  const scanBytesMax = isAnswer ? bytesMax : UNBOUNDED;
  const scan = new RangeScan(point, { range, revision, form, entriesMax, bytesMax: scanBytesMax });
  const result = (): RangeResult => listResult(point, query, scan);
  return { kind: 'list', scan, result };
}

function answer(
  point: ReadPoint,
  pieces: readonly Uint8Array[],
  length: number,
  count: number,
): RangeRead {
  const revision = point.currentRevision;
  return { kind: 'answer', result: { pieces, length, count, more: false, revision } };
}

function readOne(point: ReadPoint, query: RangeQuery, revision: number): RangeRead {
  const { txn, index } = point;
  const record = index.get(txn, query.key);
  const isValueSort = query.sortTarget === RangeRequest_SortTarget.VALUE;
  const form: EntryForm = query.keysOnly && !isValueSort ? 'keys' : 'full';
  const found = record && liveKeyValue(txn, query.key, record, revision, form);
  if (found === undefined) return answer(point, [], 0, 0);
  const entry = entryOf(found);
  if (!hasFilters(query) && !(isValueSort && query.keysOnly)) return answer(point, [entry], 1, 1);
  const { pieces, length } = arrange([entry], query);
  return answer(point, pieces, length, 1);
}

/** Filters and an order need every entry; otherwise reading stops at the limit. */
function limitsFirst(query: RangeQuery): boolean {
  return (query.sortOrder === 0 || isKeyOrder(query)) && !hasFilters(query);
}

/**
 * A sort target without an order sorts what the limit lets through and one more, as etcd does: not
 * what one would expect.
 */
function entriesWanted(query: RangeQuery): number {
  if (query.limit <= 0 || !limitsFirst(query)) return Number.MAX_SAFE_INTEGER;
  return query.limit + (query.sortTarget === RangeRequest_SortTarget.KEY ? 0 : 1);
}

function listResult(point: ReadPoint, query: RangeQuery, scan: RangeScan): RangeResult {
  const { currentRevision: revision } = point;
  const count = scan.length + scan.beyond;
  if (limitsFirst(query) && isKeyOrder(query)) {
    const { pieces, length } = scan;
    return { pieces, length, count, more: count > length, revision };
  }
  const { pieces, length, isCut } = arrange(scan.pieces, query);
  const more = limitsFirst(query) ? count > length : isCut;
  return { pieces, length, count, more, revision };
}
