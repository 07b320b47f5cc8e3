/**
 * One story in order, on a real Kubernetes: every step stands on the ones before it, so a step that
 * fails fails the rest at once. test/e2e/run.sh makes the cluster and the image.
 */
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import type { V1Pod } from '@kubernetes/client-node';
import type { EtcdClusterStatus, FailoverStatus } from '../../src/operator/api/etcd-cluster.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import { until } from '../support/until.ts';
import { ContinuousWriter, endpointOf } from './continuous-writer.ts';
import {
  applyManifest,
  type Cluster,
  clusterObject,
  command,
  connect,
  image,
  kubectl,
  nodeShell,
  podsOf,
  signalContainer,
} from './kubernetes.ts';

const isQuick = (process.env['E2E_QUICK'] ?? '') !== '';
const operatorNamespace = 'etcd-operator';
const quickstart: Cluster = { namespace: 'e2e', name: 'quickstart' };
const inMemory: Cluster = { namespace: 'e2e', name: 'in-memory' };
const kept: Cluster = { namespace: 'e2e', name: 'kept' };

const api = connect();
const writer = new ContinuousWriter(api, quickstart);
let brokenBy: string | undefined;

after(async () => {
  await writer.stop();
  api.close();
});

/** `isPossible` false: what this environment cannot do is skipped and said. */
function step(name: string, body: (t: TestContext) => Promise<void>, isPossible = true): void {
  test(name, { skip: isPossible ? false : 'E2E_NODE_SHELL is not set' }, async (t) => {
    if (brokenBy !== undefined) assert.fail(`an earlier step failed: ${brokenBy}`);
    try {
      await body(t);
    } catch (error) {
      brokenBy = name;
      throw error;
    }
  });
}

step('the chart installs two operators that become ready', async () => {
  for (const namespace of [operatorNamespace, quickstart.namespace]) {
    await applyManifest({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      },
    });
  }
  const colon = image.lastIndexOf(':');
  await command(
    'helm',
    ...['upgrade', '--install', 'etcd-operator', 'charts/etcd-operator'],
    ...['--namespace', operatorNamespace, '--wait', '--timeout', '300s'],
    ...['--set', `image.repository=${image.slice(0, colon)}`],
    ...['--set', `image.tag=${image.slice(colon + 1)}`],
  );
});

step('the quickstart becomes three ready members under restricted pod security', async () => {
  await kubectl('apply', '-n', quickstart.namespace, '-f', 'examples/quickstart.yaml');
  await settled(quickstart, 3);
  await writer.start();
});

for (const size of isQuick ? [5, 3, 1, 3] : [5, 3, 1, 3, 4, 3]) {
  step(`it scales to ${size} while a client writes`, async (t) => {
    await patch(quickstart, { spec: { size } });
    await settled(quickstart, size);
    tellGap(t);
  });
}

step('a changed template is rolled out to every member', async (t) => {
  const before = await uidsOf(quickstart);
  const metadata = { annotations: { 'example.com/rolled': 'yes' } };
  await patch(quickstart, { spec: { podTemplate: { metadata } } });
  await settled(quickstart, 3);
  const pods = await podsOf(api, quickstart);
  for (const pod of pods) {
    assert.equal(pod.metadata?.annotations?.['example.com/rolled'], 'yes');
    assert.ok(!before.has(pod.metadata?.uid ?? ''), 'every pod is a new one');
  }
  tellGap(t);
});

for (let round = 1; round <= (isQuick ? 1 : 3); round += 1) breakThings(`(${round})`);

/** What goes wrong with a member: each of these is over before the next one begins. */
function breakThings(round: string): void {
  step(
    `the leader's process is killed and its followers are told to forget it ${round}`,
    async (t) => {
      const { status, pod } = await leaderOf(quickstart);
      writer.takeLongestGapMs();
      await signalContainer(pod, 'KILL');
      const failover = await failoverAfter(status);
      await settled(quickstart, 3);
      assert.equal(failover.leader, status.leaderID);
      tellGap(t);
    },
    nodeShell.length > 0,
  );

  step(
    `a leader that only falls silent is forgotten, too, and comes back as a follower ${round}`,
    async (t) => {
      const { status, pod } = await leaderOf(quickstart);
      writer.takeLongestGapMs();
      await signalContainer(pod, 'STOP');
      try {
        const failover = await failoverAfter(status);
        assert.deepEqual([failover.leader, failover.evidence], [status.leaderID, 'Silent']);
      } finally {
        await signalContainer(pod, 'CONT');
      }
      const after = await settled(quickstart, 3);
      assert.notEqual(after.leaderID, status.leaderID);
      tellGap(t);
    },
    nodeShell.length > 0,
  );

  for (const [how, ...flags] of [
    ['with grace'],
    ['without grace', '--grace-period=0', '--force'],
  ]) {
    step(`the leader's pod is deleted ${how} ${round}`, async (t) => {
      const { pod } = await leaderOf(quickstart);
      await kubectl('delete', 'pod', '-n', quickstart.namespace, nameOf(pod), ...flags);
      await settled(quickstart, 3);
      tellGap(t);
    });
  }

  for (const role of ['follower', 'leader'] as const) {
    step(`a ${role} that lost pod and volume is replaced by a new member ${round}`, async (t) => {
      const { status } = await leaderOf(quickstart);
      const victim = status.members.find(({ isLeader }) => isLeader === (role === 'leader'));
      assert.ok(victim !== undefined);
      const claim = ['pvc', '-n', quickstart.namespace, victim.volume];
      await kubectl('delete', ...claim, '--wait=false');
      await kubectl('delete', 'pod', '-n', quickstart.namespace, `${victim.name}-0`);
      const after = await until('another member in its place', async () => {
        const now = (await clusterObject(api, quickstart))?.status;
        return now?.members.every(({ id }) => id !== victim.id) && now;
      });
      assert.equal(after.clusterID, status.clusterID);
      await settled(quickstart, 3);
      tellGap(t);
    });
  }
}

step(
  'the acting operator is killed in the middle of a scale-out and another finishes it',
  async (t) => {
    await patch(quickstart, { spec: { size: 5 } });
    await until('a member being added', async () => {
      const status = (await clusterObject(api, quickstart))?.status;
      return status?.members.some(({ isLearner, phase }) => isLearner || phase === 'Joining');
    });
    await signalContainer(await actingOperator(), 'KILL');
    await settled(quickstart, 5);
    await patch(quickstart, { spec: { size: 3 } });
    await settled(quickstart, 3);
    tellGap(t);
  },
  nodeShell.length > 0,
);

step('every acknowledged write is there, and all members agree', async (t) => {
  await writer.stop();
  await settled(quickstart, 3);
  const { ledger } = writer;
  t.diagnostic(`${ledger.acknowledgedCount} of ${ledger.issuedCount} writes acknowledged`);
  t.diagnostic(`not acknowledged: ${writer.refusals()}`);
  assert.ok(ledger.acknowledgedCount > 100, 'the writer wrote');
  await withClients(quickstart, async (clients) => {
    assert.equal(clients.length, 3);
    // Linearizable reads: afterwards every member has applied everything.
    for (const client of clients) assert.deepEqual(await ledger.complaints(client), []);
    const states = await Promise.all(clients.map((client) => client.status()));
    const revision = Math.max(...states.map(({ header }) => header?.revision ?? 0));
    const hashes = await Promise.all(clients.map((client) => client.hashKv(revision)));
    const facts = hashes.map(({ hash, compactRevision }) => `${hash} ${compactRevision}`);
    assert.equal(new Set(facts).size, 1, facts.join(', '));
  });
});

step('a deleted cluster leaves nothing behind', async () => {
  await kubectl('delete', 'etcdcluster', '-n', quickstart.namespace, quickstart.name);
  await until('all children gone', async () => (await childrenOf(quickstart)) === '');
});

step('members in memory form a cluster, and one that lost its pod is replaced', async () => {
  const { namespace, name } = inMemory;
  await applyManifest({
    apiVersion: 'etcd-ts.dev/v1alpha1',
    kind: 'EtcdCluster',
    metadata: { namespace, name },
    spec: { size: 3, storageSpec: { medium: 'Memory', volumeSizeRequest: '64Mi' } },
  });
  const before = await settled(inMemory, 3);
  const victim = before.members.find(({ isLeader }) => !isLeader);
  assert.ok(victim !== undefined);
  await kubectl('delete', 'pod', '-n', namespace, `${victim.name}-0`);
  await until('another member in its place', async () => {
    const now = (await clusterObject(api, inMemory))?.status;
    return now?.members.every(({ id }) => id !== victim.id);
  });
  const after = await settled(inMemory, 3);
  assert.equal(after.clusterID, before.clusterID);
  await kubectl('delete', 'etcdcluster', '-n', namespace, name);
  await until('all children gone', async () => (await childrenOf(inMemory)) === '');
});

step('a deleted cluster leaves its volumes when it is told to, and nothing else', async () => {
  const { namespace, name } = kept;
  await applyManifest({
    apiVersion: 'etcd-ts.dev/v1alpha1',
    kind: 'EtcdCluster',
    metadata: { namespace, name },
    spec: { size: 1, storageSpec: { retentionPolicy: { whenDeleted: 'Retain' } } },
  });
  await settled(kept, 1);
  await kubectl('delete', 'etcdcluster', '-n', namespace, name);
  const volume = 'persistentvolumeclaim/data-kept-0-0';
  await until('only its volume left', async () => (await childrenOf(kept)) === volume);
  await kubectl('delete', '-n', namespace, volume);
});

step('uninstalled, the operator is gone and the CRD stays', async () => {
  await command('helm', 'uninstall', 'etcd-operator', '-n', operatorNamespace, '--wait');
  await kubectl('get', 'crd', 'etcdclusters.etcd-ts.dev');
  await kubectl('delete', 'namespace', quickstart.namespace, operatorNamespace, '--wait=false');
});

/** Healthy at that size, by the status of the newest generation. */
async function settled(cluster: Cluster, size: number): Promise<EtcdClusterStatus> {
  let last = '';
  try {
    return await until(`${cluster.name} healthy with ${size} members`, async () => {
      const object = await clusterObject(api, cluster);
      const status = object?.status;
      if (status === undefined) return undefined;
      last = `${status.phase} ${status.ready}: ${JSON.stringify(status.conditions)}`;
      const isSettled =
        status.phase === 'Healthy' &&
        status.observedGeneration === object?.metadata?.generation &&
        status.ready === `${size}/${size}` &&
        status.memberCount === size &&
        status.updatedMembers === size;
      if (!isSettled) return undefined;
      // A status is as old as the pass that wrote it: a pod that has just gone is not in it.
      const pods = await podsOf(api, cluster);
      return pods.length === size && pods.every(isReady) ? status : undefined;
    });
  } catch (error) {
    throw new Error(`${cluster.name} did not settle; last: ${last}`, { cause: error });
  }
}

function isReady({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return metadata?.deletionTimestamp === undefined && ready?.status === 'True';
}

/** By the members' own word: a status is a moment old. */
async function leaderOf(cluster: Cluster): Promise<{ status: EtcdClusterStatus; pod: V1Pod }> {
  const { leader, status } = await until('a leader in the status', async () => {
    const status = await settled(cluster, 3);
    const ids = await withClients(cluster, async (clients) =>
      Promise.all(clients.map(async (client) => (await client.status()).leader.toString(16))),
    );
    if (ids.some((id) => id !== status.leaderID)) return undefined;
    return { leader: status.members.find(({ id }) => id === status.leaderID), status };
  });
  const pod = (await podsOf(api, cluster)).find((one) => nameOf(one) === `${leader?.name}-0`);
  assert.ok(pod !== undefined, `the pod of ${leader?.name}`);
  return { status, pod };
}

async function withClients<T>(
  cluster: Cluster,
  body: (clients: readonly EtcdClient[]) => Promise<T>,
): Promise<T> {
  const endpoints = (await podsOf(api, cluster)).flatMap(endpointOf);
  const clients = endpoints.map((endpoint) => new EtcdClient(endpoint, 20_000));
  try {
    return await body(clients);
  } finally {
    for (const client of clients) client.close();
  }
}

/** What the status says of the failover that comes after this one. */
async function failoverAfter(before: EtcdClusterStatus): Promise<FailoverStatus> {
  return await until('a failover in the status', async () => {
    const failover = (await clusterObject(api, quickstart))?.status?.failover;
    return failover !== undefined && failover.count > (before.failover?.count ?? 0) && failover;
  });
}

async function actingOperator(): Promise<V1Pod> {
  const lease = await kubectl(
    ...['get', 'lease', '-n', operatorNamespace, 'etcd-operator'],
    ...['-o', 'jsonpath={.spec.holderIdentity}'],
  );
  const pods = JSON.parse(await kubectl('get', 'pods', '-n', operatorNamespace, '-o', 'json')) as {
    items: V1Pod[];
  };
  const acting = pods.items.find((pod) => lease.startsWith(`${nameOf(pod)}_`));
  assert.ok(acting !== undefined, `the operator that holds the lease: ${lease}`);
  return acting;
}

async function uidsOf(cluster: Cluster): Promise<ReadonlySet<string>> {
  return new Set((await podsOf(api, cluster)).map(({ metadata }) => metadata?.uid ?? ''));
}

function patch({ namespace, name }: Cluster, change: object): Promise<string> {
  const merge = ['--type=merge', '-p', JSON.stringify(change)];
  return kubectl('patch', 'etcdcluster', '-n', namespace, name, ...merge);
}

/** Names of everything that carries the cluster's label, sorted. */
async function childrenOf({ namespace, name }: Cluster): Promise<string> {
  const kinds = 'statefulsets,pods,persistentvolumeclaims,services,poddisruptionbudgets';
  const selector = `etcd-ts.dev/cluster=${name}`;
  const names = await kubectl('get', kinds, '-n', namespace, '-l', selector, '-o', 'name');
  return names.trim().split('\n').sort().join(' ');
}

function nameOf(pod: V1Pod): string {
  return pod.metadata?.name ?? '';
}

function tellGap(t: TestContext): void {
  t.diagnostic(`longest time without an acknowledged write: ${writer.takeLongestGapMs()} ms`);
}
