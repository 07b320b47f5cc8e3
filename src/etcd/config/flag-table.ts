import { discoveryFlags } from './discovery-flags.ts';
import { gateUsage } from './feature-gates.ts';
import { ignoredFlags } from './ignored-flags.ts';

/** The flags of etcd 3.7 that this server understands, by etcd's names and with etcd's defaults. */
export type FlagKind =
  | 'string'
  | 'bool'
  | 'uint'
  | 'uint32'
  | 'int'
  | 'duration'
  | 'urls'
  | 'list'
  | 'origins'
  | 'gates'
  | 'cluster-state'
  | 'fallback'
  | 'v2-stage';
export type FlagGroup =
  | 'Member'
  | 'Clustering'
  | 'Security'
  | 'Auth'
  | 'Profiling and Monitoring'
  | 'Logging'
  | 'Distributed tracing'
  | 'Features'
  | 'Unsafe feature';
export type Flag = {
  readonly name: string;
  readonly kind: FlagKind;
  readonly group: FlagGroup;
  readonly byDefault: string;
  readonly usage: string;
  /** Has no meaning in this server: accepted with a warning. */
  readonly isIgnored?: true;
};

function flag(
  group: FlagGroup,
  name: string,
  kind: FlagKind,
  byDefault: string,
  usage: string,
): Flag {
  return { name, kind, group, byDefault, usage };
}

export const localPeer = 'http://localhost:2380';
export const localClient = 'http://localhost:2379';

export const defaultInitialCluster = `default=${localPeer}`;

export const flagTable: readonly Flag[] = [
  flag('Member', 'name', 'string', 'default', 'Name of this member, unique in the cluster.'),
  flag('Member', 'data-dir', 'string', '', 'Directory of all data.'),
  flag('Member', 'wal-dir', 'string', '', 'Directory of the WAL, when it is not below data-dir.'),
  flag('Member', 'snapshot-count', 'uint', '10000', 'Applied entries between two snapshots.'),
  flag('Member', 'heartbeat-interval', 'uint', '100', 'Milliseconds between two heartbeats.'),
  flag('Member', 'election-timeout', 'uint', '1000', 'Milliseconds without leader to an election.'),
  flag(
    'Member',
    'initial-election-tick-advance',
    'bool',
    'true',
    'Shorten the first election timeout after a start.',
  ),
  flag('Member', 'listen-peer-urls', 'urls', localPeer, 'URLs to listen on for other members.'),
  flag('Member', 'listen-client-urls', 'urls', localClient, 'URLs to listen on for clients.'),
  flag(
    'Member',
    'listen-client-http-urls',
    'urls',
    '',
    'URLs for HTTP alone; then listen-client-urls take gRPC alone.',
  ),
  flag('Member', 'enable-grpc-gateway', 'bool', 'true', 'Serve the JSON gateway, /v3/.'),
  flag('Member', 'max-wals', 'uint', '5', 'WAL files to keep, 0 for all of them.'),
  flag(
    'Member',
    'quota-backend-bytes',
    'int',
    '0',
    'Store size that raises the NOSPACE alarm. 0: 2 GiB; negative: no limit.',
  ),
  flag('Member', 'max-txn-ops', 'uint', '128', 'Operations allowed in one transaction.'),
  flag('Member', 'max-request-bytes', 'uint', '1572864', 'Largest client request, bytes.'),
  flag(
    'Member',
    'max-concurrent-streams',
    'uint32',
    '4294967295',
    'Streams one client connection may have open at once.',
  ),
  flag(
    'Member',
    'grpc-keepalive-min-time',
    'duration',
    '5s',
    'Time that a client must leave between two pings.',
  ),
  flag(
    'Member',
    'grpc-keepalive-interval',
    'duration',
    '2h',
    'Silence of a client after which it is pinged. 0: as by default.',
  ),
  flag(
    'Member',
    'grpc-keepalive-timeout',
    'duration',
    '20s',
    'Patience for the answer; then the connection is closed. 0: as by default.',
  ),
  flag(
    'Member',
    'raft-read-timeout',
    'duration',
    '5s',
    'Silence of a member after which its connection is closed; at least 5s.',
  ),
  flag(
    'Member',
    'raft-write-timeout',
    'duration',
    '5s',
    'Time that a member may take nothing before its connection is closed; at least 5s.',
  ),
  ...ignoredFlags,
  flag('Member', 'memory-mlock', 'bool', 'false', 'Keep all memory in RAM; refused when on.'),
  flag(
    'Member',
    'socket-reuse-port',
    'bool',
    'false',
    'Let other processes listen on the same ports (SO_REUSEPORT).',
  ),
  flag(
    'Member',
    'socket-reuse-address',
    'bool',
    'false',
    'Listen on addresses that are still closing (SO_REUSEADDR); always on here.',
  ),
  flag(
    'Features',
    'snapshot-catchup-entries',
    'uint',
    '5000',
    'Entries kept behind a snapshot for slow followers.',
  ),
  flag('Features', 'max-learners', 'int', '1', 'Learners allowed in the cluster.'),
  flag(
    'Clustering',
    'initial-advertise-peer-urls',
    'urls',
    localPeer,
    'URLs under which other members reach this one.',
  ),
  flag(
    'Clustering',
    'initial-cluster',
    'string',
    defaultInitialCluster,
    'All first members as name=url pairs.',
  ),
  flag(
    'Clustering',
    'initial-cluster-state',
    'cluster-state',
    'new',
    "'new' to start a cluster, 'existing' to join one. Ignored once there is data.",
  ),
  flag(
    'Clustering',
    'initial-cluster-token',
    'string',
    'etcd-cluster',
    'Sets clusters with equal URLs apart.',
  ),
  flag(
    'Clustering',
    'advertise-client-urls',
    'urls',
    localClient,
    'URLs under which clients reach this member.',
  ),
  ...discoveryFlags,
  flag(
    'Clustering',
    'strict-reconfig-check',
    'bool',
    'true',
    'Refuse member changes that would lose the quorum.',
  ),
  flag('Clustering', 'pre-vote', 'bool', 'true', 'Ask for votes before raising the term.'),
  flag(
    'Clustering',
    'auto-compaction-retention',
    'string',
    '0',
    'History to keep: hours or a duration (periodic), or revisions. 0: keep all.',
  ),
  flag(
    'Clustering',
    'auto-compaction-mode',
    'string',
    'periodic',
    "How to read auto-compaction-retention: 'periodic' or 'revision'.",
  ),
  flag('Security', 'cert-file', 'string', '', 'Certificate that clients are shown.'),
  flag('Security', 'key-file', 'string', '', 'Key of that certificate.'),
  flag('Security', 'client-cert-auth', 'bool', 'false', 'Ask clients for a certificate.'),
  flag('Security', 'client-cert-file', 'string', '', 'Certificate for connections to itself.'),
  flag('Security', 'client-key-file', 'string', '', 'Key of that certificate.'),
  flag('Security', 'client-crl-file', 'string', '', 'List of revoked client certificates.'),
  flag(
    'Security',
    'client-cert-allowed-hostname',
    'list',
    '',
    'Names of which a client certificate must have one.',
  ),
  flag('Security', 'trusted-ca-file', 'string', '', 'Authorities that sign client certificates.'),
  flag('Security', 'auto-tls', 'bool', 'false', 'Serve clients with a certificate made at start.'),
  flag('Security', 'peer-cert-file', 'string', '', 'Certificate that members show each other.'),
  flag('Security', 'peer-key-file', 'string', '', 'Key of that certificate.'),
  flag('Security', 'peer-client-cert-auth', 'bool', 'false', 'Ask members for a certificate.'),
  flag(
    'Security',
    'peer-client-cert-file',
    'string',
    '',
    'Certificate for connecting to members, if another.',
  ),
  flag('Security', 'peer-client-key-file', 'string', '', 'Key of that certificate.'),
  flag(
    'Security',
    'peer-trusted-ca-file',
    'string',
    '',
    'Authorities that sign the certificates of members.',
  ),
  flag(
    'Security',
    'peer-cert-allowed-cn',
    'list',
    '',
    'Common names allowed in certificates of members.',
  ),
  flag(
    'Security',
    'peer-cert-allowed-hostname',
    'list',
    '',
    'Names of which a member certificate must have one.',
  ),
  flag(
    'Security',
    'peer-auto-tls',
    'bool',
    'false',
    'Serve members with a certificate made at start.',
  ),
  flag('Security', 'peer-crl-file', 'string', '', 'List of revoked member certificates.'),
  flag(
    'Features',
    'peer-skip-client-san-verification',
    'bool',
    'false',
    'Let members connect from any address.',
  ),
  flag(
    'Security',
    'self-signed-cert-validity',
    'uint',
    '1',
    'Years that certificates made at start are valid.',
  ),
  flag('Security', 'cors', 'origins', '*', 'Origins whose pages may ask; * for all.'),
  flag('Security', 'host-whitelist', 'list', '*', 'Host names that may be asked for without TLS.'),
  flag(
    'Security',
    'cipher-suites',
    'list',
    '',
    'TLS 1.2 cipher suites. Empty: the library’s choice.',
  ),
  flag('Security', 'tls-min-version', 'string', 'TLS1.2', 'Oldest TLS version: TLS1.2 or TLS1.3.'),
  flag(
    'Security',
    'tls-max-version',
    'string',
    '',
    'Newest TLS version. Empty: the newest there is.',
  ),
  flag(
    'Auth',
    'auth-token',
    'string',
    'simple',
    "Tokens of users: 'simple', or 'jwt,sign-method=RS256,pub-key=…,priv-key=…,ttl=5m'.",
  ),
  flag('Auth', 'auth-token-ttl', 'uint', '300', 'Seconds that an unused simple token lasts.'),
  flag('Auth', 'bcrypt-cost', 'uint', '10', 'Cost of hashing a password, 4 to 31.'),
  flag(
    'Profiling and Monitoring',
    'listen-metrics-urls',
    'urls',
    '',
    'Extra URLs for /metrics and the health endpoints.',
  ),
  flag(
    'Profiling and Monitoring',
    'metrics',
    'string',
    'basic',
    "Detail of the metrics; 'extensive' adds how long calls took, for every method.",
  ),
  flag(
    'Profiling and Monitoring',
    'enable-pprof',
    'bool',
    'false',
    'Serve profiles on demand below /debug/pprof/.',
  ),
  flag(
    'Distributed tracing',
    'enable-distributed-tracing',
    'bool',
    'false',
    'Send spans of requests to an OpenTelemetry collector.',
  ),
  flag(
    'Distributed tracing',
    'distributed-tracing-address',
    'string',
    'localhost:4317',
    'Address of the collector (OTLP over gRPC, plain text).',
  ),
  flag(
    'Distributed tracing',
    'distributed-tracing-service-name',
    'string',
    'etcd',
    'Service name in the spans, the same for all members.',
  ),
  flag(
    'Distributed tracing',
    'distributed-tracing-instance-id',
    'string',
    '',
    'Instance id in the spans, unique for each member.',
  ),
  flag(
    'Distributed tracing',
    'distributed-tracing-sampling-rate',
    'int',
    '0',
    'Requests per million that are traced, of those whose client does not say.',
  ),
  flag('Logging', 'log-level', 'string', 'info', 'debug, info, warn, error, panic or fatal.'),
  flag(
    'Logging',
    'log-outputs',
    'list',
    'default',
    "'stderr', 'stdout', 'systemd/journal', 'default' (stderr) or file paths.",
  ),
  flag('Logging', 'log-format', 'string', 'json', "'json' or 'console'."),
  flag('Logging', 'logger', 'string', 'zap', "Always 'zap': lines as etcd has them."),
  flag(
    'Logging',
    'enable-log-rotation',
    'bool',
    'false',
    'Set the one file of log-outputs aside before it gets too large.',
  ),
  flag(
    'Logging',
    'log-rotation-config-json',
    'string',
    '{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}',
    'When: megabytes, then days and number of old files to keep (0: all), their names and packing.',
  ),
  flag(
    'Features',
    'watch-progress-notify-interval',
    'duration',
    '10m',
    'Time between progress notifications to idle watchers.',
  ),
  flag(
    'Features',
    'warning-apply-duration',
    'duration',
    '100ms',
    'Apply time above which a warning is logged.',
  ),
  flag(
    'Features',
    'downgrade-check-time',
    'duration',
    '5s',
    'Time between two looks whether a downgrade is done. 0: never.',
  ),
  flag(
    'Logging',
    'warning-unary-request-duration',
    'duration',
    '300ms',
    'Time of a unary call above which a warning is logged.',
  ),
  flag(
    'Features',
    'compaction-batch-limit',
    'int',
    '1000',
    'Revisions deleted in one compaction step.',
  ),
  flag(
    'Features',
    'compaction-sleep-interval',
    'duration',
    '10ms',
    'Pause between two compaction steps.',
  ),
  flag(
    'Features',
    'bootstrap-defrag-threshold-megabytes',
    'uint',
    '0',
    'Free space in the store that a start gives back to the disk. 0: never.',
  ),
  flag(
    'Unsafe feature',
    'force-new-cluster',
    'bool',
    'false',
    'Make a cluster of this member alone out of its data.',
  ),
  flag(
    'Unsafe feature',
    'unsafe-no-fsync',
    'bool',
    'false',
    'Never wait for the disk. A power loss then costs data.',
  ),
  flag(
    'Features',
    'corrupt-check-time',
    'duration',
    '0s',
    'Time between two comparisons of the members’ stores by the leader. 0: none.',
  ),
  flag(
    'Features',
    'compact-hash-check-time',
    'duration',
    '1m',
    'Time between two comparisons of compactions by the leader, with CompactHashCheck.',
  ),
  flag('Member', 'feature-gates', 'gates', '', gateUsage()),
];
