/** Data directories that are not what the member left: it says so, or comes back whole. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcdctl');

function folderOf(member: MemberProcess, name: 'wal' | 'state' | ''): string {
  return join(member.config.dataDir, 'member', name);
}

async function putMany(
  cluster: ProcessCluster,
  member: MemberProcess,
  prefix: string,
  count: number,
): Promise<void> {
  const client = cluster.client(member);
  const lanes = Array.from({ length: 8 }, async (_, lane) => {
    for (let i = lane; i < count; i += 8) await client.put(`${prefix}${i}`, `value ${i}`);
  });
  await Promise.all(lanes);
}

/** Starts the member, which must end by itself, and returns what it logged last. */
async function refusal(cluster: ProcessCluster, member: MemberProcess): Promise<string> {
  member.start(cluster.initialCluster(), 'new');
  await assert.rejects(member.ready(), /ended/);
  assert.match(await member.exited(), /^code [1-9]/);
  return member.logTail(5);
}

test('a second process on one data directory ends with a clear message', async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const first = cluster.member(0);
    const clientPort = await freePort();
    const peerPort = await freePort();
    const logPath = `${first.config.logPath}.second`;
    const second = new MemberProcess({ ...first.config, clientPort, peerPort, logPath });
    const words = await refusal(cluster, second);
    assert.match(words, /is locked: another process is using this data/);
    assert.ok(words.includes(first.config.dataDir), 'the message names the place');
    await cluster.client(first).put('still', 'there');
  });
});

test('state without its log is refused, and nothing is founded anew over it', async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const member = cluster.member(0);
    await putMany(cluster, member, 'k', 5);
    await member.kill('SIGKILL');
    const kept = join(cluster.folder, 'kept');
    cpSync(folderOf(member, 'wal'), kept, { recursive: true });
    rmSync(folderOf(member, 'wal'), { recursive: true });
    assert.match(await refusal(cluster, member), /holds state up to log index \d+ but no log/);
    cpSync(kept, folderOf(member, 'wal'), { recursive: true });
    await cluster.restart(member);
    assert.equal(await cluster.client(member).get('k4'), 'value 4');
  });
});

test('a log that is whole brings lost or older state back', async (t) => {
  await withCluster(t, { size: 1, flags: ['--snapshot-count=10'] }, async (cluster) => {
    const member = cluster.member(0);
    await putMany(cluster, member, 'a', 30);
    await member.kill('SIGKILL');
    const older = join(cluster.folder, 'older');
    cpSync(folderOf(member, 'state'), older, { recursive: true });
    await cluster.restart(member);
    await putMany(cluster, member, 'b', 30);
    const before = await cluster.client(member).hashKv(0);
    for (const replacement of [older, undefined]) {
      await member.kill('SIGKILL');
      rmSync(folderOf(member, 'state'), { recursive: true });
      if (replacement !== undefined) {
        cpSync(replacement, folderOf(member, 'state'), { recursive: true });
      }
      await cluster.restart(member);
      // Linearizable, so that the log has been replayed; HashKV asks whatever is there.
      assert.equal(await cluster.client(member).get('b29'), 'value 29');
      const after = await cluster.client(member).hashKv(0);
      assert.equal(after.hash, before.hash);
      assert.equal(after.header?.revision, before.header?.revision);
    }
  });
});

test('lost state whose beginning is no longer in the log is refused with words that help', async (t) => {
  const flags = ['--snapshot-count=20', '--snapshot-catchup-entries=5'];
  await withCluster(t, { size: 3, flags }, async (cluster) => {
    const leader = await cluster.leader();
    const member = cluster.members.find((other) => other !== leader) as MemberProcess;
    await member.kill('SIGKILL');
    await putMany(cluster, leader, 'k', 1_200);
    await cluster.restart(member);
    await until('the snapshot is installed', () => member.logText().includes('applied snapshot'));
    await cluster.assertSameState();
    await member.kill('SIGKILL');
    rmSync(folderOf(member, 'state'), { recursive: true });
    const words = await refusal(cluster, member);
    assert.match(words, /the state .* is missing or older than the log reaches back/);
    assert.match(words, /remove this member and add it again/);
    assert.deepEqual(
      readdirSync(folderOf(member, 'wal')).filter((name) => name.endsWith('.broken')),
      [],
    );
  });
});

test('a member with an older log than its state goes on behind the state', async (t) => {
  await withCluster(t, { size: 3, flags: ['--snapshot-count=20'] }, async (cluster) => {
    const member = cluster.members.find((m) => m !== cluster.member(0)) as MemberProcess;
    await putMany(cluster, member, 'a', 30);
    await member.kill('SIGKILL');
    const older = join(cluster.folder, 'older');
    cpSync(folderOf(member, 'wal'), older, { recursive: true });
    await cluster.restart(member);
    await putMany(cluster, member, 'b', 30);
    // In order, so that the state has all of it; a killed member's may be as old as the older log,
    // and a member that has lost entries it acknowledged stops, as etcd's does.
    await member.stop();
    rmSync(folderOf(member, 'wal'), { recursive: true });
    cpSync(older, folderOf(member, 'wal'), { recursive: true });
    for (const round of ['c', 'd']) {
      await cluster.restart(member);
      await putMany(cluster, member, round, 10);
      await cluster.assertSameState();
      await member.kill('SIGKILL');
    }
  });
});

test('a founding member whose data is gone refuses to found its cluster again', async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    const member = cluster.member(1);
    await member.kill('SIGKILL');
    rmSync(member.config.dataDir, { recursive: true });
    const words = await refusal(cluster, member);
    assert.match(words, /has already been bootstrapped, but this data directory is empty/);
    assert.match(words, /remove the member from the cluster and add it again/);
    await putMany(cluster, await cluster.leader(), 'k', 3);
  });
});

test('a member removed while it was down stops by itself when it comes back', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    const leader = await cluster.leader();
    const member = cluster.members.find((other) => other !== leader) as MemberProcess;
    const id = (await cluster.client(member).status()).header?.memberId ?? 0n;
    await member.kill('SIGKILL');
    await until('the member is removed', async () => {
      await cluster.run('etcdctl', [
        `--endpoints=${leader.endpoint}`,
        'member',
        'remove',
        id.toString(16),
      ]);
      return (await cluster.client(leader).memberList()).members.length === 2;
    });
    member.start(cluster.initialCluster(), 'new');
    assert.equal(await member.exited(), 'code 0');
    assert.match(member.logTail(10), /this member was removed from the cluster/);
    await putMany(cluster, leader, 'k', 3);
  });
});
