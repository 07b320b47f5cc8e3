/** Leaders handed around and members added while clients write. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import {
  decodeTxnResponse,
  encodeTxnRequest,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { Ledger } from '../crash/ledger.ts';
import { Load } from '../crash/load.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import type { MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { RegisterLoad } from './register-load.ts';
import { faultRandom, faultRounds } from './rounds.ts';

const skip = missingPeers('etcdctl');

/** etcd's words for a write that met a change of leaders; anything else would be new to clients. */
const leaderChangeWords =
  /leader changed|no leader|previous leader failure|timed out|deadline exceeded/i;

/** Writes one key after the other; the longest time between two successes is the gap. */
class GapWriter {
  readonly errors: string[] = [];
  longestGapMs = 0;
  count = 0;
  #isStopping = false;
  #running: Promise<void> | undefined;

  start(client: EtcdClient): this {
    this.#running = this.#write(client);
    return this;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  async #write(client: EtcdClient): Promise<void> {
    let lastMs = performance.now();
    while (!this.#isStopping) {
      try {
        await client.put('gap', `${this.count}`);
        this.count += 1;
        const nowMs = performance.now();
        this.longestGapMs = Math.max(this.longestGapMs, nowMs - lastMs);
        lastMs = nowMs;
      } catch (error) {
        this.errors.push(String(error));
      }
    }
  }
}

test('leadership handed around under load loses nothing, and clients see only etcd errors', async (t) => {
  const random = faultRandom(t);
  await withCluster(t, { size: 3 }, async (cluster) => {
    const load = new RegisterLoad({ random, clientsPerMember: 2 }).start(t, cluster.members);
    const writers = cluster.members.map((member) => new GapWriter().start(cluster.client(member)));
    t.after(() => Promise.all(writers.map((writer) => writer.stop())));
    for (let move = 0; move < 12 * faultRounds; move += 1) {
      const leader = await cluster.leader();
      const others = cluster.members.filter((member) => member !== leader);
      await cluster.lead(others[random.below(others.length)] as MemberProcess);
    }
    await Promise.all(writers.map((writer) => writer.stop()));
    const errors = writers.flatMap((writer) => writer.errors);
    for (const error of errors) assert.match(error, leaderChangeWords);
    const gaps = writers.map((writer) => Math.round(writer.longestGapMs)).join(', ');
    const count = writers.reduce((sum, writer) => sum + writer.count, 0);
    t.diagnostic(`${count} puts, ${errors.length} errors, longest gap per member ${gaps} ms`);
    await load.assertLinearizable(t, cluster.member(0));
    await cluster.assertSameState();
  });
});

const keyCount = 50_000;

/** Many small keys, quickly: 100 in a transaction. */
async function fill(cluster: ProcessCluster): Promise<void> {
  const client = cluster.client(await cluster.leader());
  for (let from = 0; from < keyCount; from += 100) {
    const success = Array.from({ length: 100 }, (_, i) => ({
      requestPut: { key: utf8Bytes(`many/${from + i}`), value: utf8Bytes('x'.repeat(100)) },
    }));
    // Repeated, because the leader may change meanwhile; putting a value twice does no harm.
    await until('a hundred keys are put', () =>
      client.call('/etcdserverpb.KV/Txn', encodeTxnRequest({ success }), decodeTxnResponse),
    );
  }
}

test('a learner joins a cluster of 50,000 keys under load and is promoted', {
  skip,
}, async (t) => {
  const random = faultRandom(t);
  const flags = ['--snapshot-count=50', '--snapshot-catchup-entries=10'];
  await withCluster(t, { size: 3, flags }, async (cluster) => {
    await fill(cluster);
    const ledger = new Ledger('w/');
    const clients = cluster.members.map((member) => new EtcdClient(member.endpoint, 4_000));
    const load = new Load(ledger, () => clients, random);
    load.start(4);
    t.after(() => load.stop());
    const learner = await cluster.addMember('learner');
    await cluster.promote(learner);
    await load.stop();
    for (const client of clients) client.close();
    const learnerClient = cluster.client(learner);
    assert.deepEqual((await ledger.complaints(learnerClient)).slice(0, 5), []);
    const all = { key: utf8Bytes('many/'), rangeEnd: utf8Bytes('many0'), countOnly: true };
    assert.equal((await learnerClient.range(all)).count, keyCount);
    await cluster.assertSameState();
    t.diagnostic(`${ledger.acknowledgedCount} writes acknowledged meanwhile`);
  });
});
