import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { promised } from './caller.ts';
import { ReadIndex } from './read-index.ts';

function setUp() {
  const clock = new ManualClock();
  const asked: Uint8Array[] = [];
  let lastId = 0n;
  const reads = new ReadIndex({
    clock,
    timeoutMs: 7_000,
    retryMs: 500,
    nextRequestId: () => (lastId += 1n),
    ask: (id) => void asked.push(id),
  });
  const idOf = (at: number): Uint8Array => asked[at] ?? new Uint8Array(0);
  /** Tells whether the barrier was passed, without waiting for it. */
  const watch = (barrier: Promise<void>) => {
    const seen = { outcome: 'waiting' };
    barrier.then(
      () => (seen.outcome = 'passed'),
      (error: Error) => (seen.outcome = error.name),
    );
    return seen;
  };
  const join = (signal?: AbortSignal): Promise<void> =>
    promised(signal, (caller) => reads.join(caller));
  return { clock, asked, reads, idOf, watch, join };
}

test('callers of one turn share one question', async () => {
  const { reads, asked, idOf, join } = setUp();
  const both = Promise.all([join(), join()]);
  reads.askGathered();
  assert.equal(asked.length, 1);
  reads.confirmed(idOf(0), 10);
  reads.applied(10);
  await both;
  assert.equal(reads.waitingCount, 0);
});

test('a barrier is passed only when its index has been applied here', async () => {
  const { reads, idOf, watch, join } = setUp();
  const seen = watch(join());
  reads.askGathered();
  reads.confirmed(idOf(0), 10);
  reads.applied(9);
  await turns(1);
  assert.equal(seen.outcome, 'waiting');
  reads.applied(10);
  await turns(1);
  assert.equal(seen.outcome, 'passed');
});

test('an answer asked for before a caller came does not release it', async () => {
  const { reads, idOf, watch, join } = setUp();
  const early = watch(join());
  reads.askGathered();
  const late = watch(join());
  reads.confirmed(idOf(0), 5);
  reads.applied(100);
  await turns(1);
  assert.deepEqual([early.outcome, late.outcome], ['passed', 'waiting']);
});

test('an unanswered question is asked again under a new id, and either answer counts', async () => {
  const { reads, asked, idOf, clock, join } = setUp();
  const barrier = join();
  reads.askGathered();
  clock.advance(499);
  reads.tick();
  assert.equal(asked.length, 1);
  clock.advance(1);
  reads.tick();
  assert.equal(asked.length, 2);
  assert.notDeepEqual(idOf(0), idOf(1));
  reads.confirmed(idOf(0), 3);
  reads.applied(3);
  await barrier;
});

test('a new leader is asked at once', () => {
  const { reads, asked, join } = setUp();
  void join();
  reads.askGathered();
  reads.askAgain();
  assert.equal(asked.length, 2);
});

test('callers time out, give up and are failed at a stop', async () => {
  const { reads, clock, watch, join } = setUp();
  const late = watch(join());
  reads.askGathered();
  const abort = new AbortController();
  const canceled = watch(join(abort.signal));
  abort.abort();
  clock.advance(7_000);
  reads.tick();
  const stopped = watch(join());
  reads.failAll(new Error('stopping'));
  await turns(1);
  assert.deepEqual(
    [late.outcome, canceled.outcome, stopped.outcome],
    ['Timeout', 'Canceled', 'Error'],
  );
  assert.equal(reads.waitingCount, 0);
});

test('only so many questions are under way; later callers share the next', () => {
  const { reads, asked, idOf, join } = setUp();
  for (let i = 0; i < 40; i += 1) {
    void join();
    reads.askGathered();
  }
  assert.equal(asked.length, 16);
  reads.confirmed(idOf(0), 1);
  reads.applied(1);
  reads.askGathered();
  assert.equal(asked.length, 17);
});
