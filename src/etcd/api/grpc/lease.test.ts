import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerIds, RpcMember, settle, withHistory } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes } from '../../../base/bytes.ts';
import * as pb from '../../proto/generated/etcdserverpb.ts';

const lease = '/etcdserverpb.Lease';
const a = utf8Bytes('a');

async function grant(member: RpcMember, TTL: number, ID = 0n): Promise<pb.LeaseGrantResponse> {
  const request = pb.encodeLeaseGrantRequest({ TTL, ID });
  const answer = await member.call(`${lease}/LeaseGrant`, request, pb.decodeLeaseGrantResponse);
  assert.ok(typeof answer !== 'string', String(answer));
  return answer;
}

test('a lease without id gets a positive one', async () => {
  const granted = await grant(new RpcMember(), 60);
  assert.ok(granted.ID > 0n);
  assert.equal(granted.TTL, 60);
});

test('keep-alives are answered in order, an unknown lease with TTL 0', async () => {
  const member = new RpcMember();
  await grant(member, 60, 5n);
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  for (const ID of [5n, 9n, 5n]) stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID }));
  stream.onHalfClose();
  await settle();
  const answers = stream.written.map(pb.decodeLeaseKeepAliveResponse);
  assert.deepEqual(
    answers.map(({ ID, TTL }) => [ID, TTL]),
    [
      [5n, 60],
      [9n, 0],
      [5n, 60],
    ],
  );
  assert.equal(stream.ending, 'ended');
});

test('an expired lease is not renewed: the answer waits for its revocation', async () => {
  const member = new RpcMember();
  await grant(member, 2, 5n);
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  member.clock.nowMs += 3_000;
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(stream.written.length, 0);
  await member.consensus.propose({ leaseRevoke: { ID: 5n } });
  await settle();
  assert.equal(pb.decodeLeaseKeepAliveResponse(stream.written[0] ?? a).TTL, 0);
});

test('a leader that cannot confirm its leadership renews nothing', async () => {
  const member = new RpcMember();
  await grant(member, 60, 5n);
  member.consensus.leads = false;
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  await settle();
  assert.equal(stream.ending, '2 not a primary lessor');
});

test('a leader that stood still asks a quorum before it renews', async () => {
  const member = new RpcMember();
  await grant(member, 60, 5n);
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  member.consensus.isUncertain = true;
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  assert.equal(stream.written.length, 0);
  await settle();
  assert.equal(pb.decodeLeaseKeepAliveResponse(stream.written[0] ?? a).TTL, 60);
  member.consensus.isUncertain = false;
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  const last = pb.decodeLeaseKeepAliveResponse(stream.written[1] ?? a);
  assert.deepEqual([last.ID, last.TTL, last.header?.raftTerm], [5n, 60, 7]);
});

test('keep-alives that are not read are renewed no further, and answered in order later', async () => {
  const member = new RpcMember();
  for (const id of [5n, 6n, 7n]) await grant(member, 60, id);
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.hasRoom = false;
  for (const ID of [5n, 6n, 7n]) stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID }));
  stream.onHalfClose();
  await settle();
  assert.equal(stream.written.length, 1);
  stream.makeRoom();
  await settle();
  assert.deepEqual(
    stream.written.map((answer) => pb.decodeLeaseKeepAliveResponse(answer).ID),
    [5n, 6n, 7n],
  );
  assert.equal(stream.ending, 'ended');
});

test('a follower has the leader renew, and tries again when it is not reached', async () => {
  const member = new RpcMember();
  member.consensus.become({ role: 'follower', leader: 12n });
  let attempts = 0;
  member.renewAtLeader = async (id) => {
    attempts += 1;
    if (attempts < 3) throw new Error('connection refused');
    return Number(id) * 10;
  };
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  await settle();
  assert.equal(pb.decodeLeaseKeepAliveResponse(stream.written[0] ?? a).TTL, 50);
});

test('without a leader a keep-alive ends with a timeout', async () => {
  const member = new RpcMember();
  member.consensus.become({ role: 'follower', leader: 0n });
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  for (let turn = 0; turn < 10; turn += 1) await settle();
  assert.equal(stream.ending, '14 etcdserver: request timed out');
});

test('the time to live comes from the leader, with our own header', async () => {
  const member = await withHistory();
  await grant(member, 60, 5n);
  const path = `${lease}/LeaseTimeToLive`;
  const ask = (ID: bigint): Promise<pb.LeaseTimeToLiveResponse | string> =>
    member.call(
      path,
      pb.encodeLeaseTimeToLiveRequest({ ID, keys: true }),
      pb.decodeLeaseTimeToLiveResponse,
    );
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  const header = { ...headerIds, revision: 4 };
  assert.deepEqual(await ask(5n), { header, ID: 5n, TTL: 60, grantedTTL: 60, keys: [] });
  assert.deepEqual(await ask(9n), { header, ID: 9n, TTL: -1, grantedTTL: 0, keys: [] });
  member.consensus.become({ role: 'follower', leader: 12n });
  assert.deepEqual(await ask(5n), { header, ID: 5n, TTL: 3, grantedTTL: 9, keys: [] });
});
