import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { silentLog } from '../../base/log.ts';
import { CorruptionMonitor, type CorruptionMonitorParts } from './corruption-monitor.ts';

function setUp(changes: Partial<CorruptionMonitorParts>) {
  const clock = new ManualClock();
  const world = { leads: true, periodic: 0, compactions: 0, pending: Promise.resolve() };
  const monitor = new CorruptionMonitor({
    memberId: 1n,
    clock,
    log: silentLog,
    isLeader: () => world.leads,
    periodicMs: 0,
    compactHashMs: undefined,
    checks: {
      periodicCheck: async () => {
        world.periodic += 1;
        await world.pending;
      },
      compactHashCheck: async () => {
        world.compactions += 1;
        await world.pending;
      },
    },
    ...changes,
  });
  monitor.start();
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turns(3);
  };
  return { world, monitor, clock, pass };
}

test('without an interval and without the gate nothing is compared', async () => {
  const { world, pass } = setUp({});
  await pass(1e9);
  assert.deepEqual([world.periodic, world.compactions], [0, 0]);
});

test('only a leader compares, in the interval, and a slow comparison is not overtaken', async () => {
  const { world, pass } = setUp({ periodicMs: 1_000 });
  await pass(1_000);
  world.leads = false;
  await pass(1_000);
  assert.equal(world.periodic, 1);
  world.leads = true;
  const { promise, resolve } = Promise.withResolvers<void>();
  world.pending = promise;
  await pass(5_000);
  assert.equal(world.periodic, 2);
  resolve();
  await turns(3);
  await pass(1_000);
  assert.equal(world.periodic, 3);
});

test('compactions are compared again so long after the last comparison ended', async () => {
  const { world, pass } = setUp({ compactHashMs: 1_000 });
  const { promise, resolve } = Promise.withResolvers<void>();
  world.pending = promise;
  await pass(5_500);
  assert.equal(world.compactions, 1);
  resolve();
  await turns(3);
  await pass(999);
  assert.equal(world.compactions, 1);
  await pass(1);
  assert.equal(world.compactions, 2);
});

test('a failed comparison is followed by the next one; after a stop there is none', async () => {
  let checks = 0;
  const failing = async (): Promise<void> => {
    checks += 1;
    throw new Error('no leader');
  };
  const { monitor, clock, pass } = setUp({
    periodicMs: 1_000,
    compactHashMs: 1_000,
    checks: { periodicCheck: failing, compactHashCheck: failing },
  });
  await pass(1_000);
  await pass(1_000);
  assert.equal(checks, 4);
  monitor.stop();
  await turns(3);
  await pass(10_000);
  assert.equal(checks, 4);
  assert.equal(clock.timerCount, 0);
});
