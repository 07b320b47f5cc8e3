import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusError } from '../errors.ts';
import { services } from '../proto/generated/descriptors.ts';
import { type Call, callUnary, type RpcStream, rpcTable } from './rpc.ts';

const call: Call = {
  metadata: () => undefined,
  deadlineMs: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
  viaGateway: false,
};

test('every declared method is in the table, and what nobody implements is Unimplemented', async () => {
  const table = rpcTable([]);
  assert.equal(table.size, services.flatMap((service) => service.methods).length);
  for (const [path, rpc] of table) {
    const message = `method ${path.split('/')[2]} not implemented`;
    const expected = { name: 'StatusError', code: 12, message };
    if (rpc.kind === 'unary') {
      await assert.rejects(callUnary(rpc, new Uint8Array(0), call), expected);
      continue;
    }
    const failures: unknown[] = [];
    const stream = { fail: (error: unknown) => failures.push(error) } as unknown as RpcStream;
    rpc.open(stream, call);
    assert.deepEqual(failures, [new StatusError(12, message)]);
  }
});

test('an implementation replaces the refusal', async () => {
  const path = '/etcdserverpb.KV/Range';
  const table = rpcTable([{ kind: 'unary', path, handle: (request) => request }]);
  const range = table.get(path);
  assert.ok(range?.kind === 'unary');
  assert.deepEqual(await callUnary(range, new Uint8Array([1]), call), new Uint8Array([1]));
});

test('a method that proto/ does not declare, or declares as another kind, is a defect', () => {
  const handle = (request: Uint8Array) => request;
  const unary = (path: string) => rpcTable([{ kind: 'unary', path, handle }]);
  assert.throws(() => unary('/etcdserverpb.KV/Rage'), /is not declared in proto/);
  assert.throws(() => unary('/etcdserverpb.Watch/Watch'), /is declared as bidi-stream/);
});
