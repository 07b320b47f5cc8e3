import type { KubernetesObject } from '@kubernetes/client-node';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { hasStatus } from '../kubernetes-client/kubernetes-client.ts';
import { type ObjectName, type Resource, resources } from '../kubernetes-client/resources.ts';

/** coordination.k8s.io/v1, as plain JSON. */
export type Lease = KubernetesObject & {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
};

/** What leader election needs of the API server. */
export interface LeaseClient {
  get(resource: Resource, name: ObjectName, signal?: AbortSignal): Promise<Lease | undefined>;
  create(resource: Resource, lease: Lease, signal?: AbortSignal): Promise<Lease>;
  replace(resource: Resource, lease: Lease, signal?: AbortSignal): Promise<Lease>;
}

export type LeaderElectionOptions = {
  readonly lease: ObjectName;
  /** Different for every process, also for the same pod restarted. */
  readonly identity: string;
  /** Others take over after this long without a renewal. */
  readonly leaseMs: number;
  /** The holder gives up when it could not renew for this long; less than `leaseMs`. */
  readonly renewDeadlineMs: number;
  readonly retryMs: number;
};

export const leaderElectionTimes = Object.freeze({
  leaseMs: 15_000,
  renewDeadlineMs: 10_000,
  retryMs: 2_000,
});

/**
 * One acting operator among several replicas, by a Lease object.
 *
 * standby --acquired--> leading --not renewed in time, or taken--> lost (for ever: end the process)
 *
 * Clocks of different machines are never compared: a lease counts as abandoned when this process
 * has seen it unchanged for `leaseMs` of its own time. The holder measures its deadline from
 * before the renewal was sent, so it always stops acting before another may begin.
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #client: LeaseClient;
  readonly #clock: Clock;
  readonly #log: Log;
  #renewedMs = 0;
  #isLeading = false;
  #seen: { readonly text: string; readonly atMs: number } | undefined;

  constructor(options: LeaderElectionOptions, client: LeaseClient, clock: Clock, log: Log) {
    this.#options = options;
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
  }

  /** May act at this very moment; asked again before every action, also while timers are late. */
  get isLeading(): boolean {
    return this.#isLeading && this.#sinceRenewalMs() < this.#options.renewDeadlineMs;
  }

  /** Resolves when the lease is ours; rejects with the signal's reason. */
  async acquire(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (await this.#attempt(signal)) {
        this.#isLeading = true;
        this.#log.info('leading', { identity: this.#options.identity });
        return;
      }
      await this.#clock.after(this.#options.retryMs, signal);
    }
  }

  /** Renews until the lease is lost or the signal is aborted; afterwards nothing may be done. */
  async hold(signal: AbortSignal): Promise<'lost' | 'aborted'> {
    while (!signal.aborted) {
      try {
        await this.#clock.after(this.#options.retryMs, signal);
      } catch {
        break;
      }
      const leftMs = this.#options.renewDeadlineMs - this.#sinceRenewalMs();
      const deadline = AbortSignal.timeout(Math.max(1, Math.floor(leftMs)));
      const renewed = await this.#attempt(AbortSignal.any([signal, deadline]));
      if (renewed) continue;
      if (signal.aborted) break;
      if (this.#isLeading && this.#sinceRenewalMs() < this.#options.renewDeadlineMs) continue;
      this.#isLeading = false;
      this.#log.error('lost the lease', { lease: this.#options.lease.name });
      return 'lost';
    }
    return 'aborted';
  }

  /** Lets another replica take over at once instead of after the lease's duration. */
  async release(): Promise<void> {
    if (!this.isLeading) return;
    this.#isLeading = false;
    try {
      const lease = await this.#client.get(resources.lease, this.#options.lease);
      if (lease?.spec?.holderIdentity !== this.#options.identity) return;
      const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 };
      await this.#client.replace(resources.lease, { ...lease, spec });
    } catch (error) {
      this.#log.warn('could not release the lease; it will run out', { error });
    }
  }

  /** Reads the lease and takes or renews it where that is allowed. An error is a failed attempt. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const beganMs = this.#clock.monotonicMs();
    try {
      const lease = await this.#client.get(resources.lease, this.#options.lease, signal);
      if (lease === undefined) {
        await this.#client.create(resources.lease, this.#leaseOf(undefined), signal);
      } else {
        if (!this.#mayTake(lease)) return false;
        // The resourceVersion makes this a compare-and-swap: of two takers one is refused.
        await this.#client.replace(resources.lease, this.#leaseOf(lease), signal);
      }
      this.#renewedMs = beganMs;
      return true;
    } catch (error) {
      const isRace = hasStatus(error, 409);
      if (!isRace && !signal.aborted) this.#log.warn('lease could not be renewed', { error });
      return false;
    }
  }

  #mayTake({ spec }: Lease): boolean {
    const holder = spec?.holderIdentity ?? '';
    if (holder === this.#options.identity) return true;
    // Ours a moment ago and now somebody else's: there is nothing to renew any more.
    if (this.#isLeading) {
      this.#isLeading = false;
      return false;
    }
    if (holder === '') return true;
    const text = `${holder} ${spec?.renewTime ?? ''} ${spec?.leaseTransitions ?? 0}`;
    const nowMs = this.#clock.monotonicMs();
    if (this.#seen?.text !== text) {
      this.#seen = { text, atMs: nowMs };
      this.#log.info('another replica leads', { holder });
    }
    const durationMs = (spec?.leaseDurationSeconds ?? 0) * 1_000;
    return nowMs - this.#seen.atMs > Math.max(durationMs, this.#options.leaseMs);
  }

  #leaseOf(before: Lease | undefined): Lease {
    const { identity, lease, leaseMs } = this.#options;
    const isOurs = before?.spec?.holderIdentity === identity;
    const now = microTime(this.#clock.wallMs());
    const { apiVersion, kind } = resources.lease;
    return {
      apiVersion,
      kind,
      metadata: before?.metadata ?? { namespace: lease.namespace, name: lease.name },
      spec: {
        ...before?.spec,
        holderIdentity: identity,
        leaseDurationSeconds: Math.round(leaseMs / 1_000),
        acquireTime: isOurs ? (before.spec?.acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: (before?.spec?.leaseTransitions ?? -1) + (isOurs ? 0 : 1),
      },
    };
  }

  #sinceRenewalMs(): number {
    return this.#clock.monotonicMs() - this.#renewedMs;
  }
}

/** Leases carry microseconds; the API server refuses times without them. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
