import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { parseServerCommand } from '../config/server-command.ts';
import { dnsCluster, type NameService } from './dns-discovery.ts';

type Records = Readonly<Record<string, readonly (readonly [name: string, port: number])[]>>;

/** Hosts `hN` are at 10.0.0.N. */
function names(records: Records): NameService {
  return {
    services: async (name) => {
      const found = records[name];
      if (found === undefined) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
      return found.map(([target, port]) => ({ name: target, port }));
    },
    address: async (host) => {
      if (!/^h\d$/.test(host)) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
      return `10.0.0.${host.slice(1)}`;
    },
  };
}

function clusterOf(records: Records, advertised = 'http://h1:2380', ...flags: readonly string[]) {
  const argv = ['--name=me', '--discovery-srv=d', `--initial-advertise-peer-urls=${advertised}`];
  const command = parseServerCommand([...argv, ...flags], {}, () => '');
  assert.ok(command.kind === 'config');
  const { config } = command;
  assert.ok(config.discovery.kind === 'dns');
  const { domain, serviceName } = config.discovery;
  return dnsCluster(config, domain, serviceName, names(records), silentLog);
}

test('the record with the address that a member advertises is that member', async () => {
  const records: Records = {
    '_etcd-server._tcp.d': [
      ['h2', 2380],
      ['h1', 2380],
      ['h3', 2380],
    ],
  };
  assert.deepEqual(await clusterOf(records), [
    { name: '0', peerUrls: ['http://h2:2380'] },
    { name: '1', peerUrls: ['http://h3:2380'] },
    { name: 'me', peerUrls: ['http://h1:2380'] },
  ]);
});

test('records for https count too, under the suffix of the service', async () => {
  const records: Records = { '_etcd-server-ssl-x._tcp.d': [['h1', 2380]] };
  const cluster = await clusterOf(records, 'https://h1:2380', '--discovery-srv-name=x');
  assert.deepEqual(cluster, [{ name: 'me', peerUrls: ['https://h1:2380'] }]);
});

const refusals: readonly (readonly [what: string, Records, RegExp])[] = [
  [
    'no records',
    {},
    /^error setting up initial cluster: error querying DNS SRV records for _etcd-server-ssl lookup _etcd-server-ssl\._tcp\.d: no such host\nerror querying DNS SRV records for _etcd-server lookup/,
  ],
  [
    'records of others alone',
    { '_etcd-server._tcp.d': [['h2', 2380]] },
    /^error setting up initial cluster: cannot find local etcd member "me" in SRV records$/,
  ],
  [
    'the other scheme',
    { '_etcd-server-ssl._tcp.d': [['h1', 2380]] },
    /bootstrap at https:\/\/h1:2380 from DNS for etcd-server-ssl has scheme mismatch with expected peer http:\/\/h1:2380/,
  ],
  [
    'a target without address',
    { '_etcd-server._tcp.d': [['nowhere', 2380]] },
    /records for _etcd-server lookup nowhere: no such host$/,
  ],
];

for (const [what, records, words] of refusals) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(clusterOf(records), { message: words });
  });
}
