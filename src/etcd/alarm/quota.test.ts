import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasSpace } from './quota.ts';

test('what grows the store must fit below the quota', () => {
  assert.equal(hasSpace(100, 49, 150), true);
  assert.equal(hasSpace(100, 50, 150), false);
  assert.equal(hasSpace(100, 1_000_000, undefined), true);
});

test('what costs nothing fits into a store beyond its quota', () => {
  assert.equal(hasSpace(200, 0, 150), true);
});
