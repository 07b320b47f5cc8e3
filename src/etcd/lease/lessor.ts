import { assert } from '../../base/assert.ts';
import { emptyBytes } from '../../base/bytes.ts';
import type { ReadTxn, WriteTxn } from '../backend/backend.ts';
import { attachedKeys, leaseIdBytes } from '../backend/lease-keys.ts';
import { limits } from '../config/limits.ts';
import { EtcdError } from '../errors.ts';
import { decodeLease, encodeLease } from '../proto/generated/leasepb.ts';
import { ExpiryHeap } from './expiry-heap.ts';

export type LeaseStatus = {
  readonly id: bigint;
  readonly ttlSeconds: number;
  /** Rounded toward zero; the granted TTL while this member is not the primary. */
  readonly remainingSeconds: number;
};

type Lease = {
  readonly id: bigint;
  readonly ttlSeconds: number;
  /** From a checkpoint; 0 = none, then a new primary grants the whole TTL again. */
  checkpointSeconds: number;
  /** Monotonic; Infinity while demoted. */
  expiryMs: number;
  /** When `expired` names it next: its expiry, or later when it was named already. */
  noticeMs: number;
  /** The heap has an entry for this time: at or before `noticeMs`, which may have moved on. */
  heapMs: number;
  /** When the time that is left is to be told to the other members; Infinity: not planned. */
  checkpointMs: number;
};

/** Telling the other members what is left of long leases, so that a new primary goes on from it. */
export type LeaseCheckpoints = {
  /** What lives longer is told about in this interval; undefined: this member tells nothing. */
  readonly intervalMs: number | undefined;
  /** Whether what was told is stored, also while the cluster's version is below 3.6. */
  readonly areStored: boolean;
};

const noCheckpoints: LeaseCheckpoints = { intervalMs: undefined, areStored: false };

export type RenewResult = number | 'unknown' | 'expired' | 'not-primary' | 'checkpointed';

export type DueCheckpoint = { readonly ID: bigint; readonly remainingTTL: number };

export class LeaseCounts {
  granted = 0;
  revoked = 0;
  renewed = 0;
}

/** For metrics; the counts outlive a lessor that another one replaces. */
export type LeaseMeter = {
  readonly counts?: LeaseCounts;
  /** A lease was granted for so long. */
  readonly granted?: (ttlSeconds: number) => void;
};

/** From so many leases on, a new primary spreads their expiries (etcd's revoke rate per second). */
const spreadFromCount = 1000;
/** Expiries in any one second after spreading: fewer than can be revoked, so none pile up. */
const expiriesPerSecond = 750;

/**
 * Leases of this member.
 *
 *   demoted ──promote──▶ primary      every expiry starts anew: at least its TTL from now
 *   primary ──demote───▶ demoted      nothing expires; the new leader counts
 *
 * The set of leases is replicated and changes only through the applier. Expiry times exist only
 * while this member leads. No clock is read in here: monotonic milliseconds come as arguments.
 */
export class Lessor {
  readonly #minTtlSeconds: number;
  readonly #granted: (ttlSeconds: number) => void;
  /** For metrics. */
  readonly counts: LeaseCounts;
  readonly #leases = new Map<bigint, Lease>();
  readonly #heap = new ExpiryHeap();
  readonly #checkpoints: LeaseCheckpoints;
  readonly #checkpointHeap = new ExpiryHeap();
  #isPrimary = false;

  private constructor(
    minTtlSeconds: number,
    checkpoints: LeaseCheckpoints,
    { counts, granted }: LeaseMeter,
  ) {
    this.#minTtlSeconds = minTtlSeconds;
    this.#checkpoints = checkpoints;
    this.counts = counts ?? new LeaseCounts();
    this.#granted = granted ?? (() => {});
  }

  /** Demoted, with the leases of the backend. Shorter TTLs than `minTtlSeconds` are raised to it. */
  static load(
    txn: ReadTxn,
    minTtlSeconds: number,
    checkpoints = noCheckpoints,
    meter: LeaseMeter = {},
  ): Lessor {
    const lessor = new Lessor(minTtlSeconds, checkpoints, meter);
    for (const [, value] of txn.range('lease', emptyBytes, undefined)) {
      const { ID, TTL, RemainingTTL } = decodeLease(value);
      // As etcd does on a restart: the flags may have changed since the lease was granted.
      lessor.#add(ID, Math.max(TTL, minTtlSeconds), RemainingTTL);
    }
    return lessor;
  }

  get storesCheckpoints(): boolean {
    return this.#checkpoints.areStored;
  }

  get isPrimary(): boolean {
    return this.#isPrimary;
  }

  get size(): number {
    return this.#leases.size;
  }

  has(id: bigint): boolean {
    return this.#leases.has(id);
  }

  /** undefined when unknown. */
  status(id: bigint, nowMs: number): LeaseStatus | undefined {
    const lease = this.#leases.get(id);
    return lease && this.#statusOf(lease, nowMs);
  }

  /** All leases, least remaining time first. */
  list(nowMs: number): readonly LeaseStatus[] {
    return [...this.#leases.values()]
      .sort((a, b) =>
        a.expiryMs === b.expiryMs ? compareIds(a.id, b.id) : a.expiryMs - b.expiryMs,
      )
      .map((lease) => this.#statusOf(lease, nowMs));
  }

  /** Keys attached to the lease, in byte order. */
  attachedKeys(txn: ReadTxn, id: bigint): Uint8Array[] {
    return attachedKeys(txn, id);
  }

  /** Starts every expiry anew: checkpointed or full TTL plus `extendMs`; many are spread. */
  promote(extendMs: number, nowMs: number): void {
    this.#isPrimary = true;
    this.#heap.clear();
    this.#checkpointHeap.clear();
    const leases = [...this.#leases.values()];
    for (const lease of leases) {
      lease.expiryMs = nowMs + secondsLeft(lease) * 1000 + extendMs;
      lease.heapMs = Number.POSITIVE_INFINITY;
      lease.checkpointMs = Number.POSITIVE_INFINITY;
      this.#planCheckpoint(lease, nowMs);
    }
    if (leases.length >= spreadFromCount) spread(leases);
    for (const lease of leases) this.#schedule(lease, lease.expiryMs);
  }

  demote(): void {
    this.#isPrimary = false;
    this.#heap.clear();
    this.#checkpointHeap.clear();
    for (const lease of this.#leases.values()) {
      lease.expiryMs = Number.POSITIVE_INFINITY;
      lease.noticeMs = Number.POSITIVE_INFINITY;
      lease.heapMs = Number.POSITIVE_INFINITY;
      lease.checkpointMs = Number.POSITIVE_INFINITY;
    }
  }

  /**
   * Restarts the lease's time and returns the granted TTL in seconds. 'expired': its time is over
   * and its revocation is on the way, so it must not be promised to anyone any more.
   * 'checkpointed': the others were told of less time than would be promised now, so they have to
   * hear first that this is void.
   */
  renew(id: bigint, nowMs: number): RenewResult {
    if (!this.#isPrimary) return 'not-primary';
    const lease = this.#leases.get(id);
    if (lease === undefined) return 'unknown';
    if (lease.expiryMs <= nowMs) return 'expired';
    const isTold = this.#checkpoints.intervalMs !== undefined;
    if (isTold && lease.checkpointSeconds > 0) return 'checkpointed';
    lease.checkpointSeconds = 0;
    lease.expiryMs = nowMs + lease.ttlSeconds * 1000;
    this.#schedule(lease, lease.expiryMs);
    this.counts.renewed += 1;
    return lease.ttlSeconds;
  }

  /** Leases whose time is over, at most `limit`; they are named again only after `retryMs`. */
  expired(nowMs: number, limit: number, retryMs: number): readonly bigint[] {
    const ids: bigint[] = [];
    while (ids.length < limit) {
      const next = this.#heap.peek();
      if (next === undefined || next.atMs > nowMs) break;
      this.#heap.pop();
      const lease = this.#leases.get(next.id);
      if (lease === undefined || lease.heapMs !== next.atMs) continue;
      lease.heapMs = Number.POSITIVE_INFINITY;
      if (lease.noticeMs > nowMs) {
        this.#schedule(lease, lease.noticeMs);
        continue;
      }
      ids.push(lease.id);
      this.#schedule(lease, nowMs + retryMs);
    }
    return ids;
  }

  /**
   * What the other members are to be told now, at most `limit` leases. Each is named again an
   * interval later, also when telling fails, unless by then a checkpoint was applied with less left
   * than that. Less than a second is not left out: it is rounded up.
   */
  dueCheckpoints(nowMs: number, limit: number): readonly DueCheckpoint[] {
    const due: DueCheckpoint[] = [];
    while (due.length < limit) {
      const next = this.#checkpointHeap.peek();
      if (next === undefined || next.atMs > nowMs) break;
      this.#checkpointHeap.pop();
      const lease = this.#leases.get(next.id);
      if (lease === undefined || lease.checkpointMs !== next.atMs) continue;
      lease.checkpointMs = Number.POSITIVE_INFINITY;
      if (lease.expiryMs <= nowMs) continue;
      const remainingTTL = Math.ceil((lease.expiryMs - nowMs) / 1000);
      if (remainingTTL < lease.ttlSeconds) due.push({ ID: lease.id, remainingTTL });
      this.#planCheckpoint(lease, nowMs);
    }
    return due;
  }

  // The applier's side.

  /** Throws LeaseNotFound (id 0), LeaseTTLTooLarge or LeaseExist; returns the effective TTL. */
  grant(txn: WriteTxn, id: bigint, ttlSeconds: number, nowMs: number): number {
    if (id === 0n) throw new EtcdError('LeaseNotFound');
    if (ttlSeconds > limits.leaseTtlSecondsMax) throw new EtcdError('LeaseTTLTooLarge');
    if (this.#leases.has(id)) throw new EtcdError('LeaseExist');
    const lease = this.#add(id, Math.max(ttlSeconds, this.#minTtlSeconds), 0);
    this.#persist(txn, lease);
    this.counts.granted += 1;
    this.#granted(lease.ttlSeconds);
    if (this.#isPrimary) {
      lease.expiryMs = nowMs + lease.ttlSeconds * 1000;
      this.#schedule(lease, lease.expiryMs);
      this.#planCheckpoint(lease, nowMs);
    }
    return lease.ttlSeconds;
  }

  /** Forgets the lease; the applier deletes its keys. Throws LeaseNotFound. */
  revoke(txn: WriteTxn, id: bigint): void {
    if (!this.#leases.delete(id)) throw new EtcdError('LeaseNotFound');
    txn.delete('lease', leaseIdBytes(id));
    this.counts.revoked += 1;
  }

  /**
   * Remembers how much time is left, for the next primary; 0: all of it. A lease that is gone by
   * now is left out.
   */
  checkpoint(txn: WriteTxn, told: DueCheckpoint, isStored: boolean, nowMs: number): void {
    const lease = this.#leases.get(told.ID);
    if (lease === undefined) return;
    lease.checkpointSeconds = told.remainingTTL;
    if (isStored) this.#persist(txn, lease);
    if (this.#isPrimary) this.#planCheckpoint(lease, nowMs);
  }

  /** One time per lease is planned at once, and only for what lives longer than the interval. */
  #planCheckpoint(lease: Lease, nowMs: number): void {
    const { intervalMs } = this.#checkpoints;
    if (intervalMs === undefined) return;
    if (secondsLeft(lease) * 1000 <= intervalMs) {
      lease.checkpointMs = Number.POSITIVE_INFINITY;
      return;
    }
    if (lease.checkpointMs < Number.POSITIVE_INFINITY) return;
    lease.checkpointMs = nowMs + intervalMs;
    this.#checkpointHeap.push({ id: lease.id, atMs: lease.checkpointMs });
    // Revoked leases leave entries behind, as in the other heap.
    if (this.#checkpointHeap.size <= 2 * this.#leases.size + 64) return;
    this.#checkpointHeap.clear();
    for (const { id, checkpointMs: atMs } of this.#leases.values()) {
      if (atMs < Number.POSITIVE_INFINITY) this.#checkpointHeap.push({ id, atMs });
    }
  }

  /** For tests: entries in both heaps. */
  get plannedCount(): number {
    return this.#heap.size + this.#checkpointHeap.size;
  }

  #add(id: bigint, ttlSeconds: number, checkpointSeconds: number): Lease {
    const never = Number.POSITIVE_INFINITY;
    const times = { expiryMs: never, noticeMs: never, heapMs: never, checkpointMs: never };
    const lease = { id, ttlSeconds, checkpointSeconds, ...times };
    this.#leases.set(id, lease);
    return lease;
  }

  #persist(txn: WriteTxn, lease: Lease): void {
    const record = { ID: lease.id, TTL: lease.ttlSeconds, RemainingTTL: lease.checkpointSeconds };
    txn.put('lease', leaseIdBytes(lease.id), encodeLease(record));
  }

  #statusOf(lease: Lease, nowMs: number): LeaseStatus {
    const remainingSeconds = this.#isPrimary
      ? Math.trunc((lease.expiryMs - nowMs) / 1000)
      : lease.ttlSeconds;
    return { id: lease.id, ttlSeconds: lease.ttlSeconds, remainingSeconds };
  }

  /** A later time costs nothing: the entry that is there leads to it when its own time comes. */
  #schedule(lease: Lease, atMs: number): void {
    lease.noticeMs = atMs;
    if (atMs >= lease.heapMs) return;
    this.#addToHeap(lease);
    // Revoked leases and earlier times leave entries behind: half of all is the most that is kept.
    if (this.#heap.size <= 2 * this.#leases.size + 64) return;
    this.#heap.clear();
    for (const each of this.#leases.values()) this.#addToHeap(each);
  }

  #addToHeap(lease: Lease): void {
    const { id, noticeMs } = lease;
    assert(noticeMs < Number.POSITIVE_INFINITY, 'a primary knows when to look at each lease');
    lease.heapMs = noticeMs;
    this.#heap.push({ id, atMs: noticeMs });
  }
}

/** What a new primary grants. */
function secondsLeft({ checkpointSeconds, ttlSeconds }: Lease): number {
  return checkpointSeconds > 0 ? checkpointSeconds : ttlSeconds;
}

/** Delays expiries so that any second has at most `expiriesPerSecond` of them. */
function spread(leases: Lease[]): void {
  leases.sort((a, b) => a.expiryMs - b.expiryMs);
  for (let i = expiriesPerSecond; i < leases.length; i++) {
    const lease = leases[i] as Lease;
    const earliestMs = (leases[i - expiriesPerSecond] as Lease).expiryMs + 1000;
    lease.expiryMs = Math.max(lease.expiryMs, earliestMs);
  }
}

function compareIds(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
