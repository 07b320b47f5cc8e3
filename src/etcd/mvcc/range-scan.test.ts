import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { requestEntry, StateMachine, stateOptions } from '../../../test/support/state-machine.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import { type AppliedEntry, Applier } from '../apply/applier.ts';
import { loadState } from '../apply/state.ts';
import {
  decodeRangeRequest,
  encodeRangeRequest,
  type InternalRaftRequestInit,
  type RangeRequest,
  type RangeRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import { keyValuesOf, type RangeResult } from './store.ts';

const b = utf8Bytes;
const keyOf = (i: number): Uint8Array => b(`key-${String(i).padStart(5, '0')}`);

const rangeRequest = (init: RangeRequestInit): RangeRequest =>
  decodeRangeRequest(encodeRangeRequest(init));

/** Where the pieces end says nothing. */
const plain = (result: RangeResult): unknown => ({ ...result, pieces: keyValuesOf(result) });

function filled(): StateMachine {
  const machine = new StateMachine(new MemoryBackend());
  for (let i = 0; i < 2_500; i += 1) machine.apply({ put: { key: keyOf(i), value: b('first') } });
  for (let i = 0; i < 2_500; i += 7) machine.apply({ put: { key: keyOf(i), value: b('second') } });
  for (let i = 0; i < 2_500; i += 5) machine.apply({ deleteRange: { key: keyOf(i) } });
  return machine;
}

test('a list in pieces is the list, whatever is asked for', async () => {
  const { store } = filled().state;
  const everything = { key: b('\0'), rangeEnd: b('\0') };
  for (const query of [
    everything,
    { ...everything, limit: 1_000 },
    { ...everything, limit: 1_999 },
    { ...everything, limit: 2_000 },
    { ...everything, limit: 5_000, keysOnly: true },
    { ...everything, revision: 2_400 },
    { ...everything, revision: 2_400, limit: 1_200 },
    { ...everything, sortOrder: 2 },
    { ...everything, minModRevision: 2_000 },
    { ...everything, countOnly: true },
    { key: keyOf(100), rangeEnd: keyOf(2_400) },
    { key: keyOf(100), rangeEnd: keyOf(100) },
    { key: keyOf(101) },
  ]) {
    const request = rangeRequest(query);
    const inPieces = await store.rangeInPieces(request);
    assert.deepEqual(plain(inPieces), plain(store.range(request)));
  }
});

test('a list in pieces shows one moment, though keys change and are compacted meanwhile', async () => {
  const machine = filled();
  const request = rangeRequest({ key: b('\0'), rangeEnd: b('\0') });
  const before = machine.state.store.range(request);
  const list = machine.state.store.rangeInPieces(request);
  machine.apply({ deleteRange: { key: b('\0'), rangeEnd: b('\0') } });
  const revision = machine.state.store.currentRevision;
  await machine.apply({ compaction: { revision } }).compaction?.done;
  assert.deepEqual(plain(await list), plain(before));
});

test('many lists at once are each of one moment, also those that wait', async () => {
  const machine = filled();
  const request = rangeRequest({ key: b('\0'), rangeEnd: b('\0') });
  const lists = Array.from({ length: 20 }, () => machine.state.store.rangeInPieces(request));
  for (let i = 0; i < 2_500; i += 1) {
    machine.apply({ deleteRange: { key: keyOf(i) } });
    await Promise.resolve();
  }
  for (const list of await Promise.all(lists)) {
    const { length, count, revision } = list;
    assert.equal(length, count);
    const then = machine.state.store.range({ ...request, revision });
    assert.deepEqual(keyValuesOf(list), keyValuesOf(then));
  }
});

test('for a reader that has left nothing more is read', async () => {
  const { store } = filled().state;
  const request = rangeRequest({ key: b('\0'), rangeEnd: b('\0') });
  const leaving = { hasLeft: false };
  const left = store.rangeInPieces(request, leaving);
  const list = store.rangeInPieces(request, { hasLeft: false });
  leaving.hasLeft = true;
  const before = store.counts.ranges;
  await assert.rejects(Promise.resolve(left), { name: 'Canceled' });
  const { length, count } = await list;
  assert.equal(length, count);
  assert.equal(store.counts.ranges, before + 1);
});

test('a closing store ends lists, and waits for their last piece', async () => {
  const machine = filled();
  const request = rangeRequest({ key: b('\0'), rangeEnd: b('\0') });
  const list = machine.state.store.rangeInPieces(request);
  const refused = assert.rejects(Promise.resolve(list), /server stopped/);
  await machine.state.store.stop();
  await machine.state.backend.close();
  await refused;
});

test('a list in pieces has keys that were deleted and compacted away while it was read', async () => {
  let goOn: (() => void) | undefined;
  // The first one who yields is the list: it stands still between two pieces.
  const yieldToLoop = (): Promise<void> =>
    goOn === undefined ? new Promise((resolve) => (goOn = resolve)) : Promise.resolve();
  const machine = filled();
  const state = loadState(machine.state.backend, { ...stateOptions, yieldToLoop });
  const applier = new Applier(state, { memberId: 1n, quotaBytes: undefined });
  const apply = (request: InternalRaftRequestInit): AppliedEntry => {
    const index = applier.appliedIndex + 1;
    return applier.applyBatch([requestEntry(index, 1n, request)], () => true, 0)[0] as AppliedEntry;
  };
  const request = rangeRequest({ key: b('\0'), rangeEnd: b('\0') });
  const before = machine.state.store.range(request);
  const list = state.store.rangeInPieces(request);
  apply({ deleteRange: { key: keyOf(2_401) } });
  apply({ put: { key: keyOf(1), value: b('third') } });
  await apply({ compaction: { revision: state.store.currentRevision } }).compaction?.done;
  // Somebody else fills the cache with what is left where the list has not been yet.
  state.store.range(rangeRequest({ key: keyOf(2_000), rangeEnd: b('\0') }));
  goOn?.();
  const { length, count } = await list;
  assert.deepEqual({ length, count }, { length: before.length, count: before.count });
});
