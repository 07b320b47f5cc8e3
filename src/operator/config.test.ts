import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorUsage, parseOperatorConfig } from './config.ts';

function configOf(argv: readonly string[], environment: Record<string, string> = {}) {
  const parsed = parseOperatorConfig(['--default-image=i:1', ...argv], environment);
  assert.ok(parsed.kind === 'config', JSON.stringify(parsed));
  return parsed.config;
}

test('without flags every namespace is watched and both addresses are served', () => {
  assert.deepEqual(configOf([]), {
    watchNamespaces: [],
    defaultImage: 'i:1',
    fastFailover: true,
    leaderElect: false,
    leaderElectionNamespace: '',
    leaderElectionName: 'etcd-ts-operator',
    metricsAddress: { host: '', port: 8080 },
    healthAddress: { host: '', port: 8081 },
    kubeconfig: '',
    logLevel: 'info',
  });
});

test('a flag stands above its variable', () => {
  const variables = {
    ETCD_TS_OPERATOR_DEFAULT_IMAGE: 'env:1',
    ETCD_TS_OPERATOR_WATCH_NAMESPACE: 'a, b,',
  };
  const config = configOf([], variables);
  assert.equal(config.defaultImage, 'i:1');
  assert.deepEqual(config.watchNamespaces, ['a', 'b']);
  assert.deepEqual(configOf(['--namespace', 'c'], variables).watchNamespaces, ['c']);
});

test('a boolean flag may stand alone', () => {
  assert.equal(configOf(['--leader-elect', '--log-level=debug']).leaderElect, true);
  assert.equal(configOf(['--fast-failover', 'false']).fastFailover, false);
});

test('addresses have a host, an IPv6 host, or none; 0 turns one off', () => {
  assert.deepEqual(configOf(['--metrics-address=127.0.0.1:1']).metricsAddress, {
    host: '127.0.0.1',
    port: 1,
  });
  assert.deepEqual(configOf(['--metrics-address=[::1]:1']).metricsAddress?.host, '::1');
  assert.equal(configOf(['--health-address=0']).healthAddress, undefined);
});

for (const [argv, complaint] of [
  [['--size=3'], /unknown argument "--size"/],
  [['up'], /unknown argument "up"/],
  [['--kubeconfig'], /--kubeconfig needs a value/],
  [['--leader-elect=yes'], /--leader-elect must be true or false/],
  [['--metrics-address=8080'], /--metrics-address must be HOST:PORT/],
  [['--metrics-address=:70000'], /--metrics-address must be HOST:PORT/],
  [['--log-level=loud'], /--log-level must be/],
  [['--default-image='], /--default-image is required/],
] as const) {
  test(`${argv.join(' ')} is refused`, () => {
    const parsed = parseOperatorConfig(['--default-image=i:1', ...argv], {});
    assert.ok(parsed.kind === 'refused');
    assert.match(parsed.message, complaint);
  });
}

test('help names every flag and stays within a terminal', () => {
  assert.equal(parseOperatorConfig(['--help'], {}).kind, 'help');
  for (const line of operatorUsage.split('\n')) assert.ok(line.length <= 120, line);
});
