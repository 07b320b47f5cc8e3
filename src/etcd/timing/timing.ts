import type {
  InternalRaftRequest,
  RangeRequest,
  TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import type { RequestKind } from '../proto/request-kind.ts';

/** A list of keys as it was read. */
export type TimedRange = {
  readonly pieces: readonly Uint8Array[];
  /** Keys in it. */
  readonly length: number;
  readonly count: number;
  readonly more: boolean;
  readonly revision: number;
};

export type TimedAnswer = {
  readonly body: Uint8Array;
  readonly rest?: readonly Uint8Array[];
  readonly revision: number;
};

/** A request that went through the log. */
export type TimedProposal = {
  /** undefined: of a kind that is not timed. */
  readonly kind: RequestKind | undefined;
  readonly startedMs: number;
  /** The entry. */
  readonly bytes: Uint8Array;
};

export type TimedCall = {
  /** `/etcdserverpb.KV/Put` */
  readonly path: string;
  readonly remote: string | undefined;
  readonly request: Uint8Array;
  readonly startedMs: number;
};

/**
 * Told how long requests took, by each module through which they pass. All of it is called with
 * every request: fast ones must cost next to nothing.
 */
export interface RequestTiming {
  /** Monotonic, and as old as some work of this callback of the event loop. */
  nowMs(): number;
  exactMs(): number;
  /** A Range: since when, when its read barrier was passed, and one of answer and error. */
  rangeEnded(
    request: RangeRequest,
    startedMs: number,
    readMs: number,
    result: TimedRange | undefined,
    error: unknown,
  ): void;
  /** A piece of a RangeStream: since when it was read; Infinity: it was refused before. */
  pieceEnded(readMs: number, isOk: boolean): void;
  /** A transaction that only reads, from the moment its read barrier was passed. */
  readTxnEnded(
    request: TxnRequest,
    startedMs: number,
    readMs: number,
    answer: TimedAnswer | undefined,
    error: unknown,
  ): void;
  /** `isProposed`: false when raft never took it. No answer: refused, given up or timed out. */
  proposalEnded(
    proposal: TimedProposal,
    isProposed: boolean,
    answer: TimedAnswer | undefined,
  ): void;
  applyBegins(nowMs: number): void;
  /** One entry after the other: each begins where the one before it ended. */
  applied(request: InternalRaftRequest, body: Uint8Array | undefined, error: unknown): void;
  /** Whether a unary call of a client that took so long gets a line of its own. */
  isSlowCall(tookMs: number): boolean;
  /** `response` has its parts, which may change afterwards; undefined: it failed. */
  slowCall(call: TimedCall, response: readonly Uint8Array[] | undefined): void;
}

export const untimed: RequestTiming = {
  nowMs: () => 0,
  exactMs: () => 0,
  rangeEnded: () => {},
  pieceEnded: () => {},
  readTxnEnded: () => {},
  proposalEnded: () => {},
  applyBegins: () => {},
  applied: () => {},
  isSlowCall: () => false,
  slowCall: () => {},
};
