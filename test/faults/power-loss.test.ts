/**
 * A power cut, played on a real member's files: of the pages that lmdb wrote since its last
 * checkpoint a random half is missing. The kernel's boot id in the checkpoint is another one, as
 * after a restart of the machine.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/base/random.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/etcd/backend/checkpoint-file.ts';
import { Ledger } from '../crash/ledger.ts';
import { Load } from '../crash/load.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import type { MemberProcess } from '../support/member-process.ts';
import { withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { faultRandom, faultRounds } from './rounds.ts';

const pageBytes = 4096;
const metaPages = 2;

type Files = { readonly data: Buffer; readonly checkpoint: Buffer };

function stateFolder(member: MemberProcess): string {
  const folder = join(member.config.dataDir, 'member/state');
  const [name] = readdirSync(folder).sort().slice(-1);
  assert.ok(name !== undefined);
  return join(folder, name);
}

/** What the kernel has of the store, of one moment: the member stands still meanwhile. */
async function look(member: MemberProcess): Promise<Files> {
  const folder = stateFolder(member);
  await member.kill('SIGSTOP');
  try {
    const data = readFileSync(join(folder, 'state.lmdb'));
    return { data, checkpoint: readFileSync(join(folder, 'checkpoint')) };
  } finally {
    await member.kill('SIGCONT');
  }
}

/** Kills the member some time after a look at it, with writes but no checkpoint in between. */
async function lookAndKill(
  member: MemberProcess,
  random: Random,
): Promise<readonly [Files, Files]> {
  return await until('two looks behind one checkpoint', async () => {
    const before = await look(member);
    await sleep(random.below(400));
    await member.kill('SIGSTOP');
    const folder = stateFolder(member);
    const checkpoint = readFileSync(join(folder, 'checkpoint'));
    if (!checkpoint.equals(before.checkpoint)) {
      await member.kill('SIGCONT');
      return undefined;
    }
    const data = readFileSync(join(folder, 'state.lmdb'));
    if (data.equals(before.data)) {
      // Nothing was written in between: many batches are committed together.
      await member.kill('SIGCONT');
      return undefined;
    }
    await member.kill('SIGKILL');
    return [before, { data, checkpoint }] as const;
  });
}

/** Each page as it was at one look or the other; returns how many were lost. */
function cutThePower(
  member: MemberProcess,
  looks: readonly [Files, Files],
  random: Random,
): number {
  const [before, after] = looks;
  const mixed = Buffer.from(after.data);
  let lost = 0;
  for (let at = 0; at < mixed.length; at += pageBytes) {
    const end = Math.min(at + pageBytes, mixed.length);
    const old = Buffer.alloc(end - at);
    old.set(before.data.subarray(at, end));
    if (old.equals(after.data.subarray(at, end)) || random.below(2) === 0) continue;
    old.copy(mixed, at);
    if (at >= metaPages * pageBytes) lost += 1;
  }
  const checkpoint = { ...decodeCheckpoint(after.checkpoint), bootId: 'the boot before' };
  assert.ok(checkpoint.metaPages !== undefined, 'the store was checkpointed before');
  const folder = stateFolder(member);
  writeFileSync(join(folder, 'state.lmdb'), mixed);
  writeFileSync(join(folder, 'checkpoint'), encodeCheckpoint(checkpoint));
  return lost;
}

test('pages lost since the last checkpoint cost no acknowledged write', async (t) => {
  const random = faultRandom(t);
  await withCluster(t, { size: 1, flags: ['--snapshot-count=200'] }, async (cluster) => {
    const member = cluster.member(0);
    const ledger = new Ledger('w/');
    const client = new EtcdClient(member.endpoint, 4_000);
    let lost = 0;
    for (let round = 0; round < 3 * faultRounds; round += 1) {
      const load = new Load(ledger, () => [client], random);
      load.start(8);
      t.after(() => load.stop());
      const { acknowledgedCount } = ledger;
      await until('writes are acknowledged', () => {
        return ledger.acknowledgedCount > acknowledgedCount + 200;
      });
      const looks = await lookAndKill(member, random);
      await load.stop();
      lost += cutThePower(member, looks, random);
      await cluster.restart(member);
      assert.match(member.logText(), /restoring the store to its last checkpoint/);
      assert.deepEqual((await ledger.complaints(cluster.client(member))).slice(0, 5), []);
    }
    client.close();
    assert.ok(lost > 0, 'no page was lost: nothing was tested');
    t.diagnostic(`${lost} pages lost, ${ledger.acknowledgedCount} writes acknowledged`);
  });
});
