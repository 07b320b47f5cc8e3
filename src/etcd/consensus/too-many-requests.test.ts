import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areTooMany } from './too-many-requests.ts';

const revoke = { leaseRevoke: { ID: 1n } };
const put = { put: {} };

test('with 5,000 entries to apply requests are taken, with more they are refused', () => {
  const load = (commitIndex: number, prefersRevokes = false) => ({
    raft: { commitIndex },
    appliedIndex: () => 100,
    prefersRevokes,
  });
  for (const request of [put, revoke, undefined]) {
    assert.equal(areTooMany(load(5_100), request), false);
    assert.equal(areTooMany(load(5_101), request), true);
  }
  assert.equal(areTooMany(load(5_101, true), put), true);
  assert.equal(areTooMany(load(5_101, true)), true);
  assert.equal(areTooMany(load(10_100, true), revoke), false);
  assert.equal(areTooMany(load(10_101, true), revoke), true);
});
