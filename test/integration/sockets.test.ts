/** Unix sockets for clients, probes and members, with real etcdctl and Go members. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { missingPeers, peerProgram } from '../support/peers.ts';
import type { RunningCommand } from '../support/running-command.ts';
import { readyWords, runServer } from '../support/server-command.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcdctl', 'etcd');

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sockets-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

async function etcdctl(endpoint: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(peerProgram('etcdctl'), [
    `--endpoints=${endpoint}`,
    ...args,
  ]);
  return stdout;
}

function post(socketPath: string, path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: 'POST' }, (answer) => {
      let text = `${answer.statusCode} `;
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('a member on sockets alone serves etcdctl, JSON and probes, and clears up', {
  skip,
}, async (t) => {
  const folder = folderOf(t);
  const [clients, http] = [join(folder, 'clients'), join(folder, 'http')];
  writeFileSync(clients, 'left behind');
  await using server: RunningCommand = runServer(
    'etcd-ts',
    [
      '--data-dir=data',
      `--listen-client-urls=unix://${clients}`,
      `--listen-client-http-urls=unix://${http}`,
      `--advertise-client-urls=unix://${clients}`,
      '--listen-peer-urls=unix://localhost:1',
      '--initial-advertise-peer-urls=unix://localhost:1',
      '--initial-cluster=default=unix://localhost:1',
      '--listen-metrics-urls=unix://localhost:2',
    ],
    { cwd: folder },
  );
  await server.waitFor(readyWords);
  assert.equal(await etcdctl(`unix://${clients}`, 'put', 'a', '1'), 'OK\n');
  assert.equal(await etcdctl(`unix://${clients}`, 'get', 'a'), 'a\n1\n');
  const status = await etcdctl(`unix://${clients}`, 'endpoint', 'status', '--cluster');
  assert.ok(status.startsWith(`unix://${clients}, `), status);
  assert.match(await post(http, '/v3/kv/range', '{"key": "YQ=="}'), /^200 .*"value":"MQ=="/);
  assert.match(await post(join(folder, 'localhost:2'), '/readyz', ''), /^405 |^200 ok/);
  assert.ok(statSync(clients).isSocket());
  await server.stop();
  const left = [clients, http, join(folder, 'localhost:1'), join(folder, 'localhost:2')];
  assert.deepEqual(left.filter(existsSync), []);
});

test('a socket may be secured, with a certificate made at start', { skip }, async (t) => {
  const folder = folderOf(t);
  const url = `unixs://${join(folder, 'clients')}`;
  await using server = runServer(
    'etcd-ts',
    [
      '--data-dir=data',
      '--auto-tls',
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      '--listen-peer-urls=unix://localhost:1',
      '--initial-advertise-peer-urls=unix://localhost:1',
      '--initial-cluster=default=unix://localhost:1',
    ],
    { cwd: folder },
  );
  await server.waitFor(readyWords);
  const secured = ['--insecure-transport=false', '--insecure-skip-tls-verify'];
  assert.equal(await etcdctl(url, ...secured, 'put', 'a', '1'), 'OK\n');
});

test('members of ours and of etcd reach each other over sockets', { skip }, async (t) => {
  const folder = folderOf(t);
  const kinds = ['etcd-ts', 'etcd', 'etcd-ts'] as const;
  const cluster = kinds.map((_, i) => `m${i}=unix://localhost:${i + 1}`).join(',');
  const clientUrl = (i: number): string => `unix://${join(folder, `c${i}`)}`;
  const servers = kinds.map((kind, i) =>
    runServer(
      kind,
      [
        `--name=m${i}`,
        `--data-dir=d${i}`,
        `--listen-client-urls=${clientUrl(i)}`,
        `--advertise-client-urls=${clientUrl(i)}`,
        `--listen-peer-urls=unix://localhost:${i + 1}`,
        `--initial-advertise-peer-urls=unix://localhost:${i + 1}`,
        `--initial-cluster=${cluster}`,
      ],
      { cwd: folder },
    ),
  );
  await using stack = new AsyncDisposableStack();
  for (const server of servers) stack.use(server);
  await Promise.all(servers.map((server) => server.waitFor(readyWords)));
  for (const i of kinds.keys()) {
    assert.equal(await etcdctl(clientUrl(i), 'put', `k${i}`, `${i}`), 'OK\n');
  }
  for (const i of kinds.keys()) {
    await until(`member ${i} has every key`, async () => {
      const keys = await etcdctl(clientUrl(i), 'get', 'k', '--prefix', '--keys-only');
      return keys.split('\n').filter((key) => key !== '').length === kinds.length;
    });
  }
});

test('what cannot be a socket stops the start in the words of etcd', { skip }, async (t) => {
  const folder = folderOf(t);
  const words = 'listen unix /none/x: bind: no such file or directory';
  for (const kind of ['etcd', 'etcd-ts'] as const) {
    await using server = runServer(
      kind,
      [
        `--data-dir=${kind}`,
        '--listen-client-urls=unix:///none/x',
        '--advertise-client-urls=unix:///none/x',
        '--listen-peer-urls=unix://localhost:1',
        '--initial-advertise-peer-urls=unix://localhost:1',
        '--initial-cluster=default=unix://localhost:1',
      ],
      { cwd: folder },
    );
    assert.equal(await server.ended(), 1);
    assert.ok(server.output.includes(words), server.output);
  }
});
