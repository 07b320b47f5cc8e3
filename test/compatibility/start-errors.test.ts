/** Flags that are right one by one, and with which no server can start. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ServerKind } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';
import { readyWords, runServer } from '../support/server-command.ts';

const skip = missingPeers('etcd');
const kinds = ['etcd', 'etcd-ts'] as const;

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** Where to listen; later flags of the same names win. */
async function addresses(scheme = 'http'): Promise<readonly string[]> {
  const [client, peer] = [await freePort(), await freePort()];
  const peerUrl = `http://127.0.0.1:${peer}`;
  return [
    `--listen-client-urls=${scheme}://127.0.0.1:${client}`,
    `--advertise-client-urls=${scheme}://127.0.0.1:${client}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=a=${peerUrl}`,
    '--name=a',
  ];
}

type Ended = { readonly code: number; readonly error: string };

async function endOf(kind: ServerKind, flags: readonly string[], cwd: string): Promise<Ended> {
  await using server = runServer(kind, ['--data-dir=data', ...flags], { cwd });
  const code = await server.ended();
  const lines = server.output.split('\n').filter((line) => line.startsWith('{'));
  const said = lines.map((line) => JSON.parse(line) as { error?: string; level: string });
  const errors = said.filter(({ error }) => error !== undefined);
  // A warning may come after the reason: a server that ends cannot publish itself any more.
  const last = errors.findLast(({ level }) => level !== 'warn') ?? errors.at(-1);
  return { code, error: last?.error ?? server.output };
}

const rows: readonly (readonly [scheme: 'http' | 'https', ...flags: string[]])[] = [
  ['http', '--auto-compaction-retention=foo'],
  ['http', '--initial-cluster=a=foo'],
  ['http', '--initial-cluster=b=http://127.0.0.1:1'],
  ['http', '--initial-cluster=a=http://127.0.0.1:1'],
  ['http', '--auth-token=foo'],
  ['http', '--cipher-suites=FOO'],
  ['http', '--log-outputs=systemd/journal'],
  ['http', '--log-outputs=/none/x'],
  ['http', '--log-outputs=foo:bar'],
  ['https'],
  ['https', '--cert-file=none', '--key-file=none'],
];

for (const [scheme, ...flags] of rows) {
  test(`refused alike: ${scheme} ${flags.join(' ')}`, { skip }, async (t) => {
    const common = await addresses(scheme);
    const [etcd, ours] = [
      await endOf('etcd', [...common, ...flags], folderOf(t)),
      await endOf('etcd-ts', [...common, ...flags], folderOf(t)),
    ];
    assert.equal(ours.code, etcd.code);
    // Ours may say more: which address or file it was, and the system's own words.
    assert.ok(ours.error.includes(etcd.error), `etcd: ${etcd.error}\nours: ${ours.error}`);
  });
}

test('a file and a standard stream get the same lines, for people', { skip }, async (t) => {
  for (const kind of kinds) {
    const folder = folderOf(t);
    writeFileSync(join(folder, 'log'), 'before\n');
    const flags = ['--data-dir=data', '--log-outputs=stdout,log', '--log-format=console'];
    await using server = runServer(kind, [...flags, ...(await addresses())], { cwd: folder });
    await server.waitFor(readyWords);
    await server.stop();
    const [before, ...lines] = readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n');
    assert.equal(before, 'before');
    assert.ok(
      lines.some((line) => /^\S+Z\tinfo\t\S+\t.+/.test(line)),
      kind,
    );
    for (const line of lines) assert.ok(server.output.includes(line), `${kind}: ${line}`);
  }
});
