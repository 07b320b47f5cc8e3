import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { grpcMessage, Http2Peer, StillClock } from '../../../../test/support/http2-peer.ts';
import { silentLog } from '../../../base/log.ts';
import { limits } from '../../config/limits.ts';
import { ErrorCode } from '../http2/errors.ts';
import { Flag, FrameType } from '../http2/frames.ts';
import { type Call, REPLY_ROOM_BYTES, type Reply, type Rpc, type RpcStream } from '../rpc.ts';
import { callCanceled } from '../status.ts';
import { Http2GrpcServer } from './http2-grpc-server.ts';

/* What the contract suite cannot see through a client library: the frames themselves. */

const echoPath = '/test.Echo/Echo';
const waitPath = '/test.Echo/Wait';
const replyPath = '/test.Echo/Reply';
const listPath = '/test.Echo/List';
const bidiPath = '/test.Echo/Bidi';
const receiveBytesMax = 100_000;

type World = {
  readonly peer: Http2Peer;
  readonly clock: StillClock;
  readonly server: Http2GrpcServer;
  readonly calls: Call[];
  readonly streams: RpcStream[];
  readonly finish: (() => void)[];
  readonly replies: Reply[];
};

async function withPeer(run: (world: World) => Promise<void>): Promise<void> {
  const clock = new StillClock();
  const peer = new Http2Peer();
  const world: World = {
    peer,
    clock,
    calls: [],
    streams: [],
    finish: [],
    replies: [],
    server: serve(),
  };
  function serve(): Http2GrpcServer {
    const open = (stream: RpcStream, call: Call) => {
      world.calls.push(call);
      world.streams.push(stream);
      stream.onMessage = (message) => void stream.write(message);
      stream.onHalfClose = () => stream.end();
    };
    const rpcs: readonly Rpc[] = [
      {
        kind: 'unary',
        path: echoPath,
        handle: (request, call) => (world.calls.push(call), request),
      },
      {
        kind: 'unary',
        path: waitPath,
        handle: (request, call) => {
          world.calls.push(call);
          return new Promise((resolve) => world.finish.push(() => resolve(request)));
        },
      },
      {
        kind: 'unary',
        path: replyPath,
        handle: (_request, call, reply) => {
          world.calls.push(call);
          world.replies.push(reply);
          return undefined;
        },
      },
      { kind: 'server-stream', path: listPath, open },
      { kind: 'bidi-stream', path: bidiPath, open },
    ];
    const concurrentStreamsMax = 2 ** 32 - 1;
    return new Http2GrpcServer({
      rpcs,
      receiveBytesMax,
      concurrentStreamsMax,
      clock,
      log: silentLog,
    });
  }
  world.server.accept(peer.serverSide);
  peer.greet();
  try {
    await run(world);
  } finally {
    peer.destroy();
    await world.server.stop(0);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('answers of one turn leave with one write', async () => {
  await withPeer(async ({ peer, finish }) => {
    let writes = 0;
    const write = peer.serverSide.write.bind(peer.serverSide);
    peer.serverSide.write = ((chunk: Buffer) => {
      writes++;
      return write(chunk);
    }) as typeof peer.serverSide.write;
    for (const id of [1, 3, 5]) peer.headers(id, waitPath).message(id, Buffer.from('x'));
    while (finish.length < 3) await turn();
    writes = 0;
    for (const each of finish) each();
    await Promise.all([1, 3, 5].map((id) => peer.answer(id)));
    assert.equal(writes, 1);
  });
});

test('an answer in two pieces is one message, also when windows are too small for it', async () => {
  await withPeer(async ({ peer, replies }) => {
    peer.settings([[4, 60]]);
    const head = new Uint8Array(REPLY_ROOM_BYTES + 30).fill(1);
    for (const [id, bodyBytes] of [
      [1, 10],
      [3, 100],
    ] as const) {
      peer.headers(id, replyPath).message(id, Buffer.from('x'));
      while (replies.length === 0) await turn();
      replies.pop()?.answer(head, REPLY_ROOM_BYTES + 20, new Uint8Array(bodyBytes).fill(2));
      head.fill(1);
      peer.number(FrameType.windowUpdate, id, 100);
      const { blocks, body } = await peer.answer(id);
      assert.equal(blocks.at(-1)?.['grpc-status'], '0');
      const message = Buffer.concat([Buffer.alloc(20, 1), Buffer.alloc(bodyBytes, 2)]);
      assert.deepEqual(body, grpcMessage(message));
    }
  });
});

test('an answer in many pieces is one message in full frames, through whatever windows', async () => {
  for (const windows of [1_000, 65_535, 1_000_000]) {
    await withPeer(async ({ peer, replies }) => {
      peer.settings([[4, windows]]);
      if (windows > 65_535) peer.number(FrameType.windowUpdate, 0, 2_000_000);
      const head = new Uint8Array(REPLY_ROOM_BYTES + 20).fill(1);
      const pieces = [10, 40_000, 0, 3, 70_000, 2_047, 2_048, 16_384, 1].map((bytes, at) =>
        new Uint8Array(bytes).fill(at + 2),
      );
      const whole = grpcMessage(Buffer.concat([Buffer.alloc(20, 1), ...pieces]));
      peer.headers(1, replyPath).message(1, Buffer.from('x'));
      while (replies.length === 0) await turn();
      replies.pop()?.answerInPieces(head, head.length, pieces);
      head.fill(9);
      const answer = peer.answer(1);
      for (let sent = 0; sent < whole.length; sent += 900) {
        if (windows > 65_535) break;
        peer.number(FrameType.windowUpdate, 1, 900).number(FrameType.windowUpdate, 0, 900);
        await turn();
      }
      const { blocks, body } = await answer;
      assert.equal(blocks.at(-1)?.['grpc-status'], '0');
      assert.deepEqual(body, whole);
      if (windows < whole.length) return;
      const lengths = peer.all(FrameType.data).map(({ payload }) => payload.length);
      assert.ok(lengths.slice(0, -1).every((length) => length === 16_384));
    });
  }
});

test('of a long answer each turn of the event loop sends a part, though all of it is taken', async () => {
  await withPeer(async ({ peer, replies }) => {
    peer.settings([[4, 0x7fffffff]]).number(FrameType.windowUpdate, 0, 0x7fff0000);
    const answerBytes = 8 * limits.http2SocketUnsentBytesMax;
    peer.headers(1, replyPath).message(1, Buffer.from('x'));
    while (replies.length === 0) await turn();
    let sent = 0;
    const write = peer.serverSide.write.bind(peer.serverSide);
    peer.serverSide.write = ((chunk: Buffer) => {
      sent += chunk.length;
      return write(chunk);
    }) as typeof peer.serverSide.write;
    const piece = new Uint8Array(1_000_000);
    const pieces = Array.from({ length: answerBytes / piece.length }, () => piece);
    replies.pop()?.answerInPieces(new Uint8Array(REPLY_ROOM_BYTES), REPLY_ROOM_BYTES, pieces);
    const answer = peer.answer(1);
    let most = 0;
    for (let isOver = false; !isOver; ) {
      sent = 0;
      await turn();
      most = Math.max(most, sent);
      isOver = peer.all(FrameType.headers).length > 1;
    }
    await answer;
    assert.ok(most <= 2.1 * limits.http2SocketUnsentBytesMax, `${most} bytes in one turn`);
  });
});

test('a caller that goes away cancels what is under way, and its outcome is dropped', async () => {
  await withPeer(async ({ peer, clock, calls, replies }) => {
    peer.headers(1, replyPath).message(1, Buffer.from('x'));
    peer.headers(3, replyPath, ['grpc-timeout', '50m']).message(3, Buffer.from('x'));
    while (replies.length < 2) await turn();
    const canceled: number[] = [];
    for (const [at, call] of calls.entries()) {
      const cancel = () => {
        canceled.push(at);
        replies[at]?.fail(callCanceled);
      };
      call.underWay = { cancel };
    }
    peer.number(FrameType.rstStream, 1, ErrorCode.cancel);
    while (canceled.length === 0) await turn();
    clock.advance(70);
    const { blocks } = await peer.answer(3);
    assert.equal(blocks.at(-1)?.['grpc-status'], '4');
    assert.deepEqual(canceled, [0, 1]);
    assert.equal(peer.all(FrameType.headers).filter(({ streamId }) => streamId === 1).length, 0);
  });
});

test('a good answer is a head, messages and trailers; the second one names them by index', async () => {
  await withPeer(async ({ peer }) => {
    for (const id of [1, 3]) {
      peer.headers(id, echoPath).message(id, Buffer.from('abc'));
      const { blocks, body } = await peer.answer(id);
      assert.deepEqual(blocks, [
        { ':status': '200', 'content-type': 'application/grpc' },
        { 'grpc-status': '0' },
      ]);
      assert.deepEqual(body, grpcMessage(Buffer.from('abc')));
    }
    const ofSecond = peer.all(FrameType.headers).filter(({ streamId }) => streamId === 3);
    assert.deepEqual(
      ofSecond.map(({ payload }) => payload.length),
      [2, 1],
    );
  });
});

test('a refusal before the request is complete tells the client to stop sending', async () => {
  await withPeer(async ({ peer }) => {
    const announced = Buffer.from([0, 0, 0x10, 0, 0, 1, 2, 3]);
    peer.headers(1, echoPath).frame(FrameType.data, 0, 1, announced);
    const { blocks } = await peer.answer(1);
    assert.equal(blocks.length, 1);
    assert.equal(blocks[0]?.['grpc-status'], '8');
    assert.equal(await peer.reset(1), ErrorCode.noError);
    // What was on its way is no mistake of the client.
    peer.frame(FrameType.data, 0, 1, announced).frame(FrameType.data, Flag.endStream, 1);
    peer.headers(3, echoPath).message(3, Buffer.from('x'));
    await peer.answer(3);
    assert.equal(peer.all(FrameType.rstStream).length, 1);
  });
});

test('a request may come in many frames, with padding and trailers', async () => {
  await withPeer(async ({ peer }) => {
    const message = grpcMessage(Buffer.alloc(60_000, 7));
    peer.headers(1, echoPath);
    for (let at = 0; at < message.length; at += 1_000) {
      const part = message.subarray(at, at + 1_000);
      const padded = Buffer.concat([Buffer.from([4]), part, Buffer.alloc(4)]);
      peer.frame(FrameType.data, Flag.padded, 1, padded);
    }
    peer.block(1, ['checksum', '1'], Flag.endHeaders | Flag.endStream);
    await peer.until(() => peer.all(FrameType.data).length > 0);
    assert.equal((await peer.answer(1)).body.length, message.length);
  });
});

test('gzip is understood, and the answer is plain', async () => {
  await withPeer(async ({ peer }) => {
    peer.headers(1, echoPath, ['grpc-encoding', 'gzip']);
    peer.frame(FrameType.data, Flag.endStream, 1, grpcMessage(gzipSync(Buffer.from('abc')), 1));
    assert.deepEqual((await peer.answer(1)).body, grpcMessage(Buffer.from('abc')));
  });
});

test('unary and server-stream methods take exactly one request', async () => {
  await withPeer(async ({ peer }) => {
    const two = Buffer.concat([grpcMessage(Buffer.from('a')), grpcMessage(Buffer.from('b'))]);
    let id = 1;
    const none = '13 cardinality violation: received no request message';
    const many = '13 cardinality violation: received multiple request messages';
    // The codes and words of Go's gRPC, which differ between the two.
    for (const [body, unary, list] of [
      [Buffer.alloc(0), '2 EOF', none],
      [two, many, many],
      [two.subarray(0, 3), '2 EOF', none],
      [two.subarray(0, 5), '2 unexpected EOF', '13 unexpected EOF'],
    ] as const) {
      for (const [path, refusal] of [
        [echoPath, unary],
        [listPath, list],
      ] as const) {
        peer.headers(id, path).frame(FrameType.data, Flag.endStream, id, body);
        const end = (await peer.answer(id)).blocks.at(-1);
        const said = `${end?.['grpc-status']} ${end?.['grpc-message']}`;
        assert.equal(said.replace(/ from non-client.*| for non-client.*/, ''), refusal);
        id += 2;
      }
    }
  });
});

test('a deadline that passes here is answered here', async () => {
  await withPeer(async ({ peer, clock, calls }) => {
    peer.headers(1, waitPath, ['grpc-timeout', '50m']).message(1, Buffer.from('x'));
    peer.headers(3, bidiPath, ['grpc-timeout', '50m']);
    while (calls.length < 2) await turn();
    clock.advance(70);
    for (const id of [1, 3]) {
      const { blocks } = await peer.answer(id);
      assert.equal(blocks.at(-1)?.['grpc-status'], '4');
      assert.equal(blocks.at(-1)?.['grpc-message'], 'context deadline exceeded');
    }
    for (const call of calls) assert.equal(call.signal.aborted, true);
  });
});

test('metadata are UTF-8, and base64 when their name says so', async () => {
  await withPeer(async ({ peer, calls }) => {
    const fields = ['token', Buffer.from('é').toString('latin1'), 'bad', '\xff', 'x-bin', 'YWJj'];
    peer.headers(1, echoPath, fields).message(1, Buffer.from('x'));
    await peer.answer(1);
    const [call] = calls;
    assert.deepEqual(
      ['token', 'bad', 'x-bin', ':path', 'absent'].map((name) => call?.metadata(name)),
      ['é', '\uFFFD', 'abc', undefined, undefined],
    );
  });
});

test('large answers wait for windows, frame by frame', async () => {
  await withPeer(async ({ peer, streams }) => {
    peer
      .settings([[4, 20_000]])
      .headers(1, bidiPath)
      .message(1, Buffer.from('go'), false);
    while (streams.length < 1) await turn();
    streams[0]?.write(new Uint8Array(40_000));
    const sent = () => peer.all(FrameType.data).map(({ payload }) => payload.length);
    await peer.until(() => sent().length >= 3);
    assert.deepEqual(sent(), [7, 16_384, 3_609]);
    peer.frame(FrameType.data, Flag.endStream, 1).number(FrameType.windowUpdate, 1, 100_000);
    const { body } = await peer.answer(1);
    assert.equal(body.length, 7 + 40_005);
  });
});

test('a paused stream stops its sender at the window, and resuming opens it again', async () => {
  await withPeer(async ({ peer, streams }) => {
    peer.headers(1, bidiPath);
    while (streams.length < 1) await turn();
    const received: number[] = [];
    const stream = streams[0] as RpcStream;
    stream.onMessage = (message) => void received.push(message.length);
    stream.pause();
    const message = Buffer.alloc(16_000);
    for (let i = 0; i < 60; i++) peer.message(1, message, false);
    await turn();
    await turn();
    const grants = () =>
      peer.all(FrameType.windowUpdate).filter(({ streamId }) => streamId === 1).length;
    assert.deepEqual([received.length, grants()], [0, 0]);
    stream.resume();
    await peer.until(() => grants() > 0);
    assert.equal(received.length, 60);
  });
});

test('stopping says goodbye twice: first to what is on its way, then for good', async () => {
  await withPeer(async ({ peer, server, finish }) => {
    peer.headers(1, waitPath).message(1, Buffer.from('x'));
    while (finish.length < 1) await turn();
    const stopped = server.stop(60_000);
    await peer.until(() => peer.all(FrameType.ping).length === 1);
    assert.equal((await peer.goAway()).lastId, 0x7fffffff);
    peer.headers(3, waitPath).message(3, Buffer.from('y'));
    peer.frame(FrameType.ping, Flag.ack, 0, peer.all(FrameType.ping)[0]?.payload);
    await peer.until(() => peer.all(FrameType.goAway).length === 2);
    assert.equal((await peer.goAway()).lastId, 3);
    for (const each of finish) each();
    for (const id of [1, 3]) {
      assert.equal((await peer.answer(id)).blocks.at(-1)?.['grpc-status'], '0');
    }
    await peer.closed();
    await stopped;
  });
});
