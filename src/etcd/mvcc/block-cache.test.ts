import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { rounds } from '../../../test/support/rounds.ts';
import { StateMachine } from '../../../test/support/state-machine.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import { decodeRangeRequest, encodeRangeRequest } from '../proto/generated/etcdserverpb.ts';
import { keyValuesOf, type RangeQuery, type RangeResult } from './store.ts';

const b = utf8Bytes;
const keyAt = (i: number): Uint8Array => b(`key-${String(i).padStart(4, '0')}`);
const keyCount = 400;

const query = (init: Parameters<typeof encodeRangeRequest>[0]): RangeQuery =>
  decodeRangeRequest(encodeRangeRequest(init));

/** Where the pieces end says nothing. */
const plain = (result: RangeResult): RangeResult => ({ ...result, pieces: keyValuesOf(result) });

/** Tiny, so that blocks are split, emptied and pushed out all the time. */
const tiny = { bytesMax: 24_000, blockBytes: 300, keysMin: 3, revisionsMax: 2 };

function newMachine(bounds = tiny): StateMachine {
  return new StateMachine(new MemoryBackend(), { listCache: bounds });
}

/** The same answer without the cache: a transaction that writes does not use it. */
function uncached({ state }: StateMachine, request: RangeQuery): RangeResult {
  return plain(
    state.backend.write((txn) => state.store.begin(txn).range(request, Number.POSITIVE_INFINITY)),
  );
}

function outcome(read: () => RangeResult): unknown {
  try {
    return read();
  } catch (error) {
    return String(error);
  }
}

function anyRange(random: Random, current: number): RangeQuery {
  const revision = random.below(3) === 0 ? Math.max(0, current - random.below(60)) : 0;
  const bound = (): number => (random.below(12) === 0 ? random.below(current + 1) : 0);
  const start = random.below(keyCount);
  const ends = [b('\0'), keyAt(start + random.below(keyCount)), keyAt(start + 10), b('')];
  return query({
    key: random.below(3) === 0 ? b('\0') : keyAt(start),
    rangeEnd: ends[random.below(ends.length)] as Uint8Array,
    revision: random.below(40) === 0 ? current + 1 : revision,
    limit: random.below(2) === 0 ? random.below(50) : 0,
    sortOrder: random.below(3) === 0 ? random.below(3) : 0,
    sortTarget: random.below(3) === 0 ? random.below(5) : 0,
    keysOnly: random.below(3) === 0,
    countOnly: random.below(6) === 0,
    minModRevision: bound(),
    maxModRevision: bound(),
    minCreateRevision: bound(),
    maxCreateRevision: bound(),
  });
}

async function change(machine: StateMachine, random: Random): Promise<void> {
  const key = keyAt(random.below(keyCount));
  const { currentRevision, compactRevision } = machine.state.store;
  switch (random.below(8)) {
    case 0:
      machine.apply({ deleteRange: { key } });
      break;
    case 1:
      if (random.below(6) === 0) {
        const rangeEnd = keyAt(random.below(keyCount));
        machine.apply({ deleteRange: { key, rangeEnd } });
      }
      break;
    case 2: {
      const put = { key, value: b('in a transaction'), lease: 0n };
      const success = [
        { requestPut: put },
        { requestDeleteRange: { key: keyAt(random.below(keyCount)) } },
        { requestRange: { key: b('\0'), rangeEnd: b('\0'), limit: 7 } },
      ];
      machine.apply({ txn: { compare: [], success, failure: [] } });
      break;
    }
    case 3: {
      const revision = currentRevision - random.below(40);
      if (revision <= compactRevision || random.below(5) > 0) break;
      const { compaction } = machine.apply({ compaction: { revision } });
      if (random.below(2) === 0) await compaction?.done;
      break;
    }
    default: {
      const value = b('v'.repeat(random.below(random.below(20) === 0 ? 900 : 60)));
      machine.apply({ put: { key, value, lease: BigInt(random.below(2)) } });
    }
  }
}

void test('lists from the cache equal lists from the store, whatever changes between them', async () => {
  for (let round = 0; round < rounds(4); round++) {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1e6) + round;
    const random = seededRandom(seed);
    const bounds = { ...tiny, bytesMax: round % 2 === 0 ? tiny.bytesMax : 1e6 };
    const machine = newMachine(bounds);
    machine.apply({ leaseGrant: { ID: 1n, TTL: 1_000 } });
    for (let i = 0; i < keyCount; i += 2) machine.apply({ put: { key: keyAt(i), value: b('v') } });
    let repeated = anyRange(random, machine.state.store.currentRevision);
    for (let step = 0; step < 400; step++) {
      for (let i = random.below(4); i > 0; i--) await change(machine, random);
      const { store } = machine.state;
      if (random.below(3) === 0) repeated = anyRange(random, store.currentRevision);
      const told = `seed ${seed} step ${step} ${JSON.stringify(repeated)}`;
      const expected = outcome(() => uncached(machine, repeated));
      assert.deepEqual(
        outcome(() => plain(store.range(repeated))),
        expected,
        told,
      );
      assert.ok(store.listCacheBytes <= bounds.bytesMax, told);
    }
  }
});

void test('lists in pieces equal lists of their moment, whatever changes while they are read', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e6);
  const random = seededRandom(seed);
  const bounds = { ...tiny, bytesMax: 500_000 };
  const machine = newMachine(bounds);
  machine.apply({ leaseGrant: { ID: 1n, TTL: 1_000 } });
  for (let i = 0; i < 3_000; i++) {
    machine.apply({ put: { key: b(`key-${1e7 + i * 37}`), value: b('v'.repeat(i % 40)) } });
  }
  for (let step = 0; step < rounds(20); step++) {
    // Cold now and then: what is read in pieces then stays as of its own moment.
    if (step % 4 === 0) await machine.restart();
    const { store } = machine.state;
    const told = `seed ${seed} step ${step}`;
    const lists = Array.from({ length: 1 + random.below(6) }, async () => {
      const isOld = random.below(3) === 0;
      const revision = isOld ? store.currentRevision - random.below(20) : 0;
      const limit = random.below(3) === 0 ? random.below(2_500) : 0;
      const keysOnly = random.below(4) === 0;
      const everything = { key: b('\0'), rangeEnd: b('\0'), limit, keysOnly };
      const list = await store.rangeInPieces(query({ ...everything, revision }));
      const then = revision > 0 ? revision : list.revision;
      const { pieces, count, more } = uncached(machine, query({ ...everything, revision: then }));
      const { pieces: found, count: counted, more: goesOn } = plain(list);
      assert.deepEqual(
        { found, counted, goesOn },
        { found: pieces, counted: count, goesOn: more },
        told,
      );
    });
    for (let i = random.below(40); i > 0; i--) {
      const key = b(`key-${1e7 + random.below(3_000) * 37}`);
      if (random.below(3) === 0) machine.apply({ deleteRange: { key } });
      else machine.apply({ put: { key, value: b(`step ${step}`) } });
      await Promise.resolve();
    }
    await Promise.all(lists);
    assert.ok(store.listCacheBytes <= bounds.bytesMax, told);
  }
});
