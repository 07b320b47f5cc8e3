import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../config/config.ts';
import {
  compareVersions,
  type EtcdVersion,
  maybeParseVersion,
  oldestClusterVersion,
  versionText,
} from '../membership/etcd-version.ts';
import type { Member } from '../membership/member.ts';
import {
  type FetchedMembers,
  fetchDowngradeEnabled,
  fetchMembers,
  fetchVersion,
} from '../peer/peer-client.ts';
import type { PeerDialer } from '../peer/peer-dialer.ts';
import { formatId } from '../proto/ids.ts';
import type { Identity } from './new-cluster.ts';

/** What a joining member asks of the members that are there; the real ones are in peer-client.ts. */
export type PeerQuestions = {
  readonly members: (url: string, signal: AbortSignal) => Promise<FetchedMembers>;
  readonly clusterVersion: (url: string, signal: AbortSignal) => Promise<string>;
  readonly downgradeEnabled: (url: string, signal: AbortSignal) => Promise<boolean>;
  /** Between two attempts. */
  readonly pause: () => Promise<void>;
};

export function peerQuestions(dialer: PeerDialer, clock: Clock): PeerQuestions {
  return {
    members: (url, signal) => fetchMembers(url, signal, dialer),
    clusterVersion: async (url, signal) => (await fetchVersion(url, signal, dialer)).cluster,
    downgradeEnabled: (url, signal) => fetchDowngradeEnabled(url, signal, dialer),
    pause: () => clock.after(VERSION_STEP_MS),
  };
}

/** etcd's patience with each peer. */
const MEMBERS_TIMEOUT_MS = 10_000;
/** A cluster has a version moments after its first leader. */
const VERSION_ATTEMPTS_MAX = 20;
const VERSION_STEP_MS = 500;
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

/**
 * Whether this server may work in the cluster. During a downgrade etcd lets only servers in that
 * are one version below the cluster: those that are to replace its members. A cluster that has no
 * version yet is given some time to get one.
 */
export async function checkVersions(
  identity: Identity,
  ownVersion: string,
  log: Log,
  ask: PeerQuestions,
): Promise<void> {
  const others = identity.members.filter(({ id }) => id !== identity.memberId);
  for (let attempt = 1; ; attempt += 1) {
    const versions = await clusterVersions(others, log, ask);
    const range = allowedVersions(ownVersion, await isDowngrading(others, log, ask));
    const unfit = versions.find((version) => !isWithin(range, version));
    if (unfit !== undefined) throw incompatible(`it runs version ${versionText(unfit)}`);
    if (versions.length > 0) return;
    if (attempt === VERSION_ATTEMPTS_MAX) throw incompatible('no member names its version');
    await ask.pause();
  }
}

function incompatible(why: string): Error {
  return new Error(`incompatible with current running cluster: ${why}`);
}

/** Members that do not answer, or know none yet, decide nothing. */
async function clusterVersions(
  members: readonly Member[],
  log: Log,
  ask: PeerQuestions,
): Promise<readonly EtcdVersion[]> {
  const answers = await Promise.all(
    members.map((member) => askMember(member, log, ask.clusterVersion)),
  );
  const versions = answers.map((text) => maybeParseVersion(text ?? ''));
  return versions.filter((version) => version !== undefined);
}

/** The answer is linearizable, so the first one counts. */
async function isDowngrading(
  members: readonly Member[],
  log: Log,
  ask: PeerQuestions,
): Promise<boolean> {
  for (const member of members) {
    const answer = await askMember(member, log, ask.downgradeEnabled);
    if (answer !== undefined) return answer;
  }
  return false;
}

async function askMember<T>(
  member: Member,
  log: Log,
  question: (url: string, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  for (const url of member.peerUrls) {
    try {
      return await question(url, AbortSignal.timeout(MEMBERS_TIMEOUT_MS));
    } catch (error) {
      log.warn('failed to ask a peer', { address: url, error });
    }
  }
  return undefined;
}

type VersionRange = { readonly from: EtcdVersion; readonly to: EtcdVersion };

function allowedVersions(ownVersion: string, isInDowngrade: boolean): VersionRange {
  const own = maybeParseVersion(ownVersion);
  assert(own !== undefined, 'this server has a version');
  if (!isInDowngrade) return { from: oldestClusterVersion, to: own };
  const above = { ...own, minor: own.minor + 1 };
  return { from: above, to: above };
}

function isWithin({ from, to }: VersionRange, version: EtcdVersion): boolean {
  return compareVersions(from, version) <= 0 && compareVersions(version, to) <= 0;
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
