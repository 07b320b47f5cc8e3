import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { etcdTsVersion, servedEtcdVersion } from '../../../version.ts';
import { EtcdError } from '../../errors.ts';
import { EtcdMetrics } from '../../metrics/etcd-metrics.ts';
import {
  AlarmType,
  decodePutRequest,
  decodeWatchRequest,
  encodePutResponse,
  encodeSnapshotResponse,
  encodeWatchResponse,
} from '../../proto/generated/etcdserverpb.ts';
import { PortMux } from '../../transport/port-mux.ts';
import { type Call, type Rpc, rpcTable } from '../rpc.ts';
import type { HealthSource } from './health.ts';
import { HttpServer } from './server.ts';

const receiveBytesMax = 100_000;
const healthy: HealthSource = {
  memberId: 1n,
  serializableRead: async () => {},
  linearizableRead: async () => {},
  isLearner: () => false,
  hasLeader: () => true,
  alarms: () => [],
};
const cors = {
  'access-control-allow-headers': 'accept, content-type, authorization',
  'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE',
  'access-control-allow-origin': '*',
};

type Parts = {
  readonly rpcs?: readonly Rpc[];
  readonly health?: Partial<HealthSource>;
  readonly clock?: Clock;
  readonly metricsOnly?: boolean;
};
type Running = {
  readonly url: string;
  readonly port: number;
  readonly metrics: EtcdMetrics;
  readonly http: HttpServer;
};

async function withServer(parts: Parts, run: (running: Running) => Promise<void>): Promise<void> {
  const metrics = new EtcdMetrics();
  const http = new HttpServer({
    health: { ...healthy, ...parts.health },
    healthObserver: metrics,
    healthTimeoutMs: 60_000,
    metrics,
    client: parts.metricsOnly
      ? undefined
      : {
          rpcs: rpcTable(parts.rpcs ?? []),
          receiveBytesMax,
          version: { clusterVersion: () => '3.7.0', storageVersion: () => undefined },
          servesGateway: true,
          isAuthEnabled: () => true,
          servesProfiles: true,
          debug: { commandLine: ['etcd-ts', 'server'], raftStatus: () => ({ term: 7 }) },
        },
    browsers: { allowedOrigins: ['*'], allowedHosts: ['*'] },
    clock: parts.clock ?? systemClock,
    log: silentLog,
  });
  const mux = await PortMux.listen(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    {
      http1: (socket) => http.accept(socket),
      http2: (socket) => socket.destroy(),
    },
  );
  try {
    await run({ url: `http://127.0.0.1:${mux.port}`, port: mux.port, metrics, http });
  } finally {
    await http.stop();
    await mux.close();
  }
}

type Answer = { status: number; headers: Record<string, string>; body: string };

async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const headers = Object.fromEntries(response.headers);
  delete headers['date'];
  delete headers['connection'];
  delete headers['keep-alive'];
  return { status: response.status, headers, body: await response.text() };
}

const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers,
});
const put = (
  handle: (request: Uint8Array, call: Call) => Uint8Array | Promise<Uint8Array>,
): Rpc => ({
  kind: 'unary',
  path: '/etcdserverpb.KV/Put',
  handle,
});

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
    for (const timeout of ['0n', '+50S', '0000000000050S']) {
      const inTime = await ask(`${url}/v3/kv/put`, post('{}', { 'Grpc-Timeout': timeout }));
      assert.equal(inTime.status, 200, timeout);
    }
    assert.equal(begun, 3);
  });
});

const watch = (onAbort: (reason: unknown) => void = () => {}): Rpc => ({
  kind: 'bidi-stream',
  path: '/etcdserverpb.Watch/Watch',
  open: (stream, call) => {
    call.signal.addEventListener('abort', () => onAbort(call.signal.reason));
    stream.onMessage = (message) => {
      const { createRequest, cancelRequest } = decodeWatchRequest(message);
      if (createRequest !== undefined) stream.write(encodeWatchResponse({ created: true }));
      else if (cancelRequest !== undefined) stream.fail(new EtcdError('Corrupt'));
      else stream.end();
    };
  },
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

const plain = (body: string, nosniff = true) => ({
  headers: {
    ...cors,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(body.length),
    ...(nosniff ? { 'x-content-type-options': 'nosniff' } : {}),
  },
  body,
});

test('a healthy member says so, byte for byte as etcd', async () => {
  await withServer({}, async ({ url, metrics }) => {
    const health = plain('{"health":"true","reason":""}', false);
    assert.deepEqual(await ask(`${url}/health`), { status: 200, ...health });
    assert.deepEqual(await ask(`${url}/livez`), { status: 200, ...plain('ok\n') });
    assert.deepEqual(await ask(`${url}/livez?verbose`), {
      status: 200,
      ...plain('[+]serializable_read ok\nok\n'),
    });
    const verbose = await ask(`${url}/readyz?verbose=true&exclude=linearizable_read&exclude=x`);
    assert.equal(
      verbose.body,
      '[+]data_corruption ok\n[+]serializable_read ok\n[+]non_learner ok\nok\n',
    );
    assert.equal((await ask(`${url}/readyz/non_learner?verbose`)).body, '[+]non_learner ok\nok\n');
    assert.equal((await ask(`${url}/readyz/nope`)).status, 404);
    const text = await metrics.text();
    assert.match(text, /^etcd_server_health_success 1$/m);
    assert.match(text, /^etcd_server_healthcheck\{type="livez",name="serializable_read"\} 1$/m);
  });
});

test('only GET is answered', async () => {
  await withServer({}, async ({ url }) => {
    for (const path of ['/health', '/livez', '/readyz', '/readyz/non_learner', '/version']) {
      const answer = await ask(`${url}${path}`, { method: 'POST' });
      assert.deepEqual([answer.status, answer.body], [405, 'Method Not Allowed\n']);
      assert.equal(answer.headers['allow'], 'GET');
    }
  });
});

test('without a quorum a member is alive but not ready', async () => {
  const health = {
    hasLeader: () => false,
    linearizableRead: () => Promise.reject(new EtcdError('Timeout')),
  };
  await withServer({ health }, async ({ url }) => {
    assert.equal((await ask(`${url}/livez`)).status, 200);
    assert.equal((await ask(`${url}/health?serializable=true`)).status, 200);
    assert.deepEqual(await ask(`${url}/health`), {
      status: 503,
      ...plain('{"health":"false","reason":"RAFT NO LEADER"}\n'),
    });
    assert.deepEqual(await ask(`${url}/readyz/linearizable_read`), {
      status: 503,
      ...plain('[-]linearizable_read failed: etcdserver: request timed out\n\n'),
    });
    const ready = await ask(`${url}/readyz`);
    assert.match(ready.body, /^\[\+\]data_corruption ok\n\[\+\]serializable_read ok\n\[-\]/);
  });
});

test('/health names a failing read, and gives up on one that hangs', async () => {
  const failing = { linearizableRead: () => Promise.reject(new EtcdError('Timeout')) };
  await withServer({ health: failing }, async ({ url }) => {
    const { body } = await ask(`${url}/health`);
    const reason = 'RANGE ERROR:etcdserver: request timed out';
    assert.equal(body, `{"health":"false","reason":"${reason}"}\n`);
  });
  const hanging = { linearizableRead: () => new Promise<void>(() => {}) };
  const clock: Clock = { ...systemClock, after: () => Promise.resolve() };
  await withServer({ health: hanging, clock }, async ({ url }) => {
    const { body } = await ask(`${url}/health`);
    assert.equal(body, '{"health":"false","reason":"RANGE ERROR:context deadline exceeded"}\n');
  });
});

test("any member's alarm fails /health, only this member's corruption fails /readyz", async () => {
  const alarms = (...active: readonly (readonly [bigint, number])[]) => ({
    alarms: () => active.map(([memberId, alarm]) => ({ memberId, alarm })),
  });
  const elsewhere = alarms([2n, AlarmType.CORRUPT], [1n, AlarmType.NOSPACE]);
  await withServer({ health: elsewhere }, async ({ url }) => {
    assert.match((await ask(`${url}/health`)).body, /"ALARM CORRUPT"/);
    assert.match((await ask(`${url}/health?exclude=CORRUPT`)).body, /"ALARM NOSPACE"/);
    assert.equal((await ask(`${url}/health?exclude=CORRUPT&exclude=NOSPACE`)).status, 200);
    assert.equal((await ask(`${url}/readyz`)).status, 200);
  });
  await withServer({ health: alarms([1n, AlarmType.CORRUPT]) }, async ({ url }) => {
    const { body } = await ask(`${url}/readyz/data_corruption`);
    assert.equal(body, '[-]data_corruption failed: alarm activated: CORRUPT\n\n');
  });
});

test('a learner is not ready', async () => {
  await withServer({ health: { isLearner: () => true } }, async ({ url }) => {
    const { status, body } = await ask(`${url}/readyz/non_learner`);
    assert.deepEqual([status, body], [503, '[-]non_learner failed: not supported for learner\n\n']);
  });
});

test('/version has the fields of etcd first and then who answers', async () => {
  await withServer({}, async ({ url }) => {
    const { headers, body } = await ask(`${url}/version`);
    const etcd = `"etcdserver":"${servedEtcdVersion}","etcdcluster":"3.7.0","storage":"unknown"`;
    assert.equal(body, `{${etcd},"server":"etcd-ts/${etcdTsVersion}"}`);
    assert.equal(headers['content-type'], 'application/json');
  });
});

test('a metrics port serves metrics and health and nothing else', async () => {
  await withServer({ metricsOnly: true }, async ({ url }) => {
    const metrics = await ask(`${url}/metrics`);
    assert.match(metrics.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(metrics.body, /^etcd_server_has_leader 0$/m);
    assert.equal((await ask(`${url}/health`)).status, 200);
    assert.equal((await ask(`${url}/version`)).status, 404);
    assert.equal((await ask(`${url}/v3/kv/put`, post('{}'))).status, 404);
  });
});

test('stopping ends streams with an error and lets calls in flight finish', async () => {
  const { promise: release, resolve: finish } = Promise.withResolvers<void>();
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const waiting = put(async () => {
    enter();
    await release;
    return encodePutResponse({});
  });
  await withServer({ rpcs: [waiting, watch()] }, async ({ url, http }) => {
    const watching = await fetch(`${url}/v3/watch`, post('{"create_request":{}}'));
    const answer = ask(`${url}/v3/kv/put`, post('{}'));
    await entered;
    const stopped = http.stop(60_000);
    const lines = await watching.text();
    assert.match(lines, /\n\{"error":\{"code":14,"message":"etcdserver: server stopped"\}\}\n$/);
    finish();
    assert.equal((await answer).body, '{}');
    await stopped;
  });
});

test('stopping does not wait longer than its grace for a call that never ends', async () => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const stuck = put(() => {
    enter();
    return new Promise(() => {});
  });
  await withServer({ rpcs: [stuck] }, async ({ url, http }) => {
    const answer = ask(`${url}/v3/kv/put`, post('{}')).catch(() => 'cut');
    await entered;
    await http.stop(10);
    assert.ok((await answer) !== undefined);
  });
});

test('the API describes itself, and each path that it names answers', async () => {
  await withServer({}, async ({ url }) => {
    const answer = await ask(`${url}/openapi.json`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal((await ask(`${url}/openapi.json`, post('{}'))).status, 405);
    const { paths } = JSON.parse(answer.body) as { paths: Record<string, Record<string, object>> };
    for (const [path, item] of Object.entries(paths)) {
      for (const method of Object.keys(item)) {
        const asked = await ask(`${url}${path}`, {
          method: method.toUpperCase(),
          body: method === 'post' ? '{}' : null,
        });
        // Nothing is implemented here: Unimplemented comes from the method's own refusal.
        const isServed = asked.status === 200 || asked.body.includes('not implemented');
        assert.ok(isServed, `${method} ${path}: ${asked.status} ${asked.body}`);
      }
    }
  });
  await withServer({ metricsOnly: true }, async ({ url }) => {
    assert.equal((await ask(`${url}/openapi.json`)).status, 404);
  });
});
