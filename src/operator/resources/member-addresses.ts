import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { clientServiceName, podHost, ports } from './names.ts';

/** The addresses of members that are pods (reconcile's `MemberAddresses`). */
export const podAddresses = Object.freeze({
  of: (cluster: EtcdCluster, member: string): { peerUrl: string; clientUrl: string } => {
    const host = podHost(cluster, member);
    return { peerUrl: `http://${host}:${ports.peer}`, clientUrl: `http://${host}:${ports.client}` };
  },
  clientEndpoint: (cluster: EtcdCluster): string =>
    `http://${clientServiceName(cluster)}.${cluster.metadata.namespace}.svc:${ports.client}`,
});
