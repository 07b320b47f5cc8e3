import type { Entry, HardState, Message, Snapshot } from '../proto/generated/raftpb.ts';

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/**
 * What the caller has to do now. Everything in it may proceed in parallel; the only order that
 * matters is inside `append`.
 */
export type Ready = {
  /** At most one is outstanding: the next comes after `appendDone`. */
  readonly append?: AppendWork;
  /** May leave at once, also before `append` is on disk. */
  readonly send: readonly Message[];
  /** At most one is outstanding: the next comes after `appliedTo` its last index. */
  readonly apply?: ApplyWork;
  readonly reads: readonly ReadState[];
  /** Present when leader or role changed since the last Ready. */
  readonly soft?: SoftState;
  /** Lines for the member's log, in etcd's words; only rare events have one. */
  readonly notes: readonly string[];
};

/**
 * One write to stable storage, in this order: snapshot (state and log position), entries (which
 * replace everything from the first one's index on), hard state. `thenSend` holds promises about
 * this write: a crash before the sync must leave them unsent.
 */
export type AppendWork = {
  readonly entries: readonly Entry[];
  readonly hardState?: HardState;
  readonly snapshot?: Snapshot;
  readonly thenSend: readonly Message[];
  /** False when only the commit index moved, which a restarted member learns again anyway. */
  readonly mustSync: boolean;
};

/** Entries that are committed and on this member's own disk, in index order. */
export type ApplyWork = { readonly entries: readonly Entry[] };

/** A read with this id may be answered from a state that has applied `index`. */
export type ReadState = { readonly requestId: Uint8Array; readonly index: number };

export type SoftState = { readonly lead: bigint; readonly role: Role };

export type StepResult =
  | 'accepted'
  | 'dropped:no-leader'
  | 'dropped:uncommitted-limit'
  | 'dropped:transferring';
