/** TLS between clients and members and among members, with real etcdctl and real Go members. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
} from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { CertificateAuthority, type CertificateFiles } from '../support/certificates.ts';
import { missingPeers } from '../support/peers.ts';
import { etcdctlTls, type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcdctl', 'etcd');
const here = ['127.0.0.1', 'localhost'];

type Certificates = {
  readonly folder: string;
  readonly authority: CertificateAuthority;
  readonly server: CertificateFiles;
  readonly client: CertificateFiles;
};

async function withCertificates(body: (made: Certificates) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  try {
    const authority = new CertificateAuthority(folder);
    await body({
      folder,
      authority,
      server: authority.issue('server', 'member', here),
      client: authority.issue('client', 'alice', []),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withSecured(
  t: TestContext,
  options: { size: number; kinds?: readonly ('etcd' | 'etcd-ts')[]; flags?: readonly string[] },
  body: (cluster: ProcessCluster, made: Certificates) => Promise<void>,
): Promise<void> {
  await withCertificates(async (made) => {
    const { authority, server, client } = made;
    const tls = { caFile: authority.file, server, client };
    await withCluster(t, { ...options, tls }, (cluster) => body(cluster, made));
  });
}

/** The handshake's end; rejects when the server ends it. */
async function secured(port: number, made: Certificates, shown?: CertificateFiles) {
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: readFileSync(made.authority.file),
    ...(shown === undefined
      ? {}
      : { cert: readFileSync(shown.cert), key: readFileSync(shown.key) }),
  });
  return await new Promise<TLSSocket>((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function getHealth(port: number, made: Certificates): Promise<string> {
  const { authority, client } = made;
  const files = { ca: readFileSync(authority.file), cert: readFileSync(client.cert) };
  const options = { ...files, key: readFileSync(client.key), port, path: '/health' };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', ...options }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}

async function askHttp2(
  session: ClientHttp2Session,
  path: string,
  body?: string,
): Promise<[number, string]> {
  const stream = session.request({ ':path': path, ':method': body === undefined ? 'GET' : 'POST' });
  stream.end(body);
  const status = new Promise<number>((resolve) => {
    stream.on('response', (headers) => resolve(Number(headers[':status'])));
  });
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return [await status, text];
}

function firstChunkWith(stream: ClientHttp2Stream, words: string): Promise<void> {
  let text = '';
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(words)) resolve();
    });
  });
}

test('a cluster whose members and clients show certificates serves etcdctl and HTTPS', {
  skip,
}, async (t) => {
  await withSecured(t, { size: 3 }, async (cluster, made) => {
    assert.equal(await cluster.etcdctl('put', 'a', '1'), 'OK\n');
    assert.equal(await cluster.etcdctl('get', 'a', '--print-value-only'), '1\n');
    await cluster.client(cluster.member(0)).put('b', '2');
    await cluster.assertSameState();
    const { clientPort } = cluster.member(0).config;
    assert.equal(await getHealth(clientPort, made), '{"health":"true","reason":""}');
  });
});

test('HTTP/2 inside TLS reaches health, metrics and the gateway too, streams included', {
  skip,
}, async (t) => {
  await withSecured(t, { size: 1 }, async (cluster, made) => {
    const { authority, client } = made;
    const session = connectHttp2(`https://localhost:${cluster.member(0).config.clientPort}`, {
      ca: readFileSync(authority.file),
      cert: readFileSync(client.cert),
      key: readFileSync(client.key),
    });
    try {
      const ask = (path: string, body?: string) => askHttp2(session, path, body);
      assert.deepEqual(await ask('/health'), [200, '{"health":"true","reason":""}']);
      assert.match((await ask('/metrics'))[1], /etcd_server_has_leader 1/);
      assert.equal((await ask('/nothing'))[0], 404);
      const value = Buffer.alloc(100_000, 'v').toString('base64');
      assert.equal((await ask('/v3/kv/put', JSON.stringify({ key: 'YQ==', value })))[0], 200);
      const [, got] = await ask('/v3/kv/range', '{"key":"YQ=="}');
      const { kvs } = JSON.parse(got) as { kvs: { value: string }[] };
      assert.equal(kvs[0]?.value, value);
      const watch = session.request({ ':method': 'POST', ':path': '/v3/watch' });
      watch.write('{"create_request":{"key":"YQ=="}}');
      const seen = firstChunkWith(watch, '"value":"Mg=="');
      await firstChunkWith(watch, '"created":true');
      await ask('/v3/kv/put', '{"key":"YQ==","value":"Mg=="}');
      await seen;
      watch.close();
    } finally {
      session.destroy();
    }
  });
});

test('members of Go etcd and ours agree over TLS', { skip }, async (t) => {
  const kinds = ['etcd', 'etcd-ts', 'etcd'] as const;
  await withSecured(t, { size: 3, kinds }, async (cluster) => {
    for (const member of cluster.members) {
      await cluster.client(member).put(`from-${member.name}`, 'x');
    }
    await cluster.assertSameState();
  });
});

test('a client without a certificate, or with another authority’s, is refused', {
  skip,
}, async (t) => {
  await withSecured(t, { size: 1 }, async (cluster, made) => {
    const other = new CertificateAuthority(made.folder, 'other');
    const foreign = other.issue('foreign', 'alice', []);
    const endpoint = `--endpoints=${cluster.endpoints}`;
    const inTime = '--command-timeout=2s';
    const get = ['get', 'a'];
    const nobody = ['--insecure-transport=false', `--cacert=${made.authority.file}`];
    const results = [
      await cluster.run('etcdctl', [endpoint, inTime, ...nobody, ...get]),
      await cluster.run('etcdctl', [
        ...[endpoint, inTime, ...etcdctlTls(made.authority.file, foreign), ...get],
      ]),
    ];
    for (const { code } of results) assert.equal(code, 1);
    await cluster.member(0).logs(/rejected connection on client endpoint/);
    assert.equal(await cluster.etcdctl(...get), '');
  });
});

test('a renewed certificate is shown to the next connection without a restart', {
  skip,
}, async (t) => {
  await withSecured(t, { size: 1 }, async (cluster, made) => {
    const { clientPort } = cluster.member(0).config;
    const before = await secured(clientPort, made, made.client);
    made.authority.issue('server', 'renewed', here);
    const after = await secured(clientPort, made, made.client);
    assert.equal(before.getPeerCertificate().subject.CN, 'member');
    assert.equal(after.getPeerCertificate().subject.CN, 'renewed');
    before.destroy();
    after.destroy();
  });
});

test('only names that are allowed pass', { skip }, async (t) => {
  const flags = ['--client-cert-allowed-hostname=good.example'];
  await withSecured(t, { size: 1, flags }, async (cluster, made) => {
    const endpoint = `--endpoints=${cluster.endpoints}`;
    const good = made.authority.issue('good', 'x', ['good.example']);
    const bad = made.authority.issue('bad', 'good.example', ['bad.example']);
    const as = (files: CertificateFiles, ...flags: readonly string[]) =>
      cluster.run('etcdctl', [
        ...[endpoint, ...flags, ...etcdctlTls(made.authority.file, files)],
        ...['put', 'k', 'v'],
      ]);
    assert.equal((await as(good)).code, 0);
    assert.equal((await as(bad, '--command-timeout=2s')).code, 1);
    await cluster.member(0).logs(/client certificate authentication failed/);
  });
});

test('a member whose certificate is for another address cannot reach its peers', {
  skip,
}, async (t) => {
  await withSecured(t, { size: 1 }, async (cluster, made) => {
    const elsewhere = made.authority.issue('elsewhere', 'member', ['192.0.2.1']);
    const socket = await secured(cluster.member(0).config.peerPort, made, elsewhere);
    await until('the connection is closed', async () => {
      socket.write('GET /version HTTP/1.1\r\nHost: x\r\n\r\n');
      await new Promise((resolve) => socket.once('close', resolve));
      return true;
    });
    await cluster.member(0).logs(/certificate is valid for 192\.0\.2\.1, not 127\.0\.0\.1/);
  });
});

test('auto-tls serves with certificates made at the first start and found by the next', {
  skip,
}, async (t) => {
  await withCluster(
    t,
    { size: 1, flags: ['--auto-tls', '--peer-auto-tls'], isSecured: true },
    async (cluster) => {
      const member = cluster.member(0);
      const insecure = ['--insecure-transport=false', '--insecure-skip-tls-verify'];
      const run = (...args: string[]) =>
        cluster.run('etcdctl', [`--endpoints=${cluster.endpoints}`, ...insecure, ...args]);
      assert.equal((await run('put', 'a', 'b')).stdout, 'OK\n');
      const certificate = join(member.config.dataDir, 'fixtures/client/cert.pem');
      const first = readFileSync(certificate, 'utf8');
      await member.stop();
      await cluster.restart(member);
      assert.equal((await run('get', 'a', '--print-value-only')).stdout, 'b\n');
      assert.equal(readFileSync(certificate, 'utf8'), first);
    },
  );
});

test('certificate files that do not exist end the start with etcd’s words', { skip }, async (t) => {
  const flags = ['--cert-file=/missing.pem', '--key-file=/missing.key', '--peer-auto-tls'];
  await assert.rejects(
    withCluster(t, { size: 1, flags, isSecured: true }, async () => {}),
    /open \/missing.pem: no such file or directory/,
  );
});
