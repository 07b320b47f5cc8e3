import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { headerIds, RpcMember, settle, withHistory } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes } from '../../../base/bytes.ts';
import * as pb from '../../proto/generated/etcdserverpb.ts';

const maintenance = '/etcdserverpb.Maintenance';
const a = utf8Bytes('a');

test('a snapshot comes in blobs of 32 KiB with what remains, then its SHA-256', async () => {
  const member = new RpcMember();
  member.snapshotChunks = [70_000, 1, 0, 30_000].map((size, fill) =>
    new Uint8Array(size).fill(fill),
  );
  const whole = Buffer.concat(member.snapshotChunks);
  const stream = member.open(`${maintenance}/Snapshot`);
  stream.hasRoom = false;
  stream.onMessage(new Uint8Array(0));
  await settle();
  assert.equal(stream.written.length, 1, 'no faster than the client reads');
  stream.makeRoom();
  await settle();
  const responses = stream.written.map(pb.decodeSnapshotResponse);
  assert.deepEqual(
    responses.map(({ remainingBytes, blob }) => [remainingBytes, blob.length]),
    [
      [67_233, 32_768],
      [34_465, 32_768],
      [1_697, 32_768],
      [0, 1_697],
      [0, 32],
    ],
  );
  const data = Buffer.concat(responses.slice(0, -1).map(({ blob }) => blob));
  assert.ok(data.equals(whole));
  const digest = createHash('sha256').update(whole).digest();
  assert.ok(digest.equals(responses.at(-1)?.blob ?? a));
  assert.equal(responses[0]?.header, undefined);
  assert.equal(stream.ending, 'ended');
  assert.equal(member.snapshotCloses, 1);
});

test('a snapshot that nobody reads any more releases its source', async () => {
  const member = new RpcMember();
  member.snapshotChunks = [new Uint8Array(100_000)];
  const stream = member.open(`${maintenance}/Snapshot`);
  stream.hasRoom = false;
  stream.onMessage(new Uint8Array(0));
  await settle();
  stream.controller.abort(new Error('gone'));
  stream.makeRoom();
  await settle();
  assert.equal(member.snapshotCloses, 1);
});

test('status reports what is known without a leader, and the alarms', async () => {
  const member = await withHistory();
  await member.consensus.propose({ alarm: { action: 1, memberID: 11n, alarm: 1 } });
  member.consensus.become({ leader: 0n, role: 'follower' });
  const path = `${maintenance}/Status`;
  const answer = await member.call(path, new Uint8Array(0), pb.decodeStatusResponse);
  assert.ok(typeof answer !== 'string');
  assert.equal(answer.leader, 0n);
  assert.equal(answer.raftIndex, 29);
  assert.equal(answer.raftAppliedIndex, 28);
  assert.deepEqual(answer.errors, ['etcdserver: no leader', 'memberID:11 alarm:NOSPACE']);
});

test('defragmenting answers without a header, and failures with their own words', async () => {
  const member = new RpcMember();
  const path = `${maintenance}/Defragment`;
  const answer = await member.call(path, new Uint8Array(0), pb.decodeDefragmentResponse);
  assert.deepEqual(answer, { header: undefined });
  assert.equal(member.defragmentations, 1);
  member.defragmentFailure = new Error('No space left on device');
  const refused = await member.call(path, new Uint8Array(0), pb.decodeDefragmentResponse);
  assert.equal(refused, '2 No space left on device');
});

test('a hash comes with the revision it was taken at', async () => {
  const member = await withHistory();
  const path = `${maintenance}/Hash`;
  const answer = await member.call(path, new Uint8Array(0), pb.decodeHashResponse);
  assert.deepEqual(answer, { header: { ...headerIds, revision: 4 }, hash: 0xfeed_f00d });
});
