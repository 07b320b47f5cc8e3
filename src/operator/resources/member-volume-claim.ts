import type { V1PersistentVolumeClaim } from '@kubernetes/client-node';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import type { VolumePlan } from '../api/member-plan.ts';
import { contentHash } from './content-hash.ts';
import { annotationKeys, memberLabels } from './labels.ts';
import { claimName } from './names.ts';
import { ownerReference } from './owner.ts';

export function memberVolumePlan(cluster: EtcdCluster, member: string): VolumePlan {
  const { accessModes, storageClassName, volumeSizeRequest, retentionPolicy } =
    cluster.spec.storageSpec;
  const isOwned = retentionPolicy.whenDeleted === 'Delete';
  return {
    memberName: member,
    accessModes,
    storageClassName,
    sizeRequest: volumeSizeRequest,
    isOwned,
    hash: contentHash({ accessModes, storageClassName, volumeSizeRequest, isOwned }),
  };
}

/**
 * The owner is the cluster, never the StatefulSet: a workload may be deleted and made again while
 * its data stays. Without an owner the claim outlives the cluster.
 */
export function memberVolumeClaim(cluster: EtcdCluster, plan: VolumePlan): V1PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(plan.memberName),
      namespace: cluster.metadata.namespace,
      labels: memberLabels(cluster, plan.memberName),
      annotations: { [annotationKeys.hash]: plan.hash },
      ...(plan.isOwned && { ownerReferences: [ownerReference(cluster)] }),
    },
    spec: {
      accessModes: [plan.accessModes],
      ...(plan.storageClassName !== undefined && { storageClassName: plan.storageClassName }),
      resources: { requests: { storage: plan.sizeRequest } },
    },
  };
}
