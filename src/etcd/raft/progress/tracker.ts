import { majorityIndex, type VoteResult, voteResult } from '../quorum/majority.ts';
import type { Progress } from './progress.ts';

/** Who votes, who only listens, how far each is, and who voted in the current election. */
export class Tracker {
  /** Ascending. */
  voters: readonly bigint[] = [];
  /** Ascending, disjoint from the voters. */
  learners: readonly bigint[] = [];
  /** Exactly the voters and learners. */
  progress: Map<bigint, Progress> = new Map();

  readonly #votes = new Map<bigint, boolean>();
  #scratch: number[] = [];

  isSingleVoter(id: bigint): boolean {
    return this.voters.length === 1 && this.voters[0] === id;
  }

  isVoter(id: bigint): boolean {
    const progress = this.progress.get(id);
    return progress !== undefined && !progress.isLearner;
  }

  /** The highest index that a quorum of voters holds. */
  quorumMatch(): number {
    const acked = this.#emptyScratch();
    for (const id of this.voters) acked.push(this.progress.get(id)?.match ?? 0);
    return majorityIndex(acked);
  }

  /** The highest number that a quorum of voters has acknowledged in `acks`. */
  quorumAck(acks: ReadonlyMap<bigint, number>): number {
    const acked = this.#emptyScratch();
    for (const id of this.voters) acked.push(acks.get(id) ?? 0);
    return majorityIndex(acked);
  }

  /** True when a quorum of voters was heard since `markInactive`. */
  isQuorumActive(): boolean {
    let active = 0;
    for (const id of this.voters) if (this.progress.get(id)?.recentActive === true) active += 1;
    return voteResult(this.voters.length, active, this.voters.length - active) === 'won';
  }

  markInactive(except: bigint): void {
    for (const [id, progress] of this.progress) if (id !== except) progress.recentActive = false;
  }

  resetVotes(): void {
    this.#votes.clear();
  }

  /** The first answer of a member counts. */
  recordVote(id: bigint, granted: boolean): void {
    if (!this.#votes.has(id)) this.#votes.set(id, granted);
  }

  tallyVotes(): {
    readonly granted: number;
    readonly refused: number;
    readonly result: VoteResult;
  } {
    let granted = 0;
    let refused = 0;
    for (const id of this.voters) {
      const vote = this.#votes.get(id);
      if (vote === true) granted += 1;
      if (vote === false) refused += 1;
    }
    return { granted, refused, result: voteResult(this.voters.length, granted, refused) };
  }

  #emptyScratch(): number[] {
    this.#scratch.length = 0;
    return this.#scratch;
  }
}
