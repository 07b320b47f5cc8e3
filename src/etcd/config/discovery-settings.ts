import { defaultInitialCluster } from './flag-table.ts';
import type { Settings } from './settings.ts';

/** Where a cluster's first members learn of each other, if not from `--initial-cluster`. */
export type DiscoverySettings =
  | { readonly kind: 'none' }
  | ServiceDiscovery
  | {
      readonly kind: 'dns';
      readonly domain: string;
      readonly serviceName: string;
      /** `address:port`; empty: the system's. */
      readonly servers: readonly string[];
    };

/** etcd's discovery of version 3: another etcd cluster keeps the list of members. */
export type ServiceDiscovery = {
  readonly kind: 'service';
  /** Names the cluster there, and is its `--initial-cluster-token` too. */
  readonly token: string;
  readonly endpoints: readonly string[];
  readonly dialTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepaliveTimeMs: number;
  readonly keepaliveTimeoutMs: number;
  /** Endpoints without a scheme are reached without TLS, unless certificates are named. */
  readonly isInsecure: boolean;
  readonly skipsVerification: boolean;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly user: string;
  readonly password: string;
};

/** With discovery the default of `--initial-cluster` does not count. */
export function initialClusterOf(settings: Settings): string {
  const text = settings.text('initial-cluster');
  if (text !== defaultInitialCluster || settings.isExplicit('initial-cluster')) return text;
  const others = ['discovery-srv', 'discovery-srv-name'].some((name) => settings.text(name) !== '');
  return others || discoveryEndpoints(settings).length > 0 ? '' : text;
}

/** etcd's checks of these flags, in its order and with its words. */
export function discoveryProblem(settings: Settings): string | undefined {
  const endpoints = discoveryEndpoints(settings);
  const ways = [
    initialClusterOf(settings) !== '',
    settings.text('discovery-srv') !== '',
    endpoints.length > 0,
  ];
  if (ways.filter((isUsed) => isUsed).length > 1) {
    return (
      'multiple discovery or bootstrap flags are set. Choose one of "initial-cluster", ' +
      '"discovery-endpoints" or "discovery-srv"'
    );
  }
  if ((settings.text('discovery-token') !== '') !== endpoints.length > 0) {
    return 'both --discovery-token and --discovery-endpoints must be set';
  }
  if (endpoints.some((endpoint) => endpoint.trim() === '')) {
    return '--discovery-endpoints must not contain empty endpoints';
  }
  return undefined;
}

export function readDiscovery(
  settings: Settings,
  dnsServers: readonly string[],
): DiscoverySettings {
  const endpoints = discoveryEndpoints(settings);
  const domain = settings.text('discovery-srv');
  if (endpoints.length === 0) {
    if (domain === '') return { kind: 'none' };
    return {
      kind: 'dns',
      domain,
      serviceName: settings.text('discovery-srv-name'),
      servers: dnsServers,
    };
  }
  return {
    kind: 'service',
    token: settings.text('discovery-token'),
    endpoints,
    dialTimeoutMs: settings.number('discovery-dial-timeout'),
    requestTimeoutMs: settings.number('discovery-request-timeout'),
    keepaliveTimeMs: settings.number('discovery-keepalive-time'),
    keepaliveTimeoutMs: settings.number('discovery-keepalive-timeout'),
    isInsecure: settings.flag('discovery-insecure-transport'),
    skipsVerification: settings.flag('discovery-insecure-skip-tls-verify'),
    certFile: settings.text('discovery-cert'),
    keyFile: settings.text('discovery-key'),
    caFile: settings.text('discovery-cacert'),
    user: settings.text('discovery-user'),
    password: settings.text('discovery-password'),
  };
}

function discoveryEndpoints(settings: Settings): readonly string[] {
  return settings.isExplicit('discovery-endpoints') ? settings.list('discovery-endpoints') : [];
}
