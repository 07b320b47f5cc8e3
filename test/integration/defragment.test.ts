/** Defragment with etcd's words, and with what etcd's lacks: nobody waits, nothing is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  decodeDefragmentResponse,
  decodeHashResponse,
  encodeCompactionRequest,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { Ledger } from '../crash/ledger.ts';
import { Load } from '../crash/load.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import { kindUnderTest, type MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcdctl', 'etcd');
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Old versions of a few keys, then compacted away: most of the file is free. */
async function bloat(cluster: ProcessCluster, puts: number): Promise<void> {
  const client = cluster.client(cluster.member(0));
  let revision = 0;
  for (let i = 0; i < puts; i += 50) {
    // Repeated, because the leader may change meanwhile.
    const answers = await until('fifty values are put', () =>
      Promise.all(Array.from({ length: 50 }, (_, j) => client.put(`b/${j}`, 'x'.repeat(2_000)))),
    );
    revision = Math.max(...answers.map(({ header }) => header?.revision ?? 0));
  }
  const request = encodeCompactionRequest({ revision, physical: true });
  await client.call('/etcdserverpb.KV/Compact', request, (bytes) => bytes.length);
}

async function defragment(member: MemberProcess): Promise<void> {
  const client = new EtcdClient(member.endpoint, 60_000);
  try {
    const path = '/etcdserverpb.Maintenance/Defragment';
    await client.call(path, new Uint8Array(0), decodeDefragmentResponse);
  } finally {
    client.close();
  }
}

test('etcdctl defrag makes the files smaller, of one member and of all', { skip }, async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    await bloat(cluster, 3_000);
    const sizes = async (): Promise<number[]> =>
      await Promise.all(
        cluster.members.map(async (member) => (await cluster.client(member).status()).dbSize),
      );
    const before = await sizes();
    const one = await cluster.run('etcdctl', [
      `--endpoints=${cluster.member(0).endpoint}`,
      'defrag',
    ]);
    assert.equal(one.code, 0, one.stderr);
    assert.match(
      one.stdout,
      /^Finished defragmenting etcd member\[127\.0\.0\.1:\d+\]\. took .*s\n$/,
    );
    const [first] = await sizes();
    assert.ok((first ?? 0) < (before[0] ?? 0) / 2, `${first} of ${before[0]}`);
    const all = await cluster.etcdctl('defrag', '--cluster');
    assert.equal(all.match(/Finished defragmenting etcd member/g)?.length, 3);
    for (const [i, size] of (await sizes()).entries()) {
      assert.ok(size < (before[i] ?? 0) / 2, `member ${i}: ${size} of ${before[i]}`);
    }
    await cluster.etcdctl('put', 'after', 'it');
    await cluster.assertSameState();
    const value = await cluster.etcdctl('get', 'after', '--print-value-only');
    assert.equal(value.trim(), 'it');
  });
});

test('watches, leases and writes go on while a member is defragmented', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const member = cluster.member(0);
    await bloat(cluster, 2_000);
    const lease = (await cluster.etcdctl('lease', 'grant', '6000')).split(' ')[1] ?? '';
    await cluster.etcdctl('put', 'leased', 'x', `--lease=${lease}`);
    const seen: number[] = [];
    const watch = cluster.client(member).watch();
    watch.on('error', () => {});
    let isCreated = false;
    watch.on('data', ({ created, events }) => {
      isCreated ||= created;
      for (const { kv } of events) seen.push(kv?.modRevision ?? 0);
    });
    watch.write({ createRequest: { key: utf8Bytes('w/'), rangeEnd: utf8Bytes('w0') } });
    await until('the watch is created', () => isCreated);
    const ledger = new Ledger('w/');
    const load = new Load(ledger, () => [cluster.client(member)], seededRandom(seed));
    load.start(8);
    try {
      for (let i = 0; i < 3; i += 1) await defragment(member);
    } finally {
      await load.stop();
    }
    const client = cluster.client(member);
    assert.deepEqual(await ledger.complaints(client), []);
    await until('all events have come', async () => seen.length >= ledger.issuedCount);
    assert.equal(new Set(seen).size, ledger.issuedCount);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    const left = await cluster.etcdctl('lease', 'timetolive', lease, '--keys');
    assert.match(
      left,
      /granted with TTL\(6000s\), remaining\(5\d\d\ds\), attached keys\(\[leased\]\)/,
    );
    watch.cancel();
    await member.kill('SIGKILL');
    await cluster.restart(member);
    await cluster.leader();
    assert.deepEqual(await ledger.complaints(cluster.client(member)), []);
  });
});

test('a member killed while it is defragmented comes back with everything', {
  skip: kindUnderTest === 'etcd' ? 'about etcd-ts only' : skip,
}, async (t) => {
  t.diagnostic(`SEED=${seed}`);
  const random = seededRandom(seed);
  const flags = ['--snapshot-count=500', '--snapshot-catchup-entries=100'];
  await withCluster(t, { size: 1, flags }, async (cluster) => {
    const member = cluster.member(0);
    await bloat(cluster, 2_000);
    const ledger = new Ledger('w/');
    const up = (): MemberProcess[] => cluster.members.filter(({ isRunning }) => isRunning);
    const load = new Load(ledger, () => up().map((one) => cluster.client(one)), random);
    load.start(8);
    try {
      for (let i = 0; i < 8; i += 1) {
        const defragmented = defragment(member).catch(() => {});
        await sleep(random.below(150));
        await member.kill('SIGKILL');
        await defragmented;
        await cluster.restart(member);
      }
    } finally {
      await load.stop();
    }
    await cluster.leader();
    assert.deepEqual(await ledger.complaints(cluster.client(member)), []);
  });
});

test('Hash is the same on a member of etcd and one of ours', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const other = await cluster.addMember('voter', kindUnderTest === 'etcd' ? 'etcd-ts' : 'etcd');
    await bloat(cluster, 500);
    await cluster.etcdctl('lease', 'grant', '600');
    const hashes = async (): Promise<string[]> =>
      await Promise.all(
        [cluster.member(0), other].map(async (member) => {
          const path = '/etcdserverpb.Maintenance/Hash';
          const client = cluster.client(member);
          const { hash, header } = await client.call(path, new Uint8Array(0), decodeHashResponse);
          return `${header?.revision} ${hash}`;
        }),
      );
    await until('both members have the same hash', async () => {
      const [ours, theirs] = await hashes();
      if (ours !== theirs) throw new Error(`${ours} and ${theirs}`);
      return true;
    });
  });
});
