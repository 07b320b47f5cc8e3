import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../test/support/manual-clock.ts';
import { Pace } from './pace.ts';

function setUp(): { clock: ManualClock; pace: Pace; yields: () => number; write: () => void } {
  const clock = new ManualClock();
  let writes = 7;
  let yields = 0;
  const pace = new Pace({
    clock,
    yieldToLoop: async () => void (yields += 1),
    writes: () => writes,
    restPerWork: 2,
    restMsMax: 20,
  });
  return { clock, pace, yields: () => yields, write: () => void (writes += 1) };
}

/** Milliseconds until a step that took `workMs` may be followed by the next. */
async function restAfter(clock: ManualClock, pace: Pace, workMs: number): Promise<number> {
  clock.advance(workMs);
  let isOver = false;
  void pace.rest().then(() => (isOver = true));
  for (let restMs = 0; restMs <= 100; restMs += 1) {
    await turns(5);
    if (isOver) return restMs;
    clock.advance(1);
  }
  throw new Error('it never ends');
}

void test('while nobody writes background work only gives others their turn', async () => {
  const { clock, pace, yields } = setUp();
  assert.equal(await restAfter(clock, pace, 5), 0);
  assert.equal(await restAfter(clock, pace, 500), 0);
  assert.equal(yields(), 2);
});

void test('while clients write it rests in proportion to its work, within bounds', async () => {
  const { clock, pace, yields, write } = setUp();
  write();
  assert.equal(await restAfter(clock, pace, 3), 6);
  assert.equal(await restAfter(clock, pace, 0), 1);
  write();
  assert.equal(await restAfter(clock, pace, 90), 20);
  assert.equal(yields(), 0);
});

void test('it is fast again a while after the last write', async () => {
  const { clock, pace, yields, write } = setUp();
  write();
  assert.equal(await restAfter(clock, pace, 1), 2);
  assert.equal(await restAfter(clock, pace, 101), 0);
  assert.equal(yields(), 1);
});

void test('what came before the beginning of a step is not counted', async () => {
  const { clock, pace, write } = setUp();
  write();
  clock.advance(50);
  pace.begin();
  assert.equal(await restAfter(clock, pace, 4), 8);
});
