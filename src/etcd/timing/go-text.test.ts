import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText, timeText } from './go-text.ts';

test('durations are written as Go writes them', () => {
  const texts = [0, 0.000_001, 0.0175, 102.3, 1_500, 60_000, 123_500, 3_723_000].map(durationText);
  assert.deepEqual(texts, ['0s', '1ns', '17.5µs', '102.3ms', '1.5s', '1m0s', '2m3.5s', '1h2m3s']);
});

test('moments have microseconds', () => {
  assert.equal(timeText(1_000.25), '1970-01-01T00:00:01.000250Z');
});
