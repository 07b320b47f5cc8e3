import type { EtcdCluster } from '../api/etcd-cluster.ts';

/** Every name and address of a cluster's children; all of them follow from the cluster's name. */
export const ports = Object.freeze({ client: 2379, peer: 2380, metrics: 2381 });

export const containerName = 'etcd';
export const dataVolumeName = 'data';
export const dataMountPath = '/var/lib/etcd';
/** One level below the mount: the root of a fresh disk holds lost+found. */
export const dataDirectory = '/var/lib/etcd/data';
export const fieldManager = 'etcd-ts-operator';

export function memberName(cluster: EtcdCluster, ordinal: number): string {
  return `${cluster.metadata.name}-${ordinal}`;
}

/** The ordinal in a member's name, or undefined for a name that is not one of this cluster's. */
export function maybeOrdinal(cluster: EtcdCluster, name: string): number | undefined {
  const prefix = `${cluster.metadata.name}-`;
  if (!name.startsWith(prefix)) return undefined;
  const digits = name.slice(prefix.length);
  return /^(0|[1-9][0-9]{0,5})$/.test(digits) ? Number(digits) : undefined;
}

/** A StatefulSet of one replica calls its only pod NAME-0. */
export function podName(member: string): string {
  return `${member}-0`;
}

/** The name a volume claim template of the same StatefulSet would have given it. */
export function claimName(member: string): string {
  return `${dataVolumeName}-${member}-0`;
}

export function peerServiceName(cluster: EtcdCluster): string {
  return `${cluster.metadata.name}-peer`;
}

export function clientServiceName(cluster: EtcdCluster): string {
  return cluster.metadata.name;
}

export function disruptionBudgetName(cluster: EtcdCluster): string {
  return cluster.metadata.name;
}

/** Resolvable while the pod is not ready, because the peer service publishes such addresses. */
export function podHost(cluster: EtcdCluster, member: string): string {
  return `${podName(member)}.${peerServiceName(cluster)}.${cluster.metadata.namespace}.svc`;
}
