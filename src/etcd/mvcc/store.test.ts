import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { StateMachine } from '../../../test/support/state-machine.ts';
import { emptyBytes, utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { seededRandom } from '../../base/random.ts';
import type { ReadTxn } from '../backend/backend.ts';
import { decodeRangeRequest } from '../proto/generated/etcdserverpb.ts';
import { KeyIndex } from './key-index.ts';
import { keyOf, parseKeyValue } from './key-value.ts';
import { keyValuesOf, type RangeQuery } from './store.ts';
import { versionAt } from './version-walk.ts';

const b = utf8Bytes;
const everything: RangeQuery = {
  ...decodeRangeRequest(emptyBytes),
  key: b('\0'),
  rangeEnd: b('\0'),
};

function fill(machine: StateMachine, count: number, keys = 7): void {
  for (let i = 0; i < count; i++) {
    if (i % 5 === 4) machine.apply({ deleteRange: { key: b(`k${i % keys}`) } });
    else machine.apply({ put: { key: b(`k${i % keys}`), value: b(String(i)) } });
  }
}

function historySize(machine: StateMachine): number {
  return machine.state.backend.read((txn) => txn.count('history', emptyBytes, undefined));
}

void test('any old version of a key is reached in a number of reads that grows with its logarithm', () => {
  const machine = new StateMachine(new MemoryBackend());
  const versions = 3_000;
  for (let i = 0; i < versions; i++) machine.apply({ put: { key: b('k'), value: b(String(i)) } });
  const { backend, store } = machine.state;
  const random = seededRandom(1);
  const record = backend.read((txn) => new KeyIndex(txn).get(txn, b('k'))) as Uint8Array;
  let most = 0;
  for (let i = 0; i < 500; i++) {
    const revision = 2 + random.below(versions);
    let reads = 0;
    backend.read((txn) => {
      const counting: ReadTxn = {
        get: (bucket, key) => {
          reads++;
          return txn.get(bucket, key);
        },
        find: (bucket, key, place) => place.owned(counting.get(bucket, key)),
        range: (bucket, from, to) => txn.range(bucket, from, to),
        count: (bucket, from, to) => txn.count(bucket, from, to),
      };
      assert.equal(versionAt(counting, record, revision)?.main, revision);
    });
    most = Math.max(most, reads);
    const [keyValue] = keyValuesOf(store.range({ ...everything, revision }));
    assert.equal(utf8Text(parseKeyValue(keyValue as Uint8Array).value), String(revision - 2));
  }
  assert.ok(most <= 2 * Math.ceil(Math.log2(versions)), `${most} reads`);
  assert.ok(record.length < 80, `index record of ${record.length} bytes`);
});

void test('compaction refuses older reads at once and deletes in the background', async () => {
  const machine = new StateMachine(new MemoryBackend());
  fill(machine, 1_000);
  const before = historySize(machine);
  const atRevision = machine.state.store.range({ ...everything, revision: 900 });
  const applied = machine.apply({ compaction: { revision: 900 } });
  assert.throws(() => machine.state.store.range({ ...everything, revision: 899 }), /compacted/);
  assert.equal(historySize(machine), before, 'nothing is deleted within the call');
  await applied.compaction?.done;
  assert.ok(historySize(machine) < 120);
  const after = machine.state.store.range({ ...everything, revision: 900 });
  assert.deepEqual(keyValuesOf(after).map(utf8Text), keyValuesOf(atRevision).map(utf8Text));
});

void test('compaction looks only at what changed since the last one', async () => {
  let reads = 0;
  const backend = new MemoryBackend();
  const machine = new StateMachine(backend);
  for (let i = 0; i < 2_000; i++) machine.apply({ put: { key: b(`key-${i}`), value: b('v') } });
  await machine.apply({ compaction: { revision: 2_000 } }).compaction?.done;
  // Without the hash, which needs a pass over everything: as after a restart.
  machine.apply({ put: { key: b('key-1'), value: b('w') } });
  const job = backend.write((txn) => machine.state.store.scheduleCompaction(txn, 2_002));
  const write = backend.write.bind(backend);
  backend.write = (fn) =>
    write((txn) =>
      fn({
        ...txn,
        get: (bucket, key) => txn.get(bucket, key),
        put: (bucket, key, value) => txn.put(bucket, key, value),
        append: (bucket, key, value) => txn.append(bucket, key, value),
        delete: (bucket, key) => txn.delete(bucket, key),
        count: (bucket, from, to) => txn.count(bucket, from, to),
        *range(bucket, from, to, options) {
          for (const entry of txn.range(bucket, from, to, options)) {
            reads++;
            yield entry;
          }
        },
      }),
    );
  await machine.state.store.startCompaction({ ...job, wantsHash: false });
  assert.ok(reads <= 5, `${reads} records read`);
});

void test('a compaction that a crash interrupts is finished by the next start', async () => {
  const machine = new StateMachine(new MemoryBackend());
  const whole = new StateMachine(new MemoryBackend());
  fill(machine, 1_500);
  fill(whole, 1_500);
  await whole.apply({ compaction: { revision: 1_300 } }).compaction?.done;
  const resume = machine.state.store.pauseCompaction();
  machine.apply({ compaction: { revision: 1_300 } });
  const all = historySize(machine);
  resume();
  while (historySize(machine) === all) await Promise.resolve();
  const crashed = (machine.state.backend as MemoryBackend).afterKill();
  await machine.state.store.stop();
  const restarted = new StateMachine(crashed);
  assert.ok(historySize(restarted) > historySize(whole));
  assert.equal(restarted.state.store.compactRevision, 1_300);
  await restarted.state.store.resumeCompaction();
  assert.equal(historySize(restarted), historySize(whole));
  assert.equal(restarted.state.store.resumeCompaction(), undefined);
  const hashes = [restarted, whole].map((each) => each.state.store.hashKv(0));
  const [one, two] = await Promise.all(hashes);
  assert.deepEqual(one, two);
});

void test('while paused nothing is deleted; a stopped store ends its work early', async () => {
  const machine = new StateMachine(new MemoryBackend());
  fill(machine, 500);
  const resume = machine.state.store.pauseCompaction();
  const { compaction } = machine.apply({ compaction: { revision: 400 } });
  const before = historySize(machine);
  for (let i = 0; i < 50; i++) await Promise.resolve();
  assert.equal(historySize(machine), before);
  await machine.state.store.stop();
  await compaction?.done;
  assert.equal(historySize(machine), before);
  resume();
});

void test('a compaction rests while clients write, and a stopped store does not wait for it', async () => {
  const clock = new ManualClock();
  const machine = new StateMachine(new MemoryBackend(), { clock });
  fill(machine, 1_500);
  const resume = machine.state.store.pauseCompaction();
  const { compaction } = machine.apply({ compaction: { revision: 1_400 } });
  await turns();
  machine.apply({ put: { key: b('k0'), value: b('') } });
  resume();
  const before = historySize(machine);
  await turns();
  assert.equal(clock.timerCount, 1);
  assert.equal(historySize(machine), before);
  // One rest for records below what was compacted, one before the first deletions.
  for (let i = 0; i < 2; i += 1) {
    clock.advance(1);
    await turns();
  }
  assert.ok(historySize(machine) < before, 'a step was done');
  assert.equal(clock.timerCount, 1, 'and it rests again');
  await machine.state.store.stop();
  await compaction?.done;
  assert.equal(clock.timerCount, 0);
});

void test('HashKV goes on while keys change, and answers for its own moment', async () => {
  const machine = new StateMachine(new MemoryBackend());
  fill(machine, 1_200);
  const expected = await machine.state.store.hashKv(0);
  const asked = machine.state.store.hashKv(0);
  await Promise.resolve();
  fill(machine, 30);
  await machine.apply({ compaction: { revision: 1_210 } }).compaction?.done;
  assert.deepEqual(await asked, expected);
});

void test('a HashKV that nobody waits for any more is given up', async () => {
  const machine = new StateMachine(new MemoryBackend());
  fill(machine, 1_200);
  const leaving = new AbortController();
  const asked = machine.state.store.hashKv(0, leaving.signal);
  leaving.abort();
  await assert.rejects(asked, { name: 'Canceled' });
});

void test('what a change has replaced is what was there before its transaction', () => {
  const machine = new StateMachine(new MemoryBackend());
  const put = (value: string) => ({ requestPut: { key: b('k'), value: b(value) } });
  const gone = { requestDeleteRange: { key: b('a'), rangeEnd: b('\0') } };
  const { store } = machine.state;
  const replaced = (success: readonly object[]): (string | undefined)[] =>
    machine.apply({ txn: { success } }).changes.map((change) => {
      const previous = store.previousKeyValue(change);
      return previous === undefined ? undefined : utf8Text(parseKeyValue(previous).value);
    });
  assert.deepEqual(replaced([put('1'), gone]), [undefined, undefined]);
  assert.deepEqual(replaced([put('2')]), [undefined]);
  // What begins anew replaces nothing.
  assert.deepEqual(replaced([gone, put('3'), gone]), ['2', undefined, '2']);
  machine.apply({ put: { key: b('k'), value: b('4') } });
  assert.deepEqual(replaced([put('5'), gone]), ['4', '4']);
});

void test('a compacted store counts and lists only what lives', async () => {
  const machine = new StateMachine(new MemoryBackend());
  fill(machine, 333, 50);
  const { store } = machine.state;
  const check = (): void => {
    const all = store.range(everything);
    const { count } = all;
    const kvs = keyValuesOf(all);
    assert.equal(count, kvs.length);
    assert.equal(store.range({ ...everything, countOnly: true }).count, kvs.length);
    const limited = store.range({ ...everything, limit: 3 });
    assert.equal(limited.count, kvs.length);
    assert.equal(limited.more, true);
    const keysOnly = store.range({ ...everything, keysOnly: true });
    const names = kvs.map((keyValue) => utf8Text(keyOf(keyValue)));
    assert.deepEqual(
      keyValuesOf(keysOnly).map((keyValue) => utf8Text(keyOf(keyValue))),
      names,
    );
  };
  check();
  const [first] = keyValuesOf(store.range(everything));
  machine.apply({ deleteRange: { key: keyOf(first as Uint8Array) } });
  await machine.apply({ compaction: { revision: store.currentRevision } }).compaction?.done;
  check();
  assert.equal(
    machine.state.backend.read((txn) => txn.count('index', emptyBytes, undefined)),
    store.range(everything).count + 1,
    'one deletion was at the compacted revision itself and stays until the next compaction',
  );
});
