import { closeSync, fdatasync, openSync, readSync, statfsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Database, RootDatabase, RootDatabaseOptionsWithPath } from 'lmdb';
import * as lmdb from 'lmdb';
import { assert, broken } from '../../base/assert.ts';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import type { Disk } from '../io/disk.ts';
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
} from './backend.ts';
import { writeCheckpoint } from './checkpoint-file.ts';
import { fileMode, keepToOwner } from './file-mode.ts';
import { CommitInstructions, type WritingThread } from './lmdb-commit.ts';
import { checkpointName, dataName, metaBytes, pageBytes, prepareFile } from './prepare-file.ts';
import type { FileBackend } from './replaceable-backend.ts';
import type { ValuePlace } from './value-place.ts';

/** Address space only: the file is mapped sparsely, and the binding grows the map when needed. */
const mapSizeBytes = 2 ** 37;
const formatVersion = '1';
const formatKey = Buffer.from('format');
/** Where a range without a start begins: keys are never empty. */
const firstKey = Buffer.from([0]);
const appendOption = { append: true };

const { nativeAddon } = lmdb as unknown as {
  nativeAddon: { getAddress(memory: ArrayBufferLike): number; lmdbError(status: number): void };
};
const syncFile = promisify(fdatasync);

export type LmdbOptions = {
  /** A folder of its own, made when missing. One process at a time: the caller holds the lock. */
  readonly dir: string;
  /** For the checkpoint file; the lmdb file itself is always a real one. */
  readonly disk: Disk;
  /** /proc/sys/kernel/random/boot_id, or anything that changes whenever page caches were lost. */
  readonly bootId: string;
  readonly log: Log;
  /** False: a checkpoint is not what comes back after a power loss. */
  readonly isSynced?: boolean;
  /** For metrics. */
  readonly commitMeter?: CommitMeter | undefined;
};

/** How long commits take, without what is written in them. */
export type CommitMeter = {
  readonly clock: Clock;
  readonly committed: (seconds: number) => void;
};

type Db = Database<Uint8Array, Uint8Array>;
type Dbs = Readonly<Record<Bucket, Db>>;
type Pin = ReturnType<Db['useReadTransaction']>;
type LmdbOpenOptions = RootDatabaseOptionsWithPath;
/** What a checkpoint is made of. */
type Moment = { readonly pin: Pin; readonly metaPages: Uint8Array; readonly sizeBytes: number };
/** Parts of the binding that its type declarations leave out. */
type Internals = {
  env: {
    info(): { lastPageNumber: number };
    startWriting(address: number, ended: (status: number) => void): void;
  };
  resetReadTxn(): void;
  db: {
    dbi: number;
    stat(): { treeBranchPageCount: number; treeLeafPageCount: number; overflowPages: number };
  };
  ensureReadTxn(): void;
  /** Writes what the newest commit sees, without free pages when `compact`. */
  backup(path: string, compact: boolean): Promise<void>;
};

/**
 * The store on disk. Commits are not synced; `checkpoint` syncs and remembers how to come back to
 * that moment. A reader stays pinned to the newest checkpoint, so lmdb reuses none of its pages.
 * The steps and what a crash in each of them leaves: docs/adr/0003-durability.md.
 */
export class LmdbBackend implements CommittingBackend, FileBackend {
  readonly #options: LmdbOptions;
  readonly #root: RootDatabase<Uint8Array, Uint8Array>;
  readonly #dbs: Dbs;
  readonly #fd: number;
  readonly #txn: LmdbTxn;
  readonly #commits: CommitInstructions;
  #checkpointPin: Pin;
  #sizeAtCheckpoint: number;
  /** Only a commit changes it, and every write asks for it. */
  #knownSizeBytes: number | undefined;
  #committing: Promise<void> | undefined;
  /** A checkpoint that waits for the running commit to end; the next commit waits for it. */
  #pinning: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: Error | undefined;

  static async open(options: LmdbOptions): Promise<LmdbBackend> {
    await prepareFile(options);
    let backend: LmdbBackend | undefined;
    try {
      // It makes the tables that are missing.
      backend = new LmdbBackend(options);
      backend.#checkFormat();
      return backend;
    } catch (error) {
      if (backend !== undefined) await backend.#release();
      throw maybeWriteFailure(options.dir, error) ?? error;
    }
  }

  private constructor(options: LmdbOptions) {
    const path = `${options.dir}/${dataName}`;
    this.#options = options;
    this.#root = openRoot(path);
    this.#fd = openSync(path, 'r');
    keepToOwner(this.#fd, path, options.log);
    // Before the first write transaction: the checkpoint on disk describes this very state.
    this.#checkpointPin = this.#pinLatest();
    this.#dbs = openBuckets(this.#root);
    this.#txn = new LmdbTxn(this.#dbs, undefined);
    this.#commits = new CommitInstructions(writingThread(this.#root, this.#dbs));
    this.#sizeAtCheckpoint = this.sizeBytes();
  }

  read<T>(fn: (txn: ReadTxn) => T): T {
    return fn(this.#txn);
  }

  /** Its writes wait themselves. */
  room(): undefined {}

  async drain(): Promise<void> {}

  get latest(): ReadTxn {
    return this.#txn;
  }

  pin(): PinnedRead {
    return new LmdbTxn(this.#dbs, this.#pinLatest());
  }

  write<T>(fn: (txn: WriteTxn) => T): T {
    // The binding may begin a commit that was asked for earlier only after this transaction.
    assert(this.#committing === undefined, 'no write while a commit runs');
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#measured(fn);
    } catch (error) {
      throw this.#writeFailure(error);
    } finally {
      this.#knownSizeBytes = undefined;
    }
  }

  #writeFailure(cause: unknown): unknown {
    const failure = maybeWriteFailure(this.#options.dir, cause);
    if (failure !== undefined) this.#failure = failure;
    return failure ?? cause;
  }

  #measured<T>(fn: (txn: WriteTxn) => T): T {
    const { commitMeter: meter } = this.#options;
    if (meter === undefined) return this.#root.transactionSync(() => fn(this.#txn));
    let writtenMs = 0;
    const result = this.#root.transactionSync(() => {
      const answer = fn(this.#txn);
      writtenMs = meter.clock.monotonicMs();
      return answer;
    });
    meter.committed((meter.clock.monotonicMs() - writtenMs) / 1_000);
    return result;
  }

  async commit(changes: readonly Changes[]): Promise<void> {
    while (this.#pinning !== undefined) await this.#pinning;
    if (this.#failure !== undefined) throw this.#failure;
    assert(this.#committing === undefined, 'one commit at a time');
    const { commitMeter: meter } = this.#options;
    const startMs = meter?.clock.monotonicMs() ?? 0;
    const running = this.#batch(changes);
    this.#committing = running;
    try {
      await running;
    } catch (error) {
      throw this.#writeFailure(error);
    } finally {
      this.#committing = undefined;
      this.#knownSizeBytes = undefined;
    }
    meter?.committed((meter.clock.monotonicMs() - startMs) / 1_000);
  }

  async #batch(changes: readonly Changes[]): Promise<void> {
    const status = await this.#commits.run(changes);
    if (status !== 0) nativeAddon.lmdbError(status);
    // Readers of this turn may still have the transaction before it.
    (this.#root as unknown as Internals).resetReadTxn();
  }

  /** Calls made while one runs share the next one: it covers everything committed by then. */
  checkpoint(): Promise<void> {
    if (this.#running === undefined) return this.#startCheckpoint();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#startCheckpoint();
    });
    return this.#next;
  }

  sizeBytes(): number {
    if (this.#knownSizeBytes === undefined) {
      const { env } = this.#root as unknown as Internals;
      this.#knownSizeBytes = (env.info().lastPageNumber + 1) * pageBytes;
    }
    return this.#knownSizeBytes;
  }

  sizeInUseBytes(): number {
    let pages = 2;
    for (const bucket of buckets) {
      const db = this.#dbs[bucket] as unknown as Internals;
      db.ensureReadTxn();
      const stat = db.db.stat();
      pages += stat.treeBranchPageCount + stat.treeLeafPageCount + stat.overflowPages;
    }
    return Math.min(pages * pageBytes, this.sizeBytes());
  }

  growthSinceCheckpointBytes(): number {
    return Math.max(0, this.sizeBytes() - this.#sizeAtCheckpoint);
  }

  /** The binding copies in a thread of its own; `close` must wait for it. */
  async copyTo(dir: string): Promise<void> {
    const { disk, bootId } = this.#options;
    const neededBytes = this.sizeInUseBytes() + limits.defragmentSpareBytes;
    const { bavail, bsize } = statfsSync(this.#options.dir);
    if (bavail * bsize < neededBytes) {
      throw new Error(
        `a copy of the store needs ${neededBytes} bytes of disk, ${bavail * bsize} are free`,
      );
    }
    await disk.makeDir(dir);
    const root = this.#root as unknown as Internals;
    await root.backup(`${dir}/${dataName}`, true);
    await chmod(`${dir}/${dataName}`, fileMode);
    await writeCheckpoint(disk, dir, checkpointName, { bootId, metaPages: undefined });
  }

  async close(): Promise<void> {
    if (this.#failure === undefined) await this.checkpoint();
    await this.#release();
  }

  async #release(): Promise<void> {
    this.#checkpointPin.done();
    await this.#root.close();
    closeSync(this.#fd);
  }

  /**
   * Written at every opening, because the binding does not survive a first transaction that leaves
   * many free pages in a file that has none yet, as a copy is: it looks for free pages in the list
   * of them while that has its first page, without an entry. This one leaves few, and the next one
   * finds that there are no older ones.
   */
  #checkFormat(): void {
    const bytes = this.#txn.get('local', formatKey);
    const found = bytes === undefined ? formatVersion : utf8Text(bytes);
    if (found !== formatVersion) {
      throw new Error(`${this.#options.dir} has store format ${found}, this is ${formatVersion}`);
    }
    this.write((txn) => txn.put('local', formatKey, utf8Bytes(formatVersion)));
  }

  #pinLatest(): Pin {
    // Otherwise the binding may hand out the transaction that earlier reads of this turn used.
    (this.#root as unknown as Internals).resetReadTxn();
    return this.#root.useReadTransaction();
  }

  #startCheckpoint(): Promise<void> {
    this.#running = this.#runCheckpoint().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Pin and meta pages belong together: no commit may come between them, on any thread. */
  #moment(): Moment {
    if (this.#failure !== undefined) throw this.#failure;
    assert(this.#committing === undefined, 'a checkpoint begins between commits');
    const pin = this.#pinLatest();
    return { pin, metaPages: readMetaPages(this.#fd), sizeBytes: this.sizeBytes() };
  }

  #momentAfter(commit: Promise<void>): Promise<Moment> {
    const moment = commit
      // Whoever asked for the commit learns how it went.
      .catch(() => undefined)
      .then(() => {
        this.#pinning = undefined;
        return this.#moment();
      });
    this.#pinning = moment.then(
      () => undefined,
      () => undefined,
    );
    return moment;
  }

  /** The order is the point: see the ADR before changing any of it. */
  async #runCheckpoint(): Promise<void> {
    const { pin, metaPages, sizeBytes } =
      this.#committing === undefined ? this.#moment() : await this.#momentAfter(this.#committing);
    try {
      const { disk, dir, bootId, isSynced = true } = this.#options;
      if (isSynced) await syncFile(this.#fd);
      await writeCheckpoint(disk, dir, checkpointName, { bootId, metaPages });
    } catch (cause) {
      pin.done();
      // A failed sync may have dropped dirty pages: nothing more may be built on this file.
      this.#failure = new Error(
        `cannot write to ${this.#options.dir}/${checkpointName}, the store takes no more writes`,
        { cause },
      );
      throw this.#failure;
    }
    this.#checkpointPin.done();
    this.#checkpointPin = pin;
    this.#sizeAtCheckpoint = sizeBytes;
  }
}

/**
 * The newest commit in a file that nobody writes, changing nothing of it: for tools, where the file
 * is as its process left it (prepare-file.ts says what else a start may have to do first).
 */
export function openLmdbToRead(dir: string): PinnedRead {
  const root = openRoot(`${dir}/${dataName}`, { readOnly: true });
  const pinned = new LmdbTxn(openBuckets(root), root.useReadTransaction());
  return closing(pinned, () => void root.close());
}

function closing(pinned: LmdbTxn, then: () => void): PinnedRead {
  const close = pinned.close.bind(pinned);
  return Object.assign(pinned, {
    close: () => {
      close();
      then();
    },
  });
}

/** Reads and writes of one transaction: the current one, or the pinned one. */
class LmdbTxn implements WriteTxn, PinnedRead {
  readonly #dbs: Dbs;
  readonly #pin: Pin | undefined;
  readonly #at: { transaction: Pin } | undefined;

  constructor(dbs: Dbs, pin: Pin | undefined) {
    this.#dbs = dbs;
    this.#pin = pin;
    this.#at = pin === undefined ? undefined : { transaction: pin };
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    return this.#dbs[bucket].get(key, this.#at);
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
    const found = this.#dbs[bucket].getRange(this.#rangeOptions(from, to, options));
    for (const { key, value } of found) yield [key, value];
  }

  count(bucket: Bucket, from: Uint8Array, to: Uint8Array | undefined): number {
    return this.#dbs[bucket].getKeysCount(this.#rangeOptions(from, to, undefined));
  }

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    assertKey(key);
    this.#dbs[bucket].putSync(key, value);
  }

  append(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    assertKey(key);
    this.#dbs[bucket].putSync(key, value, appendOption);
  }

  delete(bucket: Bucket, key: Uint8Array): void {
    this.#dbs[bucket].removeSync(key);
  }

  close(): void {
    this.#pin?.done();
  }

  #rangeOptions(
    from: Uint8Array,
    to: Uint8Array | undefined,
    options: RangeOptions | undefined,
  ): Record<string, unknown> {
    const start = from.length === 0 ? firstKey : from;
    const limits: Record<string, unknown> =
      options?.reverse === true
        ? { start: to, end: start, reverse: true, exclusiveStart: true, inclusiveEnd: true }
        : { start, end: to };
    if (options?.limit !== undefined) limits.limit = options.limit;
    if (this.#pin !== undefined) limits.transaction = this.#pin;
    return limits;
  }
}

function assertKey(key: Uint8Array): void {
  if (key.length > 0 && key.length <= backendKeyBytesMax) return;
  throw broken(`a backend key has 1 to ${backendKeyBytesMax} bytes, not ${key.length}`);
}

function openRoot(
  path: string,
  more: { readonly readOnly?: true } = {},
): RootDatabase<Uint8Array, Uint8Array> {
  return lmdb.open<Uint8Array, Uint8Array>({
    ...more,
    path,
    noSubdir: true,
    noSync: true,
    overlappingSync: false,
    noMemInit: true,
    eventTurnBatching: false,
    maxDbs: buckets.length + 2,
    maxReaders: limits.storeReadersMax,
    pageSize: pageBytes,
    mapSize: mapSizeBytes,
    permissionsMode: fileMode,
    keyEncoding: 'binary',
    encoding: 'binary',
  } as LmdbOpenOptions);
}

/** lmdb's own errors have a number: the disk is full or broken, and says only "I/O error". */
function maybeWriteFailure(dir: string, cause: unknown): Error | undefined {
  if (typeof (cause as { code?: unknown }).code !== 'number') return undefined;
  const { bavail, bsize } = statfsSync(dir);
  const room = `the disk has ${bavail * bsize} bytes free`;
  return new Error(`cannot write to ${dir}/${dataName}, ${room}`, { cause });
}

function openBuckets(root: RootDatabase<Uint8Array, Uint8Array>): Dbs {
  const opened: Partial<Record<Bucket, Db>> = {};
  for (const name of buckets) {
    opened[name] = root.openDB(name, { keyEncoding: 'binary', encoding: 'binary' });
  }
  return opened as Dbs;
}

function writingThread(root: RootDatabase<Uint8Array, Uint8Array>, dbs: Dbs): WritingThread {
  const numbers = {} as Record<Bucket, number>;
  for (const name of buckets) numbers[name] = (dbs[name] as unknown as Internals).db.dbi;
  return {
    addressOf: (memory) => nativeAddon.getAddress(memory),
    start: (address, ended) => (root as unknown as Internals).env.startWriting(address, ended),
    databaseOf: (bucket) => numbers[bucket],
  };
}

function readMetaPages(fd: number): Uint8Array {
  const pages = Buffer.alloc(metaBytes);
  const count = readSync(fd, pages, 0, metaBytes, 0);
  assert(count === metaBytes, `lmdb file has only ${count} bytes of meta pages`);
  return pages;
}
