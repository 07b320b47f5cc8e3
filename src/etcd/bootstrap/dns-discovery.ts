import { lookup, Resolver } from 'node:dns/promises';
import type { Log } from '../../base/log.ts';
import type { Config } from '../config/config.ts';
import { type NamedPeerUrls, parseInitialCluster } from '../config/urls.ts';

/** The answers of DNS that are needed here. */
export type NameService = {
  /** Targets of a name's SRV records, in the order to use them. */
  services(name: string): Promise<readonly { readonly name: string; readonly port: number }[]>;
  address(host: string): Promise<string>;
};

/** Records come from the given servers, or the system's; addresses always from the system. */
export function systemNames(servers: readonly string[]): NameService {
  const resolver = new Resolver();
  if (servers.length > 0) resolver.setServers(servers);
  return {
    services: async (name) => {
      const records = await resolver.resolveSrv(name);
      return records.sort((a, b) => a.priority - b.priority);
    },
    // Go takes the IPv4 address where there are both.
    address: async (host) => {
      const found = await lookup(host, { family: 4 }).catch(() => lookup(host));
      return found.address;
    },
  };
}

/**
 * The first members by the SRV records of a domain, `_etcd-server-ssl._tcp` for https and
 * `_etcd-server._tcp` for http. The record whose address this member advertises is the member
 * itself; records carry no names, so the others are called `0`, `1`, ….
 */
export async function dnsCluster(
  config: Config,
  domain: string,
  serviceName: string,
  names: NameService,
  log: Log,
): Promise<readonly NamedPeerUrls[]> {
  const suffix = serviceName === '' ? '' : `-${serviceName}`;
  const found: string[] = [];
  const problems: string[] = [];
  for (const [scheme, service] of [
    ['https', `etcd-server-ssl${suffix}`],
    ['http', `etcd-server${suffix}`],
  ] as const) {
    try {
      found.push(...(await membersOf(config, scheme, service, domain, names)));
    } catch (error) {
      problems.push((error as Error).message);
    }
    log.info(`get cluster for ${service} SRV`, {
      'service-scheme': scheme,
      'service-name': service,
      'server-name': config.name,
      'discovery-srv': domain,
      'advertise-peer-urls': config.initialAdvertisePeerUrls,
      'found-cluster': found,
    });
  }
  if (problems.length > 0) log.warn('failed to resolve during SRV discovery', { error: problems });
  const refusal = (problem: string): Error =>
    new Error(`error setting up initial cluster: ${problem}`);
  if (found.length === 0) throw refusal(problems.join('\n'));
  const cluster = parseInitialCluster(found.join(','));
  if (!cluster.ok) throw refusal(cluster.error);
  if (!cluster.value.some(({ name }) => name === config.name)) {
    throw refusal(`cannot find local etcd member ${JSON.stringify(config.name)} in SRV records`);
  }
  return cluster.value;
}

/** `name=url` of every record; throws when there is not one that can be used. */
async function membersOf(
  config: Config,
  scheme: 'http' | 'https',
  service: string,
  domain: string,
  names: NameService,
): Promise<readonly string[]> {
  const own = new Map<string, string>();
  for (const url of config.initialAdvertisePeerUrls) {
    const { hostname, port } = new URL(url);
    own.set(await addressOf(hostname, Number(port), names), url);
  }
  const queried = (reason: string, cause?: unknown): Error =>
    new Error(`error querying DNS SRV records for _${service} ${reason}`, { cause });
  let records: Awaited<ReturnType<NameService['services']>>;
  try {
    records = await names.services(`_${service}._tcp.${domain}`);
  } catch (cause) {
    throw queried(`lookup _${service}._tcp.${domain}: ${reasonOf(cause)}`, cause);
  }
  const members: string[] = [];
  let problem = `lookup _${service}._tcp.${domain}: no records`;
  let unnamed = 0;
  for (const { name: target, port } of records) {
    const host = target.replace(/\.$/, '');
    const url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    try {
      const ownUrl = own.get(await addressOf(host, port, names));
      const name = ownUrl === undefined || config.name === '' ? `${unnamed++}` : config.name;
      if (ownUrl === undefined || ownUrl.startsWith(`${scheme}:`)) members.push(`${name}=${url}`);
      else {
        problem =
          `bootstrap at ${url} from DNS for ${service} has scheme mismatch ` +
          `with expected peer ${ownUrl}`;
      }
    } catch (error) {
      problem = `lookup ${host}: ${reasonOf(error)}`;
    }
  }
  if (members.length === 0) throw queried(problem);
  return members;
}

async function addressOf(host: string, port: number, names: NameService): Promise<string> {
  return `${await names.address(host)} ${port}`;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOTFOUND' || code === 'ENODATA' ? 'no such host' : message;
}
