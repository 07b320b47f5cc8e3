import type { EtcdError, StatusError } from '../errors.ts';
import type { Member } from '../membership/member.ts';
import type { Change } from '../mvcc/store.ts';
import type { AlarmRequest } from '../proto/generated/etcdserverpb.ts';
import type { ConfChange, Entry } from '../proto/generated/raftpb.ts';

export type AppliedEntry = {
  readonly index: number;
  readonly term: number;
  /** 0n: nobody waits. */
  readonly requestId: bigint;
  readonly outcome: Outcome;
  /** For watchers, in (main, sub) order. */
  readonly changes: readonly Change[];
  /** The empty entry that starts a leader's term: the leader promotes its lessor after it. */
  readonly leaderNoop: boolean;
  /** For raft and the peer transport; `change.nodeId` is 0n when the change was refused. */
  readonly confChange?: { readonly change: ConfChange; readonly members: readonly Member[] };
  /** `done` resolves when the old revisions are gone; rejects only when the member must stop. */
  readonly compaction?: { readonly revision: number; readonly done: Promise<void> };
  /** The quota was exceeded by this entry: propose this, unless such an alarm exists already. */
  readonly alarmToRaise?: AlarmRequest;
  readonly alarmsChanged: boolean;
  readonly membersChanged: boolean;
  readonly clusterVersionChanged: boolean;
};

export type Outcome =
  | {
      readonly kind: 'answer';
      /** The encoded response without its header (field 1). */
      readonly body: Uint8Array;
      readonly revision: number;
    }
  | { readonly kind: 'error'; readonly error: EtcdError | StatusError }
  | { readonly kind: 'none' };

/** The deterministic state machine behind the log: the same entries give the same state everywhere. */
export declare class Applier {
  get appliedIndex(): number;
  get appliedTerm(): number;
  /**
   * Applies committed entries in order in one backend transaction, which also stores the applied
   * index and term: after a crash an entry is either applied entirely or not at all.
   */
  applyBatch(
    entries: readonly Entry[],
    isAwaited: (requestId: bigint) => boolean,
    nowMs: number,
  ): readonly AppliedEntry[];
}
