import type { Clock } from '../../base/clock.ts';
import type { AppliedEntry, Applier, OwnRequest } from '../apply/applier.ts';
import type { Change } from '../mvcc/store.ts';
import type { ConfChange, Entry } from '../proto/generated/raftpb.ts';
import { type RequestTiming, untimed } from '../timing/timing.ts';
import type { Proposals } from './proposals.ts';

export type ApplyPipelineParts = {
  readonly applier: () => Applier;
  readonly proposals: Proposals;
  readonly clock: Clock;
  /** Hands an applied (or refused: node id 0n) membership change to raft and to the peer transport. */
  readonly onConfChange: (change: ConfChange) => void;
  /** The empty entry a leader starts its term with was applied. */
  readonly onLeaderEntry: (term: number) => void;
  /** Changes for watchers, in (main, sub) order, once per batch. */
  readonly publish: (changes: readonly Change[]) => void;
  readonly onCompaction: (compaction: NonNullable<AppliedEntry['compaction']>) => void;
  /** An entry exceeded the quota: the alarm that stops writes everywhere has to be proposed. */
  /** Never rejects; resolves when the alarm is raised or cannot be. */
  readonly raiseAlarm: (alarm: NonNullable<AppliedEntry['alarmToRaise']>) => Promise<void>;
  readonly timing?: RequestTiming;
};

/**
 * Committed entries → state machine → waiting callers → watchers, in that order and within one
 * call. The applier stores the applied index in the transaction that holds the entries' effects, so
 * after a crash anywhere in here an entry is either entirely applied or applied again from the log.
 */
export class ApplyPipeline {
  readonly #parts: ApplyPipelineParts;

  constructor(parts: ApplyPipelineParts) {
    this.#parts = parts;
  }

  /** Returns the new applied index. */
  apply(entries: readonly Entry[]): number {
    const { proposals, clock, timing = untimed } = this.#parts;
    const startMs = clock.monotonicMs();
    timing.applyBegins(startMs);
    const applier = this.#parts.applier();
    const isAwaited = (requestId: bigint): boolean => proposals.isAwaited(requestId);
    const ownRequest = (entry: Entry): OwnRequest | undefined => proposals.ownRequest(entry);
    const applied = applier.applyBatch(entries, isAwaited, startMs, ownRequest, timing);
    const changes: Change[] = [];
    for (const entry of applied) {
      this.#finish(entry);
      for (const change of entry.changes) changes.push(change);
    }
    if (changes.length > 0) this.#parts.publish(changes);
    return applier.appliedIndex;
  }

  #finish(entry: AppliedEntry): void {
    if (entry.confChange !== undefined) this.#parts.onConfChange(entry.confChange.change);
    if (entry.leaderNoop) this.#parts.onLeaderEntry(entry.term);
    if (entry.compaction !== undefined) this.#parts.onCompaction(entry.compaction);
    if (entry.alarmToRaise === undefined) return this.#tellCaller(entry);
    // As in etcd: whoever hears that there is no room finds the alarm raised.
    void this.#parts.raiseAlarm(entry.alarmToRaise).then(() => this.#tellCaller(entry));
  }

  #tellCaller(entry: AppliedEntry): void {
    const { proposals } = this.#parts;
    if (entry.requestId === 0n) return;
    switch (entry.outcome.kind) {
      case 'answer':
        proposals.answer(entry.requestId, entry.outcome);
        return;
      case 'error':
        proposals.refuse(entry.requestId, entry.outcome.error);
        return;
      case 'none':
        return;
    }
  }
}
