import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Progress } from './progress.ts';

function progressAt(match: number, next: number): Progress {
  return new Progress({ match, next, isLearner: false, recentActive: true, maxInflight: 3 });
}

test('a probe pauses after one message with entries', () => {
  const progress = progressAt(0, 5);
  progress.sentEntries(2);
  assert.equal(progress.isThrottled, true);
  assert.equal(progress.next, 5);
});

test('replication pauses when the window is full and goes on when it is answered', () => {
  const progress = progressAt(4, 5);
  progress.becomeReplicate();
  for (let i = 0; i < 3; i += 1) progress.sentEntries(2);
  assert.equal(progress.isThrottled, true);
  assert.equal(progress.next, 11);
  progress.maybeUpdate(6);
  progress.inflights.freeUpTo(6);
  assert.equal(progress.isThrottled, false);
});

test('an older acknowledgement changes nothing', () => {
  const progress = progressAt(7, 8);
  assert.equal(progress.maybeUpdate(7), false);
  assert.equal(progress.maybeUpdate(3), false);
  assert.equal(progress.match, 7);
});

test('a refusal in replication falls back behind the last match', () => {
  const progress = progressAt(4, 5);
  progress.becomeReplicate();
  progress.sentEntries(3);
  assert.equal(progress.maybeDecrease(4, 2), false, 'refused what was acknowledged: stale');
  assert.equal(progress.maybeDecrease(7, 6), true);
  assert.equal(progress.next, 5);
});

test('a refusal of a probe counts only for the probe that is out', () => {
  const progress = progressAt(0, 10);
  assert.equal(progress.maybeDecrease(5, 2), false);
  assert.equal(progress.maybeDecrease(9, 2), true);
  assert.equal(progress.next, 3);
});

test('a delivered snapshot moves the probe behind it, a failed one does not', () => {
  const delivered = progressAt(0, 1);
  delivered.becomeSnapshot(10);
  delivered.becomeProbe();
  assert.equal(delivered.next, 11);
  const failed = progressAt(0, 1);
  failed.becomeSnapshot(10);
  failed.snapshotFailed();
  assert.equal(failed.next, 1);
  assert.equal(failed.isThrottled, true);
});

test('whatever happens, match stays below next and never falls', () => {
  const command = fc.tuple(fc.nat(8), fc.nat(40), fc.nat(40));
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const progress = progressAt(0, 1);
      let match = 0;
      for (const [kind, a, b] of commands) {
        if (kind === 0) progress.becomeProbe();
        else if (kind === 1) progress.becomeReplicate();
        else if (kind === 2) progress.becomeSnapshot(Math.max(a, progress.match));
        else if (kind === 3) progress.snapshotFailed();
        else if (kind === 4 && !progress.isThrottled) progress.sentEntries(a % 4);
        else if (kind === 5) progress.maybeUpdate(a);
        else if (kind === 6) progress.maybeDecrease(a, b);
        else if (kind === 7) progress.isPaused = false;
        assert.ok(progress.match < progress.next);
        assert.ok(progress.match >= match);
        assert.ok(progress.inflights.count <= 3);
        match = progress.match;
      }
    }),
  );
});
