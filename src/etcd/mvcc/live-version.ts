import { broken } from '../../base/assert.ts';
import type { ReadTxn } from '../backend/backend.ts';
import type { ValuePlace } from '../backend/value-place.ts';
import { keyValueOf, keyValueOffset } from './history-record.ts';
import { IndexHead } from './index-record.ts';
import { keyOnlyKeyValue, parseKeyValue } from './key-value.ts';
import type { EntryForm } from './list-block.ts';
import { historyKeyBytes, writeHistoryKey } from './revision.ts';
import { versionAt } from './version-walk.ts';

const head = new IndexHead();
const keyBuffer = Buffer.alloc(historyKeyBytes);

export function readKeyValue(txn: ReadTxn, main: number, sub: number): Uint8Array {
  writeHistoryKey(keyBuffer, main, sub);
  const record = txn.get('history', keyBuffer);
  if (record === undefined) throw missing(main, sub);
  return keyValueOf(record);
}

/** As `readKeyValue`, in place. */
export function findKeyValue(txn: ReadTxn, main: number, sub: number, place: ValuePlace): void {
  writeHistoryKey(keyBuffer, main, sub);
  if (!txn.find('history', keyBuffer, place)) throw missing(main, sub);
  place.skip(keyValueOffset(place.bytes, place.start));
}

function missing(main: number, sub: number): Error {
  return broken(`revision ${main}.${sub} is not in the history`);
}

/**
 * The KeyValue of a key as it was at a revision, from the key's index record; undefined when it did
 * not live then. `keys_only` is answered from the index, so without lease.
 */
export function liveKeyValue(
  txn: ReadTxn,
  key: Uint8Array,
  record: Uint8Array,
  revision: number,
  form: EntryForm,
): Uint8Array | undefined {
  head.read(record);
  const { main, sub, createRevision, version } = head;
  if (main <= revision) {
    if (head.tombstone) return undefined;
    if (form === 'keys') return keyOnlyKeyValue(key, createRevision, main, version);
    return readKeyValue(txn, main, sub);
  }
  const older = versionAt(txn, record, revision);
  if (older === undefined || older.tombstone) return undefined;
  const keyValue = readKeyValue(txn, older.main, older.sub);
  if (form === 'full') return keyValue;
  const fields = parseKeyValue(keyValue);
  return keyOnlyKeyValue(key, fields.createRevision, older.main, fields.version);
}

/** The revision of a key's last change, deletions too. */
export function newestRevision(record: Uint8Array): number {
  head.read(record);
  return head.main;
}
