import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '@kubernetes/client-node';
import { ObjectCache } from './object-cache.ts';

function object(name: string, uid: string, resourceVersion: number): KubernetesObject {
  return { metadata: { namespace: 'n', name, uid, resourceVersion: String(resourceVersion) } };
}

function cacheWith(...objects: readonly KubernetesObject[]) {
  const changes: string[] = [];
  const cache = new ObjectCache<KubernetesObject>(({ before, after }) => {
    const version = (one?: KubernetesObject): string => one?.metadata?.resourceVersion ?? '-';
    changes.push(`${(after ?? before)?.metadata?.name} ${version(before)}→${version(after)}`);
  });
  for (const one of objects) cache.put(one);
  const versions = (): readonly string[] =>
    [...cache.values()].map(({ metadata }) => `${metadata?.name}@${metadata?.resourceVersion}`);
  return { cache, changes, versions };
}

test('an older event does not undo a newer write of ours', () => {
  const { cache, changes, versions } = cacheWith(object('a', 'u', 10));
  cache.put(object('a', 'u', 12));
  cache.put(object('a', 'u', 11));
  assert.deepEqual(versions(), ['a@12']);
  assert.deepEqual(changes, ['a -→10', 'a 10→12']);
});

test('versions are compared as numbers', () => {
  const { cache, versions } = cacheWith(object('a', 'u', 9));
  cache.put(object('a', 'u', 10));
  cache.put(object('a', 'u', 9));
  assert.deepEqual(versions(), ['a@10']);
});

test('the same version twice is no change', () => {
  const { cache, changes } = cacheWith(object('a', 'u', 10));
  cache.put(object('a', 'u', 10));
  assert.equal(changes.length, 1);
});

test('what was deleted stays deleted, whatever arrives late about it', () => {
  const { cache, versions } = cacheWith(object('a', 'u', 10));
  cache.remove('n', 'a', 'u');
  cache.put(object('a', 'u', 11));
  assert.deepEqual(versions(), []);
  cache.put(object('a', 'v', 12));
  assert.deepEqual(versions(), ['a@12']);
});

test('a late deletion of an earlier object leaves its successor', () => {
  const { cache, versions } = cacheWith(object('a', 'v', 12));
  cache.remove('n', 'a', 'u');
  assert.deepEqual(versions(), ['a@12']);
});

test('a list removes what it does not name, except what was written after it was made', () => {
  const { cache, changes, versions } = cacheWith(object('gone', 'u', 10), object('new', 'v', 30));
  cache.replaceAll([object('other', 'w', 15)], '20');
  assert.deepEqual(versions(), ['new@30', 'other@15']);
  assert.ok(changes.includes('gone 10→-'));
});

test('a list is no newer than what is known already', () => {
  const { cache, versions } = cacheWith(object('a', 'u', 30));
  cache.replaceAll([object('a', 'u', 15)], '20');
  assert.deepEqual(versions(), ['a@30']);
});

test('managed fields are not kept', () => {
  const one = object('a', 'u', 1);
  const { cache } = cacheWith({ metadata: { ...one.metadata, managedFields: [{}] } });
  assert.equal(cache.get('n', 'a')?.metadata?.managedFields, undefined);
});
