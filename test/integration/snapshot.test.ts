/** Snapshots are etcd's own files: etcdutl reads ours, and the real etcd starts from them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { EtcdClient } from '../support/etcd-client.ts';
import { MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';
import { withCluster } from '../support/process-cluster.ts';
import { tableRows } from '../support/table.ts';

const skip = missingPeers('etcdctl', 'etcdutl', 'etcd');

test('etcdutl accepts a saved snapshot and counts its keys', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    for (const key of ['a', 'b', 'c']) await cluster.etcdctl('put', key, '1');
    await cluster.etcdctl('del', 'c');
    const file = join(cluster.folder, 'saved.db');
    assert.match(await cluster.etcdctl('snapshot', 'save', file), /Snapshot saved at /);
    const status = await cluster.run('etcdutl', ['snapshot', 'status', file, '-w=table']);
    assert.equal(status.code, 0, status.stderr);
    const [row] = tableRows(status.stdout);
    assert.equal(row?.['REVISION'], '5');
    assert.equal(row?.['TOTAL KEYS'], '2');
    assert.equal(row?.['VERSION'], '3.7.0');
  });
});

test('the real etcd restores a snapshot and holds the same state', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const client = cluster.client(cluster.member(0));
    for (let i = 0; i < 300; i += 1) await client.put(`k${i % 100}`, `value ${i}`);
    const lease = (await cluster.etcdctl('lease', 'grant', '600')).split(' ')[1] ?? '';
    await cluster.etcdctl('put', 'leased', 'x', `--lease=${lease}`);
    await cluster.etcdctl('compaction', '--physical', '150');
    const file = join(cluster.folder, 'saved.db');
    await cluster.etcdctl('snapshot', 'save', file);
    const before = await client.hashKv(0);
    const restored = new MemberProcess({
      kind: 'etcd',
      name: 'restored',
      dataDir: join(cluster.folder, 'restored'),
      logPath: join(cluster.folder, 'restored.log'),
      clientPort: await freePort(),
      peerPort: await freePort(),
      flags: [],
    });
    const initial = `restored=${restored.peerUrl}`;
    const result = await cluster.run('etcdutl', [
      'snapshot',
      'restore',
      file,
      `--data-dir=${restored.config.dataDir}`,
      '--name=restored',
      `--initial-cluster=${initial}`,
      `--initial-advertise-peer-urls=${restored.peerUrl}`,
    ]);
    assert.equal(result.code, 0, result.stderr);
    restored.start(initial, 'new');
    const restoredClient = new EtcdClient(restored.endpoint);
    try {
      await restored.ready();
      const after = await restoredClient.hashKv(0);
      assert.equal(after.hash, before.hash);
      assert.equal(after.compactRevision, before.compactRevision);
      assert.equal(after.header?.revision, before.header?.revision);
      assert.equal(await restoredClient.get('k99'), 'value 299');
    } finally {
      restoredClient.close();
      await restored.kill('SIGKILL');
    }
  });
});
