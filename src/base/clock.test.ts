import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from './clock.ts';

test('a wait that is longer than any timer is not over at once', async () => {
  const over: string[] = [];
  const waiting = new AbortController();
  const wait = systemClock.after(1e13, waiting.signal).then(() => over.push('after'));
  const stop = systemClock.every(1e13, () => over.push('every'));
  await systemClock.after(5);
  stop();
  waiting.abort(new Error('enough'));
  await assert.rejects(wait, /enough/);
  assert.deepEqual(over, []);
});
