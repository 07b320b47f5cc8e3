import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcMember, settle } from '../../../../test/support/rpc-member.ts';
import * as failoverpb from '../../proto/generated/etcdtspb.ts';

test('observing reports at once, on every change and on every heartbeat, until it is over', async () => {
  const member = new RpcMember();
  const stream = member.open('/etcdts.v1.Failover/Observe');
  stream.onMessage(new Uint8Array(0));
  assert.equal(stream.written.length, 1);
  member.consensus.become({ leader: 0n, role: 'pre-candidate', millisSinceLeaderHeard: 1_234.5 });
  member.clock.tick();
  const reports = stream.written.map(failoverpb.decodeObserveResponse);
  assert.deepEqual(
    reports.map(({ leaderId, role, millisSinceLeader }) => [leaderId, role, millisSinceLeader]),
    [
      [11n, 'leader', 0],
      [0n, 'pre-candidate', 1_234],
      [0n, 'pre-candidate', 1_234],
    ],
  );
  stream.controller.abort(new Error('gone'));
  assert.equal(member.consensus.listeners.size, 0);
  assert.equal(member.clock.tickers.size, 0);
});

test('an observer that reads slowly gets the newest state, not the missed ones', async () => {
  const member = new RpcMember();
  const stream = member.open('/etcdts.v1.Failover/Observe');
  stream.hasRoom = false;
  stream.onMessage(new Uint8Array(0));
  for (const term of [8, 9, 10]) member.consensus.become({ term });
  stream.makeRoom();
  await settle();
  const terms = stream.written.map((bytes) => failoverpb.decodeObserveResponse(bytes).term);
  assert.deepEqual(terms, [7, 10]);
});

test('forgetting a leader answers what the member did and whom it follows now', async () => {
  const member = new RpcMember();
  member.consensus.forgotten = { did: 'no-longer-so', campaigning: false };
  member.consensus.become({ leader: 12n, role: 'follower', term: 9 });
  const request = failoverpb.encodeForgetLeaderRequest({ leaderId: 11n, term: 8 });
  const path = '/etcdts.v1.Failover/ForgetLeader';
  const answer = await member.call(path, request, failoverpb.decodeForgetLeaderResponse);
  assert.ok(typeof answer !== 'string');
  const { header: _header, ...rest } = answer;
  const outcome = failoverpb.ForgetLeaderResponse_Outcome.NO_LONGER_SO;
  assert.deepEqual(rest, { outcome, campaigning: false, leaderId: 12n, term: 9 });
});
