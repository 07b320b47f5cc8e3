import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RaftSimulation, type SimulationOptions } from '../../../test/support/raft-simulation.ts';
import { rounds } from '../../../test/support/rounds.ts';

/*
 * `RAFT_SEED=123 node --test src/etcd/raft/simulation.test.ts` runs one seed; `RAFT_SEEDS=5000`
 * that many from a fresh start.
 */
const single = process.env['RAFT_SEED'];
const seedCount = Number(process.env['RAFT_SEEDS'] ?? rounds(40));
const firstSeed = Number(
  single ?? (process.env['RAFT_SEEDS'] === undefined ? 1 : Date.now() % 1_000_000_000),
);
const seeds = Array.from({ length: single === undefined ? seedCount : 1 }, (_, i) => firstSeed + i);

function runSeed(seed: number, options: SimulationOptions): RaftSimulation {
  const simulation = new RaftSimulation(seed, options);
  try {
    simulation.run();
  } catch (cause) {
    const events = simulation.trace.slice(-60).join('\n');
    throw new Error(`seed ${seed}, ${options.voters} voters; last events:\n${events}`, { cause });
  }
  return simulation;
}

for (const voters of [1, 3, 5]) {
  test(`a cluster of ${voters} keeps its promises under faults and comes to rest after them`, () => {
    let committed = 0;
    let reads = 0;
    for (const seed of seeds) {
      const simulation = runSeed(seed, { steps: 2_000, voters });
      committed += simulation.committedCount;
      reads += simulation.readsAnswered;
    }
    // Guards against a simulation in which nothing happens.
    assert.ok(committed > seeds.length * 10, `only ${committed} entries committed`);
    assert.ok(reads > seeds.length, `only ${reads} reads answered`);
  });
}

test('the same seed gives the same run', () => {
  const first = runSeed(7, { steps: 1_500, voters: 3 });
  const second = runSeed(7, { steps: 1_500, voters: 3 });
  assert.deepEqual(first.trace, second.trace);
});

test('a driver that lets promises leave before their write is caught', () => {
  const caught = Array.from({ length: 60 }, (_, i) => i + 1).some((seed) => {
    try {
      new RaftSimulation(seed, { steps: 3_000, voters: 3, breaksPromises: true }).run();
      return false;
    } catch {
      return true;
    }
  });
  assert.ok(caught, 'the simulation did not notice');
});
