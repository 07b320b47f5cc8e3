import type { ReadTxn, WriteTxn } from '../backend/backend.ts';

export type LeaseStatus = {
  readonly id: bigint;
  readonly ttlSeconds: number;
  /** Whole seconds left, rounded down; the granted TTL while this member is not the primary. */
  readonly remainingSeconds: number;
};

/**
 * Leases of this member. The set of leases is replicated; expiry times exist only while this member
 * leads (primary). Never reads a clock: monotonic milliseconds come as arguments.
 */
export declare class Lessor {
  static load(txn: ReadTxn, minTtlSeconds: number): Lessor;
  readonly isPrimary: boolean;
  has(id: bigint): boolean;
  /** undefined when unknown. */
  status(id: bigint, nowMs: number): LeaseStatus | undefined;
  /** All leases, least remaining time first. */
  list(nowMs: number): readonly LeaseStatus[];
  /** Keys attached to the lease, in byte order. */
  attachedKeys(txn: ReadTxn, id: bigint): Uint8Array[];
  /** Starts every expiry anew: remaining (or full) TTL plus `extendMs`, spread when there are many. */
  promote(extendMs: number, nowMs: number): void;
  demote(): void;
  /**
   * Restarts the lease's time and returns the granted TTL in seconds; undefined when unknown.
   * 'expired' when its time is over and its revocation is on the way; 'not-primary' elsewhere.
   */
  renew(id: bigint, nowMs: number): number | 'unknown' | 'expired' | 'not-primary';
  /** Leases whose time is over, at most `limit`; they are not named again before `retryMs`. */
  expired(nowMs: number, limit: number, retryMs: number): readonly bigint[];
  grant(txn: WriteTxn, id: bigint, ttlSeconds: number, nowMs: number): number;
  revoke(txn: WriteTxn, id: bigint): void;
}
