import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import { clusterOf, planOf } from '../../../test/support/operator-fixtures.ts';
import { ObjectCache } from '../controller/object-cache.ts';
import { type DeleteOptions, KubernetesError } from '../kubernetes-client/kubernetes-client.ts';
import {
  type ObjectName,
  objectPath,
  type Resource,
  resources,
} from '../kubernetes-client/resources.ts';
import { clientService } from '../resources/client-service.ts';
import { freshVolumeGate } from '../resources/labels.ts';
import { memberVolumeClaim, memberVolumePlan } from '../resources/member-volume-claim.ts';
import { KubernetesActions, type ObjectWriter, type WriteWitness } from './kubernetes-actions.ts';

const cluster = clusterOf({});

/** Remembers what was asked, and answers with the object as the API server would have it. */
class Bench implements ObjectWriter, WriteWitness {
  readonly calls: { verb: string; path: string; body: unknown }[] = [];
  readonly stored = new Map<string, KubernetesObject>();
  readonly caches = new Map<string, ObjectCache<KubernetesObject>>();
  readonly actions = new KubernetesActions(this, this);
  error: Error | undefined;
  #version = 100;

  async get<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
  ): Promise<T | undefined> {
    return this.stored.get(objectPath(resource, name)) as T | undefined;
  }

  apply<T extends KubernetesObject>(resource: Resource, object: T): Promise<T> {
    const { namespace = '', name = '' } = object.metadata ?? {};
    return this.#write('apply', resource, { namespace, name }, object, object);
  }

  mergePatch<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    patch: object,
  ): Promise<T> {
    return this.#write('merge', resource, name, patch, patch as T);
  }

  jsonPatch<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    patch: readonly object[],
  ): Promise<T> {
    return this.#write('json', resource, name, patch, {} as T);
  }

  async delete<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    options: DeleteOptions,
  ): Promise<T | undefined> {
    this.calls.push({ verb: 'delete', path: objectPath(resource, name), body: options });
    return undefined;
  }

  known({ plural }: Resource, { namespace, name }: ObjectName): KubernetesObject | undefined {
    return this.caches.get(plural)?.get(namespace, name);
  }

  written({ plural }: Resource, object: KubernetesObject): void {
    const cache = this.caches.get(plural) ?? new ObjectCache<KubernetesObject>(() => {});
    this.caches.set(plural, cache);
    cache.put(object);
  }

  deleted({ plural }: Resource, { namespace, name }: ObjectName, uid: string): void {
    this.caches.get(plural)?.remove(namespace, name, uid);
  }

  async #write<T extends KubernetesObject>(
    verb: string,
    resource: Resource,
    { namespace, name }: ObjectName,
    body: unknown,
    object: T,
  ): Promise<T> {
    this.calls.push({ verb, path: objectPath(resource, { namespace, name }), body });
    if (this.error !== undefined) throw this.error;
    this.#version += 1;
    const resourceVersion = String(this.#version);
    const metadata = { namespace, name, uid: 'new', ...object.metadata, resourceVersion };
    return { ...object, metadata };
  }
}

const claimPath = '/api/v1/namespaces/db/persistentvolumeclaims/data-main-0-0';

test('an applied object is visible before the action counts as done', async () => {
  const bench = new Bench();
  const object = clientService(cluster) as KubernetesObject;
  await bench.actions.execute(cluster, { kind: 'apply-object', object, hash: 'h' });
  const service = bench.known(resources.service, { namespace: 'db', name: 'main' });
  assert.equal(service?.metadata?.uid, 'new');
});

test('what exists is applied with its UID, so it cannot come back from the dead', async () => {
  const bench = new Bench();
  const member = planOf(cluster, 'main-0', ['main-0']);
  await bench.actions.execute(cluster, { kind: 'ensure-member', member });
  await bench.actions.execute(cluster, { kind: 'ensure-member', member });
  const uids = bench.calls.map(({ body }) => (body as KubernetesObject).metadata?.uid);
  assert.deepEqual(uids, [undefined, 'new']);
});

test("a stranger's object of the same name is refused, also one that is in no cache", async () => {
  const bench = new Bench();
  bench.stored.set(claimPath, { metadata: { name: 'data-main-0-0', uid: 'theirs' } });
  const volume = memberVolumePlan(cluster, 'main-0');
  await assert.rejects(
    bench.actions.execute(cluster, { kind: 'ensure-volume', volume }),
    /PersistentVolumeClaim data-main-0-0 exists and does not belong to this EtcdCluster/,
  );
  assert.deepEqual(bench.calls, []);
});

test('a retained volume loses its owner and gets its mark, if it is still that volume', async () => {
  const bench = new Bench();
  await bench.actions.execute(cluster, {
    kind: 'retain-volume',
    memberName: 'main-0',
    volumeId: 'disk',
  });
  assert.deepEqual(bench.calls, [
    {
      verb: 'merge',
      path: claimPath,
      body: {
        metadata: {
          uid: 'disk',
          labels: { 'etcd-ts.dev/retained': 'true' },
          ownerReferences: null,
        },
      },
    },
  ]);
});

test('a volume that went meanwhile needs no retaining', async () => {
  const bench = new Bench();
  const claim = memberVolumeClaim(cluster, memberVolumePlan(cluster, 'main-0'));
  bench.written(resources.volumeClaim, { ...claim, metadata: { ...claim.metadata, uid: 'disk' } });
  bench.error = new KubernetesError(404, 'NotFound', 'gone');
  const action = { kind: 'retain-volume', memberName: 'main-0', volumeId: 'disk' } as const;
  await bench.actions.execute(cluster, action);
  assert.equal(
    bench.known(resources.volumeClaim, { namespace: 'db', name: 'data-main-0-0' }),
    undefined,
  );
});

test('workloads and volumes are deleted by UID', async () => {
  const bench = new Bench();
  await bench.actions.execute(cluster, { kind: 'delete-member', memberName: 'main-0', uid: 'w' });
  const volume = { kind: 'delete-volume', memberName: 'main-0', volumeId: 'disk' } as const;
  await bench.actions.execute(cluster, volume);
  assert.deepEqual(bench.calls, [
    { verb: 'delete', path: '/apis/apps/v1/namespaces/db/statefulsets/main-0', body: { uid: 'w' } },
    { verb: 'delete', path: claimPath, body: { uid: 'disk' } },
  ]);
});

test("a memory member's volume goes with its pod", async () => {
  const bench = new Bench();
  const memory = clusterOf({ storageSpec: { medium: 'Memory' } });
  const action = { kind: 'delete-volume', memberName: 'main-0', volumeId: 'pod' } as const;
  await bench.actions.execute(memory, action);
  assert.deepEqual(bench.calls, []);
});

test('only our gate is taken off, and only from that pod', async () => {
  const bench = new Bench();
  const metadata = { namespace: 'db', name: 'main-0-0', uid: 'pod', resourceVersion: '1' };
  const schedulingGates = [{ name: 'other.dev/gate' }, { name: freshVolumeGate }];
  const pod: V1Pod = { metadata, spec: { containers: [], schedulingGates } };
  bench.written(resources.pod, pod);
  const start = (instanceUid: string) =>
    bench.actions.execute(cluster, {
      kind: 'start-instance',
      memberName: 'main-0',
      instanceName: 'main-0-0',
      instanceUid,
    });
  await start('another');
  assert.equal(bench.calls.length, 0);
  await start('pod');
  assert.deepEqual(bench.calls[0]?.body, [
    { op: 'test', path: '/metadata/uid', value: 'pod' },
    { op: 'test', path: '/spec/schedulingGates/1/name', value: freshVolumeGate },
    { op: 'remove', path: '/spec/schedulingGates/1' },
  ]);
});
