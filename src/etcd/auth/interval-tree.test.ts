import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareBytes, utf8Bytes } from '../../base/bytes.ts';
import { IntervalTree } from './interval-tree.ts';
import { type KeyRange, keyRange } from './key-range.ts';
import { KeyRanges } from './key-ranges.ts';

const keys = [...'abcdefgh'].map(utf8Bytes);
const anyKey = fc.constantFrom(...keys);
const anyEnd = fc.oneof(anyKey, fc.constantFrom(utf8Bytes(''), utf8Bytes('\0')));
const isRange = ({ from, to }: KeyRange): boolean => to === undefined || compareBytes(from, to) < 0;
const anyRange = fc
  .tuple(anyKey, anyEnd)
  .map(([key, end]) => keyRange(key, end))
  .filter(isRange);

test('the tree covers a range exactly when the union has it', () => {
  fc.assert(
    fc.property(fc.array(anyRange, { maxLength: 20 }), anyKey, anyEnd, (all, key, end) => {
      const asked = keyRange(key, end);
      fc.pre(isRange(asked));
      assert.equal(new IntervalTree(all).covers(asked), new KeyRanges(all).hasRange(key, end));
    }),
  );
});

test('one interval covers a range that ends before it starts where it has its first key', () => {
  const range = (from: string, to: string): KeyRange => ({
    from: utf8Bytes(from),
    to: utf8Bytes(to),
  });
  const tree = new IntervalTree([range('b', 'd')]);
  assert.equal(tree.covers(range('c', 'a')), true);
  assert.equal(tree.covers(range('b', 'b')), true);
  assert.equal(tree.covers(range('d', 'a')), false);
  assert.equal(tree.covers(range('a', 'a')), false);
});

test('of several intervals, whether one is found depends on the shape of the tree, as in etcd', () => {
  const point = (key: string): KeyRange => keyRange(utf8Bytes(key), utf8Bytes(''));
  const asked = { from: utf8Bytes('c'), to: utf8Bytes('a') };
  assert.equal(new IntervalTree([point('c'), point('b')]).covers(asked), true);
  assert.equal(new IntervalTree([point('b'), point('c')]).covers(asked), false);
});
