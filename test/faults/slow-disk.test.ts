/** A disk that hangs under the log: the member goes on hearing, reading and leading meanwhile. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MemberProcess } from '../support/member-process.ts';
import { withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { HeldLease, whileInTime } from './held-lease.ts';
import { RegisterLoad } from './register-load.ts';
import { faultRandom, faultRounds } from './rounds.ts';

/** Three election timeouts, which are so long that a slow machine by itself makes no election. */
const hangMs = 9_000;
const flags = ['--election-timeout=3000'];
/** Longer than a lease lives, and than the election timeout of the cluster it is in. */
const expiryMs = 3_000;

/** Loop devices and freezing need root, and some containers refuse them even then. */
function cannotFreeze(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const folder = mkdtempSync(join(tmpdir(), 'freeze-'));
  try {
    const disk = new HangingDisk(join(folder, 'mount'), 8);
    disk.freeze();
    disk.close();
    return false;
  } catch {
    return 'a file system cannot be frozen here';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An ext4 of its own whose writes and syncs can be made to hang. */
class HangingDisk {
  readonly #path: string;
  readonly #closeOnExit = (): void => this.close();
  #isFrozen = false;

  constructor(path: string, megabytes: number) {
    this.#path = path;
    const image = `${path}.image`;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(image, '');
    truncateSync(image, megabytes * 1024 * 1024);
    const quiet = { stdio: 'ignore' } as const;
    execFileSync('mkfs.ext4', ['-q', '-m', '0', image], quiet);
    execFileSync('mount', ['-o', 'loop', image, path], quiet);
    process.once('exit', this.#closeOnExit);
  }

  freeze(): void {
    execFileSync('fsfreeze', ['--freeze', this.#path], { stdio: 'ignore' });
    this.#isFrozen = true;
  }

  thaw(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    execFileSync('fsfreeze', ['--unfreeze', this.#path], { stdio: 'ignore' });
  }

  /** Thawed first: a process that hangs in it could not even be killed. */
  close(): void {
    process.off('exit', this.#closeOnExit);
    this.thaw();
    execFileSync('umount', ['--lazy', this.#path], { stdio: 'ignore' });
  }
}

const skip = cannotFreeze();

/** Moves the log of a member that is down to a disk that can hang, at the same path. */
function moveLog(member: MemberProcess): HangingDisk {
  const wal = join(member.config.dataDir, 'member/wal');
  execFileSync('mv', [wal, `${wal}.moved`]);
  const disk = new HangingDisk(wal, 300);
  execFileSync('cp', ['-a', `${wal}.moved/.`, wal]);
  rmSync(`${wal}.moved`, { recursive: true });
  return disk;
}

test('a leader whose log hangs for three election timeouts keeps leading, reading and every promise', {
  skip,
}, async (t) => {
  const random = faultRandom(t);
  await withCluster(t, { size: 3, flags }, async (cluster) => {
    const member = cluster.member(0);
    await member.kill('SIGKILL');
    const disk = moveLog(member);
    try {
      await cluster.restart(member);
      const client = cluster.client(member);
      const id = (await client.status()).header?.memberId ?? 0n;
      await cluster.lead(member);
      await client.put('before', 'the disk hangs');
      const { raftTerm } = await client.status();
      const load = new RegisterLoad({ random }).start(t, cluster.members);
      for (let round = 0; round < faultRounds; round += 1) {
        disk.freeze();
        const thawAtMs = performance.now() + hangMs;
        while (performance.now() < thawAtMs) {
          assert.equal(await client.get('before', true), 'the disk hangs');
          const status = await client.status();
          assert.equal(status.raftTerm, raftTerm, 'nobody else has to lead');
          assert.equal(status.leader, id);
          await sleep(50);
        }
        disk.thaw();
        // Others made entries meanwhile: too far behind them it refuses more, as etcd does.
        await until('the leader has applied what its log had to wait for', async () => {
          await client.put(`after/${round}`, 'the disk hung');
          return true;
        });
      }
      await load.assertLinearizable(t, cluster.member(1));
      assert.equal((await client.status()).raftTerm, raftTerm);
      await cluster.assertSameState();
    } finally {
      disk.close();
    }
  });
});

test('a lease kept alive elsewhere survives a deposed leader whose log hangs (etcd issue 15247)', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    const [stalled, successor] = [cluster.member(0), cluster.member(1)];
    await stalled.kill('SIGKILL');
    const disk = moveLog(stalled);
    try {
      await cluster.restart(stalled);
      for (let round = 0; round < faultRounds; round += 1) {
        await whileInTime(t, async (attempt) => {
          disk.thaw();
          await cluster.lead(stalled);
          const key = `held/${round}/${attempt}`;
          const lease = await HeldLease.grant(successor, 2, key);
          const holdFor = async (ms: number): Promise<void> => {
            const endMs = performance.now() + ms;
            while (performance.now() < endMs) {
              await lease.tryKeepAlive(successor);
              await sleep(100);
            }
            lease.assertHeld(await cluster.client(successor).get(key));
          };
          disk.freeze();
          await cluster.lead(successor);
          // Longer than the lease lives by the clock of the leader that was.
          await holdFor(expiryMs);
          disk.thaw();
          await holdFor(1_000);
          // It leads again, with whatever it thought in its first term.
          await cluster.lead(stalled);
          await holdFor(expiryMs);
          await until('nobody keeps the lease alive, and it goes', async () =>
            (await cluster.client(successor).get(key)) === undefined ? true : undefined,
          );
        });
      }
      await cluster.assertSameState();
    } finally {
      disk.close();
    }
  });
});
