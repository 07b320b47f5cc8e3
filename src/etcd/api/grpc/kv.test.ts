import assert from 'node:assert/strict';
import { test } from 'node:test';
import { put, RpcMember, settle, withHistory } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes } from '../../../base/bytes.ts';
import { seededRandom } from '../../../base/random.ts';
import * as pb from '../../proto/generated/etcdserverpb.ts';

const kv = '/etcdserverpb.KV';
const b = utf8Bytes;
const a = b('a');
const range = (request: pb.RangeRequestInit): Uint8Array => pb.encodeRangeRequest(request);

test('a serializable range needs no barrier, a linearizable one waits for it', async () => {
  const member = await withHistory();
  await member.call(`${kv}/Range`, range({ key: a, serializable: true }), pb.decodeRangeResponse);
  assert.equal(member.consensus.barriers, 0);
  await member.call(`${kv}/Range`, range({ key: a }), pb.decodeRangeResponse);
  assert.equal(member.consensus.barriers, 1);
});

test('a transaction of ranges is read here, with a barrier unless all are serializable', async () => {
  const member = await withHistory();
  const before = member.consensus.proposed.length;
  const run = (serializable: boolean): Promise<unknown> => {
    const op = { requestRange: { key: a, serializable } };
    const request = pb.encodeTxnRequest({ success: [op], failure: [op] });
    return member.call(`${kv}/Txn`, request, pb.decodeTxnResponse);
  };
  await run(true);
  assert.equal(member.consensus.barriers, 0);
  await run(false);
  assert.equal(member.consensus.barriers, 1);
  assert.equal(member.consensus.proposed.length, before);
});

test('a read-only transaction is answered as the applier would have answered it', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
  const random = seededRandom(seed);
  const member = new RpcMember();
  const key = (): Uint8Array => b(`k${random.below(5)}`);
  const end = (): Uint8Array => b(['', 'k3', 'l', '\0'][random.below(4)] ?? '');
  for (let count = 0; count < 60; count += 1) {
    const k = `k${random.below(5)}`;
    if (random.below(4) > 0) await put(member, k, `v${random.below(4)}`);
    else {
      const request = pb.encodeDeleteRangeRequest({ key: b(k) });
      await member.call(`${kv}/DeleteRange`, request, pb.decodeDeleteRangeResponse);
    }
    const value = random.below(6);
    const union = [
      { version: value },
      { createRevision: value * 8 },
      { modRevision: value * 8 },
      { value: b(`v${value}`) },
      {},
    ];
    const compare: pb.CompareInit = {
      key: key(),
      rangeEnd: end(),
      target: random.below(5),
      result: random.below(5),
      ...union[random.below(5)],
    };
    const ops = [{ requestRange: { key: key(), rangeEnd: end(), limit: random.below(3) } }];
    const bytes = pb.encodeTxnRequest({
      compare: [compare],
      success: ops,
      failure: [...ops, ...ops],
    });
    const here = await member.call(`${kv}/Txn`, bytes, pb.decodeTxnResponse);
    const applied = member.machine.apply({ txn: pb.decodeTxnRequest(bytes) }).outcome;
    assert.ok(applied.kind === 'answer' && typeof here !== 'string');
    const { header: _header, ...there } = pb.decodeTxnResponse(applied.body);
    const { header: _ours, ...ours } = here;
    assert.deepEqual(ours, there, `SEED=${seed}`);
  }
});

test('a long read-only transaction, sent in pieces, is answered as the applier would have', async () => {
  const member = new RpcMember();
  for (let i = 0; i < 60; i += 1) await put(member, `k${i}`, String(i % 10).repeat(30_000));
  const range = { key: b('k'), rangeEnd: b('l') };
  const bytes = pb.encodeTxnRequest({
    compare: [{ ...range, target: 0, result: 0, version: 1 }],
    success: [{ requestRange: range }, { requestRange: { key: b('k7') } }, { requestRange: range }],
  });
  const here = await member.call(`${kv}/Txn`, bytes, pb.decodeTxnResponse);
  const applied = member.machine.apply({ txn: pb.decodeTxnRequest(bytes) }).outcome;
  assert.ok(applied.kind === 'answer' && typeof here !== 'string');
  assert.equal(here.header?.revision, 61);
  const { header: _ours, ...ours } = here;
  const { header: _header, ...there } = pb.decodeTxnResponse(applied.body);
  assert.deepEqual(ours, there);
});

test('beyond the quota writes are refused, one alarm is raised and deletes still work', async () => {
  const member = await withHistory();
  member.sizeBytes = 1_000_000;
  const before = member.consensus.proposed.length;
  const noSpace = '8 etcdserver: mvcc: database space exceeded';
  assert.equal(await put(member, 'a', 'x'), noSpace);
  await settle();
  assert.equal(await put(member, 'a', 'x'), noSpace);
  await settle();
  assert.deepEqual(
    member.consensus.proposed.slice(before).map((request) => request.alarm),
    [{ action: 1, memberID: 11n, alarm: 1 }],
  );
  const request = pb.encodeDeleteRangeRequest({ key: a });
  const deleted = await member.call(`${kv}/DeleteRange`, request, pb.decodeDeleteRangeResponse);
  assert.ok(typeof deleted !== 'string');
  assert.equal(deleted.deleted, 1);
});
