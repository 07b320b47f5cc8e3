/** Down to etcd 3.6 and up again, with members of Go etcd and of etcd-ts in one cluster. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemberProcess, type ServerKind } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcd', 'etcd-3.6', 'etcdctl', 'etcdutl');

/** cluster/store/downgrade target, as one member sees it. */
async function versionsOf(cluster: ProcessCluster, member: MemberProcess): Promise<string> {
  const { storageVersion, downgradeInfo } = await cluster.client(member).status();
  const answer = await fetch(`${member.clientUrl}/version`);
  const { etcdcluster } = (await answer.json()) as { etcdcluster: string };
  const target = downgradeInfo?.enabled === true ? downgradeInfo.targetVersion : 'none';
  return `${etcdcluster} ${storageVersion} ${target}`;
}

async function reach(cluster: ProcessCluster, versions: string): Promise<void> {
  await until(`all members have ${versions}`, async () => {
    const seen = await Promise.all(cluster.members.map((member) => versionsOf(cluster, member)));
    if (seen.every((one) => one === versions)) return true;
    throw new Error(seen.join(', '));
  });
}

/** The member's folder goes on with another server. */
async function replaceServer(
  cluster: ProcessCluster,
  member: MemberProcess,
  kind: ServerKind,
): Promise<void> {
  await member.stop();
  const replacement = new MemberProcess({ ...member.config, kind });
  cluster.members[cluster.members.indexOf(member)] = replacement;
  await cluster.restart(replacement);
}

test('whoever leads, all members go down and up together', { skip }, async (t) => {
  await withCluster(t, { size: 3, kinds: ['etcd', 'etcd-ts', 'etcd-ts'] }, async (cluster) => {
    await reach(cluster, '3.7.0 3.7.0 none');
    for (const [leader, asked] of [
      [0, 1],
      [1, 0],
      [2, 2],
    ] as const) {
      await cluster.lead(cluster.member(leader));
      const { endpoint } = cluster.member(asked);
      const said = await cluster.run('etcdctl', [
        '--endpoints',
        endpoint,
        'downgrade',
        'enable',
        '3.6',
      ]);
      assert.match(said.stdout, /Downgrade enable success, cluster version 3\.7/);
      await reach(cluster, '3.6.0 3.6.0 3.6.0');
      for (const { peerUrl } of cluster.members) {
        assert.equal(await (await fetch(`${peerUrl}/downgrade/enabled`)).text(), 'true');
      }
      await cluster.etcdctl('downgrade', 'cancel');
      await reach(cluster, '3.7.0 3.7.0 none');
    }
    await cluster.assertSameState();
  });
});

test('while it goes down no server of either kind joins that is not meant to', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 1, kind: 'etcd-ts' }, async (cluster) => {
    await cluster.etcdctl('downgrade', 'enable', '3.6');
    await reach(cluster, '3.6.0 3.6.0 3.6.0');
    const peerPort = await freePort();
    const url = `http://127.0.0.1:${peerPort}`;
    await cluster.etcdctl('member', 'add', 'late', `--peer-urls=${url}`, '--learner');
    for (const kind of ['etcd-ts', 'etcd', 'etcd-3.6'] as const) {
      const dataDir = join(cluster.folder, `late-${kind}`);
      const logPath = `${dataDir}.log`;
      const clientPort = await freePort();
      const config = { kind, name: 'late', dataDir, logPath, clientPort, peerPort, flags: [] };
      const late = new MemberProcess(config);
      late.start(`${cluster.initialCluster()},late=${url}`, 'existing');
      // What it said is whole only when its output has ended, which is what this waits for.
      const why = await late.ready().catch(String);
      assert.match(why ?? 'it serves', /incompatible with current running cluster/, kind);
      assert.equal(await late.exited(), 'code 1', kind);
    }
  });
});

test('a cluster with ours goes down to real 3.6, ours come back to it, and all go up again', {
  skip,
}, async (t) => {
  const flags = ['--snapshot-count=50', '--snapshot-catchup-entries=10'];
  const kinds = ['etcd', 'etcd', 'etcd-ts'] as const;
  await withCluster(t, { size: 3, kind: 'etcd-ts', kinds, flags }, async (cluster) => {
    const putMany = async (prefix: string): Promise<void> => {
      const client = cluster.client(await cluster.leader());
      for (let i = 0; i < 100; i += 1) await client.put(`${prefix}${i}`, `value ${i}`);
    };
    await cluster.lead(cluster.member(2));
    await putMany('before');
    await cluster.etcdctl('downgrade', 'enable', '3.6');
    await reach(cluster, '3.6.0 3.6.0 3.6.0');
    for (const i of [0, 1]) {
      await replaceServer(cluster, cluster.member(i), 'etcd-3.6');
      await putMany(`during${i}`);
    }
    await reach(cluster, '3.6.0 3.6.0 3.6.0');
    await cluster.removeMember(cluster.member(2));
    // Nobody is left who is not 3.6: the leader, a 3.6, ends the downgrade.
    await reach(cluster, '3.6.0 3.6.0 none');
    const ours = await cluster.addMember('learner', 'etcd-ts');
    await cluster.promote(ours);
    await cluster.lead(ours);
    await putMany('ours');
    // By a snapshot of ours: its store has to be one that 3.6 takes, also when it starts again.
    const old = await cluster.addMember('learner', 'etcd-3.6');
    await cluster.promote(old);
    await replaceServer(cluster, old, 'etcd-3.6');
    await reach(cluster, '3.6.0 3.6.0 none');
    await cluster.assertSameState();
    for (const { name, config } of [...cluster.members]) {
      if (config.kind !== 'etcd-3.6') continue;
      const member = cluster.members.find((one) => one.name === name) as MemberProcess;
      await replaceServer(cluster, member, 'etcd');
    }
    await reach(cluster, '3.7.0 3.7.0 none');
    await cluster.assertSameState();
    assert.equal(await cluster.client(cluster.member(0)).get('ours99'), 'value 99');
  });
});

test('etcd 3.6 starts from a snapshot of ours when the cluster went down first', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 1, kind: 'etcd-ts' }, async (cluster) => {
    await cluster.client(cluster.member(0)).put('a', '1');
    assert.match(await startOlder(cluster), /3\.7\.0.*is not supported/);
    await cluster.etcdctl('downgrade', 'enable', '3.6');
    await reach(cluster, '3.6.0 3.6.0 3.6.0');
    assert.equal(await startOlder(cluster), 'serves');
  });
});

/** Restores a snapshot of the cluster for etcd 3.6, and says how that one takes it. */
async function startOlder(cluster: ProcessCluster): Promise<string> {
  const file = join(cluster.folder, 'saved.db');
  const dataDir = join(cluster.folder, 'restored');
  for (const path of [file, dataDir]) rmSync(path, { recursive: true, force: true });
  await cluster.etcdctl('snapshot', 'save', file);
  const [clientPort, peerPort] = [await freePort(), await freePort()];
  const older = new MemberProcess({
    kind: 'etcd-3.6',
    name: 'older',
    dataDir,
    logPath: `${dataDir}.log`,
    clientPort,
    peerPort,
    flags: [],
  });
  const initial = `older=${older.peerUrl}`;
  const restored = await cluster.run('etcdutl', [
    ...['snapshot', 'restore', file, '--name=older', `--data-dir=${dataDir}`],
    ...[`--initial-cluster=${initial}`, `--initial-advertise-peer-urls=${older.peerUrl}`],
  ]);
  assert.equal(restored.code, 0, restored.stderr);
  older.start(initial, 'new');
  try {
    await older.ready();
    return 'serves';
  } catch (error) {
    return String(error);
  } finally {
    await older.kill('SIGKILL');
  }
}
