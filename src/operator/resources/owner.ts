import type { V1OwnerReference } from '@kubernetes/client-node';
import { apiVersion, clusterKind, type EtcdCluster } from '../api/etcd-cluster.ts';

/**
 * Deletion is Kubernetes' own garbage collection over these references: it needs no finalizer, so
 * a cluster can be deleted while no operator runs.
 */
export function ownerReference(cluster: EtcdCluster): V1OwnerReference {
  return {
    apiVersion,
    kind: clusterKind,
    name: cluster.metadata.name,
    uid: cluster.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
