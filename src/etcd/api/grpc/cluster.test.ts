import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcMember } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes, utf8Text } from '../../../base/bytes.ts';
import * as pb from '../../proto/generated/etcdserverpb.ts';

const cluster = '/etcdserverpb.Cluster';
const a = utf8Bytes('a');

test('adding a member proposes it as etcd writes it, with the id of its URLs and second', async () => {
  const member = new RpcMember();
  member.consensus.members = [
    { id: 11n, name: 'one', peerUrls: ['http://127.0.0.1:1'], clientUrls: [], isLearner: false },
  ];
  const request = pb.encodeMemberAddRequest({
    peerURLs: [' http://10.0.0.2:2380'],
    isLearner: true,
  });
  const answer = await member.call(`${cluster}/MemberAdd`, request, pb.decodeMemberAddResponse);
  assert.ok(typeof answer !== 'string', String(answer));
  const [change] = member.consensus.changes;
  const id = answer.member?.ID;
  assert.equal(change?.nodeId, id);
  assert.equal(change?.type, 3);
  assert.equal(
    utf8Text(change?.context ?? a),
    `{"id":${id},"peerURLs":["http://10.0.0.2:2380"],"isLearner":true}`,
  );
  assert.equal(answer.members.length, 1);
});

test('a learner is promoted with nine tenths of the log and not below', async () => {
  const member = new RpcMember();
  member.consensus.members = [
    { id: 11n, name: 'one', peerUrls: [], clientUrls: [], isLearner: false },
    { id: 12n, name: 'two', peerUrls: [], clientUrls: [], isLearner: true },
  ];
  member.consensus.matches.set(11n, 100).set(12n, 89);
  const request = pb.encodeMemberPromoteRequest({ ID: 12n });
  const promote = (): Promise<unknown> =>
    member.call(`${cluster}/MemberPromote`, request, () => 'promoted');
  const notReady = '9 etcdserver: can only promote a learner member which is in sync with leader';
  assert.equal(await promote(), notReady);
  member.consensus.matches.set(12n, 90);
  assert.equal(await promote(), 'promoted');
  const [change] = member.consensus.changes;
  const context = '{"id":12,"peerURLs":null,"isPromote":true}';
  assert.deepEqual(change, { type: 0, nodeId: 12n, context: change?.context });
  assert.equal(utf8Text(change.context ?? a), context);
});

test('a follower has the leader promote', async () => {
  const member = new RpcMember();
  member.consensus.become({ role: 'follower', leader: 12n });
  const promoted = { id: 12n, name: 'two', peerUrls: [], clientUrls: [], isLearner: false };
  let attempts = 0;
  member.promoteAtLeader = async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('connection refused');
    return [promoted];
  };
  const request = pb.encodeMemberPromoteRequest({ ID: 12n });
  const path = `${cluster}/MemberPromote`;
  const answer = await member.call(path, request, pb.decodeMemberPromoteResponse);
  assert.ok(typeof answer !== 'string', String(answer));
  assert.equal(answer.members[0]?.name, 'two');
});
