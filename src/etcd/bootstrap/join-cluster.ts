import type { Log } from '../../base/log.ts';
import type { Config } from '../config/config.ts';
import type { Member } from '../membership/member.ts';
import { type FetchedMembers, fetchMembers, fetchVersion } from '../peer/peer-client.ts';
import type { PeerDialer } from '../peer/peer-dialer.ts';
import { formatId } from '../proto/ids.ts';
import type { Identity } from './new-cluster.ts';

/** What a joining member asks of the members that are there; the real ones are in peer-client.ts. */
export type PeerQuestions = {
  readonly members: (url: string, signal: AbortSignal) => Promise<FetchedMembers>;
  readonly clusterVersion: (url: string, signal: AbortSignal) => Promise<string>;
};

export function peerQuestions(dialer: PeerDialer): PeerQuestions {
  return {
    members: (url, signal) => fetchMembers(url, signal, dialer),
    clusterVersion: async (url, signal) => (await fetchVersion(url, signal, dialer)).cluster,
  };
}

/** etcd's patience with each peer. */
const MEMBERS_TIMEOUT_MS = 10_000;
/** A new cluster's members ask each other too, but only to find a mistake. */
const CHECK_TIMEOUT_MS = 1_000;

/**
 * A member that joins takes its id from the member list of the cluster: the operator's MemberAdd
 * has put it there. Peers are asked one after the other; the first that answers decides.
 */
export async function joinIdentity(
  config: Config,
  log: Log,
  ask: PeerQuestions,
): Promise<Identity> {
  const others = peerUrlsOfOthers(config);
  const fetched = await firstAnswer(others, log, ask);
  const expected = config.initialCluster.map(({ peerUrls }) => urlSet(peerUrls)).sort();
  const actual = fetched.members.map(({ peerUrls }) => urlSet(peerUrls)).sort();
  if (expected.length !== actual.length) {
    throw new Error(
      `error validating peerURLs: member count is unequal: --initial-cluster names ${expected.length}, ` +
        `the cluster has ${actual.length} (add this member with MemberAdd first)`,
    );
  }
  const missing = expected.find((urls) => !actual.includes(urls));
  if (missing !== undefined) {
    throw new Error(
      `error validating peerURLs: PeerURLs: no match found for existing member, ${missing} is not in the cluster`,
    );
  }
  const ownUrls = config.initialCluster.find(({ name }) => name === config.name)?.peerUrls ?? [];
  const self = fetched.members.find(({ peerUrls }) => urlSet(peerUrls) === urlSet(ownUrls));
  if (self === undefined) throw new Error(`the cluster has no member with ${urlSet(ownUrls)}`);
  refuseSecondLife(self, fetched.members);
  return { memberId: self.id, clusterId: fetched.clusterId, members: fetched.members };
}

/**
 * A member that has published its client URLs has served before. Without its data it must not come
 * back under the old identity: it could vote twice in a term and forget acknowledged writes.
 */
function refuseSecondLife(self: Member, members: readonly Member[]): void {
  if (self.clientUrls.length === 0 || members.length < 2) return;
  throw new Error(
    `member ${formatId(self.id)} has already been bootstrapped, but this data directory is empty: ` +
      'remove the member from the cluster and add it again, or restore its data',
  );
}

/** Finds a founding member whose disk was emptied after the cluster had formed. */
export async function checkNotBootstrapped(
  config: Config,
  identity: Identity,
  ask: PeerQuestions,
): Promise<void> {
  const answers = await Promise.allSettled(
    peerUrlsOfOthers(config).map((url) => ask.members(url, AbortSignal.timeout(CHECK_TIMEOUT_MS))),
  );
  for (const answer of answers) {
    if (answer.status !== 'fulfilled') continue;
    const self = answer.value.members.find(({ id }) => id === identity.memberId);
    if (self !== undefined) refuseSecondLife(self, answer.value.members);
  }
}

/** etcd refuses to join a cluster that is newer, or older by more than one minor version. */
export async function checkVersions(
  config: Config,
  ownVersion: string,
  ask: PeerQuestions,
): Promise<void> {
  const own = minorOf(ownVersion);
  for (const url of peerUrlsOfOthers(config)) {
    let version: string;
    try {
      version = await ask.clusterVersion(url, AbortSignal.timeout(MEMBERS_TIMEOUT_MS));
    } catch {
      continue; // Unreachable peers decide nothing; the one that gave the member list answered.
    }
    const minor = minorOf(version);
    if (minor !== undefined && own !== undefined && minor > own) {
      throw new Error(`incompatible with current running cluster: it runs version ${version}`);
    }
  }
}

function peerUrlsOfOthers(config: Config): readonly string[] {
  return config.initialCluster
    .filter(({ name }) => name !== config.name)
    .flatMap(({ peerUrls }) => peerUrls)
    .sort();
}

async function firstAnswer(
  urls: readonly string[],
  log: Log,
  ask: PeerQuestions,
): Promise<FetchedMembers> {
  for (const url of urls) {
    try {
      return await ask.members(url, AbortSignal.timeout(MEMBERS_TIMEOUT_MS));
    } catch (error) {
      log.warn('failed to get the member list of a peer', { address: url, error });
    }
  }
  throw new Error(
    'cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs',
  );
}

function urlSet(urls: readonly string[]): string {
  return [...urls].sort().join(',');
}

/** `3.7.0` → 7; undefined for `not_decided`. */
function minorOf(version: string): number | undefined {
  const [major, minor] = version.split('.').map(Number);
  return major === 3 && Number.isInteger(minor) ? minor : undefined;
}
