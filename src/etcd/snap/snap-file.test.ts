import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { utf8Text } from '../../base/bytes.ts';
import { silentLog } from '../../base/log.ts';
import type { SnapshotInit } from '../proto/generated/raftpb.ts';
import {
  encodeSnapFileBytes,
  parseSnapFileBytes,
  pruneSnapFiles,
  readNewestSnapFile,
  snapFileName,
  writeSnapFile,
} from './snap-file.ts';
import { encodeStoreV2 } from './store-v2.ts';

const golden = JSON.parse(
  readFileSync(new URL('testdata/etcd-snap-file.json', import.meta.url), 'utf8'),
) as { fileName: string; fileGzipBase64: string };
const goldenBytes = gunzipSync(Buffer.from(golden.fileGzipBase64, 'base64'));

function snapshot(index: number): SnapshotInit {
  const confState = { voters: [5n] };
  return { data: Buffer.from('{}'), metadata: { index, term: 2, confState } };
}

async function newDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeDir('/snap');
  await disk.syncDir('/');
  return disk;
}

async function newest(disk: MemoryDisk): Promise<number | undefined> {
  return (await readNewestSnapFile('/snap', disk, silentLog))?.metadata?.index;
}

test('a file written by etcd is read, and written again it has the same name and meaning', () => {
  const parsed = parseSnapFileBytes(goldenBytes);
  assert.ok('snapshot' in parsed);
  const { metadata } = parsed.snapshot;
  assert.equal(snapFileName(metadata?.term ?? 0, metadata?.index ?? 0), golden.fileName);
  // Not the same bytes: 3.7 leaves out a false auto_leave, 3.6 and we write it.
  assert.deepEqual(parseSnapFileBytes(encodeSnapFileBytes(parsed.snapshot)), parsed);
});

test('every cut and every flipped bit of a file is noticed, or changes nothing', () => {
  const bytes = encodeSnapFileBytes(snapshot(9));
  const whole = parseSnapFileBytes(bytes);
  for (let size = 0; size < bytes.length; size += 1) {
    assert.ok('reason' in parseSnapFileBytes(bytes.subarray(0, size)), `cut at ${size}`);
  }
  for (let at = 0; at < bytes.length; at += 1) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] as number) ^ 0x10;
    const parsed = parseSnapFileBytes(damaged);
    // The CRC's varint has bits above the 32 that count.
    if (!('reason' in parsed)) assert.deepEqual(parsed, whole, `byte ${at}`);
  }
});

test('the newest snapshot that is wanted is read', async () => {
  const disk = await newDisk();
  for (const index of [3, 12, 7]) await writeSnapFile('/snap', snapshot(index), disk);
  assert.equal(await newest(disk), 12);
  const older = await readNewestSnapFile('/snap', disk, silentLog, ({ index }) => index < 10);
  assert.equal(older?.metadata?.index, 7);
});

test('a damaged snapshot is set aside and the one before it is read', async () => {
  const disk = await newDisk();
  for (const index of [3, 7]) await writeSnapFile('/snap', snapshot(index), disk);
  disk.contents(`/snap/${snapFileName(2, 7)}`)[8] = 0xff;
  assert.equal(await newest(disk), 3);
  assert.ok((await disk.list('/snap')).includes(`${snapFileName(2, 7)}.broken`));
});

test('a written snapshot survives a power cut', async () => {
  const disk = await newDisk();
  await writeSnapFile('/snap', snapshot(7), disk);
  disk.crash();
  assert.equal(await newest(disk), 7);
});

test('only the newest snapshots are kept', async () => {
  const disk = await newDisk();
  for (const index of [1, 2, 3, 4]) await writeSnapFile('/snap', snapshot(index), disk);
  await pruneSnapFiles('/snap', 2, disk);
  assert.deepEqual(await disk.list('/snap'), [snapFileName(2, 3), snapFileName(2, 4)]);
});

test('the body describes the members in the tree that etcd 3.6 reads', () => {
  const parsed = parseSnapFileBytes(goldenBytes);
  assert.ok('snapshot' in parsed);
  const expected = JSON.parse(utf8Text(parsed.snapshot.data)) as Record<string, unknown>;
  const member = {
    id: 0x61605f70a9ccf7f8n,
    name: 'started later',
    peerUrls: ['http://127.0.0.1:42415'],
    clientUrls: [],
    isLearner: false,
  };
  const found = JSON.parse(utf8Text(encodeStoreV2([member], [], undefined))) as typeof expected;
  assert.deepEqual(Object.keys(found), Object.keys(expected));
  assert.deepEqual(withoutIndexes(found['Root']), withoutIndexes(expected['Root']));
  assert.deepEqual(Object.keys(found['Stats'] as object), Object.keys(expected['Stats'] as object));
});

test('the body has a started learner, a removed member and the cluster version where etcd looks', () => {
  const member = {
    id: 0xabn,
    name: 'n1',
    peerUrls: ['http://p:1'],
    clientUrls: ['http://c:1'],
    isLearner: true,
  };
  const body = JSON.parse(utf8Text(encodeStoreV2([member], [0xcdn], '3.7.0')));
  const top = body.Root.Children['0'].Children;
  const own = top.members.Children.ab.Children;
  assert.equal(own.attributes.Value, '{"name":"n1","clientURLs":["http://c:1"]}');
  assert.equal(own.raftAttributes.Value, '{"peerURLs":["http://p:1"],"isLearner":true}');
  assert.equal(top.removed_members.Children.cd.Path, '/0/removed_members/cd');
  assert.equal(top.version.Value, '3.7.0');
});

/** Nobody reads the store's own counters any more; ours are zero. */
function withoutIndexes(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node), (name, value: unknown) =>
    name === 'CreatedIndex' || name === 'ModifiedIndex' ? 0 : value,
  );
}
