import type { V1Service } from '@kubernetes/client-node';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { clusterLabels, clusterSelector } from './labels.ts';
import { clientServiceName, ports } from './names.ts';
import { ownerReference } from './owner.ts';

/** Ready pods only, so a learner or a member cut off from the quorum gets no client traffic. */
export function clientService(cluster: EtcdCluster): V1Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: clientServiceName(cluster),
      namespace: cluster.metadata.namespace,
      labels: clusterLabels(cluster),
      ownerReferences: [ownerReference(cluster)],
    },
    spec: {
      type: 'ClusterIP',
      selector: { ...clusterSelector(cluster) },
      ports: [{ name: 'client', port: ports.client, targetPort: 'client', protocol: 'TCP' }],
    },
  };
}
