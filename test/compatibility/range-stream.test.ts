/** RangeStream against Go etcd: the same pieces, the same counts, the same refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import type { RangeRequestInit } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { firstDifference } from '../differential/comparable.ts';
import { askStream, type Streamed } from '../differential/streams.ts';
import { type Twin, withTwins } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';

const skip = missingPeers('etcd');
const b = utf8Bytes;
const all = { key: b('k'), rangeEnd: b('l') };

/** All pieces and how it ended, with the code and words of a refusal. */
const stream = (twin: Twin, request: RangeRequestInit): Promise<Streamed> =>
  askStream(twin, 'grpc', '/etcdserverpb.KV/RangeStream', [request], undefined);

const requests: readonly RangeRequestInit[] = [
  all,
  { ...all, limit: 5 },
  { ...all, limit: 25 },
  { ...all, limit: 500 },
  { ...all, limit: 501 },
  { ...all, limit: -1 },
  { ...all, limit: -1, sortTarget: 2 },
  { ...all, keysOnly: true },
  { ...all, countOnly: true },
  { ...all, serializable: true },
  { ...all, revision: 100 },
  { ...all, revision: 100_000 },
  { ...all, sortOrder: 1 },
  { ...all, sortOrder: 2 },
  { ...all, sortTarget: 1 },
  { ...all, sortTarget: 3, limit: 10 },
  { key: b('k10'), rangeEnd: b('k104'), sortTarget: 3 },
  { key: b('k10'), rangeEnd: b('k104'), sortTarget: 4 },
  { ...all, sortOrder: 1, sortTarget: 3 },
  { ...all, minModRevision: 3 },
  { ...all, maxCreateRevision: 3 },
  { key: b('k1') },
  { key: b('none') },
  { key: b('x'), rangeEnd: b('y') },
  { key: b('z'), rangeEnd: b('a') },
  { key: b('\0'), rangeEnd: b('\0') },
  {},
  // What is not known is refused as such, before what is not supported.
  { ...all, sortOrder: -1 },
  { ...all, sortOrder: 4, minModRevision: 3 },
  { ...all, sortTarget: 7 },
  { sortOrder: 2, minModRevision: 3 },
];

test('pieces, counts and refusals are those of etcd', { skip }, async () => {
  await withTwins(async (twins) => {
    for (let i = 0; i < 500; i += 1) {
      const put = { key: b(`k${i}`), value: new Uint8Array(i % 50 === 0 ? 60_000 : 100) };
      await twins.same('/etcdserverpb.KV/Put', put);
    }
    for (const request of requests) {
      const [theirs, ours] = await Promise.all([
        stream(twins.etcd, request),
        stream(twins.ours, request),
      ]);
      // Not by deepEqual: its report of a large difference is no report.
      assert.equal(firstDifference(theirs, ours), undefined, JSON.stringify(request));
    }
  });
});
