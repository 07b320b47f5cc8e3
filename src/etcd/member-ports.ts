import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { implementedRpcs, type RpcServices } from './api/grpc/rpcs.ts';
import { HttpServer } from './api/http/server.ts';
import type { VersionSource } from './api/http/version.ts';
import { meteredRpcs } from './api/metered-rpcs.ts';
import { type RpcTable, rpcTable } from './api/rpc.ts';
import { ClientPorts } from './client-ports.ts';
import { type Config, requestTimeoutMs } from './config/config.ts';
import { limits } from './config/limits.ts';
import type { TlsSettings } from './config/tls-settings.ts';
import type { Consensus } from './consensus/consensus.ts';
import { healthSource } from './health-source.ts';
import type { LiveState } from './live-state.ts';
import type { EtcdMetrics } from './metrics/etcd-metrics.ts';
import { formatId } from './proto/ids.ts';
import type { RequestTiming } from './timing/timing.ts';
import { Http2GrpcServer } from './transport/grpc/http2-grpc-server.ts';

export type MemberPortsParts = {
  readonly config: Config;
  readonly consensus: Consensus;
  readonly state: LiveState;
  readonly services: RpcServices;
  readonly metrics: EtcdMetrics;
  readonly timing: RequestTiming;
  readonly security: TlsSettings;
  readonly version: VersionSource;
  readonly clock: Clock;
  readonly log: Log;
};

/** gRPC, the JSON gateway, health and metrics: one RPC table behind all of them. */
export async function openClientPorts(parts: MemberPortsParts): Promise<ClientPorts> {
  const { config, consensus, metrics, clock } = parts;
  const log = parts.log.child('api');
  const telemetry = await openTelemetry(parts);
  const metered = meteredRpcs(
    rpcTable(
      implementedRpcs(parts.services, {
        consensus,
        clock,
        electionTimeoutMs: config.electionTimeoutMs,
        requestBytesMax: config.requestBytesMax,
        countRequest: requestCounter(metrics),
      }),
    ),
    metrics.rpcs,
    parts.timing,
  );
  const rpcs = telemetry === undefined ? metered : telemetry.traced(metered);
  const receiveBytesMax = config.requestBytesMax + limits.requestOverheadBytes;
  const common = {
    health: healthSource(consensus, parts.state, parts.timing),
    healthObserver: metrics,
    healthTimeoutMs: requestTimeoutMs(config),
    metrics,
    browsers: config.http,
    clock,
    log,
  };
  return new ClientPorts({
    clientUrls: config.listenClientUrls,
    httpUrls: config.http.listenUrls,
    metricsUrls: config.listenMetricsUrls,
    sharesPorts: config.sharesPorts,
    tls: parts.security,
    log,
    stopped: async () => telemetry?.stop(),
    grpc: new Http2GrpcServer({
      rpcs: rpcs.values(),
      receiveBytesMax,
      concurrentStreamsMax: config.concurrentStreamsMax,
      keepalive: config.keepalive,
      clock,
      log,
    }),
    http: new HttpServer({
      ...common,
      client: {
        rpcs,
        receiveBytesMax,
        version: parts.version,
        servesGateway: config.http.servesGateway,
        isAuthEnabled: () => parts.services.access.isEnabled,
        servesProfiles: config.http.servesProfiles,
        debug: { commandLine: config.commandLine, raftStatus: () => raftStatus(consensus) },
      },
    }),
    metricsHttp: new HttpServer({ ...common, client: undefined }),
  });
}

type Telemetry = {
  readonly traced: (table: RpcTable) => RpcTable;
  readonly stop: () => Promise<void>;
};

/** The libraries take as long to load as all the rest: only who traces pays for them. */
async function openTelemetry({
  config,
  log,
  clock,
}: MemberPortsParts): Promise<Telemetry | undefined> {
  if (config.tracing === undefined) return undefined;
  const [{ OpenTelemetry }, { tracedRpcs }] = await Promise.all([
    import('./tracing/otel.ts'),
    import('./tracing/traced-rpcs.ts'),
  ]);
  const telemetry = new OpenTelemetry(config.tracing, log.child('tracing'), clock);
  const { address, serviceName, instanceId, samplesPerMillion } = config.tracing;
  log.debug('distributed tracing enabled', {
    address,
    'service-name': serviceName,
    'service-instance-id': instanceId,
    'sampling-rate': samplesPerMillion,
  });
  log.info('distributed tracing setup enabled');
  return { traced: (table) => tracedRpcs(table, telemetry), stop: () => telemetry.stop() };
}

/**
 * Requests by API version. Every request passes, so they are counted in plain numbers and handed to
 * the metric before a scrape, or when a connection's client speaks another version.
 */
function requestCounter(metrics: EtcdMetrics): (type: 'unary' | 'stream', version: string) => void {
  const counts = { unary: 0, stream: 0 };
  let counted = '';
  const handOver = (): void => {
    for (const type of ['unary', 'stream'] as const) {
      if (counts[type] === 0) continue;
      metrics.server.clientRequests.inc({ type, client_api_version: counted }, counts[type]);
      counts[type] = 0;
    }
  };
  metrics.beforeScrape(handOver);
  return (type, version) => {
    if (version !== counted) {
      handOver();
      counted = version;
    }
    counts[type] += 1;
  };
}

/** As etcd's variable of that name: ids in hex, and numbers. */
function raftStatus(consensus: Consensus): Readonly<Record<string, unknown>> {
  const { leader, role, term, commitIndex, appliedIndex } = consensus.status();
  return {
    id: formatId(consensus.memberId),
    term,
    commit: commitIndex,
    applied: appliedIndex,
    lead: formatId(leader),
    raftState: role,
  };
}
