import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import type { ConfState } from '../proto/generated/raftpb.ts';
import { LogBytes } from './log-bytes.ts';

/** A position in the log that the state on disk has reached. */
export type AppliedPosition = {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
};

export type SnapshotPolicyParts = {
  readonly clock: Clock;
  readonly log: Log;
  /** What the state machine has applied now. */
  readonly position: () => AppliedPosition;
  /** Makes everything applied before the call survive a power loss. */
  readonly checkpoint: () => Promise<void>;
  readonly growthSinceCheckpointBytes: () => number;
  /**
   * Writes the marker from which the next start replays, durably, behind a hard state whose commit
   * has reached it: a marker beyond the last written commit index does not count.
   */
  readonly saveWalSnapshot: (position: AppliedPosition) => Promise<void>;
  readonly releaseWalBefore: (index: number) => Promise<void>;
  /** First entry that raft keeps in memory. */
  readonly firstLogIndex: () => number;
  readonly compactLog: (toIndex: number) => void;
  readonly snapshotCount: number;
  readonly catchUpEntries: number;
  readonly onFatal: (error: Error) => void;
};

/** At most this much of a power loss has to be replayed from the WAL, and freed pages rest this long. */
const CHECKPOINT_STEP_MS = 1_000;
/** The log in memory is cut in steps of this many entries, not entry by entry. */
const LOG_CUT_STEP = 1_000;

/**
 * Decides when the state is forced to disk and how much log is kept. The order is what makes it
 * safe: state synced, then the WAL marker synced, then old WAL segments released. A crash between
 * any two of them replays more than needed, never less.
 */
export class SnapshotPolicy {
  readonly #parts: SnapshotPolicyParts;
  #checkpointed: number;
  #snapshotted: number;
  /** What raft knows to be applied: it hears of a batch only after `applied` was called for it. */
  #appliedBefore = 0;
  readonly #logBytes = new LogBytes();
  #running: Promise<void> | undefined;
  #transfers = 0;
  #holdUntilMs = 0;
  #stopStep: (() => void) | undefined;

  /** `snapshotIndex`: the newest marker that the WAL already has. */
  constructor(parts: SnapshotPolicyParts, snapshotIndex: number) {
    this.#parts = parts;
    this.#snapshotted = snapshotIndex;
    this.#checkpointed = snapshotIndex;
  }

  start(): void {
    this.#stopStep = this.#parts.clock.every(CHECKPOINT_STEP_MS, () => this.#step());
  }

  /** Waits for a running checkpoint, so that the state can be closed. */
  async stop(): Promise<void> {
    this.#stopStep?.();
    await this.#running;
  }

  /** Called after each batch; `bytes` is what its entries hold in memory. */
  applied(index: number, bytes: number): void {
    this.#cutLog(this.#appliedBefore);
    this.#appliedBefore = index;
    this.#logBytes.applied(index, bytes);
    const growth = this.#parts.growthSinceCheckpointBytes();
    const due = index - this.#snapshotted >= this.#parts.snapshotCount;
    if (due || growth > limits.checkpointGrowthBytesMax) this.#step();
  }

  /** A snapshot was received and installed; its marker is in the WAL already. */
  installed(index: number): void {
    this.#snapshotted = index;
    this.#checkpointed = index;
  }

  /** While a snapshot travels its receiver will need the entries after it. */
  transferStarted(): void {
    this.#transfers += 1;
  }

  transferEnded(): void {
    this.#transfers -= 1;
    this.#holdUntilMs = this.#parts.clock.monotonicMs() + limits.snapshotHoldMs;
  }

  #step(): void {
    if (this.#running !== undefined) return;
    const position = this.#parts.position();
    if (position.index <= this.#checkpointed) return;
    this.#running = this.#checkpoint(position)
      .catch((error: unknown) => {
        this.#parts.onFatal(new Error('failed to force the state to disk', { cause: error }));
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #checkpoint(position: AppliedPosition): Promise<void> {
    await this.#parts.checkpoint();
    // A snapshot was installed meanwhile: a marker for the older position behind the one it wrote
    // would make the next start begin where the log has a gap.
    if (position.index <= this.#checkpointed) return;
    this.#checkpointed = position.index;
    if (position.index - this.#snapshotted < this.#parts.snapshotCount) return;
    await this.#parts.saveWalSnapshot(position);
    this.#snapshotted = position.index;
    await this.#parts.releaseWalBefore(position.index);
    this.#parts.log.info('saved snapshot to disk', { snapshot_index: position.index });
  }

  #cutLog(appliedIndex: number): void {
    const first = this.#parts.firstLogIndex();
    const held = this.#transfers > 0 || this.#parts.clock.monotonicMs() < this.#holdUntilMs;
    const keep = held ? limits.snapshotHoldEntriesMax : this.#parts.catchUpEntries;
    const cut = appliedIndex - keep;
    if (cut - first >= LOG_CUT_STEP) this.#compactLog(cut);
    const bytesMax = held ? limits.snapshotHoldBytesMax : limits.logBytesMax;
    const tooLarge = Math.min(this.#logBytes.cutFor(bytesMax), appliedIndex);
    if (tooLarge >= this.#parts.firstLogIndex()) this.#compactLog(tooLarge);
  }

  #compactLog(toIndex: number): void {
    this.#parts.compactLog(toIndex);
    this.#logBytes.cut(toIndex);
  }
}
