import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turns } from '../../../../test/support/manual-clock.ts';
import { RpcMember } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes } from '../../../base/bytes.ts';
import { encodeRangeRequest } from '../../proto/generated/etcdserverpb.ts';
import type { Call } from '../rpc.ts';
import { innerCall } from './inner-call.ts';

test('a streamed range counts as one request, however many pieces it has', async () => {
  const member = new RpcMember();
  const stream = member.open('/etcdserverpb.KV/RangeStream');
  stream.onMessage(encodeRangeRequest({ key: utf8Bytes('\0'), rangeEnd: utf8Bytes('\0') }));
  await turns();
  assert.equal(stream.ending, 'ended');
  assert.deepEqual(member.counted, ['unknown']);
});

test('what goes on for an inner call ends with the caller', () => {
  const caller = new AbortController();
  const outer: Call = {
    metadata: (name) => `value of ${name}`,
    viaGateway: true,
    deadlineMs: 5,
    signal: caller.signal,
  };
  const inner = innerCall(outer);
  assert.deepEqual(
    [inner.metadata('token'), inner.viaGateway, inner.deadlineMs, inner.isInner],
    ['value of token', true, 5, true],
  );
  let isCanceled = false;
  inner.underWay = { cancel: () => (isCanceled = true) };
  caller.abort();
  assert.ok(isCanceled);
});
