import type { DecodedRequest } from '../apply/applier.ts';
import type { Member } from '../membership/member.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';
import type { ConfChangeInit } from '../proto/generated/raftpb.ts';
import type { Caller } from './caller.ts';

export type { DecodedRequest } from '../apply/applier.ts';
export type { Caller } from './caller.ts';

/** What a service gets back for a request that went through the log. */
export type Answer = {
  /** The encoded response message without its header (field 1); the API layer puts the header in front. */
  readonly body: Uint8Array;
  /** The store's revision for the header. */
  readonly revision: number;
};

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

export type ConsensusStatus = {
  readonly term: number;
  /** 0n while no leader is known. */
  readonly leader: bigint;
  readonly role: Role;
  readonly isLearner: boolean;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  /** 0 on the leader itself. */
  readonly millisSinceLeaderHeard: number;
};

export type ForgetLeaderRequest = {
  readonly leaderId: bigint;
  readonly term: number;
  readonly campaign: boolean;
};

/** What a member did about a request to forget its leader; see docs/adr on failover. */
export type ForgetLeaderOutcome = {
  readonly did: 'forgotten' | 'already-leaderless' | 'no-longer-so' | 'is-leader';
  readonly campaigning: boolean;
};

/** The replicated log as services see it. The only way a service changes anything. */
export interface Consensus {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  status(): ConsensusStatus;
  /** What every request asks, without the cost of a whole status. */
  readonly term: number;
  readonly leader: bigint;
  readonly isLearner: boolean;
  /** What is applied here now includes every write acknowledged so far: no barrier is needed. */
  readonly canReadNow: boolean;
  /**
   * Proposes one request and waits until this member applied it.
   * Throws an EtcdError: what apply answered, or Timeout…, NoLeader, RequestTooManyRequests,
   * RequestTooLarge, Stopped, Canceled.
   */
  propose(request: InternalRaftRequestInit, signal?: AbortSignal): Promise<Answer>;
  /**
   * As `propose`, told to the caller; what is refused at once is thrown. `decoded`: the same
   * request with all its fields, which must not change any more: this member applies it as it is.
   */
  proposeFor(
    request: InternalRaftRequestInit,
    caller: Caller<Answer>,
    decoded?: DecodedRequest,
  ): void;
  /** A linearizable read barrier (ReadIndex): after it, local reads include every write acknowledged before the call. */
  readBarrier(signal?: AbortSignal): Promise<void>;
  /** As `readBarrier`, told to the caller; what is refused at once is thrown. */
  readBarrierFor(caller: Caller<void>): void;
  /** Proposes one membership change and waits until it is applied here; resolves with the new member list. */
  proposeConfChange(change: ConfChangeInit, signal?: AbortSignal): Promise<readonly Member[]>;
  /** Moves leadership; resolves when the target leads. Throws NotLeader, BadLeaderTransferee, TimeoutLeaderTransfer. */
  transferLeadership(target: bigint, signal?: AbortSignal): Promise<void>;
  forgetLeader(request: ForgetLeaderRequest): ForgetLeaderOutcome;
  /** Calls the listener after leader, term, role or learner state changed. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Leads, and has not stood still since a quorum knew it: true needs no question to anybody. */
  leadsForCertain(nowMs: number): boolean;
  /** True when this member can confirm that it leads now; false when another leads or nobody answers in time. */
  ensureLeadership(signal?: AbortSignal): Promise<boolean>;
  /** Progress of a member as the leader sees it; undefined when this member does not lead or does not know it. */
  matchIndexOf(member: bigint): number | undefined;
}
