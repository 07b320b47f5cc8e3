import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { localClient, localPeer } from './flag-table.ts';
import type { Settings } from './settings.ts';
import { type MemberUrl, parseUrls } from './urls.ts';

/** The IPv4 address of the interface by which the default route leaves this machine (Linux). */
export function machineHost(): string | undefined {
  let routes: string;
  try {
    routes = readFileSync('/proc/net/route', 'utf8');
  } catch {
    return undefined;
  }
  const name = defaultInterface(routes);
  const addresses = name === undefined ? undefined : networkInterfaces()[name];
  return addresses?.find(({ family }) => family === 'IPv4')?.address;
}

/** `Iface Destination Gateway Flags RefCnt Use Metric Mask …`, in hex. The last one counts. */
export function defaultInterface(routes: string): string | undefined {
  const rows = routes.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.findLast((row) => row[1] === '00000000' && row[7] === '00000000')?.[0];
}

/**
 * Who listens on every address and advertises the default is advertised under the machine's own
 * address, as etcd does: nobody else could use `localhost`. The host that was used, if any.
 */
export function advertiseDefaultHost(
  settings: Settings,
  hostOf: () => string | undefined,
): string | undefined {
  const pairs = [
    ['listen-peer-urls', 'initial-advertise-peer-urls', localPeer],
    ['listen-client-urls', 'advertise-client-urls', localClient],
  ] as const;
  const open = pairs.filter(([listened, advertised, usual]) => {
    const [only, second] = settings.urls(advertised);
    const isUsual = only?.text === usual && second === undefined;
    return isUsual && settings.urls(listened)[0]?.host === '0.0.0.0';
  });
  const host = open.length === 0 ? undefined : hostOf();
  if (host === undefined) return undefined;
  for (const [listened, advertised] of open) {
    const { port } = settings.urls(listened)[0] as MemberUrl;
    const urls = parseUrls(`http://${host}:${port}`);
    if (urls.ok) settings.set(advertised, urls.value);
  }
  return host;
}
