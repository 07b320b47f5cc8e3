import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { assertGolden } from '../../../test/support/golden.ts';
import { clusterOf, hashOf, planOf } from '../../../test/support/operator-fixtures.ts';
import { clientService } from './client-service.ts';
import { contentHash } from './content-hash.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { memberImage } from './image.ts';
import { memberStatefulSet, parseInitialCluster } from './member-stateful-set.ts';
import { memberVolumeClaim, memberVolumePlan } from './member-volume-claim.ts';
import { peerService } from './peer-service.ts';
import { serverFlags } from './server-flags.ts';

const golden = (name: string): string => `${import.meta.dirname}/testdata/${name}.yaml`;
const yaml = (...objects: readonly object[]): string =>
  objects
    .map((object) => stringify(object, { lineWidth: 100, aliasDuplicateObjects: false }))
    .join('---\n');

const three = ['main-0', 'main-1', 'main-2'];

test('a plain cluster of three has these children', () => {
  const cluster = clusterOf({ size: 3 });
  const plan = planOf(cluster, 'main-1', three);
  const claim = memberVolumeClaim(cluster, memberVolumePlan(cluster, 'main-1'));
  assertGolden(
    golden('plain'),
    yaml(
      peerService(cluster),
      clientService(cluster),
      disruptionBudget(cluster, 3),
      claim,
      memberStatefulSet(cluster, plan),
    ),
  );
});

test('every field of the pod template reaches the pod, and claims may belong to the cluster', () => {
  const cluster = clusterOf({
    size: 3,
    imageRegistry: 'registry.example/other',
    version: 'v0.2.0',
    etcdOptions: ['--heartbeat-interval=50', '--election-timeout=500'],
    storageSpec: {
      storageClassName: 'fast',
      volumeSizeRequest: '20Gi',
      retentionPolicy: { whenDeleted: 'Delete' },
    },
    podTemplate: {
      metadata: { labels: { team: 'infra' }, annotations: { note: 'x' } },
      spec: {
        affinity: { podAntiAffinity: {} },
        nodeSelector: { disk: 'nvme' },
        tolerations: [{ key: 'dedicated', operator: 'Exists' }],
        topologySpreadConstraints: [],
        resources: { limits: { memory: '1Gi' } },
        priorityClassName: 'system-cluster-critical',
        schedulerName: 'other',
        imagePullSecrets: [{ name: 'pull' }],
        imagePullPolicy: 'Never',
        securityContext: { runAsUser: 1000, fsGroup: 1000 },
      },
    },
  });
  const claim = memberVolumeClaim(cluster, memberVolumePlan(cluster, 'main-0'));
  const statefulSet = memberStatefulSet(cluster, planOf(cluster, 'main-0', three));
  assertGolden(golden('every-field'), yaml(claim, statefulSet));
});

test('a member in memory has a tmpfs and waits at a gate', () => {
  const cluster = clusterOf({ size: 1, storageSpec: { medium: 'Memory' } });
  const plan = { ...planOf(cluster, 'main-0', ['main-0']), volumeId: '' };
  assertGolden(golden('memory'), yaml(memberStatefulSet(cluster, plan)));
});

test('the budget of evictions leaves a quorum, and lets a single member be evicted', () => {
  const cluster = clusterOf({ size: 1 });
  const floor = (voters: number): unknown => disruptionBudget(cluster, voters).spec?.minAvailable;
  assert.deepEqual([1, 2, 3, 4, 5].map(floor), [0, 2, 2, 3, 3]);
});

test('the template hash changes with what members share and not with the size or one member', () => {
  const base = hashOf(clusterOf({ size: 3 }));
  assert.equal(hashOf(clusterOf({ size: 5 })), base);
  assert.equal(hashOf(clusterOf({ fastFailover: { enabled: false } })), base);
  assert.equal(hashOf(clusterOf({ storageSpec: { volumeSizeRequest: '9Gi' } })), base);
  for (const spec of [
    { version: 'v0.2.0' },
    { etcdOptions: ['--heartbeat-interval=50'] },
    { podTemplate: { spec: { resources: { limits: { memory: '1Gi' } } } } },
    { podTemplate: { metadata: { labels: { team: 'infra' } } } },
  ]) {
    assert.notEqual(hashOf(clusterOf(spec)), base, JSON.stringify(spec));
  }
});

test('the hash does not depend on the order of fields', () => {
  assert.equal(
    contentHash({ a: 1, b: [{ c: 2, d: 3 }] }),
    contentHash({ b: [{ d: 3, c: 2 }], a: 1 }),
  );
  assert.notEqual(contentHash({ a: [1, 2] }), contentHash({ a: [2, 1] }));
});

test('the image comes from the spec, each missing part from the operator', () => {
  const image = (spec: object, standard = 'reg:5000/etcd-ts:v1.0.0'): string =>
    memberImage(clusterOf(spec), standard);
  assert.equal(image({}), 'reg:5000/etcd-ts:v1.0.0');
  assert.equal(image({ version: 'v2.0.0' }), 'reg:5000/etcd-ts:v2.0.0');
  assert.equal(image({ imageRegistry: 'other/etcd' }), 'other/etcd:v1.0.0');
  assert.equal(image({ image: 'a/b@sha256:00' }), 'a/b@sha256:00');
  assert.equal(image({ version: 'v2.0.0' }, 'reg:5000/etcd-ts'), 'reg:5000/etcd-ts:v2.0.0');
});

test('a process gets its user options and its own place', () => {
  const cluster = clusterOf({ etcdOptions: ['--snapshot-count=5'] });
  const flags = serverFlags(planOf(cluster, 'main-0', ['main-0']), {
    dataDir: '/d',
    listenPeerUrl: 'http://127.0.0.1:1',
    listenClientUrl: 'http://127.0.0.1:2',
    listenMetricsUrl: undefined,
  });
  assert.deepEqual(flags, [
    '--snapshot-count=5',
    '--name=main-0',
    '--data-dir=/d',
    '--listen-peer-urls=http://127.0.0.1:1',
    '--listen-client-urls=http://127.0.0.1:2',
    '--initial-advertise-peer-urls=http://main-0-0.main-peer.db.svc:2380',
    '--advertise-client-urls=http://main-0-0.main-peer.db.svc:2379',
    '--initial-cluster=main-0=http://main-0-0.main-peer.db.svc:2380',
    '--initial-cluster-state=new',
    '--initial-cluster-token=uid-main',
  ]);
});

test('the frozen list of members is read back as it was written', () => {
  const plan = planOf(clusterOf({}), 'main-0', three);
  const text = memberStatefulSet(clusterOf({}), plan).metadata?.annotations?.[
    'etcd-ts.dev/initial-cluster'
  ];
  assert.deepEqual(parseInitialCluster(text ?? ''), plan.birth.initialCluster);
});
