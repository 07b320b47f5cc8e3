import type { ValuePlace } from './value-place.ts';

/**
 * Ordered buckets of byte strings with transactions: everything that is state lives behind this.
 *
 * The first nine buckets hold byte for byte what etcd's bbolt buckets of the same names hold. The
 * others replace etcd's `key` bucket and its index in memory:
 *
 *   history     revision → pointers to older versions of the key + the mvccpb.KeyValue
 *   index       key → newest revision, create revision, version, lease; deleted keys stay until
 *               compaction
 *   index_long  the same for keys that are too long for a backend key
 *   graves      deleted keys that `index` still has, so that live keys can be counted
 *   lease_keys  lease id, key → nothing
 *   local       facts about this file that are not replicated (format version)
 */
export const buckets = [
  'meta',
  'lease',
  'alarm',
  'cluster',
  'members',
  'members_removed',
  'auth',
  'authUsers',
  'authRoles',
  'history',
  'index',
  'index_long',
  'graves',
  'lease_keys',
  'local',
] as const;

export type Bucket = (typeof buckets)[number];

/** The longest key that every implementation must take; lmdb's own limit is 1978. */
export const backendKeyBytesMax = 1978;

export type Entry = readonly [key: Uint8Array, value: Uint8Array];

export type RangeOptions = { readonly reverse?: boolean; readonly limit?: number };

export interface ReadTxn {
  /** A copy that the caller owns; undefined when absent. */
  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined;
  /**
   * As `get`, in place: says where the value stands, until anything else is asked of the
   * transaction. False when absent.
   */
  find(bucket: Bucket, key: Uint8Array, place: ValuePlace): boolean;
  /**
   * Entries with `from` ≤ key < `to` (to the end without `to`), in byte order or backwards. Iterate
   * at once: an iterator does not outlive its transaction. Keys and values are the caller's.
   */
  range(
    bucket: Bucket,
    from: Uint8Array,
    to: Uint8Array | undefined,
    options?: RangeOptions,
  ): Iterable<Entry>;
  /** How many keys `range` would yield, without reading values. */
  count(bucket: Bucket, from: Uint8Array, to: Uint8Array | undefined): number;
}

export interface WriteTxn extends ReadTxn {
  /** Takes a copy of both; keys are 1 to `backendKeyBytesMax` bytes. */
  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void;
  /** Like `put` for a key greater than every key in the bucket, which is cheaper. */
  append(bucket: Bucket, key: Uint8Array, value: Uint8Array): void;
  /** Nothing happens when it is absent. */
  delete(bucket: Bucket, key: Uint8Array): void;
}

/** One unchanging view for longer work (snapshots, hashes). Holds on to old pages until closed. */
export interface PinnedRead extends ReadTxn {
  close(): void;
}

export interface Backend {
  /** The latest committed state. `fn` is synchronous. */
  read<T>(fn: (txn: ReadTxn) => T): T;
  /** Must not be used while a `write` callback runs. */
  pin(): PinnedRead;
  /**
   * One atomic transaction. When `fn` throws nothing of it remains and the error is passed on. What
   * is committed survives the end of the process at once and a power loss after `checkpoint`.
   */
  write<T>(fn: (txn: WriteTxn) => T): T;
  /**
   * undefined: more may be written. Otherwise a promise of room, which rejects when the disk
   * failed. Whoever writes much must ask, as `write` itself never waits.
   */
  room(): Promise<void> | undefined;
  /**
   * Resolves when everything written before the call is committed; rejects when the disk failed.
   * For work that goes over the whole store: reading is cheapest while little waits.
   */
  drain(): Promise<void>;
  /**
   * After it resolves, everything committed before the call survives a power loss. Writes and reads
   * go on meanwhile. Rejects when the disk failed; the member must then stop.
   */
  checkpoint(): Promise<void>;
  /** Bytes of the file. */
  sizeBytes(): number;
  /** Bytes of the file that are not free pages. Costs a walk over the free list. */
  sizeInUseBytes(): number;
  /** Bytes that the file grew by since the last checkpoint; pages are reused only across checkpoints. */
  growthSinceCheckpointBytes(): number;
  /** Checkpoints, then closes. */
  close(): Promise<void>;
}

/** One change, in place: `key` and `value` are larger buffers that have it somewhere. */
export type PlacedChange = {
  readonly bucket: Bucket;
  /** The key was greater than every key of the bucket. */
  readonly isAppend: boolean;
  readonly key: Buffer;
  readonly keyStart: number;
  readonly keyLength: number;
  /** undefined: the key is deleted. */
  readonly value: Buffer | undefined;
  readonly valueStart: number;
  readonly valueLength: number;
};

export interface Changes {
  readonly count: number;
  /** Of all keys together, at least. */
  readonly keyBytes: number;
  /** In their order. What `visit` is given is used again for the next change. */
  forEach(visit: (change: PlacedChange) => void): void;
}

/** A backend that can also commit beside the event loop. */
export interface CommittingBackend extends Backend {
  /** The latest committed state, for single calls at any time. */
  readonly latest: ReadTxn;
  /**
   * One atomic transaction of all changes, one after the other. Nobody changes their bytes before
   * it resolves, and the next call comes after it. When it rejects nothing of it remains and the
   * member must stop. `write` must not be used meanwhile.
   */
  commit(changes: readonly Changes[]): Promise<void>;
}
