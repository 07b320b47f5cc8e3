/** The quota of the store and its alarm, on a member and in a cluster; SERVER=etcd runs it on etcd. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AlarmRequest_AlarmAction as Action,
  type AlarmRequestInit,
  AlarmType,
  decodeAlarmResponse,
  encodeAlarmRequest,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import type { EtcdClient } from '../support/etcd-client.ts';
import type { MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';

const skip = missingPeers('etcd', 'etcdctl');
const noSpace = /etcdserver: mvcc: database space exceeded/;

for (const [setting, shown, told] of [
  [-1, -1, ['disabled backend quota']],
  [0, 2_147_483_648, ['enabled backend quota with default value', '"quota-size":"2.1 GB"']],
  [17_179_869_184, 17_179_869_184, ['quota exceeds the maximum value', 'enabled backend quota']],
] as const) {
  test(`the quota ${setting} is shown and logged as etcd does`, { skip }, async (t) => {
    const flags = [`--quota-backend-bytes=${setting}`];
    await withCluster(t, { size: 1, flags }, async (cluster) => {
      const member = cluster.member(0);
      assert.equal((await cluster.client(member).status()).dbSizeQuota, shown);
      const metrics = await (await fetch(`${member.clientUrl}/metrics`)).text();
      const gauge = /^etcd_server_quota_backend_bytes (\S+)$/m.exec(metrics)?.[1];
      assert.equal(Number(gauge), shown);
      for (const words of told) await member.logs(new RegExp(words));
    });
  });
}

function alarm(client: EtcdClient, request: AlarmRequestInit) {
  const path = '/etcdserverpb.Maintenance/Alarm';
  return client.call(path, encodeAlarmRequest(request), decodeAlarmResponse);
}

async function alarmsAt(cluster: ProcessCluster, member: MemberProcess): Promise<bigint[]> {
  const { alarms } = await alarm(cluster.client(member), { action: Action.GET });
  return alarms.map(({ memberID }) => memberID);
}

async function fill(client: EtcdClient): Promise<void> {
  const value = 'x'.repeat(100_000);
  for (let i = 0; i < 40; i += 1) await client.put('large', value);
}

test('a full member stops all, until there is room and somebody lowers its alarm', {
  skip,
}, async (t) => {
  const flags = ['--quota-backend-bytes=1500000'];
  await withCluster(t, { size: 3, flags }, async (cluster) => {
    const [full, other] = [cluster.member(1), cluster.member(2)];
    await assert.rejects(fill(cluster.client(full)), noSpace);
    // Of one member or more: all have the same quota, and whoever comes to it first raises it.
    const [id = 0n] = await alarmsAt(cluster, other);
    assert.notEqual(id, 0n, 'who is refused finds the alarm');
    await assert.rejects(cluster.client(other).put('small', 'x'), noSpace);
    await Promise.all(cluster.members.map((member) => member.kill('SIGKILL')));
    for (const member of cluster.members) member.start(cluster.initialCluster(), 'new');
    await Promise.all(cluster.members.map((member) => member.ready()));
    assert.ok((await alarmsAt(cluster, other)).includes(id), 'the alarm outlives a restart');
    await assert.rejects(cluster.client(other).put('small', 'x'), noSpace);
    const { header } = await cluster.client(other).status();
    await cluster.etcdctl('compaction', '--physical', String(header?.revision));
    await cluster.etcdctl('defrag');
    await assert.rejects(cluster.client(other).put('small', 'x'), noSpace);
    await cluster.etcdctl('alarm', 'disarm');
    await cluster.client(other).put('small', 'x');
    assert.deepEqual(await alarmsAt(cluster, full), []);
  });
});

test('an alarm of one member is lowered alone, and each that is left refuses', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const client = cluster.client(cluster.member(0));
    for (const memberID of [7n, 8n]) {
      await alarm(client, { action: Action.ACTIVATE, memberID, alarm: AlarmType.NOSPACE });
    }
    await alarm(client, { action: Action.DEACTIVATE, memberID: 7n, alarm: AlarmType.CORRUPT });
    await alarm(client, { action: Action.DEACTIVATE, memberID: 7n, alarm: AlarmType.NOSPACE });
    assert.deepEqual(await alarmsAt(cluster, cluster.member(0)), [8n]);
    await assert.rejects(client.put('small', 'x'), noSpace);
    await alarm(client, { action: Action.DEACTIVATE, memberID: 8n, alarm: AlarmType.NOSPACE });
    await client.put('small', 'x');
  });
});
