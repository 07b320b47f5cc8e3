/** A full disk: the member stops and says why; with space again it comes back with everything. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ledger } from '../crash/ledger.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import type { MemberProcess } from '../support/member-process.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { faultRandom, faultRounds } from './rounds.ts';

const skip = cannotMount();

/** Whichever file met the full disk first: the store, its checkpoint, the log or a snapshot. */
const saysWhatFailed = /cannot write to .*(state\.lmdb|checkpoint)|ENOSPC.*member\//;

/** Mounting needs root, and some containers refuse it even then. */
function cannotMount(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const trial = join('/tmp', `faults-mount-${process.pid}`);
  mkdirSync(trial);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', trial], { stdio: 'ignore' });
    execFileSync('umount', [trial]);
    return false;
  } catch {
    return 'tmpfs cannot be mounted here';
  } finally {
    rmSync(trial, { recursive: true });
  }
}

/** Runs `body` with a small file system under the data of a member that is down. */
async function onSmallDisk(
  member: MemberProcess,
  megabytes: number,
  body: (dataDir: string) => Promise<void>,
): Promise<void> {
  const { dataDir } = member.config;
  mkdirSync(dataDir, { mode: 0o700, recursive: true });
  const options = `size=${megabytes}m,mode=0700`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dataDir]);
  // Lazily: the member may be running, and the folder has to go in any case.
  const unmount = (): void => void execFileSync('umount', ['--lazy', dataDir]);
  process.once('exit', unmount);
  try {
    await body(dataDir);
  } finally {
    process.off('exit', unmount);
    unmount();
  }
}

/** Leaves `spareBytes` free. */
function fillUp(dataDir: string, spareBytes: number): void {
  const { bavail, bsize } = statfsSync(dataDir);
  const bytes = Math.max(0, bavail * bsize - spareBytes);
  writeFileSync(join(dataDir, 'ballast'), Buffer.alloc(bytes));
}

/** Writes until the member stops; returns how it ended. */
async function writeUntilItEnds(
  cluster: ProcessCluster,
  member: MemberProcess,
  ledger: Ledger,
): Promise<string> {
  const client = new EtcdClient(member.endpoint, 2_000);
  const ended = member.exited();
  let isRunning = true;
  void ended.then(() => (isRunning = false));
  await until(`${member.name} stops by itself`, async () => {
    while (isRunning) await ledger.writeNext(client, 20_000);
    return true;
  });
  client.close();
  return await ended;
}

test('a member whose disk is full stops with a clear message and comes back with everything', {
  skip,
}, async (t) => {
  const random = faultRandom(t);
  await withCluster(t, { size: 1, flags: ['--snapshot-count=50'] }, async (cluster) => {
    const member = cluster.member(0);
    await member.kill('SIGKILL');
    const ledger = new Ledger('w/');
    await onSmallDisk(member, 180, async (dataDir) => {
      for (let round = 0; round < 2 * faultRounds; round += 1) {
        await cluster.restart(member);
        fillUp(dataDir, 200_000 + random.below(2_000_000));
        assert.match(await writeUntilItEnds(cluster, member, ledger), /^code [1-9]/);
        const log = member.logTail(8);
        assert.match(log, saysWhatFailed);
        assert.match(log, /the member has to stop/);
        // Without space it may refuse to start, but must not hurt anything.
        member.start(cluster.initialCluster(), 'new');
        const how = await Promise.race([member.ready().catch(() => 'ended'), member.exited()]);
        if (member.isRunning) await member.kill('SIGKILL');
        t.diagnostic(`started on the full disk: ${how ?? 'serves'}`);
        rmSync(join(dataDir, 'ballast'));
        await cluster.restart(member);
        const complaints = await ledger.complaints(cluster.client(member));
        assert.deepEqual(complaints.slice(0, 5), []);
        await member.kill('SIGKILL');
      }
    });
    assert.ok(ledger.acknowledgedCount > 0, 'some writes were acknowledged');
    t.diagnostic(`${ledger.acknowledgedCount} writes acknowledged`);
  });
});

test('a cluster goes on when the disk of one member is full, and takes it back', {
  skip,
}, async (t) => {
  faultRandom(t);
  const flags = ['--snapshot-count=50', '--snapshot-catchup-entries=10'];
  await withCluster(t, { size: 3, flags }, async (cluster) => {
    const member = cluster.member(2);
    const others = [cluster.member(0), cluster.member(1)];
    await member.kill('SIGKILL');
    const kept = join(cluster.folder, 'kept');
    execFileSync('cp', ['-a', member.config.dataDir, kept]);
    await onSmallDisk(member, 180, async (dataDir) => {
      execFileSync('cp', ['-a', join(kept, 'member'), dataDir]);
      await cluster.restart(member);
      fillUp(dataDir, 1_000_000);
      const ledger = new Ledger('w/');
      const client = new EtcdClient((others[0] as MemberProcess).endpoint, 5_000);
      let isRunning = true;
      void member.exited().then(() => (isRunning = false));
      await until('the full member stops', async () => {
        while (isRunning) await ledger.writeNext(client, 20_000);
        return true;
      });
      for (let i = 0; i < 20; i += 1) await ledger.writeNext(client, 1_000);
      assert.match(member.logTail(8), saysWhatFailed);
      rmSync(join(dataDir, 'ballast'));
      await cluster.restart(member);
      await cluster.assertSameState();
      assert.deepEqual((await ledger.complaints(cluster.client(member))).slice(0, 5), []);
      client.close();
    });
  });
});
