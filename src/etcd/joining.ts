import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Config } from './config/config.ts';
import type { ConsensusLoop } from './consensus/loop.ts';
import type { Member } from './membership/member.ts';
import type { PeerTransport } from './peer/transport.ts';
import { formatId } from './proto/ids.ts';

export type JoiningParts = {
  readonly config: Config;
  readonly loop: ConsensusLoop;
  readonly peers: PeerTransport;
  readonly members: () => readonly Member[];
  readonly isStopping: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
};

/** How often a member that starts looks whether a peer is connected, and for how long. */
const PEER_POLL_MS = 50;
const PEER_WAIT_MS = 5_000;

/** How often a member that is alone stands for election until it leads, and for how long. */
const ALONE_POLL_MS = 5;
const ALONE_TRIES = 100;

/**
 * etcd's initial-election-tick-advance: a member that starts alone need not wait for a leader that
 * cannot exist; one whose peers answer would have heard from a leader within two ticks.
 */
export async function advanceElection(parts: JoiningParts): Promise<void> {
  const { config, loop, peers, members, isStopping, clock } = parts;
  const ticks = config.electionTimeoutTicks;
  if (members().length === 1) {
    await leadAlone(parts);
    return;
  }
  const deadlineMs = clock.monotonicMs() + PEER_WAIT_MS;
  while (clock.monotonicMs() < deadlineMs && !isStopping()) {
    const isConnected = members().some(
      ({ id }) => id !== loop.memberId && peers.activeSinceMs(id) !== undefined,
    );
    if (isConnected) {
      loop.advanceTicks(Math.max(ticks - 2, 0));
      return;
    }
    await clock.after(PEER_POLL_MS);
  }
}

/**
 * Nobody else can lead, so not even the last, random part of the election timeout is worth waiting
 * for. Tried again, because raft refuses while the log's own configuration is not applied yet.
 */
async function leadAlone({ loop, isStopping, clock }: JoiningParts): Promise<void> {
  for (let tries = 0; tries < ALONE_TRIES; tries += 1) {
    if (loop.status().leader !== 0n || isStopping()) return;
    loop.campaign();
    await clock.after(ALONE_POLL_MS);
  }
}

/**
 * Tells the cluster this member's name and client URLs, until that is in the log. A member that
 * told the same before is done at once: its clients may need it to get a leader.
 */
export async function publish(parts: JoiningParts): Promise<void> {
  const { config, loop, members, isStopping, clock, log } = parts;
  const attributes = { name: config.name, clientUrls: config.advertiseClientUrls };
  const self = members().find(({ id }) => id === loop.memberId);
  const isKnown =
    self?.name === attributes.name && self.clientUrls.join() === attributes.clientUrls.join();
  if (isKnown) return;
  const request = { memberID: loop.memberId, memberAttributes: attributes };
  while (!isStopping()) {
    try {
      await loop.propose({ clusterMemberAttrSet: request });
      log.info('published local member to cluster through raft', attributes);
      return;
    } catch (error) {
      log.warn('failed to publish local member to cluster through raft', { error });
      await clock.after(config.heartbeatIntervalMs);
    }
  }
}

/**
 * Gives leadership to the voter that has the most of the log. Without one that answers there is
 * nobody to take over, and the others elect somebody when this member is gone.
 */
export async function handOver(parts: JoiningParts): Promise<void> {
  const { config, loop, peers, members, log } = parts;
  if (loop.status().role !== 'leader') return;
  const [best] = members()
    .filter(({ id, isLearner }) => id !== loop.memberId && !isLearner)
    .filter(({ id }) => peers.activeSinceMs(id) !== undefined)
    .map(({ id }) => ({ id, match: loop.matchIndexOf(id) ?? 0 }))
    .sort((a, b) => b.match - a.match);
  if (best === undefined) return;
  log.info('handing leadership over before stopping', { to: formatId(best.id) });
  try {
    await loop.transferLeadership(best.id, AbortSignal.timeout(config.electionTimeoutMs));
  } catch (error) {
    log.warn('could not hand leadership over', { to: formatId(best.id), error });
  }
}
