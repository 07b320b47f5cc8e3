import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultInterface } from './default-host.ts';
import { parseServerCommand } from './server-command.ts';

const routes = `Iface	Destination	Gateway	Flags	RefCnt	Use	Metric	Mask	MTU	Window	IRTT
eth1	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
`;

function advertised(...argv: readonly string[]) {
  const command = parseServerCommand(
    argv,
    {},
    () => '',
    () => '192.0.2.2',
  );
  assert.ok(command.kind === 'config');
  const { initialAdvertisePeerUrls, advertiseClientUrls, initialCluster } = command.config;
  return [initialAdvertisePeerUrls, advertiseClientUrls, initialCluster.flatMap((m) => m.peerUrls)];
}

test('the default route names the interface', () => {
  assert.equal(defaultInterface(routes), 'eth0');
  assert.equal(defaultInterface(''), undefined);
});

test('who listens everywhere and advertises the default is advertised by the machine’s address', () => {
  const everywhere = [
    '--listen-peer-urls=http://0.0.0.0:1',
    '--listen-client-urls=http://0.0.0.0:2',
  ];
  const usual = '--advertise-client-urls=http://localhost:2379';
  assert.deepEqual(advertised('--name=a', ...everywhere, usual), [
    ['http://192.0.2.2:1'],
    ['http://192.0.2.2:2'],
    ['http://192.0.2.2:1'],
  ]);
});

test('addresses that are given, or listened on alone, stay', () => {
  const given = ['--name=a', '--initial-advertise-peer-urls=http://b:1'];
  assert.deepEqual(advertised(...given, '--listen-peer-urls=http://0.0.0.0:1'), [
    ['http://b:1'],
    ['http://localhost:2379'],
    ['http://b:1'],
  ]);
  assert.deepEqual(advertised('--listen-peer-urls=http://127.0.0.1:1')[0], [
    'http://localhost:2380',
  ]);
});
