import type { WriteTxn } from '../backend/backend.ts';
import { attachKey, detachKey } from '../backend/lease-keys.ts';
import { historyHeaderBytesMax, writeHistoryHeader } from './history-record.ts';
import {
  addVersion,
  decodeIndexRecord,
  encodeIndexRecord,
  type IndexRecord,
  isTombstoneRecord,
} from './index-record.ts';
import type { KeyIndex } from './key-index.ts';
import {
  deletedKeyValue,
  keyValueOverheadBytesMax,
  writeKeyOnly,
  writeKeyValue,
} from './key-value.ts';
import { readKeyValue } from './live-version.ts';
import { keyRange } from './read-point.ts';
import { type RangeQuery, type RangeResult, readRange } from './read-view.ts';
import { historyKeyBytes, type Revision, writeHistoryKey } from './revision.ts';

/** One change as watchers see it. */
export type Change = {
  /** 0 PUT, 1 DELETE, as in mvccpb.Event. */
  readonly type: 0 | 1;
  readonly main: number;
  readonly sub: number;
  readonly key: Uint8Array;
  /** Encoded mvccpb.KeyValue; of a DELETE only key and mod_revision are set. */
  readonly keyValue: Uint8Array;
  readonly isCreate: boolean;
  /** The key's live version before this change; undefined when there was none. */
  readonly previous: Revision | undefined;
};

const keyBuffer = Buffer.alloc(historyKeyBytes);

/**
 * The changes of one request: they share one main revision, the store's current one plus one, and
 * number their subs in execution order. Later operations see earlier ones. A request that changes
 * nothing uses no revision. Callers have validated everything: nothing in here refuses.
 */
export class MvccWriteTxn {
  readonly txn: WriteTxn;
  readonly changes: Change[] = [];
  /** What was asked for, for metrics; etcd counts a transaction when there is more than one. */
  readonly asked = { ranges: 0, puts: 0, deletes: 0, putBytes: 0 };
  readonly #index: KeyIndex;
  readonly #before: number;
  readonly #compactRevision: number;

  constructor(txn: WriteTxn, index: KeyIndex, currentRevision: number, compactRevision: number) {
    this.txn = txn;
    this.#index = index;
    this.#before = currentRevision;
    this.#compactRevision = compactRevision;
  }

  /** The store's revision as this request sees it: counts its own changes. */
  get revision(): number {
    return this.changes.length > 0 ? this.#before + 1 : this.#before;
  }

  range(query: RangeQuery): RangeResult {
    this.asked.ranges += 1;
    return readRange(
      {
        txn: this.txn,
        index: this.#index,
        currentRevision: this.revision,
        compactRevision: this.#compactRevision,
      },
      query,
    );
  }

  /** What the index knows of a live key. */
  live(key: Uint8Array): IndexRecord | undefined {
    const bytes = this.#index.get(this.txn, key);
    if (bytes === undefined || isTombstoneRecord(bytes)) return undefined;
    return decodeIndexRecord(bytes);
  }

  /** The live keys of a range, in byte order. Iterate before the next change. */
  *liveRange(key: Uint8Array, rangeEnd: Uint8Array): Iterable<IndexRecord> {
    const range = keyRange(key, rangeEnd);
    if (range === undefined) return;
    for (const [, bytes] of this.#index.range(this.txn, range.from, range.to)) {
      if (!isTombstoneRecord(bytes)) yield decodeIndexRecord(bytes);
    }
  }

  keyValue(version: Revision): Uint8Array {
    return readKeyValue(this.txn, version.main, version.sub);
  }

  /** `lease` 0n detaches. Returns the change; its `previous` tells what was replaced. */
  put(key: Uint8Array, value: Uint8Array, lease: bigint): Change {
    this.asked.puts += 1;
    this.asked.putBytes += key.length + value.length;
    const main = this.#before + 1;
    const sub = this.changes.length;
    const bytes = this.#index.get(this.txn, key);
    const old = bytes === undefined ? undefined : decodeIndexRecord(bytes);
    const live = old?.tombstone === false ? old : undefined;
    const createRevision = live?.createRevision ?? main;
    const version = (live?.version ?? 0) + 1;
    const trees = addVersion(old?.trees ?? [], main, sub, this.#compactRevision);
    const record = Buffer.allocUnsafe(
      historyHeaderBytesMax + keyValueOverheadBytesMax + key.length + value.length,
    );
    const wasTombstone = old?.tombstone === true;
    const start = writeHistoryHeader(record, main, false, old?.trees[0], wasTombstone, trees.jump);
    const end = writeKeyValue(record, start, key, createRevision, main, version, value, lease);
    writeHistoryKey(keyBuffer, main, sub);
    this.txn.append('history', keyBuffer, record.subarray(0, end));
    const state = { main, sub, tombstone: false, createRevision, version, lease };
    const indexRecord = encodeIndexRecord({ ...state, trees: trees.trees });
    this.#index.put(this.txn, key, indexRecord, wasTombstone);
    const oldLease = live?.lease ?? 0n;
    if (oldLease !== lease) {
      if (oldLease !== 0n) detachKey(this.txn, oldLease, key);
      if (lease !== 0n) attachKey(this.txn, lease, key);
    }
    const change: Change = {
      type: 0,
      main,
      sub,
      key,
      keyValue: record.subarray(start, end),
      isCreate: live === undefined,
      previous: live?.trees[0],
    };
    this.changes.push(change);
    return change;
  }

  /** Deletes the live keys of a range in byte order; returns their changes. */
  deleteRange(key: Uint8Array, rangeEnd: Uint8Array): readonly Change[] {
    this.asked.deletes += 1;
    const range = keyRange(key, rangeEnd);
    if (range === undefined) return [];
    if (rangeEnd.length === 0) {
      const bytes = this.#index.get(this.txn, key);
      if (bytes === undefined || isTombstoneRecord(bytes)) return [];
      return [this.#delete(key, bytes)];
    }
    // Collected before the first write: an iterator does not outlive changes under it.
    const doomed: (readonly [Uint8Array, Uint8Array])[] = [];
    for (const entry of this.#index.range(this.txn, range.from, range.to)) {
      if (!isTombstoneRecord(entry[1])) doomed.push(entry);
    }
    return doomed.map(([found, bytes]) => this.#delete(found, bytes));
  }

  #delete(key: Uint8Array, bytes: Uint8Array): Change {
    const main = this.#before + 1;
    const sub = this.changes.length;
    const old = decodeIndexRecord(bytes);
    const trees = addVersion(old.trees, main, sub, this.#compactRevision);
    const record = Buffer.allocUnsafe(
      historyHeaderBytesMax + keyValueOverheadBytesMax + key.length,
    );
    const start = writeHistoryHeader(record, main, true, old.trees[0], false, trees.jump);
    const end = writeKeyOnly(record, start, key);
    writeHistoryKey(keyBuffer, main, sub);
    this.txn.append('history', keyBuffer, record.subarray(0, end));
    const state = { main, sub, tombstone: true, createRevision: 0, version: 0, lease: 0n };
    this.#index.put(this.txn, key, encodeIndexRecord({ ...state, trees: trees.trees }), false);
    if (old.lease !== 0n) detachKey(this.txn, old.lease, key);
    const change: Change = {
      type: 1,
      main,
      sub,
      key,
      keyValue: deletedKeyValue(key, main),
      isCreate: false,
      previous: old.trees[0],
    };
    this.changes.push(change);
    return change;
  }
}
