import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterOf, inputOf, observedOf } from '../../../test/support/operator-fixtures.ts';
import type { EtcdClusterStatus } from '../api/etcd-cluster.ts';
import { KubernetesError } from '../kubernetes-client/kubernetes-client.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { FIGURES_MS, isWorthWriting, writeStatus } from './status-writer.ts';

const cluster = clusterOf({});
const observed = observedOf(cluster, { 'main-0': {}, 'main-1': {}, 'main-2': {} });
const { status } = reconcile(inputOf(cluster, observed));

function withRevision(from: EtcdClusterStatus, revision: number): EtcdClusterStatus {
  return { ...from, members: from.members.map((member) => ({ ...member, revision })) };
}

test('the first status is written, an equal one is not', () => {
  assert.equal(isWorthWriting(undefined, status, 0), true);
  assert.equal(isWorthWriting(status, structuredClone(status), Infinity), false);
});

test('the API server stores no undefined fields; that is no difference', () => {
  const stored = JSON.parse(JSON.stringify(status)) as EtcdClusterStatus;
  assert.equal(isWorthWriting(stored, status, Infinity), false);
});

test('figures that move with every write wait, everything else does not', () => {
  const busier = withRevision(status, 51);
  assert.equal(isWorthWriting(status, busier, FIGURES_MS - 1), false);
  assert.equal(isWorthWriting(status, busier, FIGURES_MS), true);
  assert.equal(isWorthWriting(status, { ...busier, phase: 'Degraded' }, 0), true);
});

test('a status is written for this UID only, and names what is to go', async () => {
  const calls: unknown[] = [];
  const client = {
    mergePatch: async (...args: unknown[]) => {
      calls.push(args.slice(1));
      return {};
    },
  };
  await writeStatus(client, cluster, { ...status, failover: undefined });
  const [[name, patch, subresource]] = calls as [[object, Record<string, never>, string]];
  assert.deepEqual(name, { namespace: 'db', name: 'main' });
  assert.deepEqual(patch['metadata'], { uid: 'uid-main' });
  assert.equal(patch['status']?.['failover'], null);
  assert.equal(subresource, 'status');
});

test('a cluster that has gone needs no status', async () => {
  for (const code of [404, 409]) {
    const client = { mergePatch: () => Promise.reject(new KubernetesError(code, '', 'no')) };
    assert.equal(await writeStatus(client, cluster, status), undefined);
  }
});
