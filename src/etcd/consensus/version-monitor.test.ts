import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { silentLog } from '../../base/log.ts';
import { EtcdError } from '../errors.ts';
import type { EtcdVersion } from '../membership/etcd-version.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';
import { nextClusterVersion, VersionMonitor } from './version-monitor.ts';

const v = (minor: number, major = 3): EtcdVersion => ({ major, minor });
const none = { enabled: false, targetVersion: '' };
const to = (targetVersion: string) => ({ enabled: true, targetVersion });

function setUp(downgradeCheckMs = 5_000) {
  const clock = new ManualClock();
  const world = {
    leads: true,
    servers: [v(7), v(7)] as (EtcdVersion | undefined)[],
    clusterVersion: undefined as string | undefined,
    downgrade: none as { enabled: boolean; targetVersion: string },
    followed: [] as EtcdVersion[],
    failure: undefined as Error | undefined,
  };
  const proposed: [InternalRaftRequestInit, number][] = [];
  const monitor = new VersionMonitor({
    clock,
    log: silentLog,
    isLeader: () => world.leads,
    term: () => 5,
    proposeAsLeader: async (request, term) => {
      proposed.push([request, term]);
      if (world.failure !== undefined) throw world.failure;
    },
    serverVersions: async () => world.servers,
    clusterVersion: () => world.clusterVersion,
    downgrade: () => world.downgrade,
    followClusterVersion: (cluster) => void world.followed.push(cluster),
    downgradeCheckMs,
  });
  monitor.start();
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turns(3);
  };
  return { clock, world, proposed, monitor, pass };
}

test('a cluster without a version gets the lowest of its servers, or 3.0 when one is silent', () => {
  assert.deepEqual(nextClusterVersion(undefined, v(6), none), v(6));
  assert.deepEqual(nextClusterVersion(undefined, undefined, none), v(0));
});

test('without a downgrade the version only ever rises, and not beyond its major', () => {
  for (const lowest of [undefined, v(5), v(6), v(7, 2), v(0, 4)]) {
    assert.equal(nextClusterVersion(v(6), lowest, none), undefined);
  }
  assert.deepEqual(nextClusterVersion(v(3), v(7), none), v(7));
});

test('a downgrade lowers the version by one, once, and keeps it there', () => {
  assert.deepEqual(nextClusterVersion(v(7), v(7), to('3.6.0')), v(6));
  assert.equal(nextClusterVersion(v(6), v(7), to('3.6.0')), undefined);
  assert.equal(nextClusterVersion(v(6), v(6), to('3.6.0')), undefined);
  assert.equal(nextClusterVersion(v(7), undefined, to('3.6.0')), undefined, 'one is silent');
});

test('a downgrade that does not start one above its target is an error', () => {
  const wrong = [
    [v(8), v(8)],
    [v(7), v(8)],
    [v(7), v(6)],
    [v(5), v(5)],
  ] as const;
  for (const [current, lowest] of wrong) {
    assert.throws(() => nextClusterVersion(current, lowest, to('3.6.0')), /invalid downgrade/);
  }
  assert.throws(() => nextClusterVersion(v(7), v(7), to('nonsense')), /invalid downgrade/);
});

test('the leader decides at the start of its term and every four seconds, others never', async () => {
  const { world, proposed, monitor, pass } = setUp();
  monitor.leadershipStarted();
  await turns(3);
  assert.deepEqual(proposed, [[{ clusterVersionSet: { ver: '3.7.0' } }, 5]]);
  world.clusterVersion = '3.6.0';
  await pass(4_000);
  assert.equal(proposed.length, 2);
  world.leads = false;
  await pass(8_000);
  assert.equal(proposed.length, 2);
});

test('a leader that was deposed while it asked proposes nothing', async () => {
  const { world, proposed, monitor } = setUp();
  monitor.leadershipStarted();
  world.leads = false;
  await turns(3);
  assert.deepEqual(proposed, []);
});

test('a proposal that fails is made again', async () => {
  const { world, proposed, pass } = setUp();
  world.failure = new EtcdError('Timeout');
  await pass(4_000);
  await pass(4_000);
  assert.equal(proposed.length, 2);
});

test('every member moves its store to the cluster’s version', async () => {
  const { world, pass } = setUp();
  world.leads = false;
  await pass(4_000);
  assert.deepEqual(world.followed, [], 'there is none yet');
  world.clusterVersion = '3.6.0';
  await pass(4_000);
  assert.deepEqual(world.followed, [v(6)]);
});

test('the leader ends a downgrade when all servers have its target', async () => {
  const { world, proposed, pass } = setUp();
  world.clusterVersion = '3.6.0';
  world.downgrade = to('3.6.0');
  for (const servers of [
    [v(6), v(7)],
    [v(6), undefined],
    [v(5), v(6)],
  ] as const) {
    world.servers = [...servers];
    await pass(5_000);
  }
  assert.deepEqual(proposed, []);
  world.servers = [v(6), v(6)];
  world.leads = false;
  await pass(5_000);
  assert.deepEqual(proposed, []);
  world.leads = true;
  await pass(5_000);
  assert.deepEqual(proposed, [[{ downgradeInfoSet: { enabled: false } }, 5]]);
});

test('a check time of 0 leaves a downgrade to whoever started it', async () => {
  const { world, proposed, pass } = setUp(0);
  world.clusterVersion = '3.6.0';
  world.downgrade = to('3.6.0');
  world.servers = [v(6)];
  await pass(60_000);
  assert.deepEqual(proposed, []);
});

test('after a stop nothing is done any more', async () => {
  const { proposed, monitor, pass, clock } = setUp();
  monitor.stop();
  await pass(20_000);
  assert.deepEqual(proposed, []);
  assert.equal(clock.timerCount, 0);
});
