import { broken } from '../../base/assert.ts';
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
  readonly alarmToRaise?: AlarmRequest | undefined;
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

/** What the entries of one batch share. */
type Batch = {
  readonly txn: WriteTxn;
  readonly isAwaited: (requestId: bigint) => boolean;
  readonly nowMs: number;
  readonly sizeBytes: number;
  /** Compactions start when the batch is committed. */
  readonly jobs: { readonly index: number; readonly job: CompactionJob }[];
};

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
    const applied: AppliedEntry[] = [];
    const jobs: Batch['jobs'] = [];
    const first = this.#applied.index + 1;
    backend.write((txn) => {
      const batch = { txn, isAwaited, nowMs, sizeBytes, jobs };
      for (const entry of entries) {
        const due = first + applied.length;
        if (entry.index !== due) {
          throw broken(`entry ${entry.index} follows applied entry ${due - 1}`);
        }
        applied.push(this.#applyEntry(batch, entry));
      }
      writeApplied(txn, last);
    });
    this.#applied = { index: last.index, term: last.term };
    for (const { index, job } of jobs) {
      const compaction = { revision: job.to, done: store.startCompaction(job) };
      const entry = applied[index - first];
      if (entry !== undefined) applied[index - first] = { ...entry, compaction };
    }
    return applied;
  }

  #applyEntry(batch: Batch, entry: Entry): AppliedEntry {
    const { txn, isAwaited, nowMs, sizeBytes } = batch;
    if (entry.type === EntryType.EntryConfChange) {
      return this.#applyConfChange(txn, entry, isAwaited);
    }
    if (entry.type !== EntryType.EntryNormal) {
      throw broken(`entry ${entry.index} has type ${entry.type}`);
    }
    if (entry.data.length === 0) return { ...unchanged(entry), leaderNoop: true };
    const request = decodeInternalRaftRequest(entry.data);
    const id = request.ID !== 0n ? request.ID : (request.header?.ID ?? 0n);
    const awaited = id !== 0n && isAwaited(id);
    const write = this.#state.store.begin(txn);
    const context = { state: this.#state, write, isAwaited: awaited, nowMs };
    const result = this.#applyGuarded(context, request, sizeBytes);
    this.#state.store.end(write);
    const { changes, revision } = write;
    const effect = 'error' in result ? undefined : result.effect;
    if (effect === undefined && changes.length > 0) {
      throw broken(`refused entry ${entry.index} changed something`);
    }
    if (effect?.compaction !== undefined) {
      batch.jobs.push({ index: entry.index, job: effect.compaction });
    }
    // In one piece: every put passes here, and each copy of the entry would be garbage.
    return {
      index: entry.index,
      term: entry.term,
      requestId: awaited ? id : 0n,
      outcome: outcomeOf(result, revision),
      changes: changes.length > 0 ? changes : noChanges,
      leaderNoop: false,
      alarmToRaise: 'error' in result || result.fits ? undefined : this.#alarmToRaise(),
      alarmsChanged: effect?.alarmsChanged === true,
      membersChanged: effect?.membersChanged === true,
      clusterVersionChanged: effect?.clusterVersionChanged === true,
    };
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

function outcomeOf(result: Guarded, revision: number): Outcome {
  if ('error' in result) return { kind: 'error', error: result.error };
  if (!result.fits) return { kind: 'error', error: new EtcdError('NoSpace') };
  return { kind: 'answer', body: result.effect.body, revision };
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
