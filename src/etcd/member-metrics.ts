import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { servedEtcdVersion } from '../version.ts';
import type { Config } from './config/config.ts';
import { type FeatureGates, type GateName, gateStage } from './config/feature-gates.ts';
import type { ConsensusLoop } from './consensus/loop.ts';
import type { Proposals } from './consensus/proposals.ts';
import type { LiveState } from './live-state.ts';
import type { EtcdMetrics } from './metrics/etcd-metrics.ts';
import { AlarmType } from './proto/generated/etcdserverpb.ts';
import { formatId } from './proto/ids.ts';
import { fileDescriptors } from './state-meter.ts';
import type { StorageWatch } from './storage-watch.ts';
import { MemberTiming } from './timing/request-timing.ts';
import type { RequestTiming } from './timing/timing.ts';
import type { WatchHub } from './watch/watch-hub.ts';

export type SampledParts = {
  readonly metrics: EtcdMetrics;
  readonly loop: ConsensusLoop;
  readonly proposals: Proposals;
  readonly state: LiveState;
  readonly hub: WatchHub;
  readonly quotaBytes: number;
  readonly gates: FeatureGates;
};

/** Gauges that are read when somebody scrapes, so that they cost nothing while nobody does. */
export function sampleBeforeScrapes(parts: SampledParts): void {
  const { metrics, loop } = parts;
  metrics.server.version.set({ server_version: servedEtcdVersion }, 1);
  metrics.server.id.set({ server_id: formatId(loop.memberId) }, 1);
  metrics.server.quotaBytes.set(parts.quotaBytes);
  for (const [name, on] of Object.entries(parts.gates)) {
    const stage = gateStage(name as GateName);
    metrics.server.featureEnabled.set({ name, stage }, on ? 1 : 0);
  }
  metrics.beforeScrape(() => {
    sampleServer(parts);
    sampleProcess(metrics);
    sampleStore(parts);
  });
}

function sampleServer({ metrics, loop, proposals, state }: SampledParts): void {
  const { server, network } = metrics;
  const status = loop.status();
  server.hasLeader.set(status.leader === 0n ? 0 : 1);
  server.isLeader.set(status.role === 'leader' ? 1 : 0);
  server.isLearner.set(status.isLearner ? 1 : 0);
  server.proposalsCommitted.set(status.commitIndex);
  server.proposalsApplied.set(status.appliedIndex);
  server.proposalsPending.set(proposals.pendingCount);
  setTotal(server.proposalsFailed, proposals.failedCount);
  setTotal(server.slowReadIndexes, loop.readCounts.slow);
  setTotal(server.readIndexesFailed, loop.readCounts.failed);
  setTotal(server.heartbeatSendFailures, loop.lateHeartbeats);
  const { membership, alarms } = state.current;
  server.clusterVersion.reset();
  const setVersion = (version: string, value: number): void => {
    const [major, minor] = version.split('.');
    server.clusterVersion.set({ cluster_version: `${major}.${minor}` }, value);
  };
  for (const former of membership.formerVersions) setVersion(former, 0);
  if (membership.clusterVersion !== undefined) setVersion(membership.clusterVersion, 1);
  server.alarms.reset();
  for (const { memberID, alarm } of alarms.list()) {
    const name = Object.entries(AlarmType).find(([, value]) => value === alarm)?.[0] ?? 'NONE';
    server.alarms.set({ server_id: formatId(memberID), alarm_type: name }, 1);
  }
  network.knownPeers.reset();
  for (const { id } of membership.members()) {
    if (id === loop.memberId) continue;
    network.knownPeers.set({ Local: formatId(loop.memberId), Remote: formatId(id) }, 1);
  }
}

function sampleStore({ metrics, state, hub }: SampledParts): void {
  const { backend, store, lessor, auth } = state.current;
  metrics.store.dbSizeBytes.set(backend.sizeBytes());
  metrics.store.dbSizeInUseBytes.set(backend.sizeInUseBytes());
  metrics.store.openReads.set(backend.pinCount);
  metrics.store.keys.set(store.keyCount);
  metrics.store.authRevision.set(auth.revision);
  metrics.store.currentRevision.set(store.currentRevision);
  metrics.store.compactRevision.set(store.compactRevision);
  setTotal(metrics.store.ranges, store.counts.ranges);
  setTotal(metrics.store.puts, store.counts.puts);
  setTotal(metrics.store.deletes, store.counts.deletes);
  setTotal(metrics.store.txns, store.counts.txns);
  metrics.store.putBytes.set(store.counts.putBytes);
  setTotal(metrics.store.leasesGranted, lessor.counts.granted);
  setTotal(metrics.store.leasesRevoked, lessor.counts.revoked);
  setTotal(metrics.store.leasesRenewed, lessor.counts.renewed);
  setTotal(metrics.store.events, hub.eventsSent);
  const { streams, synced, catchingUp } = hub.counts;
  metrics.store.watchStreams.set(streams);
  metrics.store.watchers.set(synced + catchingUp);
  metrics.store.slowWatchers.set(catchingUp);
}

function sampleProcess({ server }: EtcdMetrics): void {
  const files = fileDescriptors();
  if (files === undefined) return;
  server.filesOpen.set(files.used);
  server.filesMax.set(files.limit);
}

type Total = { reset(): void; inc(by: number): void };

/** A counter whose count is kept where it is counted, as a plain number: every request passes. */
function setTotal(counter: Total, total: number): void {
  counter.reset();
  counter.inc(total);
}

/** What the log reports of its writes and syncs. */
export function walMetrics(metrics: EtcdMetrics, storage: StorageWatch) {
  const { walFsyncSeconds, walWriteBytes, walWriteSeconds } = metrics.disk;
  return {
    onFsync: (seconds: number) => {
      walFsyncSeconds.observe(seconds);
      storage.noteSync(seconds);
    },
    onWrite: (bytes: number, seconds: number) => {
      walWriteBytes.inc(bytes);
      walWriteSeconds.observe(seconds);
    },
  };
}

/** How long requests take, by the member's settings. */
export function requestTiming(
  config: Config,
  metrics: EtcdMetrics,
  clock: Clock,
  log: Log,
): RequestTiming {
  return new MemberTiming({
    metrics: metrics.server,
    clock,
    random: systemRandom,
    log: log.child('requests'),
    warnApplyMs: config.warningApplyDurationMs,
    warnCallMs: config.warningUnaryRequestDurationMs,
    logsEachCall: config.log.level === 'debug',
  });
}
