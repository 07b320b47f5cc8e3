/** What is left of etcd's second version: the same refusals from Go etcd and from etcd-ts. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { withTwins } from '../differential/twins.ts';
import type { ServerKind } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';
import { readyWords, runServer } from '../support/server-command.ts';

const skip = missingPeers('etcd');
const folder = mkdtempSync(join(tmpdir(), 'v2-gone-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

type Prepared = { readonly dataDir: string; readonly flags: readonly string[] };

/** A data directory in which these folders already are, and the flags of a member on it. */
async function prepare(
  kind: ServerKind,
  extra: readonly string[],
  folders: readonly string[] = [''],
): Promise<Prepared> {
  made += 1;
  const dataDir = join(folder, `${kind}-${made}`);
  for (const name of folders) mkdirSync(join(dataDir, name), { recursive: true });
  const client = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const flags = [
    '--name=m',
    `--data-dir=${dataDir}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=m=${peer}`,
    ...extra,
  ];
  return { dataDir, flags };
}

/** How it ended, and the reason that it gave. */
async function endOf(kind: ServerKind, flags: readonly string[]): Promise<string> {
  await using server = runServer(kind, flags);
  const code = await server.ended();
  const lines = server.output.split('\n');
  const complaint = lines.find((line) => /^(flag|invalid value)/.test(line));
  if (complaint !== undefined) return `code ${code}: ${complaint}`;
  for (const line of lines.filter((text) => text.startsWith('{'))) {
    const { level, msg, error } = JSON.parse(line) as Record<string, string>;
    if (level === 'panic' || level === 'fatal') return `code ${code}: ${msg}`;
    if (msg?.startsWith('failed') === true) return `code ${code}: ${error}`;
  }
  return `code ${code}: ${server.output}`;
}

const refusedFlags = [
  ['--enable-v2'],
  ['--enable-v2=false'],
  ['--experimental-enable-v2v3=/x'],
  ['--proxy=on'],
  ['--proxy', 'off'],
  ['--proxy-failure-wait=1'],
  ['--proxy-refresh-interval=1'],
  ['--discovery=https://discovery.example/token'],
  ['--discovery-proxy=http://127.0.0.1:1'],
  ['--v2-deprecation=not-yet'],
  ['--v2-deprecation='],
  ['--v2-deprecation=x'],
  ['--max-snapshots=x'],
  ['--max-snapshots=-1'],
];

for (const flags of refusedFlags) {
  test(`${flags.join(' ')} is refused alike, before anything is written`, { skip }, async () => {
    const ends: string[] = [];
    for (const kind of ['etcd', 'etcd-ts'] as const) {
      const prepared = await prepare(kind, flags);
      ends.push(await endOf(kind, prepared.flags));
      assert.deepEqual(readdirSync(prepared.dataDir), [], kind);
    }
    assert.equal(ends[1], ends[0]);
    assert.match(ends[1] ?? '', /^code 2: /);
  });
}

test('what is deprecated is taken with the same warning', { skip }, async () => {
  for (const flag of [
    '--v2-deprecation=write-only',
    '--v2-deprecation=write-only-skip-check',
    '--v2-deprecation=write-only-drop-data',
    '--v2-deprecation=gone',
    '--max-snapshots=3',
  ]) {
    const warnings: (string | undefined)[] = [];
    for (const kind of ['etcd', 'etcd-ts'] as const) {
      const { flags } = await prepare(kind, [flag]);
      await using server = runServer(kind, flags);
      await server.waitFor(readyWords);
      warnings.push(/"msg":"(--[^"]* is deprecated [^"]*)"/.exec(server.output)?.[1]);
    }
    assert.equal(warnings[1], warnings[0], flag);
    assert.notEqual(warnings[1], undefined, flag);
  }
});

for (const folders of [['proxy'], ['member', 'proxy']]) {
  test(`a data directory with ${folders.join(' and ')} is left alone`, { skip }, async () => {
    const ends: string[] = [];
    for (const kind of ['etcd', 'etcd-ts'] as const) {
      const { dataDir, flags } = await prepare(kind, [], folders);
      ends.push(await endOf(kind, flags));
      for (const name of ['', ...folders]) {
        const found = readdirSync(join(dataDir, name));
        assert.deepEqual(found.toSorted(), name === '' ? folders : [], `${kind} ${name}`);
      }
    }
    assert.equal(ends[1], ends[0]);
  });
}

test('v2 requests are answered alike on client and peer ports', { skip }, async () => {
  await withTwins(async (twins) => {
    const paths = ['/v2', '/v2/', '/v2/keys', '/v2/keys/foo?quorum=true', '/v2/members'];
    paths.push('/v2/stats/self', '/v2/machines', '/v2/auth/enable', '/v2/admin/config');
    for (const port of ['clientUrl', 'peerUrl'] as const) {
      for (const path of paths) {
        for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']) {
          const [theirs, ours] = await Promise.all(
            [twins.etcd, twins.ours].map(async ({ cluster }) => {
              const body = method === 'PUT' ? { body: new URLSearchParams({ value: 'x' }) } : {};
              const answer = await fetch(`${cluster.member(0)[port]}${path}`, { method, ...body });
              const type = answer.headers.get('content-type');
              return [answer.status, type, await answer.text()];
            }),
          );
          assert.deepEqual(ours, theirs, `${port} ${method} ${path}`);
        }
      }
    }
  });
});
