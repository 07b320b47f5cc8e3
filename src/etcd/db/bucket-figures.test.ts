import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { StateMachine } from '../../../test/support/state-machine.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import { exportBuckets } from '../apply/state-transfer.ts';
import {
  decodeRangeResponse,
  type InternalRaftRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import { bucketFigures, hashKvOfBuckets } from './bucket-figures.ts';

function randomRequest(random: Random, revision: number): InternalRaftRequestInit {
  const key = utf8Bytes(`k${random.below(12)}`);
  switch (random.below(12)) {
    case 0:
      return { compaction: { revision: random.below(revision + 1), physical: true } };
    case 1:
      return { deleteRange: { key, rangeEnd: utf8Bytes('k5') } };
    case 2:
    case 3:
      return { deleteRange: { key } };
    default:
      return { put: { key, value: utf8Bytes(`value ${random.below(1000)}`) } };
  }
}

test('the figures of the buckets are what a member says of them', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 8; round += 1) {
    const backend = new MemoryBackend();
    const machine = new StateMachine(backend);
    for (let i = random.below(80); i >= 0; i -= 1) {
      const { currentRevision } = machine.state.store;
      const applied = machine.apply(randomRequest(random, currentRevision));
      await applied.compaction?.done;
    }
    // A running one remembers the hashes of its last compactions and answers those.
    await machine.restart();
    const { store } = machine.state;
    const pin = backend.pin();
    const source = exportBuckets(pin);
    const everything = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0), countOnly: true };
    const live = machine.apply({ range: everything });
    assert.equal(live.outcome.kind, 'answer');
    const { count } = decodeRangeResponse(live.outcome.body);
    assert.equal(bucketFigures(source).totalKey, count);
    for (let revision = 0; revision <= store.currentRevision + 1; revision += 1) {
      const expected = await store.hashKv(revision).catch((error: Error) => error.message);
      let found: unknown;
      try {
        found = hashKvOfBuckets(source, revision);
      } catch (error) {
        found = `etcdserver: ${(error as Error).message}`;
      }
      if (typeof expected === 'string') assert.equal(found, expected);
      else {
        const { hash, compactRevision, hashRevision } = expected;
        assert.deepEqual(found, { hash, hashRevision, compactRevision }, `revision ${revision}`);
      }
    }
    pin.close();
  }
});
