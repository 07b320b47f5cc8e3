/** `etcd-ts up`: a manifest as processes on this machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EtcdClient } from '../support/etcd-client.ts';
import { until } from '../support/until.ts';
import { UpCluster } from '../support/up-cluster.ts';

const skip = process.env['SERVER'] === 'etcd' ? 'a program of etcd-ts only' : false;

async function withUp(size: number, body: (up: UpCluster) => Promise<void>): Promise<void> {
  const up = await UpCluster.start({ size });
  try {
    await body(up);
  } catch (error) {
    throw new Error(`etcd-ts up said:\n${up.outputTail()}`, { cause: error });
  } finally {
    await up.close();
  }
}

async function withClient<T>(up: UpCluster, body: (client: EtcdClient) => Promise<T>): Promise<T> {
  const endpoint = new URL(up.status().endpoints[0] ?? '').host;
  const client = new EtcdClient(endpoint, 10_000);
  try {
    // Repeated, because the leader may change meanwhile; none of it does harm twice.
    const { answer } = await until('the cluster answers', async () => ({
      answer: await body(client),
    }));
    return answer;
  } finally {
    client.close();
  }
}

test('a killed member is restarted and the data stays', { skip }, async () => {
  await withUp(3, async (up) => {
    await withClient(up, (client) => client.put('a', '1'));
    const leader = up.status().members.find(({ role }) => role === 'leader');
    assert.ok(leader?.pid != null);
    process.kill(leader.pid, 'SIGKILL');
    await until('another process stands for the killed one', () => {
      const again = up.status().members.find(({ name }) => name === leader.name);
      return again?.pid != null && again.pid !== leader.pid;
    });
    await up.settled(3);
    assert.equal(await withClient(up, (client) => client.get('a')), '1');
  });
});

test('a changed size scales the running cluster out and in', { skip }, async () => {
  await withUp(1, async (up) => {
    await withClient(up, (client) => client.put('a', '1'));
    up.writeManifest(3);
    await up.settled(3);
    const count = await withClient(up, (client) => client.memberList());
    assert.equal(count.members.filter(({ isLearner }) => !isLearner).length, 3);
    up.writeManifest(1);
    await up.settled(1);
    assert.equal(await withClient(up, (client) => client.get('a')), '1');
  });
});

test('a stopped cluster leaves no process, and the next run finds its data', { skip }, async () => {
  await withUp(3, async (up) => {
    await withClient(up, (client) => client.put('a', '1'));
    const pids = up.status().members.map(({ pid }) => pid);
    await up.stop();
    for (const pid of pids) assert.throws(() => process.kill(pid ?? 0, 0), /ESRCH/);
    await up.run([]);
    await until('new processes', () =>
      up.status().members.every(({ pid }) => pid !== null && !pids.includes(pid)),
    );
    await up.settled(3);
    assert.equal(await withClient(up, (client) => client.get('a')), '1');
  });
});
