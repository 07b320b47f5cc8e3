/** Who may ask over HTTP, and where: the same requests on Go etcd and on ours. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { type Twin, withTwins } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';
import { ProcessCluster } from '../support/process-cluster.ts';

const skip = missingPeers('etcd');

type Seen = {
  readonly status: number;
  readonly cors: readonly string[];
  readonly location: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
};

function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<Seen | string> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, method }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => {
        const cors = Object.entries(answer.headers)
          .filter(([name]) => name.startsWith('access-control'))
          .map(([name, value]) => `${name}: ${String(value)}`)
          .sort();
        const { location, 'content-type': type } = answer.headers;
        resolve({ status: answer.statusCode ?? 0, cors, location, type, body });
      });
    });
    asked.on('error', () => resolve('no answer'));
    asked.end();
  });
}

const portOf = (twin: Twin): number => twin.cluster.member(0).config.clientPort;

test('origins and hosts that are not on the list get what etcd gives them', {
  skip,
}, async () => {
  const flags = [
    '--cors=http://a.example:80,http://b.example:81',
    '--host-whitelist=good.example,localhost',
  ];
  await withTwins(async ({ etcd, ours }) => {
    for (const [host, origin, method] of [
      ['good.example', 'http://b.example:81', 'GET'],
      ['good.example:99', 'http://c.example:1', 'GET'],
      ['localhost', 'http://a.example:80', 'OPTIONS'],
      ['localhost', 'http://c.example:80', 'OPTIONS'],
      ['GOOD.example', 'http://a.example:80', 'GET'],
      ['bad.example:12', '', 'GET'],
      ['127.0.0.1', '', 'GET'],
      ['[::1]:99', '', 'GET'],
    ] as const) {
      const headers = { host, ...(origin === '' ? {} : { origin }) };
      const [theirs, own] = await Promise.all(
        [etcd, ours].map((twin) => ask(portOf(twin), '/health', headers, method)),
      );
      assert.deepEqual(own, theirs, `${method} ${host} ${origin}`);
    }
  }, flags);
});

test('a path that is not clean is sent to the clean one', { skip }, async () => {
  const paths = [
    ...[
      '//v3/kv/range',
      '/v3/../version',
      '/v3//kv/range?x=1&y',
      '/v3',
      '/v3?a',
      '//',
      '/health/.',
    ],
    ...['/a%2fb//c', "/x//!$'()*,;~", '/a//[b]{c}|^`', '/v3beta//kv/range', '/...//'],
    ...['//x?', '/metrics//', '/version/', '/debug/pprof', '/v3/kv/range//', 'http://o/v3//x'],
  ];
  await withTwins(
    async ({ etcd, ours }) => {
      for (const path of paths) {
        for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']) {
          const [theirs, own] = await Promise.all(
            [etcd, ours].map((twin) => ask(portOf(twin), path, { origin: 'http://a' }, method)),
          );
          assert.deepEqual(own, theirs, `${method} ${path}`);
        }
      }
    },
    ['--enable-pprof'],
  );
});

test('with HTTP on a port of its own the client port takes gRPC alone', { skip }, async () => {
  const ports = [await freePort(), await freePort()];
  const flagsOf = (port: number | undefined): string[] => [
    `--listen-client-http-urls=http://127.0.0.1:${port}`,
    '--enable-grpc-gateway=false',
  ];
  for (const [kind, port] of [
    ['etcd', ports[0]],
    ['etcd-ts', ports[1]],
  ] as const) {
    const cluster = await ProcessCluster.start({ size: 1, kind, flags: flagsOf(port) });
    try {
      const member = cluster.member(0);
      assert.equal(await ask(member.config.clientPort, '/health', {}), 'no answer', kind);
      assert.equal(((await ask(port ?? 0, '/health', {})) as Seen).status, 200, kind);
      assert.equal(((await ask(port ?? 0, '/v3/kv/range', {}, 'POST')) as Seen).status, 404, kind);
      await cluster.client(member).put('a', 'b');
    } finally {
      await cluster.close();
    }
  }
});
