import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WaitingCall } from './open-call.ts';
import { WaitingCalls } from './waiting-calls.ts';

class Call implements WaitingCall {
  next: WaitingCall | undefined;
  previous: WaitingCall | undefined;
  readonly deadlineMs = Number.POSITIVE_INFINITY;
  expired(): void {}
  stop(): void {}
  cut(): void {}
}

test('calls leave in any order, and the others keep theirs', () => {
  const orders = [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [1, 2, 0],
  ];
  for (const order of orders) {
    const waiting = new WaitingCalls();
    const calls = [new Call(), new Call(), new Call()];
    for (const call of calls) waiting.add(call);
    let left = calls;
    for (const at of order) {
      const leaving = calls[at] as Call;
      waiting.delete(leaving);
      left = left.filter((call) => call !== leaving);
      assert.deepEqual(
        waiting.all().map((call) => calls.indexOf(call as Call)),
        left.map((call) => calls.indexOf(call)),
      );
      assert.equal(waiting.size, left.length);
    }
    waiting.add(calls[0] as Call);
    assert.equal(waiting.all()[0], calls[0]);
  }
});
