import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turns } from '../../../../test/support/manual-clock.ts';
import { put, RpcMember } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes, utf8Text } from '../../../base/bytes.ts';
import {
  decodeRangeStreamResponse,
  encodeRangeRequest,
  RangeRequest_SortTarget,
} from '../../proto/generated/etcdserverpb.ts';

type Streamed = { readonly pieces: readonly (readonly string[])[]; readonly count: number };

/** The keys of each piece, and what the last one says of the range. */
async function streamed(member: RpcMember, limit: number): Promise<Streamed> {
  const stream = member.open('/etcdserverpb.KV/RangeStream');
  const request = { key: utf8Bytes('k'), rangeEnd: utf8Bytes('l'), limit };
  stream.onMessage(encodeRangeRequest({ ...request, sortTarget: RangeRequest_SortTarget.VALUE }));
  await turns(500);
  assert.equal(stream.ending, 'ended');
  const answers = stream.written.map((bytes) => decodeRangeStreamResponse(bytes).rangeResponse);
  return {
    pieces: answers.map((answer) => (answer?.kvs ?? []).map(({ key }) => utf8Text(key))),
    count: answers.at(-1)?.count ?? 0,
  };
}

async function memberWith(keys: readonly string[]): Promise<RpcMember> {
  const member = new RpcMember();
  // The first key has the last value.
  for (const [i, key] of keys.entries()) await put(member, key, `${99 - i}`);
  return member;
}

const keys = Array.from({ length: 25 }, (_, i) => `k${10 + i}`);

test('a sort target without an order sorts the only piece', async () => {
  const ten = keys.slice(0, 10);
  const member = await memberWith(ten);
  assert.deepEqual(await streamed(member, 0), { pieces: [ten.toReversed()], count: 10 });
});

test('as in a Range, one key more than the limit is sorted', async () => {
  const member = await memberWith(keys);
  const pieces = [keys.slice(1, 6).reverse()];
  assert.deepEqual(await streamed(member, 5), { pieces, count: 25 });
});

test('of several pieces with a sort target no key is lost, and they are in order', async () => {
  const member = await memberWith(keys);
  for (const limit of [0, 11, 12]) {
    const { pieces, count } = await streamed(member, limit);
    assert.deepEqual(pieces.flat(), keys.slice(0, limit || undefined));
    assert.equal(count, 25);
  }
});
