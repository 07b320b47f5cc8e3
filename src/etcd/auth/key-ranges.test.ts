import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareBytes, utf8Bytes } from '../../base/bytes.ts';
import { type KeyRange, keyRange } from './key-range.ts';
import { KeyRanges } from './key-ranges.ts';

function ranges(...pairs: readonly (readonly [key: string, end: string])[]): KeyRanges {
  return new KeyRanges(pairs.map(([key, end]) => keyRange(utf8Bytes(key), utf8Bytes(end))));
}

function has(union: KeyRanges, key: string, end = ''): boolean {
  return union.hasRange(utf8Bytes(key), utf8Bytes(end));
}

test('a range without an end is one key', () => {
  const union = ranges(['b', '']);
  assert.equal(has(union, 'b'), true);
  assert.equal(has(union, 'a'), false);
  assert.equal(has(union, 'b\0'), false);
  assert.equal(has(union, 'b', 'b\0'), true);
  assert.equal(has(union, 'b', 'c'), false);
});

test('ranges that touch cover a range across their border', () => {
  const union = ranges(['a', 'c'], ['c', 'e'], ['x', 'y']);
  assert.equal(has(union, 'a', 'e'), true);
  assert.equal(has(union, 'a', 'f'), false);
  assert.equal(has(union, 'd', 'y'), false);
});

test('only an open end covers an open end', () => {
  assert.equal(has(ranges(['a', '\0']), 'b', '\0'), true);
  assert.equal(has(ranges(['a', '\xff\xff\xff']), 'b', '\0'), false);
  assert.equal(has(ranges(['b', '\0']), 'a', '\0'), false);
});

test('a range that ends before it starts asks for no more than its first key', () => {
  assert.equal(has(ranges(['a', 'd']), 'c', 'b'), true);
  assert.equal(has(ranges(['a', 'd']), 'x', 'b'), false);
});

/** Keys of one or two bytes over a small alphabet, all of them. */
const universe = ['', 'a', 'b', 'c', 'd']
  .flatMap((a) => ['', 'a', 'b', 'c', 'd'].map((b) => a + b))
  .map(utf8Bytes)
  .filter((key) => key.length > 0)
  .sort(compareBytes);
const anyKey = fc.constantFrom(...universe);
const anyEnd = fc.oneof(anyKey, fc.constantFrom(utf8Bytes(''), utf8Bytes('\0')));
const anyRange = fc.tuple(anyKey, anyEnd).map(([key, end]) => keyRange(key, end));

test('a union has exactly the keys that one of its ranges has', () => {
  const isIn = (key: Uint8Array, { from, to }: KeyRange): boolean =>
    compareBytes(from, key) <= 0 && (to === undefined || compareBytes(key, to) < 0);
  fc.assert(
    fc.property(fc.array(anyRange, { maxLength: 6 }), anyKey, (all, key) => {
      assert.equal(
        new KeyRanges(all).hasKey(key),
        all.some((range) => isIn(key, range)),
      );
    }),
  );
});

test('a union never has a range of which it lacks a key', () => {
  fc.assert(
    fc.property(fc.array(anyRange, { maxLength: 6 }), anyKey, anyEnd, (all, key, end) => {
      const union = new KeyRanges(all);
      if (!union.hasRange(key, end)) return;
      const { from, to } = keyRange(key, end);
      for (const candidate of universe) {
        const asked =
          compareBytes(from, candidate) <= 0 &&
          (to === undefined || compareBytes(candidate, to) < 0);
        if (asked) assert.equal(union.hasKey(candidate), true);
      }
    }),
  );
});
