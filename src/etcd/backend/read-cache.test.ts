import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { seededRandom } from '../../base/random.ts';
import { ChunkPool, hashKey } from './pending-writes.ts';
import { Layer, ReadCache } from './read-cache.ts';

const bytesMax = 20_000;

/** undefined: not here. */
function found(cache: ReadCache, key: Uint8Array): string | undefined {
  const hash = hashKey('index', key);
  for (const { writes } of cache.layers) {
    const id = writes.find('index', key, hash);
    if (id < 0) continue;
    const value = writes.valueOf(id);
    return value === undefined ? 'deleted' : utf8Text(value);
  }
  return undefined;
}

function bytesOf(cache: ReadCache): number {
  return cache.layers.reduce((sum, { writes }) => sum + writes.bytes, 0);
}

void test('whatever it still has of a key is what was committed last, within its bytes', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`read cache seed ${seed}`);
  const random = seededRandom(seed);
  const pool = new ChunkPool(8);
  const cache = new ReadCache(pool, bytesMax);
  const store = new Map<string, string>();
  let hits = 0;
  for (let step = 0; step < 20_000; step++) {
    const name = `k${random.below(400)}`;
    if (random.below(40) === 0) {
      const layer = new Layer(pool);
      for (let i = random.below(random.below(4) === 0 ? 300 : 10); i > 0; i--) {
        const key = `k${random.below(400)}`;
        const value = random.below(5) === 0 ? undefined : `${step}-${i}`;
        layer.writes.set('index', utf8Bytes(key), value === undefined ? value : utf8Bytes(value));
        store.set(key, value ?? 'deleted');
      }
      layer.committed = true;
      cache.committed(layer);
      layer.freeWhenUnused();
      assert.ok(bytesOf(cache) <= 2 * bytesMax, `${bytesOf(cache)} bytes`);
      // A large commit is a layer of a quarter at least, and shuts an open one in front of which
      // it stands, however little that holds: four large ones, and one before and after each.
      assert.ok(cache.layers.length <= 9, `${cache.layers.length} layers`);
    }
    const value = found(cache, utf8Bytes(name));
    const expected = store.get(name) ?? 'deleted';
    if (value !== undefined) {
      assert.equal(value, expected);
      hits += 1;
    } else if (expected !== 'deleted') {
      cache.fill('index', utf8Bytes(name), utf8Bytes(expected));
    }
  }
  assert.ok(hits > 1_000);
});

void test('a value that would push out much else is left out', () => {
  const cache = new ReadCache(new ChunkPool(1), 16 * 1024 * 1024);
  cache.fill('index', utf8Bytes('large'), new Uint8Array(100_000));
  assert.equal(found(cache, utf8Bytes('large')), undefined);
});
