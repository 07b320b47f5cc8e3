import { emptyBytes } from '../../base/bytes.ts';
import { Chain, type Link } from '../../base/chain.ts';
import type { Clock } from '../../base/clock.ts';
import { SlotTable } from '../../base/slot-table.ts';
import type { DecodedRequest, OwnRequest } from '../apply/applier.ts';
import { limits } from '../config/limits.ts';
import { EtcdError } from '../errors.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';
import type { Entry } from '../proto/generated/raftpb.ts';
import { type RequestKind, requestKindOf } from '../proto/request-kind.ts';
import { bigOf, lowHalf } from '../proto/wire.ts';
import { type RequestTiming, type TimedProposal, untimed } from '../timing/timing.ts';
import type { Caller, Cancelable } from './caller.ts';
import type { Answer } from './consensus.ts';
import { OwnEntries } from './own-entries.ts';
import { assertMayWait, type PendingBound } from './pending-bound.ts';

/** A request of this member that is on its way through the log, and who waits for it. */
export class Proposal implements Cancelable, Link<Proposal>, TimedProposal {
  readonly requestId: bigint;
  /** The low bits of it: small numbers are found fastest. */
  readonly id: number;
  next: Proposal | undefined;
  previous: Proposal | undefined;
  readonly caller: Caller<Answer>;
  readonly bytes: Uint8Array;
  readonly startedMs: number;
  readonly kind: RequestKind | undefined;
  /** What the bytes say, while somebody waits and if that spares decoding them. */
  request: DecodedRequest | undefined;
  /** The term whose leader got the proposal; undefined while it still waits for a leader. */
  sentInTerm: number | undefined;
  /** The caller was told; the entry may still be applied. */
  isOver = false;
  readonly #proposals: Proposals;

  constructor(
    proposals: Proposals,
    requestId: bigint,
    caller: Caller<Answer>,
    bytes: Uint8Array,
    startedMs: number,
    request: DecodedRequest | undefined,
    kind: RequestKind | undefined,
  ) {
    this.#proposals = proposals;
    this.requestId = requestId;
    this.id = lowBits(requestId);
    this.caller = caller;
    this.bytes = bytes;
    this.startedMs = startedMs;
    this.request = request;
    this.kind = kind;
  }

  cancel(): void {
    this.#proposals.fail(this, new EtcdError('Canceled'));
  }
}

export type ProposalsOptions = PendingBound & {
  readonly memberId: bigint;
  readonly clock: Clock;
  /** etcd's request timeout: 5 s + 2 × election timeout. */
  readonly timeoutMs: number;
  readonly timing?: RequestTiming;
};

/**
 * Callers that wait for their entry. Only the member that proposed an entry waits for it; the entry
 * carries a request id that no other member and no earlier run of this member can have used.
 */
export class Proposals {
  readonly #options: ProposalsOptions;
  readonly #timing: RequestTiming;
  /** In order of registration, so in order of deadline too. */
  readonly #waiting = new Chain<Proposal>();
  readonly #byId = new SlotTable<Proposal>();
  readonly #own: OwnEntries<Proposal>;
  #waitingBytes = 0;
  /** For metrics: callers that got no answer from the log. */
  failedCount = 0;
  /** The low 16 bits of the member's id are the high ones of its requests. */
  readonly #idPrefix: number;
  #counter: number;
  #lost: { readonly before: number; readonly dueMs: number } | undefined;

  constructor(options: ProposalsOptions) {
    this.#options = options;
    this.#timing = options.timing ?? untimed;
    this.#own = new OwnEntries(options.pendingMax);
    this.#idPrefix = (lowHalf(options.memberId) & 0xffff) * 2 ** 16;
    // As etcd: the low 40 bits of the start time in ms, then 8 bits of counter; 48 bits in all.
    this.#counter = (options.clock.wallMs() % 2 ** 40) * 2 ** 8;
  }

  get pendingCount(): number {
    return this.#waiting.size;
  }

  nextRequestId(): bigint {
    this.#counter = (this.#counter + 1) % 2 ** 48;
    return bigOf(this.#idPrefix + Math.floor(this.#counter / 2 ** 32), this.#counter % 2 ** 32);
  }

  isAwaited(requestId: bigint): boolean {
    return this.#find(requestId) !== undefined;
  }

  /**
   * `asked` is what the entry says, when it is a request. Throws RequestTooManyRequests when the
   * bound is reached: refusing at once beats a queue that nobody can drain.
   */
  wait(
    requestId: bigint,
    caller: Caller<Answer>,
    asked?: InternalRaftRequestInit,
    bytes: Uint8Array = emptyBytes,
    decoded?: DecodedRequest,
  ): Proposal {
    assertMayWait(this.#options, this.#waiting.size, this.#waitingBytes, bytes.length);
    const startedMs = this.#options.clock.monotonicMs();
    // A large message would be held twice, and decoding it copies nothing.
    const request = bytes.length <= limits.decodedRequestBytesMax ? decoded : undefined;
    const kind = asked && requestKindOf(asked);
    const proposal = new Proposal(this, requestId, caller, bytes, startedMs, request, kind);
    this.#waiting.add(proposal);
    this.#byId.add(proposal);
    this.#waitingBytes += bytes.length;
    caller.waitsFor(proposal);
    return proposal;
  }

  /** They are now the last entries of this member's log. */
  appended(proposals: readonly Proposal[], lastIndex: number): void {
    this.#own.appended(proposals, lastIndex);
  }

  /** What an entry says that was proposed here and whose caller still waits, if it is still known. */
  ownRequest(entry: Entry): OwnRequest | undefined {
    const proposal = this.#own.take(entry);
    return proposal?.request === undefined ? undefined : (proposal as OwnRequest);
  }

  answer(requestId: bigint, answer: Answer): void {
    const proposal = this.#find(requestId);
    if (proposal === undefined) return;
    this.#timing.proposalEnded(proposal, true, answer);
    this.#forget(proposal);
    proposal.caller.answered(answer);
  }

  /** The log has answered, with an error. */
  refuse(requestId: bigint, error: Error): void {
    const proposal = this.#find(requestId);
    if (proposal === undefined) return;
    this.#timing.proposalEnded(proposal, true, undefined);
    this.#forget(proposal);
    proposal.caller.failed(error);
  }

  /** A request that never becomes a proposal; etcd counts it as one. */
  tooLarge(asked: InternalRaftRequestInit): EtcdError {
    const startedMs = this.#timing.nowMs();
    const kind = requestKindOf(asked);
    this.#timing.proposalEnded({ kind, startedMs, bytes: emptyBytes }, true, undefined);
    return new EtcdError('RequestTooLarge');
  }

  /** The log gives no answer. */
  fail(proposal: Proposal, error: Error): void {
    if (proposal.isOver) return;
    this.failedCount += 1;
    this.#timing.proposalEnded(proposal, proposal.sentInTerm !== undefined, undefined);
    this.#forget(proposal);
    proposal.caller.failed(error);
  }

  /**
   * Ends what waited too long. `leaderSinceMs` tells a failed leader from a slow one, as etcd's
   * words do.
   */
  expire(leaderSinceMs: number, electionTimeoutMs: number): number {
    const now = this.#options.clock.monotonicMs();
    let expired = 0;
    for (;;) {
      const proposal = this.#waiting.first;
      if (proposal === undefined || proposal.startedMs + this.#options.timeoutMs > now) break;
      const startedBefore = leaderSinceMs - proposal.startedMs;
      const leaderFailed = startedBefore > 0 && startedBefore < 2 * electionTimeoutMs;
      const name = leaderFailed ? 'TimeoutDueToLeaderFail' : 'Timeout';
      this.fail(proposal, new EtcdError(name));
      expired += 1;
    }
    return expired;
  }

  /**
   * The first entry of `term` was applied here. What was handed to the leader of an earlier term
   * and is not applied `graceMs` from now was lost with that leader: its caller need not wait for
   * the full timeout. The grace is for a leader that handed over: it passes on what it still got.
   */
  leaderEntryApplied(term: number, graceMs: number): void {
    this.#lost = { before: term, dueMs: this.#options.clock.monotonicMs() + graceMs };
  }

  /**
   * Tells the callers of lost requests. The words leave open whether the write may still surface,
   * because a deposed leader can have forwarded it to the new one.
   */
  failLost(): number {
    const lost = this.#lost;
    if (lost === undefined || this.#options.clock.monotonicMs() < lost.dueMs) return 0;
    this.#lost = undefined;
    let failed = 0;
    for (const proposal of this.#waiting.all()) {
      if (proposal.sentInTerm === undefined || proposal.sentInTerm >= lost.before) continue;
      this.fail(proposal, new EtcdError('TimeoutDueToLeaderFail'));
      failed += 1;
    }
    return failed;
  }

  failAll(error: Error): void {
    for (const proposal of this.#waiting.all()) this.fail(proposal, error);
  }

  #find(requestId: bigint): Proposal | undefined {
    const proposal = this.#byId.get(lowBits(requestId));
    return proposal?.requestId === requestId ? proposal : undefined;
  }

  #forget(proposal: Proposal): void {
    proposal.isOver = true;
    proposal.request = undefined;
    this.#waiting.delete(proposal);
    this.#byId.delete(proposal.id);
    this.#waitingBytes -= proposal.bytes.length;
  }
}

/** Ids are given out in sequence, so no two of those that wait at one time have the same. */
function lowBits(requestId: bigint): number {
  return lowHalf(requestId) & 0x3fff_ffff;
}
