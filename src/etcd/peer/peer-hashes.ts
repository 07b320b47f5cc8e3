import type { Log } from '../../base/log.ts';
import type { PeerHash } from '../consensus/corruption-checker.ts';
import type { Member } from '../membership/member.ts';
import { formatId } from '../proto/ids.ts';
import { hashKvOf } from './peer-client.ts';
import type { PeerDialer } from './peer-dialer.ts';

export type PeerHashesParts = {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly members: () => readonly Member[];
  readonly dialer: PeerDialer;
  readonly requestTimeoutMs: number;
  /** Ends what is under way. */
  readonly stopping: AbortSignal;
  readonly log: Log;
};

/** Asks the other members for the hash of one revision, one after the other, as etcd does. */
export async function peerHashes(
  parts: PeerHashesParts,
  revision: number,
): Promise<readonly PeerHash[]> {
  const found: PeerHash[] = [];
  for (const { id, peerUrls } of parts.members()) {
    if (id === parts.memberId || peerUrls.length === 0) continue;
    found.push({ id, urls: peerUrls, ...(await ask(parts, peerUrls, revision)) });
  }
  return found;
}

async function ask(
  { memberId, clusterId, dialer, requestTimeoutMs, stopping, log }: PeerHashesParts,
  urls: readonly string[],
  revision: number,
): Promise<Pick<PeerHash, 'answer' | 'error'>> {
  let failure: unknown;
  for (const url of urls) {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(requestTimeoutMs)]);
    try {
      const answer = await hashKvOf(url, revision, clusterId, signal, dialer);
      return { answer, error: undefined };
    } catch (error) {
      failure = error;
    }
    if (stopping.aborted) break;
    log.warn('failed hash kv request', {
      'local-member-id': formatId(memberId),
      'requested-revision': revision,
      'remote-peer-endpoint': url,
      error: failure,
    });
  }
  return { answer: undefined, error: failure };
}
