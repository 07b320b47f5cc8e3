import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { limits } from '../config/limits.ts';
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
import { ChunkPool, chunkBytes, hashKey, PendingWrites } from './pending-writes.ts';
import type { FileBackend } from './replaceable-backend.ts';

/** Writes that one commit takes together, or that a pin keeps apart from later ones. */
type Layer = {
  readonly writes: PendingWrites;
  pins: number;
  /** Its writes are in the store below. */
  committed: boolean;
};

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
  readonly #view: LayeredTxn;
  #committing: Promise<void> | undefined;
  /** Ranges were read through pending writes since the last commit: with few of them that is cheap. */
  readonly #usage = { merged: false };
  #isTimed = false;
  readonly #closing = new AbortController();
  #failure: Error | undefined;

  constructor(below: CommittingBackend & FileBackend, clock: Clock) {
    this.#below = below;
    this.#clock = clock;
    this.#layers = [this.#newLayer()];
    this.#view = new LayeredTxn(below.latest, this.#layers, this.#usage);
  }

  read<T>(fn: (txn: ReadTxn) => T): T {
    return fn(this.#view);
  }

  pin(): PinnedRead {
    if (this.#active.count > 0) this.#layers.unshift(this.#newLayer());
    const layers = this.#layers.slice(1);
    for (const layer of layers) layer.pins += 1;
    const below = this.#below.pin();
    return new LayeredTxn(below, layers, this.#usage, () => {
      below.close();
      for (const layer of layers) {
        layer.pins -= 1;
        release(layer);
      }
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

  /** Resolves when everything written before the call is committed. */
  async drain(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#active.count > 0) this.#layers.unshift(this.#newLayer());
    const [, ...pending] = this.#layers;
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

  #newLayer(): Layer {
    return { writes: new PendingWrites(this.#pool), pins: 0, committed: false };
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
    if (this.#active.count > 0) this.#layers.unshift(this.#newLayer());
    const layers = this.#layers.slice(1);
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
    for (const layer of layers) {
      layer.committed = true;
      release(layer);
    }
    this.#afterWrite();
  }
}

function release(layer: Layer): void {
  if (layer.committed && layer.pins === 0) layer.writes.release();
}

/** Layers over a store: the newest layer that has a key decides. Writes go to the first one. */
class LayeredTxn implements WriteTxn, PinnedRead {
  readonly #below: ReadTxn;
  readonly #layers: readonly Layer[];
  readonly #usage: { merged: boolean };
  readonly #onClose: () => void;

  constructor(
    below: ReadTxn,
    layers: readonly Layer[],
    usage: { merged: boolean },
    onClose: () => void = () => undefined,
  ) {
    this.#below = below;
    this.#layers = layers;
    this.#usage = usage;
    this.#onClose = onClose;
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    const hash = hashKey(bucket, key);
    for (const { writes } of this.#layers) {
      if (writes.count === 0) continue;
      const id = writes.find(bucket, key, hash);
      if (id >= 0) return writes.copyOf(id);
    }
    return this.#below.get(bucket, key);
  }

  range(
    bucket: Bucket,
    from: Uint8Array,
    to: Uint8Array | undefined,
    options?: RangeOptions,
  ): Iterable<Entry> {
    const pending = this.#pendingIn(bucket);
    if (pending.length === 0) return this.#below.range(bucket, from, to, options);
    return mergeRange(this.#below, pending, bucket, from, to, options);
  }

  count(bucket: Bucket, from: Uint8Array, to: Uint8Array | undefined): number {
    const pending = this.#pendingIn(bucket);
    const below = this.#below.count(bucket, from, to);
    if (pending.length === 0) return below;
    return below + countMerged(this.#below, pending, bucket, from, to);
  }

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    this.#active.set(bucket, key, value);
  }

  append(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    this.#active.set(bucket, key, value);
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

  #pendingIn(bucket: Bucket): PendingWrites[] {
    const pending: PendingWrites[] = [];
    for (const { writes } of this.#layers) if (writes.has(bucket)) pending.push(writes);
    if (pending.length > 0) this.#usage.merged = true;
    return pending;
  }
}
