import type { ReadTxn } from '../backend/backend.ts';
import { ValuePlace } from '../backend/value-place.ts';
import { entryAt } from './entry-run.ts';
import { IndexHead } from './index-record.ts';
import type { KeyIndex } from './key-index.ts';
import { findKeyValue } from './live-version.ts';
import type { RangeQuery } from './range-query.ts';

const head = new IndexHead();
const place = new ValuePlace();

/** One key as it is now, all of it: what most clients ask for most of the time. */
export function isPointRead(query: RangeQuery): boolean {
  return (
    query.rangeEnd.length === 0 &&
    query.revision === 0 &&
    !query.keysOnly &&
    !query.countOnly &&
    query.minModRevision === 0 &&
    query.maxModRevision === 0 &&
    query.minCreateRevision === 0 &&
    query.maxCreateRevision === 0
  );
}

/** The key's entry for an answer; undefined when it does not live. */
export function readPoint(txn: ReadTxn, index: KeyIndex, key: Uint8Array): Uint8Array | undefined {
  if (!index.find(txn, key, place)) return undefined;
  head.read(place.bytes, place.start);
  if (head.tombstone) return undefined;
  findKeyValue(txn, head.main, head.sub, place);
  return entryAt(place.bytes, place.start, place.end);
}
