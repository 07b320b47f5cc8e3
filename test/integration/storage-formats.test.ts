/** Files of ours in the hands of the real etcd, and files of the real etcd in ours. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { silentLog } from '../../src/base/log.ts';
import { nodeDisk } from '../../src/etcd/io/node-disk.ts';
import {
  encodeInternalRaftRequest,
  encodeMetadata,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { decodeKeyValue, encodeKeyValue } from '../../src/etcd/proto/generated/mvccpb.ts';
import { encodeConfChange } from '../../src/etcd/proto/generated/raftpb.ts';
import { openBbolt } from '../../src/etcd/snap/bbolt-reader.ts';
import { type BboltSource, planBbolt, streamBbolt } from '../../src/etcd/snap/bbolt-writer.ts';
import { hashBuckets } from '../../src/etcd/snap/bucket-hash.ts';
import { writeSnapFile } from '../../src/etcd/snap/snap-file.ts';
import { withTrailer, writePieces } from '../../src/etcd/snap/snapshot-file.ts';
import { encodeStoreV2 } from '../../src/etcd/snap/store-v2.ts';
import { type OpenedWal, Wal } from '../../src/etcd/wal/wal.ts';
import { MemberProcess } from '../support/member-process.ts';
import { missingPeers, peerProgram } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';

const skip = missingPeers('etcd', 'etcdctl', 'etcdutl');

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'formats-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

function run(program: 'etcdctl' | 'etcdutl', args: readonly string[]): string {
  return execFileSync(peerProgram(program), [...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function revision(main: number): Buffer {
  const bytes = Buffer.alloc(17);
  bytes.writeBigUInt64BE(BigInt(main));
  bytes[8] = 0x5f;
  return bytes;
}

function* keyBucket(count: number): Iterable<readonly [Uint8Array, Uint8Array]> {
  for (let i = 0; i < count; i += 1) {
    // One-byte keys, empty values, values of 100 bytes, and some that need 37 pages of their own.
    const key = utf8Bytes(i < 26 ? String.fromCharCode(97 + i) : `key-${i}`);
    const value = Buffer.alloc(i % 5000 === 27 ? 150_000 : i % 7 === 0 ? 0 : 100, `${i}`);
    const main = i + 2;
    const kv = { key, value, createRevision: main, modRevision: main, version: 1 };
    yield [revision(main), encodeKeyValue(kv)];
  }
}

test('etcdutl accepts a database of 100,000 keys and computes the same hash', {
  skip,
}, async (t) => {
  const dir = folder(t);
  const source: BboltSource = {
    buckets: [
      { name: 'meta', entries: () => [] },
      { name: 'key', entries: () => keyBucket(100_000) },
    ],
  };
  const plan = planBbolt(source);
  const path = join(dir, 'ours.db');
  await writePieces(nodeDisk, path, withTrailer(streamBbolt(source, plan)));
  const status = JSON.parse(run('etcdutl', ['snapshot', 'status', path, '-w=json']));
  assert.equal(status.hash, hashBuckets(source));
  assert.equal(status.revision, 100_001);
  assert.equal(status.totalKey, 100_000);
  assert.equal(status.totalSize, plan.sizeBytes);

  run('etcdutl', ['snapshot', 'restore', path, `--data-dir=${join(dir, 'data')}`]);
  const restored = openBbolt(join(dir, 'data/member/snap/db'));
  const expected = keyBucket(100_000)[Symbol.iterator]();
  let count = 0;
  for (const [key, value] of restored.entries('key')) {
    const next = expected.next().value as readonly [Uint8Array, Uint8Array];
    assert.ok(Buffer.from(key).equals(next[0]) && Buffer.from(value).equals(next[1]));
    count += 1;
  }
  assert.equal(count, 100_000);
  restored.close();
});

const memberId = 0x8e9e05c52164694dn;
const clusterId = 0xcdf818194e3a8c32n;

/** A member's folder as etcdutl's restore makes it: one voter, three keys, nothing to replay. */
async function writeMember(dataDir: string, peerUrl: string): Promise<void> {
  mkdirSync(join(dataDir, 'member/snap'), { recursive: true, mode: 0o700 });
  const member = { id: memberId, name: 'ours', peerUrls: [peerUrl], clientUrls: [] };
  const json = `{"id":${memberId},"peerURLs":["${peerUrl}"],"name":"ours"}`;
  const change = encodeConfChange({ type: 0, nodeId: memberId, context: utf8Bytes(json) });
  const confState = { voters: [memberId], learners: [], votersOutgoing: [], learnersNext: [] };

  const metadata = encodeMetadata({ NodeID: memberId, ClusterID: clusterId });
  const wal = await Wal.create(join(dataDir, 'member/wal'), metadata, nodeDisk);
  const entry = { type: 1, term: 1, index: 1, data: change };
  await wal.append([entry], { term: 1, vote: memberId, commit: 1 }, true);
  await wal.saveSnapshot({ index: 1, term: 1, confState: { ...confState, autoLeave: false } });
  await wal.close();

  const body = encodeStoreV2([{ ...member, isLearner: false }], [], undefined);
  const snapshot = { data: body, metadata: { index: 1, term: 1, confState } };
  await writeSnapFile(join(dataDir, 'member/snap'), snapshot, nodeDisk);

  const one = Buffer.from('0000000000000001', 'hex');
  const source: BboltSource = {
    buckets: [
      { name: 'cluster', entries: () => [] },
      { name: 'key', entries: () => keyBucket(3) },
      { name: 'members', entries: () => [[utf8Bytes(memberId.toString(16)), utf8Bytes(json)]] },
      { name: 'members_removed', entries: () => [] },
      {
        name: 'meta',
        entries: () => [
          [utf8Bytes('consistent_index'), one],
          [utf8Bytes('term'), one],
        ],
      },
    ],
  };
  const pieces = streamBbolt(source, planBbolt(source));
  await writePieces(nodeDisk, join(dataDir, 'member/snap/db'), pieces);
}

test('the real etcd starts on a log and a database of ours, and we read what it made of them', {
  skip,
}, async (t) => {
  const dir = folder(t);
  const member = new MemberProcess({
    kind: 'etcd',
    name: 'ours',
    dataDir: join(dir, 'data'),
    logPath: join(dir, 'log'),
    clientPort: await freePort(),
    peerPort: await freePort(),
    flags: [],
  });
  await writeMember(member.config.dataDir, member.peerUrl);
  member.start(`ours=${member.peerUrl}`, 'new');
  t.after(() => member.stop());
  await member.ready();
  const etcdctl = (...args: readonly string[]): string =>
    run('etcdctl', [`--endpoints=${member.endpoint}`, ...args]);
  assert.equal(etcdctl('get', 'b', '--rev=3').slice(0, 6), 'b\n1111');
  for (let i = 0; i < 5; i += 1) etcdctl('put', 'new', `value ${i}`);
  const members = JSON.parse(etcdctl('member', 'list', '-w=json').replace(/:(\d{16,})/g, ':"$1"'));
  assert.equal(BigInt(members.members[0].ID), memberId);
  await member.stop();

  const walDir = join(member.config.dataDir, 'member/wal');
  const log = await Wal.open(walDir, { index: 1, term: 1 }, nodeDisk, silentLog);
  const written = log.entries.filter((entry) => utf8Text(entry.data).includes('value '));
  assert.equal(written.length, 5);
  assert.equal(log.entries.at(-1)?.index, log.hardState.commit);
  assert.deepEqual(
    log.snapshots.map((s) => s.index),
    [0, 1],
  );

  await appendPut(log);

  const db = openBbolt(join(member.config.dataDir, 'member/snap/db'));
  const values = [...db.entries('key')].map(([, value]) => utf8Text(decodeKeyValue(value).value));
  assert.deepEqual(
    values.slice(3),
    [0, 1, 2, 3, 4].map((i) => `value ${i}`),
  );
  assert.ok(db.buckets().includes('authUsers'));
  db.close();

  member.start(`ours=${member.peerUrl}`, 'new');
  await member.ready();
  assert.equal(etcdctl('get', 'appended', '--print-value-only'), 'by us\n');
});

/** What a member does for one more put, on the log that the real etcd has left behind. */
async function appendPut({ wal, entries, hardState }: OpenedWal): Promise<void> {
  const put = { key: utf8Bytes('appended'), value: utf8Bytes('by us') };
  const data = encodeInternalRaftRequest({ header: { ID: 77n }, put });
  const index = (entries.at(-1)?.index ?? 0) + 1;
  const state = { ...hardState, commit: index };
  await wal.append([{ type: 0, term: hardState.term, index, data }], state, true);
  await wal.close();
}
