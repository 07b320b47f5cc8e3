import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import {
  compareVersions,
  type EtcdVersion,
  isDowngrade,
  lowestVersion,
  maybeParseVersion,
  oldestClusterVersion,
  shortVersion,
  versionText,
} from '../membership/etcd-version.ts';
import type { Downgrade } from '../membership/membership.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';

export type VersionMonitorParts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly isLeader: () => boolean;
  readonly term: () => number;
  /** Refused unless this member leads in that term. */
  readonly proposeAsLeader: (request: InternalRaftRequestInit, term: number) => Promise<unknown>;
  /** Of every member's server, this one's too; undefined where it cannot be asked. */
  readonly serverVersions: () => Promise<readonly (EtcdVersion | undefined)[]>;
  readonly clusterVersion: () => string | undefined;
  readonly downgrade: () => Downgrade;
  /** Moves this member's store to the cluster's version unless it has it already. */
  readonly followClusterVersion: (cluster: EtcdVersion) => void;
  /** `--downgrade-check-time`; 0: never. */
  readonly downgradeCheckMs: number;
};

/** etcd's monitors of the members' versions and of the store's. */
const VERSION_STEP_MS = 4_000;

/**
 * Which version a cluster works in: as high as its lowest server, or one below while it is being
 * downgraded. The leader decides; each member's store follows by itself.
 */
export class VersionMonitor {
  readonly #parts: VersionMonitorParts;
  readonly #stops: (() => void)[] = [];
  #deciding = false;
  #endingDowngrade = false;

  constructor(parts: VersionMonitorParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, downgradeCheckMs } = this.#parts;
    this.#stops.push(clock.every(VERSION_STEP_MS, () => this.#step()));
    if (downgradeCheckMs <= 0) return;
    this.#stops.push(clock.every(downgradeCheckMs, () => void this.#endDowngrade()));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops.length = 0;
  }

  /** The first entry of this member's own term was applied. */
  leadershipStarted(): void {
    void this.#decide();
  }

  #step(): void {
    void this.#decide();
    const cluster = maybeParseVersion(this.#parts.clusterVersion() ?? '');
    if (cluster !== undefined) this.#parts.followClusterVersion(cluster);
  }

  async #decide(): Promise<void> {
    const { isLeader, term, log, proposeAsLeader, serverVersions } = this.#parts;
    if (this.#deciding || !isLeader()) return;
    this.#deciding = true;
    try {
      const lowest = lowestVersion(await serverVersions());
      const current = maybeParseVersion(this.#parts.clusterVersion() ?? '');
      const next = nextClusterVersion(current, lowest, this.#parts.downgrade());
      if (next === undefined || !isLeader()) return;
      await proposeAsLeader({ clusterVersionSet: { ver: versionText(next) } }, term());
      const from = current === undefined ? 'none' : shortVersion(current);
      log.info('cluster version is updated', { from, 'cluster-version': shortVersion(next) });
    } catch (error) {
      log.warn('failed to update the cluster version', { error });
    } finally {
      this.#deciding = false;
    }
  }

  /** A downgrade is over when every member's server has the version that it was for. */
  async #endDowngrade(): Promise<void> {
    const { isLeader, term, log, downgrade, proposeAsLeader, serverVersions } = this.#parts;
    const { enabled, targetVersion } = downgrade();
    if (!enabled || this.#endingDowngrade || !isLeader()) return;
    this.#endingDowngrade = true;
    try {
      const target = maybeParseVersion(targetVersion);
      const versions = await serverVersions();
      const isThere = (version: EtcdVersion | undefined): boolean =>
        version !== undefined && target !== undefined && compareVersions(version, target) === 0;
      if (!versions.every(isThere) || !isLeader()) return;
      log.info('the cluster has been downgraded', { 'cluster-version': targetVersion });
      await proposeAsLeader({ downgradeInfoSet: { enabled: false } }, term());
    } catch (error) {
      log.warn('failed to cancel downgrade', { error });
    } finally {
      this.#endingDowngrade = false;
    }
  }
}

/**
 * undefined: it stays. Without all servers' versions a new cluster starts at the oldest, and others
 * stay: a leader must not raise the version past a member that it does not know. Throws when the
 * downgrade that is under way cannot be done from here.
 */
export function nextClusterVersion(
  current: EtcdVersion | undefined,
  lowest: EtcdVersion | undefined,
  { enabled, targetVersion }: Downgrade,
): EtcdVersion | undefined {
  if (current === undefined) return lowest ?? oldestClusterVersion;
  if (lowest === undefined) return undefined;
  if (enabled) {
    const target = maybeParseVersion(targetVersion);
    if (target !== undefined && compareVersions(target, current) === 0) return undefined;
    if (target === undefined || !isDowngrade(current, target) || !isDowngrade(lowest, target)) {
      const place = `cluster ${shortVersion(current)}, lowest server ${shortVersion(lowest)}`;
      throw new Error(`invalid downgrade target ${targetVersion} (${place})`);
    }
    return target;
  }
  const isRaised = lowest.major === current.major && lowest.minor > current.minor;
  return isRaised ? lowest : undefined;
}
