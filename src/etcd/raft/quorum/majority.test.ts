import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { majorityIndex, majoritySize, voteResult } from './majority.ts';

/** The dumb twin: try every index. */
function highestReachedByMajority(acked: readonly number[]): number {
  let best = 0;
  for (const index of acked) {
    const reached = acked.filter((other) => other >= index).length;
    if (reached * 2 > acked.length) best = Math.max(best, index);
  }
  return best;
}

test('the majority index is the highest that more than half have reached', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 9 }), (acked) => {
      assert.equal(majorityIndex([...acked]), highestReachedByMajority(acked));
    }),
  );
});

test('two majorities of the same voters always share one', () => {
  for (let count = 1; count < 12; count += 1) assert.ok(majoritySize(count) * 2 > count);
});

test('a vote is decided as soon as the missing answers cannot change it', () => {
  fc.assert(
    fc.property(fc.nat(9), fc.nat(9), fc.nat(9), (voters, some, more) => {
      const granted = Math.min(some, voters);
      const refused = Math.min(more, voters - granted);
      const missing = voters - granted - refused;
      const wonAtWorst = voters === 0 || granted * 2 > voters;
      const wonAtBest = voters === 0 || (granted + missing) * 2 > voters;
      const expected = wonAtWorst ? 'won' : wonAtBest ? 'pending' : 'lost';
      assert.equal(voteResult(voters, granted, refused), expected);
    }),
  );
});
