import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LogBytes } from './log-bytes.ts';

test('a log within its bound is cut nowhere', () => {
  const log = new LogBytes();
  log.applied(10, 100);
  assert.equal(log.cutFor(100), 0);
});

test('the oldest batches go until the rest fits', () => {
  const log = new LogBytes();
  log.applied(10, 100);
  log.applied(11, 50);
  log.applied(20, 70);
  assert.equal(log.cutFor(120), 10);
  assert.equal(log.cutFor(119), 11);
  log.cut(11);
  assert.equal(log.total, 70);
  assert.equal(log.cutFor(70), 0);
});

test('it counts as a plain list does', () => {
  const step = fc.record({
    bytes: fc.nat(100),
    cut: fc.option(fc.nat(60), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const log = new LogBytes();
      let list: { index: number; bytes: number }[] = [];
      steps.forEach(({ bytes, cut }, at) => {
        log.applied(at + 1, bytes);
        list.push({ index: at + 1, bytes });
        if (cut !== undefined) {
          log.cut(cut);
          list = list.filter(({ index }) => index > cut);
        }
        assert.equal(
          log.total,
          list.reduce((sum, batch) => sum + batch.bytes, 0),
        );
      });
    }),
  );
});
