/** Members that die while a snapshot travels, is installed, or while the log is cut behind one. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from '../crash/ledger.ts';
import { Load } from '../crash/load.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import type { MemberProcess } from '../support/member-process.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { faultRandom, faultRounds } from './rounds.ts';

/** A snapshot every 50 entries; the log in memory is cut in steps of 1000. */
const flags = ['--snapshot-count=50', '--snapshot-catchup-entries=10', '--max-wals=1'];

/** Enough that a snapshot takes a while to travel and to be installed. */
const largeValue = 'x'.repeat(20_000);
const largeCount = 200;

/** Fills the store and leaves `follower`, which is down, further behind than the log reaches. */
async function leaveBehind(cluster: ProcessCluster, follower: MemberProcess): Promise<void> {
  const others = cluster.members.filter((member) => member !== follower);
  const client = new EtcdClient((others[0] as MemberProcess).endpoint, 20_000);
  const lanes = Array.from({ length: 16 }, async (_, lane) => {
    for (let i = lane; i < 1_400; i += 16) {
      // Small ones in the middle: the log is to be long, not large.
      const value = i < largeCount || i >= 1_200 ? largeValue : `small ${i}`;
      // Repeated, because the leader may change meanwhile; putting a value twice does no harm.
      await until('a value is put', () => client.put(`large/${i % largeCount}`, value));
    }
  });
  await Promise.all(lanes);
  client.close();
}

const sending = 'sending a snapshot';

function countIn(member: MemberProcess, words: string): number {
  return member.logText().split(words).length - 1;
}

function snapLeftovers(member: MemberProcess): string[] {
  return readdirSync(join(member.config.dataDir, 'member/snap'));
}

/**
 * A leader keeps its log for half a minute after it delivered a snapshot, so a follower that had
 * installed one may catch up from the log this time.
 */
async function snapshotOrCaughtUp(
  cluster: ProcessCluster,
  follower: MemberProcess,
  before: number,
): Promise<void> {
  await until(`${follower.name} receives a snapshot or catches up`, async () => {
    return countIn(follower, 'receiving a snapshot') > before || hasCaughtUp(cluster, follower);
  });
}

async function hasCaughtUp(cluster: ProcessCluster, follower: MemberProcess): Promise<boolean> {
  const indexOf = async (member: MemberProcess): Promise<number> =>
    (await cluster.client(member).status()).raftAppliedIndex;
  const others = cluster.members.filter((member) => member !== follower);
  const own = await indexOf(follower);
  return own >= Math.max(...(await Promise.all(others.map(indexOf))));
}

async function assertCaughtUp(
  t: TestContext,
  cluster: ProcessCluster,
  follower: MemberProcess,
): Promise<void> {
  await until('the follower has the newest key', async () => {
    const value = await cluster.client(follower).get(`large/${largeCount - 1}`, true);
    return value === largeValue;
  });
  await cluster.assertSameState();
  // The new state serves before the old one's files are gone.
  await until('nothing received is left lying around', () => {
    assert.deepEqual(snapLeftovers(follower), []);
    return true;
  });
  t.diagnostic(`${countIn(follower, 'applied snapshot')} snapshots installed`);
}

test('a member killed while it receives and installs snapshots catches up in the end', async (t) => {
  const random = faultRandom(t);
  await withCluster(t, { size: 3, flags }, async (cluster) => {
    const leader = await cluster.leader();
    const follower = cluster.members.find((member) => member !== leader) as MemberProcess;
    await follower.kill('SIGKILL');
    await leaveBehind(cluster, follower);
    for (let kill = 0; kill < 3 * faultRounds; kill += 1) {
      const before = countIn(follower, 'receiving a snapshot');
      follower.start(cluster.initialCluster(), 'new');
      await snapshotOrCaughtUp(cluster, follower, before);
      await sleep(random.below(300));
      await follower.kill('SIGKILL');
      // Installed already: behind again, so that the next round has one to receive.
      if (countIn(follower, 'applied snapshot') > 0) await leaveBehind(cluster, follower);
    }
    await cluster.restart(follower);
    await assertCaughtUp(t, cluster, follower);
  });
});

test('a sender killed while it sends a snapshot is replaced by the next leader', async (t) => {
  const random = faultRandom(t);
  await withCluster(t, { size: 3, flags }, async (cluster) => {
    const leader = await cluster.leader();
    const follower = cluster.members.find((member) => member !== leader) as MemberProcess;
    await follower.kill('SIGKILL');
    for (let kill = 0; kill < 2 * faultRounds; kill += 1) {
      await leaveBehind(cluster, follower);
      const counts = cluster.members.map((member) => countIn(member, sending));
      follower.start(cluster.initialCluster(), 'new');
      const isSender = (member: MemberProcess, i: number): boolean =>
        countIn(member, sending) > (counts[i] ?? 0);
      // Whoever leads by then, unless the follower catches up from the log this time.
      await until('somebody sends a snapshot, or none is needed', async () => {
        return cluster.members.some(isSender) || hasCaughtUp(cluster, follower);
      });
      await sleep(random.below(60));
      const sender = cluster.members.find(isSender) ?? (await cluster.leader());
      await sender.kill('SIGKILL');
      await sleep(random.below(500));
      if (kill + 1 < 2 * faultRounds) await follower.kill('SIGKILL');
      await cluster.restart(sender);
    }
    await follower.ready();
    await assertCaughtUp(t, cluster, follower);
  });
});

test('all members killed at once, again and again, with a snapshot every 50 entries', async (t) => {
  const random = faultRandom(t);
  await withCluster(t, { size: 3, flags }, async (cluster) => {
    const ledger = new Ledger('w/');
    const clients = cluster.members.map((member) => new EtcdClient(member.endpoint, 4_000));
    const load = new Load(ledger, () => clients, random);
    load.start(8);
    t.after(() => load.stop());
    for (let round = 0; round < 5 * faultRounds; round += 1) {
      const acknowledged = ledger.acknowledgedCount;
      await until('writes are acknowledged', () => {
        return ledger.acknowledgedCount > acknowledged + 100;
      });
      await sleep(random.below(300));
      await Promise.all(cluster.members.map((member) => member.kill('SIGKILL')));
      for (const member of cluster.members) member.start(cluster.initialCluster(), 'new');
    }
    await Promise.all(cluster.members.map((member) => member.ready()));
    await load.stop();
    for (const client of clients) client.close();
    await cluster.leader();
    const complaints = await ledger.complaints(cluster.client(cluster.member(0)));
    assert.deepEqual(complaints.slice(0, 5), []);
    await cluster.assertSameState();
    t.diagnostic(`${ledger.acknowledgedCount} writes acknowledged`);
  });
});
