import { crc32c } from '@node-rs/crc32';
import { compareBytes, utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { HashFeed } from '../mvcc/hash-feed.ts';
import { keyOf } from '../mvcc/key-value.ts';
import { type EtcdRevision, parseEtcdRevisionKey } from '../mvcc/revision.ts';
import type { BboltSource } from '../snap/bbolt-writer.ts';
import { DbRefusal } from './command.ts';
import { KeyTable } from './key-table.ts';

/** What `etcdutl snapshot status` says of a database, except for its size. */
export type BucketFigures = {
  readonly hash: number;
  /** Of the last record. */
  readonly revision: number;
  readonly totalKey: number;
  /** Empty below 3.6. */
  readonly version: string;
};

export function bucketFigures(source: BboltSource): BucketFigures {
  let hash = 0;
  let revision = 0;
  let version = '';
  const keys = new KeyTable();
  for (const bucket of sortedBuckets(source)) {
    const { name } = bucket;
    hash = crc32c(utf8Bytes(name), hash);
    for (const [key, value] of bucket.entries()) {
      hash = crc32c(value, crc32c(key, hash));
      if (name === 'meta' && utf8Text(key) === 'storageVersion') version = utf8Text(value);
      if (name !== 'key') continue;
      const record = recordOf(key, value);
      revision = record.main;
      keys.note(record.key, record, record.tombstone);
    }
  }
  return { hash, revision, totalKey: keys.liveCount, version };
}

export type HashKvFigures = {
  readonly hash: number;
  readonly hashRevision: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
};

/**
 * etcd's HashKV of a database; revision 0 is the newest one. Records at and below the compacted
 * revision count only while they are alive at the revision, so that members agree however far their
 * deletion of old records got; when nothing at all is alive, all of them count.
 */
export function hashKvOfBuckets(source: BboltSource, wanted: number): HashKvFigures {
  const marks = new Map<string, number>();
  for (const [key, value] of entriesOf(source, 'meta')) {
    const name = utf8Text(key);
    if (name.endsWith('CompactRev')) marks.set(name, parsedRevision('meta', key, value).main);
  }
  const scheduled = marks.get('scheduledCompactRev') ?? -1;
  const compactRevision = Math.max(marks.get('finishedCompactRev') ?? -1, scheduled);
  const keys = new KeyTable();
  let current = Math.max(1, compactRevision);
  for (const [key, value] of entriesOf(source, 'key')) {
    const record = recordOf(key, value);
    current = Math.max(current, record.main);
    if (wanted === 0 || record.main <= wanted) keys.note(record.key, record, record.tombstone);
  }
  if (wanted > 0 && wanted < compactRevision) {
    throw new DbRefusal('mvcc: required revision has been compacted');
  }
  if (wanted > current) throw new DbRefusal('mvcc: required revision is a future revision');
  const hashRevision = wanted === 0 ? current : wanted;
  const feed = new HashFeed();
  const isAlive = (record: EtcdRevision & { key: Uint8Array }): boolean =>
    keys.liveCount === 0 || (!record.tombstone && keys.isNewest(record.key, record));
  for (const [key, value] of entriesOf(source, 'key')) {
    const record = recordOf(key, value);
    const { main, sub, tombstone } = record;
    if (main > hashRevision) break;
    if (main === compactRevision && tombstone) continue;
    if (main > compactRevision || isAlive(record)) feed.record(main, sub, tombstone, value);
  }
  return { hash: feed.sum(), hashRevision, compactRevision };
}

function sortedBuckets(source: BboltSource): BboltSource['buckets'] {
  return [...source.buckets].sort((a, b) => compareBytes(utf8Bytes(a.name), utf8Bytes(b.name)));
}

function entriesOf(source: BboltSource, name: string): Iterable<readonly [Uint8Array, Uint8Array]> {
  return source.buckets.find((known) => known.name === name)?.entries() ?? [];
}

function recordOf(key: Uint8Array, value: Uint8Array): EtcdRevision & { key: Uint8Array } {
  const revision = parsedRevision('key', key, key);
  try {
    return { ...revision, key: keyOf(value) };
  } catch (cause) {
    throw damagedEntry('key', key, cause);
  }
}

function parsedRevision(bucketName: string, key: Uint8Array, bytes: Uint8Array): EtcdRevision {
  try {
    return parseEtcdRevisionKey(bytes);
  } catch (cause) {
    throw damagedEntry(bucketName, key, cause);
  }
}

function damagedEntry(bucketName: string, key: Uint8Array, cause: unknown): Error {
  const at = Buffer.from(key).toString('hex');
  return new DbRefusal(`bucket ${bucketName}, entry ${at} cannot be read`, { cause });
}
