import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { silentLog } from '../../base/log.ts';
import { EtcdError } from '../errors.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';
import { LeaderDuties, type LeaderDutiesParts } from './leader-duties.ts';

function setUp(changes: Partial<LeaderDutiesParts> = {}) {
  const clock = new ManualClock();
  const world = {
    leads: true,
    term: 5,
    confirmsLeadership: true,
    expired: [] as bigint[],
    dueCheckpoints: [] as { ID: bigint; remainingTTL: number }[],
    expiredCount: 0,
    promotions: [] as string[],
  };
  const proposed: InternalRaftRequestInit[] = [];
  const duties = new LeaderDuties({
    clock,
    log: silentLog,
    leases: () => ({
      promote: (extendMs) => void world.promotions.push(`promote ${extendMs}`),
      demote: () => void world.promotions.push('demote'),
      expired: (_nowMs, limit) => world.expired.splice(0, limit),
      dueCheckpoints: (_nowMs, limit) => world.dueCheckpoints.splice(0, limit),
    }),
    isLeader: () => world.leads,
    ensureLeadership: async () => world.confirmsLeadership,
    term: () => world.term,
    proposeAsLeader: async (request) => void proposed.push(request),
    currentRevision: () => 1_000,
    electionTimeoutMs: 1_000,
    requestTimeoutMs: 7_000,
    autoCompaction: { kind: 'off' },
    onLeaseExpired: (count) => {
      world.expiredCount += count;
    },
    ...changes,
  });
  duties.start();
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turns(3);
  };
  return { clock, world, proposed, duties, pass };
}

const revoked = (proposed: readonly InternalRaftRequestInit[]) =>
  proposed.flatMap(({ leaseRevoke }) => (leaseRevoke?.ID === undefined ? [] : [leaseRevoke.ID]));

test('expired leases are revoked by the leader, all of them', async () => {
  const { world, proposed, pass } = setUp();
  world.expired = Array.from({ length: 40 }, (_, i) => BigInt(i + 1));
  await pass(500);
  assert.equal(revoked(proposed).length, 40);
  assert.equal(world.expiredCount, 40);
});

test('a member that does not lead, or cannot confirm it, revokes nothing', async () => {
  const { world, proposed, pass } = setUp();
  world.expired = [1n];
  world.leads = false;
  await pass(500);
  world.leads = true;
  world.confirmsLeadership = false;
  await pass(500);
  assert.deepEqual(revoked(proposed), []);
});

test('leases that expired before another election are not revoked after it', async () => {
  const revokes: [bigint | undefined, number][] = [];
  const answer = Promise.withResolvers<boolean>();
  let stall: () => void = () => {};
  const { world, pass } = setUp({
    ensureLeadership: () => answer.promise,
    proposeAsLeader: async ({ leaseRevoke }, term) => {
      revokes.push([leaseRevoke?.ID, term]);
      stall();
    },
  });
  world.expired = [1n, 2n];
  await pass(500);
  world.term = 7; // Another member led in term 6, and kept them alive.
  answer.resolve(true);
  await pass(500);
  assert.deepEqual(revokes, [], 'the confirmation was that of another term');
  world.expired = Array.from({ length: 100 }, (_, i) => BigInt(i + 3));
  stall = () => (world.term = 9);
  await pass(500);
  assert.deepEqual(revokes, [[3n, 7]], 'it was stalled between two revokes');
});

test('a revoke that fails stops neither the others nor the next look', async () => {
  const seen: bigint[] = [];
  const { world, pass } = setUp({
    proposeAsLeader: async ({ leaseRevoke }) => {
      seen.push(leaseRevoke?.ID ?? 0n);
      if (leaseRevoke?.ID === 1n) throw new EtcdError('NotLeader');
    },
  });
  world.expired = [1n, 2n];
  await pass(500);
  world.expired = [3n];
  await pass(500);
  assert.deepEqual(seen, [1n, 2n, 3n]);
  assert.equal(world.expiredCount, 2);
});

test('leases run on the leader only, from its first own entry on', () => {
  const { world, duties } = setUp();
  duties.leadershipStarted();
  duties.leadershipEnded();
  assert.deepEqual(world.promotions, ['promote 1000', 'demote']);
});

test('auto-compaction proposes, and takes somebody else’s compaction for its own', async () => {
  const proposed: (number | undefined)[] = [];
  const { pass } = setUp({
    autoCompaction: { kind: 'revision', retentionRevisions: 100 },
    proposeAsLeader: async ({ compaction }) => {
      proposed.push(compaction?.revision);
      throw new EtcdError('Compacted');
    },
  });
  await pass(5 * 60_000);
  await pass(5 * 60_000);
  assert.deepEqual(proposed, [900]);
});

test('after a stop nothing is done any more', async () => {
  const { world, proposed, duties, pass, clock } = setUp();
  duties.stop();
  world.expired = [1n];
  await pass(10_000);
  assert.deepEqual(proposed, []);
  assert.equal(clock.timerCount, 0);
});

test('what is left of long leases is told in entries of a thousand, by who leads for certain', async () => {
  const { world, proposed, pass } = setUp();
  const leases = Array.from({ length: 2_500 }, (_, i) => ({ ID: BigInt(i + 1), remainingTTL: 9 }));
  world.dueCheckpoints = [...leases];
  world.leads = false;
  await pass(500);
  assert.equal(proposed.length, 0);
  world.leads = true;
  await pass(500);
  const told = proposed.flatMap(({ leaseCheckpoint }) => leaseCheckpoint?.checkpoints ?? []);
  assert.deepEqual(told, leases);
  assert.equal(proposed.filter(({ leaseCheckpoint }) => leaseCheckpoint !== undefined).length, 3);
  world.confirmsLeadership = false;
  world.dueCheckpoints = [...leases];
  await pass(500);
  assert.equal(proposed.filter(({ leaseCheckpoint }) => leaseCheckpoint !== undefined).length, 3);
});
