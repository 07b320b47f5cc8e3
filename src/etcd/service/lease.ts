import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { leaseGrantCost } from '../alarm/quota.ts';
import { checkLeaseReadAllowed, checkLeaseWriteAllowed } from '../auth/request-permission.ts';
import type { Answer, Consensus } from '../consensus/consensus.ts';
import { EtcdError } from '../errors.ts';
import type { RenewResult } from '../lease/lessor.ts';
import {
  encodeLeaseKeepAliveResponse,
  encodeLeaseLeasesResponse,
  encodeLeaseTimeToLiveResponse,
  type InternalRaftRequestInit,
  type LeaseGrantRequest,
  type LeaseRevokeRequest,
  type LeaseTimeToLiveRequest,
  type LeaseTimeToLiveResponseInit,
} from '../proto/generated/etcdserverpb.ts';
import type { Access, Credentials } from './access.ts';
import { type LeaderAnswer, untilLeaderAnswers } from './at-leader.ts';
import type { SpaceGuard } from './space-guard.ts';

/** The part of the lessor that requests look at. */
export interface LeaseView {
  has(id: bigint): boolean;
  status(
    id: bigint,
    nowMs: number,
  ): { readonly ttlSeconds: number; readonly remainingSeconds: number } | undefined;
  list(nowMs: number): readonly { readonly id: bigint }[];
  renew(id: bigint, nowMs: number): RenewResult;
}

export type LeaseServiceOptions = {
  readonly consensus: Consensus;
  readonly access: Access;
  readonly lessor: () => LeaseView;
  readonly attachedKeys: (id: bigint) => readonly Uint8Array[];
  readonly currentRevision: () => number;
  readonly space: SpaceGuard;
  readonly clock: Clock;
  readonly random: Random;
  readonly requestTimeoutMs: number;
  /** etcd's gate FastLeaseKeepAlive: without it everything committed is applied first. */
  readonly renewsFast: boolean;
  /** Asks the leader by its peer URL; throws EtcdError LeaseNotFound, anything else is retried. */
  readonly renewAtLeader: (id: bigint, signal?: AbortSignal) => Promise<number>;
  readonly timeToLiveAtLeader: (
    id: bigint,
    keys: boolean,
    signal?: AbortSignal,
  ) => Promise<LeaseTimeToLiveResponseInit>;
};

/**
 * Leases. Granting and revoking go through the log; renewing and reading the remaining time is the
 * leader's business, because only its lessor has expiry times.
 */
export class LeaseService {
  readonly #options: LeaseServiceOptions;

  constructor(options: LeaseServiceOptions) {
    this.#options = options;
  }

  async grant(request: LeaseGrantRequest, signal?: AbortSignal, by?: Credentials): Promise<Answer> {
    await this.#options.space.ensureSpace(leaseGrantCost);
    const ID = request.ID === 0n ? this.#unusedId() : request.ID;
    const leaseGrant = { ID, TTL: request.TTL };
    return await this.#proposeAsUser({ leaseGrant }, signal, by);
  }

  async revoke(
    request: LeaseRevokeRequest,
    signal?: AbortSignal,
    by?: Credentials,
  ): Promise<Answer> {
    return await this.#proposeAsUser({ leaseRevoke: request }, signal, by);
  }

  /**
   * The usual renewal, at a leader that has the lease: its granted TTL in seconds, without a
   * promise in between. undefined: nothing was done, `keepAlive` finds out.
   */
  keepAliveAtOnce(id: bigint): number | undefined {
    const { access, consensus, lessor, clock, renewsFast } = this.#options;
    if (access.isEnabled || !renewsFast) return undefined;
    const nowMs = clock.monotonicMs();
    if (!consensus.leadsForCertain(nowMs)) return undefined;
    const renewed = lessor().renew(id, nowMs);
    return typeof renewed === 'number' ? renewed : undefined;
  }

  /** For the header of `keepAliveAtOnce`. */
  get currentRevision(): number {
    return this.#options.currentRevision();
  }

  /** A lease that does not exist is answered with TTL 0, not with an error. */
  async keepAlive(id: bigint, signal?: AbortSignal, by?: Credentials): Promise<Answer> {
    // Taken first, as etcd does: the header must not promise more than was known at renewal.
    const revision = this.#options.currentRevision();
    const TTL = await this.renew(id, signal, () => this.#checkRenewal(id, by)).catch(
      zeroWhenNotFound,
    );
    return { body: encodeLeaseKeepAliveResponse({ ID: id, TTL }), revision };
  }

  /**
   * The granted TTL in seconds. Throws LeaseNotFound, NotPrimaryLessor, Timeout, and what `check`
   * throws. Also for peers, who have checked already.
   */
  async renew(id: bigint, signal?: AbortSignal, check?: () => Promise<void>): Promise<number> {
    const { clock, requestTimeoutMs: timeoutMs } = this.#options;
    const attempt = (): Promise<LeaderAnswer<number>> => this.#tryRenew(id, signal, check);
    return await untilLeaderAnswers({ clock, timeoutMs }, attempt, signal);
  }

  /** The keys of a lease are told only to those who may read them all. */
  async timeToLive(
    request: LeaseTimeToLiveRequest,
    signal?: AbortSignal,
    by?: Credentials,
  ): Promise<Answer> {
    const { access } = this.#options;
    if (!access.isEnabled) return await this.timeToLiveForPeer(request, signal);
    await access.requireUser(by);
    if (!request.keys) return await this.timeToLiveForPeer(request, signal);
    const { revision } = access;
    checkLeaseReadAllowed(await access.asking(by), request.ID);
    const answer = await this.timeToLiveForPeer(request, signal);
    if (access.isEnabled && access.revision !== revision) throw new EtcdError('AuthOldRevision');
    return answer;
  }

  /** Without a check: the member that asks has made it. */
  async timeToLiveForPeer(request: LeaseTimeToLiveRequest, signal?: AbortSignal): Promise<Answer> {
    const { clock, requestTimeoutMs: timeoutMs, currentRevision } = this.#options;
    const revision = currentRevision();
    const attempt = (): Promise<LeaderAnswer<LeaseTimeToLiveResponseInit>> =>
      this.#tryTimeToLive(request, signal);
    const response = await untilLeaderAnswers({ clock, timeoutMs }, attempt, signal).catch(
      (error: unknown) => {
        if (!isNotFound(error)) throw error;
        return { ID: request.ID, TTL: -1 };
      },
    );
    return { body: encodeLeaseTimeToLiveResponse({ ...response, header: undefined }), revision };
  }

  /** The leases this member knows, least remaining time first; not linearizable, as in etcd. */
  async leases(by?: Credentials): Promise<Answer> {
    const { lessor, clock, currentRevision, access } = this.#options;
    if (access.isEnabled) await access.requireUser(by);
    const ids = lessor()
      .list(clock.monotonicMs())
      .map(({ id }) => id);
    if (access.isEnabled) {
      const asking = await access.asking(by);
      for (const id of ids) checkLeaseReadAllowed(asking, id);
    }
    const leases = ids.map((ID) => ({ ID }));
    return { body: encodeLeaseLeasesResponse({ leases }), revision: currentRevision() };
  }

  async #proposeAsUser(
    request: InternalRaftRequestInit,
    signal: AbortSignal | undefined,
    by: Credentials | undefined,
  ): Promise<Answer> {
    const { access } = this.#options;
    if (access.isEnabled) await access.requireUser(by);
    return await access.propose(request, signal, by);
  }

  /** Who may not write the keys of a lease may not keep it, and so them, alive. */
  async #checkRenewal(id: bigint, by: Credentials | undefined): Promise<void> {
    const { access } = this.#options;
    if (!access.isEnabled) return;
    await access.requireUser(by);
    checkLeaseWriteAllowed(await access.asking(by), id);
  }

  async #tryRenew(
    id: bigint,
    signal: AbortSignal | undefined,
    check: (() => Promise<void>) | undefined,
  ): Promise<LeaderAnswer<number>> {
    if (!this.#isLeader()) {
      if (check !== undefined) await check();
      return await this.#tryRenewAtLeader(id, signal);
    }
    if (!(await this.#options.consensus.ensureLeadership(signal))) {
      throw new EtcdError('NotPrimaryLessor');
    }
    // A lease that is not here yet may have been granted by an entry that is not applied yet.
    if (!this.#options.renewsFast || !this.#options.lessor().has(id))
      await this.#options.consensus.readBarrier(signal);
    if (check !== undefined) await check();
    const renew = (): RenewResult =>
      this.#options.lessor().renew(id, this.#options.clock.monotonicMs());
    let renewed = renew();
    if (renewed === 'checkpointed') {
      // The whole time is promised only when no new leader can count from what was left before.
      const leaseCheckpoint = { checkpoints: [{ ID: id, remainingTTL: 0 }] };
      await this.#options.consensus.propose({ leaseCheckpoint }, signal);
      renewed = renew();
    }
    switch (renewed) {
      case 'unknown':
        throw new EtcdError('LeaseNotFound');
      case 'checkpointed':
      case 'not-primary':
      // Its revocation is on the way through the log; the next attempt finds it gone.
      case 'expired':
        return 'try-again';
      default:
        return { kind: 'answer', value: renewed };
    }
  }

  async #tryRenewAtLeader(id: bigint, signal?: AbortSignal): Promise<LeaderAnswer<number>> {
    if (this.#options.consensus.status().leader === 0n) return 'try-again';
    try {
      return { kind: 'answer', value: await this.#options.renewAtLeader(id, signal) };
    } catch (error) {
      if (isNotFound(error)) throw error;
      return 'try-again';
    }
  }

  async #tryTimeToLive(
    request: LeaseTimeToLiveRequest,
    signal?: AbortSignal,
  ): Promise<LeaderAnswer<LeaseTimeToLiveResponseInit>> {
    const { consensus, lessor, clock, attachedKeys, timeToLiveAtLeader } = this.#options;
    const { ID, keys } = request;
    if (this.#isLeader()) {
      await consensus.readBarrier(signal);
      if (!this.#isLeader()) throw new EtcdError('LeaderChanged');
      const status = lessor().status(ID, clock.monotonicMs());
      if (status === undefined) throw new EtcdError('LeaseNotFound');
      const value = {
        ID,
        TTL: status.remainingSeconds,
        grantedTTL: status.ttlSeconds,
        keys: keys ? attachedKeys(ID) : [],
      };
      return { kind: 'answer', value };
    }
    if (consensus.status().leader === 0n) return 'try-again';
    try {
      return { kind: 'answer', value: await timeToLiveAtLeader(ID, keys, signal) };
    } catch (error) {
      if (isNotFound(error)) throw error;
      return 'try-again';
    }
  }

  #isLeader(): boolean {
    return this.#options.consensus.status().role === 'leader';
  }

  /** A positive number of 63 bits that no lease known here has. */
  #unusedId(): bigint {
    const { random, lessor } = this.#options;
    for (;;) {
      const high = BigInt(random.below(0x8000_0000));
      const id = (high << 32n) | BigInt(random.below(0x1_0000_0000));
      if (id !== 0n && !lessor().has(id)) return id;
    }
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof EtcdError && error.name === 'LeaseNotFound';
}

function zeroWhenNotFound(error: unknown): number {
  if (isNotFound(error)) return 0;
  throw error;
}
