import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { noConfState } from '../../../../test/support/raft-member.ts';
import { restoreConfState } from '../conf-state.ts';
import { Tracker } from './tracker.ts';

function trackerOf(voters: readonly bigint[], learners: readonly bigint[]): Tracker {
  const tracker = new Tracker();
  restoreConfState(tracker, { ...noConfState, voters, learners }, 0, 4);
  return tracker;
}

test('learners count neither for the commit index nor for elections nor for the quorum check', () => {
  const tracker = trackerOf([1n, 2n, 3n], [4n, 5n]);
  for (const id of [1n, 4n, 5n]) tracker.progress.get(id)?.maybeUpdate(9);
  assert.equal(tracker.quorumMatch(), 0);
  for (const id of [1n, 4n, 5n]) tracker.recordVote(id, true);
  assert.equal(tracker.tallyVotes().result, 'pending');
  tracker.markInactive(1n);
  for (const id of [4n, 5n])
    (tracker.progress.get(id) as { recentActive: boolean }).recentActive = true;
  assert.equal(tracker.isQuorumActive(), false);
});

test('the first answer of a voter counts', () => {
  const tracker = trackerOf([1n, 2n, 3n], []);
  tracker.recordVote(2n, false);
  tracker.recordVote(2n, true);
  assert.deepEqual(tracker.tallyVotes(), { granted: 0, refused: 1, result: 'pending' });
});

test('the commit index is what most voters hold', () => {
  const matches = fc.array(fc.nat(30), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(matches, (indexes) => {
      const tracker = trackerOf(
        indexes.map((_, i) => BigInt(i + 1)),
        [],
      );
      indexes.forEach((index, i) => tracker.progress.get(BigInt(i + 1))?.maybeUpdate(index));
      const committed = tracker.quorumMatch();
      const holding = indexes.filter((index) => index >= committed).length;
      const holdingMore = indexes.filter((index) => index > committed).length;
      assert.ok(holding * 2 > indexes.length);
      assert.ok(holdingMore * 2 <= indexes.length);
    }),
  );
});
