import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StillClock } from '../../../../test/support/http2-peer.ts';
import { Deadlines, type Expiring } from './deadlines.ts';

function callDue(deadlineMs: number, fired: number[]): Expiring {
  return { deadlineMs, expired: () => fired.push(deadlineMs) };
}

const microtasks = () => new Promise((resolve) => setImmediate(resolve));

test('calls expire in time, earlier ones first, whatever order they came in', async () => {
  const clock = new StillClock();
  const deadlines = new Deadlines(clock);
  const fired: number[] = [];
  for (const ms of [500, 100, 300]) deadlines.add(callDue(clock.nowMs + ms, fired));
  const start = clock.nowMs;
  for (const [advance, expected] of [
    [99, []],
    [11, [100]],
    [200, [100, 300]],
    [500, [100, 300, 500]],
  ] as const) {
    clock.advance(advance);
    await microtasks();
    assert.deepEqual(
      fired.map((ms) => ms - start),
      expected,
    );
  }
});

test('a call that left does not expire, and one without deadline never does', async () => {
  const clock = new StillClock();
  const deadlines = new Deadlines(clock);
  const fired: number[] = [];
  const left = callDue(clock.nowMs + 50, fired);
  deadlines.add(left);
  deadlines.add(callDue(Number.POSITIVE_INFINITY, fired));
  deadlines.remove(left);
  clock.advance(1_000_000);
  await microtasks();
  assert.deepEqual(fired, []);
});
