import { assert } from '../../base/assert.ts';
import { emptyBytes } from '../../base/bytes.ts';
import { authRecordKey, authRecords } from '../auth/auth-record.ts';
import type { Backend, Bucket, Entry, ReadTxn, WriteTxn } from '../backend/backend.ts';
import { attachKey, detachKey } from '../backend/lease-keys.ts';
import { limits } from '../config/limits.ts';
import {
  historyHeaderBytesMax,
  isTombstone,
  keyValueOf,
  writeHistoryHeader,
} from '../mvcc/history-record.ts';
import { IndexUpdate } from '../mvcc/index-record.ts';
import { KeyIndex } from '../mvcc/key-index.ts';
import { parseKeyValue } from '../mvcc/key-value.ts';
import {
  etcdRevisionKey,
  historyKey,
  mainOf,
  parseEtcdRevisionKey,
  subOf,
} from '../mvcc/revision.ts';

/** etcd's buckets to be written as a bbolt file. */
export type BucketExport = {
  readonly buckets: readonly {
    readonly name: string;
    /** In ascending key order; may be called more than once. */
    entries(): Iterable<readonly [Uint8Array, Uint8Array]>;
  }[];
};

/** etcd's buckets as a bbolt file has them. */
export interface BucketImport {
  buckets(): readonly string[];
  /** In ascending key order. */
  entries(bucket: string): Iterable<readonly [Uint8Array, Uint8Array]>;
}

/** Buckets that are the same here and in etcd; the tenth, `key`, is made from `history`. */
const sameBuckets: readonly Bucket[] = [
  'alarm',
  'auth',
  'authRoles',
  'authUsers',
  'cluster',
  'lease',
  'members',
  'members_removed',
  'meta',
];

const update = new IndexUpdate();
/** Sorts last in its bucket. */
const authRevisionKey = Buffer.from('authRevision');
const firstAuthRevision = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1);

/** All of etcd's buckets, empty ones too, by name. The transaction must stay pinned while it is used. */
export function exportBuckets(txn: ReadTxn): BucketExport {
  const buckets = sameBuckets.map((name) => ({
    name: name as string,
    entries: () => entriesOf(txn, name),
  }));
  buckets.push({ name: 'key', entries: () => exportHistory(txn) });
  return { buckets: buckets.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function entriesOf(txn: ReadTxn, bucket: Bucket): Iterable<Entry> {
  if (bucket === 'auth') return exportAuth(txn);
  return hasNames(bucket) ? authRecords(txn, bucket) : txn.range(bucket, emptyBytes, undefined);
}

/** Names may be longer than keys may be here. */
function hasNames(bucket: Bucket): bucket is 'authUsers' | 'authRoles' {
  return bucket === 'authUsers' || bucket === 'authRoles';
}

/** etcd writes the first revision when it starts for the first time, we when it changes. */
function* exportAuth(txn: ReadTxn): Iterable<Entry> {
  yield* txn.range('auth', emptyBytes, undefined);
  if (txn.get('auth', authRevisionKey) === undefined) yield [authRevisionKey, firstAuthRevision];
}

function* exportHistory(txn: ReadTxn): Iterable<readonly [Uint8Array, Uint8Array]> {
  for (const [key, record] of txn.range('history', emptyBytes, undefined)) {
    yield [etcdRevisionKey(mainOf(key), subOf(key), isTombstone(record)), keyValueOf(record)];
  }
}

/**
 * Fills an empty backend from etcd's buckets and makes it durable. It is done in many transactions:
 * after a crash in between the backend is worthless, so fill one beside the live one and swap.
 */
export async function importBuckets(
  backend: Backend,
  source: BucketImport,
  yieldToLoop: () => Promise<void>,
  step: ImportStep = limits.importStep,
): Promise<void> {
  const isEmpty = backend.read((txn) => txn.count('history', emptyBytes, undefined) === 0);
  assert(isEmpty, 'buckets are imported into an empty backend');
  const index = backend.read((txn) => new KeyIndex(txn));
  for (const name of source.buckets()) {
    const put: PutEntry | undefined =
      name === 'key' ? (txn, key, value) => importRecord(txn, index, key, value) : copierFor(name);
    if (put === undefined) continue;
    const placed: PutEntry = (txn, key, value) => putOrName(name, put, txn, key, value);
    await importBucket(backend, source.entries(name), placed, step, yieldToLoop);
  }
  await backend.checkpoint();
}

/** How much is put in one transaction. */
export type ImportStep = { readonly records: number; readonly bytes: number };

type PutEntry = (txn: WriteTxn, key: Uint8Array, value: Uint8Array) => void;

/** A damaged entry must be found again by whoever has the file. */
function putOrName(
  bucket: string,
  put: PutEntry,
  txn: WriteTxn,
  key: Uint8Array,
  value: Uint8Array,
): void {
  try {
    put(txn, key, value);
  } catch (cause) {
    const name = Buffer.from(key.subarray(0, 64)).toString('hex');
    throw new Error(`bucket ${bucket}, entry ${name}`, { cause });
  }
}

/** undefined for buckets that no version of etcd that we know writes. */
function copierFor(name: string): PutEntry | undefined {
  const bucket = sameBuckets.find((same) => same === name);
  if (bucket === undefined) return undefined;
  const keyOf = hasNames(bucket) ? authRecordKey : (key: Uint8Array): Uint8Array => key;
  return (txn, key, value) => txn.put(bucket, keyOf(key), value);
}

async function importBucket(
  backend: Backend,
  entries: Iterable<readonly [Uint8Array, Uint8Array]>,
  put: PutEntry,
  step: ImportStep,
  yieldToLoop: () => Promise<void>,
): Promise<void> {
  const iterator = entries[Symbol.iterator]();
  for (let done = false; !done; ) {
    backend.write((txn) => {
      let bytes = 0;
      for (let i = 0; i < step.records && bytes < step.bytes; i++) {
        const next = iterator.next();
        if (next.done === true) {
          done = true;
          return;
        }
        const [key, value] = next.value;
        put(txn, key, value);
        bytes += key.length + value.length;
      }
    });
    // Pages are reused only across checkpoints, and each step writes the same ones again.
    if (backend.growthSinceCheckpointBytes() > limits.checkpointGrowthBytesMax) {
      await backend.checkpoint();
    }
    await yieldToLoop();
  }
}

/** Records come in revision order, so a key's index entry always has its newest one so far. */
function importRecord(
  txn: WriteTxn,
  index: KeyIndex,
  revisionKey: Uint8Array,
  keyValue: Uint8Array,
): void {
  const { main, sub, tombstone } = parseEtcdRevisionKey(revisionKey);
  const { key, createRevision, version, lease } = parseKeyValue(keyValue);
  const state = update;
  state.read(key.length === 0 ? undefined : index.get(txn, key));
  const { main: oldMain, sub: oldSub, tombstone: wasTombstone, lease: oldLease } = state;
  state.addVersion(main, sub, -1);
  const record = Buffer.allocUnsafe(historyHeaderBytesMax + keyValue.length);
  const { jumpMain, jumpSub } = state;
  const start = writeHistoryHeader(
    record,
    main,
    tombstone,
    oldMain,
    oldSub,
    wasTombstone,
    jumpMain,
    jumpSub,
  );
  record.set(keyValue, start);
  txn.append('history', historyKey(main, sub), record.subarray(0, start + keyValue.length));
  // `etcdutl snapshot restore --bump-revision` writes a record without a key: nobody can read it.
  if (key.length === 0) return;
  const newLease = tombstone ? 0n : lease;
  state.tombstone = tombstone;
  state.createRevision = tombstone ? 0 : createRevision;
  state.version = tombstone ? 0 : version;
  state.lease = newLease;
  index.put(txn, key, state.encode(), wasTombstone);
  if (oldLease !== newLease) {
    if (oldLease !== 0n) detachKey(txn, oldLease, key);
    if (newLease !== 0n) attachKey(txn, newLease, key);
  }
}
