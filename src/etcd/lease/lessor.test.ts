import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { seededRandom } from '../../base/random.ts';
import type { WriteTxn } from '../backend/backend.ts';
import { ExpiryHeap } from './expiry-heap.ts';
import { Lessor } from './lessor.ts';

function setUp(ttls: readonly number[]): {
  lessor: Lessor;
  write: <T>(fn: (t: WriteTxn) => T) => T;
  backend: MemoryBackend;
} {
  const backend = new MemoryBackend();
  const lessor = backend.read((txn) => Lessor.load(txn, 2));
  const write = <T>(fn: (t: WriteTxn) => T): T => backend.write(fn);
  ttls.forEach((ttl, i) => {
    write((txn) => lessor.grant(txn, BigInt(i + 1), ttl, 0));
  });
  return { lessor, write, backend };
}

void test('a TTL below the least one is raised, one beyond the greatest refused', () => {
  const { lessor, write } = setUp([]);
  assert.equal(
    write((txn) => lessor.grant(txn, -5n, 0, 0)),
    2,
  );
  assert.throws(() => write((txn) => lessor.grant(txn, 2n, 9_000_000_001, 0)), /too large/);
  assert.throws(() => write((txn) => lessor.grant(txn, -5n, 10, 0)), /already exists/);
  assert.throws(() => write((txn) => lessor.grant(txn, 0n, 10, 0)), /not found/);
});

void test('nothing expires and nothing is renewed while demoted', () => {
  const { lessor } = setUp([5]);
  assert.deepEqual(lessor.expired(1e12, 10, 1000), []);
  assert.equal(lessor.renew(1n, 0), 'not-primary');
  assert.equal(lessor.status(1n, 1e12)?.remainingSeconds, 5);
});

void test('a new primary gives every lease its whole time and the extension', () => {
  const { lessor } = setUp([5, 10]);
  lessor.promote(1_000, 100_000);
  assert.deepEqual(lessor.expired(105_999, 10, 7000), []);
  assert.equal(lessor.status(1n, 104_000)?.remainingSeconds, 2);
  assert.deepEqual(lessor.expired(106_000, 10, 7000), [1n]);
  assert.deepEqual(lessor.expired(112_999, 10, 7000), [2n], 'the first one is not named again yet');
  assert.deepEqual(lessor.expired(113_000, 10, 7000), [1n]);
  lessor.demote();
  assert.deepEqual(lessor.expired(1e12, 10, 7000), []);
});

void test('renewing moves the expiry; an expired lease is not renewed', () => {
  const { lessor } = setUp([5]);
  lessor.promote(0, 0);
  assert.equal(lessor.renew(1n, 4_999), 5);
  assert.deepEqual(lessor.expired(9_998, 10, 1000), []);
  assert.equal(lessor.renew(1n, 9_999), 'expired');
  assert.deepEqual(lessor.expired(9_999, 10, 1000), [1n]);
  assert.equal(lessor.renew(2n, 0), 'unknown');
});

void test('a checkpoint shortens what a new primary grants, until the lease is renewed', () => {
  const { lessor, write, backend } = setUp([100]);
  write((txn) => lessor.checkpoint(txn, { ID: 9n, remainingTTL: 30 }, true, 0));
  write((txn) => lessor.checkpoint(txn, { ID: 1n, remainingTTL: 30 }, true, 0));
  const restarted = backend.read((txn) => Lessor.load(txn, 2));
  restarted.promote(0, 0);
  assert.equal(restarted.status(1n, 0)?.remainingSeconds, 30);
  restarted.renew(1n, 0);
  assert.equal(restarted.status(1n, 0)?.remainingSeconds, 100);
});

const everyMinute = { intervalMs: 60_000, areStored: true };

function setUpTelling(ttls: readonly number[]) {
  const { write, backend } = setUp(ttls);
  const lessor = backend.read((txn) => Lessor.load(txn, 2, everyMinute));
  lessor.promote(0, 0);
  const tell = (nowMs: number): unknown[] => {
    const due = lessor.dueCheckpoints(nowMs, 100);
    for (const told of due) write((txn) => lessor.checkpoint(txn, told, true, nowMs));
    return due.map(({ ID, remainingTTL }) => `${ID}: ${remainingTTL}`);
  };
  return { lessor, write, backend, tell };
}

void test('what is left of leases longer than the interval is told once per interval', () => {
  const { lessor, write, tell } = setUpTelling([60, 150]);
  assert.deepEqual(tell(59_999), []);
  assert.deepEqual(tell(60_000), ['2: 90']);
  assert.deepEqual(tell(119_999), []);
  assert.deepEqual(tell(120_500), ['2: 30'], 'half a second counts as a whole one');
  assert.deepEqual(tell(149_000), [], 'what is left now is less than the interval');
  write((txn) => lessor.grant(txn, 9n, 200, 149_000));
  assert.deepEqual(tell(208_999), []);
  assert.deepEqual(tell(209_000), ['9: 140']);
});

void test('leases that come and go leave nothing behind, and what is planned stays planned', () => {
  const { lessor, write, tell } = setUpTelling([150]);
  for (let count = 0; count < 1_000; count++) {
    write((txn) => lessor.grant(txn, 9n, 100_000, 0));
    write((txn) => lessor.revoke(txn, 9n));
  }
  assert.ok(lessor.plannedCount < 200, `${lessor.plannedCount} entries for one lease`);
  assert.deepEqual(tell(60_000), ['1: 90']);
});

void test('a lease that was told of is renewed only when the others know that it starts anew', () => {
  const { lessor, write, tell } = setUpTelling([150]);
  tell(60_000);
  assert.equal(lessor.renew(1n, 70_000), 'checkpointed');
  write((txn) => lessor.checkpoint(txn, { ID: 1n, remainingTTL: 0 }, true, 70_000));
  assert.equal(lessor.renew(1n, 70_000), 150);
  assert.deepEqual(tell(119_999), []);
  assert.deepEqual(tell(120_000), ['1: 100'], 'the interval counts from what was told last');
});

void test('a lease that is kept alive all the time is told of again after it is let go', () => {
  const { lessor, tell } = setUpTelling([150]);
  lessor.renew(1n, 60_000);
  assert.deepEqual(tell(60_000), [], 'nothing of it has passed');
  assert.deepEqual(tell(120_000), ['1: 90']);
});

void test('what could not be told is told an interval later, as it is then', () => {
  const { lessor, tell } = setUpTelling([250]);
  const lost = lessor.dueCheckpoints(60_000, 10);
  assert.deepEqual(lost, [{ ID: 1n, remainingTTL: 190 }]);
  assert.deepEqual(tell(119_999), []);
  assert.deepEqual(tell(120_000), ['1: 130']);
  assert.deepEqual(tell(180_000), ['1: 70']);
  assert.deepEqual(tell(240_000), ['1: 10']);
  assert.deepEqual(tell(249_999), [], 'what is left now is less than the interval');
});

void test('a new primary and a restarted one go on from what was told', () => {
  const { lessor, backend, tell } = setUpTelling([150]);
  tell(60_000);
  lessor.demote();
  assert.deepEqual(tell(1e9), []);
  lessor.promote(1_000, 500_000);
  assert.deepEqual(lessor.expired(590_999, 10, 1_000), []);
  assert.deepEqual(lessor.expired(591_000, 10, 1_000), [1n]);
  assert.equal(lessor.dueCheckpoints(560_000, 10)[0]?.remainingTTL, 31, 'with the extension');
  const restarted = backend.read((txn) => Lessor.load(txn, 2, everyMinute));
  restarted.promote(0, 0);
  assert.equal(restarted.status(1n, 0)?.remainingSeconds, 90);
});

void test('no more leases are told of at once than asked for, and revoked or expired ones never', () => {
  const { lessor, write } = setUpTelling([100, 200, 300, 400]);
  write((txn) => lessor.revoke(txn, 3n));
  const due = [1, 9].map((limit) => lessor.dueCheckpoints(150_000, limit).map(({ ID }) => ID));
  assert.deepEqual([due[0]?.length, due[1]?.length], [1, 1]);
  assert.deepEqual(new Set(due.flat()), new Set([2n, 4n]));
});

void test('a revoked lease is gone, also after a restart', () => {
  const { lessor, write, backend } = setUp([5, 6]);
  lessor.promote(0, 0);
  write((txn) => lessor.revoke(txn, 1n));
  assert.deepEqual(lessor.expired(1e9, 10, 1000), [2n]);
  assert.throws(() => write((txn) => lessor.revoke(txn, 1n)), /not found/);
  const restarted = backend.read((txn) => Lessor.load(txn, 2));
  assert.deepEqual(
    restarted.list(0).map(({ id, ttlSeconds }) => [id, ttlSeconds]),
    [[2n, 6]],
  );
});

void test('many leases do not expire in one second after an election', () => {
  const { lessor } = setUp(Array.from({ length: 3_000 }, () => 10));
  lessor.promote(0, 0);
  for (let second = 10; second < 14; second++) {
    assert.equal(lessor.expired(second * 1000 + 999, 10_000, 1e9).length, 750);
  }
});

void test('leases are listed by remaining time', () => {
  const { lessor } = setUp([30, 10, 20]);
  lessor.promote(0, 0);
  assert.deepEqual(
    lessor.list(0).map(({ id }) => id),
    [2n, 3n, 1n],
  );
});

void test('a thousand renewals of one lease do not grow the heap, and the last one counts', () => {
  const { lessor } = setUp([10]);
  lessor.promote(0, 0);
  for (let i = 0; i < 1_000; i++) lessor.renew(1n, i);
  assert.deepEqual(lessor.expired(10_998, 10, 1000), []);
  assert.deepEqual(lessor.expired(10_999, 10, 1000), [1n]);
});

void test('any grants, renewals, revocations and elections expire what a plain list would', (t) => {
  const seed = Math.floor(Math.random() * 0x1_0000_0000);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  const { lessor, write } = setUp([]);
  const retryMs = 700;
  /** When the lease is to be named next. */
  const due = new Map<bigint, { ttl: number; expiryMs: number; atMs: number }>();
  const start = (id: bigint, ttl: number, atMs: number): unknown =>
    due.set(id, { ttl, expiryMs: atMs, atMs });
  let nowMs = 0;
  lessor.promote(0, 0);
  for (let i = 0; i < 3_000; i++) {
    nowMs += random.below(300);
    const id = BigInt(1 + random.below(40));
    const known = due.get(id);
    const choice = random.below(100);
    if (choice < 60) {
      const renewed = lessor.renew(id, nowMs);
      if (known === undefined) assert.equal(renewed, 'unknown');
      else if (known.expiryMs <= nowMs) assert.equal(renewed, 'expired');
      else start(id, known.ttl, nowMs + known.ttl * 1000);
    } else if (choice < 75 && known === undefined) {
      const ttl = write((txn) => lessor.grant(txn, id, 2 + random.below(20), nowMs));
      start(id, ttl, nowMs + ttl * 1000);
    } else if (choice < 85 && known !== undefined) {
      write((txn) => lessor.revoke(txn, id));
      due.delete(id);
    } else if (choice < 88) {
      if (choice < 87) lessor.demote();
      const extendMs = random.below(5_000);
      lessor.promote(extendMs, nowMs);
      for (const [each, { ttl }] of due) start(each, ttl, nowMs + ttl * 1000 + extendMs);
    }
    const wanted = [...due].filter(([, { atMs }]) => atMs <= nowMs).map(([each]) => each);
    for (const each of wanted) (due.get(each) as { atMs: number }).atMs = nowMs + retryMs;
    const named = lessor.expired(nowMs, 100, retryMs);
    assert.deepEqual(new Set(named), new Set(wanted), `step ${i}`);
    assert.equal(named.length, wanted.length);
  }
});

void test('the heap gives what sorting gives', () => {
  const random = seededRandom(42);
  const heap = new ExpiryHeap();
  const model: number[] = [];
  for (let i = 0; i < 2_000; i++) {
    if (random.below(3) === 0 && model.length > 0) {
      model.sort((a, b) => a - b);
      assert.equal(heap.pop()?.atMs, model.shift());
    } else {
      const atMs = random.below(500);
      heap.push({ id: BigInt(i), atMs });
      model.push(atMs);
    }
    assert.equal(heap.size, model.length);
  }
});
