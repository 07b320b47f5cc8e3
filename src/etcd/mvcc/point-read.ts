import type { ReadTxn } from '../backend/backend.ts';
import { entryOf } from './entry-run.ts';
import { IndexHead } from './index-record.ts';
import type { KeyIndex } from './key-index.ts';
import { readKeyValue } from './live-version.ts';
import type { RangeQuery } from './read-view.ts';

const head = new IndexHead();

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
  const record = index.get(txn, key);
  if (record === undefined) return undefined;
  head.read(record);
  return head.tombstone ? undefined : entryOf(readKeyValue(txn, head.main, head.sub));
}
