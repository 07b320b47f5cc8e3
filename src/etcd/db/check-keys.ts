import { compareBytes, emptyBytes, equalBytes } from '../../base/bytes.ts';
import { attachedKeys } from '../backend/lease-keys.ts';
import { keyValueOf, readHistoryHeader } from '../mvcc/history-record.ts';
import { decodeTrees, IndexUpdate, isTombstoneRecord } from '../mvcc/index-record.ts';
import { KeyIndex } from '../mvcc/key-index.ts';
import { type KeyValueFields, keyOf, parseKeyValue } from '../mvcc/key-value.ts';
import { historyKey, historyKeyBytes, mainOf, type Revision, subOf } from '../mvcc/revision.ts';
import { type Findings, printable } from './findings.ts';
import type { LmdbReads } from './lmdb-reads.ts';
import { longKeys } from './long-keys.ts';

export type KeysFigures = {
  readonly keys: number;
  readonly deletedKeys: number;
  readonly revisions: number;
  readonly lastRevision: number;
};

/** A record of the history as far as it can be read. */
type HistoryRecord = {
  readonly tombstone: boolean;
  readonly fields: KeyValueFields;
  readonly previous: Revision | undefined;
  readonly previousIsTombstone: boolean;
  readonly jump: Revision | undefined;
};

/**
 * Compares the key index with the history in both directions, and with the graves and the keys of
 * leases. One pass over each table with look-ups in the others: memory does not grow with them.
 */
export function checkKeys(
  reads: LmdbReads,
  compactRevision: number,
  findings: Findings,
): KeysFigures {
  return new KeysCheck(reads, compactRevision, findings).run();
}

const update = new IndexUpdate();

class KeysCheck {
  readonly #reads: LmdbReads;
  readonly #compactRevision: number;
  readonly #findings: Findings;
  readonly #index: KeyIndex;
  /** Keys of leases that the index confirmed; all others are left over. */
  #attached = 0;

  constructor(reads: LmdbReads, compactRevision: number, findings: Findings) {
    this.#reads = reads;
    this.#compactRevision = compactRevision;
    this.#findings = findings;
    this.#index = new KeyIndex(reads);
  }

  run(): KeysFigures {
    const { keys, deletedKeys } = this.#checkIndex();
    const { revisions, lastRevision } = this.#checkHistory();
    this.#checkGraves();
    this.#checkLeaseKeys();
    return { keys, deletedKeys, revisions, lastRevision };
  }

  #checkIndex(): { keys: number; deletedKeys: number } {
    let keys = 0;
    let deletedKeys = 0;
    const shorts = this.#reads.range('index', emptyBytes, undefined);
    const longs = longKeys(this.#reads, (prefix, kind, message) =>
      this.#damage('index_long', prefix, kind, message),
    );
    for (const table of [shorts, longs]) {
      let before: Uint8Array | undefined;
      for (const [key, record] of table) {
        if (before !== undefined && compareBytes(before, key) >= 0) {
          this.#damage('index', key, 'index-order', 'it does not sort behind the key before it');
        }
        before = key;
        if (isTombstoneRecord(record)) deletedKeys += 1;
        else keys += 1;
        this.#checkIndexRecord(key, record);
      }
    }
    return { keys, deletedKeys };
  }

  #checkIndexRecord(key: Uint8Array, bytes: Uint8Array): void {
    const problem = indexRecordProblem(bytes);
    if (problem !== undefined) return this.#damage('index', key, 'index-record', problem);
    const { main, sub, tombstone, createRevision, version, lease } = update;
    const record = this.#recordAt({ main, sub });
    const at = `${main}.${sub}`;
    if (record === undefined) {
      return this.#damage('index', key, 'index-history', `revision ${at} is not in the history`);
    }
    if (!equalBytes(record.fields.key, key)) {
      const other = printable(record.fields.key);
      return this.#damage('index', key, 'index-history', `revision ${at} is of the key ${other}`);
    }
    const { fields } = record;
    const isSame =
      record.tombstone === tombstone &&
      (tombstone ||
        (fields.createRevision === createRevision &&
          fields.version === version &&
          fields.lease === lease));
    if (!isSame) {
      const message = `it tells otherwise of revision ${at} than the history`;
      this.#damage('index', key, 'index-history', message);
    }
    for (const tree of decodeTrees(bytes)) {
      if (tree.main <= this.#compactRevision || this.#hasRecord(tree)) continue;
      const message = `its older version ${tree.main}.${tree.sub} is not in the history`;
      this.#damage('index', key, 'index-history', message);
    }
    if (lease !== 0n && !tombstone) this.#checkAttached(key, lease);
  }

  #checkAttached(key: Uint8Array, lease: bigint): void {
    const id = BigInt.asUintN(64, lease).toString(16);
    if (this.#reads.get('lease', leaseKey(lease)) === undefined) {
      this.#damage('index', key, 'lease-missing', `its lease ${id} does not exist`);
    }
    if (key.length > attachedKeyBytesMax) {
      const isThere = attachedKeys(this.#reads, lease).some((one) => equalBytes(one, key));
      if (isThere) this.#attached += 1;
      else this.#damage('index', key, 'lease-keys', `lease ${id} does not list it`);
      return;
    }
    const entry = Buffer.concat([leaseKey(lease), key]);
    if (this.#reads.get('lease_keys', entry) !== undefined) this.#attached += 1;
    else this.#damage('index', key, 'lease-keys', `lease ${id} does not list it`);
  }

  #checkHistory(): { revisions: number; lastRevision: number } {
    let revisions = 0;
    let before: Revision | undefined;
    for (const [key, bytes] of this.#reads.range('history', emptyBytes, undefined)) {
      revisions += 1;
      if (key.length !== historyKeyBytes) {
        this.#damage('history', key, 'history-record', `its key has ${key.length} bytes`);
        continue;
      }
      const at = { main: mainOf(key), sub: subOf(key) };
      const record = this.#parse(bytes, at.main);
      if (typeof record === 'string') {
        this.#damage('history', key, 'history-record', `revision ${at.main}.${at.sub}: ${record}`);
      } else {
        this.#checkSequence(before, at, record, key);
        this.#checkRecord(at, record, key);
      }
      before = at;
    }
    return { revisions, lastRevision: before?.main ?? 0 };
  }

  /** Above the compacted revision nothing may be missing. */
  #checkSequence(
    before: Revision | undefined,
    at: Revision,
    record: HistoryRecord,
    key: Uint8Array,
  ): void {
    if (at.main <= this.#compactRevision) return;
    // A restored snapshot may continue at a higher revision, with a record that has no key.
    if (record.fields.key.length === 0) return;
    const isNewMain = before === undefined || before.main !== at.main;
    const expectedSub = isNewMain ? 0 : before.sub + 1;
    const last = Math.max(before?.main ?? 1, this.#compactRevision, 1);
    const isNext = !isNewMain || at.main === last + 1;
    if (at.sub === expectedSub && isNext) return;
    const message = `revision ${at.main}.${at.sub} follows ${before?.main ?? last}.${before?.sub ?? 0}`;
    this.#damage('history', key, 'history-gap', `${message}: something in between is missing`);
  }

  #checkRecord(at: Revision, record: HistoryRecord, historyKeyOfIt: Uint8Array): void {
    const { fields, previous, previousIsTombstone, jump } = record;
    const bad = (kind: string, message: string): void =>
      this.#damage(
        'history',
        historyKeyOfIt,
        kind,
        `revision ${at.main}.${at.sub} of ${printable(fields.key)}: ${message}`,
      );
    if (fields.key.length === 0) return;
    const newest = this.#newest(fields.key);
    if (newest === 'unreadable') return;
    if (newest === undefined) return bad('history-index', 'the index does not have the key');
    if (indexRecordProblem(newest) !== undefined) return;
    const { main, sub } = update;
    if (main < at.main || (main === at.main && sub < at.sub)) {
      return bad('history-index', `the index ends at ${main}.${sub}`);
    }
    // What the compacted revision still shows stays, and so does all that came later.
    if (at.main <= this.#compactRevision) return;
    const mayBeGone = previousIsTombstone && (previous?.main ?? 0) < this.#compactRevision;
    if (previous !== undefined && !mayBeGone) this.#checkOlder(previous, fields.key, bad);
    if (jump !== undefined && jump !== previous && jump.main > this.#compactRevision) {
      this.#checkOlder(jump, fields.key, bad);
    }
  }

  #checkOlder(
    older: Revision,
    key: Uint8Array,
    bad: (kind: string, message: string) => void,
  ): void {
    const record = this.#recordAt(older);
    const at = `${older.main}.${older.sub}`;
    if (record === undefined) bad('history-chain', `its older version ${at} is missing`);
    else if (!equalBytes(record.fields.key, key)) {
      bad('history-chain', `its older version ${at} is of ${printable(record.fields.key)}`);
    }
  }

  #checkGraves(): void {
    let graves = 0;
    for (const [key] of this.#reads.range('graves', emptyBytes, undefined)) {
      const record = this.#reads.get('index', key);
      if (record !== undefined && isTombstoneRecord(record)) graves += 1;
      else this.#damage('graves', key, 'graves', 'it is not a deleted key of the index');
    }
    let deleted = 0;
    for (const [key, record] of this.#reads.range('index', emptyBytes, undefined)) {
      if (!isTombstoneRecord(record)) continue;
      deleted += 1;
      if (this.#reads.get('graves', key) !== undefined) continue;
      this.#damage('index', key, 'graves', 'it is deleted, and the graves do not have it');
    }
    if (graves > deleted) this.#damage('graves', emptyBytes, 'graves', 'more than deleted keys');
  }

  #checkLeaseKeys(): void {
    let entries = 0;
    for (const [entry, value] of this.#reads.range('lease_keys', emptyBytes, undefined)) {
      const key = value.length > 0 ? value : entry.subarray(8);
      const record = this.#newest(key);
      if (record === 'unreadable') continue;
      entries += 1;
      const isRight =
        record !== undefined &&
        indexRecordProblem(record) === undefined &&
        !update.tombstone &&
        equalBytes(leaseKey(update.lease), entry.subarray(0, 8));
      if (isRight) continue;
      this.#damage('lease_keys', entry, 'lease-keys', 'the key is not attached to this lease');
    }
    if (entries !== this.#attached && this.#findings.counts.get('lease-keys') === undefined) {
      const message = `${entries} entries, and ${this.#attached} keys with a lease`;
      this.#findings.damage('lease-keys', { table: 'lease_keys' }, message);
    }
  }

  /** What the index has of a key. Long keys that cannot be read were told by `longKeys`. */
  #newest(key: Uint8Array): Uint8Array | 'unreadable' | undefined {
    try {
      return this.#index.get(this.#reads, key);
    } catch {
      return 'unreadable';
    }
  }

  #recordAt(at: Revision): HistoryRecord | undefined {
    const bytes = this.#reads.get('history', historyKey(at.main, at.sub));
    const record = bytes === undefined ? undefined : this.#parse(bytes, at.main);
    return typeof record === 'string' ? undefined : record;
  }

  #hasRecord(at: Revision): boolean {
    return this.#reads.get('history', historyKey(at.main, at.sub)) !== undefined;
  }

  /** The record, or why it cannot be read. */
  #parse(bytes: Uint8Array, main: number): HistoryRecord | string {
    try {
      return parseHistoryRecord(bytes, main);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #damage(table: string, key: Uint8Array, kind: string, message: string): void {
    this.#findings.damage(kind, { table, key: printable(key) }, message);
  }
}

/** Above this a lease's entry has a hash of the key (backend/lease-keys.ts). */
const attachedKeyBytesMax = 1_900;

function leaseKey(lease: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, lease));
  return bytes;
}

/** What can be read must be what is written of it; leaves it in `update`. */
function indexRecordProblem(bytes: Uint8Array): string | undefined {
  try {
    update.read(bytes);
    if (update.main > 0 && equalBytes(update.encode(), bytes)) return undefined;
  } catch {
    // Said below.
  }
  return `its record ${printable(bytes)} cannot be read`;
}

/** The record, or why it cannot be one. May throw, too. */
export function parseHistoryRecord(bytes: Uint8Array, main: number): HistoryRecord | string {
  const start = bytes[0] ?? 0;
  if (start < 2 || start > bytes.length) return 'its header is cut short';
  const { tombstone, previous, previousIsTombstone, jump } = readHistoryHeader(bytes, main);
  for (const older of [previous, jump]) {
    if (older === undefined) continue;
    if (!(older.main > 0 && older.main <= main)) return 'its header leads to no older version';
  }
  const message = keyValueOf(bytes);
  const fields = parseKeyValue(message);
  if (tombstone) {
    const { value, modRevision, createRevision } = fields;
    const hasMore = value.length > 0 || modRevision !== 0 || createRevision !== 0;
    return hasMore || keyOf(message).length === 0
      ? 'a deletion that is more than a key'
      : { tombstone, fields, previous, previousIsTombstone, jump };
  }
  if (fields.key.length > 0 && fields.modRevision !== main) {
    return `it says that it is of revision ${fields.modRevision}`;
  }
  const { createRevision, version } = fields;
  if (fields.key.length > 0 && !(createRevision > 0 && createRevision <= main && version > 0)) {
    return `created at ${createRevision}, version ${version}: that cannot be`;
  }
  return { tombstone, fields, previous, previousIsTombstone, jump };
}
