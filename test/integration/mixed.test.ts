/** Members of etcd-ts and of Go etcd in one cluster: the way in and out, member by member. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPeers } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';

const skip = missingPeers('etcd', 'etcdctl');

async function putMany(cluster: ProcessCluster, prefix: string, count: number): Promise<void> {
  const client = cluster.client(await cluster.leader());
  for (let i = 0; i < count; i += 1) await client.put(`${prefix}${i}`, `value ${i}`);
}

test('two members of Go etcd and one of ours agree on state, whoever leads', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 3, kinds: ['etcd', 'etcd', 'etcd-ts'] }, async (cluster) => {
    await putMany(cluster, 'a', 50);
    const ours = cluster.member(2);
    const theirs = cluster.member(0);
    for (const target of [ours, theirs]) {
      await cluster.lead(target);
      await putMany(cluster, target.name, 50);
      for (const member of cluster.members) {
        assert.equal(await cluster.client(member).get(`${target.name}49`), 'value 49');
      }
    }
    await cluster.etcdctl('lease', 'grant', '600');
    await cluster.etcdctl('compaction', '--physical', '60');
    await cluster.assertSameState();
  });
});

test('a member of ours joins Go etcd by a snapshot, and one of theirs joins ours', {
  skip,
}, async (t) => {
  const flags = ['--snapshot-count=100', '--snapshot-catchup-entries=20'];
  await withCluster(t, { size: 1, kind: 'etcd', flags }, async (cluster) => {
    await putMany(cluster, 'k', 500);
    await cluster.etcdctl('compaction', '--physical', '300');
    const ours = await cluster.addMember('voter', 'etcd-ts');
    await cluster.assertSameState();
    assert.equal(await cluster.client(ours).get('k499'), 'value 499');
    const old = cluster.member(0);
    await cluster.lead(ours);
    await cluster.removeMember(old);
    await putMany(cluster, 'alone', 300);
    // As a voter it would first wait seven seconds for a quorum that needs itself.
    const theirs = await cluster.addMember('learner', 'etcd');
    await cluster.promote(theirs);
    await cluster.assertSameState();
    assert.equal(await cluster.client(theirs).get('alone299'), 'value 299');
  });
});
