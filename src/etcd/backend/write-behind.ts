import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { limits } from '../config/limits.ts';
import { EtcdError } from '../errors.ts';
import type {
  Bucket,
  CommittingBackend,
  Entry,
  PinnedRead,
  RangeOptions,
  ReadTxn,
  WriteTxn,
} from './backend.ts';
import { countMerged, mergeRange } from './merged-range.ts';
import { ChunkPool, chunkBytes, hashKey, type PendingWrites } from './pending-writes.ts';
import { Layer, ReadCache } from './read-cache.ts';
import type { FileBackend } from './replaceable-backend.ts';
import { ValuePlace } from './value-place.ts';

/**
 * A backend whose writes are done in memory at once and committed later, many together and beside
 * the event loop. What is not committed yet hides what the store below says, so every read sees
 * every write.
 *
 *   write ──▶ active layer ──commit or pin──▶ frozen layers ──committed──▶ store below
 *
 * A transaction is never divided between commits, and commits keep the order of the writes: when
 * the process dies the store below is as it was after some earlier transaction. Nothing that was
 * promised is lost by that, because the log is the truth and the applied index is one of the
 * writes (docs/adr/0003-durability.md and 0013).
 */
export class WriteBehindBackend implements FileBackend {
  readonly #below: CommittingBackend & FileBackend;
  readonly #clock: Clock;
  readonly #pool = new ChunkPool(limits.pendingWriteBytesMax / chunkBytes);
  /** Newest first; the first one is the active one. */
  readonly #layers: Layer[];
  readonly #cache = new ReadCache(this.#pool, limits.readCacheBytesMax);
  readonly #view: LayeredTxn;
  #committing: Promise<void> | undefined;
  /** Ranges were read through pending writes since the last commit: with few of them that is cheap. */
  readonly #usage = { merged: false };
  #isTimed = false;
  #pins = 0;
  readonly #closing = new AbortController();
  #failure: Error | undefined;

  constructor(below: CommittingBackend & FileBackend, clock: Clock) {
    this.#below = below;
    this.#clock = clock;
    this.#layers = [new Layer(this.#pool)];
    this.#view = new LayeredTxn(below.latest, this.#layers, this.#usage, this.#cache);
  }

  read<T>(fn: (txn: ReadTxn) => T): T {
    return fn(this.#view);
  }

  pin(): PinnedRead {
    if (this.#pins >= limits.storePinsMax) throw new EtcdError('RequestTooManyRequests');
    const layers = this.#freeze();
    const below = this.#below.pin();
    this.#pins += 1;
    for (const layer of layers) layer.hold();
    return new LayeredTxn(below, layers, this.#usage, undefined, () => {
      this.#pins -= 1;
      below.close();
      for (const layer of layers) layer.release();
    });
  }

  write<T>(fn: (txn: WriteTxn) => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    const writes = this.#active;
    writes.begin();
    try {
      return fn(this.#view);
    } catch (error) {
      writes.rollBack();
      throw error;
    } finally {
      this.#afterWrite();
    }
  }

  room(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#pendingBytes() <= 2 * limits.pendingWriteBytesMax) return undefined;
    return this.#committing ?? this.#commit();
  }

  async drain(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const pending = this.#freeze();
    while (pending.some((layer) => !layer.committed)) await (this.#committing ?? this.#commit());
  }

  /** What was written before the call is in the copy. */
  async copyTo(dir: string): Promise<void> {
    await this.drain();
    await this.#below.copyTo(dir);
  }

  async checkpoint(): Promise<void> {
    await this.drain();
    await this.#below.checkpoint();
  }

  /** With what is still to be committed, so that a quota holds. */
  sizeBytes(): number {
    return this.#below.sizeBytes() + this.#pendingBytes();
  }

  sizeInUseBytes(): number {
    return this.#below.sizeInUseBytes() + this.#pendingBytes();
  }

  growthSinceCheckpointBytes(): number {
    return this.#below.growthSinceCheckpointBytes();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#failure === undefined) await this.drain();
    await this.#below.close();
  }

  get #active(): PendingWrites {
    return (this.#layers[0] as Layer).writes;
  }

  /** Everything that waits, newest first; what is written from now on goes elsewhere. */
  #freeze(): readonly Layer[] {
    if (this.#active.count > 0) this.#layers.unshift(new Layer(this.#pool));
    return this.#layers.slice(1);
  }

  #pendingBytes(): number {
    let bytes = 0;
    for (const { writes } of this.#layers) bytes += writes.bytes;
    return bytes;
  }

  #afterWrite(): void {
    if (this.#committing !== undefined || this.#active.count === 0) return;
    const { count, bytes } = this.#active;
    const isFull = count >= limits.pendingWritesMax || bytes >= limits.pendingWriteBytesMax;
    if (isFull || this.#usage.merged) {
      // Its failure is remembered; who writes or waits next is told.
      this.#commit().catch(() => undefined);
      return;
    }
    if (this.#isTimed) return;
    this.#isTimed = true;
    void this.#commitLater();
  }

  async #commitLater(): Promise<void> {
    try {
      await this.#clock.after(limits.pendingWriteMs, this.#closing.signal);
      this.#isTimed = false;
      if (this.#committing === undefined && this.#active.count > 0) await this.#commit();
    } catch {
      // Closing, which commits; or a failure, which is remembered.
    }
  }

  /** Everything there is now, in one transaction. */
  #commit(): Promise<void> {
    assert(this.#committing === undefined, 'commits follow each other');
    const layers = this.#freeze();
    this.#usage.merged = false;
    const oldestFirst = layers.map(({ writes }) => writes).reverse();
    this.#committing = this.#below.commit(oldestFirst).then(
      () => this.#committed(layers),
      (error: unknown) => {
        this.#committing = undefined;
        const failure = error instanceof Error ? error : new Error(String(error));
        this.#failure = failure;
        throw failure;
      },
    );
    return this.#committing;
  }

  #committed(layers: readonly Layer[]): void {
    this.#committing = undefined;
    // Later layers came in front of them.
    this.#layers.length -= layers.length;
    for (let i = layers.length - 1; i >= 0; i--) {
      const layer = layers[i] as Layer;
      layer.committed = true;
      this.#cache.committed(layer);
      layer.freeWhenUnused();
    }
    this.#afterWrite();
  }
}

const found = new ValuePlace();

/**
 * Layers over a store: the newest layer that has a key decides, then the cache. Writes go to the
 * first layer.
 */
class LayeredTxn implements WriteTxn, PinnedRead {
  readonly #below: ReadTxn;
  readonly #layers: readonly Layer[];
  readonly #usage: { merged: boolean };
  readonly #cache: ReadCache | undefined;
  readonly #onClose: () => void;

  constructor(
    below: ReadTxn,
    layers: readonly Layer[],
    usage: { merged: boolean },
    cache: ReadCache | undefined,
    onClose: () => void = () => undefined,
  ) {
    this.#below = below;
    this.#layers = layers;
    this.#usage = usage;
    this.#cache = cache;
    this.#onClose = onClose;
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    return this.find(bucket, key, found) ? found.taken() : undefined;
  }

  find(bucket: Bucket, key: Uint8Array, place: ValuePlace): boolean {
    const hash = hashKey(bucket, key);
    for (const { writes } of this.#layers) {
      if (writes.count === 0) continue;
      const id = writes.find(bucket, key, hash);
      if (id >= 0) return writes.placeOf(id, place);
    }
    return this.#cache === undefined
      ? this.#below.find(bucket, key, place)
      : this.#findCached(this.#cache, bucket, key, hash, place);
  }

  #findCached(
    cache: ReadCache,
    bucket: Bucket,
    key: Uint8Array,
    hash: number,
    place: ValuePlace,
  ): boolean {
    for (const { writes } of cache.layers) {
      const id = writes.find(bucket, key, hash);
      if (id >= 0) return writes.placeOf(id, place);
    }
    const value = this.#below.get(bucket, key);
    if (value !== undefined) cache.fill(bucket, key, value);
    return place.owned(value);
  }

  range(
    bucket: Bucket,
    from: Uint8Array,
    to: Uint8Array | undefined,
    options?: RangeOptions,
  ): Iterable<Entry> {
    const pending = this.#pendingIn(bucket, from, to);
    if (pending.length === 0) return this.#below.range(bucket, from, to, options);
    return mergeRange(this.#below, pending, bucket, from, to, options);
  }

  count(bucket: Bucket, from: Uint8Array, to: Uint8Array | undefined): number {
    const pending = this.#pendingIn(bucket, from, to);
    const below = this.#below.count(bucket, from, to);
    if (pending.length === 0) return below;
    return below + countMerged(this.#below, pending, bucket, from, to);
  }

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    this.#active.set(bucket, key, value);
  }

  append(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    this.#active.append(bucket, key, value);
  }

  delete(bucket: Bucket, key: Uint8Array): void {
    this.#active.set(bucket, key, undefined);
  }

  close(): void {
    this.#onClose();
  }

  get #active(): PendingWrites {
    return (this.#layers[0] as Layer).writes;
  }

  #pendingIn(bucket: Bucket, from: Uint8Array, to: Uint8Array | undefined): PendingWrites[] {
    const pending: PendingWrites[] = [];
    for (const { writes } of this.#layers) {
      if (writes.mayHaveIn(bucket, from, to)) pending.push(writes);
    }
    if (pending.length > 0) this.#usage.merged = true;
    return pending;
  }
}
