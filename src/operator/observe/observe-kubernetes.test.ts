import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  KubernetesObject,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { clusterOf, planOf } from '../../../test/support/operator-fixtures.ts';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { clientService } from '../resources/client-service.ts';
import { annotationKeys, labelKeys, memberLabels } from '../resources/labels.ts';
import { memberPodTemplate } from '../resources/member-pod.ts';
import { memberStatefulSet } from '../resources/member-stateful-set.ts';
import { memberVolumeClaim, memberVolumePlan } from '../resources/member-volume-claim.ts';
import {
  type ClusterObjects,
  clientEndpoint,
  observeObjects,
  remainsOf,
  streamTargets,
} from './observe-kubernetes.ts';

const cluster = clusterOf({});
const earlier: EtcdCluster = {
  ...cluster,
  metadata: { ...cluster.metadata, uid: 'uid-of-an-earlier-one' },
};

function statefulSet(owner: EtcdCluster, name: string): V1StatefulSet {
  const rendered = memberStatefulSet(owner, planOf(owner, name, [name]));
  return { ...rendered, metadata: { ...rendered.metadata, uid: `sts-${name}` } };
}

function claim(owner: EtcdCluster, name: string): V1PersistentVolumeClaim {
  const rendered = memberVolumeClaim(owner, memberVolumePlan(owner, name));
  const metadata = { ...rendered.metadata, uid: `disk-${name}` };
  return { ...rendered, metadata, status: { phase: 'Bound' } };
}

function pod(owner: EtcdCluster, name: string, status: V1Pod['status'] = {}): V1Pod {
  const template = memberPodTemplate(owner, planOf(owner, name, [name]));
  const metadata = { ...template.metadata, name: `${name}-0`, uid: `pod-${name}` };
  return { metadata, spec: { containers: [], ...template.spec, nodeName: 'node-a' }, status };
}

function objects(found: Partial<ClusterObjects>): ClusterObjects {
  const none = { statefulSets: [], pods: [], volumeClaims: [], others: [] };
  return { ...none, nodeNames: new Set(['node-a']), ...found };
}

test('what the operator applied is observed as it was planned', () => {
  const service = clientService(cluster) as KubernetesObject;
  service.metadata = { ...service.metadata, annotations: { [annotationKeys.hash]: 'h' } };
  const observed = observeObjects(
    cluster,
    objects({
      statefulSets: [statefulSet(cluster, 'main-1')],
      pods: [pod(cluster, 'main-1')],
      volumeClaims: [claim(cluster, 'main-1')],
      others: [service],
    }),
  );
  const plan = planOf(cluster, 'main-1', ['main-1']);
  const [workload] = observed.workloads;
  assert.deepEqual(workload?.birth, plan.birth);
  assert.deepEqual(
    [workload.ordinal, workload.templateHash, workload.volumeId],
    [1, plan.templateHash, plan.volumeId],
  );
  assert.deepEqual(observed.volumes[0]?.id, 'disk-main-1');
  assert.equal(observed.volumes[0]?.hash, memberVolumePlan(cluster, 'main-1').hash);
  assert.equal(observed.instances[0]?.templateHash, plan.templateHash);
  assert.deepEqual(observed.objects[0], {
    kind: 'Service',
    name: 'main',
    uid: '',
    hash: 'h',
    isBeingDeleted: false,
  });
  assert.deepEqual(observed.takenNames, []);
});

test("an earlier cluster's things are not ours, and their names are taken", () => {
  const found = objects({
    statefulSets: [statefulSet(earlier, 'main-4')],
    pods: [pod(earlier, 'main-4')],
    volumeClaims: [claim(earlier, 'main-0')],
  });
  const observed = observeObjects(cluster, found);
  assert.deepEqual(observed.takenNames, ['main-0', 'main-4']);
  const { workloads, volumes, instances } = observed;
  assert.deepEqual([workloads, volumes, instances], [[], [], []]);
});

test("a new cluster waits for an earlier one's remains, but not for volumes that were kept", () => {
  const retained = claim(earlier, 'main-0');
  const owned = statefulSet(earlier, 'main-0');
  const going = claim(earlier, 'main-1');
  going.metadata = { ...going.metadata, deletionTimestamp: new Date(0) };
  const found = objects({ statefulSets: [owned], volumeClaims: [retained, going] });
  assert.deepEqual(remainsOf(cluster, found), [owned, going]);
  assert.deepEqual(remainsOf(earlier, found), []);
});

test("a memory member's volume is its pod", () => {
  const memory = clusterOf({ storageSpec: { medium: 'Memory' } });
  const observed = observeObjects(memory, objects({ pods: [pod(memory, 'main-0')] }));
  assert.deepEqual(
    observed.volumes.map(({ memberName, id }) => `${memberName} ${id}`),
    ['main-0 pod-main-0'],
  );
});

for (const [nodeNames, expected, why] of [
  [new Set(['node-a']), false, 'there'],
  [new Set(['node-b']), true, 'gone'],
  [undefined, false, 'not known, because nodes may not be read'],
] as const) {
  test(`a pod's node is ${why}`, () => {
    const pods = [pod(cluster, 'main-0')];
    const [instance] = observeObjects(cluster, objects({ pods, nodeNames })).instances;
    assert.equal(instance?.isNodeGone, expected);
  });
}

test('members are reached by the address of their pod', () => {
  assert.equal(
    clientEndpoint(pod(cluster, 'main-0', { podIP: '10.0.0.1' })),
    'http://10.0.0.1:2379',
  );
  assert.equal(
    clientEndpoint(pod(cluster, 'main-0', { podIP: 'fd00::1' })),
    'http://[fd00::1]:2379',
  );
  assert.equal(clientEndpoint(pod(cluster, 'main-0')), undefined);
});

test('a stream stays with a pod that has gone until the next one has an address', () => {
  const statefulSets = [statefulSet(cluster, 'main-0')];
  const first = {
    memberName: 'main-0',
    instanceUid: 'pod-main-0',
    endpoint: 'http://10.0.0.1:2379',
  };
  const running = pod(cluster, 'main-0', { podIP: '10.0.0.1' });
  assert.deepEqual(streamTargets(cluster, objects({ statefulSets, pods: [running] }), []), [first]);
  assert.deepEqual(streamTargets(cluster, objects({ statefulSets }), [first]), [first]);
  const next = pod(cluster, 'main-0');
  next.metadata = { ...next.metadata, uid: 'pod-2' };
  assert.deepEqual(streamTargets(cluster, objects({ statefulSets, pods: [next] }), [first]), [
    first,
  ]);
  next.status = { podIP: '10.0.0.2' };
  const second = { memberName: 'main-0', instanceUid: 'pod-2', endpoint: 'http://10.0.0.2:2379' };
  assert.deepEqual(streamTargets(cluster, objects({ statefulSets, pods: [next] }), [first]), [
    second,
  ]);
});

test('of a pod that leaves and its successor the successor is listened to', () => {
  const leaving = pod(cluster, 'main-0', { podIP: '10.0.0.1' });
  leaving.metadata = { ...leaving.metadata, deletionTimestamp: new Date(0) };
  const next = pod(cluster, 'main-0', { podIP: '10.0.0.2' });
  next.metadata = { ...next.metadata, uid: 'pod-2' };
  for (const pods of [
    [leaving, next],
    [next, leaving],
  ]) {
    const targets = streamTargets(cluster, objects({ pods }), []);
    assert.deepEqual(
      targets.map(({ instanceUid }) => instanceUid),
      ['pod-2'],
    );
  }
});

test('a member without workload and pod is not listened to any more', () => {
  const last = {
    memberName: 'main-0',
    instanceUid: 'pod-main-0',
    endpoint: 'http://10.0.0.1:2379',
  };
  assert.deepEqual(streamTargets(cluster, objects({}), [last]), []);
});

test('a pod without the member label is nobody', () => {
  const stray = pod(cluster, 'main-0', { podIP: '10.0.0.1' });
  const labels = memberLabels(cluster, 'main-0');
  delete labels[labelKeys.member];
  stray.metadata = { ...stray.metadata, labels };
  assert.deepEqual(observeObjects(cluster, objects({ pods: [stray] })).instances, []);
  assert.deepEqual(streamTargets(cluster, objects({ pods: [stray] }), []), []);
});
