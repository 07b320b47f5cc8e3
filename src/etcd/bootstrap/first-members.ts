import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../config/config.ts';
import { joinDiscovered } from './discovery.ts';
import { dnsCluster, systemNames } from './dns-discovery.ts';
import type { Identity } from './new-cluster.ts';

export type FirstMembersOptions = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
};

/** The configuration with the first members that DNS names, if it is to be asked. */
export async function withDnsCluster(options: FirstMembersOptions): Promise<Config> {
  const { config, log } = options;
  if (config.discovery.kind !== 'dns') return config;
  const { domain, serviceName, servers } = config.discovery;
  const names = systemNames(servers);
  const initialCluster = await dnsCluster(config, domain, serviceName, names, log);
  return { ...config, initialCluster };
}

/** The same with the members that the discovery service names, once all of them are there. */
export async function withDiscoveredCluster(
  { config, clock, log }: FirstMembersOptions,
  { memberId }: Identity,
): Promise<Config> {
  const { discovery } = config;
  if (discovery.kind !== 'service') return config;
  log.info('Bootstrapping cluster using v3 discovery.', {
    'discovery-token': discovery.token,
    'discovery-endpoints': discovery.endpoints,
  });
  const self = config.initialCluster.find(({ name }) => name === config.name);
  assert(self !== undefined, 'a member knows itself before it is discovered');
  // A gRPC client takes long to load, and nobody else needs one.
  const { DiscoveryClient } = await import('./discovery-client.ts');
  const join = async (): Promise<Config> => {
    const service = await DiscoveryClient.connect(discovery, clock);
    try {
      const parts = { service, token: discovery.token, memberId, self, clock, log };
      return { ...config, initialCluster: await joinDiscovered(parts) };
    } finally {
      service.close();
    }
  };
  try {
    return await join();
  } catch (error) {
    const reason = (error as Error).message;
    log.warn('failed to bootstrap; discovery token was already used', { error });
    log.warn('do not reuse discovery token; generate a new one to bootstrap a cluster');
    throw new Error(`failed to join discovery cluster (${reason})`, { cause: error });
  }
}
