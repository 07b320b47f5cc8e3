import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { confChangeEntry, StateMachine } from '../../../test/support/state-machine.ts';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { ConfChangeType } from '../proto/generated/raftpb.ts';
import { memberJson, promotionJson } from './member-json.ts';

function memberOf(id: bigint, url = `http://m${id}:2380`): Uint8Array {
  const member = { id, name: '', peerUrls: [url], clientUrls: [], isLearner: false };
  return utf8Bytes(memberJson(member));
}

/** Applies a change and says what became of it. */
function change(
  machine: StateMachine,
  type: number,
  nodeId: bigint,
  context: Uint8Array = memberOf(nodeId),
): string {
  const index = machine.applier.appliedIndex + 1;
  const applied = machine.applyEntry(confChangeEntry(index, { id: 1n, type, nodeId, context }));
  const error = applied.outcome.kind === 'error' ? applied.outcome.error.name : 'ok';
  assert.equal(applied.confChange?.change.nodeId, error === 'ok' ? nodeId : 0n);
  assert.equal(applied.membersChanged, error === 'ok');
  return error;
}

const { ConfChangeAddNode: add, ConfChangeAddLearnerNode: addLearner } = ConfChangeType;
const { ConfChangeRemoveNode: remove, ConfChangeUpdateNode: update } = ConfChangeType;

void test('every change is validated against the members of its moment', () => {
  const machine = new StateMachine(new MemoryBackend());
  assert.equal(change(machine, add, 1n), 'ok');
  assert.equal(change(machine, add, 1n), 'MemberExist');
  assert.equal(change(machine, add, 2n, memberOf(2n, 'http://m1:2380')), 'PeerURLExist');
  assert.equal(change(machine, addLearner, 2n), 'ok');
  assert.equal(change(machine, addLearner, 3n), 'TooManyLearners');
  assert.equal(change(machine, update, 9n), 'MemberNotFound');
  assert.equal(change(machine, update, 2n, memberOf(2n, 'http://m1:2380')), 'PeerURLExist');
  assert.equal(change(machine, update, 2n, memberOf(2n, 'http://new:2380')), 'ok');
  assert.equal(machine.state.membership.member(2n)?.isLearner, true);
  const promote = (id: bigint): string => change(machine, add, id, utf8Bytes(promotionJson(id)));
  assert.equal(promote(7n), 'MemberNotFound');
  assert.equal(promote(2n), 'ok');
  assert.equal(promote(2n), 'MemberNotLearner');
  assert.equal(change(machine, remove, 5n), 'MemberNotFound');
  assert.equal(change(machine, remove, 2n), 'ok');
  assert.equal(change(machine, add, 2n), 'MemberNotFound', 'a removed id is gone for good');
});

void test('members, attributes, conf state and cluster version survive a restart', async () => {
  const machine = new StateMachine(new MemoryBackend());
  change(machine, add, 1n);
  change(machine, addLearner, 2n);
  change(machine, add, 3n);
  change(machine, remove, 3n);
  machine.apply({
    clusterMemberAttrSet: {
      memberID: 1n,
      memberAttributes: { name: 'one', clientUrls: ['http://c:2379'] },
    },
  });
  machine.apply({ clusterMemberAttrSet: { memberID: 3n, memberAttributes: { name: 'gone' } } });
  const applied = machine.apply({ clusterVersionSet: { ver: '3.7.0' } });
  assert.equal(applied.clusterVersionChanged, true);
  machine.apply({ downgradeInfoSet: { enabled: true, ver: '3.6.0' } });
  const before = machine.state.membership;
  await machine.restart();
  const { membership, backend } = machine.state;
  assert.deepEqual(membership.members(), before.members());
  assert.equal(membership.members()[0]?.name, 'one');
  assert.equal(membership.isRemoved(3n), true);
  assert.equal(membership.clusterVersion, '3.7.0');
  assert.deepEqual(membership.downgrade, { enabled: true, targetVersion: '3.6.0' });
  const stored = (bucket: 'meta' | 'cluster' | 'members', key: string): string =>
    utf8Text(backend.read((txn) => txn.get(bucket, utf8Bytes(key))) as Uint8Array);
  assert.equal(stored('meta', 'confState'), '{"voters":[1],"learners":[2],"auto_leave":false}');
  assert.equal(stored('meta', 'storageVersion'), '3.7.0');
  assert.equal(stored('cluster', 'downgrade'), '{"target-version":"3.6.0","enabled":true}');
  assert.equal(stored('members', '2'), '{"id":2,"peerURLs":["http://m2:2380"],"isLearner":true}');
});

void test('an ended downgrade has no target, whatever its entry names', () => {
  const machine = new StateMachine(new MemoryBackend());
  machine.apply({ downgradeInfoSet: { enabled: true, ver: '3.6.0' } });
  machine.apply({ downgradeInfoSet: { enabled: false, ver: '3.6.0' } });
  assert.deepEqual(machine.state.membership.downgrade, { enabled: false, targetVersion: '' });
});

void test('a member stops where its cluster outgrows it, and does not start on such a state', () => {
  const tooNew = /server version is lower than determined cluster version/;
  const backend = new MemoryBackend();
  const machine = new StateMachine(backend);
  machine.apply({ clusterVersionSet: { ver: '3.7.0' } });
  assert.throws(() => machine.apply({ clusterVersionSet: { ver: '3.8.0' } }), tooNew);
  assert.equal(machine.state.membership.clusterVersion, '3.7.0');
  backend.write((txn) => txn.put('cluster', utf8Bytes('clusterVersion'), utf8Bytes('3.8.0')));
  assert.throws(() => new StateMachine(backend), tooNew);
});

void test('versions that the cluster had are remembered while the process lives', () => {
  const machine = new StateMachine(new MemoryBackend());
  for (const ver of ['3.0.0', '3.7.0', '3.6.0', '3.7.0'])
    machine.apply({ clusterVersionSet: { ver } });
  assert.deepEqual([...machine.state.membership.formerVersions], ['3.0.0', '3.6.0']);
});
