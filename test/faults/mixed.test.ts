/** Go etcd and ours in one cluster under load, killed in turn: one state in the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from '../crash/ledger.ts';
import { Load } from '../crash/load.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import { missingPeers } from '../support/peers.ts';
import { withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { RegisterLoad } from './register-load.ts';
import { faultRandom, faultRounds } from './rounds.ts';

const skip = missingPeers('etcd', 'etcdctl');

/** Snapshots between the two kinds too, in both directions. */
const flags = ['--snapshot-count=50', '--snapshot-catchup-entries=10'];

for (const kinds of [
  ['etcd', 'etcd', 'etcd-ts'],
  ['etcd-ts', 'etcd-ts', 'etcd'],
] as const) {
  test(`${kinds.join(', ')}: killed in turn under load they stay one cluster`, {
    skip,
  }, async (t) => {
    const random = faultRandom(t);
    await withCluster(t, { size: 3, kinds, flags }, async (cluster) => {
      const registers = new RegisterLoad({ random, clientsPerMember: 1 });
      registers.start(t, cluster.members);
      const ledger = new Ledger('w/');
      const clients = cluster.members.map((member) => new EtcdClient(member.endpoint, 4_000));
      const load = new Load(ledger, () => clients, random);
      load.start(4);
      t.after(() => load.stop());
      for (let round = 0; round < faultRounds; round += 1) {
        for (const member of cluster.members) {
          await member.kill('SIGKILL');
          await sleep(random.below(1_500));
          await cluster.restart(member);
          await cluster.leader();
          const before = ledger.acknowledgedCount;
          await until('writes go on', () => ledger.acknowledgedCount > before + 30);
        }
      }
      await load.stop();
      for (const client of clients) client.close();
      await registers.assertLinearizable(t, cluster.member(0));
      for (const member of cluster.members) {
        // Linearizable at each, so that each has applied everything before it is compared.
        const complaints = await ledger.complaints(cluster.client(member));
        assert.deepEqual(complaints.slice(0, 5), [], member.name);
      }
      await cluster.etcdctl('compaction', '--physical', '50');
      await cluster.assertSameState();
      t.diagnostic(`${ledger.acknowledgedCount} writes acknowledged`);
    });
  });
}
