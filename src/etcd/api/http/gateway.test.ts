import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import {
  ask,
  cors,
  post,
  put,
  receiveBytesMax,
  watch,
  withServer,
} from '../../../../test/support/http-harness.ts';
import { EtcdError } from '../../errors.ts';
import {
  decodePutRequest,
  encodePutResponse,
  encodeSnapshotResponse,
} from '../../proto/generated/etcdserverpb.ts';
import { type Rpc } from '../rpc.ts';

test('a unary method answers JSON to JSON', async () => {
  const rpc = put((request) => {
    const { key, value } = decodePutRequest(request);
    assert.deepEqual([Buffer.from(key).toString(), Buffer.from(value).toString()], ['foo', 'bar']);
    return encodePutResponse({ header: { revision: 2 } });
  });
  await withServer({ rpcs: [rpc] }, async ({ url }) => {
    assert.deepEqual(await ask(`${url}/v3/kv/put`, post('{"key":"Zm9v","value":"YmFy"}')), {
      status: 200,
      headers: {
        ...cors,
        'content-type': 'application/json',
        'grpc-metadata-content-type': 'application/grpc',
        'content-length': '27',
      },
      body: '{"header":{"revision":"2"}}',
    });
    const old = await ask(`${url}/v3beta/kv/put`, post('{"key":"Zm9v","value":"YmFy"}'));
    assert.equal(old.status, 200);
  });
});

test('an empty body is the empty message, and what follows the first value is ignored', async () => {
  let sizes: number[] = [];
  const rpc = put((request) => {
    sizes.push(request.length);
    return encodePutResponse({});
  });
  await withServer({ rpcs: [rpc] }, async ({ url }) => {
    for (const init of [
      { method: 'POST' },
      post(''),
      post('{} nonsense'),
      post('{}{"key":"Zm9v"}'),
    ]) {
      assert.equal((await ask(`${url}/v3/kv/put`, init)).body, '{}');
    }
    assert.deepEqual(sizes, [0, 0, 0, 0]);
    sizes = [];
  });
});

test('errors have the code and words of gRPC and the HTTP status that goes with them', async () => {
  const cases: readonly (readonly [Error, number, string])[] = [
    [new EtcdError('EmptyKey'), 400, '{"code":3,"message":"etcdserver: key is not provided"}'],
    [new EtcdError('NoLeader'), 503, '{"code":14,"message":"etcdserver: no leader"}'],
    [new Error('boom'), 500, '{"code":2,"message":"boom"}'],
  ];
  for (const [error, status, body] of cases) {
    await withServer({ rpcs: [put(() => Promise.reject(error))] }, async ({ url }) => {
      const answer = await ask(`${url}/v3/kv/put`, post('{}'));
      assert.deepEqual([answer.status, answer.body], [status, body]);
      assert.equal(answer.headers['content-type'], 'application/json');
      assert.equal(answer.headers['grpc-metadata-content-type'], undefined);
    });
  }
});

test('an invalid token is also named in WWW-Authenticate', async () => {
  const rpc = put(() => Promise.reject(new EtcdError('InvalidAuthToken')));
  await withServer({ rpcs: [rpc] }, async ({ url }) => {
    const answer = await ask(`${url}/v3/kv/put`, post('{}'));
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['www-authenticate'], 'etcdserver: invalid auth token');
  });
});

test('another HTTP method is 501, an unknown route 404, a method we lack 501', async () => {
  await withServer({}, async ({ url }) => {
    const notAllowed = '{"code":12,"message":"Method Not Allowed"}';
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await ask(`${url}/v3/kv/range?x=1`, { method });
      assert.deepEqual([answer.status, answer.body], [501, notAllowed]);
    }
    for (const path of ['/v3/foo', '/v3/kv/range/']) {
      const answer = await ask(`${url}${path}`, post('{}'));
      assert.deepEqual([answer.status, answer.body], [404, '{"code":5,"message":"Not Found"}']);
    }
    const lacking = await ask(`${url}/v3/kv/txn`, post('{}'));
    assert.equal(lacking.status, 501);
    assert.equal(lacking.body, '{"code":12,"message":"method Txn not implemented"}');
    assert.deepEqual(await ask(`${url}/v2/keys`), {
      status: 404,
      headers: {
        ...cors,
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'content-length': '19',
      },
      body: '404 page not found\n',
    });
    assert.deepEqual(await ask(`${url}/v3/kv/range`, { method: 'OPTIONS' }), {
      status: 200,
      headers: { ...cors, 'content-length': '0' },
      body: '',
    });
  });
});

test('malformed JSON is InvalidArgument', async () => {
  await withServer({ rpcs: [put(() => encodePutResponse({}))] }, async ({ url }) => {
    const answers = await Promise.all(
      ['{"key":', 'null', '{"key":5}', '{"key" 5}'].map((text) =>
        ask(`${url}/v3/kv/put`, post(text)),
      ),
    );
    for (const { status, body } of answers) {
      assert.equal(status, 400);
      assert.equal((JSON.parse(body) as { code: number }).code, 3);
    }
  });
});

test('a request that is too large is refused as over gRPC', async () => {
  await withServer({ rpcs: [put(() => encodePutResponse({}))] }, async ({ url }) => {
    const ofSize = (size: number) =>
      ask(`${url}/v3/kv/put`, post(`{"value":"${Buffer.alloc(size).toString('base64')}"}`));
    assert.equal((await ofSize(receiveBytesMax - 10)).status, 200);
    const large = await ofSize(receiveBytesMax);
    assert.equal(large.status, 429);
    assert.match(large.body, /"grpc: received message larger than max \(100004 vs. 100000\)"/);
    assert.equal((await ofSize(receiveBytesMax * 10)).status, 429);
  });
});

test('metadata comes from the headers a gateway passes on', async () => {
  const seen: (string | undefined)[] = [];
  const rpc = put((_request, call) => {
    for (const name of ['authorization', 'token', 'hasleader', 'grpcgateway-accept', 'accept']) {
      seen.push(call.metadata(name));
    }
    assert.ok(call.viaGateway);
    return encodePutResponse({});
  });
  const headers = {
    Authorization: 'abc.1',
    'Grpc-Metadata-Hasleader': 'true',
    Token: 'ignored',
    Accept: 'application/json',
  };
  await withServer({ rpcs: [rpc] }, async ({ url }) => {
    await ask(`${url}/v3/kv/put`, post('{}', headers));
  });
  assert.deepEqual(seen, ['abc.1', undefined, 'true', 'application/json', undefined]);
});

test('Grpc-Timeout becomes the deadline of the call', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const never = put((_request, call) => {
    call.signal.addEventListener('abort', () => resolve(call.signal.reason));
    return new Promise(() => {});
  });
  await withServer({ rpcs: [never] }, async ({ url }) => {
    const late = await ask(`${url}/v3/kv/put`, post('{}', { 'Grpc-Timeout': '10m' }));
    const body = '{"code":4,"message":"context deadline exceeded"}';
    assert.deepEqual([late.status, late.body], [504, body]);
    assert.equal(((await promise) as Error).message, 'context deadline exceeded');
    const wrong = await ask(`${url}/v3/kv/put`, post('{}', { 'Grpc-Timeout': 'xx' }));
    assert.equal(wrong.body, '{"code":3,"message":"invalid grpc-timeout: xx"}');
  });
});

test('a call whose time is up before it begins is not begun', async () => {
  let begun = 0;
  const counting = put(async () => {
    begun += 1;
    return encodePutResponse({});
  });
  const path = '/etcdserverpb.Watch/Watch';
  const counted: Rpc = { kind: 'bidi-stream', path, open: () => void (begun += 1) };
  await withServer({ rpcs: [counting, counted] }, async ({ url }) => {
    for (const route of ['/v3/kv/put', '/v3/watch']) {
      for (const timeout of ['1n', '-1n', '-5S', '99999999H']) {
        const late = await ask(`${url}${route}`, post('{}', { 'Grpc-Timeout': timeout }));
        const body = '{"code":4,"message":"context deadline exceeded"}';
        assert.deepEqual([late.status, late.body], [504, body], `${route} ${timeout}`);
      }
    }
    assert.equal(begun, 0);
    for (const timeout of ['', '0n', '+50S', '0000000000050S']) {
      const inTime = await ask(`${url}/v3/kv/put`, post('{}', { 'Grpc-Timeout': timeout }));
      assert.equal(inTime.status, 200, timeout);
    }
    assert.equal(begun, 4);
  });
});

test('a stream answers one line per message and reads requests one after the other', async () => {
  await withServer({ rpcs: [watch()] }, async ({ url }) => {
    const body = '{"create_request":{}}\n{"createRequest":{"key":"YQ=="}} {}';
    const answer = await ask(`${url}/v3/watch`, post(body));
    assert.equal(answer.status, 200);
    assert.equal(answer.body, '{"result":{"created":true}}\n{"result":{"created":true}}\n');
    assert.equal(answer.headers['grpc-metadata-content-type'], 'application/grpc');
    assert.equal(answer.headers['access-control-allow-origin'], '*');
  });
});

test('an error of a stream is its last line, and its status when it is the first', async () => {
  const error = '{"error":{"code":15,"message":"etcdserver: corrupt cluster"}}\n';
  await withServer({ rpcs: [watch()] }, async ({ url }) => {
    const first = await ask(`${url}/v3/watch`, post('{"cancel_request":{}}'));
    assert.deepEqual([first.status, first.body], [500, error]);
    const later = await ask(`${url}/v3/watch`, post('{"create_request":{}}{"cancel_request":{}}'));
    assert.deepEqual([later.status, later.body], [200, `{"result":{"created":true}}\n${error}`]);
    const malformed = await ask(`${url}/v3/watch`, post('{"create_request":5}'));
    assert.equal(malformed.status, 400);
  });
});

test('a watcher that disconnects cancels its call', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  await withServer({ rpcs: [watch(resolve)] }, async ({ port }) => {
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /v3/watch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write('15\r\n{"create_request":{}}\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    assert.match(chunk.toString(), /^HTTP\/1.1 200 OK\r\n/);
    socket.destroy();
    assert.equal(((await promise) as Error).message, 'context canceled');
  });
});

test('a server stream gets its one request and is read to its end', async () => {
  const rpc: Rpc = {
    kind: 'server-stream',
    path: '/etcdserverpb.Maintenance/Snapshot',
    open: (stream) => {
      stream.onMessage = () => {
        stream.write(encodeSnapshotResponse({ remainingBytes: 1, blob: new Uint8Array([0]) }));
        stream.write(encodeSnapshotResponse({ blob: new Uint8Array([1]) }));
        stream.end();
      };
    },
  };
  await withServer({ rpcs: [rpc] }, async ({ url }) => {
    const answer = await ask(`${url}/v3/maintenance/snapshot`, { method: 'POST' });
    assert.equal(
      answer.body,
      '{"result":{"remaining_bytes":"1","blob":"AA=="}}\n{"result":{"blob":"AQ=="}}\n',
    );
  });
});
