import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grpcMessage, Http2Peer, StillClock } from '../../../../test/support/http2-peer.ts';
import { silentLog } from '../../../base/log.ts';
import { limits } from '../../config/limits.ts';
import { Http2GrpcServer } from '../grpc/http2-grpc-server.ts';
import type { Keepalive } from '../grpc-server.ts';
import type { Rpc, RpcStream } from '../rpc.ts';
import { ErrorCode } from './errors.ts';
import { Flag, FrameType, PREFACE } from './frames.ts';

/*
 * What a client could do to us at little cost to itself, and the bound that each of it meets. The
 * clock stands still, so that buckets never fill up again.
 */

const echoPath = '/test.Echo/Echo';
const stuckPath = '/test.Echo/Stuck';
const listPath = '/test.Echo/List';
const bidiPath = '/test.Echo/Bidi';

type World = {
  readonly peer: Http2Peer;
  readonly clock: StillClock;
  readonly server: Http2GrpcServer;
  /** Answers that `stuckPath` waits for. */
  readonly stuck: (() => void)[];
  readonly streams: RpcStream[];
  handled: number;
};

async function withPeer(
  run: (world: World) => Promise<void>,
  options: {
    readonly streams?: number;
    readonly greets?: boolean;
    readonly keepalive?: Keepalive;
  } = {},
): Promise<void> {
  const clock = new StillClock();
  const peer = new Http2Peer();
  const stuck: (() => void)[] = [];
  const streams: RpcStream[] = [];
  const rpcs: Rpc[] = [
    { kind: 'unary', path: echoPath, handle: (request) => (world.handled++, request) },
    {
      kind: 'unary',
      path: stuckPath,
      handle: (request) => new Promise((resolve) => stuck.push(() => resolve(request))),
    },
    { kind: 'server-stream', path: listPath, open: (stream) => void streams.push(stream) },
    { kind: 'bidi-stream', path: bidiPath, open: (stream) => void streams.push(stream) },
  ];
  const server = new Http2GrpcServer({
    rpcs,
    receiveBytesMax: 4 * 1024 * 1024,
    concurrentStreamsMax: options.streams ?? 2 ** 32 - 1,
    ...(options.keepalive === undefined ? {} : { keepalive: options.keepalive }),
    clock,
    log: silentLog,
  });
  const world: World = { peer, clock, server, stuck, streams, handled: 0 };
  server.accept(peer.serverSide);
  if (options.greets !== false) peer.greet();
  try {
    await run(world);
  } finally {
    peer.destroy();
    await server.stop(0);
  }
}

async function assertCalmed(peer: Http2Peer, words: RegExp): Promise<void> {
  const goodbye = await peer.goAway();
  assert.equal(goodbye.code, ErrorCode.enhanceYourCalm);
  assert.match(goodbye.words, words);
  await peer.closed();
}

test('rapid reset: opening and resetting streams without end ends the connection', async () => {
  await withPeer(async ({ peer, stuck }) => {
    for (let i = 0; i <= limits.http2Resets.burst; i++) {
      peer.headers(2 * i + 1, stuckPath).message(2 * i + 1, Buffer.from('x'));
      peer.number(FrameType.rstStream, 2 * i + 1, ErrorCode.cancel);
    }
    await assertCalmed(peer, /reset/);
    assert.ok(stuck.length <= limits.http2Resets.burst + 1);
  });
});

test('work that goes on for reset streams counts as open streams', async () => {
  await withPeer(
    async ({ peer, stuck }) => {
      for (const id of [1, 3]) {
        peer.headers(id, stuckPath).message(id, Buffer.from('x'));
        peer.number(FrameType.rstStream, id, ErrorCode.cancel);
      }
      peer.headers(5, echoPath).message(5, Buffer.from('x'));
      assert.equal(await peer.reset(5), ErrorCode.refusedStream);
      for (const finish of stuck) finish();
      await new Promise((resolve) => setImmediate(resolve));
      peer.headers(7, echoPath).message(7, Buffer.from('x'));
      const { blocks } = await peer.answer(7);
      assert.equal(blocks.at(-1)?.['grpc-status'], '0');
    },
    { streams: 2 },
  );
});

test('resets that the peer provokes from us count like its own', async () => {
  await withPeer(async ({ peer }) => {
    for (let i = 0; i <= limits.http2Resets.burst; i++) {
      peer.headers(2 * i + 1, stuckPath).number(FrameType.windowUpdate, 2 * i + 1, 0);
    }
    await assertCalmed(peer, /reset/);
  });
});

test('streams above the announced number are refused, and the others go on', async () => {
  await withPeer(
    async ({ peer, stuck }) => {
      for (const id of [1, 3, 5]) peer.headers(id, stuckPath).message(id, Buffer.from('x'));
      assert.equal(await peer.reset(5), ErrorCode.refusedStream);
      stuck[0]?.();
      const { blocks } = await peer.answer(1);
      assert.equal(blocks.at(-1)?.['grpc-status'], '0');
    },
    { streams: 2 },
  );
});

test('a header block that never ends is cut off, in large pieces or in empty ones', async () => {
  for (const piece of [Buffer.alloc(16_384), Buffer.alloc(0)]) {
    await withPeer(async ({ peer }) => {
      peer.frame(FrameType.headers, 0, 1, piece);
      for (let i = 0; i <= limits.http2ContinuationFramesMax; i++) {
        peer.frame(FrameType.continuation, 0, 1, piece);
      }
      await assertCalmed(peer, /header block/);
    });
  }
});

test('a header list that is small on the wire and huge in memory is refused', async () => {
  await withPeer(async ({ peer }) => {
    const large = Buffer.concat([Buffer.from('4001617fd10f', 'hex'), Buffer.alloc(2_128, 0x62)]);
    const bomb = Buffer.concat([large, Buffer.alloc(8_000, 0xbe)]);
    peer.frame(FrameType.headers, Flag.endHeaders | Flag.endStream, 1, bomb);
    const { blocks } = await peer.answer(1);
    assert.equal(blocks[0]?.[':status'], '431');
    peer.headers(3, echoPath).message(3, Buffer.from('x'));
    assert.deepEqual((await peer.answer(3)).body.subarray(5), Buffer.from('x'));
  });
});

test('empty DATA frames without end end the connection', async () => {
  await withPeer(async ({ peer }) => {
    peer.headers(1, bidiPath);
    for (let i = 0; i <= limits.http2EmptyFrames.burst; i++) peer.frame(FrameType.data, 0, 1);
    await assertCalmed(peer, /without content/);
  });
});

test('DATA frames that are nothing but padding count as empty', async () => {
  await withPeer(async ({ peer }) => {
    peer.headers(1, bidiPath);
    const padding = Buffer.from([3, 0, 0, 0]);
    for (let i = 0; i <= limits.http2EmptyFrames.burst; i++) {
      peer.frame(FrameType.data, Flag.padded, 1, padding);
    }
    await assertCalmed(peer, /without content/);
  });
});

test('SETTINGS without end end the connection', async () => {
  await withPeer(async ({ peer }) => {
    for (let i = 0; i <= limits.http2Settings.burst; i++) peer.settings([[4, 65_535]]);
    await assertCalmed(peer, /SETTINGS/);
  });
});

test('the third early ping ends the connection in the words of gRPC', async () => {
  await withPeer(async ({ peer, clock }) => {
    peer.headers(1, stuckPath).message(1, Buffer.from('x'));
    const ping = Buffer.alloc(8, 1);
    for (let i = 0; i < 3; i++) {
      peer.frame(FrameType.ping, 0, 0, ping);
      clock.advance(limits.grpcPingMsMin);
    }
    await peer.until(() => peer.all(FrameType.ping).length === 3);
    for (let i = 0; i < 4; i++) peer.frame(FrameType.ping, 0, 0, ping);
    await assertCalmed(peer, /^too_many_pings$/);
    assert.equal(
      peer.all(FrameType.ping).every(({ flags }) => flags === Flag.ack),
      true,
    );
  });
});

test('the flags say how often a client may ping, and when a silent one is asked', async () => {
  const keepalive = { clientPingMsMin: 100, intervalMs: 1_000, timeoutMs: 500 };
  await withPeer(
    async ({ peer, clock }) => {
      peer.headers(1, stuckPath).message(1, Buffer.from('x'));
      for (let i = 1; i <= 5; i++) {
        peer.frame(FrameType.ping, 0, 0, Buffer.alloc(8, 1));
        await peer.until(() => peer.all(FrameType.ping).length === i);
        clock.advance(100);
      }
      clock.advance(1_000);
      await peer.until(() => peer.all(FrameType.ping).length === 6);
      clock.advance(750);
      await peer.closed();
    },
    { keepalive },
  );
});

test('more DATA than a window allows ends its stream, or the connection', async () => {
  await withPeer(async ({ peer, streams }) => {
    peer.headers(1, bidiPath);
    await peer.until(() => peer.frames.length > 0);
    await new Promise((resolve) => setImmediate(resolve));
    streams[0]?.pause();
    const full = Buffer.alloc(16_384);
    for (let sent = 0; sent <= limits.http2StreamWindowBytes; sent += full.length) {
      peer.frame(FrameType.data, 0, 1, full);
    }
    assert.equal(await peer.reset(1), ErrorCode.flowControlError);
  });
});

test('windows that overflow end their stream, or the connection', async () => {
  await withPeer(async ({ peer }) => {
    peer.headers(1, stuckPath).number(FrameType.windowUpdate, 1, 0x7fffffff);
    assert.equal(await peer.reset(1), ErrorCode.flowControlError);
    peer.number(FrameType.windowUpdate, 0, 0x7fffffff);
    assert.equal((await peer.goAway()).code, ErrorCode.flowControlError);
  });
});

test('answers that nobody reads are bounded: the stream that asks for more is reset', async () => {
  await withPeer(async ({ peer, streams }) => {
    peer
      .settings([[4, 0]])
      .headers(1, listPath)
      .message(1, Buffer.from('go'));
    await peer.until(() => peer.all(FrameType.settings).length >= 3);
    const chunk = new Uint8Array(8 * 1024 * 1024);
    assert.equal(streams[0]?.write(chunk), false);
    for (let i = 0; i < 10; i++) streams[0]?.write(chunk);
    assert.equal(await peer.reset(1), ErrorCode.enhanceYourCalm);
  });
});

test('hoarded answers end the connection after a while; a watcher that sleeps stays', async () => {
  for (const [bytes, isEnded] of [
    [2 * limits.http2StalledBytes, true],
    [1_000, false],
  ] as const) {
    await withPeer(async ({ peer, streams, clock }) => {
      peer
        .settings([[4, 0]])
        .headers(1, listPath)
        .message(1, Buffer.from('go'));
      await peer.until(() => peer.all(FrameType.settings).length >= 3);
      streams[0]?.write(new Uint8Array(bytes));
      for (const ms of [1, 1, limits.http2StalledMs]) clock.advance(ms);
      if (isEnded) await assertCalmed(peer, /not read/);
      else assert.equal(peer.isClosed, false);
    });
  }
});

test('a peer that sends and does not read is not read either', async () => {
  await withPeer(async ({ peer }) => {
    peer.settings([[4, 2 ** 30]]).number(FrameType.windowUpdate, 0, 2 ** 30);
    peer.stopReading();
    const request = Buffer.alloc(10_000);
    for (let i = 0; i < 1_000; i++) peer.headers(2 * i + 1, echoPath).message(2 * i + 1, request);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    const { writableLength } = peer.serverSide;
    assert.ok(writableLength < 3 * limits.http2SocketUnsentBytesMax, `${writableLength} bytes`);
    peer.readOn();
    await peer.answer(1_999);
  });
});

test('unfinished requests held for one connection are bounded', async () => {
  await withPeer(async ({ peer }) => {
    const announced = Buffer.alloc(16_384);
    announced.writeUInt32BE(3 * 1024 * 1024, 1);
    const rest = Buffer.alloc(16_384);
    let id = 1;
    for (let sent = 0; sent <= limits.http2UnreadBytesMax; id += 2) {
      peer.headers(id, echoPath).frame(FrameType.data, 0, id, announced);
      for (let i = 0; i < 60; i++) peer.frame(FrameType.data, 0, id, rest);
      sent += 61 * 16_384;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const refused = () => peer.all(FrameType.headers);
    await peer.until(() => refused().length > 0);
    const { blocks } = await peer.answer((refused()[0] as { streamId: number }).streamId);
    assert.equal(blocks[0]?.['grpc-status'], '8');
  });
});

test('whole requests that lack only the end of their streams are bounded', async () => {
  await withPeer(async (world) => {
    const { peer } = world;
    const whole = grpcMessage(Buffer.alloc(1024 * 1024));
    const request = async (id: number): Promise<void> => {
      peer.headers(id, echoPath);
      for (let at = 0; at < whole.length; at += 16_384) {
        peer.frame(FrameType.data, 0, id, whole.subarray(at, at + 16_384));
      }
      await new Promise((resolve) => setImmediate(resolve));
    };
    let id = 1;
    const refused = () => peer.all(FrameType.headers)[0];
    for (; refused() === undefined; id += 2) {
      assert.ok(id < 140, 'more than 64 MiB are held');
      await request(id);
    }
    const { blocks } = await peer.answer(refused()?.streamId as number);
    assert.equal(blocks[0]?.['grpc-status'], '8');
    // Who goes away leaves room for others.
    for (let gone = 1; gone < id; gone += 2) {
      peer.number(FrameType.rstStream, gone, ErrorCode.cancel);
    }
    await request(id);
    peer.frame(FrameType.data, Flag.endStream, id);
    await peer.until(() => peer.all(FrameType.headers).length === 2);
    assert.equal(world.handled, 1);
  });
});

test('a connection without SETTINGS is cut when its time is up', async () => {
  await withPeer(
    async ({ peer, clock }) => {
      peer.send(PREFACE);
      clock.advance(limits.http2HandshakeMs);
      await peer.closed();
    },
    { greets: false },
  );
});

test('a silent connection is pinged after two hours and cut when nobody answers', async () => {
  await withPeer(async ({ peer, clock }) => {
    await peer.until(() => peer.all(FrameType.settings).length >= 2);
    clock.advance(limits.grpcKeepaliveMs);
    await peer.until(() => peer.all(FrameType.ping).length === 1);
    peer.frame(FrameType.ping, Flag.ack, 0, peer.all(FrameType.ping)[0]?.payload);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(limits.grpcKeepaliveTimeoutMs);
    assert.equal(peer.isClosed, false);
    clock.advance(limits.grpcKeepaliveMs);
    clock.advance(limits.grpcKeepaliveTimeoutMs);
    await peer.closed();
  });
});

test('after an error the connection is cut even if the peer keeps its side open', async () => {
  await withPeer(async ({ peer, clock }) => {
    peer.frame(FrameType.data, 0, 1, Buffer.from('x'));
    assert.equal((await peer.goAway()).code, ErrorCode.protocolError);
    clock.advance(limits.http2LingerMs);
    await peer.closed();
  });
});

test('malformed requests reset their stream and nothing else', async () => {
  const good = [':method', 'POST', ':scheme', 'http', ':path', echoPath];
  const cases: Record<string, readonly string[]> = {
    'a capital letter': [...good, 'Te', 'trailers'],
    'a connection field': [...good, 'connection', 'close'],
    'te other than trailers': [...good, 'te', 'gzip'],
    'a second path': [...good, ':path', '/x'],
    'no scheme': [':method', 'POST', ':path', echoPath],
    'an unknown pseudo-header': [...good, ':x', 'y'],
    'a pseudo-header after others': ['te', 'trailers', ...good],
    'a line break in a value': [...good, 'token', 'a\r\nb'],
    'an empty name': [...good, '', 'x'],
    'two lengths': [...good, 'content-length', '1', 'content-length', '2'],
  };
  await withPeer(async (world) => {
    const { peer } = world;
    let id = 1;
    for (const [what, fields] of Object.entries(cases)) {
      peer.block(id, fields, Flag.endHeaders | Flag.endStream);
      assert.equal(await peer.reset(id), ErrorCode.protocolError, what);
      id += 2;
    }
    peer.headers(id, echoPath).message(id, Buffer.from('x'));
    await peer.answer(id);
    assert.equal(world.handled, 1);
  });
});

test('frames that break the protocol end the connection with the right code', async () => {
  const cases: readonly (readonly [string, ErrorCode, (peer: Http2Peer) => void])[] = [
    [
      'padding as long as its frame',
      1,
      (p) => p.headers(1, bidiPath).frame(0, 8, 1, Buffer.from([1])),
    ],
    ['DATA on an idle stream', 1, (p) => p.frame(FrameType.data, 0, 1, Buffer.from('x'))],
    ['HEADERS on an even stream', 1, (p) => p.headers(2, echoPath)],
    ['an identifier below an earlier one', 1, (p) => p.headers(5, bidiPath).headers(3, bidiPath)],
    ['PUSH_PROMISE', 1, (p) => p.frame(FrameType.pushPromise, 4, 1, Buffer.alloc(4))],
    ['CONTINUATION alone', 1, (p) => p.frame(FrameType.continuation, 4, 1)],
    ['a frame within a header block', 1, (p) => p.frame(1, 0, 1).frame(6, 0, 0, Buffer.alloc(8))],
    ['RST_STREAM of an idle stream', 1, (p) => p.number(FrameType.rstStream, 1, 8)],
    ['a frame above 16 KiB', 6, (p) => p.send(Buffer.from('00400100000000000100', 'hex'))],
    ['a PING of seven bytes', 6, (p) => p.frame(FrameType.ping, 0, 0, Buffer.alloc(7))],
    ['a broken header block', 9, (p) => p.frame(1, 5, 1, Buffer.from('ffffffffff', 'hex'))],
  ];
  for (const [what, code, attack] of cases) {
    await withPeer(async ({ peer }) => {
      attack(peer);
      assert.equal((await peer.goAway()).code, code, what);
      await peer.closed();
    });
  }
});

test('priorities and unknown frames are ignored', async () => {
  await withPeer(async ({ peer }) => {
    peer.frame(FrameType.priority, 0, 9, Buffer.from([0, 0, 0, 1, 16]));
    peer.frame(0x42, 0xff, 77, Buffer.from('unknown'));
    peer.headers(1, echoPath).message(1, Buffer.from('x'));
    assert.equal((await peer.answer(1)).blocks.at(-1)?.['grpc-status'], '0');
  });
});

test('a frame that arrives byte by byte is understood', async () => {
  await withPeer(
    async ({ peer }) => {
      const recorder = new Http2Peer();
      const sent: Buffer[] = [];
      recorder.serverSide.on('data', (chunk: Buffer) => sent.push(chunk));
      recorder.greet().headers(1, echoPath).message(1, Buffer.from('in pieces'));
      await new Promise((resolve) => setImmediate(resolve));
      recorder.destroy();
      for (const byte of Buffer.concat(sent)) peer.send(Buffer.from([byte]));
      assert.equal((await peer.answer(1)).body.toString('latin1', 5), 'in pieces');
    },
    { greets: false },
  );
});
