/** `--force-new-cluster`: one member goes on alone with its data, as with Go etcd, killed or not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcd', 'etcdctl');

/** What one of three members is after the others are lost, as far as two servers can agree. */
type Outcome = {
  readonly members: readonly object[];
  readonly keys: readonly (string | undefined)[];
  readonly revision: number | undefined;
};

/** The same member with other flags, none of its own by default. */
function withFlags(cluster: ProcessCluster, ...flags: readonly string[]): MemberProcess {
  const [old] = cluster.members;
  assert.ok(old !== undefined);
  const member = new MemberProcess({ ...old.config, flags });
  cluster.members[0] = member;
  return member;
}

async function listMembers(cluster: ProcessCluster): Promise<readonly object[]> {
  const list = JSON.parse(await cluster.etcdctl('member', 'list', '-w', 'json')) as {
    members: readonly { name: string; peerURLs: string[]; clientURLs: string[] }[];
  };
  const [own] = cluster.members;
  return list.members.map(({ name, peerURLs, clientURLs, ...rest }) => ({
    name,
    ownPeer: peerURLs.join() === own?.peerUrl,
    ownClient: clientURLs.join() === own?.clientUrl,
    more: Object.keys(rest),
  }));
}

/**
 * Three members with twenty keys; two are lost, the first one is left, stopped. Killed, Go etcd may
 * not know of its last writes that they were committed, and drops them.
 */
async function loseTwo(cluster: ProcessCluster, how: 'stopped' | 'killed'): Promise<bigint> {
  const client = cluster.client(cluster.member(1));
  for (let i = 0; i < 20; i += 1) await client.put(`k${i}`, `v${i}`);
  const { header } = await client.put('last', 'acknowledged');
  // Acknowledged by two of three: the one that is left has to be one of them.
  await until('the first member has the last write', async () => {
    const left = cluster.client(cluster.member(0));
    return (await left.get('last', true)) === 'acknowledged';
  });
  if (how === 'stopped') await cluster.member(0).stop();
  await Promise.all(cluster.members.map((member) => member.kill('SIGKILL')));
  cluster.members.length = 1;
  return header?.clusterId ?? 0n;
}

async function outcome(cluster: ProcessCluster, clusterId: bigint): Promise<Outcome> {
  const client = cluster.client(cluster.member(0));
  const { header } = await client.status();
  assert.equal(header?.clusterId, clusterId, 'the cluster keeps its id');
  return {
    members: await listMembers(cluster),
    keys: await Promise.all(['k0', 'k19', 'last'].map((key) => client.get(key))),
    revision: header?.revision === undefined ? undefined : Number(header.revision),
  };
}

async function force(cluster: ProcessCluster): Promise<void> {
  const member = withFlags(cluster, '--force-new-cluster');
  member.start(cluster.initialCluster(), 'new');
  await member.ready();
}

test('ours and Go etcd end as the same cluster of one, with all that was acknowledged', {
  skip,
}, async (t) => {
  const outcomes: Outcome[] = [];
  for (const kind of ['etcd', 'etcd-ts'] as const) {
    await withCluster(t, { size: 3, kind }, async (cluster) => {
      const clusterId = await loseTwo(cluster, 'stopped');
      await force(cluster);
      outcomes.push(await outcome(cluster, clusterId));
      // Without the flag from now on, and others can join.
      await cluster.member(0).kill('SIGKILL');
      withFlags(cluster).start(cluster.initialCluster(), 'new');
      await cluster.member(0).ready();
      outcomes.push(await outcome(cluster, clusterId));
      await cluster.client(cluster.member(0)).put('after', '1');
      const learner = await cluster.addMember('learner', kind);
      await cluster.promote(learner);
      await cluster.assertSameState();
      assert.equal(await cluster.client(learner).get('last'), 'acknowledged');
    });
  }
  assert.deepEqual(outcomes.slice(2), outcomes.slice(0, 2));
  assert.deepEqual(outcomes[0]?.keys, ['v0', 'v19', 'acknowledged']);
  assert.equal(outcomes[0]?.members.length, 1);
});

test('killed at any moment of it, it is done at the next attempt, and nothing is lost', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 3, kind: 'etcd-ts' }, async (cluster) => {
    const clusterId = await loseTwo(cluster, 'killed');
    for (const ms of [150, 250, 350, 500, 700, 1_000, 1_600]) {
      const member = withFlags(cluster, '--force-new-cluster');
      member.start(cluster.initialCluster(), 'new');
      await sleep(ms);
      await member.kill('SIGKILL');
    }
    await force(cluster);
    const { keys, members } = await outcome(cluster, clusterId);
    assert.deepEqual(keys, ['v0', 'v19', 'acknowledged']);
    assert.equal(members.length, 1);
  });
});

test('alone already, a member with the flag loses no write however often it is killed', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 1, kind: 'etcd-ts' }, async (cluster) => {
    for (let round = 0; round < 4; round += 1) {
      const client = cluster.client(cluster.member(0));
      let acknowledged = 0;
      let isOver = false;
      const writing = (async () => {
        for (let i = 1; !isOver; i += 1) {
          await client.put('n', `${round}/${i}`);
          acknowledged = i;
        }
      })().catch(() => {});
      await until('some writes', () => acknowledged > 50);
      await cluster.member(0).kill('SIGKILL');
      isOver = true;
      await writing;
      await force(cluster);
      const [seenRound, seen] = (await client.get('n'))?.split('/').map(Number) ?? [];
      assert.equal(seenRound, round);
      assert.ok((seen ?? 0) >= acknowledged, `${seen} of ${acknowledged}`);
    }
  });
});
