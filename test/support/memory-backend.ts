import { assert } from '../../src/base/assert.ts';
import { compareBytes } from '../../src/base/bytes.ts';
import {
  type Bucket,
  backendKeyBytesMax,
  buckets,
  type Changes,
  type CommittingBackend,
  type Entry,
  type PinnedRead,
  type RangeOptions,
  type ReadTxn,
  type WriteTxn,
} from '../../src/etcd/backend/backend.ts';
import type { ValuePlace } from '../../src/etcd/backend/value-place.ts';

/** Sorted by key. Never changed in place once it is shared with a pin or a checkpoint. */
type Table = Entry[];
type Tables = Record<Bucket, Table>;

/**
 * The backend as a dumb twin: sorted arrays. A simulated crash takes what a real one leaves:
 * `afterKill` everything committed, `afterPowerLoss` the last checkpoint.
 */
export class MemoryBackend implements CommittingBackend {
  #tables: Tables;
  #atCheckpoint: Tables;
  #writing = false;
  #closed = false;

  constructor(tables?: Tables) {
    this.#tables = tables ?? emptyTables();
    this.#atCheckpoint = this.#share();
  }

  read<T>(fn: (txn: ReadTxn) => T): T {
    assert(!this.#closed, 'read of a closed backend');
    return fn(new MemoryTxn(() => this.#tables, undefined));
  }

  room(): undefined {}

  async drain(): Promise<void> {}

  get latest(): ReadTxn {
    return new MemoryTxn(() => this.#tables, undefined);
  }

  async commit(changes: readonly Changes[]): Promise<void> {
    await Promise.resolve();
    this.write((txn) => {
      for (const some of changes) {
        some.forEach(({ bucket, keyStart, valueStart, isAppend, ...at }) => {
          const key = at.key.subarray(keyStart, keyStart + at.keyLength);
          const value = at.value?.subarray(valueStart, valueStart + at.valueLength);
          if (value === undefined) txn.delete(bucket, key);
          else if (isAppend) txn.append(bucket, key, value);
          else txn.put(bucket, key, value);
        });
      }
    });
  }

  pin(): PinnedRead {
    assert(!this.#writing, 'pin inside a write');
    const tables = this.#share();
    return new MemoryTxn(() => tables, undefined);
  }

  write<T>(fn: (txn: WriteTxn) => T): T {
    assert(!this.#closed && !this.#writing, 'write to a closed backend, or nested');
    const before = { ...this.#tables };
    const fresh = new Set<Table>();
    const writable = (bucket: Bucket): Table => {
      const table = this.#tables[bucket];
      if (fresh.has(table)) return table;
      const copy = table.slice();
      this.#tables[bucket] = copy;
      fresh.add(copy);
      return copy;
    };
    this.#writing = true;
    try {
      return fn(new MemoryTxn(() => this.#tables, writable));
    } catch (error) {
      this.#tables = before;
      throw error;
    } finally {
      this.#writing = false;
    }
  }

  async checkpoint(): Promise<void> {
    const reached = this.#share();
    await Promise.resolve();
    this.#atCheckpoint = reached;
  }

  copyTo(): Promise<void> {
    return Promise.reject(new Error('there is no file to copy'));
  }

  sizeBytes(): number {
    let size = 0;
    for (const bucket of buckets) {
      for (const [key, value] of this.#tables[bucket]) size += key.length + value.length;
    }
    return size;
  }

  sizeInUseBytes(): number {
    return this.sizeBytes();
  }

  growthSinceCheckpointBytes(): number {
    return 0;
  }

  async close(): Promise<void> {
    await this.checkpoint();
    this.#closed = true;
  }

  afterKill(): MemoryBackend {
    return new MemoryBackend(this.#share());
  }

  afterPowerLoss(): MemoryBackend {
    return new MemoryBackend({ ...this.#atCheckpoint });
  }

  #share(): Tables {
    return { ...this.#tables };
  }
}

class MemoryTxn implements WriteTxn, PinnedRead {
  readonly #tables: () => Tables;
  readonly #writable: ((bucket: Bucket) => Table) | undefined;

  constructor(tables: () => Tables, writable: ((bucket: Bucket) => Table) | undefined) {
    this.#tables = tables;
    this.#writable = writable;
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    assertBound(key);
    const table = this.#tables()[bucket];
    const at = position(table, key);
    const found = table[at];
    return found !== undefined && compareBytes(found[0], key) === 0
      ? Uint8Array.from(found[1])
      : undefined;
  }

  find(bucket: Bucket, key: Uint8Array, place: ValuePlace): boolean {
    return place.owned(this.get(bucket, key));
  }

  *range(
    bucket: Bucket,
    from: Uint8Array,
    to: Uint8Array | undefined,
    options?: RangeOptions,
  ): Iterable<Entry> {
    assertBound(from);
    assertBound(to);
    const table = this.#tables()[bucket];
    const found = table.slice(position(table, from), to && position(table, to));
    if (options?.reverse === true) found.reverse();
    for (const [key, value] of found.slice(0, options?.limit))
      yield [Uint8Array.from(key), Uint8Array.from(value)];
  }

  count(bucket: Bucket, from: Uint8Array, to: Uint8Array | undefined): number {
    assertBound(from);
    assertBound(to);
    const table = this.#tables()[bucket];
    const end = to === undefined ? table.length : position(table, to);
    return Math.max(0, end - position(table, from));
  }

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    assert(key.length > 0 && key.length <= backendKeyBytesMax, `key of ${key.length} bytes`);
    const table = this.#writableTable(bucket);
    const at = position(table, key);
    const found = table[at];
    const replaces = found !== undefined && compareBytes(found[0], key) === 0;
    table.splice(at, replaces ? 1 : 0, [Uint8Array.from(key), Uint8Array.from(value)]);
  }

  append(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    const last = this.#tables()[bucket].at(-1);
    assert(last === undefined || compareBytes(last[0], key) < 0, 'append out of order');
    this.put(bucket, key, value);
  }

  delete(bucket: Bucket, key: Uint8Array): void {
    const table = this.#writableTable(bucket);
    const at = position(table, key);
    const found = table[at];
    if (found !== undefined && compareBytes(found[0], key) === 0) table.splice(at, 1);
  }

  close(): void {}

  #writableTable(bucket: Bucket): Table {
    assert(this.#writable !== undefined, 'write through a read transaction');
    return this.#writable(bucket);
  }
}

/** As lmdb: what is looked for obeys the limit, too. */
function assertBound(key: Uint8Array | undefined): void {
  const length = key?.length ?? 0;
  assert(length <= backendKeyBytesMax, `a bound of ${length} bytes`);
}

function emptyTables(): Tables {
  return Object.fromEntries(buckets.map((bucket) => [bucket, []])) as unknown as Tables;
}

/** Index of the first entry whose key is not before `key`. */
function position(table: Table, key: Uint8Array): number {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes((table[middle] as Entry)[0], key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
