import type {
  V1Container,
  V1PodSecurityContext,
  V1PodSpec,
  V1PodTemplateSpec,
  V1TopologySpreadConstraint,
  V1Volume,
} from '@kubernetes/client-node';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import type { MemberPlan } from '../api/member-plan.ts';
import { contentHash } from './content-hash.ts';
import { annotationKeys, clusterSelector, freshVolumeGate, memberLabels } from './labels.ts';
import {
  claimName,
  containerName,
  dataDirectory,
  dataMountPath,
  dataVolumeName,
  ports,
} from './names.ts';
import { livenessProbe, readinessProbe, startupProbe } from './probes.ts';
import { serverFlags } from './server-flags.ts';

/** Any unprivileged id; the image's user. */
const userId = 65_532;
/** Leadership is handed over within milliseconds of SIGTERM; the rest is for open requests. */
const terminationGracePeriodSeconds = 30;

export function memberPodTemplate(cluster: EtcdCluster, plan: MemberPlan): V1PodTemplateSpec {
  const { metadata } = cluster.spec.podTemplate;
  return {
    metadata: {
      labels: { ...metadata.labels, ...memberLabels(cluster, plan.name) },
      annotations: { ...metadata.annotations, [annotationKeys.templateHash]: plan.templateHash },
    },
    spec: podSpec(cluster, plan),
  };
}

/**
 * What all members of the cluster have in common, as one word: a member whose template has another
 * hash is outdated. Facts of a single member (its name, address and birth) are left out.
 */
export function memberTemplateHash(cluster: EtcdCluster, image: string): string {
  const anyMember: MemberPlan = {
    name: '',
    ordinal: 0,
    birth: { initialCluster: [], initialClusterState: 'new', initialClusterToken: '' },
    peerUrl: '',
    clientUrl: '',
    image,
    etcdOptions: cluster.spec.etcdOptions,
    medium: cluster.spec.storageSpec.medium,
    volumeId: '',
    templateHash: '',
  };
  return contentHash(memberPodTemplate(cluster, anyMember));
}

function podSpec(cluster: EtcdCluster, plan: MemberPlan): V1PodSpec {
  const { spec } = cluster.spec.podTemplate;
  const securityContext: V1PodSecurityContext = {
    runAsNonRoot: true,
    runAsUser: userId,
    runAsGroup: userId,
    fsGroup: userId,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
    ...spec.securityContext,
  };
  return {
    ...(spec.affinity && { affinity: spec.affinity }),
    ...(spec.nodeSelector && { nodeSelector: { ...spec.nodeSelector } }),
    ...(spec.tolerations && { tolerations: [...spec.tolerations] }),
    topologySpreadConstraints: topologySpread(cluster),
    ...(spec.priorityClassName && { priorityClassName: spec.priorityClassName }),
    ...(spec.schedulerName && { schedulerName: spec.schedulerName }),
    ...(spec.imagePullSecrets && { imagePullSecrets: [...spec.imagePullSecrets] }),
    // A member needs nothing from the API server.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext,
    terminationGracePeriodSeconds,
    ...(plan.medium === 'Memory' && { schedulingGates: [{ name: freshVolumeGate }] }),
    containers: [container(cluster, plan)],
    volumes: [dataVolume(cluster, plan)],
  } as V1PodSpec;
}

function container(cluster: EtcdCluster, plan: MemberPlan): V1Container {
  const { resources, imagePullPolicy } = cluster.spec.podTemplate.spec;
  const flags = serverFlags(plan, {
    dataDir: dataDirectory,
    listenPeerUrl: `http://0.0.0.0:${ports.peer}`,
    listenClientUrl: `http://0.0.0.0:${ports.client}`,
    listenMetricsUrl: `http://0.0.0.0:${ports.metrics}`,
  });
  return {
    name: containerName,
    image: plan.image,
    ...(imagePullPolicy && { imagePullPolicy }),
    command: ['etcd-ts', 'server'],
    args: [...flags],
    ports: [
      { name: 'client', containerPort: ports.client, protocol: 'TCP' },
      { name: 'peer', containerPort: ports.peer, protocol: 'TCP' },
      { name: 'metrics', containerPort: ports.metrics, protocol: 'TCP' },
    ],
    ...(resources && { resources: resources as NonNullable<V1Container['resources']> }),
    startupProbe,
    readinessProbe,
    livenessProbe,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ name: dataVolumeName, mountPath: dataMountPath }],
  };
}

function dataVolume(cluster: EtcdCluster, plan: MemberPlan): V1Volume {
  if (plan.medium === 'Memory') {
    const sizeLimit = cluster.spec.storageSpec.volumeSizeRequest;
    return { name: dataVolumeName, emptyDir: { medium: 'Memory', sizeLimit } };
  }
  return {
    name: dataVolumeName,
    persistentVolumeClaim: { claimName: claimName(plan.name) },
  };
}

/** Unless told otherwise members avoid sharing a zone and a node, but run where they can. */
function topologySpread(cluster: EtcdCluster): V1TopologySpreadConstraint[] {
  const { topologySpreadConstraints } = cluster.spec.podTemplate.spec;
  if (topologySpreadConstraints !== undefined) {
    return [...topologySpreadConstraints] as V1TopologySpreadConstraint[];
  }
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: clusterSelector(cluster) },
  }));
}
