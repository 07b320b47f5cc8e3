import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, parse, warningsOf } from '../../../test/support/parsed-command.ts';

test('a configuration file counts alone: flags and variables beside it change nothing', () => {
  const file =
    'name: n1\nlisten-client-urls: http://0.0.0.0:2379\nwatch-progress-notify-interval: 5000000000\n' +
    'log-outputs: [stdout, /tmp/x.log]\nunknown-key: 3\n';
  const argv = ['--config-file=f.yaml', '--name=other', '--election-timeout=1'];
  const config = configOf(argv, { ETCD_DATA_DIR: 'x', ETCD_NAME: 'y' }, file);
  assert.equal(config.name, 'n1');
  assert.equal(config.dataDir, 'n1.etcd');
  assert.equal(config.watchProgressNotifyIntervalMs, 5_000);
  assert.deepEqual(config.log.outputs, ['stdout', '/tmp/x.log']);
  assert.deepEqual(config.advertiseClientUrls, ['http://localhost:2379']);
});

test('the configuration file may be named by a variable and may be JSON', () => {
  assert.equal(configOf([], { ETCD_CONFIG_FILE: 'f' }, '{"name": "n2"}').name, 'n2');
});

test('settings that the file has in sections reach the member', () => {
  const file = `
socket-options: {reuse-port: yes}
client-transport-security: {allowed-cn: [a]}
discovery-config:
  token: t
  client: {endpoints: [b], dial-timeout: 3000000000, auth: {username: u}}`;
  const config = configOf(['--config-file=f'], {}, file);
  assert.equal(config.sharesPorts, true);
  assert.deepEqual(config.security.clients.allowedCommonNames, ['a']);
  assert.ok(config.discovery.kind === 'service');
  const { token, endpoints, dialTimeoutMs, user, isInsecure } = config.discovery;
  assert.deepEqual([token, endpoints, dialTimeoutMs, user], ['t', ['b'], 3_000, 'u']);
  assert.equal(isInsecure, true);
  assert.deepEqual(config.initialCluster, [
    { name: 'default', peerUrls: ['http://localhost:2380'] },
  ]);
});

test('keys of a file that are no settings are ignored with a word', () => {
  const file = 'name: a\ndata-dir: b\ncert-file: c\nunknown: 1\nsocket-options: {x: 1}\n';
  assert.deepEqual(warningsOf(['--config-file=f'], {}, file), [
    'cert-file in f is no setting and is ignored',
    'socket-options.x in f is no setting and is ignored',
    'unknown in f is no setting and is ignored',
  ]);
});

test('a file has sections for the security of clients and of peers', () => {
  const file = `
client-transport-security: {cert-file: c.pem, key-file: k.pem, client-cert-auth: true}
peer-transport-security: {trusted-ca-file: ca.pem, allowed-cn: [b, a], auto-tls: true}
cipher-suites: [TLS_RSA_WITH_AES_128_GCM_SHA256]`;
  const command = parse(['--config-file=f'], {}, file);
  assert.equal(command.kind, 'config');
  const { clients, peers, peerAutoTls } = command.config.security;
  assert.deepEqual(
    [clients.certFile, clients.keyFile, clients.clientCertAuth],
    ['c.pem', 'k.pem', true],
  );
  assert.deepEqual([peers.trustedCaFile, peers.allowedCommonNames], ['ca.pem', ['b', 'a']]);
  assert.equal(peerAutoTls, true);
  assert.equal(clients.cipherSuites[0], 'AES128-GCM-SHA256');
});

test('a file that spells out etcd defaults is accepted', () => {
  const file =
    'enable-grpc-gateway: true\ncorrupt-check-time: 0\ngrpc-keepalive-interval: 7200000000000\n' +
    'client-transport-security: {cert-file: "", client-cert-auth: false}\nbcrypt-cost: 10\n';
  assert.equal(parse(['--config-file=f'], {}, file).kind, 'config');
});
