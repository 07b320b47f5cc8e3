import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js';
import { GrpcJsServer } from '../../../test/support/grpc-js-server.ts';
import { systemClock } from '../../base/clock.ts';
import type { Log, LogFields } from '../../base/log.ts';
import { silentLog } from '../../base/log.ts';
import { EtcdError, StatusError } from '../errors.ts';
import { DecodeError } from '../proto/wire.ts';
import { Http2GrpcServer } from './grpc/http2-grpc-server.ts';
import type { GrpcServer } from './grpc-server.ts';
import { PortMux } from './port-mux.ts';
import type { Call, Rpc, RpcStream } from './rpc.ts';

const receiveBytesMax = 100_000;
const echoPath = '/test.Echo/Echo';
const streamPath = '/test.Echo/Stream';
const listPath = '/test.Echo/List';

type Running = { readonly server: GrpcServer; readonly client: Client };

type Served = typeof GrpcJsServer | typeof Http2GrpcServer;

async function serve(
  Served: Served,
  rpcs: readonly Rpc[],
  run: (running: Running) => Promise<void>,
  log: Log = silentLog,
): Promise<void> {
  const server = new Served({
    rpcs,
    receiveBytesMax,
    concurrentStreamsMax: 2 ** 32 - 1,
    clock: systemClock,
    log,
  });
  const mux = await PortMux.listen(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    {
      http2: (socket) => server.accept(socket),
      http1: (socket) => void socket.destroy(),
    },
  );
  const client = new Client(`127.0.0.1:${mux.port}`, credentials.createInsecure());
  try {
    await run({ server, client });
  } finally {
    client.close();
    await server.stop(0);
    await mux.close();
  }
}

const asIs = (bytes: Buffer) => bytes;

function unary(client: Client, request: Buffer, deadlineMs?: number, metadata = new Metadata()) {
  return new Promise<Buffer>((resolve, reject) => {
    const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
    client.makeUnaryRequest(echoPath, asIs, asIs, request, metadata, options, (error, response) => {
      if (error !== null) reject(error);
      else resolve(response ?? Buffer.alloc(0));
    });
  });
}

const echo = (
  handle: (request: Uint8Array, call: Call) => Uint8Array | Promise<Uint8Array>,
): Rpc => ({
  kind: 'unary',
  path: echoPath,
  handle,
});

/** How a stream ended, as its caller sees it. */
function statusOf(call: ClientDuplexStream<Buffer, Buffer>): Promise<StatusObject> {
  return new Promise((resolve) => call.once('status', resolve));
}

for (const Served of [GrpcJsServer, Http2GrpcServer]) {
  const withServer = (rpcs: readonly Rpc[], run: (running: Running) => Promise<void>, log?: Log) =>
    serve(Served, rpcs, run, log);

  async function refusal(
    handle: (request: Uint8Array, call: Call) => never,
  ): Promise<ServiceError> {
    let caught: ServiceError | undefined;
    await withServer([echo(handle)], async ({ client }) => {
      caught = await unary(client, Buffer.alloc(0)).then(
        () => assert.fail('was answered'),
        (error: ServiceError) => error,
      );
    });
    assert.ok(caught !== undefined);
    return caught;
  }

  test(`${Served.name}: a unary method gets the bytes and its answer goes back, promise or not`, async () => {
    await withServer([echo((request) => request)], async ({ client }) => {
      assert.deepEqual(await unary(client, Buffer.from('abc')), Buffer.from('abc'));
      assert.equal((await unary(client, Buffer.alloc(0))).length, 0);
    });
    await withServer([echo(async (request) => request)], async ({ client }) => {
      assert.deepEqual(await unary(client, Buffer.alloc(70_000, 1)), Buffer.alloc(70_000, 1));
    });
  });

  test(`${Served.name}: errors keep their code and words, unforeseen ones are Unknown`, async () => {
    const cases: readonly (readonly [Error, number, string])[] = [
      [new EtcdError('Compacted'), 11, 'etcdserver: mvcc: required revision has been compacted'],
      [new StatusError(12, 'método 100% new'), 12, 'método 100% new'],
      [new Error('disk on fire'), 2, 'disk on fire'],
      [new DecodeError('bad', 3), 13, 'grpc: error unmarshalling request: bad at offset 3'],
    ];
    for (const [error, code, message] of cases) {
      const seen = await refusal(() => {
        throw error;
      });
      assert.deepEqual([seen.code, seen.details], [code, message]);
    }
  });

  test(`${Served.name}: an unforeseen error is logged with its path`, async () => {
    const lines: (readonly [string, LogFields | undefined])[] = [];
    const log: Log = {
      ...silentLog,
      warn: (message, fields) => void lines.push([message, fields]),
    };
    const failing = echo(() => Promise.reject(new Error('disk on fire')));
    await withServer(
      [failing],
      async ({ client }) => {
        await assert.rejects(unary(client, Buffer.alloc(0)));
      },
      log,
    );
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.[1]?.['path'], echoPath);
  });

  test(`${Served.name}: a request that is too large is refused in the words of etcd`, async () => {
    await withServer([echo((request) => request)], async ({ client }) => {
      const large = unary(client, Buffer.alloc(receiveBytesMax + 1));
      await assert.rejects(large, {
        code: status.RESOURCE_EXHAUSTED,
        details: 'grpc: received message larger than max (100001 vs. 100000)',
      });
      assert.equal((await unary(client, Buffer.alloc(receiveBytesMax))).length, receiveBytesMax);
    });
  });

  test(`${Served.name}: a method that nobody serves is Unimplemented`, async () => {
    await withServer([], async ({ client }) => {
      await assert.rejects(unary(client, Buffer.alloc(0)), { code: status.UNIMPLEMENTED });
    });
  });

  test(`${Served.name}: metadata and deadline reach the handler`, async () => {
    let seen: readonly unknown[] = [];
    const rpc = echo((request, call) => {
      seen = [call.metadata('token'), call.metadata('absent'), call.viaGateway];
      assert.ok(call.deadlineMs > Date.now() && call.deadlineMs <= Date.now() + 60_000);
      return request;
    });
    await withServer([rpc], async ({ client }) => {
      const metadata = new Metadata();
      metadata.set('Token', 'abc.1');
      await unary(client, Buffer.alloc(0), 60_000, metadata);
    });
    assert.deepEqual(seen, ['abc.1', undefined, false]);
  });

  test(`${Served.name}: a passed deadline aborts the call with DeadlineExceeded`, async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const rpc = echo(
      (_request, call) =>
        new Promise((_, reject) => {
          call.signal.addEventListener('abort', () => {
            resolve(call.signal.reason);
            reject(call.signal.reason as Error);
          });
        }),
    );
    await withServer([rpc], async ({ client }) => {
      await assert.rejects(unary(client, Buffer.alloc(0), 50), { code: status.DEADLINE_EXCEEDED });
      const reason = await promise;
      assert.ok(reason instanceof StatusError);
      // The client's own timer may be first; then the server sees a cancellation.
      assert.match(reason.message, /^context (deadline exceeded|canceled)$/);
    });
  });

  test(`${Served.name}: a stream carries messages both ways until the caller half-closes`, async () => {
    const rpc: Rpc = {
      kind: 'bidi-stream',
      path: streamPath,
      open: (stream) => {
        stream.onMessage = (message) => void stream.write(message);
        stream.onHalfClose = () => stream.end();
      },
    };
    await withServer([rpc], async ({ client }) => {
      const call = client.makeBidiStreamRequest(streamPath, asIs, asIs);
      const received: string[] = [];
      call.on('data', (message: Buffer) => received.push(message.toString()));
      for (const text of ['a', '', 'ccc']) call.write(Buffer.from(text));
      call.end();
      const ended = await statusOf(call);
      assert.equal(ended.code, status.OK);
      assert.deepEqual(received, ['a', '', 'ccc']);
    });
  });

  test(`${Served.name}: a stream that fails delivers what was written and then the status`, async () => {
    const rpc: Rpc = {
      kind: 'bidi-stream',
      path: streamPath,
      open: (stream) => {
        stream.onMessage = (message) => {
          stream.write(message);
          stream.fail(new EtcdError('NoLeader'));
          stream.write(message);
          stream.end();
        };
      },
    };
    await withServer([rpc], async ({ client }) => {
      const call = client.makeBidiStreamRequest(streamPath, asIs, asIs);
      call.on('error', () => {});
      const received: string[] = [];
      call.on('data', (message: Buffer) => received.push(message.toString()));
      call.write(Buffer.from('x'));
      const ended = await statusOf(call);
      assert.deepEqual([ended.code, ended.details], [14, 'etcdserver: no leader']);
      assert.deepEqual(received, ['x']);
    });
  });

  test(`${Served.name}: a handler that throws ends its stream and hears of it through the signal`, async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const rpc: Rpc = {
      kind: 'bidi-stream',
      path: streamPath,
      open: (stream, call) => {
        call.signal.addEventListener('abort', () => resolve(call.signal.reason));
        stream.onMessage = () => {
          throw new EtcdError('Corrupt');
        };
      },
    };
    await withServer([rpc], async ({ client }) => {
      const call = client.makeBidiStreamRequest(streamPath, asIs, asIs);
      call.on('error', () => {});
      call.on('data', () => {});
      call.write(Buffer.from('x'));
      const ended = await statusOf(call);
      assert.equal(ended.code, status.DATA_LOSS);
      assert.ok((await promise) instanceof EtcdError);
    });
  });

  test(`${Served.name}: a caller that goes away aborts the signal, and later writes go nowhere`, async () => {
    const { promise, resolve } = Promise.withResolvers<[RpcStream, unknown]>();
    const rpc: Rpc = {
      kind: 'bidi-stream',
      path: streamPath,
      open: (stream, call) => {
        stream.onMessage = (message) => void stream.write(message);
        call.signal.addEventListener('abort', () => resolve([stream, call.signal.reason]));
      },
    };
    await withServer([rpc], async ({ client }) => {
      const call = client.makeBidiStreamRequest(streamPath, asIs, asIs);
      call.on('error', () => {});
      call.write(Buffer.from('x'));
      await once(call, 'data');
      call.cancel();
      const [stream, reason] = await promise;
      assert.equal((reason as Error).message, 'context canceled');
      stream.write(Buffer.from('late'));
      await stream.drained();
      stream.fail(new Error('late'));
    });
  });

  test(`${Served.name}: a slow reader makes write return false, and drained resolves when it reads on`, async () => {
    const chunk = Buffer.alloc(64 * 1024);
    const chunks = 200;
    let waits = 0;
    const rpc: Rpc = {
      kind: 'server-stream',
      path: listPath,
      open: (stream) => {
        stream.onMessage = () => {
          const send = async () => {
            for (let i = 0; i < chunks; i++) {
              if (stream.write(chunk)) continue;
              waits++;
              await stream.drained();
            }
            stream.end();
          };
          send().catch((error: unknown) => stream.fail(error));
        };
      },
    };
    await withServer([rpc], async ({ client }) => {
      const call = client.makeServerStreamRequest(listPath, asIs, asIs, Buffer.from('go'));
      let bytes = 0;
      for await (const message of call) bytes += (message as Buffer).length;
      assert.equal(bytes, chunk.length * chunks);
      assert.ok(waits > 0);
    });
  });

  test(`${Served.name}: a paused stream delivers nothing until it is resumed`, async () => {
    const received: string[] = [];
    let opened: RpcStream | undefined;
    const rpc: Rpc = {
      kind: 'bidi-stream',
      path: streamPath,
      open: (stream) => {
        opened = stream;
        stream.onMessage = (message) => {
          received.push(Buffer.from(message).toString());
          if (received.length === 1) stream.pause();
          stream.write(message);
        };
        stream.onHalfClose = () => stream.end();
      },
    };
    await withServer([rpc], async ({ client }) => {
      const call = client.makeBidiStreamRequest(streamPath, asIs, asIs);
      call.write(Buffer.from('1'));
      call.write(Buffer.from('2'));
      call.end();
      await once(call, 'data');
      assert.deepEqual(received, ['1']);
      call.resume();
      opened?.resume();
      await once(call, 'end');
      assert.deepEqual(received, ['1', '2']);
    });
  });

  test(`${Served.name}: stopping ends streams and lets unary calls finish`, async () => {
    const { promise: release, resolve: finish } = Promise.withResolvers<void>();
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    const waiting = echo(async (request) => {
      enter();
      await release;
      return request;
    });
    const stream: Rpc = {
      kind: 'bidi-stream',
      path: streamPath,
      open: (opened) => {
        opened.onMessage = (message) => void opened.write(message);
      },
    };
    await withServer([waiting, stream], async ({ server, client }) => {
      const call = client.makeBidiStreamRequest(streamPath, asIs, asIs);
      call.on('error', () => {});
      call.write(Buffer.from('x'));
      await once(call, 'data');
      const answer = unary(client, Buffer.from('y'));
      await entered;
      const statusSeen = statusOf(call);
      const stopped = server.stop(60_000);
      const ended = await statusSeen;
      assert.deepEqual([ended.code, ended.details], [14, 'etcdserver: server stopped']);
      finish();
      assert.deepEqual(await answer, Buffer.from('y'));
      await stopped;
    });
  });

  test(`${Served.name}: stopping does not wait longer than its grace for a call that never ends`, async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<unknown>();
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    const stuck = echo((_request, call) => {
      enter();
      call.signal.addEventListener('abort', () => resolve(call.signal.reason));
      return new Promise(() => {});
    });
    await withServer([stuck], async ({ server, client }) => {
      const answer = assert.rejects(unary(client, Buffer.alloc(0)));
      await entered;
      await server.stop(10);
      assert.equal(((await aborted) as Error).message, 'etcdserver: server stopped');
      client.close();
      await answer;
    });
  });
}
