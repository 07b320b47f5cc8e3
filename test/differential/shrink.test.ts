import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromText, type Operation, type Program, toText } from './operation.ts';
import type { Difference } from './run.ts';
import { shrink } from './shrink.ts';

const budget = { tries: 1_000, milliseconds: 10_000 };
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

function put(key: string, more: object = {}): Operation {
  const request = { key: bytes(key), value: bytes('v'), ...more };
  return { kind: 'call', path: '/etcdserverpb.KV/Put', request, way: 'grpc', style: 7 };
}

/** Differs at the second of two puts of key "x", the second of which names a lease. */
function differs(program: Program): Promise<Difference | undefined> {
  let isThere = false;
  for (const [index, operation] of program.entries()) {
    if (operation.kind !== 'call') continue;
    const { key, lease } = operation.request as { key?: Uint8Array; lease?: bigint };
    if (Buffer.from(key ?? []).toString() !== 'x') continue;
    if (isThere && lease !== undefined) {
      return Promise.resolve({ index, what: 'it differs', kind: 'this' });
    }
    isThere = true;
  }
  return Promise.resolve(undefined);
}

test('of a long program only what the difference needs is left', async () => {
  const program = Array.from({ length: 100 }, (_, i) => put(`k${i}`)).toSpliced(20, 0, put('x'));
  const long = [...program, put('x', { lease: 3n, prevKv: true }), put('after')];
  const difference = await differs(long);
  assert.ok(difference !== undefined);
  const shrunk = await shrink(long, difference, differs, budget);
  assert.deepEqual(
    shrunk.program.map((operation) => (operation as { request: object }).request),
    [{ key: bytes('x') }, { key: bytes('x'), lease: 3n }],
  );
  assert.equal(shrunk.difference.index, 1);
});

test('another kind of difference is not taken for the one that is looked for', async () => {
  const program = [put('a'), put('b'), put('c')];
  const found = { index: 2, what: 'x', kind: 'wanted' };
  const other = (candidate: Program): Promise<Difference> =>
    Promise.resolve({ index: 0, what: 'y', kind: candidate.length === 3 ? 'wanted' : 'other' });
  const shrunk = await shrink(program, found, other, budget);
  assert.equal(shrunk.difference.kind, 'wanted');
  assert.equal(shrunk.program.length <= 3, true);
});

test('the budget bounds the tries', async () => {
  const program = Array.from({ length: 300 }, (_, i) => put(`k${i}`));
  const found = { index: 299, what: 'x', kind: 'all of it' };
  let runs = 0;
  const never = (): Promise<undefined> => {
    runs += 1;
    return Promise.resolve(undefined);
  };
  const shrunk = await shrink(program, found, never, { ...budget, tries: 40 });
  assert.deepEqual([shrunk.program.length, runs], [300, 40]);
});

test('a program that was written down is read back as it was', () => {
  const program = [
    put('\u00ff\0', { lease: -5n, value: new Uint8Array(5_000).fill(118) }),
    { kind: 'bytes', path: '/etcdserverpb.KV/Put', bytes: Uint8Array.of(0, 255, 10) },
    { kind: 'sync' },
  ] satisfies Program;
  assert.deepEqual(fromText(toText(program)), program);
});
