import type { Clock } from '../../base/clock.ts';
import type { Backend, Entry, ReadTxn, WriteTxn } from '../backend/backend.ts';
import { limits } from '../config/limits.ts';
import { HashFeed } from './hash-feed.ts';
import { isNewestAt } from './hash-kv.ts';
import { isTombstone, keyValueOf, readHistoryHeader } from './history-record.ts';
import { IndexHead } from './index-record.ts';
import type { KeyIndex } from './key-index.ts';
import { keyOf } from './key-value.ts';
import { etcdRevisionKey, historyKey, mainOf, subOf } from './revision.ts';

export const finishedCompactKey = Buffer.from('finishedCompactRev');
export const scheduledCompactKey = Buffer.from('scheduledCompactRev');

/** Records per turn of the loop: reading ones are cheaper than deleting ones. */
const recordsPerReadStep = 500;
const recordsPerWriteStep = 200;
/** Steps between waits for the commit: then few deletions wait, and each page is written once. */
const writeStepsPerCommit = 4;

export type CompactionJob = {
  /** What was compacted before; -1 at first. */
  readonly from: number;
  readonly to: number;
  /** Whether etcd would remember the hash of this compaction. */
  readonly wantsHash: boolean;
};

export type CompactionParts = {
  readonly backend: Backend;
  readonly index: KeyIndex;
  /** Resolves when the next step may run; false: stop, a restart goes on from the mark. */
  readonly nextStep: () => Promise<boolean>;
  readonly timed?: { readonly clock: Clock; readonly meter: CompactionMeter } | undefined;
};

/** For metrics. */
export type CompactionMeter = {
  /** One step, during which nobody else had the store. */
  readonly paused: (ms: number) => void;
  /** All of it, also when it was given up: versions that were deleted. */
  readonly ended: (ms: number, deletedCount: number) => void;
};

export type CompactionEnd = { readonly finished: boolean; readonly hash: number | undefined };

const stopped: CompactionEnd = { finished: false, hash: undefined };

/**
 * Deletes what no reader at or after `to` can need: of each key, every version that a newer one at
 * or before `to` superseded, and deletions before `to`. Only records in [from, to] say so: a
 * superseded version is the predecessor of one of them, as older ones went in earlier compactions.
 *
 * The hash is that of etcd's compaction: all records up to `to` before any is deleted. Records are
 * fed in revision order, and a record is only deleted when a later one is reached, so one pass does
 * both; records below `from` are only read.
 *
 * A crash leaves some of the work done. Doing it again from the start finds the rest, because a
 * record is deleted after its own predecessor.
 */
export async function runCompaction(
  parts: CompactionParts,
  job: CompactionJob,
): Promise<CompactionEnd> {
  const { timed } = parts;
  const startedMs = timed?.clock.monotonicMs() ?? 0;
  const deleted = { count: 0 };
  try {
    return await compact(parts, job, deleted);
  } finally {
    timed?.meter.ended(timed.clock.monotonicMs() - startedMs, deleted.count);
  }
}

async function compact(
  parts: CompactionParts,
  job: CompactionJob,
  deleted: { count: number },
): Promise<CompactionEnd> {
  const feed = job.wantsHash ? new HashFeed() : undefined;
  const boundary = historyKey(Math.max(job.from, 0), 0);
  if (feed !== undefined && !(await hashBelow(parts, job, feed, boundary))) return stopped;
  const end = historyKey(job.to + 1, 0);
  let from: Uint8Array | undefined = boundary;
  for (let step = 0; from !== undefined; step += 1) {
    if (step % writeStepsPerCommit === 0) await parts.backend.drain();
    if (!(await parts.nextStep())) return stopped;
    const start: Uint8Array = from;
    const beganMs = parts.timed?.clock.monotonicMs() ?? 0;
    from = parts.backend.write((txn) => {
      const { batch, next } = takeStep(txn, start, end, recordsPerWriteStep);
      for (const [key, record] of batch) {
        if (feed !== undefined) feedRecord(txn, parts.index, job, feed, key, record);
        deleted.count += deleteSuperseded(txn, parts.index, job, key, record);
      }
      if (next === undefined) {
        txn.put('meta', finishedCompactKey, etcdRevisionKey(job.to, 0, false));
      }
      return next;
    });
    parts.timed?.meter.paused(parts.timed.clock.monotonicMs() - beganMs);
  }
  return { finished: true, hash: feed?.sum() };
}

async function hashBelow(
  parts: CompactionParts,
  job: CompactionJob,
  feed: HashFeed,
  end: Uint8Array,
): Promise<boolean> {
  let from: Uint8Array | undefined = historyKey(0, 0);
  while (from !== undefined) {
    if (!(await parts.nextStep())) return false;
    const start: Uint8Array = from;
    from = parts.backend.read((txn) => {
      const { batch, next } = takeStep(txn, start, end, recordsPerReadStep);
      for (const [key, record] of batch) feedRecord(txn, parts.index, job, feed, key, record);
      return next;
    });
  }
  return true;
}

/** `next`: where the following step starts; undefined after the last one. */
function takeStep(
  txn: ReadTxn,
  from: Uint8Array,
  to: Uint8Array,
  limit: number,
): { batch: readonly Entry[]; next: Uint8Array | undefined } {
  const batch: Entry[] = [];
  let bytes = 0;
  for (const entry of txn.range('history', from, to, { limit: limit + 1 })) {
    const isFull = batch.length === limit || bytes > limits.compactionStepBytesMax;
    if (isFull) return { batch, next: entry[0] };
    batch.push(entry);
    bytes += entry[1].length;
  }
  return { batch, next: undefined };
}

function feedRecord(
  txn: ReadTxn,
  index: KeyIndex,
  { from, to }: CompactionJob,
  feed: HashFeed,
  key: Uint8Array,
  record: Uint8Array,
): void {
  const main = mainOf(key);
  const sub = subOf(key);
  const tombstone = isTombstone(record);
  const keyValue = keyValueOf(record);
  if (main <= from) {
    if (tombstone || !isNewestAt(txn, index, keyOf(keyValue), main, sub, to)) return;
  }
  feed.record(main, sub, tombstone, keyValue);
}

const head = new IndexHead();

/** Returns how many versions it deleted. */
function deleteSuperseded(
  txn: WriteTxn,
  index: KeyIndex,
  { from, to }: CompactionJob,
  historyKeyBytes: Uint8Array,
  record: Uint8Array,
): number {
  const main = mainOf(historyKeyBytes);
  const { previous, previousIsTombstone, tombstone } = readHistoryHeader(record, main);
  // A tombstone counts itself, and what came before `from` went with the compaction at it.
  const isOld = previousIsTombstone || main <= from;
  const deleted = previous === undefined || isOld ? 0 : 1;
  if (previous !== undefined) txn.delete('history', historyKey(previous.main, previous.sub));
  if (!tombstone || main >= to) return deleted;
  txn.delete('history', historyKeyBytes);
  const key = keyOf(keyValueOf(record));
  const indexRecord = index.get(txn, key);
  if (indexRecord === undefined) return deleted + 1;
  head.read(indexRecord);
  if (head.main === main && head.sub === subOf(historyKeyBytes)) index.delete(txn, key);
  return deleted + 1;
}
