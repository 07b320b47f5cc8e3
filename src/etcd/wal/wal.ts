import { assert } from '../../base/assert.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import type { Disk, DiskFile, DiskLock } from '../io/disk.ts';
import type { Entry, HardState } from '../proto/generated/raftpb.ts';
import { encodeSnapshot, type Snapshot as WalSnapshot } from '../proto/generated/walpb.ts';
import { RecordEncoder, RecordType } from './record.ts';
import { type Position, replaySegments, segmentsFrom } from './replay.ts';
import {
  fillWithZeros,
  isTemporary,
  type Segment,
  SegmentPipeline,
  segmentOf,
  segmentsAmong,
  wipeTail,
} from './segment.ts';

export type WalOptions = {
  /** A segment that has reached this size is followed by a new one. */
  readonly segmentBytes?: number;
  /** Segments kept even when no longer needed; etcd's `--max-wals`. 0 keeps all. */
  readonly segmentsKept?: number;
  readonly clock?: Clock;
  readonly metrics?: WalMetrics;
};

export interface WalMetrics {
  onFsync(seconds: number): void;
  onWrite(bytes: number, seconds: number): void;
}

export type OpenedWal = {
  readonly wal: Wal;
  readonly metadata: Uint8Array;
  readonly hardState: HardState;
  /** The entries behind the position asked for, in order and without a gap. */
  readonly entries: readonly Entry[];
  readonly snapshots: readonly WalSnapshot[];
};

type Append = {
  readonly entries: readonly Entry[];
  readonly hardState: HardState | undefined;
  readonly snapshot: WalSnapshot | undefined;
  readonly mustSync: boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/**
 * The write-ahead log: what is in it is promised. Files are etcd's, byte for byte in form.
 *
 *   append ─► waiting ─► one buffer ─► one durable write ─► resolved ─► next segment?
 *
 * Appends asked for while the disk works are written together in the order of the calls. After a
 * failed write or sync nothing is known about the bytes on the disk, so the log refuses everything
 * from then on with that error and the member has to stop (the kernel reports a failed sync once;
 * a second one could succeed with the data lost).
 */
export class Wal {
  readonly #dir: string;
  readonly #disk: Disk;
  readonly #lock: DiskLock;
  readonly #metadata: Uint8Array;
  readonly #segmentBytes: number;
  readonly #segmentsKept: number;
  readonly #clock: Clock;
  readonly #metrics: WalMetrics | undefined;
  readonly #pipeline: SegmentPipeline;
  readonly #encoder: RecordEncoder;
  /** Oldest first; the last one is written to. */
  readonly #segments: Segment[];
  #tail: DiskFile;
  #offset: number;
  /** Index of the last entry or snapshot written: names the next segment. */
  #lastIndex: number;
  #hardState: HardState;
  #isSynced: boolean;
  #waiting: Append[] = [];
  #flushing: Promise<void> | undefined;
  #releasing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #failure: Error | undefined;

  /** True when the folder holds a log; a creation that was cut short left none. */
  static async exists(dir: string, disk: Disk): Promise<boolean> {
    return (await disk.exists(dir)) && segmentsAmong(await disk.list(dir)).length > 0;
  }

  /**
   * Makes a new log with its identity in it. A crash before the last rename leaves no log, only
   * `<dir>.tmp`, which the next creation removes; after it, a complete one.
   */
  static async create(
    dir: string,
    metadata: Uint8Array,
    disk: Disk,
    options: WalOptions = {},
  ): Promise<Wal> {
    const lock = await disk.lock(`${dir}.lock`);
    try {
      if (await Wal.exists(dir, disk)) throw new Error(`wal: ${dir} already holds a log`);
      const encoder = new RecordEncoder(0);
      encoder.crcRecord();
      encoder.record(RecordType.metadata, metadata);
      encoder.record(RecordType.snapshot, encodeSnapshot({ index: 0, term: 0 }));
      const segment = segmentOf(0, 0);
      const offset = encoder.byteLength;
      const tail = await createFolder(dir, segment, encoder.bytes(), disk, options);
      encoder.clear();
      const hardState = { term: 0, vote: 0n, commit: 0 };
      const start = { offset, lastIndex: 0, hardState, isSynced: true };
      const state = { segments: [segment], tail, ...start, encoder };
      return new Wal(dir, disk, lock, metadata, state, options);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /**
   * Reads everything behind `from` and is ready to append behind it. `from` is a position already
   * applied and durable elsewhere; its entry may be gone. A torn end is repaired, anything else
   * that is wrong is a `WalCorruptError` naming file and offset.
   */
  static async open(
    dir: string,
    from: Position,
    disk: Disk,
    log: Log,
    options: WalOptions = {},
  ): Promise<OpenedWal> {
    const lock = await disk.lock(`${dir}.lock`);
    try {
      const names = await disk.list(dir);
      for (const name of names.filter(isTemporary)) await disk.remove(`${dir}/${name}`);
      const segments = segmentsAmong(names);
      const needed = segmentsFrom(dir, segments, from.index);
      const replayed = await replaySegments(disk, dir, needed, from, log);
      const { metadata, hardState, entries, snapshots, offset, lastIndex } = replayed;
      const path = `${dir}/${segments.at(-1)?.name}`;
      const tail = await openTail(path, offset, disk, options);
      const encoder = new RecordEncoder(replayed.crc);
      // A process that was killed may have left bytes in the kernel's cache only.
      const start = { offset, lastIndex, hardState, isSynced: false };
      const state = { segments, tail, ...start, encoder };
      const wal = new Wal(dir, disk, lock, metadata, state, options);
      return { wal, metadata, hardState, entries, snapshots };
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /**
   * The newest snapshot records that count (up to the last commit index), oldest first: at least
   * back to one at or before `index`, where the log has one. Changes nothing, so a member can
   * choose the position to open the log from. Segments are read from the end, as few as that takes:
   * the log keeps more of them than a restart needs.
   */
  static async readSnapshots(
    dir: string,
    index: number,
    disk: Disk,
    log: Log,
  ): Promise<readonly WalSnapshot[]> {
    const segments = segmentsAmong(await disk.list(dir));
    const nothing = { index: Number.MAX_SAFE_INTEGER, term: 0 };
    for (let count = 1; ; count *= 2) {
      const newest = segments.slice(-count);
      const replayed = await replaySegments(disk, dir, newest, nothing, log, 'read-only');
      const { snapshots } = replayed;
      if (count >= segments.length || snapshots.some((s) => s.index <= index)) return snapshots;
    }
  }

  /** As `open`, of a log that nobody writes, changing nothing: a torn end is left as it is. */
  static async read(
    dir: string,
    from: Position,
    disk: Disk,
    log: Log,
  ): Promise<Omit<OpenedWal, 'wal'>> {
    const segments = segmentsFrom(dir, segmentsAmong(await disk.list(dir)), from.index);
    return await replaySegments(disk, dir, segments, from, log, 'read-only');
  }

  private constructor(
    dir: string,
    disk: Disk,
    lock: DiskLock,
    metadata: Uint8Array,
    state: WalState,
    options: WalOptions,
  ) {
    this.#dir = dir;
    this.#disk = disk;
    this.#lock = lock;
    this.#metadata = metadata;
    this.#segments = [...state.segments];
    this.#tail = state.tail;
    this.#offset = state.offset;
    this.#lastIndex = state.lastIndex;
    this.#hardState = state.hardState;
    this.#isSynced = state.isSynced;
    this.#encoder = state.encoder;
    this.#segmentBytes = segmentBytesOf(options);
    this.#segmentsKept = options.segmentsKept ?? limits.walSegmentsKeptDefault;
    this.#clock = options.clock ?? systemClock;
    this.#metrics = options.metrics;
    const step = limits.walFillStepBytes;
    this.#pipeline = new SegmentPipeline(disk, dir, this.#segmentBytes, step);
  }

  /**
   * Resolves when the entries and then the hard state are in the log, and on the disk if
   * `mustSync`: entries, a new term or a new vote. A commit index alone need not be synced. The
   * entries' bytes are taken over when the append's turn comes and must not change until then.
   */
  append(
    entries: readonly Entry[],
    hardState: HardState | undefined,
    mustSync: boolean,
  ): Promise<void> {
    const state = hardState === undefined || isEmpty(hardState) ? undefined : hardState;
    return this.#enqueue(entries, state, undefined, mustSync);
  }

  /** Notes, durably, that a snapshot of this index exists: replay may start from it. */
  saveSnapshot(snapshot: WalSnapshot): Promise<void> {
    if (snapshot.index > 0 && snapshot.confState === undefined) {
      return Promise.reject(new Error(`wal: snapshot ${snapshot.index} has no conf state`));
    }
    return this.#enqueue([], undefined, snapshot, true);
  }

  /**
   * Nothing up to `index` will be asked for again. Removes old segments, oldest first so that a
   * crash leaves no gap, as long as more than the number to keep remain.
   */
  releaseBefore(index: number): Promise<void> {
    const released = this.#releasing.then(() => this.#release(index));
    this.#releasing = released.catch(() => {});
    return released;
  }

  /** Writes and syncs what is waiting, then lets go of files and lock. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#flushing;
    await this.#releasing;
    try {
      if (this.#failure === undefined && !this.#isSynced) await this.#sync(this.#tail);
    } finally {
      this.#failure ??= new Error('wal: closed');
      await this.#pipeline.close();
      await this.#tail.close();
      await this.#lock.release();
    }
  }

  #enqueue(
    entries: readonly Entry[],
    hardState: HardState | undefined,
    snapshot: WalSnapshot | undefined,
    mustSync: boolean,
  ): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#waiting.length >= limits.walWaitingAppendsMax) {
      // Without this append the next ones would leave a gap, so the log ends here.
      return Promise.reject(this.#fail(new Error('too many appends are waiting'), []));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, hardState, snapshot, mustSync, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0 && this.#failure === undefined) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch);
        for (const append of batch) append.resolve();
        if (this.#offset >= this.#segmentBytes) await this.#cut();
        else if (this.#offset >= this.#segmentBytes / 4) this.#pipeline.prepare(this.#nextSeq());
      } catch (error) {
        this.#fail(error, batch);
      }
    }
    this.#flushing = undefined;
  }

  /** One write, durable if any append of the batch asks for it. */
  async #write(batch: readonly Append[]): Promise<void> {
    const encoder = this.#encoder;
    let mustSync = false;
    for (const append of batch) {
      for (const entry of append.entries) encoder.entry(entry);
      const last = append.entries.at(-1);
      if (last !== undefined) this.#lastIndex = last.index;
      if (append.hardState !== undefined) {
        encoder.state(append.hardState);
        this.#hardState = append.hardState;
      }
      if (append.snapshot !== undefined) {
        encoder.record(RecordType.snapshot, encodeSnapshot(append.snapshot));
        this.#lastIndex = Math.max(this.#lastIndex, append.snapshot.index);
      }
      mustSync ||= append.mustSync;
    }
    await this.#writeEncoded(this.#tail, mustSync);
  }

  /** Writes what the encoder holds at the offset and moves the offset behind it. */
  async #writeEncoded(file: DiskFile, mustSync: boolean): Promise<void> {
    const bytes = this.#encoder.bytes();
    if (bytes.length === 0) return;
    const started = this.#clock.monotonicMs();
    // A durable write does not take along what stands unsynced before it: a power loss could leave
    // a hole there, and the log would end at the hole.
    const inOneTrip = mustSync && this.#isSynced;
    if (inOneTrip) {
      await file.writeDurably(bytes, this.#offset);
    } else {
      this.#isSynced = false;
      await file.write(bytes, this.#offset);
    }
    this.#offset += bytes.length;
    const seconds = (this.#clock.monotonicMs() - started) / 1000;
    this.#metrics?.onWrite(bytes.length, seconds);
    if (inOneTrip) this.#metrics?.onFsync(seconds);
    this.#encoder.clear();
    if (mustSync && !inOneTrip) await this.#sync(file);
  }

  async #sync(file: DiskFile): Promise<void> {
    const started = this.#clock.monotonicMs();
    await file.sync();
    this.#isSynced = true;
    this.#metrics?.onFsync((this.#clock.monotonicMs() - started) / 1000);
  }

  /**
   * Goes on in the next segment. The old one is cut to its contents and synced first, because only
   * the last file may end torn; the new one gets its name when its header is on the disk, so every
   * named segment starts whole. A crash in between leaves a `.tmp` file and the old tail.
   */
  async #cut(): Promise<void> {
    const old = this.#tail;
    await old.truncate(this.#offset);
    await this.#sync(old);
    const segment = segmentOf(this.#nextSeq(), this.#lastIndex + 1);
    const { file, path } = await this.#pipeline.take(segment.seq);
    this.#encoder.crcRecord();
    this.#encoder.record(RecordType.metadata, this.#metadata);
    if (!isEmpty(this.#hardState)) this.#encoder.state(this.#hardState);
    this.#tail = file;
    this.#offset = 0;
    await this.#writeEncoded(file, true);
    await this.#disk.rename(path, `${this.#dir}/${segment.name}`);
    await this.#disk.syncDir(this.#dir);
    this.#segments.push(segment);
    await old.close();
  }

  #nextSeq(): number {
    const last = this.#segments.at(-1);
    assert(last !== undefined, 'an open log has a segment');
    return last.seq + 1;
  }

  #fail(error: unknown, batch: readonly Append[]): Error {
    const failure = new Error(`wal: ${this.#dir} can no longer be written`, { cause: error });
    this.#failure = failure;
    for (const append of batch) append.reject(failure);
    for (const append of this.#waiting) append.reject(failure);
    this.#waiting = [];
    return failure;
  }

  async #release(index: number): Promise<void> {
    if (this.#segmentsKept === 0) return;
    let removed = false;
    while (this.#segments.length > this.#segmentsKept) {
      const [oldest, next] = this.#segments;
      if (oldest === undefined || next === undefined || next.firstIndex > index) break;
      await this.#disk.remove(`${this.#dir}/${oldest.name}`);
      this.#segments.shift();
      removed = true;
    }
    if (removed) await this.#disk.syncDir(this.#dir);
  }
}

type WalState = {
  readonly segments: readonly Segment[];
  readonly tail: DiskFile;
  readonly offset: number;
  readonly lastIndex: number;
  readonly hardState: HardState;
  /** Everything up to `offset` is on the disk. */
  readonly isSynced: boolean;
  readonly encoder: RecordEncoder;
};

/** Everything is durable under the temporary name before the rename makes it the log. */
async function createFolder(
  dir: string,
  segment: Segment,
  header: Uint8Array,
  disk: Disk,
  options: WalOptions,
): Promise<DiskFile> {
  const temporary = `${dir}.tmp`;
  await disk.removeDir(temporary);
  await disk.makeDir(temporary);
  const file = await disk.open(`${temporary}/${segment.name}`, 'create');
  try {
    await fillWithZeros(file, 0, segmentBytesOf(options), limits.walFillStepBytes);
    await file.writeDurably(header, 0);
    await disk.syncDir(temporary);
    await disk.rename(temporary, dir);
    await disk.syncDir(parentOf(dir));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Behind the last good record: zeros up to the size of a segment, whatever stood there. */
async function openTail(
  path: string,
  offset: number,
  disk: Disk,
  options: WalOptions,
): Promise<DiskFile> {
  const file = await disk.open(path, 'write');
  try {
    const fileBytes = await file.size();
    await wipeTail(file, offset, fileBytes, limits.walFillStepBytes);
    await fillWithZeros(file, fileBytes, segmentBytesOf(options), limits.walFillStepBytes);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function segmentBytesOf(options: WalOptions): number {
  return options.segmentBytes ?? limits.walSegmentBytes;
}

function isEmpty(state: HardState): boolean {
  return state.term === 0 && state.vote === 0n && state.commit === 0;
}

function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}
