import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBytes } from '../../base/bytes.ts';
import { seededRandom } from '../../base/random.ts';
import { type KeyRange, RangeTree } from './range-tree.ts';

type Item = { readonly range: KeyRange; readonly value: number };

test('the tree finds exactly the ranges that a plain list finds', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
  const random = seededRandom(seed);
  const tree = new RangeTree<number>();
  let list: Item[] = [];
  for (let step = 0; step < 3_000; step += 1) {
    const growing = step < 1_500;
    if (random.below(10) < (growing ? 7 : 3)) {
      const from = Uint8Array.of(random.below(40));
      const to =
        random.below(5) === 0 ? undefined : Uint8Array.of((from[0] ?? 0) + 1 + random.below(20));
      list.push({ range: { from, to }, value: step });
      tree.add({ from, to }, step);
    } else if (list.length > 0) {
      const gone = list[random.below(list.length)] as Item;
      list = list.filter((item) => item !== gone);
      tree.remove(gone.range, gone.value);
    }
    const key = Uint8Array.of(random.below(64));
    const found: number[] = [];
    tree.visitContaining(key, (value) => found.push(value));
    const expected = list.filter((item) => contains(item.range, key)).map((item) => item.value);
    assert.equal(tree.covers(key), expected.length > 0, `SEED=${seed} step ${step}`);
    const sort = (values: number[]): number[] => values.sort((a, b) => a - b);
    assert.deepEqual(sort(found), sort(expected), `SEED=${seed} step ${step}`);
  }
});

test('of 10,000 ranges exactly those with the key are found, before and after half are gone', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
  const random = seededRandom(seed);
  const tree = new RangeTree<number>();
  let list: Item[] = [];
  const randomKey = (): Uint8Array =>
    Uint8Array.from({ length: 1 + random.below(4) }, () => random.below(256));
  for (let value = 0; value < 10_000; value += 1) {
    const [a, b] = [randomKey(), randomKey()];
    const [from, to] = compareBytes(a, b) <= 0 ? [a, b] : [b, a];
    const range = { from, to: random.below(50) === 0 ? undefined : to };
    list.push({ range, value });
    tree.add(range, value);
  }
  const check = (): void => {
    for (let i = 0; i < 50; i += 1) {
      const key =
        random.below(2) === 0 ? randomKey() : (list[random.below(100)] as Item).range.from;
      const found = new Set<number>();
      tree.visitContaining(key, (value) => found.add(value));
      const wanted = list.filter(({ range }) => contains(range, key)).map(({ value }) => value);
      assert.equal(found.size, wanted.length, `SEED=${seed}`);
      assert.ok(
        wanted.every((value) => found.has(value)),
        `SEED=${seed}`,
      );
    }
  };
  check();
  for (const { range, value } of list.slice(5_000)) tree.remove(range, value);
  list = list.slice(0, 5_000);
  check();
});

test('a tree from which everything was removed is empty', () => {
  const tree = new RangeTree<number>();
  const range = { from: Uint8Array.of(1), to: undefined };
  tree.add(range, 1);
  tree.add(range, 2);
  tree.remove(range, 1);
  assert.equal(tree.isEmpty, false);
  tree.remove(range, 2);
  assert.equal(tree.isEmpty, true);
});

function contains(range: KeyRange, key: Uint8Array): boolean {
  if (compareBytes(range.from, key) > 0) return false;
  return range.to === undefined || compareBytes(range.to, key) > 0;
}
