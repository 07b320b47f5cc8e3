import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { RpcTable } from '../rpc.ts';
import type { DebugSource } from './debug-vars.ts';
import type { HealthObserver, HealthSource } from './health.ts';
import type { MetricsSource } from './metrics.ts';
import type { VersionSource } from './version.ts';

/** What a port that speaks HTTP/1 serves, and to whom. */
export type HttpServerOptions = {
  readonly health: HealthSource;
  readonly healthObserver: HealthObserver;
  readonly healthTimeoutMs: number;
  readonly metrics: MetricsSource;
  readonly browsers: BrowserRules;
  /** Undefined on a port of `--listen-metrics-urls`: health and metrics only. */
  readonly client: ClientSide | undefined;
  readonly clock: Clock;
  readonly log: Log;
};

/** Whose pages may ask, and under which names; see cross-origin.ts. */
export type BrowserRules = {
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
};

export type ClientSide = {
  readonly rpcs: RpcTable;
  readonly receiveBytesMax: number;
  readonly version: VersionSource;
  readonly servesGateway: boolean;
  readonly isAuthEnabled: () => boolean;
  readonly servesProfiles: boolean;
  readonly debug: DebugSource;
};
