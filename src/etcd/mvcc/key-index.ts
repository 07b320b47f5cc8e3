import { assert } from '../../base/assert.ts';
import { compareBytes, concatBytes, emptyBytes } from '../../base/bytes.ts';
import type { Entry, ReadTxn, WriteTxn } from '../backend/backend.ts';
import type { ValuePlace } from '../backend/value-place.ts';
import { isTombstoneRecord } from './index-record.ts';
import { VarintReader, varintBytes, writeVarint } from './varint.ts';

/**
 * Longer keys do not fit a backend key. They share one entry of `index_long` per first
 * `shortKeyBytesMax` bytes, whose value lists the rest of each key with its record, sorted:
 *
 *   { length | rest of the key | length | record }…       (lengths are varints)
 */
export const shortKeyBytesMax = 1900;

export type LongEntry = { readonly rest: Uint8Array; readonly record: Uint8Array };

/** Records by key, in byte order, whatever their lengths. Deleted keys stay until compaction. */
export class KeyIndex {
  /** Sticky: as long as nobody uses long keys, ranges do not look for them. */
  #hasLongKeys: boolean;

  constructor(txn: ReadTxn) {
    this.#hasLongKeys =
      [...txn.range('index_long', emptyBytes, undefined, { limit: 1 })].length > 0;
  }

  get(txn: ReadTxn, key: Uint8Array): Uint8Array | undefined {
    if (key.length <= shortKeyBytesMax) return txn.get('index', key);
    const rest = key.subarray(shortKeyBytesMax);
    const found = readLong(txn, key).find((entry) => compareBytes(entry.rest, rest) === 0);
    return found?.record;
  }

  /** As `get`, in place. */
  find(txn: ReadTxn, key: Uint8Array, place: ValuePlace): boolean {
    if (key.length <= shortKeyBytesMax) return txn.find('index', key, place);
    return place.owned(this.get(txn, key));
  }

  /** `wasTombstone`: the record that this one replaces is a tombstone's. */
  put(txn: WriteTxn, key: Uint8Array, record: Uint8Array, wasTombstone: boolean): void {
    if (key.length > shortKeyBytesMax) {
      this.#hasLongKeys = true;
      changeLong(txn, key, record);
      return;
    }
    txn.put('index', key, record);
    const isTombstone = isTombstoneRecord(record);
    if (isTombstone && !wasTombstone) txn.put('graves', key, emptyBytes);
    else if (wasTombstone && !isTombstone) txn.delete('graves', key);
  }

  /** Forgets a deleted key. */
  delete(txn: WriteTxn, key: Uint8Array): void {
    if (key.length > shortKeyBytesMax) {
      changeLong(txn, key, undefined);
      return;
    }
    txn.delete('index', key);
    txn.delete('graves', key);
  }

  range(txn: ReadTxn, from: Uint8Array, to: Uint8Array | undefined): Iterable<Entry> {
    const shorts = txn.range('index', shortStart(from), shortEnd(to));
    return this.#hasLongKeys ? merge(shorts, longRange(txn, from, to)) : shorts;
  }

  /** Keys alive now, without reading their records. */
  countLive(txn: ReadTxn, from: Uint8Array, to: Uint8Array | undefined): number {
    const [start, end] = [shortStart(from), shortEnd(to)];
    const shorts = txn.count('index', start, end) - txn.count('graves', start, end);
    if (!this.#hasLongKeys) return shorts;
    return shorts + longRange(txn, from, to).filter(([, rec]) => !isTombstoneRecord(rec)).length;
  }
}

/** No short key lies between a long key and its own beginning, except that beginning itself. */
function shortStart(from: Uint8Array): Uint8Array {
  return from.length > shortKeyBytesMax ? afterPrefix(from) : from;
}

function shortEnd(to: Uint8Array | undefined): Uint8Array | undefined {
  return to !== undefined && to.length > shortKeyBytesMax ? afterPrefix(to) : to;
}

function afterPrefix(key: Uint8Array): Uint8Array {
  return concatBytes([key.subarray(0, shortKeyBytesMax), new Uint8Array(1)]);
}

function* merge(shorts: Iterable<Entry>, longs: readonly Entry[]): Iterable<Entry> {
  let next = 0;
  for (const short of shorts) {
    for (; next < longs.length; next++) {
      const long = longs[next] as Entry;
      if (compareBytes(long[0], short[0]) > 0) break;
      yield long;
    }
    yield short;
  }
  for (; next < longs.length; next++) yield longs[next] as Entry;
}

/** Collected at once: long keys are rare. */
function longRange(txn: ReadTxn, from: Uint8Array, to: Uint8Array | undefined): Entry[] {
  const found: Entry[] = [];
  const start = from.subarray(0, shortKeyBytesMax);
  // Cut as a key would be: the whole end may be too long for the backend.
  for (const [prefix, value] of txn.range('index_long', start, shortEnd(to))) {
    for (const { rest, record } of parseLong(value)) {
      const key = concatBytes([prefix, rest]);
      if (compareBytes(key, from) < 0) continue;
      if (to !== undefined && compareBytes(key, to) >= 0) return found;
      found.push([key, record]);
    }
  }
  return found;
}

function readLong(txn: ReadTxn, key: Uint8Array): LongEntry[] {
  const value = txn.get('index_long', key.subarray(0, shortKeyBytesMax));
  return value === undefined ? [] : parseLong(value);
}

function changeLong(txn: WriteTxn, key: Uint8Array, record: Uint8Array | undefined): void {
  const rest = key.subarray(shortKeyBytesMax);
  const entries = readLong(txn, key).filter((entry) => compareBytes(entry.rest, rest) !== 0);
  if (record !== undefined) {
    const at = entries.findIndex((entry) => compareBytes(entry.rest, rest) > 0);
    entries.splice(at < 0 ? entries.length : at, 0, { rest, record });
  }
  const prefix = key.subarray(0, shortKeyBytesMax);
  if (entries.length === 0) txn.delete('index_long', prefix);
  else txn.put('index_long', prefix, formatLong(entries));
}

/** What one entry of `index_long` lists; throws when it does not end where its value does. */
export function parseLong(value: Uint8Array): LongEntry[] {
  const reader = new VarintReader();
  reader.start(value, 0);
  const take = (): Uint8Array => {
    const length = reader.next();
    reader.at += length;
    assert(reader.at <= value.length, 'a stored list of long keys is cut short');
    return value.subarray(reader.at - length, reader.at);
  };
  const entries: LongEntry[] = [];
  while (reader.at < value.length) entries.push({ rest: take(), record: take() });
  return entries;
}

function formatLong(entries: readonly LongEntry[]): Uint8Array {
  const fields = entries.flatMap(({ rest, record }) => [rest, record]);
  const size = fields.reduce((sum, field) => sum + varintBytes(field.length) + field.length, 0);
  const value = Buffer.allocUnsafe(size);
  let at = 0;
  for (const field of fields) {
    at = writeVarint(value, at, field.length);
    value.set(field, at);
    at += field.length;
  }
  return value;
}
