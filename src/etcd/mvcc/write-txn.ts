import type { WriteTxn } from '../backend/backend.ts';
import { attachKey, detachKey } from '../backend/lease-keys.ts';
import { ValuePlace } from '../backend/value-place.ts';
import type { Change } from './change.ts';
import { historyHeaderBytesMax, writeHistoryHeader } from './history-record.ts';
import { decodeLiveKey, IndexUpdate, isTombstoneRecord, type LiveKey } from './index-record.ts';
import type { KeyIndex } from './key-index.ts';
import {
  deletedKeyValue,
  keyValueOverheadBytesMax,
  writeKeyOnly,
  writeKeyValue,
} from './key-value.ts';
import { readKeyValue } from './live-version.ts';
import type { RangeQuery } from './range-query.ts';
import { keyRange } from './read-point.ts';
import { type RangeResult, readRange } from './read-view.ts';
import { historyKeyBytes, type Revision, writeHistoryKey } from './revision.ts';

/** Where the store stands; read when a request begins. */
type Revisions = { readonly currentRevision: number; readonly compactRevision: number };

const noChanges: readonly Change[] = [];
const update = new IndexUpdate();
const place = new ValuePlace();
const keyBuffer = Buffer.alloc(historyKeyBytes);

/**
 * The changes of one request at a time: they share one main revision, the store's current one plus
 * one, and number their subs in execution order. Later operations see earlier ones. A request that
 * changes nothing uses no revision. Callers have validated everything: nothing in here refuses.
 */
export class MvccWriteTxn {
  readonly txn: WriteTxn;
  /** What was asked for, for metrics; etcd counts a transaction when there is more than one. */
  readonly asked = { ranges: 0, puts: 0, deletes: 0, putBytes: 0 };
  readonly #index: KeyIndex;
  readonly #revisions: Revisions;
  #changes: Change[] | undefined;
  #before = 0;
  #compactRevision = 0;

  constructor(txn: WriteTxn, index: KeyIndex, revisions: Revisions) {
    this.txn = txn;
    this.#index = index;
    this.#revisions = revisions;
    this.next();
  }

  /** Begins a request, on the state that the one before it left. */
  next(): void {
    this.#before = this.#revisions.currentRevision;
    this.#compactRevision = this.#revisions.compactRevision;
    this.#changes = undefined;
    const { asked } = this;
    asked.ranges = 0;
    asked.puts = 0;
    asked.deletes = 0;
    asked.putBytes = 0;
  }

  /** The request's own array: the next one gets another. */
  get changes(): readonly Change[] {
    return this.#changes ?? noChanges;
  }

  /** The store's revision as this request sees it: counts its own changes. */
  get revision(): number {
    return this.#changes === undefined ? this.#before : this.#before + 1;
  }

  /** Throws StatusError when the answer would have more bytes. */
  range(query: RangeQuery, bytesMax: number): RangeResult {
    this.asked.ranges += 1;
    return readRange(
      {
        txn: this.txn,
        index: this.#index,
        currentRevision: this.revision,
        compactRevision: this.#compactRevision,
      },
      query,
      bytesMax,
    );
  }

  /** What the index knows of a live key. */
  live(key: Uint8Array): LiveKey | undefined {
    const bytes = this.#index.get(this.txn, key);
    if (bytes === undefined || isTombstoneRecord(bytes)) return undefined;
    return decodeLiveKey(bytes);
  }

  /** The live keys of a range, in byte order. Iterate before the next change. */
  *liveRange(key: Uint8Array, rangeEnd: Uint8Array): Iterable<LiveKey> {
    const range = keyRange(key, rangeEnd);
    if (range === undefined) return;
    for (const [, bytes] of this.#index.range(this.txn, range.from, range.to)) {
      if (!isTombstoneRecord(bytes)) yield decodeLiveKey(bytes);
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
    const sub = this.#changes?.length ?? 0;
    const index = update;
    const isFound = this.#index.find(this.txn, key, place);
    index.read(isFound ? place.bytes : undefined, place.start);
    const { tombstone: wasTombstone, main: oldMain, sub: oldSub, lease: oldLease } = index;
    const isLive = index.exists && !wasTombstone;
    const createRevision = isLive ? index.createRevision : main;
    const version = index.version + 1;
    index.addVersion(main, sub, this.#compactRevision);
    index.tombstone = false;
    index.createRevision = createRevision;
    index.version = version;
    index.lease = lease;
    const record = Buffer.allocUnsafe(
      historyHeaderBytesMax + keyValueOverheadBytesMax + key.length + value.length,
    );
    const { jumpMain, jumpSub } = index;
    const start = writeHistoryHeader(
      record,
      main,
      false,
      oldMain,
      oldSub,
      wasTombstone,
      jumpMain,
      jumpSub,
    );
    const end = writeKeyValue(record, start, key, createRevision, main, version, value, lease);
    writeHistoryKey(keyBuffer, main, sub);
    this.txn.append('history', keyBuffer, viewOf(record, 0, end));
    this.#index.put(this.txn, key, index.encode(), wasTombstone);
    if (oldLease !== lease) {
      if (oldLease !== 0n) detachKey(this.txn, oldLease, key);
      if (lease !== 0n) attachKey(this.txn, lease, key);
    }
    const change: Change = {
      type: 0,
      main,
      sub,
      key,
      keyValue: viewOf(record, start, end),
      isCreate: !isLive,
      previous: isLive ? { main: oldMain, sub: oldSub } : undefined,
    };
    this.#add(change);
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
    const sub = this.#changes?.length ?? 0;
    const index = update;
    index.read(bytes);
    const { main: oldMain, sub: oldSub, lease } = index;
    index.addVersion(main, sub, this.#compactRevision);
    index.tombstone = true;
    index.createRevision = 0;
    index.version = 0;
    index.lease = 0n;
    const record = Buffer.allocUnsafe(
      historyHeaderBytesMax + keyValueOverheadBytesMax + key.length,
    );
    const { jumpMain, jumpSub } = index;
    const start = writeHistoryHeader(record, main, true, oldMain, oldSub, false, jumpMain, jumpSub);
    const end = writeKeyOnly(record, start, key);
    writeHistoryKey(keyBuffer, main, sub);
    this.txn.append('history', keyBuffer, viewOf(record, 0, end));
    this.#index.put(this.txn, key, index.encode(), false);
    if (lease !== 0n) detachKey(this.txn, lease, key);
    const change: Change = {
      type: 1,
      main,
      sub,
      key,
      keyValue: deletedKeyValue(key, main),
      isCreate: false,
      previous: { main: oldMain, sub: oldSub },
    };
    this.#add(change);
    return change;
  }

  #add(change: Change): void {
    if (this.#changes === undefined) this.#changes = [change];
    else this.#changes.push(change);
  }
}

/** A plain view costs half of what a subarray of a Buffer does. */
function viewOf(bytes: Buffer, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}
