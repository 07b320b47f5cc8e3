import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCompactor } from './auto-compaction.ts';

const MINUTE_MS = 60_000;

test('no retention means no compactor', () => {
  assert.equal(createCompactor({ kind: 'off' }, 0, 1), undefined);
});

test('revision mode keeps the newest revisions and compacts only on the leader', () => {
  const compactor = createCompactor({ kind: 'revision', retentionRevisions: 100 }, 0, 1);
  assert.equal(compactor?.stepMs, 5 * MINUTE_MS);
  assert.equal(compactor?.due(0, 100, true), undefined);
  assert.equal(compactor?.due(0, 150, false), undefined);
  assert.equal(compactor?.due(0, 150, true), 50);
  compactor?.done(50, 0);
  assert.equal(compactor?.due(0, 150, true), undefined, 'nothing new since then');
});

/** What is compacted at which minute, where minute 0 is revision 1 and every minute makes one. */
function compactions(periodMinutes: number, minutes: number): [number, number][] {
  const setting = { kind: 'periodic', retentionMs: periodMinutes * MINUTE_MS } as const;
  const compactor = createCompactor(setting, 0, 1);
  assert.ok(compactor);
  const found: [number, number][] = [];
  const stepMinutes = compactor.stepMs / MINUTE_MS;
  for (let minute = stepMinutes; minute <= minutes; minute += stepMinutes) {
    const due = compactor.due(minute * MINUTE_MS, minute + 1, true);
    if (due === undefined) continue;
    found.push([minute, due]);
    compactor.done(due, minute * MINUTE_MS);
  }
  return found;
}

test('periodic mode waits one full period, then keeps one period and one step', () => {
  assert.deepEqual(compactions(10, 9), []);
  const setting = { kind: 'periodic', retentionMs: 10 * MINUTE_MS } as const;
  const compactor = createCompactor(setting, 0, 7);
  assert.ok(compactor);
  for (let minute = 1; minute < 10; minute += 1) {
    assert.equal(compactor.due(minute * MINUTE_MS, 7 + minute, true), undefined);
  }
  assert.equal(compactor.due(10 * MINUTE_MS, 17, false), undefined, 'only a leader compacts');
  assert.equal(compactor.due(11 * MINUTE_MS, 18, true), 7);
  compactor.done(7, 11 * MINUTE_MS);
  assert.equal(compactor.due(12 * MINUTE_MS, 19, true), undefined);
  assert.equal(compactor.due(21 * MINUTE_MS, 28, true), 9);
});

test('a failed compaction is tried again a step later', () => {
  const setting = { kind: 'periodic', retentionMs: 10 * MINUTE_MS } as const;
  const compactor = createCompactor(setting, 0, 7);
  for (let minute = 1; minute < 10; minute += 1) compactor?.due(minute * MINUTE_MS, 8, true);
  assert.equal(compactor?.due(10 * MINUTE_MS, 8, true), 7);
  assert.equal(compactor?.due(11 * MINUTE_MS, 8, true), 7);
});

test('periodic mode above one hour compacts every hour to what is one period old', () => {
  const found = compactions(120, 300);
  assert.deepEqual(found, [
    [120, 1],
    [180, 55],
    [240, 115],
    [300, 175],
  ]);
});
