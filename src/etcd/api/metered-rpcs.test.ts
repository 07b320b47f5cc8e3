import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, EtcdError, StatusError } from '../errors.ts';
import { EtcdMetrics } from '../metrics/etcd-metrics.ts';
import type { MethodMeter } from '../metrics/rpc-metrics.ts';
import { DecodeError } from '../proto/wire.ts';
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

test('a unary call whose bytes are no request is none, as in etcd', () => {
  const { rpc, meter } = metered({
    kind: 'unary',
    path: unaryPath,
    handle: () => {
      throw new DecodeError('truncated varint', 0);
    },
  });
  assert.ok(rpc.kind === 'unary');
  const call = callWith(new AbortController().signal);
  return assert.rejects(callUnary(rpc, new Uint8Array(2), call), DecodeError).then(() => {
    assert.deepEqual(counts(meter, Code.internal), [0, 0, 2, 0, 0, 0]);
  });
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
  type Ending = (stream: RpcStream, caller: AbortController, outer: RpcStream) => void;
  const unreadable = new StatusError(Code.internal, 'grpc: failed to unmarshal');
  // A handler that waits for a message and hears that there is none has received, as in etcd.
  const endings: readonly (readonly [finish: Ending, code: number, received: number])[] = [
    [(stream) => stream.end(), 0, 2],
    [(stream, _caller, outer) => (outer.onHalfClose(), stream.end()), 0, 3],
    [(stream) => stream.fail(new EtcdError('NoLeader')), 14, 2],
    [(stream) => stream.fail(unreadable), 1, 2],
    [(_stream, caller) => caller.abort(new EtcdError('Canceled')), 1, 3],
    [(_stream, caller) => caller.abort(unreadable), 1, 3],
    [(_stream, caller, outer) => (outer.onHalfClose(), caller.abort(unreadable)), 1, 3],
  ];
  for (const [finish, code, received] of endings) {
    let inner: RpcStream = sink;
    const { rpc, meter } = metered({
      kind: 'bidi-stream',
      path: streamPath,
      open: (stream) => {
        inner = stream;
        stream.onMessage = (message) => void stream.write(message);
        stream.onHalfClose = () => {};
      },
    });
    assert.ok(rpc.kind !== 'unary');
    const caller = new AbortController();
    const outer = { ...sink };
    rpc.open(outer, callWith(caller.signal));
    outer.onMessage(new Uint8Array(2));
    outer.onMessage(new Uint8Array(2));
    finish(inner, caller, outer);
    inner.end();
    caller.abort(new EtcdError('Canceled'));
    assert.deepEqual(counts(meter, code), [1, received, 4, 2, 4, 1]);
    assert.equal(
      meter.handled.reduce((sum, count) => sum + count, 0),
      1,
    );
  }
});

test('a stream of answers receives one message, be it none, and says why it ended', () => {
  const unreadable = new StatusError(Code.resourceExhausted, 'grpc: received message larger than');
  for (const messages of [0, 1]) {
    const { rpc, meter } = metered({
      kind: 'server-stream',
      path: '/etcdserverpb.Maintenance/Snapshot',
      open: (stream) => {
        stream.onMessage = () => {};
      },
    });
    assert.ok(rpc.kind !== 'unary');
    const caller = new AbortController();
    const outer = { ...sink };
    rpc.open(outer, callWith(caller.signal));
    if (messages > 0) outer.onMessage(new Uint8Array(2));
    caller.abort(unreadable);
    assert.deepEqual(counts(meter, Code.resourceExhausted), [1, 1, 2 * messages, 0, 0, 1]);
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
