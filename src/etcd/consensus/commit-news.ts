import type { Clock } from '../../base/clock.ts';
import { limits } from '../config/limits.ts';
import type { Raft } from '../raft/raft.ts';

/**
 * The next write carries the commit index to the followers. Only when none comes soon it gets a
 * message of its own.
 */
export class CommitNews {
  readonly #raft: Raft;
  readonly #clock: Clock;
  /** Runs what it is given, and then looks what raft has to do. */
  readonly #handIn: (input: () => void) => void;
  readonly #stopping = new AbortController();
  #isWaiting = false;

  constructor(raft: Raft, clock: Clock, handIn: (input: () => void) => void) {
    this.#raft = raft;
    this.#clock = clock;
    this.#handIn = handIn;
  }

  /** To be called when raft has sent what it wants to send. */
  sent(): void {
    if (this.#isWaiting || !this.#raft.commitIsUntold) return;
    this.#isWaiting = true;
    const index = this.#raft.commitIndex;
    const told = this.#clock.after(limits.raftCommitNewsMs, this.#stopping.signal).then(() => {
      this.#isWaiting = false;
      this.#handIn(() => this.#raft.tellCommit(index));
    });
    told.catch(() => undefined); // Stopped.
  }

  stop(): void {
    this.#stopping.abort();
  }
}
