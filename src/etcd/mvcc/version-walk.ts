import { assert } from '../../base/assert.ts';
import type { ReadTxn } from '../backend/backend.ts';
import { readHistoryHeader } from './history-record.ts';
import { decodeTrees, IndexHead } from './index-record.ts';
import { historyKey, type Revision } from './revision.ts';

export type Version = Revision & { readonly tombstone: boolean };

const head = new IndexHead();

/**
 * The newest version of a key at or before `revision`, from its index record; undefined when it had
 * none. `revision` is not below the compacted one, so every record on the way is still there.
 */
export function versionAt(
  txn: ReadTxn,
  indexRecord: Uint8Array,
  revision: number,
): Version | undefined {
  head.read(indexRecord);
  if (head.main <= revision) return { main: head.main, sub: head.sub, tombstone: head.tombstone };
  let at: Revision = { main: head.main, sub: head.sub };
  for (const tree of decodeTrees(indexRecord)) {
    if (tree.main <= revision) break;
    at = tree;
  }
  for (;;) {
    const record = txn.get('history', historyKey(at.main, at.sub));
    assert(record !== undefined, `revision ${at.main}.${at.sub} is not in the history`);
    const { previous, previousIsTombstone, jump } = readHistoryHeader(record, at.main);
    if (previous === undefined) return undefined;
    if (previous.main <= revision) return { ...previous, tombstone: previousIsTombstone };
    at = jump !== undefined && jump.main > revision ? jump : previous;
  }
}
