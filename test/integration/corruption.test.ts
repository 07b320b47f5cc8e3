/** Members whose stores were damaged while they were down, and how each kind of server finds them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeStoredBytes } from '../support/damage.ts';
import { kindUnderTest, type MemberProcess, type ServerKind } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcd', 'etcdctl');
const periodic = ['--corrupt-check-time=300ms'];
const compactions = ['--feature-gates=CompactHashCheck=true', '--compact-hash-check-time=300ms'];
const ours: readonly ServerKind[] = [kindUnderTest, kindUnderTest, kindUnderTest];

/** Damages the store of one member, which then is up again, and makes `leader` lead. */
async function damage(
  cluster: ProcessCluster,
  member: MemberProcess,
  leader: MemberProcess,
): Promise<void> {
  for (let i = 0; i < 20; i += 1) {
    await cluster.client(await cluster.leader()).put(`key${i}`, `what-was-stored-${i}`);
  }
  await member.stop();
  changeStoredBytes(member, 'what-was-stored-7', 'what-was-sTored-7');
  await cluster.restart(member);
  await cluster.lead(leader);
}

async function idOf(cluster: ProcessCluster, member: MemberProcess): Promise<bigint> {
  return (await cluster.client(member).status()).header?.memberId ?? 0n;
}

/** Waits for an alarm, and that it is the only one and this one. */
async function assertAlarm(cluster: ProcessCluster, memberId: bigint): Promise<void> {
  const listed = await until('there is an alarm', async () => {
    const lines = (await cluster.etcdctl('alarm', 'list')).trim();
    return lines === '' ? undefined : lines;
  });
  assert.equal(listed, `memberID:${memberId} alarm:CORRUPT`.replace('memberID:0', '').trim());
}

/**
 * Compacts, and waits for the alarm that names the member. Looked at while a sound member is still
 * compacting, no majority says who is right, and the alarm names none: then once more.
 */
async function assertAlarmOfCompaction(cluster: ProcessCluster, memberId: bigint): Promise<void> {
  const named = `memberID:${memberId} alarm:CORRUPT`;
  let revision = 15;
  const compact = () => cluster.etcdctl('compaction', '--physical', `${revision}`);
  await compact();
  const listed = await until('an alarm names a member', async () => {
    const lines = (await cluster.etcdctl('alarm', 'list')).trim().split('\n');
    const names = lines.filter((line) => line.startsWith('memberID:'));
    if (names.length > 0) return names;
    if (!lines.includes('alarm:CORRUPT')) return undefined;
    await cluster.etcdctl('alarm', 'disarm');
    await cluster.client(await cluster.leader()).put('more', 'revisions');
    revision += 1;
    await compact();
    return undefined;
  });
  assert.deepEqual(listed, [named]);
}

for (const [name, kinds, corrupted, leading] of [
  ['a leader finds the follower that was damaged', ours, 1, 0],
  ['a leader of Go etcd finds the member of ours that was damaged', theirs(), 2, 0],
  ['a leader of ours finds the member of Go etcd that was damaged', theirs(), 0, 2],
] as const) {
  test(`comparing stores, ${name}`, { skip }, async (t) => {
    await withCluster(t, { size: 3, kinds, flags: periodic }, async (cluster) => {
      const damaged = cluster.member(corrupted);
      await damage(cluster, damaged, cluster.member(leading));
      await assertAlarm(cluster, await idOf(cluster, damaged));
      const client = cluster.client(cluster.member(1));
      await assert.rejects(client.put('key', 'value'), /etcdserver: corrupt cluster/);
    });
  });

  test(`comparing compactions, ${name}`, { skip }, async (t) => {
    await withCluster(t, { size: 3, kinds, flags: compactions }, async (cluster) => {
      const damaged = cluster.member(corrupted);
      await damage(cluster, damaged, cluster.member(leading));
      await assertAlarmOfCompaction(cluster, await idOf(cluster, damaged));
    });
  });
}

test('comparing compactions, a damaged leader finds itself, and the alarm outlives a restart', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 3, flags: compactions }, async (cluster) => {
    const damaged = cluster.member(1);
    await damage(cluster, damaged, damaged);
    const id = await idOf(cluster, damaged);
    await assertAlarmOfCompaction(cluster, id);
    await Promise.all(cluster.members.map((member) => member.stop()));
    for (const member of cluster.members) member.start(cluster.initialCluster(), 'new');
    await Promise.all(cluster.members.map((member) => member.ready()));
    // While the last two were up, no quorum told which of them was right: then it was both.
    assert.match(
      await cluster.etcdctl('alarm', 'list'),
      new RegExp(`memberID:${id} alarm:CORRUPT`),
    );
    const client = cluster.client(damaged);
    await assert.rejects(client.put('key', 'value'), /etcdserver: corrupt cluster/);
    await cluster.etcdctl('alarm', 'disarm');
    await client.put('key', 'value');
  });
});

test('comparing compactions, of two members that differ neither is known to be wrong', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 2, flags: compactions }, async (cluster) => {
    await damage(cluster, cluster.member(1), cluster.member(0));
    await cluster.etcdctl('compaction', '--physical', '15');
    await assertAlarm(cluster, 0n);
  });
});

for (const [name, kinds, corrupted] of [
  ['of three alike', ours, 1],
  ['of ours among Go etcd', theirs(), 2],
  ['of Go etcd with one of ours', theirs(), 0],
] as const) {
  test(`a damaged member ${name} does not start when it compares first`, { skip }, async (t) => {
    const flags = ['--feature-gates=InitialCorruptCheck=true'];
    await withCluster(t, { size: 3, kinds, flags }, async (cluster) => {
      const sound = cluster.member(1);
      const damaged = cluster.member(corrupted);
      const id = (await idOf(cluster, damaged)).toString(16);
      const started = damage(cluster, damaged, cluster.member(0));
      await assert.rejects(started, new RegExp(`${id} found data inconsistency with peers`));
      assert.equal(await damaged.exited(), 'code 1');
      assert.match(damaged.logText(), /found different hash values from remote peer/);
      if (sound === damaged) return;
      await sound.stop();
      changeStoredBytes(damaged, 'what-was-sTored-7', 'what-was-stored-7');
      damaged.start(cluster.initialCluster(), 'new');
      await cluster.restart(sound);
      await damaged.ready();
      assert.match(sound.logText(), /initial corruption checking passed; no corruption/);
    });
  });
}

function theirs(): readonly ServerKind[] {
  return ['etcd', 'etcd', 'etcd-ts'];
}
