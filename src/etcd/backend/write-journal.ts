import {
  type Bucket,
  buckets,
  type Entry,
  type RangeOptions,
  type ReadTxn,
  type WriteTxn,
} from './backend.ts';
import type { ValuePlace } from './value-place.ts';

/** What an entry of a set holds besides its key's bytes, about. */
const entryBytes = 64;

const markOf = new Map(buckets.map((bucket, at) => [bucket, String.fromCharCode(at)]));

/**
 * Which keys were written since some moment, so that a copy of that moment can be brought up to
 * date. Values are not kept: they are read when they are copied. Keys appended to a bucket cost
 * nothing: the first of them says where to read on.
 */
export class WriteJournal {
  readonly #bytesMax: number;
  /** A bucket's mark, then the key, a character per byte. */
  readonly #keys = new Set<string>();
  readonly #appendedFrom = new Map<Bucket, Uint8Array>();
  #bytes = 0;
  #isFull = false;
  #recorded = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** It stopped recording: the copy cannot be brought up to date any more. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Operations recorded since this was asked last. */
  takeRecorded(): number {
    const recorded = this.#recorded;
    this.#recorded = 0;
    return recorded;
  }

  /** The same transaction, with its writes recorded. */
  recording(txn: WriteTxn): WriteTxn {
    return new RecordingTxn(txn, this);
  }

  changed(bucket: Bucket, key: Uint8Array): void {
    this.#recorded += 1;
    if (this.#isFull) return;
    const name = Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
    const entry = `${markOf.get(bucket)}${name}`;
    if (this.#keys.has(entry)) return;
    this.#bytes += entryBytes + entry.length;
    if (this.#bytes > this.#bytesMax) this.#isFull = true;
    else this.#keys.add(entry);
  }

  appended(bucket: Bucket, key: Uint8Array): void {
    this.#recorded += 1;
    if (!this.#appendedFrom.has(bucket)) this.#appendedFrom.set(bucket, Uint8Array.from(key));
  }

  /** Copies up to `keysMax` keys as `live` has them now; false when nothing is left to copy. */
  copySome(live: ReadTxn, copy: WriteTxn, keysMax: number): boolean {
    let room = keysMax;
    for (const [bucket, from] of [...this.#appendedFrom]) {
      room -= this.#copyAppended(live, copy, bucket, from, room);
      if (room <= 0) return true;
    }
    for (const entry of this.#keys) {
      if (room <= 0) return true;
      room -= 1;
      this.#keys.delete(entry);
      this.#bytes -= entryBytes + entry.length;
      const bucket = buckets[entry.charCodeAt(0)] as Bucket;
      const key = Buffer.from(entry.slice(1), 'latin1');
      const value = live.get(bucket, key);
      if (value === undefined) copy.delete(bucket, key);
      else copy.put(bucket, key, value);
    }
    return false;
  }

  /** Returns how many keys it copied. */
  #copyAppended(
    live: ReadTxn,
    copy: WriteTxn,
    bucket: Bucket,
    from: Uint8Array,
    keysMax: number,
  ): number {
    let copied = 0;
    for (const [key, value] of live.range(bucket, from, undefined, { limit: keysMax + 1 })) {
      if (copied === keysMax) {
        this.#appendedFrom.set(bucket, key);
        return copied;
      }
      // Not `append`: the copy may have it already.
      copy.put(bucket, key, value);
      copied += 1;
    }
    this.#appendedFrom.delete(bucket);
    return copied;
  }
}

class RecordingTxn implements WriteTxn {
  readonly #txn: WriteTxn;
  readonly #journal: WriteJournal;

  constructor(txn: WriteTxn, journal: WriteJournal) {
    this.#txn = txn;
    this.#journal = journal;
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    return this.#txn.get(bucket, key);
  }

  find(bucket: Bucket, key: Uint8Array, place: ValuePlace): boolean {
    return this.#txn.find(bucket, key, place);
  }

  range(
    bucket: Bucket,
    from: Uint8Array,
    to: Uint8Array | undefined,
    options?: RangeOptions,
  ): Iterable<Entry> {
    return this.#txn.range(bucket, from, to, options);
  }

  count(bucket: Bucket, from: Uint8Array, to: Uint8Array | undefined): number {
    return this.#txn.count(bucket, from, to);
  }

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    this.#journal.changed(bucket, key);
    this.#txn.put(bucket, key, value);
  }

  append(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    this.#journal.appended(bucket, key);
    this.#txn.append(bucket, key, value);
  }

  delete(bucket: Bucket, key: Uint8Array): void {
    this.#journal.changed(bucket, key);
    this.#txn.delete(bucket, key);
  }
}
