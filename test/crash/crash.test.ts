/**
 * `make crash`: members killed with -9 at random moments under load. CRASH_KILLS says how many in
 * all (default 200), SEED repeats a choice of moments and victims.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { MemberProcess } from '../support/member-process.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { Ledger } from './ledger.ts';
import { Load } from './load.ts';

const kills = Number(process.env['CRASH_KILLS'] ?? 200);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Small, so that snapshots, log truncation and WAL segment changes happen between the kills. */
const flags = ['--snapshot-count=500', '--snapshot-catchup-entries=100'];

for (const size of [1, 3]) {
  const share = Math.ceil(kills / 2);
  test(`${share} kills of members of ${size} lose no acknowledged write`, async (t) => {
    t.diagnostic(`SEED=${seed}`);
    await withCluster(t, { size, flags }, async (cluster) => {
      const random = seededRandom(seed + size);
      const ledger = new Ledger('w/');
      const up = (): MemberProcess[] => cluster.members.filter((member) => member.isRunning);
      const load = new Load(ledger, () => up().map((m) => cluster.client(m)), random);
      load.start(8);
      const startMs = performance.now();
      try {
        await killMany(t, cluster, ledger, share, random);
      } finally {
        await load.stop();
      }
      await cluster.leader();
      const client = cluster.client(cluster.member(0));
      assert.deepEqual((await ledger.complaints(client)).slice(0, 10), []);
      await cluster.assertSameState();
      assert.ok(ledger.acknowledgedCount > share, 'hardly a write was acknowledged');
      const seconds = Math.round((performance.now() - startMs) / 1000);
      const { acknowledgedCount, issuedCount } = ledger;
      t.diagnostic(`${acknowledgedCount} of ${issuedCount} writes acknowledged, ${seconds} s`);
    });
  });
}

/** Each round: one to all members die at once, sometimes again while they start. */
async function killMany(
  t: TestContext,
  cluster: ProcessCluster,
  ledger: Ledger,
  count: number,
  random: Random,
): Promise<void> {
  let killed = 0;
  while (killed < count) {
    await sleep(random.below(400));
    const before = ledger.acknowledgedCount;
    const victims = chooseVictims(cluster, random);
    await Promise.all(victims.map((victim) => victim.kill('SIGKILL')));
    killed += victims.length;
    for (const victim of victims) victim.start(cluster.initialCluster(), 'new');
    if (random.below(4) === 0) {
      // Dying while it replays its log must be as harmless as dying under load.
      await sleep(random.below(600));
      await Promise.all(victims.map((victim) => victim.kill('SIGKILL')));
      killed += victims.length;
      for (const victim of victims) victim.start(cluster.initialCluster(), 'new');
    }
    await Promise.all(victims.map((victim) => victim.ready()));
    // Whatever the machine: a kill is of interest when there is something to lose.
    await until('writes go on', () => {
      return ledger.acknowledgedCount > before + 4 * victims.length;
    });
    if (killed % 50 < victims.length) t.diagnostic(`${killed} kills`);
  }
}

function chooseVictims(cluster: ProcessCluster, random: Random): MemberProcess[] {
  const all = [...cluster.members];
  const count = random.below(3) === 0 ? 1 + random.below(all.length) : 1;
  const victims: MemberProcess[] = [];
  while (victims.length < count) {
    victims.push(...all.splice(random.below(all.length), 1));
  }
  return victims;
}
