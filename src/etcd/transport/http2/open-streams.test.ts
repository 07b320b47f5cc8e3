import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../base/random.ts';
import { OpenStreams } from './open-streams.ts';
import type { Http2Stream } from './stream.ts';

const streamOf = (id: number): Http2Stream => ({ id }) as Http2Stream;

test('it holds what a map would hold, whatever the ids', () => {
  const seed = Number(process.env['SEED'] ?? 7);
  const random = seededRandom(seed);
  for (let round = 0; round < 50; round += 1) {
    const streams = new OpenStreams();
    const map = new Map<number, Http2Stream>();
    // Strides that meet in the same slots, as only a strange client's would.
    const stride = 2 * (1 + random.below(69));
    let id = 1;
    for (let step = 0; step < 400; step += 1) {
      if (random.below(100) < 55) {
        const stream = streamOf(id);
        streams.add(stream);
        map.set(id, stream);
        id += stride;
      } else {
        const known = [...map.keys()];
        const gone = known[random.below(known.length + 1)] ?? id;
        streams.delete(gone);
        map.delete(gone);
      }
      assert.equal(streams.size, map.size, `seed ${seed}`);
    }
    assert.deepEqual(streams.all(), [...map.values()], `seed ${seed}`);
    for (let each = 1; each <= id; each += 2) assert.equal(streams.get(each), map.get(each));
  }
});
