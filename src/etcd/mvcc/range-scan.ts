import { compareBytes } from '../../base/bytes.ts';
import type { ReadTxn } from '../backend/backend.ts';
import { answerTooLarge } from '../errors.ts';
import { RunBuilder } from './entry-run.ts';
import { type EntryForm, isBefore, ListBlock, ownKey, span } from './list-block.ts';
import { refresh, runOf } from './list-refresh.ts';
import { liveKeyValue, newestRevision } from './live-version.ts';
import { countAt } from './range-count.ts';
import type { KeyRange, ReadPoint } from './read-point.ts';

/** What may still be read from the store in this turn of the event loop. */
export class ReadBudget {
  keys: number;
  bytes: number;

  constructor(keys: number, bytes: number) {
    this.keys = keys;
    this.bytes = bytes;
  }

  get isSpent(): boolean {
    return this.keys <= 0 || this.bytes <= 0;
  }
}

/** Where nothing is cached the size of a run does not matter much. */
const runBytesDefault = 32 * 1024;

export type ScanQuery = {
  readonly range: KeyRange;
  /** Not above the point's current one, not below the compacted one. */
  readonly revision: number;
  readonly form: EntryForm;
  /** How many entries at most; what lives beyond them is only counted. */
  readonly entriesMax: number;
  /** More is not collected. */
  readonly bytesMax: number;
};

/**
 * Reads a list in key order, piece by piece: what the cache has goes into the answer as views, the
 * gaps are read from the store and stay in the cache.
 */
export class RangeScan {
  /** Encoded entries (entry-run.ts), back to back. */
  readonly pieces: Uint8Array[] = [];
  /** Entries in the pieces, and keys behind the last of them. */
  length = 0;
  beyond = 0;
  sizeBytes = 0;
  readonly #point: Omit<ReadPoint, 'txn'>;
  readonly #query: ScanQuery;
  /** Where to go on; undefined at the end. */
  #at: Uint8Array | undefined;
  #keysRead = 0;
  #cachedBytes = 0;

  constructor(point: Omit<ReadPoint, 'txn'>, query: ScanQuery) {
    this.#point = point;
    const { from, to } = query.range;
    this.#query = { ...query, range: { from, to: to && ownKey(to) } };
    this.#at = ownKey(query.range.from);
  }

  /**
   * Reads one piece, as much as the budget allows; true when it was the last. Every `txn` must see
   * the same state. Throws when there is more than the answer may hold.
   */
  read(txn: ReadTxn, budget: ReadBudget): boolean {
    const point: ReadPoint = { ...this.#point, txn };
    const { range, revision, form, entriesMax } = this.#query;
    const cache = point.lists?.cache;
    const gaps: ListBlock[][] = [];
    while (this.#at !== undefined && !budget.isSpent) {
      if (this.length === entriesMax) {
        this.beyond = countAt(point, { from: this.#at, to: range.to }, revision);
        this.#at = undefined;
        break;
      }
      const block = cache?.next(this.#at, revision, form);
      if (block !== undefined && compareBytes(block.from, this.#at) <= 0) {
        this.#use(point, block, budget);
      } else {
        const to = block !== undefined && isBefore(block.from, range.to) ? block.from : range.to;
        gaps.push(this.#readGap(point, { from: this.#at, to }, budget));
      }
    }
    for (const blocks of gaps) this.#keep(point, blocks);
    cache?.makeRoom();
    return this.#at === undefined;
  }

  #use(point: ReadPoint, block: ListBlock, budget: ReadBudget): void {
    const { range, revision, form, entriesMax } = this.#query;
    const at = this.#at as Uint8Array;
    block.usedBy = point.lists?.reader ?? 0;
    const changes = block.changed.length;
    if (changes > 0) refresh(point, block, revision);
    const run = runOf(point, block, form);
    if (changes > 0) {
      budget.keys -= changes;
      budget.bytes -= run.bytes.length;
    }
    const [first, last] = span(run, block, at, range.to);
    const end = Math.min(last, first + entriesMax - this.length);
    if (end > first) {
      const piece = run.slice(first, end);
      this.#collected(piece.length);
      this.pieces.push(piece);
      this.length += end - first;
    }
    if (end < last) this.#at = run.keyAt(end);
    else this.#goTo(block.to);
    this.#cachedBytes += block.sizeBytes;
  }

  #readGap(point: ReadPoint, gap: KeyRange, budget: ReadBudget): ListBlock[] {
    const { revision, form, entriesMax } = this.#query;
    const { txn, index } = point;
    const runBytes = point.lists?.cache.bounds.blockBytes ?? runBytesDefault;
    const blocks: ListBlock[] = [];
    // Keys that a compaction has taken away are not seen here: they were gone by then, not before.
    const goneBy = Math.max(0, point.compactRevision);
    let from = gap.from;
    let newest = goneBy;
    const close = (to: Uint8Array | undefined): void => {
      const run = builder.take();
      const block = new ListBlock(from, to, run.length, newest);
      block[form] = run;
      blocks.push(block);
      if (run.length > 0) this.pieces.push(run.bytes);
      newest = goneBy;
      if (to !== undefined) from = to;
    };
    builder.reset();
    for (const [key, record] of index.range(txn, gap.from, gap.to)) {
      if (budget.isSpent || this.length === entriesMax) {
        this.#at = ownKey(key);
        close(this.#at);
        return blocks;
      }
      if (builder.sizeBytes >= runBytes) close(ownKey(key));
      budget.keys--;
      this.#keysRead++;
      newest = Math.max(newest, newestRevision(record));
      const keyValue = liveKeyValue(txn, key, record, revision, form);
      if (keyValue === undefined) continue;
      budget.bytes -= keyValue.length;
      this.#collected(keyValue.length);
      builder.add(keyValue);
      this.length++;
    }
    close(gap.to);
    this.#goTo(gap.to);
    return blocks;
  }

  #collected(bytes: number): void {
    this.sizeBytes += bytes;
    const { bytesMax } = this.#query;
    if (this.sizeBytes > bytesMax) throw answerTooLarge(this.sizeBytes, bytesMax);
  }

  #goTo(key: Uint8Array | undefined): void {
    this.#at = key !== undefined && isBefore(key, this.#query.range.to) ? key : undefined;
  }

  /** Keeps what was read, when it is worth it and leaves something of the cache to others. */
  #keep({ lists }: ReadPoint, blocks: readonly ListBlock[]): void {
    if (lists === undefined) return;
    const { cache, fill, reader } = lists;
    const isWorth = this.#keysRead >= cache.bounds.keysMin || this.#cachedBytes > 0;
    if (!isWorth) return;
    const { revision } = this.#query;
    let group: ListBlock[] = [];
    let isGroupCurrent = true;
    const put = (): void => {
      if (isGroupCurrent) cache.putCurrent(group, fill);
      else cache.putPast(group, revision);
      group = [];
    };
    for (const block of blocks) {
      this.#cachedBytes += block.sizeBytes;
      if (this.#cachedBytes > cache.bounds.bytesMax * ONE_READER_SHARE) break;
      // Unchanged since the revision that was asked for: as it is now.
      const isCurrent = block.unchangedSince <= revision;
      if (isCurrent !== isGroupCurrent) put();
      isGroupCurrent = isCurrent;
      if (!isCurrent) block.unchangedSince = revision;
      block.usedBy = reader;
      group.push(block);
    }
    put();
  }
}

/** A list larger than this part of the cache would otherwise push itself out, over and over. */
const ONE_READER_SHARE = 0.75;

const builder = new RunBuilder();
