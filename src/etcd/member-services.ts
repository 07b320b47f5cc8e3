import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { servedEtcdVersion } from '../version.ts';
import type { RpcServices } from './api/grpc/rpcs.ts';
import type { VersionSource } from './api/http/version.ts';
import { type Config, requestTimeoutMs } from './config/config.ts';
import type { Consensus } from './consensus/consensus.ts';
import { EtcdError } from './errors.ts';
import type { LiveState } from './live-state.ts';
import type { MemberAuth } from './member-auth.ts';
import type { Member } from './membership/member.ts';
import type { EtcdMetrics } from './metrics/etcd-metrics.ts';
import {
  leaseTimeToLiveOnLeader,
  promoteOnLeader,
  renewLeaseOnLeader,
} from './peer/peer-client.ts';
import type { PeerDialer } from './peer/peer-dialer.ts';
import type { PeerTransport } from './peer/transport.ts';
import { AlarmType } from './proto/generated/etcdserverpb.ts';
import { Access } from './service/access.ts';
import { AuthService } from './service/auth.ts';
import { ClusterService } from './service/cluster.ts';
import { DowngradeService } from './service/downgrade.ts';
import { FailoverService } from './service/failover.ts';
import { KvService, type KvServiceOptions } from './service/kv.ts';
import { LeaseService } from './service/lease.ts';
import { MaintenanceService } from './service/maintenance.ts';
import { ServingStatus } from './service/serving-status.ts';
import { SpaceGuard } from './service/space-guard.ts';
import { WatchService } from './service/watch.ts';
import type { StorageWarning } from './storage-warnings.ts';
import { pieceTiming } from './timing/piece-timing.ts';
import type { RequestTiming } from './timing/timing.ts';
import type { WatchHub } from './watch/watch-hub.ts';

export type MemberServicesParts = {
  readonly config: Config;
  readonly consensus: Consensus;
  readonly state: LiveState;
  readonly auth: MemberAuth;
  readonly hub: WatchHub;
  readonly peers: () => PeerTransport;
  readonly dialer: PeerDialer;
  readonly members: () => readonly Member[];
  readonly version: VersionSource;
  readonly compactionDone: (revision: number) => Promise<void>;
  readonly storageWarnings: () => readonly StorageWarning[];
  readonly clock: Clock;
  readonly log: Log;
  readonly timing: RequestTiming;
  readonly metrics: EtcdMetrics;
};

/** The services of one member, wired to its log and to the state of this moment. */
export function createServices(parts: MemberServicesParts): RpcServices {
  const { config, consensus, state, hub, clock } = parts;
  const { quotaBytes } = config;
  const currentRevision = (): number => state.current.store.currentRevision;
  const access = createAccess(parts);
  const serving = new ServingStatus();
  const space = new SpaceGuard({
    consensus,
    sizeBytes: () => usedBytes(state, quotaBytes),
    quotaBytes,
    hasAlarm: () => hasOwnAlarm(state, consensus.memberId),
  });
  const kv: KvServiceOptions = {
    consensus,
    access,
    store: () => state.current.store,
    space,
    txnOpsMax: config.txnOpsMax,
    compactionDone: parts.compactionDone,
  };
  return {
    kv: new KvService({ ...kv, timing: parts.timing }),
    kvPieces: new KvService({ ...kv, timing: pieceTiming(parts.timing) }),
    watch: new WatchService(hub, access),
    lease: createLeaseService(parts, access, space),
    cluster: createClusterService(parts, access),
    maintenance: new MaintenanceService({
      consensus,
      store: () => state.current.store,
      backend: () => state.current.backend,
      members: parts.members,
      alarms: () => state.current.alarms.list(),
      version: servedEtcdVersion,
      storageVersion: () => parts.version.storageVersion(),
      downgrade: () => state.current.membership.downgrade,
      quotaShownBytes: config.quotaShownBytes,
      defragment: () => defragment(parts, serving),
      hash: (signal) => state.hash(signal),
      openSnapshot: () => state.openDatabase('client'),
    }),
    downgrade: new DowngradeService({
      consensus,
      clusterVersion: () => state.current.membership.clusterVersion,
      downgrade: () => state.current.membership.downgrade,
      currentRevision,
      log: parts.log,
    }),
    failover: new FailoverService({
      consensus,
      currentRevision,
      storageWarnings: parts.storageWarnings,
      clock,
      heartbeatMs: config.heartbeatIntervalMs,
    }),
    auth: createAuthService(parts, access),
    access,
    serving,
  };
}

/** etcd's reads and writes wait meanwhile; ours do not, but the gate asks for the same signal. */
async function defragment({ config, state }: MemberServicesParts, serving: ServingStatus) {
  const resume = config.gates.StopGRPCServiceOnDefrag ? serving.suspend() : undefined;
  try {
    await state.defragment();
  } finally {
    resume?.();
  }
}

function createAccess(parts: MemberServicesParts): Access {
  const { config, consensus, state, clock } = parts;
  return new Access({
    consensus,
    auth: () => state.current.auth,
    attachedKeys: (lease) => attachedKeys(state, lease),
    tokens: parts.auth.tokens,
    appliedIndex: () => state.current.applier.appliedIndex,
    clock,
    requestTimeoutMs: requestTimeoutMs(config),
  });
}

function createAuthService(parts: MemberServicesParts, access: Access): AuthService {
  const { consensus, state, clock } = parts;
  const { tokens, passwords } = parts.auth;
  return new AuthService({
    consensus,
    access,
    auth: () => state.current.auth,
    tokens,
    passwords,
    random: systemRandom,
    clock,
  });
}

function attachedKeys(state: LiveState, lease: bigint): readonly Uint8Array[] {
  const { backend, lessor } = state.current;
  return backend.read((txn) => lessor.attachedKeys(txn, lease));
}

function createLeaseService(
  parts: MemberServicesParts,
  access: Access,
  space: SpaceGuard,
): LeaseService {
  const { config, consensus, state, clock } = parts;
  return new LeaseService({
    consensus,
    access,
    lessor: () => state.current.lessor,
    attachedKeys: (id) => attachedKeys(state, id),
    currentRevision: () => state.current.store.currentRevision,
    space,
    clock,
    random: systemRandom,
    requestTimeoutMs: requestTimeoutMs(config),
    renewsFast: config.gates.FastLeaseKeepAlive,
    renewAtLeader: (id, signal) =>
      atLeader(parts, signal, (url, bounded) => renewLeaseOnLeader(url, id, bounded, parts.dialer)),
    timeToLiveAtLeader: (id, keys, signal) =>
      atLeader(parts, signal, (url, bounded) =>
        leaseTimeToLiveOnLeader(url, id, keys, bounded, parts.dialer),
      ),
  });
}

function createClusterService(parts: MemberServicesParts, access: Access): ClusterService {
  const { config, consensus, clock } = parts;
  return new ClusterService({
    consensus,
    access,
    members: parts.members,
    connectedForMs: (id) => {
      const sinceMs = parts.peers().activeSinceMs(id);
      return sinceMs === undefined ? undefined : clock.monotonicMs() - sinceMs;
    },
    clock,
    strictReconfigCheck: config.strictReconfigCheck,
    promotionEnded: (failure) => countPromotion(parts.metrics, failure),
    requestTimeoutMs: requestTimeoutMs(config),
    promoteAtLeader: (id, token, signal) =>
      atLeader(parts, signal, (url, bounded) =>
        promoteOnLeader(url, id, token, bounded, parts.dialer),
      ),
  });
}

function countPromotion({ server }: EtcdMetrics, failure: Error | undefined): void {
  if (failure === undefined) return server.learnerPromoteSuccesses.inc();
  server.learnerPromoteFailures.inc({ Reason: failure.message });
}

/** Asks the leader at its peer URLs, one after the other. */
async function atLeader<T>(
  parts: MemberServicesParts,
  signal: AbortSignal | undefined,
  ask: (url: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { leader } = parts.consensus.status();
  const urls = parts.members().find(({ id }) => id === leader)?.peerUrls ?? [];
  let failure: unknown = new EtcdError('NoLeader');
  for (const url of urls) {
    const timeout = AbortSignal.timeout(requestTimeoutMs(parts.config));
    const bounded = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      return await ask(url, bounded);
    } catch (error) {
      if (error instanceof EtcdError) throw error;
      failure = error;
    }
  }
  throw failure;
}

/**
 * Pages that are free count as room, as in the applier. Asking for them costs a walk over the free
 * list, so the file's size is asked first.
 */
function usedBytes(state: LiveState, quotaBytes: number | undefined): number {
  const { backend } = state.current;
  const sizeBytes = backend.sizeBytes();
  const isClose = quotaBytes !== undefined && sizeBytes > quotaBytes / 2;
  return isClose ? backend.sizeInUseBytes() : sizeBytes;
}

function hasOwnAlarm(state: LiveState, memberId: bigint): boolean {
  const alarms = state.current.alarms.list(AlarmType.NOSPACE);
  return alarms.some(({ memberID }) => memberID === memberId);
}
