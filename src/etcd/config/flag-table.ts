import { discoveryFlags } from './discovery-flags.ts';
import { gateUsage } from './feature-gates.ts';
import { type Flag, flagsOf } from './flag.ts';
import { ignoredFlags } from './ignored-flags.ts';

export const localPeer = 'http://localhost:2380';
export const localClient = 'http://localhost:2379';

export const defaultInitialCluster = `default=${localPeer}`;

const member = flagsOf('Member');
const features = flagsOf('Features');
const clustering = flagsOf('Clustering');
const security = flagsOf('Security');
const auth = flagsOf('Auth');
const monitoring = flagsOf('Profiling and Monitoring');
const tracing = flagsOf('Distributed tracing');
const logging = flagsOf('Logging');
const unsafe = flagsOf('Unsafe feature');

/** The flags of etcd 3.7 that this server understands, by etcd's names and with etcd's defaults. */
export const flagTable: readonly Flag[] = [
  member('name', 'string', 'default', 'Name of this member, unique in the cluster.'),
  member('data-dir', 'string', '', 'Directory of all data.'),
  member('wal-dir', 'string', '', 'Directory of the WAL, when it is not below data-dir.'),
  member('snapshot-count', 'uint', '10000', 'Applied entries between two snapshots.'),
  member('heartbeat-interval', 'uint', '100', 'Milliseconds between two heartbeats.'),
  member('election-timeout', 'uint', '1000', 'Milliseconds without leader to an election.'),
  member(
    'initial-election-tick-advance',
    'bool',
    'true',
    'Shorten the first election timeout after a start.',
  ),
  member('listen-peer-urls', 'urls', localPeer, 'URLs to listen on for other members.'),
  member('listen-client-urls', 'urls', localClient, 'URLs to listen on for clients.'),
  member(
    'listen-client-http-urls',
    'urls',
    '',
    'URLs for HTTP alone; then listen-client-urls take gRPC alone.',
  ),
  member('enable-grpc-gateway', 'bool', 'true', 'Serve the JSON gateway, /v3/.'),
  member('max-wals', 'uint', '5', 'WAL files to keep, 0 for all of them.'),
  member(
    'quota-backend-bytes',
    'int',
    '0',
    'Store size that raises the NOSPACE alarm. 0: 2 GiB; negative: no limit.',
  ),
  member('max-txn-ops', 'uint', '128', 'Operations allowed in one transaction.'),
  member('max-request-bytes', 'uint', '1572864', 'Largest client request, bytes.'),
  member(
    'max-concurrent-streams',
    'uint32',
    '4294967295',
    'Streams one client connection may have open at once.',
  ),
  member(
    'grpc-keepalive-min-time',
    'duration',
    '5s',
    'Time that a client must leave between two pings.',
  ),
  member(
    'grpc-keepalive-interval',
    'duration',
    '2h',
    'Silence of a client after which it is pinged. 0: as by default.',
  ),
  member(
    'grpc-keepalive-timeout',
    'duration',
    '20s',
    'Patience for the answer; then the connection is closed. 0: as by default.',
  ),
  member(
    'raft-read-timeout',
    'duration',
    '5s',
    'Silence of a member after which its connection is closed; at least 5s.',
  ),
  member(
    'raft-write-timeout',
    'duration',
    '5s',
    'Time that a member may take nothing before its connection is closed; at least 5s.',
  ),
  ...ignoredFlags,
  member('memory-mlock', 'bool', 'false', 'Keep all memory in RAM; refused when on.'),
  member(
    'socket-reuse-port',
    'bool',
    'false',
    'Let other processes listen on the same ports (SO_REUSEPORT).',
  ),
  member(
    'socket-reuse-address',
    'bool',
    'false',
    'Listen on addresses that are still closing (SO_REUSEADDR); always on here.',
  ),
  features(
    'snapshot-catchup-entries',
    'uint',
    '5000',
    'Entries kept behind a snapshot for slow followers.',
  ),
  features('max-learners', 'int', '1', 'Learners allowed in the cluster.'),
  clustering(
    'initial-advertise-peer-urls',
    'urls',
    localPeer,
    'URLs under which other members reach this one.',
  ),
  clustering(
    'initial-cluster',
    'string',
    defaultInitialCluster,
    'All first members as name=url pairs.',
  ),
  clustering(
    'initial-cluster-state',
    'cluster-state',
    'new',
    "'new' to start a cluster, 'existing' to join one. Ignored once there is data.",
  ),
  clustering(
    'initial-cluster-token',
    'string',
    'etcd-cluster',
    'Sets clusters with equal URLs apart.',
  ),
  clustering(
    'advertise-client-urls',
    'urls',
    localClient,
    'URLs under which clients reach this member.',
  ),
  ...discoveryFlags,
  clustering(
    'strict-reconfig-check',
    'bool',
    'true',
    'Refuse member changes that would lose the quorum.',
  ),
  clustering('pre-vote', 'bool', 'true', 'Ask for votes before raising the term.'),
  clustering(
    'auto-compaction-retention',
    'string',
    '0',
    'History to keep: hours or a duration (periodic), or revisions. 0: keep all.',
  ),
  clustering(
    'auto-compaction-mode',
    'string',
    'periodic',
    "How to read auto-compaction-retention: 'periodic' or 'revision'.",
  ),
  security('cert-file', 'string', '', 'Certificate that clients are shown.'),
  security('key-file', 'string', '', 'Key of that certificate.'),
  security('client-cert-auth', 'bool', 'false', 'Ask clients for a certificate.'),
  security('client-cert-file', 'string', '', 'Certificate for connections to itself.'),
  security('client-key-file', 'string', '', 'Key of that certificate.'),
  security('client-crl-file', 'string', '', 'List of revoked client certificates.'),
  security(
    'client-cert-allowed-hostname',
    'list',
    '',
    'Names of which a client certificate must have one.',
  ),
  security('trusted-ca-file', 'string', '', 'Authorities that sign client certificates.'),
  security('auto-tls', 'bool', 'false', 'Serve clients with a certificate made at start.'),
  security('peer-cert-file', 'string', '', 'Certificate that members show each other.'),
  security('peer-key-file', 'string', '', 'Key of that certificate.'),
  security('peer-client-cert-auth', 'bool', 'false', 'Ask members for a certificate.'),
  security(
    'peer-client-cert-file',
    'string',
    '',
    'Certificate for connecting to members, if another.',
  ),
  security('peer-client-key-file', 'string', '', 'Key of that certificate.'),
  security(
    'peer-trusted-ca-file',
    'string',
    '',
    'Authorities that sign the certificates of members.',
  ),
  security('peer-cert-allowed-cn', 'list', '', 'Common names allowed in certificates of members.'),
  security(
    'peer-cert-allowed-hostname',
    'list',
    '',
    'Names of which a member certificate must have one.',
  ),
  security('peer-auto-tls', 'bool', 'false', 'Serve members with a certificate made at start.'),
  security('peer-crl-file', 'string', '', 'List of revoked member certificates.'),
  features(
    'peer-skip-client-san-verification',
    'bool',
    'false',
    'Let members connect from any address.',
  ),
  security(
    'self-signed-cert-validity',
    'uint',
    '1',
    'Years that certificates made at start are valid.',
  ),
  security('cors', 'origins', '*', 'Origins whose pages may ask; * for all.'),
  security('host-whitelist', 'list', '*', 'Host names that may be asked for without TLS.'),
  security('cipher-suites', 'list', '', 'TLS 1.2 cipher suites. Empty: the library’s choice.'),
  security('tls-min-version', 'string', 'TLS1.2', 'Oldest TLS version: TLS1.2 or TLS1.3.'),
  security('tls-max-version', 'string', '', 'Newest TLS version. Empty: the newest there is.'),
  auth(
    'auth-token',
    'string',
    'simple',
    "Tokens of users: 'simple', or 'jwt,sign-method=RS256,pub-key=…,priv-key=…,ttl=5m'.",
  ),
  auth('auth-token-ttl', 'uint', '300', 'Seconds that an unused simple token lasts.'),
  auth('bcrypt-cost', 'uint', '10', 'Cost of hashing a password, 4 to 31.'),
  monitoring(
    'listen-metrics-urls',
    'urls',
    '',
    'Extra URLs for /metrics and the health endpoints.',
  ),
  monitoring(
    'metrics',
    'string',
    'basic',
    "Detail of the metrics; 'extensive' adds how long calls took, for every method.",
  ),
  monitoring('enable-pprof', 'bool', 'false', 'Serve profiles on demand below /debug/pprof/.'),
  tracing(
    'enable-distributed-tracing',
    'bool',
    'false',
    'Send spans of requests to an OpenTelemetry collector.',
  ),
  tracing(
    'distributed-tracing-address',
    'string',
    'localhost:4317',
    'Address of the collector (OTLP over gRPC, plain text).',
  ),
  tracing(
    'distributed-tracing-service-name',
    'string',
    'etcd',
    'Service name in the spans, the same for all members.',
  ),
  tracing(
    'distributed-tracing-instance-id',
    'string',
    '',
    'Instance id in the spans, unique for each member.',
  ),
  tracing(
    'distributed-tracing-sampling-rate',
    'int',
    '0',
    'Requests per million that are traced, of those whose client does not say.',
  ),
  logging('log-level', 'string', 'info', 'debug, info, warn, error, panic or fatal.'),
  logging(
    'log-outputs',
    'list',
    'default',
    "'stderr', 'stdout', 'systemd/journal', 'default' (stderr) or file paths.",
  ),
  logging('log-format', 'string', 'json', "'json' or 'console'."),
  logging('logger', 'string', 'zap', "Always 'zap': lines as etcd has them."),
  logging(
    'enable-log-rotation',
    'bool',
    'false',
    'Set the one file of log-outputs aside before it gets too large.',
  ),
  logging(
    'log-rotation-config-json',
    'string',
    '{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}',
    'When: megabytes, then days and number of old files to keep (0: all), their names and packing.',
  ),
  features(
    'watch-progress-notify-interval',
    'duration',
    '10m',
    'Time between progress notifications to idle watchers.',
  ),
  features(
    'warning-apply-duration',
    'duration',
    '100ms',
    'Apply time above which a warning is logged.',
  ),
  features(
    'downgrade-check-time',
    'duration',
    '5s',
    'Time between two looks whether a downgrade is done. 0: never.',
  ),
  logging(
    'warning-unary-request-duration',
    'duration',
    '300ms',
    'Time of a unary call above which a warning is logged.',
  ),
  features('compaction-batch-limit', 'int', '1000', 'Revisions deleted in one compaction step.'),
  features('compaction-sleep-interval', 'duration', '10ms', 'Pause between two compaction steps.'),
  features(
    'bootstrap-defrag-threshold-megabytes',
    'uint',
    '0',
    'Free space in the store that a start gives back to the disk. 0: never.',
  ),
  unsafe(
    'force-new-cluster',
    'bool',
    'false',
    'Make a cluster of this member alone out of its data.',
  ),
  unsafe(
    'unsafe-no-fsync',
    'bool',
    'false',
    'Never wait for the disk. A power loss then costs data.',
  ),
  features(
    'corrupt-check-time',
    'duration',
    '0s',
    'Time between two comparisons of the members’ stores by the leader. 0: none.',
  ),
  features(
    'compact-hash-check-time',
    'duration',
    '1m',
    'Time between two comparisons of compactions by the leader, with CompactHashCheck.',
  ),
  member('feature-gates', 'gates', '', gateUsage()),
];
