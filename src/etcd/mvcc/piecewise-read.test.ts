import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { StateMachine } from '../../../test/support/state-machine.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import {
  decodeRangeRequest,
  encodeRangeRequest,
  type RangeRequest,
  type RangeRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import { keyValuesOf, type RangeResult, type ReadSteps } from './store.ts';

const b = utf8Bytes;
const KEYS = 40;
const VALUE_BYTES = 1_000;
const PIECE_BYTES = 4_000;
const keyOf = (i: number): Uint8Array => b(`key-${String(i).padStart(5, '0')}`);

const everything = { key: b('\0'), rangeEnd: b('\0') };

const rangeRequest = (init: RangeRequestInit): RangeRequest =>
  decodeRangeRequest(encodeRangeRequest(init));

const plain = (result: RangeResult): unknown => ({ ...result, pieces: keyValuesOf(result) });

class Turns {
  count = 0;
  readonly next = (): Promise<void> => {
    this.count += 1;
    return Promise.resolve();
  };
}

/** Keys with long values, of which few fit into one piece. */
function filled(turns: Turns, answerBytesMax = 1_000_000, keysMax = 1_000): StateMachine {
  const machine = new StateMachine(new MemoryBackend(), {
    listCache: { bytesMax: 10 * KEYS * VALUE_BYTES, blockBytes: 500, keysMin: 3, revisionsMax: 2 },
    readBounds: { keysMax, bytesMax: PIECE_BYTES, answerBytesMax },
    yieldToLoop: turns.next,
  });
  writeAll(machine, 'a');
  return machine;
}

function writeAll(machine: StateMachine, letter: string): void {
  const value = b(letter.repeat(VALUE_BYTES));
  for (let i = 0; i < KEYS; i += 1) machine.apply({ put: { key: keyOf(i), value } });
}

const turnsForAll = (KEYS * VALUE_BYTES) / PIECE_BYTES - 2;

test('a list of few keys with long values takes many turns', async () => {
  const turns = new Turns();
  const machine = filled(turns);
  const request = rangeRequest(everything);
  const list = await machine.state.store.rangeInPieces(request);
  assert.ok(turns.count >= turnsForAll, `${turns.count} turns`);
  assert.deepEqual(plain(list), plain(machine.state.store.range(request)));
});

test('a short limit does not make long values a short list', async () => {
  const turns = new Turns();
  const machine = filled(turns);
  const request = rangeRequest({ ...everything, limit: KEYS / 2 });
  const list = await machine.state.store.rangeInPieces(request);
  assert.ok(turns.count >= turnsForAll / 2 - 1, `${turns.count} turns`);
  assert.deepEqual(plain(list), plain(machine.state.store.range(request)));
});

test('a list that is kept takes no turn, until its long values have changed', async () => {
  const turns = new Turns();
  const machine = filled(turns);
  const request = rangeRequest(everything);
  await machine.state.store.rangeInPieces(request);
  turns.count = 0;
  await machine.state.store.rangeInPieces(request);
  assert.equal(turns.count, 0);
  writeAll(machine, 'b');
  const list = await machine.state.store.rangeInPieces(request);
  assert.ok(turns.count >= turnsForAll, `${turns.count} turns`);
  assert.deepEqual(plain(list), plain(machine.state.store.range(request)));
});

function* severalRanges(requests: readonly RangeRequest[]): ReadSteps<RangeResult[]> {
  const results: RangeResult[] = [];
  for (const request of requests) results.push(yield request);
  return results;
}

test('several ranges share their pieces and see one moment, though keys change and are compacted', async () => {
  const requests = [
    everything,
    { key: keyOf(1) },
    { ...everything, keysOnly: true },
    { ...everything, countOnly: true },
    { ...everything, sortOrder: 2 },
    { key: keyOf(3), revision: 5 },
    { ...everything, revision: 20 },
  ].map(rangeRequest);
  const turns = new Turns();
  const machine = filled(turns);
  const { store } = machine.state;
  const before = requests.map((request) => plain(store.range(request)));
  // Another one, so that nothing is kept from the reads above.
  const other = filled(turns);
  const reading = other.state.store.readInPieces(() => severalRanges(requests));
  other.apply({ deleteRange: everything });
  writeAll(other, 'c');
  const revision = other.state.store.currentRevision;
  await other.apply({ compaction: { revision } }).compaction?.done;
  assert.deepEqual((await reading).map(plain), before);
  assert.ok(turns.count >= 2 * turnsForAll, `${turns.count} turns`);
  // What the read has left in the cache is the newest state.
  const now = other.state.store.range(rangeRequest(everything));
  assert.ok(keyValuesOf(now).every((kv) => Buffer.from(kv).includes('cccc')));
});

test('single keys of one read count against its pieces', async () => {
  const turns = new Turns();
  const machine = filled(turns, 1_000_000, 2);
  const requests = Array.from({ length: 10 }, (_, i) => rangeRequest({ key: keyOf(i) }));
  const results = await machine.state.store.readInPieces(() => severalRanges(requests));
  assert.equal(results.length, 10);
  assert.equal(turns.count, 4);
});

const tooLarge = {
  code: 8,
  message: /^grpc: trying to send message larger than max \(\d+ vs\. 9000\)$/,
};

test('an answer above the bound is refused when so much is collected, not later', async () => {
  const turns = new Turns();
  const { store } = filled(turns, 9_000).state;
  const list = store.rangeInPieces(rangeRequest(everything));
  await assert.rejects(Promise.resolve(list), tooLarge);
  assert.ok(turns.count <= 3, `${turns.count} turns`);
  assert.throws(() => store.range(rangeRequest(everything)), tooLarge);
});

test('a refused list leaves its turn to the next one', async () => {
  const { store } = filled(new Turns(), 9_000).state;
  const request = rangeRequest(everything);
  for (let i = 0; i < 20; i += 1) {
    await assert.rejects(async () => await store.rangeInPieces(request), tooLarge);
  }
  const short = await store.rangeInPieces(rangeRequest({ ...everything, limit: 6 }));
  assert.equal(short.length, 6);
});

test('what filters leave out does not count against the bound, what is sorted does', async () => {
  const { store } = filled(new Turns(), 9_000).state;
  const few = await store.rangeInPieces(rangeRequest({ ...everything, maxModRevision: 5 }));
  assert.equal(few.length, 4);
  const sorted = rangeRequest({ ...everything, sortOrder: 2 });
  await assert.rejects(async () => await store.rangeInPieces(sorted), tooLarge);
});
