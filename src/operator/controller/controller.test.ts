import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '@kubernetes/client-node';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { podSettings } from '../../../test/support/operator-fixtures.ts';
import { silentLog } from '../../base/log.ts';
import { apiVersion, clusterKind } from '../api/etcd-cluster.ts';
import { type EventClient, EventRecorder } from '../execute/event-recorder.ts';
import {
  type DeleteOptions,
  KubernetesError,
  type ObjectList,
  type WatchEvent,
} from '../kubernetes-client/kubernetes-client.ts';
import {
  type ObjectName,
  objectPath,
  type Resource,
  resources,
} from '../kubernetes-client/resources.ts';
import { OperatorMetrics } from '../metrics.ts';
import { Controller } from './controller.ts';

/** An API server that stores what is written and whose watches say nothing, ever. */
class MuteServer implements EventClient {
  readonly objects = new Map<string, KubernetesObject>();
  readonly writes: string[] = [];
  refuse: ((path: string) => void) | undefined;
  #version = 1;

  async list<T extends KubernetesObject>(resource: Resource): Promise<ObjectList<T>> {
    const items = [...this.objects.values()].filter(({ kind }) => kind === resource.kind);
    return { items: structuredClone(items) as T[], resourceVersion: String(this.#version) };
  }

  async *watch<T extends KubernetesObject>(
    _resource: Resource,
    _namespace: string,
    _selector: string,
    _version: string,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    yield* [];
  }

  async get<T extends KubernetesObject>(resource: Resource, name: ObjectName) {
    return this.objects.get(objectPath(resource, name)) as T | undefined;
  }

  apply<T extends KubernetesObject>(resource: Resource, object: T): Promise<T> {
    const { namespace = '', name = '' } = object.metadata ?? {};
    return this.#write('apply', resource, { namespace, name }, object);
  }

  mergePatch<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    patch: object,
    subresource = '',
  ): Promise<T> {
    const present = this.objects.get(objectPath(resource, name));
    const { metadata: _, ...rest } = patch as KubernetesObject;
    const verb = subresource === '' ? 'patch' : subresource;
    return this.#write<T>(verb, resource, name, { ...present, ...rest } as T);
  }

  jsonPatch<T extends KubernetesObject>(resource: Resource, name: ObjectName): Promise<T> {
    return this.#write<T>('json', resource, name, {} as T);
  }

  async delete<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    _options: DeleteOptions,
  ): Promise<T | undefined> {
    this.writes.push(`delete ${objectPath(resource, name)}`);
    this.objects.delete(objectPath(resource, name));
    return undefined;
  }

  async create(_resource: Resource, object: KubernetesObject): Promise<KubernetesObject> {
    const { reason } = object as { reason?: string };
    this.writes.push(`event ${reason}`);
    return object;
  }

  store(resource: Resource, object: KubernetesObject): void {
    this.#version += 1;
    const { namespace = '', name = '' } = object.metadata ?? {};
    const path = objectPath(resource, { namespace, name });
    const metadata = {
      uid: this.objects.get(path)?.metadata?.uid ?? `uid-${this.#version}`,
      ...object.metadata,
      resourceVersion: String(this.#version),
    };
    this.objects.set(path, { ...object, metadata });
  }

  async #write<T extends KubernetesObject>(
    verb: string,
    resource: Resource,
    name: ObjectName,
    object: T,
  ): Promise<T> {
    const path = objectPath(resource, name);
    this.writes.push(`${verb} ${resource.kind} ${name.name}`);
    this.refuse?.(`${verb} ${resource.kind} ${name.name}`);
    this.store(resource, object);
    return structuredClone(this.objects.get(path)) as T;
  }
}

const manifest = {
  apiVersion,
  kind: clusterKind,
  metadata: { namespace: 'db', name: 'main', uid: 'uid-main', generation: 1 },
  spec: { size: 3 },
};

class Bench {
  readonly server = new MuteServer();
  readonly clock = new ManualClock();
  mayAct = true;
  readonly #abort = new AbortController();
  readonly #controller: Controller;
  readonly #running: Promise<void>;

  constructor(...objects: readonly KubernetesObject[]) {
    for (const object of objects) {
      const found = Object.values(resources).find(({ kind }) => kind === object.kind);
      if (found !== undefined) this.server.store(found, object);
    }
    const metrics: OperatorMetrics = new OperatorMetrics({
      queueDepth: () => 0,
      phases: () => [],
      isLeading: () => true,
    });
    this.#controller = new Controller({
      client: this.server,
      namespaces: [],
      settings: podSettings,
      clock: this.clock,
      log: silentLog,
      metrics,
      events: new EventRecorder(this.server, 'test', this.clock, silentLog),
      mayAct: () => this.mayAct,
    });
    this.#running = this.#controller.run(this.#abort.signal);
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      this.clock.advance(50);
      await turns(6);
    }
  }

  /** What was written, without status and events. */
  changes(): readonly string[] {
    return this.server.writes.filter((write) => !/^(status|event|patch Event) /.test(write));
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await turns();
    await this.#running;
  }
}

const founded = [
  'apply Service main-peer',
  'apply Service main',
  'apply PodDisruptionBudget main',
  ...['main-0', 'main-1', 'main-2'].map((name) => `apply PersistentVolumeClaim data-${name}-0`),
  ...['main-0', 'main-1', 'main-2'].map((name) => `apply StatefulSet ${name}`),
];

test('it sees its own writes although no watch tells of them: nothing is done twice', async () => {
  const bench = new Bench(manifest);
  await bench.pass(10_000);
  await bench.stop();
  assert.deepEqual(bench.changes(), founded);
});

test('an action that fails ends the pass, is said once, and is tried again', async () => {
  const bench = new Bench(manifest);
  let refusals = 2;
  bench.server.refuse = (write) => {
    if (write !== 'apply StatefulSet main-1' || refusals === 0) return;
    refusals -= 1;
    throw new KubernetesError(500, '', 'the store is away');
  };
  await bench.pass(10_000);
  await bench.stop();
  const expected = [...founded];
  expected.splice(7, 0, 'apply StatefulSet main-1', 'apply StatefulSet main-1');
  assert.deepEqual(bench.changes(), expected);
  const failed = bench.server.writes.filter((write) => write === 'event ActionFailed');
  assert.equal(failed.length, 1);
});

test('without the lease nothing is written, not even a status', async () => {
  const bench = new Bench(manifest);
  bench.mayAct = false;
  await bench.pass(5_000);
  await bench.stop();
  assert.deepEqual(bench.server.writes, []);
});

test("a new cluster waits until an earlier one's workloads are collected", async () => {
  const bench = new Bench(manifest, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      namespace: 'db',
      name: 'main-0',
      labels: { 'etcd-ts.dev/cluster': 'main', 'etcd-ts.dev/cluster-uid': 'earlier' },
      ownerReferences: [{ apiVersion, kind: clusterKind, name: 'main', uid: 'earlier' }],
    },
  });
  await bench.pass(5_000);
  await bench.stop();
  assert.deepEqual(bench.server.writes, []);
});

test('a paused cluster is left alone, and its status says so', async () => {
  const annotations = { 'etcd-ts.dev/reconcile': 'disabled' };
  const bench = new Bench({ ...manifest, metadata: { ...manifest.metadata, annotations } });
  await bench.pass(5_000);
  await bench.stop();
  assert.deepEqual(bench.changes(), []);
  const path = objectPath(resources.etcdCluster, { namespace: 'db', name: 'main' });
  const { status } = bench.server.objects.get(path) as { status?: { phase?: string } };
  assert.equal(status?.phase, 'Paused');
});
