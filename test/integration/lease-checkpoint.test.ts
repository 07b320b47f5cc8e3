/**
 * What is left of a long lease outlives its leader, in mixed clusters too. etcd's interval of five
 * minutes cannot be set, so these wait for it, and run only when asked for: LEASE_CHECKPOINTS=1.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerKind } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip =
  process.env['LEASE_CHECKPOINTS'] === '1'
    ? missingPeers('etcd', 'etcdctl')
    : 'takes more than five minutes: LEASE_CHECKPOINTS=1';
const flags = ['--feature-gates=LeaseCheckpoint=true,LeaseCheckpointPersist=true'];
const ttlSeconds = 1_200;
const intervalMs = 300_000;
/** A checkpoint is at most this old and counts up, and a new leader adds an election timeout. */
const secondsMost = ttlSeconds - intervalMs / 1_000 + 10;

async function remainingSeconds(cluster: ProcessCluster, lease: string): Promise<number> {
  return await until('the lease is looked up', async () => {
    const text = await cluster.etcdctl('lease', 'timetolive', lease);
    const found = /remaining\((\d+)s\)/.exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  });
}

async function restartAll(cluster: ProcessCluster): Promise<void> {
  await Promise.all(cluster.members.map((member) => member.kill('SIGKILL')));
  for (const member of cluster.members) member.start(cluster.initialCluster(), 'new');
  await Promise.all(cluster.members.map((member) => member.ready()));
}

for (const kinds of [
  ['etcd-ts', 'etcd', 'etcd'],
  ['etcd', 'etcd-ts', 'etcd-ts'],
  ['etcd-ts', 'etcd-ts', 'etcd-ts'],
] as const satisfies readonly (readonly ServerKind[])[]) {
  test(`what is left of a lease of ${kinds.join(', ')} goes on after the first`, {
    skip,
  }, async (t) => {
    await withCluster(t, { size: 3, kinds, flags }, async (cluster) => {
      const first = cluster.member(0);
      await cluster.lead(first);
      const granted = await cluster.etcdctl('lease', 'grant', String(ttlSeconds));
      const lease = /lease (\w+) granted/.exec(granted)?.[1] ?? '';
      await sleep(intervalMs + 3_000);
      await first.kill('SIGKILL');
      await cluster.leader();
      const next = await remainingSeconds(cluster, lease);
      assert.ok(next <= secondsMost && next > 0, `${next} s are left at the next leader`);
      await restartAll(cluster);
      const again = await remainingSeconds(cluster, lease);
      assert.ok(again <= secondsMost && again > 0, `${again} s are left after a restart`);
      await cluster.etcdctl('lease', 'keep-alive', '--once', lease);
      const renewed = await remainingSeconds(cluster, lease);
      assert.ok(renewed > ttlSeconds - 10, `${renewed} s are left after it was renewed`);
      await restartAll(cluster);
      const kept = await remainingSeconds(cluster, lease);
      assert.ok(kept > ttlSeconds - 10, `${kept} s are left of the renewed lease`);
    });
  });
}
