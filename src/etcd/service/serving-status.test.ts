import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServingStatus } from './serving-status.ts';

test('a member serves again when the last reason not to has gone', () => {
  const status = new ServingStatus();
  const heard: boolean[] = [];
  const stop = status.onChange((isServing) => void heard.push(isServing));
  assert.ok(status.isServing);
  const [first, second] = [status.suspend(), status.suspend()];
  first();
  assert.ok(!status.isServing);
  second();
  assert.ok(status.isServing);
  assert.deepEqual(heard, [false, true]);
  stop();
  status.suspend();
  assert.deepEqual(heard, [false, true]);
});
