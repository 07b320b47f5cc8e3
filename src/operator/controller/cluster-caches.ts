import type {
  KubernetesObject,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import type { WriteWitness } from '../execute/kubernetes-actions.ts';
import { type ObjectName, type Resource, resources } from '../kubernetes-client/resources.ts';
import type { ClusterObjects } from '../observe/observe-kubernetes.ts';
import { labelKeys } from '../resources/labels.ts';
import { Informer, type ListWatchClient } from './informers.ts';
import type { ObjectChange } from './object-cache.ts';

export type ClusterCachesOptions = {
  readonly namespaces: readonly string[];
  readonly client: ListWatchClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Something about the cluster `namespace/name` has changed. */
  readonly onChange: (key: string) => void;
};

/**
 * All that is known of the API server: the EtcdClusters and whatever carries their label. As a
 * witness it takes in our own writes, so that a pass never looks at a state older than what this
 * operator did last.
 */
export class ClusterCaches implements WriteWitness {
  readonly #onChange: (key: string) => void;
  readonly #clusters: Informer<KubernetesObject>;
  readonly #statefulSets: Informer<V1StatefulSet>;
  readonly #pods: Informer<V1Pod>;
  readonly #volumeClaims: Informer<V1PersistentVolumeClaim>;
  readonly #services: Informer<KubernetesObject>;
  readonly #budgets: Informer<KubernetesObject>;
  readonly #nodes: Informer<KubernetesObject>;
  readonly #byPlural: ReadonlyMap<string, Informer<KubernetesObject>>;

  constructor(options: ClusterCachesOptions) {
    this.#onChange = options.onChange;
    const child = (change: ObjectChange<KubernetesObject>): void => this.#childChanged(change);
    this.#clusters = informerOf(options, resources.etcdCluster, '', (change) => {
      if (isMoreThanStatus(change)) this.#onChange(keyOf(change.after ?? change.before));
    });
    const ours = labelKeys.cluster;
    this.#statefulSets = informerOf<V1StatefulSet>(options, resources.statefulSet, ours, child);
    this.#pods = informerOf<V1Pod>(options, resources.pod, ours, child);
    this.#volumeClaims = informerOf<V1PersistentVolumeClaim>(
      options,
      resources.volumeClaim,
      ours,
      child,
    );
    this.#services = informerOf(options, resources.service, ours, child);
    this.#budgets = informerOf(options, resources.disruptionBudget, ours, child);
    this.#nodes = informerOf(options, resources.node, '', (change) => this.#nodeChanged(change));
    this.#byPlural = new Map<string, Informer<KubernetesObject>>([
      [resources.etcdCluster.plural, this.#clusters],
      [resources.statefulSet.plural, this.#statefulSets as Informer<KubernetesObject>],
      [resources.pod.plural, this.#pods as Informer<KubernetesObject>],
      [resources.volumeClaim.plural, this.#volumeClaims as Informer<KubernetesObject>],
      [resources.service.plural, this.#services],
      [resources.disruptionBudget.plural, this.#budgets],
      [resources.node.plural, this.#nodes],
    ]);
  }

  get isSynced(): boolean {
    return [...this.#byPlural.values()].every((informer) => informer.isSynced);
  }

  /** Resolves when everything has been listed once. */
  async start(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#byPlural.values()].map((informer) => informer.start(signal)));
  }

  /** The EtcdCluster as the API server has it. */
  cluster(key: string): KubernetesObject | undefined {
    const [namespace = '', name = ''] = key.split('/');
    return this.#clusters.cache.get(namespace, name);
  }

  keys(): readonly string[] {
    return [...this.#clusters.cache.values()].map(keyOf);
  }

  /** Everything with the cluster's label in its namespace, also what belongs to an earlier one. */
  objectsOf({ metadata: { namespace, name } }: EtcdCluster): ClusterObjects {
    const labelled = <T extends KubernetesObject>(informer: Informer<T>): T[] =>
      informer.cache
        .inNamespace(namespace)
        .filter((one) => one.metadata?.labels?.[labelKeys.cluster] === name);
    return {
      statefulSets: labelled(this.#statefulSets),
      pods: labelled(this.#pods),
      volumeClaims: labelled(this.#volumeClaims),
      others: [...labelled(this.#services), ...labelled(this.#budgets)],
      nodeNames: this.#nodeNames(),
    };
  }

  known({ plural }: Resource, { namespace, name }: ObjectName): KubernetesObject | undefined {
    return this.#byPlural.get(plural)?.cache.get(namespace, name);
  }

  written({ plural }: Resource, object: KubernetesObject): void {
    this.#byPlural.get(plural)?.cache.put(object);
  }

  deleted(
    resource: Resource,
    { namespace, name }: ObjectName,
    uid: string,
    left: KubernetesObject | undefined,
  ): void {
    if (left === undefined) this.#byPlural.get(resource.plural)?.cache.remove(namespace, name, uid);
    else this.written(resource, left);
  }

  #nodeNames(): ReadonlySet<string> | undefined {
    if (!this.#nodes.isAllowed) return undefined;
    return new Set([...this.#nodes.cache.values()].map((node) => node.metadata?.name ?? ''));
  }

  #childChanged({ before, after }: ObjectChange<KubernetesObject>): void {
    const metadata = (after ?? before)?.metadata;
    const cluster =
      metadata?.labels?.[labelKeys.cluster] ?? before?.metadata?.labels?.[labelKeys.cluster];
    if (cluster !== undefined) this.#onChange(`${metadata?.namespace ?? ''}/${cluster}`);
  }

  /** Heartbeats change nodes all the time; only their coming and going matters. */
  #nodeChanged({ before, after }: ObjectChange<KubernetesObject>): void {
    if (before !== undefined && after !== undefined) return;
    for (const key of this.keys()) this.#onChange(key);
  }
}

function informerOf<T extends KubernetesObject>(
  { namespaces, client, clock, log }: ClusterCachesOptions,
  resource: Resource,
  labelSelector: string,
  onChange: (change: ObjectChange<T>) => void,
): Informer<T> {
  const isOptional = resource === resources.node;
  const options = { resource, namespaces, labelSelector, isOptional };
  return new Informer<T>(options, client, clock, log, onChange);
}

/** Our own status writes must not wake us up. */
function isMoreThanStatus({ before, after }: ObjectChange<KubernetesObject>): boolean {
  if (before === undefined || after === undefined) return true;
  const facts = ({ metadata }: KubernetesObject): string =>
    JSON.stringify([
      metadata?.uid,
      metadata?.generation,
      metadata?.deletionTimestamp,
      metadata?.annotations,
    ]);
  return facts(before) !== facts(after);
}

function keyOf(object: KubernetesObject | undefined): string {
  return `${object?.metadata?.namespace ?? ''}/${object?.metadata?.name ?? ''}`;
}
