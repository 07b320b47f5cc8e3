/**
 * Broken clients against our HTTP/2: random frames, and recordings of real connections with bytes
 * flipped, dropped, repeated and exchanged. Whatever arrives, the server keeps running and serves
 * others, what it says is well-formed, and it says goodbye before it hangs up.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { silentLog } from '../../src/base/log.ts';
import { limits } from '../../src/etcd/config/limits.ts';
import { Http2GrpcServer } from '../../src/etcd/transport/grpc/http2-grpc-server.ts';
import { FrameType, PREFACE } from '../../src/etcd/transport/http2/frames.ts';
import type { Rpc, RpcKind } from '../../src/etcd/transport/rpc.ts';
import { Http2Peer, StillClock } from '../support/http2-peer.ts';
import { damaged, parameters, runs } from './mutation.ts';

/** More than this after all runs means that connections leave something behind. */
const memoryGrowthBytesMax = 200 * 1024 * 1024;

const folder = join(import.meta.dirname, 'testdata/connections');
const recordings = readdirSync(folder).map((name) => readFileSync(join(folder, name)));

const methods: Readonly<Record<string, RpcKind>> = {
  '/etcdserverpb.KV/Range': 'unary',
  '/etcdserverpb.KV/Put': 'unary',
  '/etcdserverpb.KV/Txn': 'unary',
  '/etcdserverpb.Lease/LeaseGrant': 'unary',
  '/etcdserverpb.Lease/LeaseKeepAlive': 'bidi-stream',
  '/etcdserverpb.Watch/Watch': 'bidi-stream',
  '/etcdserverpb.Maintenance/Snapshot': 'server-stream',
};

const rpcs = Object.entries(methods).map(([path, kind]): Rpc => {
  // Half of the unary methods answer later, as those do that wait for the disk.
  if (kind === 'unary') {
    const isLater = path.endsWith('Put') || path.endsWith('Txn');
    return { kind, path, handle: (request) => (isLater ? later(request) : request) };
  }
  return {
    kind,
    path,
    open: (stream) => {
      stream.onMessage = (message) => void stream.write(message);
      stream.onHalfClose = () => stream.end();
    },
  };
});

const clock = new StillClock();
const server = new Http2GrpcServer({
  rpcs,
  receiveBytesMax: 2 * 1024 * 1024,
  concurrentStreamsMax: 2 ** 32 - 1,
  clock,
  log: silentLog,
});
const memoryBefore = memoryBytes();

after(async () => {
  const grown = memoryBytes() - memoryBefore;
  await server.stop(0);
  assert.ok(grown < memoryGrowthBytesMax, `${grown} bytes more than before`);
});

/** Sends the pieces on a connection of their own and checks what holds for every connection. */
async function survive(pieces: readonly Uint8Array[]): Promise<void> {
  const peer = new Http2Peer();
  server.accept(peer.serverSide);
  for (const piece of pieces) peer.send(piece);
  await turns(4);
  const isHungUp = peer.isClosed || peer.serverSide.writableEnded;
  if (isHungUp) assert.ok(peer.all(FrameType.goAway).length > 0, 'hung up without a GOAWAY');
  assert.equal(peer.unparsedBytes, 0, 'the server sent a broken frame');
  peer.end();
  await peer.closed();
  await othersAreServed();
}

async function othersAreServed(): Promise<void> {
  const peer = new Http2Peer();
  server.accept(peer.serverSide);
  peer.greet().headers(1, '/etcdserverpb.KV/Range').message(1, Buffer.from('still there'));
  const { body } = await peer.answer(1);
  assert.equal(body.toString('latin1', 5), 'still there');
  peer.end();
  await peer.closed();
}

test('the recordings themselves end well', async () => {
  for (const recording of recordings) {
    const peer = new Http2Peer();
    server.accept(peer.serverSide);
    peer.send(recording);
    await turns(4);
    assert.equal(peer.all(FrameType.goAway).length, 0);
    assert.ok(peer.all(FrameType.headers).length > 0);
    peer.destroy();
  }
});

const frame = fc
  .record({
    type: fc.oneof({ weight: 9, arbitrary: fc.nat(9) }, fc.nat(255)),
    flags: fc.oneof(fc.constantFrom(0, 1, 4, 5, 8, 0x0d, 0x20, 0x25), fc.nat(255)),
    streamId: fc.oneof(fc.constantFrom(0, 1, 3, 5, 7), fc.nat(2 ** 31 - 1)),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
      fc.constantFrom(...recordings).map((recording) => recording.subarray(33, 120)),
      fc.nat(16_384).map((length) => new Uint8Array(length)),
    ),
  })
  .map(({ type, flags, streamId, payload }) => {
    const header = Buffer.alloc(9);
    header.writeUIntBE(payload.length, 0, 3);
    header[3] = type;
    header[4] = flags;
    header.writeUInt32BE(streamId, 5);
    return Buffer.concat([header, payload]);
  });

test('random frames', async () => {
  const greeting = Buffer.concat([PREFACE, Buffer.from('000000040000000000', 'hex')]);
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 60 }), fc.boolean(), async (frames, greets) => {
      await survive(greets ? [greeting, ...frames] : frames);
    }),
    parameters,
  );
});

test('mutated recordings of real connections, in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      damaged(recordings, 6),
      fc.integer({ min: 1, max: 400 }),
      async (bytes, pieceBytes) => {
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          pieces.push(bytes.subarray(at, at + pieceBytes));
        }
        await survive(pieces);
      },
    ),
    { ...parameters, numRuns: runs * 5 },
  );
});

test('connections that fall silent anywhere are looked after', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...recordings), fc.nat(400), async (recording, bytes) => {
      const peer = new Http2Peer();
      server.accept(peer.serverSide);
      peer.send(recording.subarray(0, bytes));
      await turns(2);
      clock.advance(limits.grpcKeepaliveMs);
      clock.advance(limits.grpcKeepaliveTimeoutMs);
      await peer.closed();
    }),
    { ...parameters, numRuns: Math.min(runs, 100) },
  );
});

async function later(request: Uint8Array): Promise<Uint8Array> {
  await turns(1);
  return request;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function memoryBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
