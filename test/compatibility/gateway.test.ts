/** Raw answers of the JSON gateway: status, headers and body of Go etcd and of ours, side by side. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as securedRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { services } from '../../src/etcd/proto/generated/descriptors.ts';
import { CertificateAuthority, type CertificateFiles } from '../support/certificates.ts';
import { missingPeers } from '../support/peers.ts';
import { ProcessCluster } from '../support/process-cluster.ts';

const skip = missingPeers('etcd');

type Answer = {
  readonly status: number;
  readonly headers: readonly string[];
  readonly trailers: readonly string[];
  readonly body: string;
};
type Asked = {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Of the connection and the moment, not of the answer. */
const incidental = /^(date|connection|keep-alive|content-length|transfer-encoding)$/;

function ask(port: number, { method = 'POST', path, body, headers = {} }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = plainRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      const pairs = Object.entries(answer.headers).filter(([name]) => !incidental.test(name));
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => {
        resolve({
          status: answer.statusCode ?? 0,
          headers: pairs.map(([name, value]) => `${name}: ${String(value)}`).sort(),
          trailers: answer.rawTrailers,
          body: text,
        });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const identity = /"(cluster_id|member_id|raft_term|leader|ID|raftTerm|memberID)":"\d+"/g;
const amount = /"(raftIndex|raftAppliedIndex|dbSize|dbSizeInUse|remaining_bytes|TTL)":"\d+"/g;

/**
 * Without what two clusters cannot share, and without the places that protojson names in its
 * complaints; whitespace outside of texts is protojson's dice.
 */
function comparable(answer: Answer): Answer {
  const lines = answer.body.split('\n').map((line) => {
    if (!line.startsWith('{')) return line;
    return JSON.stringify(JSON.parse(line))
      .replace(identity, '"$1":"id"')
      .replace(amount, '"$1":"some"')
      .replace(/"hash":\d+/, '"hash":0')
      .replace(/"(token|blob)":"[^"]*"/, '"$1":"some"')
      .replace(/"(version)":"3\.\d+\.\d+"/, '"$1":"3"')
      .replace(/proto:[\s\u00a0]+(?:\(line \d+:\d+\): )?/, 'proto: ')
      .replace(/syntax error \(line \d+:\d+\)/, 'syntax error');
  });
  return { ...answer, body: lines.join('\n') };
}

class Pair {
  readonly #clusters: readonly ProcessCluster[];

  static async start(): Promise<Pair> {
    const kinds = ['etcd', 'etcd-ts'] as const;
    return new Pair(
      await Promise.all(kinds.map((kind) => ProcessCluster.start({ size: 1, kind }))),
    );
  }

  private constructor(clusters: readonly ProcessCluster[]) {
    this.#clusters = clusters;
  }

  async both(asked: Asked | ((index: number) => Asked)): Promise<readonly Answer[]> {
    return await Promise.all(
      this.#clusters.map((cluster, i) => {
        const { port } = new URL(cluster.member(0).clientUrl);
        return ask(Number(port), typeof asked === 'function' ? asked(i) : asked);
      }),
    );
  }

  async same(asked: Asked | ((index: number) => Asked)): Promise<void> {
    const [theirs, ours] = await this.both(asked);
    assert.ok(theirs !== undefined && ours !== undefined);
    const what = JSON.stringify(typeof asked === 'function' ? asked(0) : asked);
    assert.deepEqual(comparable(ours), comparable(theirs), what);
  }

  async post(path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
    await this.same({ path, body: JSON.stringify(body), headers });
  }

  async close(): Promise<void> {
    for (const cluster of this.#clusters) await cluster.close();
  }
}

async function withPair(body: (pair: Pair) => Promise<void>): Promise<void> {
  const pair = await Pair.start();
  try {
    await body(pair);
  } finally {
    await pair.close();
  }
}

const routes = services.flatMap(({ methods }) => methods.flatMap(({ routes: of }) => of));
/** They wait, break the cluster up, or are asked for below with more to say. */
const apart =
  /(watch|observe|campaign|lock\/lock|snapshot|auth\/enable|compaction|hashkv|member\/|downgrade|transfer)/;

test('every method answers an empty request alike', { skip }, async () => {
  await withPair(async (pair) => {
    for (const path of routes) {
      if (!apart.test(path)) await pair.same({ path, body: '{}' });
    }
  });
});

test('other methods, bodies that are none and paths that are none', { skip }, async () => {
  await withPair(async (pair) => {
    const path = '/v3/kv/range';
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
      await pair.same({ method, path });
    }
    for (const body of ['', '{', '[]', '{"key":5}', '{"key":"!!"}', '{"key":"YQ=="} more']) {
      await pair.same({ path, body });
    }
    await pair.post(path, { key: 'YQ==', revision: 'abc' });
    await pair.post(path, { key: 'YQ==', keys_only: 'true' });
    await pair.post(path, { key: 'YQ==', sort_order: 'NOPE', unknown: 1 });
    for (const other of ['/v3/nope', '/v3/kv/range/', '/v3/KV/range', '/v3/', '/v2/keys']) {
      await pair.same({ path: other, body: '{}' });
      await pair.same({ method: 'GET', path: other });
    }
    for (const other of ['/v3beta/kv/range', '/v3alpha/kv/range', '/v3/kv/range?x=1']) {
      await pair.same({ path: other, body: '{"key":"YQ=="}' });
    }
    for (const method of ['GET', 'HEAD', 'POST']) {
      for (const other of ['/debug/pprof/', '/debug/pprof/heap', '/debug/requests', '/health']) {
        await pair.same({ method, path: other });
      }
    }
    await pair.same({ path: '/debug/vars' });
  });
});

test('answers and errors of the store, leases and members', { skip }, async () => {
  await withPair(async (pair) => {
    const kv = { key: 'YQ==', value: 'MQ==' };
    await pair.post('/v3/kv/put', kv);
    await pair.post('/v3/kv/put', { ...kv, prev_kv: true });
    await pair.post('/v3/kv/put', { ...kv, lease: '5' });
    await pair.post('/v3/kv/range', { key: 'YQ==', range_end: 'AA==' });
    await pair.post('/v3/kv/range', { key: 'YQ==', revision: '99999' });
    await pair.post('/v3/kv/txn', {
      compare: [{ key: 'YQ==', target: 'VERSION', result: 'GREATER', version: '0' }],
      success: [
        { request_put: { key: 'Yg==', value: 'Mg==' } },
        { request_range: { key: 'YQ==' } },
        { request_delete_range: { key: 'eg==' } },
      ],
    });
    await pair.post('/v3/kv/deleterange', { key: 'Yg==', prev_kv: true });
    await pair.post('/v3/kv/compaction', { revision: '3' });
    await pair.post('/v3/kv/compaction', { revision: '1' });
    await pair.post('/v3/kv/range', { key: 'YQ==', revision: '1' });
    await pair.post('/v3/maintenance/hashkv', {});
    await pair.post('/v3/lease/grant', { ID: '77', TTL: '100' });
    await pair.post('/v3/lease/grant', { ID: '77', TTL: '100' });
    await pair.post('/v3/lease/keepalive', { ID: '77' });
    await pair.post('/v3/lease/timetolive', { ID: '77', keys: true });
    await pair.post('/v3/kv/lease/revoke', { ID: '77' });
    await pair.post('/v3/kv/lease/revoke', { ID: '77' });
    await pair.post('/v3/cluster/member/add', { peerURLs: ['nope'] });
    await pair.post('/v3/cluster/member/remove', { ID: '5' });
    await pair.post('/v3/cluster/member/update', {});
    await pair.post('/v3/maintenance/alarm', { action: 'GET' });
    for (const headers of [
      // No call begins in a nanosecond; no number is no timeout, and a large one wraps.
      ...['1n', '-5S', '99999999H', '0n', '+50S', '0000000050S', '9223372036854775808n', '5x'].map(
        (timeout) => ({ 'grpc-timeout': timeout }),
      ),
      { 'grpc-metadata-hasleader': 'true' },
      { 'content-type': 'text/plain', accept: 'text/html' },
      { 'accept-encoding': 'gzip' },
    ]) {
      await pair.post('/v3/auth/status', {}, headers as Record<string, string>);
    }
    for (const path of ['/v3/watch', '/v3/maintenance/snapshot', '/v3/lease/keepalive']) {
      await pair.post(path, {}, { 'grpc-timeout': '1n' });
    }
  });
});

test('a list of megabytes is the same list', { skip }, async () => {
  await withPair(async (pair) => {
    const value = Buffer.alloc(100_000, 'v').toString('base64');
    for (let i = 0; i < 30; i++) {
      const body = JSON.stringify({ key: Buffer.from(`k${i}`).toString('base64'), value });
      await pair.both({ path: '/v3/kv/put', body });
    }
    await pair.post('/v3/kv/range', { key: 'AA==', range_end: 'AA==' });
    await pair.post('/v3/kv/range', { key: 'AA==', range_end: 'AA==', limit: '20' });
  });
});

test('a token comes in whichever header etcd takes it from', { skip }, async () => {
  await withPair(async (pair) => {
    for (const name of ['root', 'u']) {
      await pair.post('/v3/auth/user/add', { name, password: name });
      await pair.post('/v3/auth/role/add', { name });
      await pair.post('/v3/auth/user/grant', { user: name, role: name });
    }
    await pair.post('/v3/auth/user/grant', { user: 'root', role: 'root' });
    await pair.post('/v3/auth/role/get', { role: 'u' });
    await pair.post('/v3/auth/enable', {});
    await pair.post('/v3/auth/authenticate', { name: 'u', password: 'x' });
    await pair.post('/v3/kv/range', { key: 'YQ==' });
    const body = '{"name":"root","password":"root"}';
    const logins = await pair.both({ path: '/v3/auth/authenticate', body });
    const tokens = logins.map((login) => (JSON.parse(login.body) as { token: string }).token);
    const forms: readonly ((token: string) => Readonly<Record<string, string>>)[] = [
      (token) => ({ authorization: token }),
      (token) => ({ authorization: `Bearer ${token}` }),
      (token) => ({ authorization: `bearer ${token}` }),
      (token) => ({ authorization: 'unknown' + token }),
      (token) => ({ token }),
      (token) => ({ 'grpc-metadata-token': token }),
      (token) => ({ 'grpc-metadata-authorization': token }),
    ];
    for (const form of forms) {
      await pair.same((i) => ({
        path: '/v3/kv/range',
        body: '{"key":"YQ=="}',
        headers: form(tokens[i] ?? ''),
      }));
    }
  });
});

type Secured = { readonly port: number; readonly ca: Buffer; readonly shown: CertificateFiles };

function askSecured(at: Secured, path: string, version: 'http/1.1' | 'h2'): Promise<string> {
  const { port, ca, shown } = at;
  const options = { ca, cert: readFileSync(shown.cert), key: readFileSync(shown.key) };
  return new Promise((resolve, reject) => {
    let text = '';
    if (version === 'http/1.1') {
      const where = { host: '127.0.0.1', port, path, method: 'POST', ...options };
      const asked = securedRequest(where, (answer) => {
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve(`${answer.statusCode} ${text}`));
      });
      asked.on('error', reject);
      asked.end('{}');
      return;
    }
    const session = connectHttp2(`https://127.0.0.1:${port}`, options);
    session.on('error', reject);
    const stream = session.request({ ':method': 'POST', ':path': path });
    let status = 0;
    stream.on('response', (headers) => (status = Number(headers[':status'])));
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.on('end', () => {
      session.close();
      resolve(`${status} ${text}`);
    });
    stream.end('{}');
  });
}

test('with auth on, a certificate that names somebody is refused at the gateway', {
  skip,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  try {
    const authority = new CertificateAuthority(folder);
    const server = authority.issue('server', 'member', ['127.0.0.1', 'localhost']);
    const client = authority.issue('client', 'alice', []);
    const nameless = authority.issue('nameless', '', []);
    const seen: (readonly string[])[] = [];
    for (const kind of ['etcd', 'etcd-ts'] as const) {
      const flags = ['--client-cert-auth'];
      const tls = { caFile: authority.file, server, client };
      const cluster = await ProcessCluster.start({ size: 1, kind, flags, tls });
      try {
        const ca = readFileSync(authority.file);
        const port = Number(new URL(cluster.member(0).clientUrl).port);
        const at = { port, ca, shown: client };
        const answers: string[] = [];
        const look = async (): Promise<void> => {
          for (const shown of [client, nameless]) {
            for (const version of ['http/1.1', 'h2'] as const) {
              answers.push(await askSecured({ ...at, shown }, '/v3/auth/status', version));
              answers.push(await askSecured({ ...at, shown }, '/v3beta/kv/range', version));
              answers.push(await askSecured({ ...at, shown }, '/%763/kv/range', version));
            }
          }
        };
        await look();
        for (const [command, ...rest] of [
          ['user', 'add', 'root:root'],
          ['user', 'grant-role', 'root', 'root'],
          ['auth', 'enable'],
        ]) {
          await cluster.etcdctl(command ?? '', ...rest);
        }
        await look();
        seen.push(
          answers.map((answer) => answer.replace(/\{"header.*\}/, '{…}').replace(',\u0020"', ',"')),
        );
      } finally {
        await cluster.close();
      }
    }
    assert.match(seen[0]?.join() ?? '', /400 CommonName of client/);
    assert.deepEqual(seen[1], seen[0]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
