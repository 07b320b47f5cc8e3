import { lookup } from 'node:dns/promises';
import { parseSocketUrl } from '../../base/socket-url.ts';
import type { Config } from './config.ts';
import { formatInitialCluster } from './urls.ts';

/**
 * Checks of `initial-cluster` that etcd makes only when there is no data yet: a member that
 * restarts takes its cluster from the WAL, whatever the flags say by then.
 */

type InitialCluster = Pick<Config, 'name' | 'initialCluster' | 'initialAdvertisePeerUrls'>;

/**
 * For `initial-cluster-state=new`. `resolve` turns a URL's host name into an address; it may fail.
 */
export async function newClusterProblem(
  config: InitialCluster,
  resolve: (url: string) => Promise<string>,
): Promise<string | undefined> {
  return (
    missingNameProblem(config) ??
    (await advertiseMismatch(config, resolve)) ??
    duplicateUrlProblem(config)
  );
}

/** For `initial-cluster-state=existing`. */
export function joinProblem(config: Config): string | undefined {
  const problem = missingNameProblem(config) ?? duplicateUrlProblem(config);
  if (problem !== undefined || config.discovery.kind !== 'service') return problem;
  return 'discovery URL should not be set when joining existing initial cluster';
}

function missingNameProblem(config: InitialCluster): string | undefined {
  if (config.initialCluster.some((member) => member.name === config.name)) return undefined;
  return `couldn't find local name ${JSON.stringify(config.name)} in the initial cluster configuration`;
}

function duplicateUrlProblem(config: InitialCluster): string | undefined {
  const urls = config.initialCluster.flatMap((member) => member.peerUrls);
  if (new Set(urls).size === urls.length) return undefined;
  return `initial cluster ${formatInitialCluster(config.initialCluster)} has duplicate url`;
}

/** Equal as text is enough; otherwise both sides may still name the same addresses. */
async function advertiseMismatch(
  config: InitialCluster,
  resolve: (url: string) => Promise<string>,
): Promise<string | undefined> {
  const listed = config.initialCluster.find((m) => m.name === config.name)?.peerUrls ?? [];
  const advertised = [...config.initialAdvertisePeerUrls].sort();
  if (sameTexts(listed, advertised)) return undefined;
  const difference = await addressDifference(advertised, listed, resolve);
  if (difference === undefined) return undefined;
  const missing = listed.filter((url) => !advertised.includes(url));
  if (missing.length > 0) {
    const names = missing.map((url) => `${config.name}=${url}`).join(',');
    return (
      `--initial-cluster has ${names} but missing from ` +
      `--initial-advertise-peer-urls=${advertised.join(',')} (${difference})`
    );
  }
  const extra = advertised.filter((url) => !listed.includes(url));
  const own = formatInitialCluster([{ name: config.name, peerUrls: advertised }]);
  const names = extra.join(',');
  return `--initial-advertise-peer-urls has ${names} but missing from --initial-cluster=${own}`;
}

/** Why the URLs are not of the same addresses, in etcd's words. */
async function addressDifference(
  advertised: readonly string[],
  listed: readonly string[],
  resolve: (url: string) => Promise<string>,
): Promise<string | undefined> {
  if (advertised.length !== listed.length) {
    return `len([${quoted(advertised)}]) != len([${quoted(listed)}])`;
  }
  const addresses: string[] = [];
  for (const url of [...advertised, ...listed]) {
    try {
      addresses.push(await resolve(url));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return `failed to resolve ${JSON.stringify(url)} (${reason})`;
    }
  }
  const left = addresses.slice(0, advertised.length);
  const right = addresses.slice(advertised.length);
  if (sameTexts([...left].sort(), [...right].sort())) return undefined;
  return `resolved urls: ${quoted([left.join(',')])} != ${quoted([right.join(',')])}`;
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(' ');
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}

/** A URL with its host name looked up, except that etcd takes `localhost` as it is. */
export async function resolveUrl(url: string): Promise<string> {
  if (parseSocketUrl(url) !== undefined) return url;
  const parsed = new URL(url);
  if (parsed.hostname === 'localhost') return url;
  const { address } = await lookup(parsed.hostname);
  return `${parsed.protocol}//${address}:${parsed.port}`;
}
