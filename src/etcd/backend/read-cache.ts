import type { Bucket } from './backend.ts';
import { type ChunkPool, PendingWrites } from './pending-writes.ts';

/** Writes that one commit takes together, or that a pin keeps apart from later ones. */
export class Layer {
  readonly writes: PendingWrites;
  /** Its writes are in the store below. */
  committed = false;
  #holders = 0;

  constructor(pool: ChunkPool) {
    this.writes = new PendingWrites(pool);
  }

  hold(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    this.freeWhenUnused();
  }

  freeWhenUnused(): void {
    if (this.committed && this.#holders === 0) this.writes.release();
  }
}

/** Each layer holds at least this part of all bytes, so that few must be looked through. */
const layersTarget = 4;
/** Larger values would push out too much else. */
const valueBytesMax = 64 * 1024;

/**
 * What was committed or read of single keys, so that it is found without the store below. Newest
 * layer first, and the newest one that has a key is right: a key that no layer has comes in only
 * as the store has it, and a later commit comes in front. The oldest layer goes first, because an
 * older one may have values that a newer one replaced.
 */
export class ReadCache {
  readonly layers: Layer[] = [];
  readonly #pool: ChunkPool;
  readonly #bytesMax: number;
  /** Whether the first layer is this cache's own: others are frozen. */
  #isOpen = false;

  constructor(pool: ChunkPool, bytesMax: number) {
    this.#pool = pool;
    this.#bytesMax = bytesMax;
  }

  /** A key that is in no layer, neither here nor among what waits, as the store below has it. */
  fill(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    if (value.length <= valueBytesMax) this.#open().set(bucket, key, value);
  }

  /** Must hear of every commit, in their order. */
  committed(layer: Layer): void {
    const { writes } = layer;
    if (writes.bytes >= this.#bytesMax / layersTarget) {
      layer.hold();
      this.layers.unshift(layer);
      this.#isOpen = false;
      this.#dropOldest();
      return;
    }
    writes.forEach((change) => {
      const { bucket, key, keyStart, keyLength, value, valueStart, valueLength } = change;
      this.#open().set(
        bucket,
        key.subarray(keyStart, keyStart + keyLength),
        value?.subarray(valueStart, valueStart + valueLength),
      );
    });
  }

  #open(): PendingWrites {
    const first = this.layers[0];
    if (this.#isOpen && first !== undefined) {
      if (first.writes.bytes < this.#bytesMax / layersTarget) return first.writes;
    }
    const layer = new Layer(this.#pool);
    layer.committed = true;
    layer.hold();
    this.layers.unshift(layer);
    this.#isOpen = true;
    this.#dropOldest();
    return layer.writes;
  }

  #dropOldest(): void {
    let bytes = 0;
    for (let i = 0; i < this.layers.length; i++) {
      bytes += (this.layers[i] as Layer).writes.bytes;
      if (i === 0 || bytes <= this.#bytesMax) continue;
      for (const dropped of this.layers.splice(i)) dropped.release();
    }
  }
}
