/** A leader that stands still: its successor's decisions hold when it wakes up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from '../crash/ledger.ts';
import { Load } from '../crash/load.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import type { MemberProcess } from '../support/member-process.ts';
import { withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { HeldLease, whileInTime } from './held-lease.ts';
import { RegisterLoad } from './register-load.ts';
import { faultRandom, faultRounds } from './rounds.ts';

/** Longer than the election timeout, shorter than the patience of requests. */
const pauseMs = 3_000;

test('a leader paused for three seconds under load loses nothing and serves nothing stale', async (t) => {
  const random = faultRandom(t);
  await withCluster(t, { size: 3 }, async (cluster) => {
    const registers = new RegisterLoad({ random }).start(t, cluster.members);
    const ledger = new Ledger('w/');
    // Clients of their own: the paused member's would otherwise take a shared connection down.
    const clients = cluster.members.map((member) => new EtcdClient(member.endpoint, 4_000));
    const load = new Load(ledger, () => clients, random);
    load.start(4);
    t.after(() => load.stop());
    for (let round = 0; round < faultRounds; round += 1) {
      const paused = await cluster.leader();
      await paused.kill('SIGSTOP');
      await sleep(pauseMs);
      await paused.kill('SIGCONT');
      const before = registers.acknowledgedWrites;
      await cluster.leader();
      await until('writes go on', () => registers.acknowledgedWrites > before + 100);
    }
    await load.stop();
    await registers.assertLinearizable(t, cluster.member(0));
    assert.deepEqual((await ledger.complaints(cluster.client(cluster.member(1)))).slice(0, 5), []);
    await cluster.assertSameState();
    for (const client of clients) client.close();
  });
});

test('a lease kept alive at the new leader survives the old one waking up (etcd issue 15247)', async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    for (let round = 0; round < faultRounds; round += 1) {
      await whileInTime(t, async (attempt) => {
        const paused = await cluster.leader();
        const other = cluster.members.find((member) => member !== paused) as MemberProcess;
        const key = `held/${round}/${attempt}`;
        const lease = await HeldLease.grant(other, 2, key);
        await paused.kill('SIGSTOP');
        // Its clocks say "expired" when it wakes; the new leader's clocks are renewed meanwhile.
        const wakeAtMs = performance.now() + pauseMs;
        try {
          while (performance.now() < wakeAtMs) {
            await lease.tryKeepAlive(other);
            await sleep(100);
          }
        } finally {
          await paused.kill('SIGCONT');
        }
        for (let i = 0; i < 15; i += 1) {
          await lease.tryKeepAlive(other);
          lease.assertHeld(await cluster.client(other).get(key));
          await sleep(100);
        }
        await cluster.leader();
      });
    }
    await cluster.assertSameState();
  });
});
