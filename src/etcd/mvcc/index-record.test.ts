import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { decodeLiveKey, decodeTrees, IndexUpdate, type Tree } from './index-record.ts';

/** The skew-binary list as it is defined: new arrays for every version. */
function grown(trees: readonly Tree[], main: number, sub: number): readonly Tree[] {
  const [first, second] = trees;
  if (first !== undefined && second !== undefined && first.size === second.size) {
    return [{ main, sub, size: first.size + 1 }, ...trees.slice(2)];
  }
  return [{ main, sub, size: 1 }, ...trees];
}

void test('a thousand versions of several keys give the trees of the definition', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`index record seed ${seed}`);
  const random = seededRandom(seed);
  const update = new IndexUpdate();
  const keys = Array.from({ length: 5 }, () => ({
    trees: [] as readonly Tree[],
    record: undefined as Uint8Array | undefined,
  }));
  let compacted = -1;
  for (let main = 2; main < 1_000; main++) {
    const key = keys[random.below(keys.length)] as (typeof keys)[number];
    const sub = random.below(3);
    update.read(key.record);
    const second = key.trees[1];
    const joins = second !== undefined && second.size === key.trees[0]?.size;
    const jump = key.trees[joins ? 2 : 0] ?? { main: 0, sub: 0 };
    update.addVersion(main, sub, compacted);
    assert.deepEqual([update.jumpMain, update.jumpSub], [jump.main, jump.sub]);
    const state = { createRevision: 1 + random.below(main), version: random.below(9) };
    const lease = random.below(2) === 0 ? 0n : -5n;
    Object.assign(update, state, { lease, tombstone: false });
    key.record = Uint8Array.from(update.encode());
    const all = grown(key.trees, main, sub);
    key.trees = decodeTrees(key.record);
    const dropped = all.slice(key.trees.length);
    assert.deepEqual(key.trees, all.slice(0, key.trees.length));
    for (const tree of dropped) assert.ok(tree.main <= compacted, 'only what is compacted goes');
    assert.deepEqual(decodeLiveKey(key.record), { main, sub, ...state, lease });
    if (random.below(50) === 0) compacted = main - random.below(100);
  }
});

void test('a record that is read and written again stays the same', () => {
  const update = new IndexUpdate();
  update.read(undefined);
  for (let main = 2; main < 40; main++) update.addVersion(main, 0, -1);
  Object.assign(update, { createRevision: 2, version: 38, lease: 7n });
  const record = Buffer.from(update.encode());
  update.read(record);
  assert.deepEqual(Buffer.from(update.encode()), record);
});
