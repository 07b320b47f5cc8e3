import type { PinnedRead, ReadTxn } from '../backend/backend.ts';
import { HashFeed } from './hash-feed.ts';
import { isTombstone, keyValueOf } from './history-record.ts';
import type { KeyIndex } from './key-index.ts';
import { keyOf } from './key-value.ts';
import { historyKey, mainOf, subOf } from './revision.ts';
import { versionAt } from './version-walk.ts';

export type HashKvResult = {
  readonly hash: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
  readonly hashRevision: number;
};

/** With the store's revision at the moment that was hashed. */
export type HashKvAnswer = HashKvResult & { readonly revision: number };

/**
 * Records looked at before others get their turn, or bytes of them: half a millisecond, since a
 * request takes several turns. There is no rest in between: members wait for each other's hash.
 */
const recordsPerStep = 100;
const bytesPerStep = 128 * 1024;

/**
 * etcd's hash of all records up to `revision` that a store compacted at `compactRevision` has:
 * those above it, and below it only what is alive at `revision`. So members agree however far their
 * background deletion got. When nothing at all is alive at `revision`, etcd's rule leaves nothing
 * out below the compacted revision either, and so does this.
 */
export async function hashKvOf(
  pin: PinnedRead,
  index: KeyIndex,
  revision: number,
  compactRevision: number,
  yieldToLoop: () => Promise<void>,
): Promise<number> {
  const strict = await hashPass(pin, index, revision, compactRevision, true, yieldToLoop);
  if (strict.anyAlive) return strict.hash;
  return (await hashPass(pin, index, revision, compactRevision, false, yieldToLoop)).hash;
}

async function hashPass(
  pin: PinnedRead,
  index: KeyIndex,
  revision: number,
  compactRevision: number,
  onlyAlive: boolean,
  yieldToLoop: () => Promise<void>,
): Promise<{ hash: number; anyAlive: boolean }> {
  const feed = new HashFeed();
  const end = historyKey(Math.max(revision + 1, 0), 0);
  let anyAlive = false;
  let from: Uint8Array | undefined = historyKey(0, 0);
  while (from !== undefined) {
    let next: Uint8Array | undefined;
    let seen = 0;
    let bytes = 0;
    for (const [key, record] of pin.range('history', from, end)) {
      if (seen === recordsPerStep || bytes > bytesPerStep) {
        next = key;
        break;
      }
      seen += 1;
      bytes += record.length;
      const main = mainOf(key);
      const sub = subOf(key);
      const tombstone = isTombstone(record);
      const keyValue = keyValueOf(record);
      // Above the compacted revision one live record is enough to know; below, each is decided.
      const decide: boolean = main <= compactRevision || !anyAlive;
      const alive: boolean =
        decide && !tombstone && isNewestAt(pin, index, keyOf(keyValue), main, sub, revision);
      anyAlive ||= alive;
      if (main === compactRevision && tombstone) continue;
      if (main <= compactRevision && onlyAlive && !alive) continue;
      feed.record(main, sub, tombstone, keyValue);
    }
    from = next;
    await yieldToLoop();
  }
  return { hash: feed.sum(), anyAlive };
}

/** A record without index entry belongs to an empty key, which only etcdutl writes: always alive. */
export function isNewestAt(
  txn: ReadTxn,
  index: KeyIndex,
  key: Uint8Array,
  main: number,
  sub: number,
  revision: number,
): boolean {
  if (key.length === 0) return true;
  const indexRecord = index.get(txn, key);
  if (indexRecord === undefined) return false;
  const newest = versionAt(txn, indexRecord, revision);
  return newest !== undefined && newest.main === main && newest.sub === sub;
}
