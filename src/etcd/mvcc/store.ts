import { assert } from '../../base/assert.ts';
import { emptyBytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { Pace } from '../../base/pace.ts';
import type { Backend, PinnedRead, ReadTxn, WriteTxn } from '../backend/backend.ts';
import { limits } from '../config/limits.ts';
import { EtcdError } from '../errors.ts';
import { BlockCache, type BlockCacheBounds } from './block-cache.ts';
import type { Change } from './change.ts';
import {
  type CompactionJob,
  type CompactionMeter,
  finishedCompactKey,
  runCompaction,
  scheduledCompactKey,
} from './compaction.ts';
import { type HashKvAnswer, type HashKvResult, hashKvOf } from './hash-kv.ts';
import { isTombstone, keyValueOf, readHistoryHeader } from './history-record.ts';
import { KeyIndex } from './key-index.ts';
import { deletedKeyValue, keyOf, parseKeyValue } from './key-value.ts';
import { PiecewiseRead, type ReadBounds, type ReadSteps } from './piecewise-read.ts';
import { isPointRead, readPoint } from './point-read.ts';
import type { RangeQuery } from './range-query.ts';
import type { ReadPoint } from './read-point.ts';
import { type RangeResult, readRange } from './read-view.ts';
import { etcdRevisionKey, historyKey, mainOf, parseEtcdRevisionKey, subOf } from './revision.ts';
import { Slots } from './slots.ts';
import { MvccWriteTxn } from './write-txn.ts';

export type { Change } from './change.ts';
export type { HashKvAnswer, HashKvResult } from './hash-kv.ts';
export type { ReadBounds, ReadSteps } from './piecewise-read.ts';
export type { RangeQuery } from './range-query.ts';
export { keyValuesOf, type RangeResult } from './read-view.ts';

/** etcd remembers this many hashes of compactions, and answers HashKV from them. */
const compactionHashesMax = 10;

/** Operations as etcd counts them. */
export class StoreCounts {
  ranges = 0;
  puts = 0;
  deletes = 0;
  txns = 0;
  putBytes = 0;
}

const noPieces: readonly Uint8Array[] = [];

/** Somebody who may leave before the answer is there. */
export type Leaving = { readonly hasLeft: boolean };

export type StoreOptions = {
  /** Lets other work of the event loop run; background work calls it between its steps. */
  readonly yieldToLoop: () => Promise<void>;
  /** For compactions, which leave time to clients that write. Without it they run at full speed. */
  readonly clock?: Clock;
  /** Without it the bounds of limits.ts. */
  readonly listCache?: BlockCacheBounds;
  readonly readBounds?: ReadBounds;
  readonly hashes?: HashObserver;
  /** For metrics: they outlive a store that another one replaces. */
  readonly counts?: StoreCounts;
  readonly compactionMeter?: CompactionMeter;
};

/** Hears of every hash of the history that was made. */
export type HashObserver = {
  made(seconds: number): void;
  /** That of a compaction, which is kept for comparisons with other members. */
  kept(result: HashKvResult): void;
};

const readBoundsDefault: ReadBounds = {
  ...limits.readPiece,
  answerBytesMax: limits.answerBytesMax,
};

/**
 * Keys with all their versions since the last compaction. Reads see the last committed state;
 * writes go through `begin` inside the applier's transaction. Opening reads a few records only,
 * however many keys there are.
 */
export class MvccStore {
  readonly #backend: Backend;
  readonly #options: StoreOptions;
  readonly #index: KeyIndex;
  #currentRevision: number;
  #compactRevision: number;
  #scheduledRevision: number;
  #finishedRevision: number;
  #compactions: Promise<void> = Promise.resolve();
  #pauses = 0;
  #stopped = false;
  #resume: (() => void)[] = [];
  readonly #stopping = new AbortController();
  readonly counts: StoreCounts;
  /** Live keys, once somebody has asked. */
  #keys: number | undefined;
  readonly #compactionHashes: HashKvResult[] = [];
  /** Reads that hold a pin. */
  readonly #reads = new Set<Promise<unknown>>();
  readonly #longReads = new Slots(limits.longListsMax);
  readonly #lists: BlockCache;
  readonly #readBounds: ReadBounds;
  /** Resolves when the last piece that waits for its turn has it. */
  #pieces: Promise<void> = Promise.resolve();

  constructor(backend: Backend, options: StoreOptions) {
    this.#backend = backend;
    this.#options = options;
    this.#lists = new BlockCache(options.listCache ?? limits.listCache);
    this.#readBounds = options.readBounds ?? readBoundsDefault;
    this.counts = options.counts ?? new StoreCounts();
    const marks = backend.read(readMarks);
    this.#index = backend.read((txn) => new KeyIndex(txn));
    this.#finishedRevision = marks.finished;
    this.#scheduledRevision = marks.scheduled;
    this.#compactRevision = Math.max(marks.finished, marks.scheduled);
    this.#currentRevision = Math.max(marks.last, 1, marks.finished, marks.scheduled);
  }

  /** 1 in an empty store. */
  get currentRevision(): number {
    return this.#currentRevision;
  }

  /** -1 before the first compaction. Reads below it are refused; at it they are not. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** Live keys: counted for who asks first, then along with the changes. */
  get keyCount(): number {
    this.#keys ??= this.#backend.read((txn) => this.#index.countLive(txn, emptyBytes, undefined));
    return this.#keys;
  }

  /** What is kept to answer lists with. */
  get listCacheBytes(): number {
    return this.#lists.sizeBytes;
  }

  /** Throws EtcdError Compacted or FutureRev. */
  range(query: RangeQuery): RangeResult {
    this.counts.ranges += 1;
    if (!isPointRead(query)) {
      const { answerBytesMax } = this.#readBounds;
      return this.#backend.read((txn) => readRange({ ...this.#now(), txn }, query, answerBytesMax));
    }
    const entry = this.#backend.read((txn) => readPoint(txn, this.#index, query.key));
    const [pieces, length] = entry === undefined ? [noPieces, 0] : [[entry], 1];
    return { pieces, length, count: length, more: false, revision: this.#currentRevision };
  }

  /** As `range`, of some moment between the call and the answer; see `readInPieces`. */
  rangeInPieces(query: RangeQuery, reader?: Leaving): RangeResult | Promise<RangeResult> {
    return isPointRead(query)
      ? this.range(query)
      : this.readInPieces(() => oneRange(query), reader);
  }

  /**
   * All ranges that the steps ask for, of one moment between the call and the answer: at once when
   * they are short. Else they are read in pieces, one per turn of the event loop for all readers
   * together, so that heartbeats keep their time however many clients read, and only for a few
   * readers at once, because each holds what it has read. `steps` may be called a second time, to
   * begin anew. Throws what they throw, Compacted or FutureRev; EtcdError Stopped when the store is
   * closed meanwhile, Canceled when the reader has left.
   */
  readInPieces<T>(steps: () => ReadSteps<T>, reader?: Leaving): T | Promise<T> {
    const read = this.#begin(steps);
    return read.isComplete ? this.#resultOf(read) : this.#finish(read, steps, reader);
  }

  /**
   * Changes from revision `from` on, oldest first, whole revisions only, about `limit` of them.
   * Throws EtcdError Compacted when `from` is below the compacted revision.
   */
  changes(from: number, limit: number): { changes: readonly Change[]; nextRevision: number } {
    if (from < this.#compactRevision) throw new EtcdError('Compacted');
    const changes: Change[] = [];
    const start = historyKey(Math.max(from, 0), 0);
    let last = -1;
    const nextRevision = this.#backend.read((txn) => {
      for (const [key, record] of txn.range('history', start, undefined)) {
        const main = mainOf(key);
        if (changes.length >= limit && main !== last) return main;
        last = main;
        changes.push(changeOf(main, subOf(key), record));
      }
      return Math.max(from, this.#currentRevision + 1);
    });
    return { changes, nextRevision };
  }

  /**
   * The encoded KeyValue at the revision before the change's; undefined when there was none or it
   * is compacted.
   */
  previousKeyValue({ previous, main }: Change): Uint8Array | undefined {
    // It may still be on its way out: the answer must not depend on how far deletion got.
    if (previous === undefined || main <= this.#compactRevision) return undefined;
    return this.#backend.read((txn) => {
      let at = previous;
      // A transaction may change a key more than once.
      while (at.main === main) {
        const record = txn.get('history', historyKey(at.main, at.sub));
        const before = record === undefined ? undefined : readHistoryHeader(record, at.main);
        if (before?.previous === undefined) return undefined;
        if (before.previous.main < main && before.previousIsTombstone) return undefined;
        at = before.previous;
      }
      const record = txn.get('history', historyKey(at.main, at.sub));
      return record === undefined ? undefined : keyValueOf(record);
    });
  }

  /**
   * 0: the current revision; below it nothing is there to hash. Rejects with EtcdError Compacted or
   * FutureRev, and with Canceled when the signal says that nobody waits any more: who asks again
   * after each timeout would otherwise have many of them made at once.
   */
  async hashKv(revision: number, signal?: AbortSignal): Promise<HashKvAnswer> {
    const cached = this.#compactionHashes.find(({ hashRevision }) => hashRevision === revision);
    if (cached !== undefined && revision !== 0)
      return { ...cached, revision: this.#currentRevision };
    if (revision > 0 && revision < this.#compactRevision) throw new EtcdError('Compacted');
    if (revision > this.#currentRevision) throw new EtcdError('FutureRev');
    const currentRevision = this.#currentRevision;
    const hashRevision = revision === 0 ? currentRevision : revision;
    const compactRevision = this.#compactRevision;
    const { clock, hashes } = this.#options;
    const startMs = clock?.monotonicMs() ?? 0;
    return await this.#readPinned(async (pin) => {
      const nextTurn = async (): Promise<void> => {
        await this.#options.yieldToLoop();
        this.#checkOpen();
        if (signal?.aborted === true) throw new EtcdError('Canceled');
      };
      const hash = await hashKvOf(pin, this.#index, hashRevision, compactRevision, nextTurn);
      hashes?.made(((clock?.monotonicMs() ?? 0) - startMs) / 1_000);
      return { hash, compactRevision, hashRevision, revision: currentRevision };
    });
  }

  /** Hashes of the last compactions, oldest first, for the leader's comparison of members. */
  compactionHashes(): readonly HashKvResult[] {
    return this.#compactionHashes;
  }

  // The applier's side: inside a backend transaction.

  /** For the requests of one backend transaction, one after the other: `next` begins each. */
  begin(txn: WriteTxn): MvccWriteTxn {
    return new MvccWriteTxn(txn, this.#index, this);
  }

  /** Makes a request's changes the current state. The transaction around it must commit. */
  end(write: MvccWriteTxn): void {
    this.#currentRevision = write.revision;
    if (write.changes.length > 0) this.#lists.changed(write.changes);
    if (this.#keys !== undefined) this.#keys += growthOf(write.changes);
    const { counts } = this;
    const { ranges, puts, deletes, putBytes } = write.asked;
    counts.ranges += ranges;
    counts.puts += puts;
    counts.deletes += deletes;
    counts.putBytes += putBytes;
    if (ranges + puts + deletes > 1) counts.txns += 1;
  }

  /**
   * Compacts at a revision: reads below it are refused from now on, and the mark is part of the
   * caller's transaction, so a restart finds it. The old versions go in the background after
   * `startCompaction`. Throws EtcdError Compacted or FutureRev.
   */
  scheduleCompaction(txn: WriteTxn, revision: number): CompactionJob {
    if (revision <= this.#compactRevision) throw new EtcdError('Compacted');
    if (revision > this.#currentRevision) throw new EtcdError('FutureRev');
    const job: CompactionJob = {
      from: this.#compactRevision,
      to: revision,
      wantsHash: this.#scheduledRevision === this.#finishedRevision,
    };
    txn.put('meta', scheduledCompactKey, etcdRevisionKey(revision, 0, false));
    this.#compactRevision = revision;
    this.#scheduledRevision = revision;
    this.#lists.compacted(revision);
    return job;
  }

  /** Call it after the transaction of `scheduleCompaction` is committed. One job runs at a time. */
  startCompaction(job: CompactionJob): Promise<void> {
    this.#compactions = this.#compactions.then(() => this.#compact(job));
    return this.#compactions;
  }

  /** What a restart interrupted; undefined when nothing was. */
  resumeCompaction(): Promise<void> | undefined {
    if (this.#scheduledRevision <= this.#finishedRevision) return undefined;
    const job = { from: this.#finishedRevision, to: this.#scheduledRevision, wantsHash: false };
    return this.startCompaction(job);
  }

  /** Holds background deletion back, for example while a snapshot streams; returns the way to go on. */
  pauseCompaction(): () => void {
    this.#pauses++;
    let released = false;
    return () => {
      assert(!released, 'a compaction pause ends once');
      released = true;
      if (--this.#pauses > 0) return;
      for (const resume of this.#resume.splice(0)) resume();
    };
  }

  /**
   * Ends background work and long reads after their current step, so that the backend can be
   * closed; what a compaction leaves, the next start resumes.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.abort();
    for (const resume of this.#resume.splice(0)) resume();
    await Promise.allSettled(this.#reads);
    await this.#compactions;
  }

  #now(): Omit<ReadPoint, 'txn'> {
    return {
      index: this.#index,
      currentRevision: this.#currentRevision,
      compactRevision: this.#compactRevision,
      lists: { cache: this.#lists, reader: this.#lists.newReader(), fill: undefined },
    };
  }

  /** A read with its first piece. */
  #begin<T>(steps: () => ReadSteps<T>): PiecewiseRead<T> {
    const read = new PiecewiseRead(this.#now(), steps(), this.#readBounds);
    if (read.isComplete) return read;
    try {
      this.#backend.read((txn) => read.read(txn));
    } catch (error) {
      this.counts.ranges += read.ranges;
      throw error;
    }
    return read;
  }

  async #finish<T>(
    first: PiecewiseRead<T>,
    steps: () => ReadSteps<T>,
    reader: Leaving | undefined,
  ): Promise<T> {
    const wait = this.#longReads.take();
    // Without a wait no turn may pass between the first piece and the pin.
    if (wait !== undefined) await wait;
    try {
      checkStays(reader);
      // After a wait the store has moved on, so the read begins anew.
      const read = wait === undefined ? first : this.#begin(steps);
      if (!read.isComplete) await this.#readToEnd(read, reader);
      return this.#resultOf(read);
    } finally {
      this.#longReads.release();
    }
  }

  #resultOf<T>(read: PiecewiseRead<T>): T {
    this.counts.ranges += read.ranges;
    if (read.ranges > 1) this.counts.txns += 1;
    return read.result;
  }

  /** `read` sees the state of this moment however long it takes. */
  async #readPinned<T>(read: (pin: PinnedRead) => Promise<T>): Promise<T> {
    this.#checkOpen();
    const pin = this.#backend.pin();
    const running = read(pin).finally(() => pin.close());
    this.#reads.add(running);
    try {
      return await running;
    } finally {
      this.#reads.delete(running);
    }
  }

  async #readToEnd(read: PiecewiseRead<unknown>, reader: Leaving | undefined): Promise<void> {
    read.hold();
    try {
      await this.#readPinned(async (pin) => {
        for (;;) {
          this.#pieces = this.#pieces.then(() => this.#options.yieldToLoop());
          await this.#pieces;
          this.#checkOpen();
          checkStays(reader);
          read.read(pin);
          if (read.isComplete) return;
        }
      });
    } finally {
      read.release();
    }
  }

  #checkOpen(): void {
    if (this.#stopped) throw new EtcdError('Stopped');
  }

  async #compact(job: CompactionJob): Promise<void> {
    const pace = this.#compactionPace();
    const { clock, compactionMeter: meter } = this.#options;
    const parts = {
      backend: this.#backend,
      index: this.#index,
      nextStep: () => this.#nextStep(pace),
      timed: clock && meter && { clock, meter },
    };
    const { finished, hash } = await runCompaction(parts, job);
    if (!finished) return;
    this.#finishedRevision = job.to;
    if (hash === undefined) return;
    const kept = { hash, compactRevision: job.from, hashRevision: job.to };
    this.#compactionHashes.push(kept);
    this.#options.hashes?.kept(kept);
    if (this.#compactionHashes.length > compactionHashesMax) this.#compactionHashes.shift();
  }

  #compactionPace(): Pace | undefined {
    const { clock, yieldToLoop } = this.#options;
    if (clock === undefined) return undefined;
    const writes = (): number => this.#currentRevision;
    return new Pace({ clock, yieldToLoop, writes, ...limits.compactionPace });
  }

  async #nextStep(pace: Pace | undefined): Promise<boolean> {
    while (this.#pauses > 0 && !this.#stopped) {
      await new Promise<void>((resolve) => this.#resume.push(resolve));
      pace?.begin();
    }
    if (this.#stopped) return false;
    // Deleting touches pages all over the file, and they are reused only across checkpoints.
    if (this.#backend.growthSinceCheckpointBytes() > limits.compactionGrowthBytesMax) {
      await this.#backend.checkpoint();
    }
    if (pace === undefined) await this.#options.yieldToLoop();
    else await pace.rest(this.#stopping.signal).catch(() => undefined);
    return !this.#stopped;
  }
}

/** Keys created minus keys deleted. */
function growthOf(changes: readonly Change[]): number {
  let growth = 0;
  for (const { type, isCreate } of changes) growth += type === 1 ? -1 : isCreate ? 1 : 0;
  return growth;
}

function checkStays(reader: Leaving | undefined): void {
  if (reader?.hasLeft === true) throw new EtcdError('Canceled');
}

function* oneRange(query: RangeQuery): ReadSteps<RangeResult> {
  return yield query;
}

function readMarks(txn: ReadTxn): { last: number; scheduled: number; finished: number } {
  const mark = (name: Uint8Array): number => {
    const value = txn.get('meta', name);
    return value === undefined ? -1 : parseEtcdRevisionKey(value).main;
  };
  let last = 0;
  for (const [key] of txn.range('history', historyKey(0, 0), undefined, {
    reverse: true,
    limit: 1,
  })) {
    last = mainOf(key);
  }
  return { last, scheduled: mark(scheduledCompactKey), finished: mark(finishedCompactKey) };
}

function changeOf(main: number, sub: number, record: Uint8Array): Change {
  const { previous, previousIsTombstone } = readHistoryHeader(record, main);
  const stored = keyValueOf(record);
  const livePrevious = previousIsTombstone ? undefined : previous;
  if (isTombstone(record)) {
    const key = keyOf(stored);
    const keyValue = deletedKeyValue(key, main);
    return { type: 1, main, sub, key, keyValue, isCreate: false, previous: livePrevious };
  }
  const { key, createRevision } = parseKeyValue(stored);
  const isCreate = createRevision === main;
  return { type: 0, main, sub, key, keyValue: stored, isCreate, previous: livePrevious };
}
