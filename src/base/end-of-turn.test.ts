import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atEndOfTurn, beforeNextTurn } from './end-of-turn.ts';

test('what the end of a turn leaves to be done comes before the next turn', async () => {
  const order: string[] = [];
  atEndOfTurn(() => {
    order.push('end');
    atEndOfTurn(() => order.push('next end'));
    beforeNextTurn(() => order.push('behind'));
  });
  setImmediate(() => order.push('another end'));
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.deepEqual(order, ['end', 'behind', 'another end', 'next end']);
});
