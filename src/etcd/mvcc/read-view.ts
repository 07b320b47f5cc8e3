import { assert } from '../../base/assert.ts';
import { compareBytes } from '../../base/bytes.ts';
import type { ReadTxn } from '../backend/backend.ts';
import { EtcdError } from '../errors.ts';
import {
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
} from '../proto/generated/etcdserverpb.ts';
import { keyValueOf } from './history-record.ts';
import { IndexHead } from './index-record.ts';
import type { KeyIndex } from './key-index.ts';
import { keyOnlyKeyValue, parseKeyValue, withoutValue } from './key-value.ts';
import { historyKeyBytes, writeHistoryKey } from './revision.ts';
import { versionAt } from './version-walk.ts';

export type RangeResult = {
  /** Encoded mvccpb.KeyValue messages. */
  readonly kvs: readonly Uint8Array[];
  readonly count: number;
  readonly more: boolean;
  /** The store's current revision, whatever revision was read. */
  readonly revision: number;
};

/** The fields of etcdserverpb.RangeRequest that decide the answer. */
export type RangeQuery = {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  readonly limit: number;
  readonly revision: number;
  readonly sortOrder: number;
  readonly sortTarget: number;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
  readonly minModRevision: number;
  readonly maxModRevision: number;
  readonly minCreateRevision: number;
  readonly maxCreateRevision: number;
};

export type ReadPoint = {
  readonly txn: ReadTxn;
  readonly index: KeyIndex;
  /** The newest revision that is visible here; inside a txn that of its own changes. */
  readonly currentRevision: number;
  readonly compactRevision: number;
};

/** Half-open; `to` undefined: to the end. */
export type KeyRange = { readonly from: Uint8Array; readonly to: Uint8Array | undefined };

/** undefined for a range that holds no key at all. */
export function keyRange(key: Uint8Array, rangeEnd: Uint8Array): KeyRange | undefined {
  if (rangeEnd.length === 0) return { from: key, to: afterKey(key) };
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return { from: key, to: undefined };
  return compareBytes(key, rangeEnd) < 0 ? { from: key, to: rangeEnd } : undefined;
}

function afterKey(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

/** Throws EtcdError Compacted or FutureRev; otherwise the revision to read at. */
export function checkReadRevision(
  revision: number,
  point: Pick<ReadPoint, 'currentRevision' | 'compactRevision'>,
): number {
  if (revision > point.currentRevision) throw new EtcdError('FutureRev');
  if (revision <= 0) return point.currentRevision;
  if (revision < point.compactRevision) throw new EtcdError('Compacted');
  return revision;
}

/** What etcd answers to a Range, without its header. */
export function readRange(point: ReadPoint, query: RangeQuery): RangeResult {
  const atRevision = checkReadRevision(query.revision, point);
  const revision = point.currentRevision;
  const range = keyRange(query.key, query.rangeEnd);
  if (range === undefined) return { kvs: [], count: 0, more: false, revision };
  if (query.countOnly) {
    return { kvs: [], count: countAt(point, range, atRevision), more: false, revision };
  }
  if (query.rangeEnd.length === 0) return readOne(point, query, atRevision);
  return limitsFirst(query) && !hasFilters(query)
    ? readInKeyOrder(point, query, range, atRevision)
    : readSorted(point, query, range, atRevision);
}

/** One live version of a key. `keyValue` is read when it is asked for. */
type Found = {
  readonly key: Uint8Array;
  readonly main: number;
  readonly sub: number;
  createRevision: number;
  version: number;
  keyValue: Uint8Array | undefined;
};

const head = new IndexHead();
const keyBuffer = Buffer.alloc(historyKeyBytes);

export function readKeyValue(txn: ReadTxn, main: number, sub: number): Uint8Array {
  writeHistoryKey(keyBuffer, main, sub);
  const record = txn.get('history', keyBuffer);
  assert(record !== undefined, `revision ${main}.${sub} is not in the history`);
  return keyValueOf(record);
}

/** The live version at a revision, from the key's index record. */
export function findAt(
  point: ReadPoint,
  key: Uint8Array,
  record: Uint8Array,
  revision: number,
): Found | undefined {
  head.read(record);
  const { main, sub, createRevision, version } = head;
  if (main <= revision) {
    if (head.tombstone) return undefined;
    return { key, main, sub, createRevision, version, keyValue: undefined };
  }
  const older = versionAt(point.txn, record, revision);
  if (older === undefined || older.tombstone) return undefined;
  const keyValue = readKeyValue(point.txn, older.main, older.sub);
  const fields = parseKeyValue(keyValue);
  return {
    key,
    main: older.main,
    sub: older.sub,
    createRevision: fields.createRevision,
    version: fields.version,
    keyValue,
  };
}

function readOne(point: ReadPoint, query: RangeQuery, revision: number): RangeResult {
  const { currentRevision } = point;
  const record = point.index.get(point.txn, query.key);
  const found = record && findAt(point, query.key, record, revision);
  if (found === undefined) return { kvs: [], count: 0, more: false, revision: currentRevision };
  const kvs = passesFilters(query, found) ? [answerOf(point, query, found)] : [];
  return { kvs, count: 1, more: false, revision: currentRevision };
}

/**
 * The common case: stops reading at the limit and only counts the rest. A sort target without an
 * order sorts what the limit lets through and one more, as etcd does: not what one would expect.
 */
function readInKeyOrder(
  point: ReadPoint,
  query: RangeQuery,
  range: KeyRange,
  revision: number,
): RangeResult {
  const { sortTarget, limit } = query;
  const sorts = sortTarget !== RangeRequest_SortTarget.KEY;
  const wanted = limit > 0 ? limit + (sorts ? 1 : 0) : Number.MAX_SAFE_INTEGER;
  const found: Found[] = [];
  let beyond = 0;
  for (const [key, record] of point.index.range(point.txn, range.from, range.to)) {
    if (found.length === wanted) {
      // The first key that may be beyond the limit: from here on only the number matters.
      beyond = countAt(point, { from: key, to: range.to }, revision);
      break;
    }
    const version = findAt(point, key, record, revision);
    if (version !== undefined) found.push(version);
  }
  const count = found.length + beyond;
  if (sorts) found.sort(comparatorFor(point, query));
  if (limit > 0 && found.length > limit) found.length = limit;
  const kvs = found.map((version) => answerOf(point, query, version));
  return { kvs, count, more: count > kvs.length, revision: point.currentRevision };
}

export function countAt(point: ReadPoint, { from, to }: KeyRange, revision: number): number {
  const { txn, index } = point;
  if (revision === point.currentRevision) return index.countLive(txn, from, to);
  let count = 0;
  for (const [, record] of index.range(txn, from, to)) {
    const version = versionAt(txn, record, revision);
    if (version !== undefined && !version.tombstone) count++;
  }
  return count;
}

/** Reads everything, filters, sorts and cuts, as etcd does. */
function readSorted(
  point: ReadPoint,
  query: RangeQuery,
  range: KeyRange,
  revision: number,
): RangeResult {
  const { currentRevision } = point;
  const found: Found[] = [];
  let count = 0;
  for (const [key, record] of point.index.range(point.txn, range.from, range.to)) {
    const version = findAt(point, key, record, revision);
    if (version === undefined) continue;
    count++;
    if (passesFilters(query, version)) found.push(version);
  }
  if (!isKeyOrder(query.sortTarget, query.sortOrder)) found.sort(comparatorFor(point, query));
  const isCut = query.limit > 0 && found.length > query.limit;
  if (isCut) found.length = query.limit;
  const kvs = found.map((version) => answerOf(point, query, version));
  return { kvs, count, more: isCut, revision: currentRevision };
}

export function limitsFirst({ sortOrder, sortTarget }: RangeQuery): boolean {
  if (sortOrder === RangeRequest_SortOrder.NONE) return true;
  return isKeyOrder(sortTarget, sortOrder);
}

function isKeyOrder(sortTarget: number, sortOrder: number): boolean {
  return sortTarget === RangeRequest_SortTarget.KEY && sortOrder !== RangeRequest_SortOrder.DESCEND;
}

export function hasFilters(query: RangeQuery): boolean {
  return (
    query.minModRevision !== 0 ||
    query.maxModRevision !== 0 ||
    query.minCreateRevision !== 0 ||
    query.maxCreateRevision !== 0
  );
}

function passesFilters(query: RangeQuery, found: Found): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = query;
  if (maxModRevision !== 0 && found.main > maxModRevision) return false;
  if (minModRevision !== 0 && found.main < minModRevision) return false;
  if (maxCreateRevision !== 0 && found.createRevision > maxCreateRevision) return false;
  return minCreateRevision === 0 || found.createRevision >= minCreateRevision;
}

function comparatorFor(point: ReadPoint, query: RangeQuery): (a: Found, b: Found) => number {
  const ascending = ascendingComparator(point, query.sortTarget);
  if (query.sortOrder !== RangeRequest_SortOrder.DESCEND) return ascending;
  return (a, b) => ascending(b, a);
}

function ascendingComparator(point: ReadPoint, sortTarget: number): (a: Found, b: Found) => number {
  switch (sortTarget) {
    case RangeRequest_SortTarget.KEY:
      return (a, b) => compareBytes(a.key, b.key);
    case RangeRequest_SortTarget.VERSION:
      return (a, b) => a.version - b.version;
    case RangeRequest_SortTarget.CREATE:
      return (a, b) => a.createRevision - b.createRevision;
    case RangeRequest_SortTarget.MOD:
      return (a, b) => a.main - b.main;
    case RangeRequest_SortTarget.VALUE: {
      const values = new Map<Found, Uint8Array>();
      const valueOf = (found: Found): Uint8Array => {
        let value = values.get(found);
        if (value === undefined) {
          value = parseKeyValue(storedKeyValue(point, found)).value;
          values.set(found, value);
        }
        return value;
      };
      return (a, b) => compareBytes(valueOf(a), valueOf(b));
    }
    default:
      throw new EtcdError('InvalidSortOption');
  }
}

function storedKeyValue(point: ReadPoint, found: Found): Uint8Array {
  found.keyValue ??= readKeyValue(point.txn, found.main, found.sub);
  return found.keyValue;
}

/** `keys_only` is answered from the index, so without lease, unless values were needed to sort. */
export function answerOf(point: ReadPoint, query: RangeQuery, found: Found): Uint8Array {
  if (!query.keysOnly) return storedKeyValue(point, found);
  if (query.sortTarget === RangeRequest_SortTarget.VALUE) {
    return withoutValue(storedKeyValue(point, found));
  }
  return keyOnlyKeyValue(found.key, found.createRevision, found.main, found.version);
}
