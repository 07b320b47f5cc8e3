import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from './random.ts';
import { SlotTable } from './slot-table.ts';

type Item = { readonly id: number };

test('it holds what a map would hold, whatever the ids', () => {
  const seed = Number(process.env['SEED'] ?? 7);
  const random = seededRandom(seed);
  for (let round = 0; round < 50; round += 1) {
    const table = new SlotTable<Item>();
    const map = new Map<number, Item>();
    // Strides that meet in the same slots, as only a strange peer's would.
    const stride = 1 + random.below(139);
    let id = 1;
    for (let step = 0; step < 400; step += 1) {
      if (random.below(100) < 55) {
        const item = { id };
        table.add(item);
        map.set(id, item);
        id += stride;
      } else {
        const known = [...map.keys()];
        const gone = known[random.below(known.length + 1)] ?? id;
        table.delete(gone);
        map.delete(gone);
      }
      assert.equal(table.size, map.size, `seed ${seed}`);
    }
    assert.deepEqual(table.all(), [...map.values()], `seed ${seed}`);
    for (let each = 1; each <= id; each += 1) assert.equal(table.get(each), map.get(each));
  }
});
