import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { CoarseClock } from './coarse-clock.ts';

function coarse(): { clock: ManualClock; ends: (() => void)[]; time: CoarseClock } {
  const clock = new ManualClock();
  const ends: (() => void)[] = [];
  return { clock, ends, time: new CoarseClock(clock, (work) => ends.push(work)) };
}

test('one reading serves several asks of a callback, and a bounded number of them', () => {
  const { clock, time } = coarse();
  const start = time.nowMs();
  clock.advance(3);
  for (let i = 0; i < 64; i++) assert.equal(time.nowMs(), start);
  assert.equal(time.nowMs(), start + 3);
});

test('the next callback reads the clock anew, and each is watched once', () => {
  const { clock, ends, time } = coarse();
  const start = time.nowMs();
  time.exactMs();
  assert.equal(ends.length, 1);
  clock.advance(5);
  ends.pop()?.();
  assert.equal(time.nowMs(), start + 5);
  assert.equal(ends.length, 1);
});

test('who asks for the exact time gets it, and so do those after', () => {
  const { clock, time } = coarse();
  const start = time.nowMs();
  clock.advance(7);
  assert.equal(time.exactMs(), start + 7);
  assert.equal(time.nowMs(), start + 7);
});
