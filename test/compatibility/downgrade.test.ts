/** The way to the minor version before, on Go etcd and etcd-ts: answers, errors and effects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import {
  type Answer,
  type TokenPair,
  type Twin,
  type Twins,
  withTwins,
} from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcd', 'etcdctl', 'etcdutl');
const path = '/etcdserverpb.Maintenance/Downgrade';
const validate = 0;
const enable = 1;
const cancel = 2;

/** What a member says about versions, without its server's patch level. */
async function versions(twin: Twin): Promise<object> {
  const answer = (await twin.ask('grpc', '/etcdserverpb.Maintenance/Status', {})) as { ok: Status };
  const said = (await (await fetch(`${twin.url}/version`)).json()) as Record<string, string>;
  const peers = twin.cluster.member(0).peerUrl;
  const enabled = await fetch(`${peers}/downgrade/enabled`);
  const metrics = await (await fetch(`${twin.url}/metrics`)).text();
  return {
    storageVersion: answer.ok.storageVersion,
    downgradeInfo: answer.ok.downgradeInfo,
    cluster: said['etcdcluster'],
    storage: said['storage'],
    enabled: await enabled.text(),
    metric: metrics
      .split('\n')
      .filter((line) => line.startsWith('etcd_cluster_version{'))
      .toSorted(),
  };
}

type Status = { readonly storageVersion: string; readonly downgradeInfo: object };

async function sameVersions(twins: Twins, what: string): Promise<void> {
  const [theirs, ours] = await Promise.all([versions(twins.etcd), versions(twins.ours)]);
  assert.deepEqual(ours, theirs, what);
}

/** Both decide within seconds of each other: whoever is slower is waited for. */
async function reach(twins: Twins, version: string): Promise<void> {
  for (const twin of [twins.etcd, twins.ours]) {
    await until(`${twin.name} has storage version ${version}`, async () => {
      const { storageVersion } = (await versions(twin)) as Status;
      return storageVersion === version ? true : undefined;
    });
  }
}

const targets = [
  '3.6',
  '3.6.0',
  '3.6.9',
  '3.6.0-rc.1+b',
  '03.6',
  '3.5',
  '3.7',
  '3.8',
  '2.6',
  '4.6',
];
const nonsense = ['', 'x', '3', '3.', '3.6-rc', 'v3.6', ' 3.6', '3.6.0.0', '3.x', '3.6.0-a..b'];

test('which targets are taken, and how others are refused', { skip }, async () => {
  await withTwins(async (twins) => {
    for (const way of ['grpc', 'json'] as const) {
      for (const version of [...targets, ...nonsense]) {
        await twins.same(path, { action: validate, version }, way);
      }
      for (const version of [...targets.slice(5), ...nonsense]) {
        await twins.same(path, { action: enable, version }, way);
      }
      await twins.same(path, { action: cancel }, way);
      await twins.same(path, { action: cancel, version: 'x' }, way);
    }
    await twins.same(path, { action: 7, version: '3.6' });
    await sameVersions(twins, 'nothing was enabled');
  });
});

test('a downgrade lowers cluster, store and snapshots; cancelled, they come back', {
  skip,
}, async () => {
  await withTwins(async (twins) => {
    await twins.same('/etcdserverpb.KV/Put', { key: utf8Bytes('a'), value: utf8Bytes('1') });
    await sameVersions(twins, 'at first');
    await twins.same(path, { action: enable, version: '3.6.4' });
    await twins.same(path, { action: enable, version: '3.6' });
    await twins.same(path, { action: validate, version: '3.6' });
    await reach(twins, '3.6.0');
    await sameVersions(twins, 'enabled');
    for (const version of ['3.5', '3.6', '3.7']) {
      await twins.same(path, { action: validate, version }, 'json', 'enabled');
      await twins.same(path, { action: enable, version }, 'grpc', 'enabled');
    }
    const [theirs, ours] = await Promise.all([twins.etcd, twins.ours].map(snapshotVersion));
    assert.deepEqual([theirs, ours], ['3.6.0', '3.6.0']);
    await Promise.all([twins.etcd, twins.ours].map(restart));
    await twins.same(path, { action: validate, version: '3.5' }, 'grpc', 'after a restart');
    await twins.same(path, { action: cancel });
    await reach(twins, '3.7.0');
    await twins.same(path, { action: cancel });
    await twins.same(path, { action: validate, version: '3.6' });
    assert.equal(await snapshotVersion(twins.ours), '3.7.0');
  });
});

test('etcdctl shows the same', { skip }, async () => {
  await withTwins(async (twins) => {
    for (const args of [['validate', '3.6'], ['enable', '3.6'], ['cancel']]) {
      const [theirs, ours] = await Promise.all(
        [twins.etcd, twins.ours].map(({ cluster }) => cluster.etcdctl('downgrade', ...args)),
      );
      assert.equal(ours, theirs, args.join(' '));
    }
  });
});

test('with users only root may downgrade', { skip }, async () => {
  await withTwins(async (twins) => {
    await Promise.all([twins.etcd, twins.ours].map(enableAuth));
    const rows = [
      { action: validate, version: '3.6' },
      { action: validate, version: 'x' },
      { action: enable, version: '3.6' },
      { action: cancel },
    ];
    for (const tokens of [undefined, await login(twins, 'anna'), await login(twins, 'root')]) {
      for (const request of rows) await twins.same(path, request, 'grpc', '', tokens);
    }
  });
});

async function enableAuth({ cluster }: Twin): Promise<void> {
  await cluster.etcdctl('user', 'add', 'root:r');
  await cluster.etcdctl('user', 'grant-role', 'root', 'root');
  await cluster.etcdctl('user', 'add', 'anna:a');
  await cluster.etcdctl('auth', 'enable');
}

async function login(twins: Twins, name: string): Promise<TokenPair> {
  const request = { name, password: name.slice(0, 1) };
  const ask = async (twin: Twin): Promise<string> => {
    const answer: Answer = await twin.ask('grpc', '/etcdserverpb.Auth/Authenticate', request);
    assert.ok('ok' in answer);
    return (answer.ok as { token: string }).token;
  };
  return { etcd: await ask(twins.etcd), ours: await ask(twins.ours) };
}

async function snapshotVersion({ cluster }: Twin): Promise<string> {
  const file = `${cluster.folder}/saved-${Date.now()}.db`;
  await cluster.etcdctl('snapshot', 'save', file);
  const { stdout } = await cluster.run('etcdutl', ['snapshot', 'status', file, '-w=json']);
  return (JSON.parse(stdout) as { version: string }).version;
}

async function restart({ cluster }: Twin): Promise<void> {
  const member = cluster.member(0);
  await member.kill('SIGKILL');
  await cluster.restart(member);
}
