/** Three members as processes: what holds while leaders move, members come and go, and one lags. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { tableRows } from '../support/table.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcdctl');
/** For tests of who leads: a slow machine by itself makes no election. */
const steady = ['--election-timeout=5000'];

async function memberId(cluster: ProcessCluster, member: MemberProcess): Promise<bigint> {
  return (await cluster.client(member).status()).header?.memberId ?? 0n;
}

async function putMany(cluster: ProcessCluster, prefix: string, count: number): Promise<void> {
  const client = cluster.client(await cluster.leader());
  for (let i = 0; i < count; i += 50) {
    const batch = Array.from({ length: Math.min(50, count - i) }, (_, j) => i + j);
    await Promise.all(batch.map((n) => client.put(`${prefix}${n}`, `value ${n}`)));
  }
}

test('a write through any member is read from every member', { skip }, async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    for (const writer of cluster.members) {
      await cluster.client(writer).put('key', writer.name);
      for (const reader of cluster.members) {
        assert.equal(await cluster.client(reader).get('key'), writer.name);
      }
    }
    await cluster.assertSameState();
    assert.equal(tableRows(await cluster.etcdctl('member', 'list', '-w=table')).length, 3);
    const statuses = tableRows(await cluster.etcdctl('endpoint', 'status', '-w=table'));
    assert.equal(statuses.filter((row) => row['IS LEADER'] === 'true').length, 1);
  });
});

test('move-leader makes the named member lead', { skip }, async (t) => {
  await withCluster(t, { size: 3, flags: steady }, async (cluster) => {
    const old = await cluster.leader();
    const target = cluster.members.find((member) => member !== old);
    assert.ok(target !== undefined);
    const id = (await memberId(cluster, target)).toString(16);
    assert.match(await cluster.etcdctl('move-leader', id), /^Leadership transferred from /);
    assert.equal((await cluster.leader()).name, target.name);
  });
});

test('the data outlives a restart of all members', { skip }, async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    await putMany(cluster, 'k', 200);
    await cluster.etcdctl('lease', 'grant', '600');
    await Promise.all(cluster.members.map((member) => member.stop()));
    await Promise.all(cluster.members.map((member) => cluster.restart(member)));
    await cluster.leader();
    assert.equal(await cluster.client(cluster.member(1)).get('k199'), 'value 199');
    assert.match(await cluster.etcdctl('lease', 'list'), /^found 1 leases/);
    await cluster.assertSameState();
  });
});

test('two of three members go on when one is killed, and it catches up', { skip }, async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    const victim = await cluster.leader();
    await victim.kill('SIGKILL');
    await cluster.leader();
    await putMany(cluster, 'while-away', 20);
    await cluster.restart(victim);
    await cluster.assertSameState();
    assert.equal(await cluster.client(victim).get('while-away19', true), 'value 19');
  });
});

test('without a quorum a linearizable read fails and a serializable one is answered', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    const leader = await cluster.leader();
    await cluster.client(leader).put('a', '1');
    await cluster.assertSameState();
    const [survivor, ...victims] = cluster.members;
    assert.ok(survivor !== undefined);
    for (const victim of victims) await victim.kill('SIGKILL');
    assert.equal(await cluster.client(survivor).get('a', true), '1');
    await assert.rejects(cluster.client(survivor).get('a'), /timed out|no leader|DEADLINE/i);
    for (const victim of victims) await cluster.restart(victim);
    await cluster.leader();
    assert.equal(await cluster.client(survivor).get('a'), '1');
  });
});

test('a learner takes no part until it is promoted', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    await putMany(cluster, 'k', 50);
    const learner = await cluster.addMember('learner');
    assert.equal((await cluster.client(learner).status()).isLearner, true);
    await assert.rejects(cluster.client(learner).put('x', 'y'), /not supported for learner/);
    await cluster.promote(learner);
    await cluster.client(learner).put('x', 'y');
    assert.equal((await cluster.client(learner).status()).isLearner, false);
    await cluster.assertSameState();
  });
});

test('a voter can be added, and a removed member leaves', { skip }, async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    await putMany(cluster, 'k', 50);
    const added = await cluster.addMember('voter');
    await cluster.assertSameState();
    assert.equal((await cluster.client(added).memberList()).members.length, 4);
    const leader = await cluster.leader();
    const gone = cluster.members.find((member) => member !== leader && member !== added);
    assert.ok(gone !== undefined);
    const id = (await memberId(cluster, gone)).toString(16);
    // Through the member itself, which must still learn of its removal to answer.
    const args = [`--endpoints=${gone.endpoint}`, 'member', 'remove', id];
    const removed = await cluster.run('etcdctl', args);
    assert.match(removed.stdout, /removed from cluster/, removed.stderr);
    cluster.members.splice(cluster.members.indexOf(gone), 1);
    try {
      await until('the removed member ends', () => !gone.isRunning);
    } finally {
      await gone.kill('SIGKILL');
    }
    assert.equal((await cluster.client(added).memberList()).members.length, 3);
    await cluster.assertSameState();
  });
});

test('a member that lags behind the log gets a snapshot', { skip }, async (t) => {
  const flags = ['--snapshot-count=100', '--snapshot-catchup-entries=50'];
  await withCluster(t, { size: 3, flags }, async (cluster) => {
    const leader = await cluster.leader();
    const lagging = cluster.members.find((member) => member !== leader);
    assert.ok(lagging !== undefined);
    await putMany(cluster, 'before', 20);
    await lagging.kill('SIGKILL');
    await putMany(cluster, 'k', 3_000);
    await cluster.restart(lagging);
    await cluster.assertSameState();
    assert.equal(await cluster.client(lagging).get('k2999', true), 'value 2999');
    const metrics = await (await fetch(`${lagging.clientUrl}/metrics`)).text();
    assert.match(metrics, /^etcd_network_snapshot_receive_success\{.*\} 1$/m);
    await putMany(cluster, 'after', 20);
    await lagging.stop();
    await cluster.restart(lagging);
    await cluster.assertSameState();
  });
});

test('SIGTERM of the leader hands leadership over before it ends', { skip }, async (t) => {
  await withCluster(t, { size: 3, flags: steady }, async (cluster) => {
    const old = await cluster.leader();
    const before = (await cluster.client(old).status()).raftTerm;
    await old.stop();
    // No later term: nobody had to find out first that the leader was gone.
    const { raftTerm } = await cluster.client(await cluster.leader()).status();
    assert.equal(raftTerm, before + 1);
  });
});
