import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Inflights } from './inflights.ts';

test('the window behaves like a list that drops its head', () => {
  const command = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), step: fc.nat(5) }),
    fc.record({ kind: fc.constant('free' as const), step: fc.integer({ min: -3, max: 12 }) }),
    fc.record({ kind: fc.constant('clear' as const), step: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(command), (limit, commands) => {
      const window = new Inflights(limit);
      let twin: number[] = [];
      let last = 0;
      for (const { kind, step } of commands) {
        if (kind === 'add' && twin.length < limit) {
          last += step;
          window.add(last);
          twin.push(last);
        } else if (kind === 'free') {
          const upTo = (twin[0] ?? 0) + step;
          window.freeUpTo(upTo);
          twin = twin.filter((index) => index > upTo);
        } else if (kind === 'clear') {
          window.clear();
          twin = [];
        }
        assert.equal(window.count, twin.length);
        assert.equal(window.isFull, twin.length >= limit);
      }
    }),
  );
});

test('a full window takes no more', () => {
  const window = new Inflights(1);
  window.add(5);
  assert.throws(() => window.add(6), /full/);
});
