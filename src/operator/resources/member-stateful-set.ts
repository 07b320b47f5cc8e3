import type { V1StatefulSet } from '@kubernetes/client-node';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import type { MemberBirth, MemberPlan } from '../api/member-plan.ts';
import { annotationKeys, memberLabels, memberSelector } from './labels.ts';
import { memberPodTemplate } from './member-pod.ts';
import { peerServiceName } from './names.ts';
import { ownerReference } from './owner.ts';

/**
 * One StatefulSet per member: Kubernetes guarantees at most one pod with this identity and brings
 * it back when it ends, while the operator alone decides which members exist and when each is
 * restarted.
 *
 * The claim is mounted by name and is not a volumeClaimTemplate: a StatefulSet would quietly
 * replace a lost claim by an empty one and start the member on it under its old identity, which
 * can undo acknowledged writes. So the pod waits instead, and the operator replaces the member.
 */
export function memberStatefulSet(cluster: EtcdCluster, plan: MemberPlan): V1StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: plan.name,
      namespace: cluster.metadata.namespace,
      labels: memberLabels(cluster, plan.name),
      annotations: {
        [annotationKeys.templateHash]: plan.templateHash,
        [annotationKeys.ordinal]: String(plan.ordinal),
        [annotationKeys.initialCluster]: initialClusterText(plan.birth),
        [annotationKeys.initialClusterState]: plan.birth.initialClusterState,
        [annotationKeys.initialClusterToken]: plan.birth.initialClusterToken,
        [annotationKeys.volumeId]: plan.volumeId,
      },
      ownerReferences: [ownerReference(cluster)],
    },
    spec: {
      replicas: 1,
      serviceName: peerServiceName(cluster),
      // OrderedReady would wait for a broken pod to become ready before replacing it.
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...memberSelector(cluster, plan.name) } },
      template: memberPodTemplate(cluster, plan),
    },
  };
}

export function initialClusterText(birth: MemberBirth): string {
  return birth.initialCluster.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
}

export function parseInitialCluster(text: string): MemberBirth['initialCluster'] {
  return text
    .split(',')
    .filter((pair) => pair.includes('='))
    .map((pair) => {
      const equals = pair.indexOf('=');
      return { name: pair.slice(0, equals), peerUrl: pair.slice(equals + 1) };
    });
}
