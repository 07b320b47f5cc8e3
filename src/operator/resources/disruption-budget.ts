import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { clusterLabels, clusterSelector } from './labels.ts';
import { disruptionBudgetName } from './names.ts';
import { ownerReference } from './owner.ts';

/**
 * Evictions (a drain, an autoscaler) must leave a quorum of `voters`. Only ready pods count, and
 * learners are never ready, so the selector may be the whole cluster. A cluster of one can only be
 * evicted or block every drain for ever; it is evicted, its volume brings it back.
 */
export function disruptionBudget(cluster: EtcdCluster, voters: number): V1PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name: disruptionBudgetName(cluster),
      namespace: cluster.metadata.namespace,
      labels: clusterLabels(cluster),
      ownerReferences: [ownerReference(cluster)],
    },
    spec: {
      minAvailable: voters <= 1 ? 0 : Math.floor(voters / 2) + 1,
      unhealthyPodEvictionPolicy: 'IfHealthyBudget',
      selector: { matchLabels: { ...clusterSelector(cluster) } },
    },
  };
}
