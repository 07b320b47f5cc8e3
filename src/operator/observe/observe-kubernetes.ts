import type {
  KubernetesObject,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import type { Observed, ObservedInstance } from '../reconcile/observed.ts';
import {
  belongsTo,
  readInstance,
  readMemoryVolume,
  readObject,
  readVolume,
  readWorkload,
} from '../reconcile/read-objects.ts';
import { labelKeys } from '../resources/labels.ts';
import { maybeOrdinal, ports } from '../resources/names.ts';
import type { StreamTarget } from './failover-streams.ts';

/** The objects of one namespace that carry the cluster's label, this cluster's or not. */
export type ClusterObjects = {
  readonly statefulSets: readonly V1StatefulSet[];
  readonly pods: readonly V1Pod[];
  readonly volumeClaims: readonly V1PersistentVolumeClaim[];
  /** Services and disruption budgets. */
  readonly others: readonly KubernetesObject[];
  /** undefined: nodes may not be read, so none is ever called gone. */
  readonly nodeNames: ReadonlySet<string> | undefined;
};

/** What the caches tell; the members' own words are added by the caller. */
export type ObservedObjects = Pick<
  Observed,
  'objects' | 'workloads' | 'volumes' | 'instances' | 'takenNames'
>;

export function observeObjects(cluster: EtcdCluster, found: ClusterObjects): ObservedObjects {
  const pods = found.pods.filter((pod) => isMember(cluster, pod));
  const claims = found.volumeClaims.filter((claim) => isMember(cluster, claim));
  const isMemory = cluster.spec.storageSpec.medium === 'Memory';
  return {
    objects: found.others.filter((one) => belongsTo(cluster, one)).map(readObject),
    workloads: found.statefulSets.filter((one) => isMember(cluster, one)).map(readWorkload),
    volumes: [...claims.map(readVolume), ...(isMemory ? pods.map(readMemoryVolume) : [])],
    instances: instancesOf(cluster, found.pods, found.nodeNames),
    takenNames: takenNames(cluster, found),
  };
}

export function instancesOf(
  cluster: EtcdCluster,
  pods: readonly V1Pod[],
  nodeNames: ReadonlySet<string> | undefined,
): readonly ObservedInstance[] {
  return pods
    .filter((pod) => isMember(cluster, pod))
    .map((pod) => readInstance(pod, isNodeGone(pod, nodeNames)));
}

/**
 * Things of an earlier cluster of the same name that Kubernetes is still collecting. A new cluster
 * waits for them: their names are about to be free, and its own objects would collide with them.
 */
export function remainsOf(
  cluster: EtcdCluster,
  found: ClusterObjects,
): readonly KubernetesObject[] {
  const all = [...found.statefulSets, ...found.pods, ...found.volumeClaims, ...found.others];
  return all.filter((object) => {
    if (belongsTo(cluster, object) || !hasClusterLabel(cluster, object)) return false;
    const isOwned = (object.metadata?.ownerReferences ?? []).length > 0;
    return isOwned || object.metadata?.deletionTimestamp !== undefined;
  });
}

/**
 * Where to listen to each member. A member whose pod has gone keeps its last target until its next
 * pod has an address: that the stream broke is the evidence a failover stands on. One that has no
 * workload any more is no member.
 */
export function streamTargets(
  cluster: EtcdCluster,
  found: ClusterObjects,
  before: readonly StreamTarget[],
): readonly StreamTarget[] {
  const targets = new Map<string, StreamTarget>();
  for (const { metadata } of found.statefulSets.filter((one) => isMember(cluster, one))) {
    const memberName = metadata?.name ?? '';
    const last = before.find((target) => target.memberName === memberName);
    if (last !== undefined) targets.set(memberName, last);
  }
  const pods = found.pods.filter((pod) => isMember(cluster, pod));
  // The pod that is on its way out first, so that its successor wins.
  pods.sort((a, b) => Number(isLeaving(b)) - Number(isLeaving(a)));
  for (const pod of pods) {
    const memberName = pod.metadata?.labels?.[labelKeys.member] ?? '';
    const endpoint = clientEndpoint(pod);
    if (endpoint === undefined) continue;
    targets.set(memberName, { memberName, instanceUid: pod.metadata?.uid ?? '', endpoint });
  }
  return [...targets.values()];
}

/**
 * By address, not by name: the name of a pod is known a moment later than its address, is unknown
 * outside the cluster, and may lead to another pod than the one observed.
 */
export function clientEndpoint(pod: V1Pod): string | undefined {
  const address = pod.status?.podIP;
  if (address === undefined || address === '') return undefined;
  return `http://${address.includes(':') ? `[${address}]` : address}:${ports.client}`;
}

function isMember(cluster: EtcdCluster, object: KubernetesObject): boolean {
  return belongsTo(cluster, object) && object.metadata?.labels?.[labelKeys.member] !== undefined;
}

function hasClusterLabel(cluster: EtcdCluster, object: KubernetesObject): boolean {
  return object.metadata?.labels?.[labelKeys.cluster] === cluster.metadata.name;
}

function isLeaving(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined;
}

function isNodeGone(pod: V1Pod, nodeNames: ReadonlySet<string> | undefined): boolean {
  const nodeName = pod.spec?.nodeName ?? '';
  return nodeNames !== undefined && nodeName !== '' && !nodeNames.has(nodeName);
}

/** Member names whose workload or volume name belongs to somebody else. */
function takenNames(cluster: EtcdCluster, found: ClusterObjects): readonly string[] {
  const taken = new Set<string>();
  for (const object of [...found.statefulSets, ...found.volumeClaims]) {
    if (belongsTo(cluster, object)) continue;
    const name = object.metadata?.name ?? '';
    const member = object.metadata?.labels?.[labelKeys.member] ?? '';
    for (const candidate of [name, member]) {
      if (maybeOrdinal(cluster, candidate) !== undefined) taken.add(candidate);
    }
  }
  return [...taken].sort();
}
