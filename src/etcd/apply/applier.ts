import { broken } from '../../base/assert.ts';
import { emptyBytes } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
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
  type PutRequest,
  type TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import {
  type ConfChange,
  decodeConfChange,
  type Entry,
  EntryType,
} from '../proto/generated/raftpb.ts';
import { type RequestTiming, untimed } from '../timing/timing.ts';
import { type Applied, readApplied, writeApplied } from './applied-index.ts';
import { checkProposer } from './auth.ts';
import { ApplyContext } from './context.ts';
import { checkAlarms, fitsQuota } from './guards.ts';
import { applyRequest, type RequestEffect } from './request.ts';
import type { State } from './state.ts';

export type AppliedConfChange = {
  readonly change: ConfChange;
  readonly members: readonly Member[];
};

export type AppliedCompaction = { readonly revision: number; readonly done: Promise<void> };

export type Outcome =
  | {
      readonly kind: 'answer';
      /** The encoded response without its header (field 1). */
      readonly body: Uint8Array;
      readonly revision: number;
    }
  | { readonly kind: 'error'; readonly error: EtcdError | StatusError }
  | { readonly kind: 'none' };

const none: Outcome = { kind: 'none' };
const noChanges: readonly Change[] = [];

/** What an entry did. There is one for every request: all have one shape and are filled in place. */
export class AppliedEntry {
  readonly index: number;
  readonly term: number;
  /** 0n: nobody waits. */
  requestId = 0n;
  outcome: Outcome = none;
  /** For watchers, in (main, sub) order. */
  changes: readonly Change[] = noChanges;
  /** The empty entry that starts a leader's term: the leader promotes its lessor after it. */
  leaderNoop = false;
  /** For raft and the peer transport; `change.nodeId` is 0n when the change was refused. */
  confChange: AppliedConfChange | undefined = undefined;
  /** `done` resolves when the old revisions are gone; rejects only when the member must stop. */
  compaction: AppliedCompaction | undefined = undefined;
  /** The quota was exceeded by this entry and no alarm says so yet: propose this. */
  alarmToRaise: AlarmRequest | undefined = undefined;
  alarmsChanged = false;
  membersChanged = false;
  clusterVersionChanged = false;

  constructor({ index, term }: Entry) {
    this.index = index;
    this.term = term;
  }
}

export type ApplierOptions = {
  readonly memberId: bigint;
  /** `--quota-backend-bytes`; undefined: no quota. */
  readonly quotaBytes: number | undefined;
  /** Without it the bound of limits.ts. */
  readonly answerBytesMax?: number;
};

/** A request of a client as its message was decoded, complete: one of the two. */
export type DecodedRequest = { readonly put?: PutRequest; readonly txn?: TxnRequest };

/** What an entry of this very member says, and whose caller still waits. */
export type OwnRequest = { readonly requestId: bigint; readonly request: DecodedRequest };

/** Background work starts only when the batch is committed. */
type Scheduled = { readonly entry: AppliedEntry; readonly job: CompactionJob };

/** What is the same for all entries of a batch. */
type Batch = {
  readonly context: ApplyContext;
  readonly isAwaited: (requestId: bigint) => boolean;
  readonly ownRequest: (entry: Entry) => OwnRequest | undefined;
  readonly sizeBytes: number;
  readonly timing: Pick<RequestTiming, 'applied'>;
  readonly scheduled: Scheduled[];
};

/** More than any request is counted for besides its own bytes. */
const quotaMarginBytes = 128 * 256;
const noOwnRequest = (): undefined => undefined;

/** The deterministic state machine behind the log: the same entries give the same state everywhere. */
export class Applier {
  readonly #state: State;
  readonly #options: ApplierOptions;
  #applied: Applied;
  /** Filled for each own request in turn. */
  readonly #own: { -readonly [K in keyof InternalRaftRequest]: InternalRaftRequest[K] } =
    decodeInternalRaftRequest(emptyBytes);

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
   * `ownRequest` gives what decoding the entry would give, where this member still has it.
   */
  applyBatch(
    entries: readonly Entry[],
    isAwaited: (requestId: bigint) => boolean,
    nowMs: number,
    ownRequest: (entry: Entry) => OwnRequest | undefined = noOwnRequest,
    timing: Pick<RequestTiming, 'applied'> = untimed,
  ): readonly AppliedEntry[] {
    const last = entries.at(-1);
    if (last === undefined) return [];
    const { backend, store } = this.#state;
    const sizeBytes = this.#sizeForQuota(entries);
    const applied: AppliedEntry[] = [];
    const scheduled: Scheduled[] = [];
    let index = this.#applied.index;
    backend.write((txn) => {
      const { answerBytesMax = limits.answerBytesMax } = this.#options;
      const context = new ApplyContext(this.#state, store.begin(txn), nowMs, answerBytesMax);
      const batch = { context, isAwaited, ownRequest, sizeBytes, timing, scheduled };
      for (const entry of entries) {
        index += 1;
        if (entry.index !== index) {
          throw broken(`entry ${entry.index} follows applied entry ${index - 1}`);
        }
        applied.push(this.#applyEntry(batch, entry));
      }
      writeApplied(txn, last);
    });
    this.#applied = { index: last.index, term: last.term };
    for (const { entry, job } of scheduled) {
      entry.compaction = { revision: job.to, done: store.startCompaction(job) };
    }
    return applied;
  }

  #applyEntry(batch: Batch, entry: Entry): AppliedEntry {
    const applied = new AppliedEntry(entry);
    if (entry.type === EntryType.EntryConfChange) {
      this.#applyConfChange(batch, entry, applied);
      return applied;
    }
    if (entry.type !== EntryType.EntryNormal) {
      throw broken(`entry ${entry.index} has type ${entry.type}`);
    }
    const own = batch.ownRequest(entry);
    if (entry.data.length === 0) {
      applied.leaderNoop = true;
    } else if (own !== undefined && !this.#state.auth.isEnabled) {
      applied.requestId = own.requestId;
      this.#own.put = own.request.put;
      this.#own.txn = own.request.txn;
      this.#applyRequest(batch, this.#own, applied);
    } else {
      const request = decodeInternalRaftRequest(entry.data);
      const id = request.ID !== 0n ? request.ID : (request.header?.ID ?? 0n);
      if (id !== 0n && batch.isAwaited(id)) applied.requestId = id;
      this.#applyRequest(batch, request, applied);
    }
    return applied;
  }

  #applyRequest(batch: Batch, request: InternalRaftRequest, applied: AppliedEntry): void {
    const { context, sizeBytes } = batch;
    const { write } = context;
    context.next(applied.index, applied.requestId !== 0n);
    write.next();
    try {
      checkAlarms(this.#state, request);
      if (this.#state.auth.isEnabled) checkProposer(context, request);
      const fits = fitsQuota(request, sizeBytes, this.#options.quotaBytes);
      const effect = applyRequest(context, request);
      if (!fits) {
        applied.outcome = { kind: 'error', error: new EtcdError('NoSpace') };
        applied.alarmToRaise = this.#alarmToRaise();
      } else if (context.refusal !== undefined) {
        applied.outcome = { kind: 'error', error: context.refusal };
      } else {
        applied.outcome = { kind: 'answer', body: effect.body, revision: write.revision };
      }
      noteEffects(batch, effect, applied);
    } catch (error) {
      if (!(error instanceof EtcdError) && !(error instanceof StatusError)) throw error;
      if (write.changes.length > 0) {
        throw broken(`refused entry ${applied.index} changed something`);
      }
      applied.outcome = { kind: 'error', error };
    }
    applied.changes = write.changes;
    this.#state.store.end(write);
    const { outcome } = applied;
    if (outcome.kind === 'error') batch.timing.applied(request, undefined, outcome.error);
    else
      batch.timing.applied(
        request,
        outcome.kind === 'answer' ? outcome.body : undefined,
        undefined,
      );
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
  #applyConfChange({ context, isAwaited }: Batch, entry: Entry, applied: AppliedEntry): void {
    const change = decodeConfChange(entry.data);
    const { membership, store } = this.#state;
    if (change.id !== 0n && isAwaited(change.id)) applied.requestId = change.id;
    try {
      membership.apply(context.write.txn, change);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      applied.outcome = { kind: 'error', error };
      applied.confChange = { change: { ...change, nodeId: 0n }, members: membership.members() };
      return;
    }
    applied.outcome = { kind: 'answer', body: emptyBytes, revision: store.currentRevision };
    applied.confChange = { change, members: membership.members() };
    applied.membersChanged = true;
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

function noteEffects({ scheduled }: Batch, effect: RequestEffect, applied: AppliedEntry): void {
  applied.alarmsChanged = effect.alarmsChanged === true;
  applied.membersChanged = effect.membersChanged === true;
  applied.clusterVersionChanged = effect.clusterVersionChanged === true;
  if (effect.compaction !== undefined) scheduled.push({ entry: applied, job: effect.compaction });
}
