import { EtcdError } from '../errors.ts';
import {
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
} from '../proto/generated/etcdserverpb.ts';
import { type EntryFields, entriesIn } from './entry-fields.ts';
import { entryOf } from './entry-run.ts';
import { withoutValue } from './key-value.ts';
import type { RangeQuery } from './range-query.ts';

/** Sorting, filtering and cutting a list that was read as a whole. */

export type Arranged = {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
  /** The limit left some out. */
  readonly isCut: boolean;
};

export function arrange(pieces: readonly Uint8Array[], query: RangeQuery): Arranged {
  let entries = entriesIn(pieces);
  if (hasFilters(query)) entries = entries.filter((entry) => passesFilters(query, entry));
  if (!isKeyOrder(query)) entries.sort(comparatorFor(query));
  const isCut = query.limit > 0 && entries.length > query.limit;
  if (isCut) entries.length = query.limit;
  const { length } = entries;
  // Sorting by value needs it, even when the answer is to have none.
  const dropsValues = query.keysOnly && query.sortTarget === RangeRequest_SortTarget.VALUE;
  return { pieces: dropsValues ? entries.map(keyOnly) : together(entries), length, isCut };
}

export function hasFilters(query: RangeQuery): boolean {
  return (
    query.minModRevision !== 0 ||
    query.maxModRevision !== 0 ||
    query.minCreateRevision !== 0 ||
    query.maxCreateRevision !== 0
  );
}

export function isKeyOrder({ sortTarget, sortOrder }: RangeQuery): boolean {
  return sortTarget === RangeRequest_SortTarget.KEY && sortOrder !== RangeRequest_SortOrder.DESCEND;
}

function passesFilters(query: RangeQuery, entry: EntryFields): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = query;
  if (maxModRevision !== 0 && entry.modRevision > maxModRevision) return false;
  if (minModRevision !== 0 && entry.modRevision < minModRevision) return false;
  if (maxCreateRevision !== 0 && entry.createRevision > maxCreateRevision) return false;
  return minCreateRevision === 0 || entry.createRevision >= minCreateRevision;
}

type Comparator = (a: EntryFields, b: EntryFields) => number;

function comparatorFor(query: RangeQuery): Comparator {
  const ascending = ascendingComparator(query.sortTarget);
  if (query.sortOrder !== RangeRequest_SortOrder.DESCEND) return ascending;
  return (a, b) => ascending(b, a);
}

function ascendingComparator(sortTarget: number): Comparator {
  switch (sortTarget) {
    case RangeRequest_SortTarget.KEY:
      return (a, b) => a.bytes.compare(b.bytes, b.keyStart, b.keyEnd, a.keyStart, a.keyEnd);
    case RangeRequest_SortTarget.VERSION:
      return (a, b) => a.version - b.version;
    case RangeRequest_SortTarget.CREATE:
      return (a, b) => a.createRevision - b.createRevision;
    case RangeRequest_SortTarget.MOD:
      return (a, b) => a.modRevision - b.modRevision;
    case RangeRequest_SortTarget.VALUE:
      return (a, b) => a.bytes.compare(b.bytes, b.valueStart, b.valueEnd, a.valueStart, a.valueEnd);
    default:
      throw new EtcdError('InvalidSortOption');
  }
}

/** Fewer bytes are too little to be sent from where they are. */
const LONG_ENTRY_BYTES = 16 * 1024;

/** Long entries stay where they are; the short ones between them are put together. */
function together(entries: readonly EntryFields[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let short: EntryFields[] = [];
  for (const entry of entries) {
    const { bytes, start, end } = entry;
    if (end - start < LONG_ENTRY_BYTES) {
      short.push(entry);
      continue;
    }
    if (short.length > 0) pieces.push(copied(short));
    short = [];
    pieces.push(bytes.subarray(start, end));
  }
  if (short.length > 0) pieces.push(copied(short));
  return pieces;
}

function copied(entries: readonly EntryFields[]): Uint8Array {
  let size = 0;
  for (const { start, end } of entries) size += end - start;
  const piece = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { bytes, start, end } of entries) at += bytes.copy(piece, at, start, end);
  return piece;
}

function keyOnly({ bytes, message, end }: EntryFields): Uint8Array {
  return entryOf(withoutValue(bytes.subarray(message, end)));
}
