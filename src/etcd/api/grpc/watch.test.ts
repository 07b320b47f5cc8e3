import assert from 'node:assert/strict';
import { test } from 'node:test';
import { put, RpcMember, settle, withHistory } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes } from '../../../base/bytes.ts';
import * as pb from '../../proto/generated/etcdserverpb.ts';

const a = utf8Bytes('a');

test('a watch stream delivers history and news, and lives on after a half-close', async () => {
  const member = await withHistory();
  const stream = member.open('/etcdserverpb.Watch/Watch');
  const createRequest = { key: a, startRevision: 3, prevKv: true };
  stream.onMessage(pb.encodeWatchRequest({ createRequest }));
  stream.onMessage(pb.encodeWatchRequest({}));
  stream.onHalfClose();
  await settle();
  await put(member, 'a', '4');
  const responses = stream.written.map(pb.decodeWatchResponse);
  assert.deepEqual(
    responses.map(({ header, created, events }) => [
      header?.revision,
      created,
      events.map(({ kv: now, prevKv }) => [now?.modRevision, prevKv?.modRevision]),
    ]),
    [
      [4, true, []],
      [
        4,
        false,
        [
          [3, undefined],
          [4, 3],
        ],
      ],
      [5, false, [[5, 4]]],
    ],
  );
  assert.equal(responses[0]?.header?.raftTerm, 7);
});

test('a watch client that does not read is not read from either', async () => {
  const member = await withHistory();
  const stream = member.open('/etcdserverpb.Watch/Watch');
  stream.onMessage(pb.encodeWatchRequest({ createRequest: { key: a } }));
  stream.hasRoom = false;
  await put(member, 'a', '4');
  assert.equal(stream.isPaused, true);
  await put(member, 'a', '5');
  assert.equal(stream.written.length, 2);
  stream.makeRoom();
  await settle();
  assert.equal(stream.isPaused, false);
  assert.equal(stream.written.length, 3);
});

test('bytes that are no watch request end the stream', () => {
  const stream = new RpcMember().open('/etcdserverpb.Watch/Watch');
  stream.onMessage(Uint8Array.of(0x0a, 5, 1));
  assert.match(stream.ending ?? '', /^13 grpc: failed to unmarshal the received message: /);
});
