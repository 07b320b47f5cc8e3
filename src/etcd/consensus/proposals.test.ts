import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { type Caller, promised } from './caller.ts';
import type { Answer } from './consensus.ts';
import { Proposals } from './proposals.ts';

const answer: Answer = { body: new Uint8Array(0), revision: 7 };
const refusal = (name: string) => ({ name });

function setUp(bounds: { pendingMax?: number; pendingBytesMax?: number } = {}) {
  const clock = new ManualClock();
  const proposals = new Proposals({
    memberId: 0xabcd_1234n,
    clock,
    timeoutMs: 7_000,
    pendingMax: bounds.pendingMax ?? 10,
    pendingBytesMax: bounds.pendingBytesMax ?? 1_000,
  });
  const wait = (id: bigint, signal?: AbortSignal, bytes = 0): Promise<Answer> =>
    promised(signal, (caller) => void proposals.wait(id, caller, undefined, new Uint8Array(bytes)));
  return { clock, proposals, wait };
}

/** Whoever is told, it does not matter. */
const nobody: Caller<Answer> = { answered: () => {}, failed: () => {}, waitsFor: () => {} };

test('request ids carry the member and never repeat, also after a restart', () => {
  const { proposals, clock } = setUp();
  const first = [proposals.nextRequestId(), proposals.nextRequestId()];
  assert.equal((first[0] ?? 0n) >> 48n, 0x1234n);
  clock.advance(1);
  const options = { timeoutMs: 1, pendingMax: 1, pendingBytesMax: 1 };
  const restarted = new Proposals({ memberId: 0xabcd_1234n, clock, ...options });
  const all = [...first, restarted.nextRequestId()];
  assert.equal(new Set(all).size, 3);
});

test('an answer reaches only the caller that waits for its id', async () => {
  const { proposals, wait } = setUp();
  const waiting = wait(1n);
  proposals.answer(2n, answer);
  assert.equal(proposals.isAwaited(1n), true);
  proposals.answer(1n, answer);
  assert.equal(await waiting, answer);
  assert.equal(proposals.pendingCount, 0);
});

test('beyond its bounds it refuses at once, by count and by bytes', async () => {
  const { proposals, wait } = setUp({ pendingMax: 2, pendingBytesMax: 100 });
  const first = wait(1n, undefined, 80);
  await assert.rejects(wait(2n, undefined, 30), refusal('RequestTooManyRequests'));
  proposals.wait(3n, nobody, undefined, new Uint8Array(20));
  await assert.rejects(wait(4n), refusal('RequestTooManyRequests'));
  proposals.answer(1n, answer);
  await first;
  proposals.wait(5n, nobody, undefined, new Uint8Array(80));
});

test('one request is never refused for its own size', () => {
  const { proposals } = setUp({ pendingBytesMax: 100 });
  proposals.wait(1n, nobody, undefined, new Uint8Array(5_000));
  assert.equal(proposals.isAwaited(1n), true);
});

test('a caller that gives up is canceled and makes room', async () => {
  const { proposals, wait } = setUp({ pendingMax: 1 });
  const abort = new AbortController();
  const waiting = wait(1n, abort.signal);
  abort.abort();
  await assert.rejects(waiting, refusal('Canceled'));
  assert.equal(proposals.pendingCount, 0);
  assert.equal(proposals.failedCount, 1);
  await assert.rejects(wait(2n, abort.signal), refusal('Canceled'));
});

test('a request that waited too long times out, and the words tell when a leader was at fault', async () => {
  const { proposals, clock, wait } = setUp();
  const slow = wait(1n);
  clock.advance(6_999);
  assert.equal(proposals.expire(0, 1_000), 0);
  clock.advance(1);
  assert.equal(proposals.expire(0, 1_000), 1);
  await assert.rejects(slow, refusal('Timeout'));
  const leaderless = wait(2n);
  const leaderSinceMs = clock.monotonicMs() + 500;
  clock.advance(7_000);
  proposals.expire(leaderSinceMs, 1_000);
  await assert.rejects(leaderless, refusal('TimeoutDueToLeaderFail'));
});

test('a new leader’s first entry fails what went to older leaders, and nothing else', async () => {
  const { proposals, clock } = setUp();
  const sentIn = (id: bigint, term?: number): Promise<Answer> =>
    promised(undefined, (caller) => {
      proposals.wait(id, caller).sentInTerm = term;
    });
  const lost = sentIn(1n, 4);
  const queued = sentIn(2n);
  const current = sentIn(3n, 5);
  proposals.leaderEntryApplied(5, 100);
  assert.equal(proposals.failLost(), 0, 'a leader that handed over may still pass it on');
  clock.advance(100);
  assert.equal(proposals.failLost(), 1);
  await assert.rejects(lost, refusal('TimeoutDueToLeaderFail'));
  proposals.answer(2n, answer);
  proposals.answer(3n, answer);
  assert.deepEqual(await Promise.all([queued, current]), [answer, answer]);
});
