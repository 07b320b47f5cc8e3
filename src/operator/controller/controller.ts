import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { parseEtcdCluster } from '../api/parse.ts';
import type { EventRecorder } from '../execute/event-recorder.ts';
import { KubernetesActions, type ObjectWriter } from '../execute/kubernetes-actions.ts';
import { executeMemberAction } from '../execute/member-actions.ts';
import { isWorthWriting, type StatusClient, writeStatus } from '../execute/status-writer.ts';
import { failoverBounds } from '../failover/bounds.ts';
import { resources } from '../kubernetes-client/resources.ts';
import type { OperatorMetrics } from '../metrics.ts';
import { remainsOf } from '../observe/observe-kubernetes.ts';
import type { Action } from '../reconcile/action.ts';
import type { ReconcileResult, ReconcileSettings } from '../reconcile/outcome.ts';
import { reconcile, reconcileFailover } from '../reconcile/reconcile.ts';
import { ClusterCaches } from './cluster-caches.ts';
import type { ListWatchClient } from './informers.ts';
import { TendedCluster } from './tended-cluster.ts';
import { WorkQueue } from './work-queue.ts';

export type ControllerOptions = {
  readonly client: ListWatchClient & ObjectWriter & StatusClient;
  readonly namespaces: readonly string[];
  readonly settings: ReconcileSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: OperatorMetrics;
  readonly events: EventRecorder;
  /** Asked before everything that changes anything: false from the moment the lease may be lost. */
  readonly mayAct: () => boolean;
};

/** Clusters looked after at the same time; a pass mostly waits for answers. */
const WORKERS_MAX = 8;
const RETRY_MS = { first: 250, longest: 30_000 };
/** After actions the caches may need a moment; a plan that never settles must not spin. */
const AFTER_ACTION_MS = 50;
/** How often clusters with something unusual are examined for a silent leader. */
const VIGIL_MS = 100;
/** etcd wants all members to have been connected for five seconds before the next change. */
const NOT_YET_MS = 500;
/** Kubernetes is still collecting an earlier cluster of the same name. */
const REMAINS_MS = 1_000;

/**
 * Brings observing, reconciling and executing together, one pass at a time for each cluster. Beside
 * the passes runs the failover path: the moment a stream breaks it decides on what is known
 * already, because asking the members or the API server first would cost the time this is about.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #caches: ClusterCaches;
  readonly #actions: KubernetesActions;
  readonly #queue: WorkQueue;
  readonly #tended = new Map<string, TendedCluster>();
  #isStarted = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { client, namespaces, clock, log } = options;
    this.#caches = new ClusterCaches({
      namespaces,
      client,
      clock,
      log: log.child('operator/informers'),
      onChange: (key) => this.#changed(key),
    });
    this.#actions = new KubernetesActions(client, this.#caches);
    this.#queue = new WorkQueue(
      { workersMax: WORKERS_MAX, retryMs: RETRY_MS },
      clock,
      async (key) => ({ againAfterMs: await this.#pass(key) }),
      (key, error) => log.warn('the pass failed; trying again', { cluster: key, error }),
    );
  }

  get isSynced(): boolean {
    return this.#caches.isSynced;
  }

  get queueDepth(): number {
    return this.#queue.depth;
  }

  phases(): readonly string[] {
    return [...this.#tended.values()].map(({ cluster }) => cluster.status?.phase ?? 'Creating');
  }

  /** Runs until the signal is aborted; then nothing is begun any more and what runs ends. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    await Promise.race([this.#caches.start(signal), aborted(signal)]);
    if (signal.aborted) return;
    this.#isStarted = true;
    for (const key of this.#caches.keys()) this.#queue.add(key);
    const stopVigil = clock.every(VIGIL_MS, () => {
      for (const tended of this.#tended.values()) if (tended.isUneasy) this.#failOver(tended);
    });
    await aborted(signal);
    stopVigil();
    await this.#queue.close();
    for (const tended of this.#tended.values()) tended.close();
    this.#tended.clear();
  }

  #changed(key: string): void {
    if (!this.#isStarted) return;
    const tended = this.#tended.get(key);
    if (tended !== undefined) {
      tended.follow(this.#caches.objectsOf(tended.cluster));
      this.#failOver(tended);
    }
    this.#queue.add(key);
  }

  /** One pass; resolves to when the next is due, undefined when only a change can make one. */
  async #pass(key: string): Promise<number | undefined> {
    const cluster = await this.#parsed(key);
    if (cluster === undefined) return undefined;
    const tended = this.#tend(key, cluster);
    const found = this.#caches.objectsOf(cluster);
    tended.follow(found);
    const remains = remainsOf(cluster, found);
    const hasWorkload = tended.observe(found).workloads.length > 0;
    if (!hasWorkload && remains.length > 0 && cluster.status === undefined) return REMAINS_MS;
    const { clock, metrics } = this.#options;
    const startedMs = clock.monotonicMs();
    let outcome = 'error';
    try {
      await tended.refreshViews(found);
      const result = this.#reconcile(tended);
      outcome = result.outcome.then;
      return await this.#carryOut(tended, result);
    } finally {
      metrics.pass(outcome, (clock.monotonicMs() - startedMs) / 1_000);
    }
  }

  #reconcile(tended: TendedCluster): ReconcileResult {
    const { settings, clock } = this.#options;
    const observed = tended.observe(this.#caches.objectsOf(tended.cluster));
    return reconcile({ cluster: tended.cluster, observed, nowMs: clock.wallMs(), settings });
  }

  async #carryOut(tended: TendedCluster, result: ReconcileResult): Promise<number> {
    const { actions, requeueAfterMs } = result;
    const failover = actions.some(({ kind }) => kind === 'forget-leader');
    // The fast path was quicker; look again when it is through.
    if (failover && tended.isFailingOver) return failoverBounds.afterwardsMs;
    // A failover does not wait for the API server; everything else is recorded before it is done.
    if (!failover && !(await this.#writeStatus(tended, result))) return NOT_YET_MS;
    for (const action of actions) {
      if (!(await this.#execute(tended, action))) return NOT_YET_MS;
    }
    if (failover) await this.#writeStatus(tended, result);
    return actions.length > 0 ? Math.max(requeueAfterMs, AFTER_ACTION_MS) : requeueAfterMs;
  }

  /** False when the cluster has gone: then nothing may be made for it any more. */
  async #writeStatus(tended: TendedCluster, { status }: ReconcileResult): Promise<boolean> {
    const { clock, client } = this.#options;
    const nowMs = clock.monotonicMs();
    const sinceMs = nowMs - tended.statusWrittenMs;
    if (!isWorthWriting(tended.cluster.status, status, sinceMs)) return true;
    this.#assertMayAct();
    const stored = await writeStatus(client, tended.cluster, status);
    tended.statusWrittenMs = nowMs;
    if (stored === undefined) return false;
    this.#caches.written(resources.etcdCluster, stored);
    tended.cluster = { ...tended.cluster, status };
    return true;
  }

  /** False when it is too early or somebody else was faster: the rest is left to the next pass. */
  async #execute(tended: TendedCluster, action: Action): Promise<boolean> {
    const { metrics, events, log } = this.#options;
    this.#assertMayAct();
    const { namespace, name } = tended.cluster.metadata;
    if (action.kind === 'emit-event') {
      await events.record(tended.cluster, action);
      return true;
    }
    try {
      if (!(await this.#dispatch(tended, action))) {
        metrics.action(action.kind, 'not-needed');
        return false;
      }
      metrics.action(action.kind, 'done');
      log.debug('done', { cluster: `${namespace}/${name}`, action: action.kind });
      return true;
    } catch (error) {
      const why = steadyText(error);
      if (isTooEarly(why)) {
        metrics.action(action.kind, 'too-early');
        log.info('etcd refuses for now', {
          cluster: `${namespace}/${name}`,
          action: action.kind,
          why,
        });
        return false;
      }
      metrics.action(action.kind, 'failed');
      const message = `${action.kind}: ${why}`;
      await events.record(tended.cluster, { type: 'Warning', reason: 'ActionFailed', message });
      throw error;
    }
  }

  /** False: the survivors of a dead leader had moved on already, so none was asked to campaign. */
  async #dispatch(
    tended: TendedCluster,
    action: Exclude<Action, { kind: 'emit-event' }>,
  ): Promise<boolean> {
    switch (action.kind) {
      case 'add-learner':
      case 'promote-member':
      case 'remove-member':
      case 'move-leader':
        await executeMemberAction(action, tended.connections.clientOf);
        return true;
      case 'forget-leader': {
        if (!(await tended.forgetLeader(action))) return false;
        const { namespace, name } = tended.cluster.metadata;
        this.#options.metrics.failover(namespace, name, action.evidence);
        return true;
      }
      default:
        await this.#actions.execute(tended.cluster, action);
        return true;
    }
  }

  /** Decides synchronously on what is known and, when a leader is dead, acts without waiting. */
  #failOver(tended: TendedCluster): void {
    const { settings, clock, log, mayAct } = this.#options;
    if (tended.isFailingOver || !settings.fastFailover || !mayAct()) return;
    const observed = tended.observeForFailover(this.#caches.objectsOf(tended.cluster));
    const { cluster } = tended;
    const outcome = reconcileFailover({ cluster, observed, nowMs: clock.wallMs(), settings });
    if (outcome.then !== 'act') return;
    const run = async (): Promise<void> => {
      for (const action of outcome.actions) {
        if (!(await this.#execute(tended, action))) return;
      }
    };
    run().catch((error: unknown) => log.warn('failover failed', { error }));
  }

  /** The cluster as it is now; undefined when it is gone or its manifest is refused. */
  async #parsed(key: string): Promise<EtcdCluster | undefined> {
    const manifest = this.#caches.cluster(key);
    if (manifest === undefined) {
      this.#tended.get(key)?.close();
      this.#tended.delete(key);
      return undefined;
    }
    const parsed = parseEtcdCluster(manifest);
    if (parsed.kind === 'cluster') return parsed.cluster;
    // The CRD's rules refuse such a manifest; one can be here from before they were installed.
    const { log } = this.#options;
    log.error('an EtcdCluster is not valid', { cluster: key, problems: parsed.problems });
    return undefined;
  }

  #tend(key: string, cluster: EtcdCluster): TendedCluster {
    const known = this.#tended.get(key);
    if (known?.uid === cluster.metadata.uid) {
      known.cluster = cluster;
      return known;
    }
    known?.close();
    const { clock, log, metrics } = this.#options;
    const tended: TendedCluster = new TendedCluster(
      cluster,
      clock,
      log,
      () => {
        this.#failOver(tended);
        this.#queue.add(key);
      },
      (seconds) => metrics.failoverEnded(seconds),
    );
    this.#tended.set(key, tended);
    return tended;
  }

  #assertMayAct(): void {
    if (!this.#options.mayAct()) throw new Error('this replica does not hold the lease');
  }
}

/** Refusals that pass by themselves and are part of every membership change. */
function isTooEarly(message: string): boolean {
  return (
    message.includes('etcdserver: unhealthy cluster') ||
    message.includes('not enough started members') ||
    message.includes('in sync with leader')
  );
}

/** Without what differs every time, so that the same error again is the same event. */
function steadyText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/(Deadline exceeded) after .*/, '$1');
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
