/** Members that find each other by a discovery service or by DNS, ours and etcd's together. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DnsServer } from '../support/dns-server.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import type { ServerKind } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';
import { withCluster } from '../support/process-cluster.ts';
import type { RunningCommand } from '../support/running-command.ts';
import { readyWords, runServer } from '../support/server-command.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcdctl', 'etcd');

type Started = { readonly server: RunningCommand; readonly endpoint: string };

async function start(
  t: TestContext,
  kind: ServerKind,
  name: string,
  flags: readonly string[],
  options: { env?: Readonly<Record<string, string>>; peerPort?: number } = {},
): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'discovery-'));
  const endpoint = `127.0.0.1:${await freePort()}`;
  const peerUrl = `http://localhost:${options.peerPort ?? (await freePort())}`;
  const server = runServer(
    kind,
    [
      `--name=${name}`,
      `--data-dir=${folder}`,
      `--listen-client-urls=http://${endpoint}`,
      `--advertise-client-urls=http://${endpoint}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      ...flags,
    ],
    { env: options.env ?? {} },
  );
  t.after(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return { server, endpoint };
}

async function namesOf(t: TestContext, endpoint: string, count: number): Promise<string[]> {
  const client = new EtcdClient(endpoint);
  t.after(() => client.close());
  return await until('every member has published its name', async () => {
    const { members } = await client.memberList();
    const names = members.map(({ name }) => name).filter((name) => name !== '');
    return names.length === count && names.sort();
  });
}

for (const serviceKind of ['etcd', 'etcd-ts'] as const) {
  const title = `members, ours and etcd's, find each other by ${serviceKind}; one too many is refused`;
  test(title, { skip }, async (t) => {
    await withCluster(t, { size: 1, kind: serviceKind }, async (service) => {
      await service.etcdctl('put', '/_etcd/registry/token/_config/size', '3');
      const flags = [`--discovery-endpoints=${service.endpoints}`, '--discovery-token=token'];
      const kinds: readonly ServerKind[] = ['etcd-ts', 'etcd', 'etcd-ts'];
      const started = await Promise.all(kinds.map((kind, i) => start(t, kind, `m${i}`, flags)));
      await Promise.all(started.map(({ server }) => server.waitFor(readyWords)));
      for (const { endpoint } of started) {
        assert.deepEqual(await namesOf(t, endpoint, 3), ['m0', 'm1', 'm2']);
      }
      for (const kind of ['etcd', 'etcd-ts'] as const) {
        const { server } = await start(t, kind, 'late', flags);
        assert.equal(await server.ended(), 1);
        const words = 'failed to join discovery cluster (discovery: cluster is full)';
        assert.ok(server.output.includes(words), server.output);
      }
    });
  });
}

test('without its size a cluster is not founded, in the words of etcd', { skip }, async (t) => {
  await withCluster(t, { size: 1, kind: 'etcd' }, async (service) => {
    const flags = [`--discovery-endpoints=${service.endpoints}`, '--discovery-token=unknown'];
    for (const kind of ['etcd', 'etcd-ts'] as const) {
      const { server } = await start(t, kind, 'm', flags);
      assert.equal(await server.ended(), 1);
      const words = 'failed to join discovery cluster (discovery: size key not found)';
      assert.ok(server.output.includes(words), server.output);
    }
  });
});

test('the discovery service may ask for a user and his password', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (service) => {
    await service.etcdctl('put', '/_etcd/registry/token/_config/size', '1');
    await service.etcdctl('user', 'add', 'root:secret');
    await service.etcdctl('user', 'grant-role', 'root', 'root');
    await service.etcdctl('auth', 'enable');
    const flags = [
      `--discovery-endpoints=${service.endpoints}`,
      '--discovery-token=token',
      '--discovery-user=root',
    ];
    const refused = await start(t, 'etcd-ts', 'm', [...flags, '--discovery-password=wrong']);
    assert.equal(await refused.server.ended(), 1);
    assert.match(refused.server.output, /authentication failed, invalid user ID or password/);
    const { server } = await start(t, 'etcd-ts', 'm', [...flags, '--discovery-password=secret']);
    await server.waitFor(readyWords);
  });
});

test('three members find each other by SRV records', { skip }, async (t) => {
  const ports = [await freePort(), await freePort(), await freePort()];
  await using dns = await DnsServer.start({
    '_etcd-server._tcp.cluster.test': ports.map((port) => ({ host: 'localhost', port })),
  });
  const env = { ETCDTS_DNS_SERVERS: dns.address };
  const started = await Promise.all(
    ports.map((peerPort, i) =>
      start(t, 'etcd-ts', `m${i}`, ['--discovery-srv=cluster.test'], { env, peerPort }),
    ),
  );
  await Promise.all(started.map(({ server }) => server.waitFor(readyWords)));
  for (const { endpoint } of started) {
    assert.deepEqual(await namesOf(t, endpoint, 3), ['m0', 'm1', 'm2']);
  }
  const other = await start(t, 'etcd-ts', 'm', ['--discovery-srv=other.test'], { env });
  assert.equal(await other.server.ended(), 1);
  assert.match(other.server.output, /error querying DNS SRV records for _etcd-server-ssl lookup/);
});
