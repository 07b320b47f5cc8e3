import type {
  KubernetesObject,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { annotationKeys, freshVolumeGate, labelKeys } from '../resources/labels.ts';
import { parseInitialCluster } from '../resources/member-stateful-set.ts';
import { containerName } from '../resources/names.ts';
import type {
  ObservedInstance,
  ObservedObject,
  ObservedVolume,
  ObservedWorkload,
} from './observed.ts';

/** Kubernetes objects, as the API server answers them, into the neutral words of observed.ts. */

/** A child of this very cluster; leftovers of an earlier one of the same name are not. */
export function belongsTo(cluster: EtcdCluster, object: KubernetesObject): boolean {
  return object.metadata?.labels?.[labelKeys.clusterUid] === cluster.metadata.uid;
}

export function readObject(object: KubernetesObject): ObservedObject {
  return {
    kind: object.kind ?? '',
    name: object.metadata?.name ?? '',
    uid: object.metadata?.uid ?? '',
    hash: object.metadata?.annotations?.[annotationKeys.hash] ?? '',
    isBeingDeleted: object.metadata?.deletionTimestamp !== undefined,
  };
}

export function readWorkload(statefulSet: V1StatefulSet): ObservedWorkload {
  const { metadata } = statefulSet;
  const annotations = metadata?.annotations ?? {};
  const state = annotations[annotationKeys.initialClusterState];
  return {
    memberName: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    ordinal: Number(annotations[annotationKeys.ordinal] ?? 0),
    birth: {
      initialCluster: parseInitialCluster(annotations[annotationKeys.initialCluster] ?? ''),
      initialClusterState: state === 'new' ? 'new' : 'existing',
      initialClusterToken: annotations[annotationKeys.initialClusterToken] ?? '',
    },
    templateHash: annotations[annotationKeys.templateHash] ?? '',
    volumeId: annotations[annotationKeys.volumeId] ?? '',
    isBeingDeleted: metadata?.deletionTimestamp !== undefined,
  };
}

export function readVolume(claim: V1PersistentVolumeClaim): ObservedVolume {
  const labels = claim.metadata?.labels ?? {};
  const phase = claim.status?.phase;
  const isDeleting = claim.metadata?.deletionTimestamp !== undefined;
  return {
    memberName: labels[labelKeys.member] ?? '',
    name: claim.metadata?.name ?? '',
    id: claim.metadata?.uid ?? '',
    state: isDeleting
      ? 'deleting'
      : phase === 'Lost'
        ? 'lost'
        : phase === 'Bound'
          ? 'bound'
          : 'pending',
    isRetained: labels[labelKeys.retained] === 'true',
    hash: claim.metadata?.annotations?.[annotationKeys.hash] ?? '',
  };
}

/** A tmpfs lives exactly as long as its pod, so the pod's UID is the disk's identity. */
export function readMemoryVolume(pod: V1Pod): ObservedVolume {
  return {
    memberName: pod.metadata?.labels?.[labelKeys.member] ?? '',
    name: pod.metadata?.name ?? '',
    id: pod.metadata?.uid ?? '',
    state: pod.metadata?.deletionTimestamp === undefined ? 'bound' : 'deleting',
    isRetained: false,
    hash: '',
  };
}

/** `isNodeGone`: the pod names a node and no Node object of that name exists. */
export function readInstance(pod: V1Pod, isNodeGone: boolean): ObservedInstance {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === containerName);
  return {
    memberName: pod.metadata?.labels?.[labelKeys.member] ?? '',
    uid: pod.metadata?.uid ?? '',
    name: pod.metadata?.name ?? '',
    templateHash: pod.metadata?.annotations?.[annotationKeys.templateHash] ?? '',
    isReady:
      pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ===
      true,
    container: readContainer(pod, status?.state),
    restartCount: status?.restartCount ?? 0,
    isGated: pod.spec?.schedulingGates?.some(({ name }) => name === freshVolumeGate) === true,
    isBeingDeleted: pod.metadata?.deletionTimestamp !== undefined,
    nodeName: pod.spec?.nodeName ?? '',
    isNodeGone,
  };
}

type ContainerState = NonNullable<
  NonNullable<NonNullable<V1Pod['status']>['containerStatuses']>[number]['state']
>;

function readContainer(
  pod: V1Pod,
  state: ContainerState | undefined,
): ObservedInstance['container'] {
  if (state?.running !== undefined) {
    return { state: 'running', startedMs: toMs(state.running.startedAt) };
  }
  if (state?.terminated !== undefined) {
    const { reason, exitCode } = state.terminated;
    return { state: 'terminated', reason: reason ?? '', exitCode };
  }
  const phase = pod.status?.phase;
  if (phase === 'Failed' || phase === 'Succeeded') {
    return { state: 'terminated', reason: pod.status?.reason ?? phase, exitCode: -1 };
  }
  const unscheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const reason = state?.waiting?.reason ?? unscheduled?.reason ?? phase ?? 'Pending';
  return { state: 'waiting', reason };
}

/** The client library gives dates; JSON from elsewhere has texts. */
function toMs(time: Date | string | undefined): number {
  return time === undefined ? 0 : new Date(time).getTime();
}
