import { isIP } from 'node:net';
import type { Log } from '../../base/log.ts';

/**
 * etcd's gate SetMemberLocalAddr: connections to other members come from the first address among
 * the advertised peer URLs that others can reach, so that firewalls and certificates which name it
 * hold for both directions. Host names are passed over.
 */
export function findLocalAddress(
  advertisePeerUrls: readonly string[],
  log: Log,
): string | undefined {
  const urls = { 'advertise-peer-urls': advertisePeerUrls };
  log.info('searching for a suitable member local address in AdvertisePeerURLs', urls);
  for (const url of advertisePeerUrls) {
    const host = hostOf(url);
    if (isIP(host) === 0 || isLocalOnly(host)) continue;
    log.info('setting member local address', { LocalAddr: host });
    return host;
  }
  log.warn('unable to set a member local address due to lack of suitable local addresses', urls);
  return undefined;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : '';
}

/** Loopback, or no address in particular. */
function isLocalOnly(host: string): boolean {
  return host.startsWith('127.') || host === '0.0.0.0' || host === '::' || host === '::1';
}
