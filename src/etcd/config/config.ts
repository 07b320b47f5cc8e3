import { type AuthSettings, authAdvice, readAuthSettings } from './auth-settings.ts';
import { advertiseDefaultHost } from './default-host.ts';
import {
  type DiscoverySettings,
  discoveryProblem,
  initialClusterOf,
  readDiscovery,
} from './discovery-settings.ts';
import { type FeatureGates, readGates } from './feature-gates.ts';
import { defaultInitialCluster } from './flag-table.ts';
import { formatGoDuration, type Parsed, parsed, parseGoDurationMs, refused } from './go-values.ts';
import { limits } from './limits.ts';
import { type LogSettings, logLevelProblem, readLogSettings } from './log-settings.ts';
import type { Settings } from './settings.ts';
import {
  listenerProblem,
  readSecurity,
  type Security,
  securityAdvice,
  securityProblem,
} from './tls-settings.ts';
import { readTracing, type TracingSettings, tracingProblem } from './tracing-settings.ts';
import {
  advertiseProblem,
  bindProblem,
  type MemberUrl,
  type NamedPeerUrls,
  parseInitialCluster,
} from './urls.ts';

/** Everything a member needs to know before it starts. Checked once, then frozen. */
export type Config = {
  readonly name: string;
  readonly dataDir: string;
  /** Empty when the WAL lies below `dataDir`. */
  readonly walDir: string;
  readonly listenPeerUrls: readonly MemberUrl[];
  readonly listenClientUrls: readonly MemberUrl[];
  readonly listenMetricsUrls: readonly MemberUrl[];
  /** SO_REUSEPORT on the ports of clients and members. */
  readonly sharesPorts: boolean;
  readonly initialAdvertisePeerUrls: readonly string[];
  readonly advertiseClientUrls: readonly string[];
  readonly initialCluster: readonly NamedPeerUrls[];
  readonly initialClusterState: 'new' | 'existing';
  readonly initialClusterToken: string;
  readonly discovery: DiscoverySettings;
  /** Makes a cluster of this member alone out of its data. */
  readonly forceNewCluster: boolean;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  /** Whole heartbeats per election timeout, rounded down. */
  readonly electionTimeoutTicks: number;
  readonly initialElectionTickAdvance: boolean;
  readonly preVote: boolean;
  readonly strictReconfigCheck: boolean;
  readonly learnersMax: number;
  readonly snapshotCount: number;
  readonly snapshotCatchUpEntries: number;
  readonly walFilesMax: number;
  readonly requestBytesMax: number;
  readonly txnOpsMax: number;
  readonly concurrentStreamsMax: number;
  readonly keepalive: KeepaliveSettings;
  /** How long a connection to a member may carry nothing, or take nothing. */
  readonly peerReadTimeoutMs: number;
  readonly peerWriteTimeoutMs: number;
  /** Undefined: no quota. */
  readonly quotaBytes: number | undefined;
  /** As it was given, 0 for the default. */
  readonly quotaSetting: number;
  /** As etcd shows it: negative without a quota. */
  readonly quotaShownBytes: number;
  /** Free space of the store's file at which a start makes it smaller. Zero: never. */
  readonly defragmentAboveBytes: number;
  /** False: nothing waits for the disk, and a power loss costs data. */
  readonly isSynced: boolean;
  readonly autoCompaction: AutoCompaction;
  readonly compactionBatchLimit: number;
  readonly compactionSleepIntervalMs: number;
  readonly watchProgressNotifyIntervalMs: number;
  readonly warningApplyDurationMs: number;
  readonly downgradeCheckMs: number;
  /** 0: no comparison of whole stores. */
  readonly corruptCheckMs: number;
  readonly compactHashCheckMs: number;
  readonly gates: FeatureGates;
  readonly warningUnaryRequestDurationMs: number;
  readonly metrics: 'basic' | 'extensive';
  /** Undefined: requests are not traced. */
  readonly tracing: TracingSettings | undefined;
  /** How the server was started, for whoever asks the running one. */
  readonly commandLine: readonly string[];
  readonly security: Security;
  readonly http: HttpSettings;
  readonly auth: AuthSettings;
  readonly log: LogSettings;
};

/** How clients' connections without a word are told from dead ones; milliseconds. */
export type KeepaliveSettings = {
  /** Between two pings of a client. */
  readonly clientPingMsMin: number;
  /** The silence after which the server asks, and its patience for the answer. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
};

/** What is served over HTTP/1, and to whom. */
export type HttpSettings = {
  /** HTTP alone; the client URLs then take gRPC alone. Empty: both on the client URLs. */
  readonly listenUrls: readonly MemberUrl[];
  readonly allowedOrigins: readonly string[];
  /** Names in the Host header, without TLS. */
  readonly allowedHosts: readonly string[];
  readonly servesGateway: boolean;
  readonly servesProfiles: boolean;
};

export type AutoCompaction =
  | { readonly kind: 'off' }
  | { readonly kind: 'periodic'; readonly retentionMs: number }
  | { readonly kind: 'revision'; readonly retentionRevisions: number };

export type ConfigRead =
  | {
      readonly kind: 'config';
      readonly config: Config;
      readonly warnings: readonly string[];
      /** The machine's address, where it is advertised in place of the default. */
      readonly defaultHost: string | undefined;
    }
  | { readonly kind: 'refused'; readonly exitCode: 1 | 2; readonly message: string };

/** What shapes a member besides its settings. */
export type Surroundings = {
  readonly argv: readonly string[];
  /** Asked instead of the system's; for tests and odd networks. */
  readonly dnsServers: readonly string[];
  /** An address under which others reach this machine. */
  readonly hostOf: () => string | undefined;
};

/** etcd's time for a client request: queue and disk, plus two elections. */
export function requestTimeoutMs(config: Config): number {
  return 5_000 + 2 * config.electionTimeoutTicks * config.heartbeatIntervalMs;
}

/** etcd's time to open a connection to another member: a second, plus one election. */
export function peerDialTimeoutMs(config: Config): number {
  return 1_000 + config.electionTimeoutTicks * config.heartbeatIntervalMs;
}

/**
 * Checks the settings in etcd's order and with etcd's words, and fills in what follows from others.
 */
export function buildConfig(
  settings: Settings,
  source: 'flags' | 'file',
  surroundings: Surroundings,
): ConfigRead {
  const fatal = (message: string): ConfigRead => ({ kind: 'refused', exitCode: 1, message });
  const levelProblem = logLevelProblem(settings);
  if (levelProblem !== undefined) return { kind: 'refused', exitCode: 2, message: levelProblem };
  const log = readLogSettings(settings);
  if (!log.ok) return fatal(log.error);
  if (settings.text('discovery-fallback') === 'proxy') {
    return fatal(`v2 proxy is deprecated, and --discovery-fallback can't be configured as "proxy"`);
  }
  const problem =
    urlsProblem(settings) ??
    discoveryProblem(settings) ??
    timingProblem(settings) ??
    otherProblem(settings, source) ??
    checksProblem(settings) ??
    tracingProblem(settings) ??
    securityProblem(settings) ??
    listenerProblem(settings);
  if (problem !== undefined) return fatal(problem);

  const defaultHost = advertiseDefaultHost(settings, surroundings.hostOf);
  const autoCompaction = readAutoCompaction(settings);
  if (!autoCompaction.ok) return fatal(autoCompaction.error);
  const auth = readAuthSettings(settings);
  if (!auth.ok) return fatal(auth.error);
  const cluster = parseInitialCluster(initialClusterText(settings));
  if (!cluster.ok) return fatal(`error setting up initial cluster: ${cluster.error}`);
  const config = freeze(
    settings,
    log.value,
    autoCompaction.value,
    auth.value,
    cluster.value,
    surroundings,
  );
  const warnings = advise(settings, config);
  return { kind: 'config', config, warnings, defaultHost };
}

function urlsProblem(settings: Settings): string | undefined {
  const unbindable =
    bindProblem(settings.urls('listen-peer-urls')) ??
    bindProblem(settings.urls('listen-client-urls')) ??
    bindProblem(settings.urls('listen-client-http-urls')) ??
    bindProblem(settings.urls('listen-metrics-urls'));
  if (unbindable !== undefined) return unbindable;
  const peerProblem = advertiseProblem(settings.urls('initial-advertise-peer-urls'));
  if (peerProblem !== undefined) {
    const urls = JSON.stringify(joined(settings.urls('initial-advertise-peer-urls')));
    return `--initial-advertise-peer-urls ${urls} must be "host:port" (${peerProblem})`;
  }
  const clientProblem = advertiseProblem(settings.urls('advertise-client-urls'));
  if (clientProblem !== undefined) {
    const urls = JSON.stringify(joined(settings.urls('advertise-client-urls')));
    return (
      `--advertise-client-urls ${urls} must be in the format "host:port", ` +
      `"unix:/path/to/socket" or "unixs:/path/to/socket" (${clientProblem})`
    );
  }
  return undefined;
}

function timingProblem(settings: Settings): string | undefined {
  const heartbeat = settings.number('heartbeat-interval');
  const election = settings.number('election-timeout');
  if (heartbeat === 0) return '--heartbeat-interval must be >0 (set to 0ms)';
  if (election === 0) return '--election-timeout must be >0 (set to 0ms)';
  if (5 * heartbeat > election) {
    return `--election-timeout[${election}ms] should be at least as 5 times as --heartbeat-interval[${heartbeat}ms]`;
  }
  if (election > limits.electionTimeoutMsMax) {
    return `--election-timeout[${election}ms] is too long, and should be set less than ${limits.electionTimeoutMsMax}ms`;
  }
  return undefined;
}

function otherProblem(settings: Settings, source: 'flags' | 'file'): string | undefined {
  // In a file etcd leaves the default advertised URL in place.
  const clientsMoved = source === 'flags' && settings.isExplicit('listen-client-urls');
  if (clientsMoved && !settings.isExplicit('advertise-client-urls')) {
    return '--advertise-client-urls is required when --listen-client-urls is set explicitly';
  }
  if (settings.flag('memory-mlock')) {
    return (
      '--memory-mlock: this server cannot lock its memory (Node has no call for it); ' +
      'forbid swapping from outside, for instance by MemorySwapMax=0 of systemd'
    );
  }
  const mode = settings.text('auto-compaction-mode');
  if (mode === '') return 'undefined auto-compaction-mode';
  if (mode !== 'periodic' && mode !== 'revision') {
    return `unknown auto-compaction-mode ${JSON.stringify(mode)}`;
  }
  return undefined;
}

/** Of the comparisons between members, and of what the gates need from each other. */
function checksProblem(settings: Settings): string | undefined {
  const gates = readGates(settings.text('feature-gates'));
  if (gates.LeaseCheckpointPersist && !gates.LeaseCheckpoint) {
    return 'enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint';
  }
  const hashMs = settings.number('compact-hash-check-time');
  if (hashMs <= 0) {
    return `--compact-hash-check-time must be >0 (set to ${formatGoDuration(hashMs)})`;
  }
  // etcd takes it and ends a moment later: there are no tickers with a negative interval.
  const corruptMs = settings.number('corrupt-check-time');
  return corruptMs < 0
    ? `--corrupt-check-time must be >=0 (set to ${formatGoDuration(corruptMs)})`
    : undefined;
}

/**
 * A bare number means hours or revisions by mode; anything else is a duration, whose nanoseconds
 * etcd counts as revisions.
 */
function readAutoCompaction(settings: Settings): Parsed<AutoCompaction> {
  const periodic = settings.text('auto-compaction-mode') === 'periodic';
  const text = settings.text('auto-compaction-retention');
  let amount: number;
  if (/^\+?[0-9]+$/.test(text)) {
    amount = periodic ? Number(text) * 3_600_000 : Number(text);
  } else {
    const ms = parseGoDurationMs(text);
    if (!ms.ok) return refused(`error parsing CompactionRetention: ${ms.error}`);
    amount = periodic ? ms.value : Math.round(ms.value * 1e6);
  }
  if (amount <= 0) return parsed({ kind: 'off' });
  if (periodic) return parsed({ kind: 'periodic', retentionMs: amount });
  return parsed({ kind: 'revision', retentionRevisions: amount });
}

/** With only a name given, the cluster is this member under its advertised URLs. */
function initialClusterText(settings: Settings): string {
  const name = settings.text('name');
  const text = initialClusterOf(settings);
  if (settings.isExplicit('discovery-endpoints')) return ownCluster(settings);
  if (name === 'default' || text !== defaultInitialCluster) return text;
  return ownCluster(settings);
}

function ownCluster(settings: Settings): string {
  const owner = settings.text('name') || 'default';
  return settings
    .urls('initial-advertise-peer-urls')
    .map((url) => `${owner}=${url.text}`)
    .join(',');
}

function freeze(
  settings: Settings,
  log: LogSettings,
  autoCompaction: AutoCompaction,
  auth: AuthSettings,
  initialCluster: readonly NamedPeerUrls[],
  { argv, dnsServers }: Surroundings,
): Config {
  const heartbeatIntervalMs = settings.number('heartbeat-interval');
  const electionTimeoutMs = settings.number('election-timeout');
  const discovery = readDiscovery(settings, dnsServers);
  const quota = settings.number('quota-backend-bytes');
  const name = settings.text('name');
  return Object.freeze({
    name,
    dataDir: settings.text('data-dir') || `${name}.etcd`,
    walDir: settings.text('wal-dir'),
    listenPeerUrls: settings.urls('listen-peer-urls'),
    listenClientUrls: settings.urls('listen-client-urls'),
    listenMetricsUrls: settings.urls('listen-metrics-urls'),
    sharesPorts: settings.flag('socket-reuse-port'),
    initialAdvertisePeerUrls: texts(settings.urls('initial-advertise-peer-urls')),
    advertiseClientUrls: texts(settings.urls('advertise-client-urls')),
    initialCluster,
    initialClusterState: settings.text('initial-cluster-state') === 'new' ? 'new' : 'existing',
    initialClusterToken:
      discovery.kind === 'service' ? discovery.token : settings.text('initial-cluster-token'),
    discovery,
    forceNewCluster: settings.flag('force-new-cluster'),
    heartbeatIntervalMs,
    electionTimeoutMs,
    electionTimeoutTicks: Math.floor(electionTimeoutMs / heartbeatIntervalMs),
    initialElectionTickAdvance: settings.flag('initial-election-tick-advance'),
    preVote: settings.flag('pre-vote'),
    strictReconfigCheck: settings.flag('strict-reconfig-check'),
    learnersMax: settings.number('max-learners'),
    snapshotCount: settings.number('snapshot-count'),
    snapshotCatchUpEntries: settings.number('snapshot-catchup-entries'),
    walFilesMax: settings.number('max-wals'),
    requestBytesMax: settings.number('max-request-bytes'),
    txnOpsMax: settings.number('max-txn-ops'),
    concurrentStreamsMax: settings.number('max-concurrent-streams'),
    keepalive: readKeepalive(settings),
    peerReadTimeoutMs: peerTimeoutMs(settings, 'raft-read-timeout'),
    peerWriteTimeoutMs: peerTimeoutMs(settings, 'raft-write-timeout'),
    quotaBytes: quota < 0 ? undefined : quota === 0 ? limits.quotaBytesDefault : quota,
    quotaSetting: quota,
    quotaShownBytes: quota === 0 ? limits.quotaBytesDefault : quota,
    defragmentAboveBytes: settings.number('bootstrap-defrag-threshold-megabytes') * 1024 * 1024,
    isSynced: !settings.flag('unsafe-no-fsync'),
    autoCompaction,
    compactionBatchLimit: settings.number('compaction-batch-limit'),
    compactionSleepIntervalMs: settings.number('compaction-sleep-interval'),
    watchProgressNotifyIntervalMs: settings.number('watch-progress-notify-interval'),
    warningApplyDurationMs: settings.number('warning-apply-duration'),
    downgradeCheckMs: settings.number('downgrade-check-time'),
    corruptCheckMs: settings.number('corrupt-check-time'),
    compactHashCheckMs: settings.number('compact-hash-check-time'),
    gates: readGates(settings.text('feature-gates')),
    warningUnaryRequestDurationMs: settings.number('warning-unary-request-duration'),
    // As etcd: any other word is the basic ones.
    metrics: settings.text('metrics') === 'extensive' ? 'extensive' : 'basic',
    tracing: readTracing(settings),
    commandLine: ['etcd-ts', 'server', ...argv],
    security: readSecurity(settings),
    http: readHttp(settings, log.level),
    auth,
    log,
  } satisfies Config);
}

/** As etcd: only both times of the server's pings together replace those of Go's gRPC. */
function readKeepalive(settings: Settings): KeepaliveSettings {
  const clientPingMs = settings.number('grpc-keepalive-min-time');
  const intervalMs = settings.number('grpc-keepalive-interval');
  const timeoutMs = settings.number('grpc-keepalive-timeout');
  const isSet = intervalMs > 0 && timeoutMs > 0;
  return {
    clientPingMsMin: clientPingMs > 0 ? clientPingMs : limits.grpcUnsetPingMsMin,
    intervalMs: isSet ? Math.max(intervalMs, limits.grpcKeepaliveMsMin) : limits.grpcKeepaliveMs,
    timeoutMs: isSet ? timeoutMs : limits.grpcKeepaliveTimeoutMs,
  };
}

function peerTimeoutMs(settings: Settings, flag: string): number {
  return Math.max(settings.number(flag), limits.peerDeadlineMs);
}

function readHttp(settings: Settings, logLevel: LogSettings['level']): HttpSettings {
  const hosts = settings.list('host-whitelist').filter((host) => host !== '');
  return {
    listenUrls: settings.urls('listen-client-http-urls'),
    allowedOrigins: settings.list('cors'),
    allowedHosts: hosts.length === 0 ? ['*'] : hosts,
    servesGateway: settings.flag('enable-grpc-gateway'),
    // As etcd: who debugs gets profiles too.
    servesProfiles: settings.flag('enable-pprof') || logLevel === 'debug',
  };
}

function advise(settings: Settings, config: Config): readonly string[] {
  const warnings: string[] = [];
  if (config.name === 'default') {
    warnings.push(
      'the name "default" is not recommended: members that share a name are taken for one member, set --name',
    );
  }
  if (settings.text('data-dir') === '') {
    warnings.push(`'data-dir' was empty; using default: ${config.dataDir}`);
  }
  if (config.requestBytesMax > limits.requestBytesRecommended) {
    warnings.push(
      `exceeded recommended request limit: --max-request-bytes ${config.requestBytesMax}, recommended ${limits.requestBytesRecommended}`,
    );
  }
  for (const flag of ['raft-read-timeout', 'raft-write-timeout']) {
    if (settings.number(flag) < limits.peerDeadlineMs) {
      warnings.push(`${flag} increased to minimum value: ${limits.peerDeadlineMs / 1_000}s`);
    }
  }
  if (!config.isSynced) {
    warnings.push(
      'unsafe-no-fsync: nothing that is acknowledged waits for the disk; a power loss can cost ' +
        'data, the whole store or the consistency of the cluster',
    );
  }
  if (config.gates.LeaseCheckpoint && !config.gates.LeaseCheckpointPersist) {
    warnings.push(
      'Detected that checkpointing is enabled without persistence. Consider enabling feature gate LeaseCheckpointPersist',
    );
  }
  return [...warnings, ...securityAdvice(settings), ...authAdvice(settings)];
}

function texts(urls: readonly MemberUrl[]): readonly string[] {
  return urls.map((url) => url.text);
}

function joined(urls: readonly MemberUrl[]): string {
  return texts(urls).join(',');
}
