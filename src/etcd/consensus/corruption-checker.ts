import type { Log } from '../../base/log.ts';
import { EtcdError } from '../errors.ts';
import type { HashKvAnswer, HashKvResult } from '../mvcc/store.ts';
import { formatId } from '../proto/ids.ts';

/** What another member answered, or why it did not. */
export type PeerHash = {
  readonly id: bigint;
  readonly urls: readonly string[];
  readonly answer: HashKvAnswer | undefined;
  readonly error: unknown;
};

export type CorruptionCheckerParts = {
  readonly memberId: bigint;
  readonly log: Log;
  /** Of this member; 0: the current revision. */
  readonly hash: (revision: number) => Promise<HashKvAnswer>;
  /** Of this member's last compactions. */
  readonly compactionHashes: () => readonly HashKvResult[];
  /** Of all other members, learners too. */
  readonly peerHashes: (revision: number) => Promise<readonly PeerHash[]>;
  readonly readBarrier: () => Promise<void>;
  /** Proposes the alarm; 0n: the cluster as a whole. */
  readonly raiseAlarm: (member: bigint) => void;
  readonly requestTimeoutMs: number;
};

/**
 * Compares this member's store with those of the others, by etcd's rules and in its words. Hashes
 * of different moments say nothing: only what was compacted at the same revision is compared.
 */
export class CorruptionChecker {
  readonly #parts: CorruptionCheckerParts;
  /** Compactions up to here were found alike everywhere. */
  #checkedRevision = 0;

  constructor(parts: CorruptionCheckerParts) {
    this.#parts = parts;
  }

  /** Before a member serves anybody. Throws when another one has a different store. */
  async initialCheck(): Promise<void> {
    const { log, requestTimeoutMs } = this.#parts;
    const id = formatId(this.#parts.memberId);
    log.info('starting initial corruption check', {
      'local-member-id': id,
      'timeout-ms': requestTimeoutMs,
    });
    const own = await this.#parts.hash(0);
    let mismatches = 0;
    for (const peer of await this.#parts.peerHashes(own.hashRevision)) {
      if (this.#differsAtStart(own, peer)) mismatches += 1;
    }
    if (mismatches > 0) throw new Error(`${id} found data inconsistency with peers`);
    log.info('initial corruption checking passed; no corruption', { 'local-member-id': id });
  }

  /**
   * By the leader: its store against that of each other member. A follower may lag, but what it has
   * the leader has, and has had.
   */
  async periodicCheck(): Promise<void> {
    const { log, memberId } = this.#parts;
    const before = await this.#parts.hash(0);
    const peers = await this.#parts.peerHashes(before.hashRevision);
    await this.#parts.readBarrier();
    const after = await this.#parts.hash(0);
    let suspect: bigint | undefined;
    if (differsFromItself(before, after)) {
      log.warn('found hash mismatch', {
        'revision-1': before.hashRevision,
        'compact-revision-1': before.compactRevision,
        'hash-1': before.hash,
        'revision-2': after.hashRevision,
        'compact-revision-2': after.compactRevision,
        'hash-2': after.hash,
      });
      suspect = memberId;
    }
    let checked = 0;
    for (const { id, answer } of peers) {
      if (answer === undefined) continue;
      checked += 1;
      if (this.#isImpossible(id, answer, before, after)) suspect ??= id;
    }
    // One member at most, as in etcd: to a leader that differs from all each of them looks wrong.
    if (suspect !== undefined) this.#parts.raiseAlarm(suspect);
    log.info('finished peer corruption check', { 'number-of-peers-checked': checked });
  }

  /** By the leader: the newest compaction that all have done and that was not compared yet. */
  async compactHashCheck(): Promise<void> {
    const { log, memberId, requestTimeoutMs } = this.#parts;
    log.info('starting compact hash check', {
      'local-member-id': formatId(memberId),
      'timeout-ms': requestTimeoutMs,
    });
    const hashes = this.#uncheckedHashes();
    let count = 0;
    for (const hash of hashes) {
      count += 1;
      const peers = await this.#parts.peerHashes(hash.hashRevision);
      if (peers.length > 0 && this.#compareCompactions(hash, peers)) break;
    }
    log.info('finished compaction hash check', { 'number-of-hashes-checked': count });
  }

  #differsAtStart(own: HashKvAnswer, { id, urls, answer, error }: PeerHash): boolean {
    const { log, memberId } = this.#parts;
    const fields = {
      'local-member-id': formatId(memberId),
      'local-member-revision': own.hashRevision,
      'local-member-compact-revision': own.compactRevision,
      'local-member-hash': own.hash,
      'remote-peer-id': formatId(id),
      'remote-peer-endpoints': urls,
    };
    if (answer === undefined) {
      const words = error instanceof EtcdError ? startRefusals.get(error.name) : undefined;
      if (words !== undefined) log.warn(words, { ...fields, error });
      return false;
    }
    if (answer.hash === own.hash) return false;
    const isSameCompaction = answer.compactRevision === own.compactRevision;
    const what = isSameCompaction ? 'hash' : 'compact revision';
    log.warn(`found different ${what} values from remote peer`, {
      ...fields,
      'remote-peer-revision': answer.revision,
      'remote-peer-compact-revision': answer.compactRevision,
      'remote-peer-hash': answer.hash,
    });
    return isSameCompaction;
  }

  #isImpossible(
    id: bigint,
    answer: HashKvAnswer,
    before: HashKvAnswer,
    after: HashKvAnswer,
  ): boolean {
    const { log } = this.#parts;
    const follower = { 'follower-peer-id': formatId(id) };
    let isImpossible = false;
    if (answer.revision > after.revision) {
      isImpossible = true;
      log.warn("revision from follower must be less than or equal to leader's", {
        'leader-revision': after.revision,
        'follower-revision': answer.revision,
        ...follower,
      });
    }
    const compactRevisions = {
      'leader-compact-revision': after.compactRevision,
      'follower-compact-revision': answer.compactRevision,
    };
    if (answer.compactRevision > after.compactRevision) {
      isImpossible = true;
      log.warn("compact revision from follower must be less than or equal to leader's", {
        ...compactRevisions,
        ...follower,
      });
    }
    if (answer.compactRevision === before.compactRevision && answer.hash !== before.hash) {
      isImpossible = true;
      log.warn('same compact revision then hashes must match', {
        ...compactRevisions,
        'leader-hash': before.hash,
        'follower-hash': answer.hash,
        ...follower,
      });
    }
    return isImpossible;
  }

  /** Newest first. */
  #uncheckedHashes(): HashKvResult[] {
    return this.#parts
      .compactionHashes()
      .filter(({ hashRevision }) => hashRevision > this.#checkedRevision)
      .sort((a, b) => b.hashRevision - a.hashRevision);
  }

  /** False: somebody could not be compared, so an older compaction is worth a look. */
  #compareCompactions(own: HashKvResult, peers: readonly PeerHash[]): boolean {
    const byHash = new Map<number, bigint[]>([[own.hash, [this.#parts.memberId]]]);
    let compared = 0;
    for (const { id, answer } of peers) {
      if (answer === undefined || answer.compactRevision !== own.compactRevision) {
        this.#logSkipped(id, answer, own, peers.length);
        continue;
      }
      compared += 1;
      const alike = byHash.get(answer.hash);
      if (alike === undefined) byHash.set(answer.hash, [id]);
      else alike.push(id);
    }
    if (byHash.size === 1) return this.#noteConsistent(own, compared, peers.length);
    this.#raiseForMinority(own, byHash, peers.length + 1);
    return true;
  }

  #noteConsistent(own: HashKvResult, compared: number, peers: number): boolean {
    const { log } = this.#parts;
    const fields = {
      'number-of-peers-checked': compared,
      'number-of-peers': peers,
      revision: own.hashRevision,
      compactRevision: own.compactRevision,
    };
    if (compared < peers) {
      log.warn(
        'skipped revision in compaction hash check; was not able to check all peers',
        fields,
      );
      return false;
    }
    log.info('successfully checked hash on whole cluster', fields);
    this.#checkedRevision = Math.max(this.#checkedRevision, own.hashRevision);
    return true;
  }

  /** Who is wrong is known only where a quorum agrees, be the leader among it or not. */
  #raiseForMinority(
    own: HashKvResult,
    byHash: ReadonlyMap<number, readonly bigint[]>,
    members: number,
  ): void {
    const { log, memberId, raiseAlarm } = this.#parts;
    const quorum = Math.floor(members / 2) + 1;
    const right = [...byHash.values()].find((ids) => ids.length >= quorum);
    const leader = {
      'leader-id': formatId(memberId),
      'leader-revision': own.hashRevision,
      'leader-compact-revision': own.compactRevision,
      'leader-hash': own.hash,
    };
    if (right === undefined) {
      log.error(
        'Detected compaction hash mismatch but cannot identify the corrupted members, ' +
          'so intentionally set the memberID as 0',
        leader,
      );
      raiseAlarm(0n);
    }
    for (const [hash, ids] of byHash) {
      if (ids === right) continue;
      if (right !== undefined) for (const id of ids) raiseAlarm(id);
      log.error('Detected compaction hash mismatch', {
        ...leader,
        'peer-hash': hash,
        'peer-ids': ids.map(formatId).join(', '),
        'quorum-exist': right !== undefined,
      });
    }
  }

  #logSkipped(
    id: bigint,
    answer: HashKvAnswer | undefined,
    own: HashKvResult,
    peers: number,
  ): void {
    const { log, memberId } = this.#parts;
    const reason =
      answer === undefined
        ? 'no response'
        : `the peer's CompactRevision ${answer.compactRevision} doesn't match ` +
          `leader's CompactRevision ${own.compactRevision}`;
    log.warn("Skipped peer's hash", {
      'number-of-peers': peers,
      'leader-id': formatId(memberId),
      'peer-id': formatId(id),
      reason,
    });
  }
}

const startRefusals: ReadonlyMap<string, string> = new Map([
  ['FutureRev', 'cannot fetch hash from slow remote peer'],
  ['Compacted', 'cannot fetch hash from remote peer; local member is behind'],
  ['ClusterIDMismatch', 'cluster ID mismatch'],
]);

function differsFromItself(before: HashKvAnswer, after: HashKvAnswer): boolean {
  return (
    after.hash !== before.hash &&
    after.hashRevision === before.hashRevision &&
    after.compactRevision === before.compactRevision
  );
}
