import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chain, type Link } from './chain.ts';

class Item implements Link<Item> {
  next: Item | undefined;
  previous: Item | undefined;
}

test('items leave in any order, and the others keep theirs', () => {
  const orders = [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [1, 2, 0],
  ];
  for (const order of orders) {
    const chain = new Chain<Item>();
    const items = [new Item(), new Item(), new Item()];
    for (const item of items) chain.add(item);
    let left = items;
    for (const at of order) {
      const leaving = items[at] as Item;
      chain.delete(leaving);
      left = left.filter((item) => item !== leaving);
      assert.deepEqual(
        chain.all().map((item) => items.indexOf(item as Item)),
        left.map((item) => items.indexOf(item)),
      );
      assert.equal(chain.size, left.length);
    }
    chain.add(items[0] as Item);
    assert.equal(chain.all()[0], items[0]);
  }
});
