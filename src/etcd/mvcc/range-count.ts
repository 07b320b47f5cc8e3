import { compareBytes } from '../../base/bytes.ts';
import { keyValueOf, readHistoryHeader } from './history-record.ts';
import { keyOf } from './key-value.ts';
import { isBefore, ListBlock, ownKey, span } from './list-block.ts';
import { refresh } from './list-refresh.ts';
import type { KeyRange, ReadPoint } from './read-point.ts';
import { historyKey, mainOf } from './revision.ts';
import { versionAt } from './version-walk.ts';

/**
 * How many keys live in a range at a revision. Counts that were asked for stay in the cache and
 * follow the changes, so the rest of a list that is read page by page is counted once.
 */
export function countAt(point: ReadPoint, range: KeyRange, revision: number): number {
  if (point.lists === undefined) return countStored(point, range, revision);
  let count = 0;
  let at: Uint8Array | undefined = range.from;
  while (at !== undefined && isBefore(at, range.to)) {
    const block = point.lists.cache.next(at, revision, undefined);
    if (block !== undefined && compareBytes(block.from, at) <= 0) {
      count += countInBlock(point, block, at, range.to, revision);
      at = block.to;
    } else {
      const end: Uint8Array | undefined =
        block !== undefined && isBefore(block.from, range.to) ? block.from : range.to;
      count += countGap(point, { from: at, to: end }, revision);
      at = end;
    }
  }
  return count;
}

function countGap(point: ReadPoint, gap: KeyRange, revision: number): number {
  const count = countStored(point, gap, revision);
  const { lists } = point;
  // Few keys are counted as fast as they are looked up here.
  if (lists === undefined || count < lists.cache.bounds.keysMin) return count;
  const to = gap.to && ownKey(gap.to);
  const block = new ListBlock(ownKey(gap.from), to, count, revision);
  block.usedBy = lists.reader;
  if (revision === point.currentRevision) lists.cache.putCurrent([block], lists.fill);
  else lists.cache.putPast([block], revision);
  return count;
}

function countInBlock(
  point: ReadPoint,
  block: ListBlock,
  from: Uint8Array,
  to: Uint8Array | undefined,
  revision: number,
): number {
  const { lists } = point;
  if (lists !== undefined) block.usedBy = lists.reader;
  const startsBefore = compareBytes(block.from, from) < 0;
  const endsBehind = to !== undefined && isBefore(to, block.to);
  if (!startsBefore && !endsBehind) return block.count;
  if (block.changed.length > 0) refresh(point, block, revision);
  const run = block.full ?? block.keys;
  if (run !== undefined) {
    const [first, end] = span(run, block, from, to);
    return Math.max(0, end - first);
  }
  return splitAndCount(point, block, from, endsBehind ? to : block.to, revision);
}

/** A count without entries says nothing of its parts: from now on each part has its own. */
function splitAndCount(
  point: ReadPoint,
  block: ListBlock,
  from: Uint8Array,
  to: Uint8Array | undefined,
  revision: number,
): number {
  const part = (start: Uint8Array, end: Uint8Array | undefined, count: number): ListBlock => {
    const made = new ListBlock(ownKey(start), end && ownKey(end), count, block.unchangedSince);
    made.usedBy = block.usedBy;
    return made;
  };
  const parts: ListBlock[] = [];
  let rest = block.count;
  if (compareBytes(block.from, from) < 0) {
    const before = countStored(point, { from: block.from, to: from }, revision);
    parts.push(part(block.from, from, before));
    rest -= before;
  }
  let count = rest;
  if (to !== undefined && isBefore(to, block.to)) {
    count = countStored(point, { from, to }, revision);
    parts.push(part(from, to, count), part(to, block.to, rest - count));
  } else {
    parts.push(part(from, block.to, count));
  }
  point.lists?.cache.split(block, parts);
  return count;
}

/**
 * An old revision is counted from its keys' versions, or from the number of keys now and what has
 * changed since, whichever is less to read.
 */
function countStored(point: ReadPoint, range: KeyRange, revision: number): number {
  const { txn, index, currentRevision } = point;
  const live = index.countLive(txn, range.from, range.to);
  if (revision === currentRevision) return live;
  if (currentRevision - revision < live) return live - countGrowth(point, range, revision);
  let count = 0;
  for (const [, record] of index.range(txn, range.from, range.to)) {
    const version = versionAt(txn, record, revision);
    if (version !== undefined && !version.tombstone) count++;
  }
  return count;
}

/** Keys created minus keys deleted after a revision, which no compaction has passed. */
function countGrowth({ txn }: ReadPoint, { from, to }: KeyRange, revision: number): number {
  let growth = 0;
  for (const [historyBytes, record] of txn.range(
    'history',
    historyKey(revision + 1, 0),
    undefined,
  )) {
    const { previous, previousIsTombstone, tombstone } = readHistoryHeader(
      record,
      mainOf(historyBytes),
    );
    const wasLive = previous !== undefined && !previousIsTombstone;
    if (wasLive !== tombstone) continue;
    const key = keyOf(keyValueOf(record));
    if (compareBytes(key, from) < 0 || !isBefore(key, to)) continue;
    growth += tombstone ? -1 : 1;
  }
  return growth;
}
