import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '@kubernetes/client-node';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { silentLog } from '../../base/log.ts';
import {
  KubernetesError,
  type ObjectList,
  type WatchEvent,
} from '../kubernetes-client/kubernetes-client.ts';
import { resources } from '../kubernetes-client/resources.ts';
import { Informer, type ListWatchClient } from './informers.ts';

type Event = WatchEvent<KubernetesObject>;
type Script = { list: (() => ObjectList<KubernetesObject>)[]; watch: Event[][] };

/** Answers lists and watches from a script; a watch beyond it stays open. */
class ScriptedServer implements ListWatchClient {
  readonly calls: string[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  async list<T extends KubernetesObject>(
    _resource: unknown,
    namespace: string,
  ): Promise<ObjectList<T>> {
    this.calls.push(`list ${namespace}`);
    const next = this.#script.list.shift();
    if (next === undefined) throw new Error('no more lists');
    return next() as ObjectList<T>;
  }

  async *watch<T extends KubernetesObject>(
    _resource: unknown,
    _namespace: string,
    _selector: string,
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    this.calls.push(`watch ${resourceVersion}`);
    const events = this.#script.watch.shift();
    for (const event of events ?? []) yield event as WatchEvent<T>;
    if (events !== undefined) return;
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }
}

function pod(name: string, version: number): KubernetesObject {
  return { metadata: { namespace: 'n', name, uid: name, resourceVersion: String(version) } };
}

const listOf = (version: number, ...items: KubernetesObject[]) => {
  return () => ({ items, resourceVersion: String(version) });
};

async function informed(
  script: Script,
  body: (bench: {
    server: ScriptedServer;
    clock: ManualClock;
    informer: Informer<KubernetesObject>;
    names: () => readonly string[];
  }) => Promise<void>,
  isOptional = false,
): Promise<void> {
  const server = new ScriptedServer(script);
  const clock = new ManualClock();
  const options = { resource: resources.pod, namespaces: [], labelSelector: '', isOptional };
  const informer = new Informer(options, server, clock, silentLog, () => {});
  const abort = new AbortController();
  void informer.start(abort.signal);
  await turns();
  const names = (): readonly string[] =>
    [...informer.cache.values()].map(({ metadata }) => metadata?.name ?? '');
  try {
    await body({ server, clock, informer, names });
  } finally {
    abort.abort();
  }
}

test('it lists, then watches from the version of the list', async () => {
  const watch: Event[][] = [
    [
      { type: 'ADDED', object: pod('b', 11) },
      { type: 'DELETED', object: pod('a', 12) },
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '20' } } },
    ],
  ];
  await informed({ list: [listOf(10, pod('a', 5))], watch }, async ({ server, clock, names }) => {
    assert.deepEqual(names(), ['b']);
    assert.deepEqual(server.calls, ['list ', 'watch 10']);
    clock.advance(1_000);
    await turns();
    assert.equal(server.calls.at(-1), 'watch 20', 'it goes on where the bookmark says');
  });
});

test('a version that is too old starts over with a list', async () => {
  const watch: Event[][] = [[{ type: 'ERROR', object: { code: 410, message: 'too old' } }]];
  const list = [listOf(10, pod('a', 5), pod('gone', 6)), listOf(30, pod('a', 5))];
  await informed({ list, watch }, async ({ server, names, clock }) => {
    clock.advance(1);
    await turns();
    assert.deepEqual(server.calls, ['list ', 'watch 10', 'list ', 'watch 30']);
    assert.deepEqual(names(), ['a']);
  });
});

test('an error is retried after a wait, and it is not synced before its first list', async () => {
  const fail = (): never => {
    throw new KubernetesError(500, '', 'down');
  };
  await informed(
    { list: [fail, fail, listOf(1)], watch: [] },
    async ({ clock, informer, server }) => {
      assert.equal(informer.isSynced, false);
      clock.advance(200);
      await turns();
      assert.equal(informer.isSynced, false);
      clock.advance(400);
      await turns();
      assert.equal(informer.isSynced, true);
      assert.deepEqual(server.calls, ['list ', 'list ', 'list ', 'watch 1']);
    },
  );
});

test('an optional resource that may not be read holds nothing up', async () => {
  const forbid = (): never => {
    throw new KubernetesError(403, 'Forbidden', 'no');
  };
  const script = { list: [forbid], watch: [] };
  await informed(
    script,
    async ({ informer }) => {
      assert.equal(informer.isSynced, true);
      assert.equal(informer.isAllowed, false);
    },
    true,
  );
});
