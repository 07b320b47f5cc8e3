import { compareBytes } from '../../base/bytes.ts';
import type { Bucket, Entry, RangeOptions, ReadTxn } from './backend.ts';
import type { PendingWrites } from './pending-writes.ts';

/**
 * What a range yields when pending writes (newest first) hide what the store below says: in order,
 * each key once, from the newest place that has it, and not at all when that one deleted it.
 */
export function* mergeRange(
  below: ReadTxn,
  pending: readonly PendingWrites[],
  bucket: Bucket,
  from: Uint8Array,
  to: Uint8Array | undefined,
  options: RangeOptions | undefined,
): Iterable<Entry> {
  const reverse = options?.reverse === true;
  const walk = new PendingWalk(pending, bucket, from, to, reverse);
  let left = options?.limit ?? Number.POSITIVE_INFINITY;
  const stored = below
    .range(bucket, from, to, reverse ? { reverse } : undefined)
    [Symbol.iterator]();
  try {
    let next = stored.next();
    while (left > 0) {
      const key = walk.key;
      const order = orderOf(next, key, reverse);
      if (order < 0) {
        left -= 1;
        yield next.value as Entry;
        next = stored.next();
        continue;
      }
      if (key === undefined) return;
      const value = walk.value;
      walk.advance();
      if (order === 0) next = stored.next();
      if (value === undefined) continue;
      left -= 1;
      yield [Buffer.from(key), Buffer.from(value)];
    }
  } finally {
    stored.return?.();
  }
}

/** Negative: the stored entry comes first; zero: both have the key, or both are at their end. */
function orderOf(stored: IteratorResult<Entry>, key: Buffer | undefined, reverse: boolean): number {
  if (stored.done === true) return key === undefined ? 0 : 1;
  if (key === undefined) return -1;
  const order = compareBytes(stored.value[0], key);
  return reverse ? -order : order;
}

/** By how much pending writes change the number of keys in a range. */
export function countMerged(
  below: ReadTxn,
  pending: readonly PendingWrites[],
  bucket: Bucket,
  from: Uint8Array,
  to: Uint8Array | undefined,
): number {
  let difference = 0;
  const walk = new PendingWalk(pending, bucket, from, to, false);
  for (let key = walk.key; key !== undefined; key = walk.key) {
    const isThere = walk.value !== undefined;
    if (isThere !== (below.get(bucket, key) !== undefined)) difference += isThere ? 1 : -1;
    walk.advance();
  }
  return difference;
}

type Cursor = {
  readonly writes: PendingWrites;
  readonly ids: readonly number[];
  at: number;
  end: number;
};

/** The keys of pending writes in order, each once with its newest value. */
class PendingWalk {
  readonly #cursors: Cursor[] = [];
  readonly #reverse: boolean;
  /** undefined at the end. A view, like `value`. */
  key: Buffer | undefined;
  /** undefined: the key is deleted. */
  value: Buffer | undefined;

  constructor(
    pending: readonly PendingWrites[],
    bucket: Bucket,
    from: Uint8Array,
    to: Uint8Array | undefined,
    reverse: boolean,
  ) {
    this.#reverse = reverse;
    for (const writes of pending) {
      const ids = writes.inOrder(bucket);
      const start = writes.lowerBound(ids, ids.length, from);
      const end = to === undefined ? ids.length : writes.lowerBound(ids, ids.length, to);
      if (start < end) this.#cursors.push({ writes, ids, at: start, end });
    }
    this.#find();
  }

  advance(): void {
    const { key } = this;
    if (key === undefined) return;
    for (const cursor of this.#cursors) {
      const id = idAt(cursor, this.#reverse);
      if (id === undefined || cursor.writes.compareKey(id, key) !== 0) continue;
      if (this.#reverse) cursor.end -= 1;
      else cursor.at += 1;
    }
    this.#find();
  }

  /** Of equal keys the first one found is the newest. */
  #find(): void {
    this.key = undefined;
    let found: Cursor | undefined;
    for (const cursor of this.#cursors) {
      const id = idAt(cursor, this.#reverse);
      if (id === undefined) continue;
      const order = this.key === undefined ? -1 : cursor.writes.compareKey(id, this.key);
      if ((this.key !== undefined && this.#reverse ? -order : order) >= 0) continue;
      found = cursor;
      this.key = cursor.writes.keyOf(id);
    }
    this.value = found?.writes.valueOf(idAt(found, this.#reverse) as number);
  }
}

function idAt({ ids, at, end }: Cursor, reverse: boolean): number | undefined {
  if (at >= end) return undefined;
  return reverse ? ids[end - 1] : ids[at];
}
