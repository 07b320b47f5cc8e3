/** `etcd-ts db check` and `surgery` on the data of real members that were killed. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { repositoryRoot } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';

const skip = process.env['SERVER'] === 'etcd' ? 'a command of ours' : false;

type Output = { readonly code: number; readonly stdout: string; readonly stderr: string };

function db(...argv: string[]): Promise<Output> {
  const program = join(repositoryRoot, 'bin/etcd-ts');
  return new Promise((resolve) => {
    execFile(program, ['db', ...argv], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

async function putKeys(cluster: ProcessCluster, count: number): Promise<void> {
  const client = cluster.client(cluster.member(0));
  for (let i = 0; i < count; i++) {
    await client.put(`k/${i % 60}`, `v${i}`.repeat(50));
  }
}

async function allKeys(cluster: ProcessCluster): Promise<string[]> {
  const range = { key: utf8Bytes('k/'), rangeEnd: utf8Bytes('k0') };
  const { kvs } = await cluster.client(cluster.member(0)).range(range);
  return kvs.map(
    ({ key, value, modRevision }) => `${utf8Text(key)} ${modRevision} ${utf8Text(value)}`,
  );
}

test('a member that runs is not checked, one that was killed is whole', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const member = cluster.member(0);
    await putKeys(cluster, 150);
    const running = await db('check', member.config.dataDir);
    assert.equal(running.code, 1);
    assert.match(running.stderr, /a running member is using .*: stop it first/);
    await member.kill('SIGKILL');
    const { code, stdout } = await db('check', member.config.dataDir);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^whole$/m);
    assert.match(stdout, /^log: 1 segments, \d+ records/m);
    const json = await db('check', member.config.dataDir, '-w', 'json');
    const report = JSON.parse(json.stdout) as { state: string; findings: unknown[] };
    assert.deepEqual([report.state, report.findings], ['whole', []]);
  });
});

test('a damaged log is named with segment and offset', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const member = cluster.member(0);
    await putKeys(cluster, 50);
    await member.kill('SIGKILL');
    const wal = join(member.config.dataDir, 'member/wal');
    const name = readdirSync(wal).find((one) => one.endsWith('.wal')) ?? '';
    const bytes = readFileSync(join(wal, name));
    const at = bytes.indexOf('v7v7v7');
    assert.ok(at > 0);
    bytes[at] = 0x20;
    writeFileSync(join(wal, name), bytes);
    const { code, stdout, stderr } = await db('check', member.config.dataDir);
    assert.equal(code, 2);
    assert.match(stdout, /^damage wal: .*\.wal: at offset \d+: crc mismatch$/m);
    assert.match(stderr, /the data is damaged/);
  });
});

test('a member starts again on what surgery made of its data', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const member = cluster.member(0);
    const { dataDir } = member.config;
    await putKeys(cluster, 200);
    const expected = await allKeys(cluster);
    await member.stop();
    const before = await db('check', dataDir, '-w', 'json');
    assert.equal(before.code, 0, before.stdout);
    await db('surgery', 'clear-table', dataDir, 'index', '--output', `${dataDir}-cleared`);
    const cleared = await db('check', `${dataDir}-cleared`);
    assert.equal(cleared.code, 2);
    const rebuilt = `${dataDir}-rebuilt`;
    const made = await db('surgery', 'rebuild-derived', `${dataDir}-cleared`, '--output', rebuilt);
    assert.equal(made.code, 0, made.stdout + made.stderr);
    renameSync(dataDir, `${dataDir}-old`);
    renameSync(rebuilt, dataDir);
    await cluster.restart(member);
    assert.deepEqual(await allKeys(cluster), expected);
    await putKeys(cluster, 10);
  });
});
