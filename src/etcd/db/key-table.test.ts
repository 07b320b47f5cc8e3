import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { utf8Bytes } from '../../base/bytes.ts';
import { seededRandom } from '../../base/random.ts';
import { KeyTable } from './key-table.ts';

test('it knows what a map knows', (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  const table = new KeyTable();
  const map = new Map<string, { main: number; sub: number; isDeleted: boolean }>();
  for (let main = 2 ** 33; main < 2 ** 33 + 20_000; main += 1) {
    const key = `key ${random.below(6_000)}`.padEnd(random.below(50) === 0 ? 5_000 : 1, '.');
    const newest = { main, sub: random.below(3), isDeleted: random.below(4) === 0 };
    table.note(utf8Bytes(key), newest, newest.isDeleted);
    map.set(key, newest);
  }
  const live = [...map.values()].filter(({ isDeleted }) => !isDeleted);
  assert.equal(table.liveCount, live.length);
  for (const [key, newest] of map) {
    assert.ok(table.isNewest(utf8Bytes(key), newest), key);
    assert.ok(!table.isNewest(utf8Bytes(key), { main: newest.main - 2 ** 32, sub: newest.sub }));
    assert.ok(!table.isNewest(utf8Bytes(key), { main: newest.main, sub: newest.sub + 1 }));
  }
  assert.ok(!table.isNewest(utf8Bytes('unknown'), { main: 1, sub: 0 }));
});
