import { servedEtcdVersion } from '../../version.ts';
import { type EtcdVersion, maybeParseVersion } from '../membership/etcd-version.ts';
import type { Member } from '../membership/member.ts';
import { fetchVersion } from './peer-client.ts';
import type { PeerDialer } from './peer-dialer.ts';

/** etcd's patience with each member. */
const VERSION_TIMEOUT_MS = 4_000;

/** The versions of all members' servers; undefined for one that cannot be asked. */
export function serverVersions(
  selfId: bigint,
  members: readonly Member[],
  dialer: PeerDialer,
): Promise<readonly (EtcdVersion | undefined)[]> {
  const own = maybeParseVersion(servedEtcdVersion);
  return Promise.all(
    members.map((member) => (member.id === selfId ? own : serverVersionOf(member, dialer))),
  );
}

async function serverVersionOf(
  member: Member,
  dialer: PeerDialer,
): Promise<EtcdVersion | undefined> {
  for (const url of member.peerUrls) {
    try {
      const { server } = await fetchVersion(url, AbortSignal.timeout(VERSION_TIMEOUT_MS), dialer);
      return maybeParseVersion(server);
    } catch {
      // The next URL, or nobody knows.
    }
  }
  return undefined;
}
