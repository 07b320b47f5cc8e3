import type { V1Service } from '@kubernetes/client-node';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { clusterLabels, clusterSelector } from './labels.ts';
import { peerServiceName, ports } from './names.ts';
import { ownerReference } from './owner.ts';

/**
 * Gives each member a DNS name. It publishes addresses that are not ready: members must find each
 * other to become ready at all, and after a lost quorum none of them is.
 */
export function peerService(cluster: EtcdCluster): V1Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: peerServiceName(cluster),
      namespace: cluster.metadata.namespace,
      labels: clusterLabels(cluster),
      ownerReferences: [ownerReference(cluster)],
    },
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: { ...clusterSelector(cluster) },
      ports: [
        { name: 'client', port: ports.client, targetPort: 'client', protocol: 'TCP' },
        { name: 'peer', port: ports.peer, targetPort: 'peer', protocol: 'TCP' },
        { name: 'metrics', port: ports.metrics, targetPort: 'metrics', protocol: 'TCP' },
      ],
    },
  };
}
