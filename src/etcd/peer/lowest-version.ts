import { servedEtcdVersion } from '../../version.ts';
import type { Member } from '../membership/member.ts';
import { fetchVersion } from './peer-client.ts';
import type { PeerDialer } from './peer-dialer.ts';

/** etcd's patience with each member. */
const VERSION_TIMEOUT_MS = 4_000;

/**
 * The lowest version among all members, as `major.minor.0`; undefined when one cannot be asked: a
 * leader must not raise the cluster version past a member that it does not know.
 */
export async function lowestVersion(
  selfId: bigint,
  members: readonly Member[],
  dialer: PeerDialer,
): Promise<string | undefined> {
  const versions = await Promise.all(
    members.map((member) => (member.id === selfId ? servedEtcdVersion : versionOf(member, dialer))),
  );
  let lowest: readonly [number, number] | undefined;
  for (const version of versions) {
    const [major, minor] = (version ?? '').split('.').map(Number);
    if (major === undefined || minor === undefined || Number.isNaN(minor)) return undefined;
    const isLower =
      lowest === undefined || major < lowest[0] || (major === lowest[0] && minor < lowest[1]);
    if (isLower) lowest = [major, minor];
  }
  return lowest === undefined ? undefined : `${lowest[0]}.${lowest[1]}.0`;
}

async function versionOf(member: Member, dialer: PeerDialer): Promise<string | undefined> {
  for (const url of member.peerUrls) {
    try {
      return (await fetchVersion(url, AbortSignal.timeout(VERSION_TIMEOUT_MS), dialer)).server;
    } catch {
      // The next URL, or nobody knows.
    }
  }
  return undefined;
}
