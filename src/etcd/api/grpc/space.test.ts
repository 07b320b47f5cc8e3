import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcMember } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes } from '../../../base/bytes.ts';
import * as pb from '../../proto/generated/etcdserverpb.ts';

const noSpace = '8 etcdserver: mvcc: database space exceeded';
const key = utf8Bytes('a');

function txn(member: RpcMember, success: readonly pb.RequestOpInit[]): Promise<unknown> {
  const request = pb.encodeTxnRequest({ success });
  return member.call('/etcdserverpb.KV/Txn', request, pb.decodeTxnResponse);
}

test('a full store takes transactions that read and delete, also while the alarm is raised', async () => {
  const member = new RpcMember();
  await txn(member, [{ requestPut: { key } }]);
  member.sizeBytes = 2_000_000;
  for (const alarm of ['none', 'raised']) {
    const read = await txn(member, [{ requestRange: { key } }]);
    assert.ok(typeof read === 'object', `${alarm}: ${String(read)}`);
    const deleted = await txn(member, [{ requestDeleteRange: { key } }]);
    assert.ok(typeof deleted === 'object', `${alarm}: ${String(deleted)}`);
    assert.equal(await txn(member, [{ requestPut: { key } }]), noSpace);
  }
});

test('who is told that there is no room finds the alarm raised', async () => {
  const member = new RpcMember();
  member.sizeBytes = 2_000_000;
  const put = pb.encodePutRequest({ key });
  const puts = [1, 2].map(() => member.call('/etcdserverpb.KV/Put', put, pb.decodePutResponse));
  const raised = (): number => member.machine.state.alarms.list().length;
  assert.deepEqual(await Promise.all(puts.map((each) => each.then(raised))), [1, 1]);
  const grant = pb.encodeLeaseGrantRequest({ ID: 5n, TTL: 60 });
  const path = '/etcdserverpb.Lease/LeaseGrant';
  assert.equal(await member.call(path, grant, pb.decodeLeaseGrantResponse), noSpace);
  assert.equal(raised(), 1);
});
