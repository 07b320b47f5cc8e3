import type { EtcdCluster } from '../api/etcd-cluster.ts';

export const labelKeys = Object.freeze({
  cluster: 'etcd-ts.dev/cluster',
  /** The owner's UID: tells the volumes of an earlier cluster of the same name from ours. */
  clusterUid: 'etcd-ts.dev/cluster-uid',
  member: 'etcd-ts.dev/member',
  /** `true` on a claim that outlived its member on purpose. */
  retained: 'etcd-ts.dev/retained',
});

export const annotationKeys = Object.freeze({
  hash: 'etcd-ts.dev/hash',
  templateHash: 'etcd-ts.dev/template-hash',
  ordinal: 'etcd-ts.dev/ordinal',
  initialCluster: 'etcd-ts.dev/initial-cluster',
  initialClusterState: 'etcd-ts.dev/initial-cluster-state',
  initialClusterToken: 'etcd-ts.dev/initial-cluster-token',
  volumeId: 'etcd-ts.dev/volume-id',
});

/** A pod with this gate waits until the operator has tied it to its member (Memory volumes). */
export const freshVolumeGate = 'etcd-ts.dev/fresh-volume';

export function clusterSelector(cluster: EtcdCluster): Readonly<Record<string, string>> {
  return { [labelKeys.cluster]: cluster.metadata.name };
}

export function memberSelector(
  cluster: EtcdCluster,
  member: string,
): Readonly<Record<string, string>> {
  return { ...clusterSelector(cluster), [labelKeys.member]: member };
}

/** The selector in its text form, for list calls and the scale subresource. */
export function clusterSelectorText(cluster: EtcdCluster): string {
  return `${labelKeys.cluster}=${cluster.metadata.name}`;
}

export function clusterLabels(cluster: EtcdCluster): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'etcd',
    'app.kubernetes.io/instance': cluster.metadata.name,
    'app.kubernetes.io/managed-by': 'etcd-ts-operator',
    ...clusterSelector(cluster),
    [labelKeys.clusterUid]: cluster.metadata.uid,
  };
}

export function memberLabels(cluster: EtcdCluster, member: string): Record<string, string> {
  return { ...clusterLabels(cluster), [labelKeys.member]: member };
}
