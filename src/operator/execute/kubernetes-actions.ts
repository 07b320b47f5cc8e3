import type {
  KubernetesObject,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import type { MemberPlan, VolumePlan } from '../api/member-plan.ts';
import { type DeleteOptions, hasStatus, nameOf } from '../kubernetes-client/kubernetes-client.ts';
import {
  maybeResourceOf,
  type ObjectName,
  type Resource,
  resources,
} from '../kubernetes-client/resources.ts';
import type { Action } from '../reconcile/action.ts';
import { belongsTo } from '../reconcile/read-objects.ts';
import { annotationKeys, freshVolumeGate, labelKeys } from '../resources/labels.ts';
import { memberStatefulSet } from '../resources/member-stateful-set.ts';
import { memberVolumeClaim } from '../resources/member-volume-claim.ts';
import { claimName } from '../resources/names.ts';

/** The verbs of the API server that actions use. */
export interface ObjectWriter {
  get<T extends KubernetesObject>(resource: Resource, name: ObjectName): Promise<T | undefined>;
  apply<T extends KubernetesObject>(resource: Resource, object: T): Promise<T>;
  mergePatch<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    patch: object,
  ): Promise<T>;
  jsonPatch<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    patch: readonly object[],
  ): Promise<T>;
  delete<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    options: DeleteOptions,
  ): Promise<T | undefined>;
}

/** Where an answered write becomes visible at once: the caches that observe reads. */
export interface WriteWitness {
  known(resource: Resource, name: ObjectName): KubernetesObject | undefined;
  written(resource: Resource, object: KubernetesObject): void;
  /** `left` is the object when it is only on its way out. */
  deleted(
    resource: Resource,
    name: ObjectName,
    uid: string,
    left: KubernetesObject | undefined,
  ): void;
}

export type ObjectAction = Extract<
  Action,
  {
    kind:
      | 'apply-object'
      | 'ensure-volume'
      | 'retain-volume'
      | 'delete-volume'
      | 'ensure-member'
      | 'delete-member'
      | 'record-volume'
      | 'start-instance';
  }
>;

/**
 * The actions that change Kubernetes objects, one small function each. Every write names the UID it
 * means, so none can hit an object that was deleted and made again in between, and every answer
 * goes to the witness before the action counts as done.
 */
export class KubernetesActions {
  readonly #writer: ObjectWriter;
  readonly #witness: WriteWitness;

  constructor(writer: ObjectWriter, witness: WriteWitness) {
    this.#writer = writer;
    this.#witness = witness;
  }

  execute(cluster: EtcdCluster, action: ObjectAction): Promise<void> {
    switch (action.kind) {
      case 'apply-object':
        return this.#applyObject(cluster, action.object);
      case 'ensure-volume':
        return this.#ensureVolume(cluster, action.volume);
      case 'retain-volume':
        return this.#retainVolume(cluster, action.memberName, action.volumeId);
      case 'delete-volume':
        return this.#deleteVolume(cluster, action.memberName, action.volumeId);
      case 'ensure-member':
        return this.#ensureMember(cluster, action.member);
      case 'delete-member': {
        const name = { namespace: cluster.metadata.namespace, name: action.memberName };
        return this.#delete(resources.statefulSet, name, action.uid);
      }
      case 'record-volume':
        return this.#recordVolume(cluster, action.memberName, action.volumeId);
      case 'start-instance':
        return this.#startInstance(cluster, action.instanceName, action.instanceUid);
    }
  }

  async #applyObject(cluster: EtcdCluster, object: KubernetesObject): Promise<void> {
    const resource = maybeResourceOf(object.kind ?? '');
    if (resource === undefined) throw new Error(`no resource is known for ${object.kind}`);
    await this.#apply(cluster, resource, object);
  }

  async #ensureVolume(cluster: EtcdCluster, plan: VolumePlan): Promise<void> {
    const claim: V1PersistentVolumeClaim = memberVolumeClaim(cluster, plan);
    await this.#apply(cluster, resources.volumeClaim, claim);
  }

  async #ensureMember(cluster: EtcdCluster, plan: MemberPlan): Promise<void> {
    const statefulSet: V1StatefulSet = memberStatefulSet(cluster, plan);
    await this.#apply(cluster, resources.statefulSet, statefulSet);
  }

  /** No owner any more, so deleting the cluster leaves it; the label keeps it from being used. */
  async #retainVolume(cluster: EtcdCluster, member: string, uid: string): Promise<void> {
    const name = volumeName(cluster, member);
    const labels = { [labelKeys.retained]: 'true' };
    const patch = { metadata: { uid, labels, ownerReferences: null } };
    await this.#patchOrGone(resources.volumeClaim, name, patch, uid);
  }

  async #deleteVolume(cluster: EtcdCluster, member: string, uid: string): Promise<void> {
    // A Memory volume is its pod.
    if (cluster.spec.storageSpec.medium === 'Memory') return;
    await this.#delete(resources.volumeClaim, volumeName(cluster, member), uid);
  }

  async #recordVolume(cluster: EtcdCluster, member: string, volumeId: string): Promise<void> {
    const name = { namespace: cluster.metadata.namespace, name: member };
    const uid = this.#witness.known(resources.statefulSet, name)?.metadata?.uid;
    if (uid === undefined) throw new Error(`StatefulSet ${member} is gone`);
    const annotations = { [annotationKeys.volumeId]: volumeId };
    await this.#patchOrGone(resources.statefulSet, name, { metadata: { uid, annotations } }, uid);
  }

  /** Takes our gate off the pod; the tests make sure that it is this pod and this gate. */
  async #startInstance(cluster: EtcdCluster, pod: string, uid: string): Promise<void> {
    const name = { namespace: cluster.metadata.namespace, name: pod };
    const known = this.#witness.known(resources.pod, name) as V1Pod | undefined;
    const gates = known?.spec?.schedulingGates ?? [];
    const at = gates.findIndex((gate) => gate.name === freshVolumeGate);
    if (known?.metadata?.uid !== uid || at < 0) return;
    const path = `/spec/schedulingGates/${at}`;
    try {
      const written = await this.#writer.jsonPatch<V1Pod>(resources.pod, name, [
        { op: 'test', path: '/metadata/uid', value: uid },
        { op: 'test', path: `${path}/name`, value: freshVolumeGate },
        { op: 'remove', path },
      ]);
      this.#witness.written(resources.pod, written);
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      this.#witness.deleted(resources.pod, name, uid, undefined);
    }
  }

  /**
   * Server-side apply of one of our objects. A stranger's object of the same name is never taken
   * over: forcing our fields onto it would be silent.
   */
  async #apply<T extends KubernetesObject>(
    cluster: EtcdCluster,
    resource: Resource,
    object: T,
  ): Promise<void> {
    const name = nameOf(object);
    const present = this.#witness.known(resource, name) ?? (await this.#writer.get(resource, name));
    if (present !== undefined && !belongsTo(cluster, present)) {
      throw new Error(
        `${resource.kind} ${name.name} exists and does not belong to this EtcdCluster`,
      );
    }
    const uid = present?.metadata?.uid;
    // With a UID the API server refuses to create it anew when it has gone meanwhile.
    const wanted =
      uid === undefined ? object : { ...object, metadata: { ...object.metadata, uid } };
    this.#witness.written(resource, await this.#writer.apply(resource, wanted));
  }

  async #delete(resource: Resource, name: ObjectName, uid: string): Promise<void> {
    const left = await this.#writer.delete(resource, name, { uid });
    this.#witness.deleted(resource, name, uid, left);
  }

  async #patchOrGone(
    resource: Resource,
    name: ObjectName,
    patch: object,
    uid: string,
  ): Promise<void> {
    try {
      this.#witness.written(resource, await this.#writer.mergePatch(resource, name, patch));
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      this.#witness.deleted(resource, name, uid, undefined);
    }
  }
}

function volumeName(cluster: EtcdCluster, member: string): ObjectName {
  return { namespace: cluster.metadata.namespace, name: claimName(member) };
}
