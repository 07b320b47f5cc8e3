import type { Log } from '../../base/log.ts';
import type { Answer, Consensus } from '../consensus/consensus.ts';
import { EtcdError } from '../errors.ts';
import {
  type EtcdVersion,
  isDowngrade,
  maybeParseTarget,
  maybeParseVersion,
  shortVersion,
  versionText,
} from '../membership/etcd-version.ts';
import type { Downgrade } from '../membership/membership.ts';
import {
  DowngradeRequest_DowngradeAction as Action,
  type DowngradeRequest,
  encodeDowngradeResponse,
} from '../proto/generated/etcdserverpb.ts';

export type DowngradeServiceOptions = {
  readonly consensus: Consensus;
  readonly clusterVersion: () => string | undefined;
  readonly downgrade: () => Downgrade;
  readonly currentRevision: () => number;
  readonly log: Log;
};

/**
 * The way back to the minor version before. Enabling it only writes down that it is wanted: the
 * leader then lowers the cluster's version, and each member's server is replaced by whoever runs
 * it.
 */
export class DowngradeService {
  readonly #options: DowngradeServiceOptions;

  constructor(options: DowngradeServiceOptions) {
    this.#options = options;
  }

  async answer({ action, version }: DowngradeRequest, signal?: AbortSignal): Promise<Answer> {
    switch (action) {
      case Action.VALIDATE:
        return await this.#validate(version, signal);
      case Action.ENABLE:
        return await this.#enable(version, signal);
      case Action.CANCEL:
        return await this.#cancel(signal);
      default:
        throw new EtcdError('UnknownMethod');
    }
  }

  /** Names the version that the cluster had when it was asked. */
  async #validate(version: string, signal: AbortSignal | undefined): Promise<Answer> {
    const target = targetOf(version);
    const current = this.#clusterVersion();
    await this.#check(target, signal);
    return this.#answerWith(current);
  }

  async #enable(version: string, signal: AbortSignal | undefined): Promise<Answer> {
    const { consensus, log } = this.#options;
    try {
      const target = targetOf(version);
      await this.#check(target, signal);
      const request = { enabled: true, ver: versionText(target) };
      await consensus.propose({ downgradeInfoSet: request }, signal);
    } catch (error) {
      log.warn('reject downgrade request', { error });
      throw error;
    }
    return this.#answerWith(this.#clusterVersion());
  }

  /** As in etcd, success whatever happens: only the log says that there was nothing to cancel. */
  async #cancel(signal: AbortSignal | undefined): Promise<Answer> {
    const { consensus, downgrade, log } = this.#options;
    try {
      await consensus.readBarrier(signal);
      if (!downgrade().enabled) throw new EtcdError('NoInflightDowngrade');
      await consensus.propose({ downgradeInfoSet: { enabled: false } }, signal);
    } catch (error) {
      log.warn('failed to cancel downgrade', { error });
    }
    return this.#answerWith(this.#clusterVersion());
  }

  /** Behind a barrier: another member may have enabled one already. */
  async #check(target: EtcdVersion, signal: AbortSignal | undefined): Promise<void> {
    const { consensus, downgrade } = this.#options;
    await consensus.readBarrier(signal);
    if (!isDowngrade(this.#clusterVersion(), target)) {
      throw new EtcdError('InvalidDowngradeTargetVersion');
    }
    if (downgrade().enabled) throw new EtcdError('DowngradeInProcess');
  }

  /** etcd breaks where a cluster that has none yet is asked to enable or cancel. */
  #clusterVersion(): EtcdVersion {
    const version = maybeParseVersion(this.#options.clusterVersion() ?? '');
    if (version === undefined) throw new EtcdError('ClusterVersionUnavailable');
    return version;
  }

  #answerWith(version: EtcdVersion): Answer {
    const body = encodeDowngradeResponse({ version: shortVersion(version) });
    return { body, revision: this.#options.currentRevision() };
  }
}

function targetOf(version: string): EtcdVersion {
  const target = maybeParseTarget(version);
  if (target === undefined) throw new EtcdError('WrongDowngradeVersionFormat');
  return target;
}
