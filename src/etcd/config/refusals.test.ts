import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf } from '../../../test/support/parsed-command.ts';

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
