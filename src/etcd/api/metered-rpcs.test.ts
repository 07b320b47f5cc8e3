import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EtcdError } from '../errors.ts';
import { EtcdMetrics } from '../metrics/etcd-metrics.ts';
import type { MethodMeter } from '../metrics/rpc-metrics.ts';
import { meteredRpcs } from './metered-rpcs.ts';
import { type Call, callUnary, type Rpc, type RpcStream, rpcTable } from './rpc.ts';

const unaryPath = '/etcdserverpb.KV/Range';
const streamPath = '/etcdserverpb.Watch/Watch';

function callWith(signal: AbortSignal): Call {
  return {
    metadata: () => undefined,
    deadlineMs: Number.POSITIVE_INFINITY,
    signal,
    viaGateway: false,
  };
}

function metered(rpc: Rpc): { readonly rpc: Rpc; readonly meter: MethodMeter } {
  const { rpcs } = new EtcdMetrics();
  const wrapped = meteredRpcs(rpcTable([rpc]), rpcs).get(rpc.path);
  const meter = rpcs.get(rpc.path);
  assert.ok(wrapped !== undefined && meter !== undefined);
  return { rpc: wrapped, meter };
}

const counts = (meter: MethodMeter, code: number) => [
  meter.started,
  meter.received,
  meter.receivedBytes,
  meter.sent,
  meter.sentBytes,
  meter.handled[code],
];

test('a unary call counts the same whether it answers at once, later or not at all', async () => {
  const call = callWith(new AbortController().signal);
  const answers: readonly (readonly [() => Promise<Uint8Array> | Uint8Array, number])[] = [
    [() => new Uint8Array(3), 0],
    [async () => new Uint8Array(3), 0],
    // An error counts as a message, as in etcd.
    [() => Promise.reject(new EtcdError('NoLeader')), 14],
    [
      () => {
        throw new EtcdError('EmptyKey');
      },
      3,
    ],
  ];
  for (const [handle, code] of answers) {
    const { rpc, meter } = metered({ kind: 'unary', path: unaryPath, handle });
    assert.ok(rpc.kind === 'unary');
    const answer = callUnary(rpc, new Uint8Array(2), call);
    await answer.catch(() => {});
    assert.deepEqual(counts(meter, code), [1, 1, 2, 1, code === 0 ? 3 : 0, 1]);
  }
});

const sink: RpcStream = {
  onMessage: () => {},
  onHalfClose: () => {},
  write: () => true,
  writeParts: () => true,
  drained: async () => {},
  pause: () => {},
  resume: () => {},
  end: () => {},
  fail: () => {},
};

test('a stream counts its messages and ends once, however it ends', () => {
  const endings: readonly (readonly [(s: RpcStream, c: AbortController) => void, number])[] = [
    [(stream) => stream.end(), 0],
    [(stream) => stream.fail(new EtcdError('NoLeader')), 14],
    [(_stream, caller) => caller.abort(new EtcdError('Canceled')), 1],
  ];
  for (const [finish, code] of endings) {
    let inner: RpcStream = sink;
    const { rpc, meter } = metered({
      kind: 'bidi-stream',
      path: streamPath,
      open: (stream) => {
        inner = stream;
        stream.onMessage = (message) => void stream.write(message);
      },
    });
    assert.ok(rpc.kind !== 'unary');
    const caller = new AbortController();
    const outer = { ...sink };
    rpc.open(outer, callWith(caller.signal));
    outer.onMessage(new Uint8Array(2));
    outer.onMessage(new Uint8Array(2));
    finish(inner, caller);
    inner.end();
    caller.abort(new EtcdError('Canceled'));
    assert.deepEqual(counts(meter, code), [1, 2, 4, 2, 4, 1]);
    assert.equal(
      meter.handled.reduce((sum, count) => sum + count, 0),
      1,
    );
  }
});

test('a stream whose handler throws is failed and counted', () => {
  const { rpc, meter } = metered({
    kind: 'bidi-stream',
    path: streamPath,
    open: () => {
      throw new EtcdError('NoLeader');
    },
  });
  assert.ok(rpc.kind !== 'unary');
  const failures: unknown[] = [];
  rpc.open(
    { ...sink, fail: (error) => void failures.push(error) },
    callWith(new AbortController().signal),
  );
  assert.deepEqual(failures, [new EtcdError('NoLeader')]);
  assert.equal(meter.handled[14], 1);
});
