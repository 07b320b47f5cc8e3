import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCompactor } from './auto-compaction.ts';

const MINUTE_MS = 60_000;

test('no retention means no compactor', () => {
  assert.equal(createCompactor({ kind: 'off' }, 0), undefined);
});

test('revision mode keeps the newest revisions and compacts only on the leader', () => {
  const compactor = createCompactor({ kind: 'revision', retentionRevisions: 100 }, 0);
  assert.equal(compactor?.stepMs, 5 * MINUTE_MS);
  assert.equal(compactor?.due(0, 100, true), undefined);
  assert.equal(compactor?.due(0, 150, false), undefined);
  assert.equal(compactor?.due(0, 150, true), 50);
  compactor?.done(50, 0);
  assert.equal(compactor?.due(0, 150, true), undefined, 'nothing new since then');
});

test('periodic mode waits one full period before it first compacts', () => {
  const compactor = createCompactor({ kind: 'periodic', retentionMs: 10 * MINUTE_MS }, 0);
  assert.ok(compactor);
  assert.equal(compactor.stepMs, MINUTE_MS);
  let revision: number | undefined;
  for (let minute = 1; minute < 10; minute += 1) {
    revision = compactor.due(minute * MINUTE_MS, minute * 10, true);
    assert.equal(revision, undefined);
  }
  assert.equal(compactor.due(10 * MINUTE_MS, 100, true), 10);
});

test('periodic mode above one hour compacts every hour to what is one period old', () => {
  const compactor = createCompactor({ kind: 'periodic', retentionMs: 120 * MINUTE_MS }, 0);
  assert.ok(compactor);
  assert.equal(compactor.stepMs, 6 * MINUTE_MS);
  const compactedAt: number[] = [];
  for (let minute = 6; minute <= 300; minute += 6) {
    const due: number | undefined = compactor.due(minute * MINUTE_MS, minute, true);
    if (due === undefined) continue;
    assert.ok(minute - due >= 114, `revision of minute ${due} compacted at minute ${minute}`);
    compactedAt.push(minute);
    compactor.done(due, minute * MINUTE_MS);
  }
  assert.deepEqual(compactedAt, [120, 180, 240, 300]);
});
