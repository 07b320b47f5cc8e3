import { assert } from '../../base/assert.ts';
import { emptyBytes } from '../../base/bytes.ts';
import type { WriteTxn } from '../backend/backend.ts';
import { EtcdError, StatusError } from '../errors.ts';
import type { Member } from '../membership/member.ts';
import type { CompactionJob } from '../mvcc/compaction.ts';
import type { Change } from '../mvcc/store.ts';
import {
  type AlarmRequest,
  AlarmRequest_AlarmAction,
  AlarmType,
  decodeInternalRaftRequest,
  type InternalRaftRequest,
} from '../proto/generated/etcdserverpb.ts';
import {
  type ConfChange,
  decodeConfChange,
  type Entry,
  EntryType,
} from '../proto/generated/raftpb.ts';
import { type Applied, readApplied, writeApplied } from './applied-index.ts';
import { checkAlarms, fitsQuota } from './guards.ts';
import { applyRequest, type RequestEffect } from './request.ts';
import type { State } from './state.ts';

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
  /** The quota was exceeded by this entry and no alarm says so yet: propose this. */
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

export type ApplierOptions = {
  readonly memberId: bigint;
  /** `--quota-backend-bytes`; undefined: no quota. */
  readonly quotaBytes: number | undefined;
};

/** An entry's result before the batch is committed: compactions start only then. */
type Pending = { readonly entry: AppliedEntry; readonly job: CompactionJob | undefined };

type Guarded =
  | { readonly effect: RequestEffect; readonly fits: boolean }
  | { readonly error: EtcdError | StatusError };

/** More than any request is counted for besides its own bytes. */
const quotaMarginBytes = 128 * 256;

const none: Outcome = { kind: 'none' };
const noChanges: readonly Change[] = [];

/** The deterministic state machine behind the log: the same entries give the same state everywhere. */
export class Applier {
  readonly #state: State;
  readonly #options: ApplierOptions;
  #applied: Applied;

  constructor(state: State, options: ApplierOptions) {
    this.#state = state;
    this.#options = options;
    this.#applied = state.backend.read(readApplied);
  }

  get appliedIndex(): number {
    return this.#applied.index;
  }

  get appliedTerm(): number {
    return this.#applied.term;
  }

  /**
   * Applies committed entries in order in one backend transaction, which also stores the applied
   * index and term: after a crash an entry is either applied entirely or not at all. An error that
   * is no refusal of an entry (undecodable bytes, a failing disk) is thrown; the member must stop.
   */
  applyBatch(
    entries: readonly Entry[],
    isAwaited: (requestId: bigint) => boolean,
    nowMs: number,
  ): readonly AppliedEntry[] {
    const last = entries.at(-1);
    if (last === undefined) return [];
    const { backend, store } = this.#state;
    const sizeBytes = this.#sizeForQuota(entries);
    const pending: Pending[] = [];
    let index = this.#applied.index;
    backend.write((txn) => {
      for (const entry of entries) {
        assert(entry.index === ++index, `entry ${entry.index} follows applied entry ${index - 1}`);
        pending.push(this.#applyEntry(txn, entry, isAwaited, nowMs, sizeBytes));
      }
      writeApplied(txn, last);
    });
    this.#applied = { index: last.index, term: last.term };
    return pending.map(({ entry, job }) => {
      if (job === undefined) return entry;
      return { ...entry, compaction: { revision: job.to, done: store.startCompaction(job) } };
    });
  }

  #applyEntry(
    txn: WriteTxn,
    entry: Entry,
    isAwaited: (requestId: bigint) => boolean,
    nowMs: number,
    sizeBytes: number,
  ): Pending {
    if (entry.type === EntryType.EntryConfChange) {
      return { entry: this.#applyConfChange(txn, entry, isAwaited), job: undefined };
    }
    assert(entry.type === EntryType.EntryNormal, `entry ${entry.index} has type ${entry.type}`);
    if (entry.data.length === 0) {
      return { entry: { ...unchanged(entry), leaderNoop: true }, job: undefined };
    }
    const request = decodeInternalRaftRequest(entry.data);
    const id = request.ID !== 0n ? request.ID : (request.header?.ID ?? 0n);
    const awaited = id !== 0n && isAwaited(id);
    const write = this.#state.store.begin(txn);
    const context = { state: this.#state, write, isAwaited: awaited, nowMs };
    const result = this.#applyGuarded(context, request, sizeBytes);
    this.#state.store.end(write);
    const base = {
      ...unchanged(entry),
      requestId: awaited ? id : 0n,
      changes: write.changes.length > 0 ? write.changes : noChanges,
    };
    if ('error' in result) {
      assert(write.changes.length === 0, `refused entry ${entry.index} changed something`);
      return {
        entry: { ...base, outcome: { kind: 'error', error: result.error } },
        job: undefined,
      };
    }
    const { effect, fits } = result;
    const outcome: Outcome = fits
      ? { kind: 'answer', body: effect.body, revision: write.revision }
      : { kind: 'error', error: new EtcdError('NoSpace') };
    const alarmToRaise = fits ? undefined : this.#alarmToRaise();
    const applied: AppliedEntry = {
      ...base,
      outcome,
      alarmsChanged: effect.alarmsChanged === true,
      membersChanged: effect.membersChanged === true,
      clusterVersionChanged: effect.clusterVersionChanged === true,
      ...(alarmToRaise === undefined ? {} : { alarmToRaise }),
    };
    return { entry: applied, job: effect.compaction };
  }

  #applyGuarded(
    context: Parameters<typeof applyRequest>[0],
    request: InternalRaftRequest,
    sizeBytes: number,
  ): Guarded {
    try {
      checkAlarms(this.#state, request);
      const fits = fitsQuota(request, sizeBytes, this.#options.quotaBytes);
      return { effect: applyRequest(context, request), fits };
    } catch (error) {
      if (error instanceof EtcdError || error instanceof StatusError) return { error };
      throw error;
    }
  }

  /**
   * The file may hold free pages, so only when it looks too large they are subtracted: counting
   * them takes longer. Unlike in etcd, room made by a compaction needs no defragmentation.
   */
  #sizeForQuota(entries: readonly Entry[]): number {
    const { quotaBytes } = this.#options;
    if (quotaBytes === undefined) return 0;
    const { backend } = this.#state;
    const sizeBytes = backend.sizeBytes();
    let batchBytes = 0;
    for (const { data } of entries) batchBytes += data.length + quotaMarginBytes;
    return sizeBytes + batchBytes < quotaBytes ? sizeBytes : backend.sizeInUseBytes();
  }

  /** A refused change still goes to raft, as one that changes nothing: raft waits for it. */
  #applyConfChange(
    txn: WriteTxn,
    entry: Entry,
    isAwaited: (requestId: bigint) => boolean,
  ): AppliedEntry {
    const change = decodeConfChange(entry.data);
    const { membership, store } = this.#state;
    const requestId = change.id !== 0n && isAwaited(change.id) ? change.id : 0n;
    const base = { ...unchanged(entry), requestId };
    try {
      membership.apply(txn, change);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      const refused = { change: { ...change, nodeId: 0n }, members: membership.members() };
      return { ...base, outcome: { kind: 'error', error }, confChange: refused };
    }
    return {
      ...base,
      outcome: { kind: 'answer', body: emptyBytes, revision: store.currentRevision },
      confChange: { change, members: membership.members() },
      membersChanged: true,
    };
  }

  #alarmToRaise(): AlarmRequest | undefined {
    if (this.#state.alarms.has(AlarmType.NOSPACE)) return undefined;
    return {
      action: AlarmRequest_AlarmAction.ACTIVATE,
      memberID: this.#options.memberId,
      alarm: AlarmType.NOSPACE,
    };
  }
}

function unchanged({ index, term }: Entry): AppliedEntry {
  return {
    index,
    term,
    requestId: 0n,
    outcome: none,
    changes: noChanges,
    leaderNoop: false,
    alarmsChanged: false,
    membersChanged: false,
    clusterVersionChanged: false,
  };
}
