import type { CommandLine } from './flags.ts';

function flags(...argv: readonly string[]): CommandLine {
  return { argv };
}

function variables(env: Readonly<Record<string, string>>, ...argv: readonly string[]): CommandLine {
  return { argv, env };
}

function file(text: string, ...argv: readonly string[]): CommandLine {
  return { argv, file: text };
}

/** Every kind of number with what it does not take, besides a value that it takes. */
const values: Readonly<Record<string, readonly string[]>> = {
  'snapshot-count': ['x', '-1', '0x10', '1_0', ''],
  'heartbeat-interval': ['x', '-1'],
  'max-snapshots': ['x', '-1', '3'],
  'bcrypt-cost': ['x', '99'],
  'bootstrap-defrag-threshold-megabytes': ['x', '-1', '3'],
  'quota-backend-bytes': ['x', '-1', '99999999999999999999'],
  'backend-batch-limit': ['x', '-1', '99999999999999999999'],
  'max-learners': ['x', '-1'],
  'max-concurrent-streams': ['x', '-1', '0', '0x10', '5000000000'],
  'backend-batch-interval': ['x', '5', '1h2m3.5s', '-1s'],
  'grpc-keepalive-interval': ['x', '5', '0', '-1s', '1.5h'],
  'raft-read-timeout': ['x', '1s', '0'],
  'discovery-dial-timeout': ['x', '1m'],
  'corrupt-check-time': ['x', '5', '1m'],
  'compact-hash-check-time': ['x', '0', '-1s', '1m'],
  'warning-unary-request-duration': ['x', '5', '0', '1s'],
  'distributed-tracing-sampling-rate': ['x', '-1', '99999999999999999999'],
  'enable-distributed-tracing': ['x', 'F'],
  metrics: ['extensive', 'x'],
  'downgrade-check-time': ['x', '1s'],
  'socket-reuse-port': ['x', 'F', 'TRUE', ''],
  'unsafe-no-fsync': ['x', '1'],
  'discovery-fallback': ['proxy', 'exit', 'x'],
  'v2-deprecation': ['not-yet', 'write-only', 'write-only-drop-data', 'gone', 'x', ''],
  'backend-bbolt-freelist-type': ['array', 'x'],
  'initial-cluster-state': ['x', '', 'existing'],
  'feature-gates': ['Foo=true', 'Foo', 'AllBeta=x', '', 'AllBeta=true', ' AllBeta = true '],
  'auto-compaction-mode': ['x', '', 'revision'],
  'tls-min-version': ['x', 'TLS1.3', ''],
  'tls-max-version': ['TLS1.1', 'TLS1.2'],
  cors: ['x', 'http://a:1', '', '*', '*,http://a:1'],
  'host-whitelist': ['a,b', '', '*'],
  'log-level': ['x', 'WARN', 'warning', 'dpanic', ''],
  'log-format': ['x', 'console', 'json', ''],
  'log-outputs': ['default,stderr', 'systemd/journal,a', 'stdout,stderr'],
  logger: ['x', 'capnslog', 'zap', ''],
  'listen-peer-urls': [
    ...['x', ',', 'ftp://a:1', 'http://a:1', 'http://1.2.3.4:1/x', ' http://127.0.0.1:1 '],
    ...[
      'http://:1',
      'http://[::1]:1',
      'unix://a:1',
      'unix://a:x',
      'unix:///a',
      'HTTP://127.0.0.1:1',
    ],
  ],
  'listen-metrics-urls': ['http://a:1', 'unix:///a', ''],
  'listen-client-http-urls': ['http://b:1', 'unix:///a', 'x'],
  'listen-client-urls': ['http://localhost:1', '', 'x'],
  'advertise-client-urls': ['http://a', 'http://:1', 'unix://a', 'http://a:1'],
  'initial-advertise-peer-urls': ['http://:1', 'unix:///x', 'x'],
};

const rotating = ['--enable-log-rotation', '--log-outputs=a'];
const rotation = (json: string): CommandLine =>
  flags(...rotating, `--log-rotation-config-json=${json}`);

const flagRows: readonly CommandLine[] = [
  ...Object.entries(values).flatMap(([name, texts]) =>
    texts.map((text) => flags(`--${name}=${text}`)),
  ),
  ...['--bogus', '--bogus=1', 'foo', '--', '-', '---x', '--=x', '-=', '--name', '--v', '-vv=x'].map(
    (argument) => flags(argument),
  ),
  flags('--name=a', 'foo', '--bogus'),
  flags('--', '--bogus'),
  flags('--pre-vote', 'false'),
  flags('-name', 'a', '--name', 'a'),
  flags('--discovery=x'),
  flags('--discovery-proxy=x'),
  flags('--discovery-token=x'),
  flags('--discovery-endpoints=x'),
  flags('--discovery-endpoints='),
  flags('--discovery-endpoints=', '--discovery-token=x'),
  flags('--discovery-endpoints=a,', '--discovery-token=x'),
  flags('--discovery-endpoints=a', '--discovery-token=x'),
  flags('--discovery-endpoints=a', '--discovery-token=x', '--discovery-srv=y'),
  flags('--discovery-srv=a', '--initial-cluster=default=http://localhost:2380'),
  flags('--discovery-srv=a'),
  flags('--discovery-srv-name=a'),
  rotation('{"maxsize": "x"}'),
  rotation('{"maxsize": 1.5}'),
  rotation('{"compress": 1}'),
  rotation('{'),
  rotation(''),
  rotation('[]'),
  rotation('3'),
  flags('--enable-log-rotation'),
  flags('--enable-log-rotation', '--log-outputs=a,b'),
  flags('--enable-log-rotation', '--log-outputs=a,stderr'),
  flags('--heartbeat-interval=0'),
  flags('--election-timeout=0'),
  flags('--election-timeout=300'),
  flags('--election-timeout=60000'),
  flags('--listen-client-urls=unix:///a', '--advertise-client-urls=unix:///a'),
  flags('--tls-min-version=TLS1.3', '--tls-max-version=TLS1.2'),
  flags('--tls-min-version=TLS1.3', '--cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA'),
  flags('--feature-gates=LeaseCheckpointPersist=true'),
  flags('--enable-distributed-tracing', '--distributed-tracing-sampling-rate=-1'),
  flags('--enable-distributed-tracing', '--distributed-tracing-sampling-rate=1000001'),
  flags('--config-file=none'),
  flags('--version'),
  flags('--version=F'),
  flags('--version=x'),
  flags('--version', 'x'),
  flags('--help'),
  flags('-h'),
  flags('--name='),
  flags('--election-timeout=1', '--version'),
];

const variableRows: readonly CommandLine[] = [
  variables({ ETCD_NAME: 'a' }),
  variables({ ETCD_NAME: 'a' }, '--name=a'),
  variables({ ETCD_NAME: '' }, '--name=a'),
  variables({ ETCD_FOO: 'x' }),
  variables({ ETCD_VERSION: 'x' }),
  variables({ ETCD_SNAPSHOT_COUNT: 'x' }),
  variables({ ETCD_SNAPSHOT_COUNT: 'x', ETCD_AUTO_TLS: 'maybe', ETCD_MAX_WALS: 'y' }),
  variables({ ETCD_SNAPSHOT_COUNT: 'x', ETCD_NAME: 'a' }, '--name=a'),
  variables({ ETCD_LISTEN_PEER_URLS: 'x' }),
  variables({ ETCD_LOG_LEVEL: 'x' }),
  variables({ ETCD_CONFIG_FILE: 'none' }),
  variables({ ETCD_CONFIG_FILE: 'none' }, '--config-file=other'),
  variables({ ETCD_V: 'x' }),
  variables({ ETCD_VV: '1' }, '--vv'),
  variables({ ETCD_FEATURE_GATES: 'Foo=true' }),
  variables({ ETCD_INITIAL_CLUSTER_STATE: 'x' }),
  variables({ ETCD_MAX_CONCURRENT_STREAMS: 'x' }),
  variables({ ETCD_DISCOVERY_FALLBACK: 'x' }),
  variables({ ETCD_GRPC_KEEPALIVE_INTERVAL: 'x' }),
  variables({ ETCD_CORS: 'x' }),
  variables({ ETCD_HELP: '1' }),
  variables({ ETCD_VERSION: '1' }, '--version'),
];

const fileTexts: readonly string[] = [
  ...['name: a', '{"name": "a"}', 'NAME: a', '', '[]', 'x', '- a\n- b', 'name: ~', 'unknown: 1'],
  ...['name: 1', 'name: true', 'snapshot-count: x', 'snapshot-count: "1"', 'snapshot-count: -1'],
  ...[
    'snapshot-count: 1.5',
    'snapshot-count: ~',
    'heartbeat-interval: 0',
    'election-timeout: 60000',
  ],
  ...['max-concurrent-streams: 5000000000', 'quota-backend-bytes: 99999999999999999999'],
  ...['max-learners: -1', 'max-snapshots: x', 'max-snapshots: 3', 'self-signed-cert-validity: 0'],
  ...['listen-peer-urls: x', 'listen-client-urls: x', 'listen-client-http-urls: x'],
  ...['initial-advertise-peer-urls: x', 'advertise-client-urls: x', 'listen-metrics-urls: x'],
  ...['listen-metrics-urls: http://a:1', 'listen-client-http-urls: http://b.c:1'],
  ...['listen-client-urls: http://127.0.0.1:1', 'listen-peer-urls: [http://127.0.0.1:1]'],
  'listen-peer-urls: x\nlisten-client-urls: w\nsnapshot-count: z',
  ...['cors: x', 'cors: "*"', 'cors: [x]', 'cors: http://a:1', 'cors: ""'],
  ...['host-whitelist: a,b', 'host-whitelist: [a]', 'host-whitelist: ""'],
  ...['initial-cluster-state: x', 'initial-cluster-state: ""', 'initial-cluster-state: existing'],
  ...['log-outputs: [a, default]', 'log-outputs: stderr', 'log-outputs: []', 'log-outputs: [1]'],
  ...['log-level: x', 'log-format: x', 'logger: x', 'logger: ""'],
  'log-rotation-config-json: "{"\nenable-log-rotation: true\nlog-outputs: [a]',
  ...['grpc-keepalive-interval: 5s', 'grpc-keepalive-interval: 5000000000'],
  ...['grpc-keepalive-interval: 1.5', 'corrupt-check-time: 5m', 'raft-read-timeout: x'],
  ...['socket-options: {reuse-port: true}', 'socket-options: {reuse-port: x}', 'socket-options: x'],
  ...['socket-options: null', 'socket-options: []', 'socket-options: {foo: 1}'],
  ...['discovery-config: {token: t}', 'discovery-config: {token: 1}', 'discovery-config: x'],
  'discovery-config: {token: t, client: {endpoints: [a]}}',
  'discovery-config: {token: t, client: {endpoints: a}}',
  'discovery-config: {token: t, client: {endpoints: [a, ""]}}',
  'discovery-config: {client: {dial-timeout: 5s}}',
  'discovery-config: {client: {secure: {cert: 1}}}',
  'discovery-config: {client: {auth: {username: [a]}}}',
  'discovery-config: {token: t, client: {endpoints: [a], secure: {insecure-transport: false}}}',
  'discovery-config: {token: t, endpoints: [a]}',
  ...['discovery-srv: x', 'discovery-endpoints: x', 'discovery-token: x', 'discovery-fallback: x'],
  'discovery-srv: x\ninitial-cluster: a=http://a:1',
  ...[
    'client-transport-security: x',
    'peer-transport-security: x',
    'peer-transport-security: null',
  ],
  'client-transport-security: {cert-file: 1}',
  'client-transport-security: {allowed-cn: [a], skip-client-san-verification: true}',
  'client-transport-security: {allowed-cn: a}',
  'peer-transport-security: {auto-tls: true, client-cert-auth: yes}',
  ...['feature-gates: Foo=true', 'feature-gates: AllBeta=true', 'feature-gates: {a: b}'],
  ...['cert-file: x', 'config-file: x', 'version: true', 'unsafe-no-fsync: true'],
  ...['metrics: 3', 'warning-unary-request-duration: 3', 'enable-distributed-tracing: x'],
  ...['memory-mlock: x', 'v2-deprecation: x', 'v2-deprecation: 1', 'backend-batch-interval: 5s'],
  ...['backend-bbolt-freelist-type: 1', 'auto-compaction-retention: 1', 'cipher-suites: x'],
  ...['enable-grpc-gateway: "false"', 'enable-grpc-gateway: off', 'strict-reconfig-check: yes'],
  ...['auto-compaction-retention: "1"', 'experimental-corrupt-check-time: 5'],
];

/** Taken or refused before a server does anything. */
export const rows: readonly CommandLine[] = [
  ...flagRows,
  ...variableRows,
  ...fileTexts.map((text) => file(text)),
  file('name: a', '--name=b', '--election-timeout=1'),
];

/** Files that are no YAML: every parser has its own words for why. */
export const brokenFiles: readonly string[] = [
  ...['name: [1', 'name: a\n\ttab: x', 'a: b: c', 'name: "a'],
];
