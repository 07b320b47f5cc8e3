/** RangeStream against Go etcd: its pieces, put together, are what both answer to Range. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceError } from '@grpc/grpc-js';
import { utf8Bytes } from '../../src/base/bytes.ts';
import {
  decodeRangeStreamResponse,
  encodeRangeRequest,
  type RangeRequestInit,
  type RangeResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { missingPeers } from '../support/peers.ts';
import { comparable, firstDifference } from './comparable.ts';
import { type Twin, withTwins } from './twins.ts';

const skip = missingPeers('etcd');
const b = utf8Bytes;
const all = { key: b('k'), rangeEnd: b('l') };

type Streamed = { readonly merged: unknown; readonly pieces: readonly number[] };

/** All pieces, or the code and words of the refusal. */
function stream(twin: Twin, request: RangeRequestInit): Promise<Streamed | string> {
  const call = twin.client.makeServerStreamRequest(
    '/etcdserverpb.KV/RangeStream',
    (message: RangeRequestInit) => Buffer.from(encodeRangeRequest(message)),
    decodeRangeStreamResponse,
    request,
  );
  const answers: RangeResponse[] = [];
  return new Promise((resolve) => {
    call.on('data', ({ rangeResponse }: { rangeResponse?: RangeResponse }) => {
      if (rangeResponse !== undefined) answers.push(rangeResponse);
    });
    call.on('error', (error: ServiceError) => resolve(`${error.code} ${error.details}`));
    call.on('end', () => {
      const last = answers.at(-1);
      if (last === undefined) return resolve('no answer');
      const { header, more, count } = last;
      const kvs = answers.flatMap((answer) => answer.kvs);
      resolve({
        merged: comparable({ header, kvs, more, count }),
        pieces: answers.map((answer) => answer.kvs.length),
      });
    });
  });
}

const requests: readonly RangeRequestInit[] = [
  all,
  { ...all, limit: 5 },
  { ...all, limit: 25 },
  { ...all, limit: 500 },
  { ...all, limit: 501 },
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
