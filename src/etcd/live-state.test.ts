import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { confChangeEntry, requestEntry } from '../../test/support/state-machine.ts';
import { utf8Bytes } from '../base/bytes.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { SimpleTokens } from './auth/simple-token.ts';
import { DataDir } from './bootstrap/data-dir.ts';
import { nodeDisk } from './io/node-disk.ts';
import { LiveState } from './live-state.ts';
import { keyValuesOf } from './mvcc/store.ts';
import { decodeRangeRequest, encodeRangeRequest } from './proto/generated/etcdserverpb.ts';
import { decodeKeyValue } from './proto/generated/mvccpb.ts';
import { ConfChangeType } from './proto/generated/raftpb.ts';
import { stringifyBigJson } from './proto/ids.ts';
import { writePieces } from './snap/snapshot-file.ts';

type Place = { readonly dir: DataDir; open(): Promise<LiveState> };

function newPlace(t: TestContext): Place {
  const root = mkdtempSync(join(tmpdir(), 'etcd-ts-state-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const dir = new DataDir(root, '');
  const options = {
    dir,
    disk: nodeDisk,
    clock: systemClock,
    log: silentLog,
    leaseTtlSecondsMin: 1,
  };
  return {
    dir,
    open: async () => {
      const tokens = new SimpleTokens({ ttlMs: 300_000, tokensMax: 100 });
      const state = await LiveState.open({
        ...options,
        quotaBytes: undefined,
        learnersMax: 1,
        tokens,
      });
      state.identify(1n);
      return state;
    },
  };
}

function put(state: LiveState, key: string, value: string): void {
  const { applier } = state.current;
  const index = applier.appliedIndex + 1;
  const request = { put: { key: utf8Bytes(key), value: utf8Bytes(value) } };
  applier.applyBatch([requestEntry(index, BigInt(index), request)], () => false, 0);
}

function addMember(state: LiveState, id: bigint): void {
  const { applier } = state.current;
  const member = { id, peerURLs: [`http://m${id}:2380`], name: `m${id}` };
  const change = {
    type: ConfChangeType.ConfChangeAddNode,
    nodeId: id,
    context: utf8Bytes(stringifyBigJson(member)),
  };
  applier.applyBatch([confChangeEntry(applier.appliedIndex + 1, change)], () => false, 0);
}

function get(state: LiveState, key: string): string | undefined {
  const request = decodeRangeRequest(encodeRangeRequest({ key: utf8Bytes(key) }));
  const [kv] = keyValuesOf(state.current.store.range(request));
  return kv === undefined ? undefined : Buffer.from(decodeKeyValue(kv).value).toString();
}

/** Sends the state of one member to another, which has received it then. */
async function transfer(from: LiveState, to: DataDir): Promise<number> {
  const database = await from.openDatabase();
  try {
    const path = to.receivedDatabase(database.position.index);
    await writePieces(nodeDisk, path, database.chunks);
  } finally {
    database.close();
  }
  return database.position.index;
}

test('what was applied is there after a restart, with its position', async (t) => {
  const { open } = newPlace(t);
  const state = await open();
  addMember(state, 1n);
  put(state, 'a', '1');
  await state.close();
  const again = await open();
  assert.equal(get(again, 'a'), '1');
  const { index, term, confState } = again.position();
  assert.deepEqual([index, term, confState.voters], [2, 1, [1n]]);
  await again.close();
});

test('a received state replaces everything, position and members too', async (t) => {
  const leader = await newPlace(t).open();
  addMember(leader, 1n);
  addMember(leader, 2n);
  put(leader, 'a', 'of the leader');
  const place = newPlace(t);
  const follower = await place.open();
  put(follower, 'b', 'old');
  const index = await transfer(leader, place.dir);
  const position = await follower.replace(index);
  assert.deepEqual(position, leader.position());
  assert.deepEqual([get(follower, 'a'), get(follower, 'b')], ['of the leader', undefined]);
  put(follower, 'c', 'goes on');
  await follower.close();
  const again = await place.open();
  assert.deepEqual([get(again, 'a'), get(again, 'c')], ['of the leader', 'goes on']);
  assert.deepEqual(await nodeDisk.list(place.dir.snap), []);
  assert.equal((await nodeDisk.list(place.dir.state)).length, 1);
  await Promise.all([again.close(), leader.close()]);
});

test('who keeps a store is told of its successor before it is closed', async (t) => {
  const leader = await newPlace(t).open();
  addMember(leader, 1n);
  put(leader, 'a', 'of the leader');
  const place = newPlace(t);
  const follower = await place.open();
  put(follower, 'a', 'old');
  let { store } = follower.current;
  const reads = setInterval(() => store.changes(1, 10), 0);
  const index = await transfer(leader, place.dir);
  await follower.replace(index, () => {
    assert.equal(store.changes(1, 10).changes.length, 1);
    store = follower.current.store;
    assert.equal(get(follower, 'a'), 'of the leader');
  });
  clearInterval(reads);
  assert.equal(store, follower.current.store);
  await Promise.all([follower.close(), leader.close()]);
});

test('an import that was cut off leaves the old state, and goes at the next start', async (t) => {
  const place = newPlace(t);
  const state = await place.open();
  put(state, 'a', '1');
  await writePieces(nodeDisk, place.dir.receivedDatabase(50), [new Uint8Array(8_192)]);
  await assert.rejects(state.replace(50));
  assert.equal(get(state, 'a'), '1');
  await state.close();
  const again = await place.open();
  assert.equal(get(again, 'a'), '1');
  assert.deepEqual(await nodeDisk.list(place.dir.snap), []);
  assert.equal((await nodeDisk.list(place.dir.state)).length, 1);
  await again.close();
});

test('a database that is being read shows one moment while writes go on', async (t) => {
  const state = await newPlace(t).open();
  addMember(state, 1n);
  put(state, 'a', '1');
  const database = await state.openDatabase();
  put(state, 'a', '2');
  const place = newPlace(t);
  const path = place.dir.receivedDatabase(database.position.index);
  const copy = await place.open();
  const size = await writePieces(nodeDisk, path, database.chunks);
  assert.equal(size, database.sizeBytes);
  database.close();
  database.close();
  await copy.replace(database.position.index);
  assert.deepEqual([get(copy, 'a'), get(state, 'a')], ['1', '2']);
  await Promise.all([copy.close(), state.close()]);
});

test('who reads a state that is replaced is told so and disturbs nobody', async (t) => {
  const leader = await newPlace(t).open();
  addMember(leader, 1n);
  put(leader, 'a', 'new');
  const place = newPlace(t);
  const follower = await place.open();
  const reading = await follower.openDatabase();
  await follower.replace(await transfer(leader, place.dir));
  assert.equal(get(follower, 'a'), 'new');
  const read = async (): Promise<void> => {
    for await (const piece of reading.chunks) assert.ok(piece.length > 0);
  };
  await assert.rejects(read(), /has been replaced or closed/);
  reading.close();
  await Promise.all([follower.close(), leader.close()]);
});

test('a start gives free space back to the disk above the threshold only', async (t) => {
  const place = newPlace(t);
  const first = await place.open();
  const large = 'x'.repeat(100_000);
  for (let i = 0; i < 100; i++) put(first, `k${i}`, large);
  await first.close();
  const state = await place.open();
  const { applier, backend } = state.current;
  const all = { key: utf8Bytes('k'), rangeEnd: utf8Bytes('l') };
  const removal = requestEntry(applier.appliedIndex + 1, 900n, { deleteRange: all });
  applier.applyBatch([removal], () => false, 0);
  const compaction = requestEntry(applier.appliedIndex + 1, 901n, {
    compaction: { revision: 102 },
  });
  for (const entry of applier.applyBatch([compaction], () => false, 0))
    await entry.compaction?.done;
  await backend.checkpoint();
  const before = backend.sizeBytes();
  await state.defragmentAbove(64 * 1024 * 1024);
  assert.equal(backend.sizeBytes(), before);
  await state.defragmentAbove(1024 * 1024);
  const after = backend.sizeBytes();
  await state.close();
  assert.ok(after < before / 2, `${before} bytes, then ${after}`);
});
