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

type Record = EtcdRevision & { readonly key: Uint8Array };

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
  const compactRevision = compactRevisionOf(source);
  if (wanted > 0 && wanted < compactRevision) {
    throw new DbRefusal('mvcc: required revision has been compacted');
  }
  // Without a compaction nothing is left out, and the records need not be known beforehand.
  const keys = compactRevision < 0 ? undefined : keysAt(source, wanted);
  const isAlive = (record: Record): boolean =>
    keys === undefined ||
    keys.liveCount === 0 ||
    (!record.tombstone && keys.isNewest(record.key, record));
  const feed = new HashFeed();
  let current = Math.max(1, compactRevision);
  for (const [key, value] of entriesOf(source, 'key')) {
    const record = recordOf(key, value);
    const { main, sub, tombstone } = record;
    current = Math.max(current, main);
    if (wanted > 0 && main > wanted) break;
    if (main === compactRevision && tombstone) continue;
    if (main > compactRevision || isAlive(record)) feed.record(main, sub, tombstone, value);
  }
  if (wanted > current) throw new DbRefusal('mvcc: required revision is a future revision');
  return { hash: feed.sum(), hashRevision: wanted === 0 ? current : wanted, compactRevision };
}

/** As a member has it after its start, which goes on with a compaction that had not ended. */
function compactRevisionOf(source: BboltSource): number {
  let newest = -1;
  for (const [key, value] of entriesOf(source, 'meta')) {
    if (!utf8Text(key).endsWith('CompactRev')) continue;
    newest = Math.max(newest, parsedRevision('meta', key, value).main);
  }
  return newest;
}

function keysAt(source: BboltSource, revision: number): KeyTable {
  const keys = new KeyTable();
  for (const [key, value] of entriesOf(source, 'key')) {
    const record = recordOf(key, value);
    if (revision > 0 && record.main > revision) break;
    keys.note(record.key, record, record.tombstone);
  }
  return keys;
}

function sortedBuckets(source: BboltSource): BboltSource['buckets'] {
  return [...source.buckets].sort((a, b) => compareBytes(utf8Bytes(a.name), utf8Bytes(b.name)));
}

function entriesOf(source: BboltSource, name: string): Iterable<readonly [Uint8Array, Uint8Array]> {
  return source.buckets.find((known) => known.name === name)?.entries() ?? [];
}

function recordOf(key: Uint8Array, value: Uint8Array): Record {
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

/** Whoever opened the file says which one it is. */
function damagedEntry(bucketName: string, key: Uint8Array, cause: unknown): Error {
  const at = Buffer.from(key).toString('hex');
  return new Error(`bucket ${bucketName}, entry ${at} cannot be read`, { cause });
}
