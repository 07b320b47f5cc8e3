import assert from 'node:assert/strict';
import test from 'node:test';
import { type Random, seededRandom } from '../../src/base/random.ts';
import {
  linearizabilityComplaints,
  type Operation,
  type Read,
  type Write,
} from './linearizability.ts';

function write(
  revision: number | undefined,
  [startMs, endMs]: readonly [number, number],
  more: Partial<Write> = {},
): Write {
  return { kind: 'write', key: 'k', value: `v${revision}`, revision, startMs, endMs, ...more };
}

function read(
  revision: number,
  modRevision: number | undefined,
  [startMs, endMs]: readonly [number, number],
): Read {
  const found = modRevision === undefined ? undefined : { value: `v${modRevision}`, modRevision };
  return { kind: 'read', key: 'k', revision, found, startMs, endMs };
}

function assertFound(operations: readonly Operation[], words: RegExp): void {
  assert.match(linearizabilityComplaints(operations).join('\n'), words);
}

test('operations that overlap may take effect in either order', () => {
  const two = write(2, [0, 10]);
  const three = write(3, [5, 15]);
  for (const seen of [2, 3]) {
    const complaints = linearizabilityComplaints([two, three, read(seen, seen, [6, 12])]);
    assert.deepEqual(complaints, []);
  }
});

test('a write that was acknowledged and then not read is found', () => {
  assertFound(
    [write(2, [0, 1]), read(1, undefined, [2, 3])],
    /read .* began after the end of write/,
  );
  assertFound([write(2, [0, 1]), read(4, undefined, [2, 3])], /misses write/);
});

test('a stale read is found, whether its header is old or tells the truth', () => {
  const writes = [write(2, [0, 1]), write(3, [2, 3])];
  assertFound([...writes, read(2, 2, [4, 5])], /began after the end of write/);
  assertFound([...writes, read(3, 2, [4, 5])], /is stale/);
});

test('two reads that go back in time are found although the writes were never acknowledged', () => {
  const lost = [
    write(undefined, [0, 9], { value: 'v2' }),
    write(undefined, [0, 9], { value: 'v3' }),
  ];
  assert.deepEqual(
    linearizabilityComplaints([...lost, read(2, 2, [1, 2]), read(3, 3, [3, 4])]),
    [],
  );
  assertFound([...lost, read(3, 3, [1, 2]), read(2, 2, [3, 4])], /read .* began after .* read/);
});

test('a write without an answer may be seen later or never, but not before it was sent', () => {
  const unknown = write(undefined, [10, 20], { value: 'v3' });
  assert.deepEqual(
    linearizabilityComplaints([write(2, [0, 1]), unknown, read(2, 2, [30, 31])]),
    [],
  );
  assert.deepEqual(linearizabilityComplaints([unknown, read(3, 3, [40, 41])]), []);
  assertFound([unknown, read(3, 3, [3, 4]), read(5, 3, [5, 6])], /write .* began after the end/);
});

test('two writes at one revision, and a write that goes back behind an earlier one, are found', () => {
  assertFound([write(2, [0, 1]), write(2, [2, 3], { value: 'x' })], /have one revision/);
  assertFound([write(3, [0, 1]), write(2, [2, 3])], /write .* began after the end of write/);
});

test('a swap that succeeded against a value already replaced is found', () => {
  const writes = [write(2, [0, 1]), write(3, [0, 9])];
  assertFound([...writes, write(4, [0, 9], { replaces: 2 })], /replaced 2, but 3 was there/);
  assert.deepEqual(linearizabilityComplaints([...writes, write(4, [0, 9], { replaces: 3 })]), []);
});

test('a value that nobody wrote, or at another revision than its answer named, is found', () => {
  assertFound([read(2, 2, [0, 1])], /nobody wrote/);
  assertFound([write(2, [0, 1], { value: 'v3' }), read(3, 3, [2, 3])], /at revision 3/);
});

/** A register whose reads come from a copy that lags so many writes behind: 0 is correct. */
function simulate(random: Random, lag: number): Operation[] {
  const log: { value: string; revision: number }[] = [];
  const operations: Operation[] = [];
  for (let now = 10; now < 2_000; now += 1 + random.below(5)) {
    const endMs = now + random.below(8);
    if (random.below(2) === 0) {
      const revision = log.length + 2;
      const value = `v${revision}`;
      log.push({ value, revision });
      const isAnswered = random.below(8) !== 0;
      const startMs = now - random.below(8);
      operations.push(write(isAnswered ? revision : undefined, [startMs, endMs], { value }));
    } else {
      const state = log.slice(0, Math.max(0, log.length - lag));
      const newest = state.at(-1);
      operations.push(
        read(newest?.revision ?? 1, newest?.revision, [now - random.below(8), endMs]),
      );
    }
  }
  return operations;
}

test('a correct register never brings a complaint, a lagging copy always does', (t) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  t.diagnostic(`SEED=${seed}`);
  for (let i = 0; i < 20; i += 1) {
    const random = seededRandom(seed + i);
    assert.deepEqual(linearizabilityComplaints(simulate(random, 0)), [], `seed ${seed + i}`);
    const stale = linearizabilityComplaints(simulate(random, 12));
    assert.notEqual(stale.length, 0, `stale reads were not found with seed ${seed + i}`);
  }
});
