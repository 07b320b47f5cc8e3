import { assert, unreachable } from '../../../base/assert.ts';
import { Inflights } from './inflights.ts';

/**
 * How a leader sends to one member:
 *
 *     probe ──(accepted)──▶ replicate ──(rejected or unreachable)──▶ probe
 *       │                       │
 *       └──(log compacted)──▶ snapshot ──(delivery reported)──▶ probe
 *                               └────────(answered)──────────▶ replicate
 *
 * probe: one message per heartbeat, to find where the logs agree. replicate: pipelined up to the
 * inflight window. snapshot: nothing until the snapshot was delivered or failed.
 */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** What the next flush should send: nothing, news (entries or commit) if any, or something anyway. */
export type SendWish = 'none' | 'news' | 'always';

/** Always: match < next. In state snapshot: next = pendingSnapshot + 1. */
export class Progress {
  isLearner: boolean;
  /** The log is known to agree up to here. */
  match: number;
  /** The next entry to send. */
  next: number;
  state: ProgressState = 'probe';
  /** Index of the snapshot on its way, in state snapshot. */
  pendingSnapshot = 0;
  /** Heard within the current election timeout; starts true so that a new member has time to speak. */
  recentActive: boolean;
  /** Set after a probe and while the window is full; a heartbeat answer clears it. */
  isPaused = false;
  /** Highest commit index sent, as far as it can have had an effect. */
  sentCommit = 0;
  /** Up to here a commit is news that somebody at this member waits for. */
  awaitedCommit = 0;
  sendWish: SendWish = 'none';
  readonly inflights: Inflights;

  constructor(options: {
    match: number;
    next: number;
    isLearner: boolean;
    recentActive: boolean;
    maxInflight: number;
  }) {
    this.match = options.match;
    this.next = options.next;
    this.isLearner = options.isLearner;
    this.recentActive = options.recentActive;
    this.inflights = new Inflights(options.maxInflight);
  }

  /** True when no MsgApp may be sent now. */
  get isThrottled(): boolean {
    return this.state === 'snapshot' || this.isPaused;
  }

  becomeProbe(): void {
    // A delivered snapshot is the best guess of where the logs agree.
    const from =
      this.state === 'snapshot' ? Math.max(this.match, this.pendingSnapshot) : this.match;
    this.#enter('probe');
    this.next = from + 1;
    this.sentCommit = Math.min(this.sentCommit, from);
  }

  becomeReplicate(): void {
    this.#enter('replicate');
    this.next = this.match + 1;
  }

  becomeSnapshot(index: number): void {
    this.#enter('snapshot');
    this.pendingSnapshot = index;
    this.next = index + 1;
    this.sentCommit = index;
  }

  /** The snapshot did not arrive: probe from what is known, after the next heartbeat. */
  snapshotFailed(): void {
    this.pendingSnapshot = 0;
    this.becomeProbe();
    this.isPaused = true;
  }

  sentEntries(count: number): void {
    switch (this.state) {
      case 'replicate':
        if (count > 0) {
          this.next += count;
          this.inflights.add(this.next - 1);
        }
        // With a full window only heartbeat answers let an empty message through, in case every
        // message in the window was lost.
        this.isPaused = this.inflights.isFull;
        return;
      case 'probe':
        if (count > 0) this.isPaused = true;
        return;
      case 'snapshot':
        return assert(false, 'no entries are sent while a snapshot is pending');
      default:
        unreachable(this.state);
    }
  }

  /** The follower has everything up to `index`. False when that was known. */
  maybeUpdate(index: number): boolean {
    if (index <= this.match) return false;
    this.match = index;
    if (this.next <= index) this.next = index + 1;
    this.isPaused = false;
    return true;
  }

  /**
   * The follower refused a message anchored at `rejected` and agrees at most up to `hint`. False
   * when the refusal is stale (reordered or duplicated).
   */
  maybeDecrease(rejected: number, hint: number): boolean {
    if (this.state === 'replicate') {
      if (rejected <= this.match) return false;
      this.next = this.match + 1;
    } else {
      // Probes go one at a time, so only the answer to the last one counts.
      if (this.next - 1 !== rejected) return false;
      this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
      this.isPaused = false;
    }
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
    return true;
  }

  /** True when sending `commit` now could let the follower commit more than it was told already. */
  canBumpCommit(commit: number): boolean {
    return commit > this.sentCommit && this.sentCommit < this.next - 1;
  }

  /** A wish is never lowered before it was served. */
  wishToSend(wish: 'news' | 'always'): void {
    if (this.sendWish !== 'always') this.sendWish = wish;
  }

  #enter(state: ProgressState): void {
    this.state = state;
    this.isPaused = false;
    this.pendingSnapshot = 0;
    this.inflights.clear();
  }
}
