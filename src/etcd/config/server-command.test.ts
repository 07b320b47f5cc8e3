import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, parse, refusalOf, warningsOf } from '../../../test/support/parsed-command.ts';
import { peerDialTimeoutMs, requestTimeoutMs } from './config.ts';
import { readGates } from './feature-gates.ts';
import { flagUsage } from './usage.ts';

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
