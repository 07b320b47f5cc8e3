import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcMember, settle } from '../../../../test/support/rpc-member.ts';
import * as pb from '../../proto/generated/etcdserverpb.ts';

const lease = '/etcdserverpb.Lease';

async function grant(member: RpcMember, TTL: number): Promise<void> {
  const request = pb.encodeLeaseGrantRequest({ ID: 5n, TTL });
  await member.call(`${lease}/LeaseGrant`, request, pb.decodeLeaseGrantResponse);
  member.machine.state.lessor.promote(0, member.clock.nowMs);
}

async function keepAlive(member: RpcMember): Promise<number | undefined> {
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  await settle();
  const [answer] = stream.written.map(pb.decodeLeaseKeepAliveResponse);
  return answer?.TTL;
}

test('a lease of which the others know what was left is renewed after they know that it starts anew', async () => {
  const leaseCheckpoints = { intervalMs: 60_000, areStored: true };
  const member = new RpcMember({ leaseCheckpoints });
  await grant(member, 100);
  const told = { checkpoints: [{ ID: 5n, remainingTTL: 30 }] };
  member.machine.apply({ leaseCheckpoint: told });
  assert.equal(await keepAlive(member), 100);
  await member.machine.restart();
  member.machine.state.lessor.promote(0, 0);
  assert.equal(member.machine.state.lessor.status(5n, 0)?.remainingSeconds, 100);
});

test('without FastLeaseKeepAlive a renewal waits for all that is committed', async () => {
  const member = new RpcMember({ renewsFast: false });
  await grant(member, 100);
  const { consensus } = member;
  const barriers = consensus.barriers;
  assert.equal(await keepAlive(member), 100);
  assert.equal(consensus.barriers, barriers + 1);
});
