import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newClusterProblem } from './bootstrap-checks.ts';
import type { Config } from './config.ts';
import { peerDialTimeoutMs, requestTimeoutMs } from './config.ts';
import { readGates } from './feature-gates.ts';
import { parseServerCommand, type ServerCommand } from './server-command.ts';
import { flagUsage } from './usage.ts';

type Environment = Readonly<Record<string, string>>;

function parse(argv: string[], env: Environment = {}, file?: string): ServerCommand {
  return parseServerCommand(argv, env, (path) => {
    if (file !== undefined) return file;
    throw Object.assign(new Error(`cannot read ${path}`), { code: 'ENOENT' });
  });
}

function configOf(argv: string[], env: Environment = {}, file?: string): Config {
  const command = parse(argv, env, file);
  assert.equal(command.kind, 'config', command.kind === 'refused' ? command.message : '');
  return (command as Extract<ServerCommand, { kind: 'config' }>).config;
}

function warningsOf(argv: string[], env: Environment = {}, file?: string): readonly string[] {
  const command = parse(argv, env, file);
  return command.kind === 'config' ? command.warnings : [];
}

function refusalOf(argv: string[], env: Environment = {}, file?: string): [number, string] {
  const command = parse(argv, env, file);
  if (command.kind !== 'refused') return [0, command.kind];
  return [command.exitCode, command.message.split('\n')[0] ?? ''];
}

test('no flags give the defaults of etcd', () => {
  const { listenPeerUrls, listenClientUrls, security, ...rest } = configOf([]);
  assert.deepEqual(
    listenPeerUrls.map((url) => url.text),
    ['http://localhost:2380'],
  );
  assert.deepEqual(
    listenClientUrls.map((url) => url.text),
    ['http://localhost:2379'],
  );
  const open = {
    certFile: '',
    keyFile: '',
    clientCertFile: '',
    clientKeyFile: '',
    trustedCaFile: '',
    clientCertAuth: false,
    crlFile: '',
    allowedCommonNames: [],
    allowedHostnames: [],
    isSelfSigned: false,
    cipherSuites: [],
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
  };
  assert.deepEqual(security, {
    clients: { ...open, verifiesClientAddress: false },
    peers: { ...open, verifiesClientAddress: true },
    clientAutoTls: false,
    peerAutoTls: false,
    selfSignedValidityYears: 1,
  });
  assert.deepEqual(rest, {
    name: 'default',
    dataDir: 'default.etcd',
    walDir: '',
    listenMetricsUrls: [],
    sharesPorts: false,
    initialAdvertisePeerUrls: ['http://localhost:2380'],
    advertiseClientUrls: ['http://localhost:2379'],
    initialCluster: [{ name: 'default', peerUrls: ['http://localhost:2380'] }],
    initialClusterState: 'new',
    initialClusterToken: 'etcd-cluster',
    discovery: { kind: 'none' },
    forceNewCluster: false,
    heartbeatIntervalMs: 100,
    electionTimeoutMs: 1000,
    electionTimeoutTicks: 10,
    initialElectionTickAdvance: true,
    preVote: true,
    strictReconfigCheck: true,
    learnersMax: 1,
    snapshotCount: 10_000,
    snapshotCatchUpEntries: 5_000,
    walFilesMax: 5,
    requestBytesMax: 1_572_864,
    txnOpsMax: 128,
    concurrentStreamsMax: 4_294_967_295,
    keepalive: { clientPingMsMin: 5_000, intervalMs: 7_200_000, timeoutMs: 20_000 },
    peerReadTimeoutMs: 5_000,
    peerWriteTimeoutMs: 5_000,
    quotaBytes: 2_147_483_648,
    quotaSetting: 0,
    quotaShownBytes: 2_147_483_648,
    defragmentAboveBytes: 0,
    isSynced: true,
    autoCompaction: { kind: 'off' },
    compactionBatchLimit: 1_000,
    compactionSleepIntervalMs: 10,
    watchProgressNotifyIntervalMs: 600_000,
    warningApplyDurationMs: 100,
    downgradeCheckMs: 5_000,
    corruptCheckMs: 0,
    compactHashCheckMs: 60_000,
    gates: readGates(''),
    warningUnaryRequestDurationMs: 300,
    metrics: 'basic',
    tracing: undefined,
    commandLine: ['etcd-ts', 'server'],
    http: {
      listenUrls: [],
      allowedOrigins: ['*'],
      allowedHosts: ['*'],
      servesGateway: true,
      servesProfiles: false,
    },
    auth: { token: { kind: 'simple' }, simpleTokenTtlMs: 300_000, bcryptCost: 10 },
    log: { level: 'info', format: 'json', outputs: ['stderr'], rotation: undefined },
  });
});

test('times of keepalive are those of Go’s gRPC unless they are set together', () => {
  const keepaliveOf = (...argv: string[]) => Object.values(configOf(argv).keepalive);
  const off = ['--grpc-keepalive-min-time=0', '--grpc-keepalive-interval=0'];
  assert.deepEqual(keepaliveOf(...off), [300_000, 7_200_000, 20_000]);
  const quick = ['--grpc-keepalive-interval=10ms', '--grpc-keepalive-timeout=3s'];
  assert.deepEqual(keepaliveOf(...quick, '--grpc-keepalive-min-time=1s'), [1_000, 1_000, 3_000]);
});

test('timeouts between members are raised to five seconds, with a word', () => {
  const argv = ['--name=a', '--data-dir=b', '--raft-read-timeout=1s', '--raft-write-timeout=8s'];
  const { peerReadTimeoutMs, peerWriteTimeoutMs } = configOf(argv);
  assert.deepEqual([peerReadTimeoutMs, peerWriteTimeoutMs], [5_000, 8_000]);
  assert.deepEqual(warningsOf(argv), ['raft-read-timeout increased to minimum value: 5s']);
});

test('a start without fsync says what that means, and locked memory is refused', () => {
  assert.match(warningsOf(['--unsafe-no-fsync']).join(), /a power loss can cost data/);
  const [exitCode, message] = refusalOf(['--memory-mlock']);
  assert.equal(exitCode, 1);
  assert.match(message, /^--memory-mlock: this server cannot lock its memory/);
});

test('tokens of users are configured as in etcd', () => {
  const tokenOf = (text: string) => configOf([`--auth-token=${text}`]).auth.token;
  assert.deepEqual(tokenOf('simple'), { kind: 'simple' });
  assert.deepEqual(tokenOf(''), { kind: 'none' });
  assert.deepEqual(tokenOf('jwt,sign-method=ES256,pub-key=/a,priv-key=/b,ttl=1h30m'), {
    kind: 'jwt',
    signMethod: 'ES256',
    publicKeyFile: '/a',
    privateKeyFile: '/b',
    ttlMs: 5_400_000,
  });
  assert.deepEqual(tokenOf('jwt,sign-method=HS256,priv-key=k'), {
    kind: 'jwt',
    signMethod: 'HS256',
    publicKeyFile: '',
    privateKeyFile: 'k',
    ttlMs: 300_000,
  });
});

test('a bcrypt cost that there is not, and a TTL of zero, become the defaults', () => {
  const { auth } = configOf(['--bcrypt-cost=32', '--auth-token-ttl=0']);
  assert.deepEqual([auth.bcryptCost, auth.simpleTokenTtlMs], [10, 300_000]);
  const given = configOf(['--bcrypt-cost=4', '--auth-token-ttl=7']).auth;
  assert.deepEqual([given.bcryptCost, given.simpleTokenTtlMs], [4, 7_000]);
});

test('token options that make no sense are refused', () => {
  const texts = ['foo', 'jwt', 'jwt,sign-method=XX', 'jwt,a', 'jwt,sign-method=HS256,ttl=5'];
  for (const text of [...texts, 'simple,a=b=c', 'jwt,ttl=1s,ttl=2s,sign-method=HS256']) {
    assert.match(refusalOf([`--auth-token=${text}`])[1], /invalid auth options/);
  }
});

// Every message below is what etcd 3.7.3 says, unless the row's setting does not exist in this
// server.
const refusals: readonly (readonly [argv: string[], exitCode: number, message: string])[] = [
  [['--bogus'], 2, 'flag provided but not defined: -bogus'],
  [['--bogus=1'], 2, 'flag provided but not defined: -bogus'],
  [['--discovery=x'], 2, 'flag provided but not defined: -discovery'],
  [['---x'], 2, 'bad flag syntax: ---x'],
  [['--=x'], 2, 'bad flag syntax: --=x'],
  [['--name'], 2, 'flag needs an argument: -name'],
  [['foo'], 1, '"foo" is not a valid flag'],
  [['--name=a', 'foo', '--data-dir=x'], 1, '"foo" is not a valid flag'],
  [['--', 'foo'], 1, '"foo" is not a valid flag'],
  [['-'], 1, '"-" is not a valid flag'],
  [['--pre-vote', 'false'], 1, '"false" is not a valid flag'],
  [['--pre-vote=maybe'], 2, 'invalid boolean value "maybe" for -pre-vote: parse error'],
  [['--pre-vote='], 2, 'invalid boolean value "" for -pre-vote: parse error'],
  [
    ['--heartbeat-interval=abc'],
    2,
    'invalid value "abc" for flag -heartbeat-interval: parse error',
  ],
  [['--snapshot-count=-1'], 2, 'invalid value "-1" for flag -snapshot-count: parse error'],
  [['--snapshot-count='], 2, 'invalid value "" for flag -snapshot-count: parse error'],
  [['--max-learners=x'], 2, 'invalid value "x" for flag -max-learners: parse error'],
  [
    ['--max-txn-ops=99999999999999999999'],
    2,
    'invalid value "99999999999999999999" for flag -max-txn-ops: value out of range',
  ],
  [
    ['--max-concurrent-streams=x'],
    2,
    'invalid value "x" for flag -max-concurrent-streams: strconv.ParseUint: parsing "x": invalid syntax',
  ],
  [
    ['--max-concurrent-streams=5000000000'],
    2,
    'invalid value "5000000000" for flag -max-concurrent-streams: strconv.ParseUint: parsing "5000000000": value out of range',
  ],
  [
    ['--warning-apply-duration=5'],
    2,
    'invalid value "5" for flag -warning-apply-duration: parse error',
  ],
  [
    ['--initial-cluster-state=foo'],
    2,
    'invalid value "foo" for flag -initial-cluster-state: invalid value',
  ],
  [
    ['--listen-peer-urls=foo'],
    2,
    'invalid value "foo" for flag -listen-peer-urls: URL scheme must be http, https, unix, or unixs: foo',
  ],
  [
    ['--listen-peer-urls=http://127.0.0.1'],
    2,
    'invalid value "http://127.0.0.1" for flag -listen-peer-urls: URL address does not have the form "host:port": http://127.0.0.1',
  ],
  [
    ['--listen-peer-urls=http://127.0.0.1:1/a'],
    2,
    'invalid value "http://127.0.0.1:1/a" for flag -listen-peer-urls: URL must not contain a path: http://127.0.0.1:1/a',
  ],
  [['--heartbeat-interval=0'], 1, '--heartbeat-interval must be >0 (set to 0ms)'],
  [['--election-timeout=0'], 1, '--election-timeout must be >0 (set to 0ms)'],
  [
    ['--heartbeat-interval=100', '--election-timeout=300'],
    1,
    '--election-timeout[300ms] should be at least as 5 times as --heartbeat-interval[100ms]',
  ],
  [
    ['--election-timeout=60000'],
    1,
    '--election-timeout[60000ms] is too long, and should be set less than 50000ms',
  ],
  [
    ['--listen-client-urls=http://127.0.0.1:9999'],
    1,
    '--advertise-client-urls is required when --listen-client-urls is set explicitly',
  ],
  [
    ['--listen-client-urls=http://foo.bar:9999', '--advertise-client-urls=http://foo:1'],
    1,
    'expected IP in URL for binding (http://foo.bar:9999)',
  ],
  [['--listen-peer-urls=http://:1'], 1, 'expected IP in URL for binding (http://:1)'],
  [
    ['--initial-advertise-peer-urls=http://:2380'],
    1,
    '--initial-advertise-peer-urls "http://:2380" must be "host:port" (unexpected empty host (http://:2380))',
  ],
  [
    ['--listen-client-urls=http://127.0.0.1:1', '--advertise-client-urls=http://:1'],
    1,
    '--advertise-client-urls "http://:1" must be in the format "host:port", "unix:/path/to/socket" or "unixs:/path/to/socket" (unexpected empty host (http://:1))',
  ],
  [['--auto-compaction-mode='], 1, 'undefined auto-compaction-mode'],
  [['--auto-compaction-mode=foo'], 1, 'unknown auto-compaction-mode "foo"'],
  [
    ['--auto-compaction-retention=foo'],
    1,
    'error parsing CompactionRetention: time: invalid duration "foo"',
  ],
  [
    ['--initial-cluster=default=foo'],
    1,
    'error setting up initial cluster: URL scheme must be http, https, unix, or unixs: foo',
  ],
  [['--log-level=foo'], 2, 'unrecognized level: "foo"'],
  [['--log-outputs=a,default'], 1, 'multi logoutput for "default" is not supported yet'],
  [['--config-file=/none'], 1, 'open /none: no such file or directory'],
  [
    ['--feature-gates=Foo=true'],
    2,
    'invalid value "Foo=true" for flag -feature-gates: unrecognized feature gate: Foo',
  ],
  [
    ['--feature-gates=Foo'],
    2,
    'invalid value "Foo" for flag -feature-gates: missing bool value for Foo',
  ],
  [
    [
      '--listen-client-urls=https://127.0.0.1:2379',
      '--advertise-client-urls=https://127.0.0.1:2379',
    ],
    1,
    'TLS key/cert (--cert-file, --key-file) must be provided for client url https://127.0.0.1:2379 with HTTPS scheme',
  ],
  [
    [
      '--cert-file=x',
      '--listen-client-urls=https://127.0.0.1:2379',
      '--advertise-client-urls=https://127.0.0.1:2379',
    ],
    1,
    'KeyFile and CertFile must both be present[key: , cert: x]',
  ],
  [
    ['--tls-min-version=TLS1.3', '--tls-max-version=TLS1.2'],
    1,
    'min version (TLS1.3) is greater than max version (TLS1.2)',
  ],
  [
    ['--tls-min-version=TLS1.9'],
    1,
    'unexpected TLS version "TLS1.9" (must be one of: TLS1.2, TLS1.3)',
  ],
  [
    ['--tls-min-version=TLS1.3', '--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
    1,
    'cipher suites cannot be configured when only TLS1.3 is enabled',
  ],
  [['--cipher-suites=FOO'], 1, 'unexpected TLS cipher suite "FOO"'],
  [
    ['--peer-cert-allowed-cn=a', '--peer-cert-allowed-hostname=b,c'],
    1,
    'AllowedCNs and AllowedHostnames are mutually exclusive (cns=["a"], hostnames=["b" "c"])',
  ],
  [
    ['--auto-tls', '--self-signed-cert-validity=0'],
    1,
    'selfSignedCertValidity is invalid,it should be greater than 0',
  ],
  [
    ['--feature-gates=LeaseCheckpoint=maybe'],
    2,
    'invalid value "LeaseCheckpoint=maybe" for flag -feature-gates: invalid value of LeaseCheckpoint=maybe, err: strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  [
    ['--feature-gates=LeaseCheckpointPersist=true'],
    1,
    'enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint',
  ],
  [['--compact-hash-check-time=0'], 1, '--compact-hash-check-time must be >0 (set to 0s)'],
  [
    ['--compact-hash-check-time=-61.5s'],
    1,
    '--compact-hash-check-time must be >0 (set to -1m1.5s)',
  ],
  [
    ['--listen-peer-urls=https://127.0.0.1:2380'],
    1,
    'cannot listen on TLS for 127.0.0.1:2380: KeyFile and CertFile are not presented',
  ],
];

for (const [argv, exitCode, message] of refusals) {
  test(`refused: ${argv.join(' ')}`, () => {
    assert.deepEqual(refusalOf(argv), [exitCode, message]);
  });
}

test('one dash, two dashes, a separate value and an equals sign mean the same', () => {
  for (const argv of [['-name', 'a'], ['--name', 'a'], ['-name=a'], ['--name=a']]) {
    assert.equal(configOf(argv).name, 'a');
  }
});

test('a boolean flag alone means true and takes no following word', () => {
  assert.equal(configOf(['--pre-vote', '--name=a']).preVote, true);
  assert.equal(configOf(['--pre-vote=F']).preVote, false);
});

test('numbers may be written in any base of Go', () => {
  assert.equal(configOf(['--snapshot-count=0x10']).snapshotCount, 16);
  assert.equal(configOf(['--snapshot-count=010']).snapshotCount, 8);
});

test('the last of two equal flags wins', () => {
  assert.equal(configOf(['--name=a', '--name=b']).name, 'b');
});

test('an empty URL list leaves the default and still counts as given', () => {
  const config = configOf(['--listen-client-urls=http://127.0.0.1:1', '--advertise-client-urls=']);
  assert.deepEqual(config.advertiseClientUrls, ['http://localhost:2379']);
});

test('a variable sets what its flag sets', () => {
  assert.equal(configOf([], { ETCD_SNAPSHOT_COUNT: '7' }).snapshotCount, 7);
});

test('the same setting as flag and variable stops the start, even with an empty variable', () => {
  const message =
    'conflicting environment variable is shadowed by corresponding command-line flag ' +
    '(either unset environment variable or disable flag)): ETCD_NAME';
  assert.deepEqual(refusalOf(['--name=y'], { ETCD_NAME: 'x' }), [1, message]);
  assert.deepEqual(refusalOf(['--name=y'], { ETCD_NAME: '' }), [1, message]);
});

test('a bad value in a variable names the variable', () => {
  assert.deepEqual(refusalOf([], { ETCD_SNAPSHOT_COUNT: 'x' }), [
    1,
    'invalid value "x" for ETCD_SNAPSHOT_COUNT: parse error',
  ]);
});

test('unknown variables are named in a warning, others are none of our business', () => {
  const warnings = warningsOf(['--name=a', '--data-dir=b'], {
    ETCD_FOO: '1',
    ETCD_VERSION: '3',
    PATH: '/bin',
  });
  assert.deepEqual(warnings, [
    'cannot set special environment variable: ETCD_VERSION',
    'unrecognized environment variable: ETCD_FOO=1',
  ]);
});

test('what was to become of the v2 store is checked in flags and variables, and ignored', () => {
  const quiet = ['--name=a', '--data-dir=b'];
  const words =
    '--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is ' +
    'enforced, ignoring user input.';
  const stages = ['write-only', 'write-only-skip-check', 'write-only-drop-data', 'gone'];
  for (const stage of stages) {
    assert.deepEqual(warningsOf([...quiet, `--v2-deprecation=${stage}`]), [words]);
    assert.deepEqual(warningsOf(quiet, { ETCD_V2_DEPRECATION: stage }), [words]);
  }
  for (const stage of ['not-yet', 'x', '']) {
    assert.match(
      String(refusalOf([`--v2-deprecation=${stage}`])),
      new RegExp(`^2,invalid value "${stage}" for flag -v2-deprecation: invalid value "${stage}"`),
    );
  }
  assert.deepEqual(refusalOf([], { ETCD_V2_DEPRECATION: 'not-yet' }), [
    1,
    'invalid value "not-yet" for ETCD_V2_DEPRECATION: invalid value "not-yet"',
  ]);
});

test('legacy and meaningless flags are accepted; deprecated ones with etcd’s words', () => {
  const quiet = ['--name=a', '--data-dir=b'];
  assert.deepEqual(warningsOf([...quiet, '--v=1', '--cluster-active-size', '-vv']), []);
  assert.deepEqual(warningsOf([...quiet, '--max-snapshots=3']), [
    '--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8.',
  ]);
});

test('a setting we do not have is accepted with the value we behave by', () => {
  const argv = ['--name=a', '--data-dir=b', '--logger=zap', '--cors=*', '--bcrypt-cost=10'];
  assert.deepEqual(warningsOf([...argv, '--client-cert-auth=false', '--auto-tls=0']), []);
});

test('the names of 3.6 with the prefix experimental- still set what they set', () => {
  const argv = ['--name=a', '--data-dir=b', '--experimental-watch-progress-notify-interval=5s'];
  assert.equal(configOf(argv).watchProgressNotifyIntervalMs, 5_000);
  assert.deepEqual(warningsOf(argv), [
    '--experimental-watch-progress-notify-interval is the old name of --watch-progress-notify-interval',
  ]);
});

test('help and version answer before any value is checked', () => {
  assert.equal(parse(['-h']).kind, 'help');
  assert.equal(parse(['--help']).kind, 'help');
  assert.equal(parse(['--election-timeout=1', '--version']).kind, 'version');
  assert.equal(refusalOf(['--version', 'foo'])[0], 1);
});

test('the help text names every flag we have and its default', () => {
  assert.match(
    flagUsage(),
    /Clustering:\n(?:.*\n)*? {2}--initial-advertise-peer-urls 'http:\/\/localhost/,
  );
  assert.match(flagUsage(), /--max-txn-ops '128'/);
});

test('with only a name, the cluster is this member under its advertised URLs', () => {
  const argv = ['--name=n1', '--initial-advertise-peer-urls=http://b:1,http://a:1'];
  assert.deepEqual(configOf(argv).initialCluster, [
    { name: 'n1', peerUrls: ['http://a:1', 'http://b:1'] },
  ]);
});

test('auto-compaction counts hours, durations or revisions', () => {
  const compaction = (...argv: string[]): unknown => configOf(argv).autoCompaction;
  assert.deepEqual(compaction('--auto-compaction-retention=2'), {
    kind: 'periodic',
    retentionMs: 7_200_000,
  });
  assert.deepEqual(compaction('--auto-compaction-retention=5m30s'), {
    kind: 'periodic',
    retentionMs: 330_000,
  });
  assert.deepEqual(compaction('--auto-compaction-mode=revision', '--auto-compaction-retention=9'), {
    kind: 'revision',
    retentionRevisions: 9,
  });
});

test('a negative quota means none', () => {
  assert.equal(configOf(['--quota-backend-bytes=-1']).quotaBytes, undefined);
  assert.equal(configOf(['--quota-backend-bytes=5']).quotaBytes, 5);
});

test('timeouts follow from the election timeout', () => {
  const config = configOf(['--heartbeat-interval=30', '--election-timeout=1000']);
  assert.equal(config.electionTimeoutTicks, 33);
  assert.equal(requestTimeoutMs(config), 6_980);
  assert.equal(peerDialTimeoutMs(config), 1_990);
});

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

const own = 'http://127.0.0.1:29980';
const bootstrapRows: readonly (readonly [argv: string[], problem: string | undefined])[] = [
  [
    [`--initial-cluster=a=${own}`],
    'couldn\'t find local name "default" in the initial cluster configuration',
  ],
  [
    ['--initial-cluster=default=http://127.0.0.1:2390'],
    '--initial-cluster has default=http://127.0.0.1:2390 but missing from --initial-advertise-peer-urls=http://localhost:2380 (resolved urls: "http://localhost:2380" != "http://127.0.0.1:2390")',
  ],
  [
    ['--initial-cluster=default=http://x:1', '--initial-advertise-peer-urls=http://x:2,http://z:3'],
    '--initial-cluster has default=http://x:1 but missing from --initial-advertise-peer-urls=http://x:2,http://z:3 (len(["http://x:2" "http://z:3"]) != len(["http://x:1"]))',
  ],
  [
    [`--initial-cluster=default=${own},x=${own}`, `--initial-advertise-peer-urls=${own}`],
    `initial cluster default=${own},x=${own} has duplicate url`,
  ],
  [[`--initial-cluster=default=${own}`, `--initial-advertise-peer-urls=${own}`], undefined],
];

for (const [argv, problem] of bootstrapRows) {
  test(`a new cluster from ${argv.join(' ')}: ${problem ?? 'fine'}`, async () => {
    assert.equal(await newClusterProblem(configOf(argv), async (url) => url), problem);
  });
}

test('a host that cannot be looked up is named in etcd’s words', async () => {
  const argv = ['--initial-cluster=default=http://x:1', '--initial-advertise-peer-urls=http://x:2'];
  const problem = await newClusterProblem(configOf(argv), async () => {
    throw new Error('no such host');
  });
  assert.equal(
    problem,
    '--initial-cluster has default=http://x:1 but missing from ' +
      '--initial-advertise-peer-urls=http://x:2 (failed to resolve "http://x:2" (no such host))',
  );
});

test('advertised URLs match listed ones that resolve to the same address', async () => {
  const config = configOf(['--initial-cluster=default=http://127.0.0.1:2380']);
  const resolve = async (url: string): Promise<string> => url.replace('localhost', '127.0.0.1');
  assert.equal(await newClusterProblem(config, resolve), undefined);
});
