import { broken } from '../../base/assert.ts';
import {
  type Bucket,
  backendKeyBytesMax,
  buckets,
  type Changes,
  type PlacedChange,
} from './backend.ts';
import type { ValuePlace } from './value-place.ts';

/*
 * The newest change of each key, kept outside the JavaScript heap: with an object for every change
 * the garbage collector would take more time than the changes.
 *
 *   chunks   byte buffers, filled from the start: keys and values one after the other
 *   fields   of each entry: hash | bucket | key: chunk, start, length | value: chunk, start, length
 *   slots    hash table of entry numbers + 1, linear probing, at most half full
 *
 * A value's length of −1 says that the key is deleted. Bytes in chunks never change: a new value of
 * the same key goes to a new place.
 */
const Field = {
  hash: 0,
  bucket: 1,
  keyChunk: 2,
  keyStart: 3,
  keyLength: 4,
  valueChunk: 5,
  valueStart: 6,
  valueLength: 7,
} as const;

const stride = 8;
/** What an entry takes in `fields` and `slots`. */
const entryBytes = 4 * (stride + 3);
const deleted = -1;
/** In the field of the bucket: the key was appended. */
const appendMark = 0x100;
const bucketMask = appendMark - 1;
const noBytes = Buffer.alloc(0);
const slotsMin = 1024;
/** More keys than these are sorted rather than looked at one by one. */
const unsortedMax = 1024;

/** Larger keys and values get a chunk of their own. */
export const chunkBytes = 256 * 1024;

/** Entries of one bucket: the first `sorted` of them are in key order. */
type Order = { ids: number[]; sorted: number };

const bucketNumbers = Object.fromEntries(buckets.map((name, i) => [name, i])) as Record<
  Bucket,
  number
>;

/** Bytes that are used again, so that writing at full speed does not ask the system for more. */
export class ChunkPool {
  readonly #free: Buffer[] = [];
  readonly #chunksMax: number;

  constructor(chunksMax: number) {
    this.#chunksMax = chunksMax;
  }

  take(bytes: number): Buffer {
    if (bytes > chunkBytes) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
  }

  give(chunks: readonly Buffer[]): void {
    for (const chunk of chunks) {
      if (chunk.length === chunkBytes && this.#free.length < this.#chunksMax)
        this.#free.push(chunk);
    }
  }
}

class Place implements PlacedChange {
  bucket: Bucket = 'meta';
  isAppend = false;
  key: Buffer = noBytes;
  keyStart = 0;
  keyLength = 0;
  value: Buffer | undefined = undefined;
  valueStart = 0;
  valueLength = 0;
}

export function hashKey(bucket: Bucket, key: Uint8Array): number {
  // FNV-1a, and a last mix because only some of its bits choose the slot.
  let hash = Math.imul(0x811c9dc5 ^ bucketNumbers[bucket], 0x01000193);
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function assertKey(key: Uint8Array): void {
  if (key.length > 0 && key.length <= backendKeyBytesMax) return;
  throw broken(`a backend key has 1 to ${backendKeyBytesMax} bytes, not ${key.length}`);
}

/** Changes that are not in the store yet. Later ones of a key replace earlier ones. */
export class PendingWrites implements Changes {
  readonly #pool: ChunkPool;
  #slots = new Int32Array(slotsMin);
  #fields = new Int32Array((slotsMin / 2) * stride);
  readonly #chunks: Buffer[] = [];
  #used = chunkBytes;
  #count = 0;
  #bytes = 0;
  #keyBytes = 0;
  readonly #orders: (Order | undefined)[] = [];
  /** Where the running transaction began, and what it replaced: entry and its value's fields. */
  #mark = 0;
  #replaced: number[] = [];

  constructor(pool: ChunkPool) {
    this.#pool = pool;
  }

  /** Keys with a change. */
  get count(): number {
    return this.#count;
  }

  get keyBytes(): number {
    return this.#keyBytes;
  }

  /** Bytes in memory, those of replaced values too. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Everything from here on is undone by `rollBack`. */
  begin(): void {
    this.#mark = this.#count;
    this.#replaced.length = 0;
  }

  rollBack(): void {
    for (let at = this.#replaced.length - 4; at >= 0; at -= 4) {
      const base = (this.#replaced[at] as number) * stride;
      this.#fields[base + Field.valueChunk] = this.#replaced[at + 1] as number;
      this.#fields[base + Field.valueStart] = this.#replaced[at + 2] as number;
      this.#fields[base + Field.valueLength] = this.#replaced[at + 3] as number;
    }
    this.#replaced.length = 0;
    this.#count = this.#mark;
    for (const order of this.#orders) {
      if (order === undefined) continue;
      const isKept = (id: number): boolean => id < this.#mark;
      order.sorted = order.ids.slice(0, order.sorted).filter(isKept).length;
      order.ids = order.ids.filter(isKept);
    }
    this.#slots.fill(0);
    for (let id = 0; id < this.#count; id++) this.#link(id);
  }

  /** `value` undefined: the key is deleted. Copies both. */
  set(bucket: Bucket, key: Uint8Array, value: Uint8Array | undefined): void {
    assertKey(key);
    const hash = hashKey(bucket, key);
    let id = this.find(bucket, key, hash);
    if (id < 0) id = this.#add(bucket, key, hash);
    else this.#replace(id);
    this.#setValue(id, value);
  }

  /** Like `set` of a key that has no entry. */
  append(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    assertKey(key);
    const id = this.#add(bucket, key, hashKey(bucket, key));
    this.#fields[id * stride + Field.bucket] = bucketNumbers[bucket] | appendMark;
    this.#setValue(id, value);
  }

  #setValue(id: number, value: Uint8Array | undefined): void {
    const base = id * stride;
    const length = value === undefined ? 0 : value.length;
    const start = this.#reserve(length);
    if (value !== undefined) (this.#chunks.at(-1) as Buffer).set(value, start);
    this.#fields[base + Field.valueChunk] = this.#chunks.length - 1;
    this.#fields[base + Field.valueStart] = start;
    this.#fields[base + Field.valueLength] = value === undefined ? deleted : length;
  }

  /** The entry of a key, or −1. `hash` is `hashKey` of both. */
  find(bucket: Bucket, key: Uint8Array, hash: number): number {
    const slots = this.#slots;
    const fields = this.#fields;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = (slots[slot] as number) - 1;
      if (id < 0) return -1;
      const base = id * stride;
      if (fields[base] !== hash || fields[base + Field.keyLength] !== key.length) continue;
      const found = (fields[base + Field.bucket] as number) & bucketMask;
      if (found !== bucketNumbers[bucket]) continue;
      if (this.compareKey(id, key) === 0) return id;
    }
  }

  isDeleted(id: number): boolean {
    return this.#fields[id * stride + Field.valueLength] === deleted;
  }

  /** Views, valid as long as these writes are. */
  keyOf(id: number): Buffer {
    return this.#view(id, Field.keyChunk);
  }

  /** A view; undefined when the key is deleted. */
  valueOf(id: number): Buffer | undefined {
    return this.isDeleted(id) ? undefined : this.#view(id, Field.valueChunk);
  }

  /** As `valueOf`; false when the key is deleted. */
  placeOf(id: number, place: ValuePlace): boolean {
    const base = id * stride + Field.valueChunk;
    const length = this.#fields[base + 2] as number;
    if (length === deleted) return false;
    const start = this.#fields[base + 1] as number;
    return place.at(this.#chunks[this.#fields[base] as number] as Buffer, start, start + length);
  }

  forEach(visit: (change: PlacedChange) => void): void {
    const place = new Place();
    for (let id = 0; id < this.#count; id++) {
      const base = id * stride;
      const bucket = this.#fields[base + Field.bucket] as number;
      place.bucket = buckets[bucket & bucketMask] as Bucket;
      place.isAppend = (bucket & appendMark) !== 0;
      place.key = this.#chunks[this.#fields[base + Field.keyChunk] as number] as Buffer;
      place.keyStart = this.#fields[base + Field.keyStart] as number;
      place.keyLength = this.#fields[base + Field.keyLength] as number;
      const length = this.#fields[base + Field.valueLength] as number;
      const chunk = this.#chunks[this.#fields[base + Field.valueChunk] as number] as Buffer;
      place.value = length === deleted ? undefined : chunk;
      place.valueStart = this.#fields[base + Field.valueStart] as number;
      place.valueLength = length;
      visit(place);
    }
  }

  /** Whether a key of the bucket may be in the range. Says so of many that are not in order yet. */
  mayHaveIn(bucket: Bucket, from: Uint8Array, to: Uint8Array | undefined): boolean {
    const order = this.#orders[bucketNumbers[bucket]];
    if (order === undefined) return false;
    const { ids, sorted } = order;
    if (ids.length - sorted > unsortedMax) return true;
    const isIn = (id: number): boolean =>
      this.compareKey(id, from) >= 0 && (to === undefined || this.compareKey(id, to) < 0);
    for (let i = sorted; i < ids.length; i += 1) if (isIn(ids[i] as number)) return true;
    const first = this.lowerBound(ids, sorted, from);
    return first < sorted && isIn(ids[first] as number);
  }

  /** Of the first `end` entries, which are in order, how many are before `key`. */
  lowerBound(ids: readonly number[], end: number, key: Uint8Array): number {
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compareKey(ids[middle] as number, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The bucket's entries by key. Valid until the next `set`. */
  inOrder(bucket: Bucket): readonly number[] {
    const order = this.#orders[bucketNumbers[bucket]];
    if (order === undefined) return [];
    if (order.sorted < order.ids.length) this.#sort(order);
    return order.ids;
  }

  compareKey(id: number, key: Uint8Array): number {
    const base = id * stride;
    const bytes = this.#chunks[this.#fields[base + Field.keyChunk] as number] as Buffer;
    const start = this.#fields[base + Field.keyStart] as number;
    const length = this.#fields[base + Field.keyLength] as number;
    const end = Math.min(length, key.length);
    for (let i = 0; i < end; i++) {
      const difference = (bytes[start + i] as number) - (key[i] as number);
      if (difference !== 0) return difference;
    }
    return length - key.length;
  }

  /** Gives the bytes back: nobody may look at them any more. */
  release(): void {
    this.#pool.give(this.#chunks);
    this.#chunks.length = 0;
    this.#count = 0;
  }

  #view(id: number, field: number): Buffer {
    const base = id * stride + field;
    const chunk = this.#chunks[this.#fields[base] as number] as Buffer;
    const start = this.#fields[base + 1] as number;
    return chunk.subarray(start, start + (this.#fields[base + 2] as number));
  }

  #add(bucket: Bucket, key: Uint8Array, hash: number): number {
    const id = this.#count++;
    if (2 * this.#count > this.#slots.length) this.#grow();
    const start = this.#reserve(key.length);
    (this.#chunks.at(-1) as Buffer).set(key, start);
    const base = id * stride;
    const fields = this.#fields;
    fields[base] = hash;
    fields[base + Field.bucket] = bucketNumbers[bucket];
    fields[base + Field.keyChunk] = this.#chunks.length - 1;
    fields[base + Field.keyStart] = start;
    fields[base + Field.keyLength] = key.length;
    this.#link(id);
    this.#bytes += entryBytes;
    this.#keyBytes += key.length;
    this.#enqueue(bucket, id, key);
    return id;
  }

  /** Keys that come in order, as revisions do, need no sorting. */
  #enqueue(bucket: Bucket, id: number, key: Uint8Array): void {
    const number = bucketNumbers[bucket];
    const order = this.#orders[number];
    if (order === undefined) {
      this.#orders[number] = { ids: [id], sorted: 1 };
      return;
    }
    const { ids, sorted } = order;
    const last = ids[ids.length - 1];
    if (sorted === ids.length && (last === undefined || this.compareKey(last, key) < 0)) {
      order.sorted += 1;
    }
    ids.push(id);
  }

  #sort(order: Order): void {
    const { ids, sorted } = order;
    const compare = (a: number, b: number): number => this.compareKey(a, this.keyOf(b));
    const late = ids.slice(sorted).sort(compare);
    const merged: number[] = [];
    let next = 0;
    for (let i = 0; i < sorted; i++) {
      const id = ids[i] as number;
      const key = this.keyOf(id);
      while (next < late.length && this.compareKey(late[next] as number, key) < 0) {
        merged.push(late[next++] as number);
      }
      merged.push(id);
    }
    while (next < late.length) merged.push(late[next++] as number);
    order.ids = merged;
    order.sorted = merged.length;
  }

  #replace(id: number): void {
    const base = id * stride;
    (this.#fields[base + Field.bucket] as number) &= bucketMask;
    if (id >= this.#mark) return;
    this.#replaced.push(
      id,
      this.#fields[base + Field.valueChunk] as number,
      this.#fields[base + Field.valueStart] as number,
      this.#fields[base + Field.valueLength] as number,
    );
  }

  /** Where so many bytes go in the last chunk. */
  #reserve(length: number): number {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || this.#used + length > chunk.length) {
      chunk = this.#pool.take(length);
      this.#chunks.push(chunk);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    this.#bytes += length;
    return start;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const fields = new Int32Array((this.#slots.length / 2) * stride);
    fields.set(this.#fields);
    this.#fields = fields;
    // The entry that asked for room is linked by its own call.
    for (let id = 0; id < this.#count - 1; id++) this.#link(id);
  }

  #link(id: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#fields[id * stride] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = id + 1;
  }
}
