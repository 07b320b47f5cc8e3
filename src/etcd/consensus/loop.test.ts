import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { LoopCluster } from '../../../test/support/loop-cluster.ts';
import { turns } from '../../../test/support/manual-clock.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';
import { MessageType } from '../proto/generated/raftpb.ts';

const put = (key: string): InternalRaftRequestInit => ({
  put: { key: utf8Bytes(key), value: utf8Bytes('v') },
});
const named = (name: string) => ({ name });
/** For promises whose outcome a test looks at later. */
function watched<T>(promise: Promise<T>) {
  const seen: { value?: T; error?: string } = {};
  promise.then(
    (value) => {
      seen.value = value;
    },
    (error: Error) => {
      seen.error = error.name;
    },
  );
  return seen;
}

async function clusterOf(t: TestContext, size: number): Promise<LoopCluster> {
  const cluster = new LoopCluster(size);
  t.after(() => cluster.stop());
  await cluster.elect(1n);
  return cluster;
}

test('a proposal is answered after it is applied, wherever it was made', async (t) => {
  const cluster = await clusterOf(t, 3);
  const answers = await Promise.all([
    cluster.of(1n).loop.propose(put('a')),
    cluster.of(2n).loop.propose(put('b')),
  ]);
  assert.deepEqual(new Set(answers.map(({ revision }) => revision)), new Set([1, 2]));
  await cluster.beats(2);
  for (const member of cluster.members) assert.deepEqual(member.keys(), ['a', 'b']);
});

test('proposals of one turn go to the log in one write', async (t) => {
  const cluster = await clusterOf(t, 1);
  const { loop, wal } = cluster.of(1n);
  let writes = 0;
  const append = wal.append.bind(wal);
  wal.append = (entries, hardState) => {
    if (entries.length > 0) writes += 1;
    return append(entries, hardState);
  };
  await Promise.all(Array.from({ length: 20 }, (_, i) => loop.propose(put(`k${i}`))));
  assert.equal(writes, 1);
});

test('nothing is acknowledged before this member’s own disk has it', async (t) => {
  const cluster = await clusterOf(t, 1);
  const { loop, wal } = cluster.of(1n);
  const release = wal.hold();
  const seen = watched(loop.propose(put('a')));
  await turns();
  assert.deepEqual(seen, {});
  release();
  await turns();
  assert.equal(seen.value?.revision, 1);
});

test('without room only applying waits, and a state that takes no more stops the member', async (t) => {
  const cluster = await clusterOf(t, 3);
  const follower = cluster.of(2n);
  let makeRoom = (): void => {};
  follower.room = new Promise((resolve) => {
    makeRoom = resolve;
  });
  await cluster.of(1n).loop.propose(put('a'));
  await cluster.beats(2);
  assert.deepEqual(follower.keys(), []);
  assert.equal(follower.wal.entries.length, cluster.of(1n).wal.entries.length);
  follower.room = undefined;
  makeRoom();
  await turns();
  assert.deepEqual(follower.keys(), ['a']);
  follower.room = Promise.reject(new Error('no space'));
  await cluster.beats(1);
  assert.match(String(follower.fatal[0]), /no space/);
});

test('followers hear of the last commit after a millisecond without further writes', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.of(1n).loop.propose(put('a'));
  await turns();
  assert.deepEqual(cluster.of(2n).keys(), []);
  cluster.clock.advance(1);
  await turns();
  assert.deepEqual(cluster.of(2n).keys(), ['a']);
});

test('a member hears at once of the commit of what it passed on', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.of(2n).loop.propose(put('a'));
  await turns();
  assert.deepEqual(cluster.of(2n).keys(), ['a']);
  assert.deepEqual(cluster.of(3n).keys(), []);
});

test('heartbeats go out while the disk is slow', async (t) => {
  const cluster = await clusterOf(t, 3);
  const release = cluster.of(1n).wal.hold();
  void watched(cluster.of(1n).loop.propose(put('a')));
  await cluster.beats(30);
  assert.equal(cluster.of(2n).loop.status().leader, 1n);
  assert.ok(cluster.of(2n).loop.status().millisSinceLeaderHeard <= 100);
  release();
});

test('a proposal made without a leader waits for the next one', async (t) => {
  const cluster = new LoopCluster(3);
  t.after(() => cluster.stop());
  await turns();
  const seen = watched(cluster.of(2n).loop.propose(put('a')));
  await turns();
  assert.deepEqual(seen, {});
  await cluster.elect(1n);
  await cluster.beats(1);
  assert.equal(seen.value?.revision, 1);
});

test('requests of callers that gave up leave the queue while there is no leader', async (t) => {
  const cluster = new LoopCluster(3);
  t.after(() => cluster.stop());
  await turns();
  const { loop, applied } = cluster.of(2n);
  const abort = new AbortController();
  const seen = watched(loop.propose(put('given-up'), abort.signal));
  abort.abort();
  await cluster.beats(1);
  await cluster.elect(1n);
  await cluster.beats(1);
  assert.equal(seen.error, 'Canceled');
  assert.deepEqual(applied, []);
});

test('what went to a leader that died fails as soon as the next leader serves', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.beats(1);
  cluster.cut(1n);
  const seen = watched(cluster.of(2n).loop.propose(put('lost')));
  await turns();
  for (const { loop } of cluster.others(1n)) {
    loop.forgetLeader({ leaderId: 1n, term: loop.status().term, campaign: false });
  }
  await cluster.elect(3n);
  await cluster.beats(1);
  assert.equal(seen.error, 'TimeoutDueToLeaderFail');
});

test('followers that forget a dead leader elect a new one without waiting for a timeout', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.beats(1);
  cluster.cut(1n);
  const { term } = cluster.of(2n).loop.status();
  const request = { leaderId: 1n, term, campaign: false };
  const first = cluster.of(2n).loop.forgetLeader(request);
  assert.deepEqual(first, { did: 'forgotten', campaigning: false });
  const second = cluster.of(3n).loop.forgetLeader({ ...request, campaign: true });
  assert.deepEqual(second, { did: 'forgotten', campaigning: true });
  await turns();
  assert.equal(cluster.of(3n).loop.status().role, 'leader');
  assert.equal((await cluster.of(2n).loop.propose(put('a'))).revision, 1);
});

test('a request to forget another leader, an older term or oneself changes nothing', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.beats(1);
  const { loop } = cluster.of(2n);
  const { term } = loop.status();
  const ask = (leaderId: bigint, ofTerm: number) =>
    loop.forgetLeader({ leaderId, term: ofTerm, campaign: true }).did;
  assert.equal(ask(3n, term), 'no-longer-so');
  assert.equal(ask(1n, term - 1), 'no-longer-so');
  const request = { leaderId: 1n, term, campaign: true };
  assert.equal(cluster.of(1n).loop.forgetLeader(request).did, 'is-leader');
  assert.equal(loop.status().leader, 1n);
});

test('a follower that forgot a leader that lives follows it again', async (t) => {
  const cluster = await clusterOf(t, 3);
  const { loop } = cluster.of(2n);
  loop.forgetLeader({ leaderId: 1n, term: loop.status().term, campaign: false });
  assert.equal(loop.status().leader, 0n);
  await cluster.beats(1);
  assert.equal(loop.status().leader, 1n);
});

test('a read barrier sees every write that was acknowledged before', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.of(1n).loop.propose(put('a'));
  const follower = cluster.of(3n);
  const barrier = watched(follower.loop.readBarrier().then(() => [...follower.keys()]));
  await cluster.beats(2);
  assert.deepEqual(barrier.value, ['a']);
});

test('a deposed leader that does not know it answers no linearizable read', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.beats(1);
  cluster.cut(1n);
  const stale = watched(cluster.of(1n).loop.readBarrier());
  for (const { loop } of cluster.others(1n)) {
    loop.forgetLeader({ leaderId: 1n, term: loop.status().term, campaign: false });
  }
  await cluster.elect(2n);
  await cluster.of(2n).loop.propose(put('a'));
  await cluster.beats(5);
  assert.deepEqual(stale, {});
  cluster.heal();
  await cluster.beats(10);
  assert.ok('value' in stale, 'asked again of the new leader');
  assert.deepEqual(cluster.of(1n).keys(), ['a']);
});

test('leadership moves on request, and writes made meanwhile are not lost', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.beats(1);
  const moved = watched(
    cluster
      .of(1n)
      .loop.transferLeadership(3n)
      .then(() => 'moved'),
  );
  const written = watched(cluster.of(1n).loop.propose(put('a')));
  await cluster.beats(3);
  assert.equal(moved.value, 'moved');
  assert.equal(cluster.of(3n).loop.status().role, 'leader');
  assert.equal(written.value?.revision, 1);
});

test('a transfer to a member that does not answer gives up, and one by a follower is refused', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.beats(1);
  await assert.rejects(cluster.of(2n).loop.transferLeadership(3n), named('NotLeader'));
  cluster.cut(3n);
  const seen = watched(cluster.of(1n).loop.transferLeadership(3n));
  await cluster.beats(80);
  assert.equal(seen.error, 'TimeoutLeaderTransfer');
  assert.equal(cluster.of(1n).loop.status().role, 'leader');
});

test('a failed write to the log is fatal once, and nothing is promised after it', async (t) => {
  const cluster = await clusterOf(t, 1);
  const { loop, wal, fatal } = cluster.of(1n);
  wal.failure = new Error('EIO: the disk is gone');
  const seen = watched(loop.propose(put('a')));
  await turns();
  assert.deepEqual(
    fatal.map(({ message }) => message),
    ['EIO: the disk is gone'],
  );
  assert.equal(seen.error, 'Stopped');
  await assert.rejects(loop.propose(put('b')), named('Stopped'));
});

test('an exception of the state machine is fatal', async (t) => {
  const cluster = await clusterOf(t, 1);
  const member = cluster.of(1n);
  member.onApply = () => {
    throw new Error('the state is wrong');
  };
  const seen = watched(member.loop.propose(put('a')));
  await turns();
  assert.deepEqual(
    member.fatal.map(({ message }) => message),
    ['the state is wrong'],
  );
  assert.equal(seen.error, 'Stopped');
});

test('a message that breaks an invariant of raft stops the member, not the sender’s connection', async (t) => {
  const cluster = await clusterOf(t, 3);
  const member = cluster.of(2n);
  const { term } = member.loop.status();
  const heartbeat = { type: MessageType.MsgHeartbeat, to: 2n, from: 1n, term, commit: 999 };
  const rest = { logTerm: 0, index: 0, entries: [], vote: 0n, reject: false, rejectHint: 0 };
  const context = new Uint8Array(0);
  member.loop.step({ ...heartbeat, ...rest, snapshot: undefined, context, responses: [] });
  await turns();
  assert.match(member.fatal[0]?.message ?? '', /the log has lost entries/);
});

test('stopping waits for the write that is under way, however often it is asked for', async (t) => {
  const cluster = await clusterOf(t, 1);
  const { loop, wal } = cluster.of(1n);
  const release = wal.hold();
  const seen = watched(loop.propose(put('a')));
  await turns();
  const stops = [watched(loop.stop().then(() => 1)), watched(loop.stop().then(() => 2))];
  await turns();
  assert.deepEqual(stops, [{}, {}]);
  assert.equal(seen.error, 'Stopped');
  release();
  await turns();
  assert.deepEqual(stops, [{ value: 1 }, { value: 2 }]);
});

test('a member that refuses requests goes on in raft', async (t) => {
  const cluster = await clusterOf(t, 3);
  const { loop } = cluster.of(1n);
  loop.refuseRequests();
  await assert.rejects(loop.propose(put('a')), named('Stopped'));
  await assert.rejects(loop.readBarrier(), named('Stopped'));
  await cluster.beats(15);
  assert.equal(cluster.of(2n).loop.status().leader, 1n);
});

test('a leader’s own decisions are never forwarded', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.beats(1);
  const { term } = cluster.of(1n).loop;
  await assert.rejects(cluster.of(2n).loop.proposeAsLeader(put('a'), term), named('NotLeader'));
  assert.equal((await cluster.of(1n).loop.proposeAsLeader(put('b'), term)).revision, 1);
});

test('a leader’s decision of an earlier term is void, also when it leads again', async (t) => {
  const cluster = await clusterOf(t, 3);
  await cluster.beats(1);
  const { loop } = cluster.of(1n);
  await assert.rejects(loop.proposeAsLeader(put('a'), loop.term - 1), named('NotLeader'));
});

test('a request above the limit is refused before it is queued', async (t) => {
  const cluster = await clusterOf(t, 1);
  const request = { put: { key: utf8Bytes('k'), value: new Uint8Array(20_000) } };
  await assert.rejects(cluster.of(1n).loop.propose(request), named('RequestTooLarge'));
  assert.equal(cluster.of(1n).proposals.pendingCount, 0);
});
