import type { MemberPlan } from '../api/member-plan.ts';

/** Where a process listens and keeps its data; a pod and `etcd-ts up` differ only here. */
export type ServerPlace = {
  readonly dataDir: string;
  readonly listenPeerUrl: string;
  readonly listenClientUrl: string;
  readonly listenMetricsUrl: string | undefined;
};

/**
 * The arguments after `etcd-ts server`. User options come first and cannot contain one of ours
 * (rules.ts refuses them), so order does not matter.
 */
export function serverFlags(plan: MemberPlan, place: ServerPlace): readonly string[] {
  const { birth } = plan;
  const initialCluster = birth.initialCluster.map(({ name, peerUrl }) => `${name}=${peerUrl}`);
  const metrics = place.listenMetricsUrl;
  return [
    ...plan.etcdOptions,
    `--name=${plan.name}`,
    `--data-dir=${place.dataDir}`,
    `--listen-peer-urls=${place.listenPeerUrl}`,
    `--listen-client-urls=${place.listenClientUrl}`,
    ...(metrics === undefined ? [] : [`--listen-metrics-urls=${metrics}`]),
    `--initial-advertise-peer-urls=${plan.peerUrl}`,
    `--advertise-client-urls=${plan.clientUrl}`,
    `--initial-cluster=${initialCluster.join(',')}`,
    `--initial-cluster-state=${birth.initialClusterState}`,
    `--initial-cluster-token=${birth.initialClusterToken}`,
  ];
}
