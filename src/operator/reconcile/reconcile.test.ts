import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addressOf,
  clusterOf,
  hashOf,
  inputOf,
  type MemberOptions,
  observedOf,
  startMs,
} from '../../../test/support/operator-fixtures.ts';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { clientService } from '../resources/client-service.ts';
import { contentHash } from '../resources/content-hash.ts';
import { disruptionBudget } from '../resources/disruption-budget.ts';
import { peerService } from '../resources/peer-service.ts';
import type { Action } from './action.ts';
import type { Observed } from './observed.ts';
import type { ReconcileResult } from './outcome.ts';
import { reconcile } from './reconcile.ts';

/** Each row is a sentence: what is seen, and what is done about it (events left out). */

const formed = { status: { clusterID: 'c1' } } as const;

/** The objects that are as they should be, so that a row shows only what it is about. */
function settled(cluster: EtcdCluster, voters: number): Observed['objects'] {
  const budget = disruptionBudget(cluster, Math.max(voters, cluster.spec.size));
  return [peerService(cluster), clientService(cluster), budget].map((object) => ({
    kind: object.kind ?? '',
    name: object.metadata?.name ?? '',
    uid: 'uid',
    hash: contentHash(object),
    isBeingDeleted: false,
  }));
}

function run(
  cluster: EtcdCluster,
  members: Readonly<Record<string, MemberOptions>>,
  more: Parameters<typeof observedOf>[2] = {},
): ReconcileResult {
  const voters = Object.values(members).filter(
    ({ listed }) => listed !== false && listed?.isLearner !== true,
  ).length;
  const objects = settled(cluster, voters);
  return reconcile(inputOf(cluster, observedOf(cluster, members, { objects, ...more }), startMs));
}

/** `kind subject` of each action, or why it waits. */
function doing(result: ReconcileResult): string {
  const { outcome } = result;
  if (outcome.then === 'continue') return 'nothing';
  if (outcome.then !== 'act') return `${outcome.then}: ${outcome.message}`;
  return outcome.actions
    .filter(({ kind }) => kind !== 'emit-event')
    .map((action) => `${action.kind} ${subject(action)}`.trim())
    .join(', ');
}

function subject(action: Action): string {
  switch (action.kind) {
    case 'apply-object':
      return `${action.object.kind ?? ''} ${action.object.metadata?.name ?? ''}`;
    case 'ensure-volume':
      return action.volume.memberName;
    case 'ensure-member':
      return action.member.name;
    case 'move-leader':
      return `${action.fromName} to ${action.toName}`;
    case 'forget-leader':
      return action.leaderName;
    case 'emit-event':
      return action.reason;
    default:
      return action.memberName;
  }
}

type Row = readonly [
  sentence: string,
  cluster: EtcdCluster,
  members: Readonly<Record<string, MemberOptions>>,
  doing: string,
  more?: Parameters<typeof observedOf>[2],
];

const three = clusterOf({ size: 3 }, formed);
const healthy3 = { 'main-0': {}, 'main-1': {}, 'main-2': {} };
const newer = clusterOf({ size: 3, version: 'v0.2.0' }, formed);
const updated: MemberOptions = {
  workload: { templateHash: hashOf(newer) },
  instance: { templateHash: hashOf(newer) },
};
const outdated: MemberOptions = {
  workload: { templateHash: hashOf(three) },
  instance: { templateHash: hashOf(three) },
};
const lost: MemberOptions = { volume: false, instance: false };
const gone: MemberOptions = { workload: false, volume: false, instance: false };
const leftBehind: MemberOptions = { listed: false, report: false };
const down: MemberOptions = {
  instance: { isReady: false, container: { state: 'waiting', reason: 'ContainerCreating' } },
  report: false,
};
const learner = (more: MemberOptions = {}): MemberOptions => ({
  ...more,
  listed: { isLearner: true, ...more.listed },
});
const memory = (spec: object): EtcdCluster =>
  clusterOf({ size: 3, storageSpec: { medium: 'Memory' }, ...spec }, formed);

const rows: readonly Row[] = [
  ['a cluster as specified is left alone', three, healthy3, 'nothing'],
  [
    'a new cluster gets its services first',
    clusterOf({ size: 3 }),
    {},
    'apply-object Service main-peer, apply-object Service main',
    { objects: [] },
  ],
  [
    'a new cluster gets all its volumes',
    clusterOf({ size: 3 }),
    {},
    'ensure-volume main-0, ensure-volume main-1, ensure-volume main-2',
  ],
  [
    'a new cluster avoids names whose volumes were left by an earlier one',
    clusterOf({ size: 1 }),
    {},
    'ensure-volume main-2',
    { takenNames: ['main-0', 'main-1'] },
  ],
  [
    'founders start together once their volumes exist',
    clusterOf({ size: 2 }),
    {
      'main-0': { listed: false, workload: false, instance: false },
      'main-1': { listed: false, workload: false, instance: false },
    },
    'ensure-member main-0, ensure-member main-1',
    { leader: 0n },
  ],
  [
    'the size at the first attempt counts until the cluster has formed',
    clusterOf({ size: 1 }),
    {
      'main-0': { listed: false, report: false },
      'main-1': { listed: false, workload: false, instance: false },
      'main-2': { listed: false, workload: false, instance: false },
    },
    'ensure-member main-1, ensure-member main-2',
  ],
  [
    'founders that start are waited for',
    clusterOf({ size: 3 }),
    { 'main-0': { report: false }, 'main-1': { report: false }, 'main-2': { report: false } },
    'wait: 3 members are starting',
  ],
  [
    'nothing is done to a formed cluster before its id is recorded',
    clusterOf({ size: 5 }),
    healthy3,
    'wait: the cluster has formed; its id is being recorded',
  ],
  [
    'a paused cluster is left alone whatever it needs',
    {
      ...clusterOf({ size: 5 }, formed),
      metadata: { ...three.metadata, annotations: { 'etcd-ts.dev/reconcile': 'disabled' } },
    },
    healthy3,
    'wait: annotation etcd-ts.dev/reconcile: disabled',
  ],
  [
    'a cluster that is being deleted gets no children',
    { ...three, metadata: { ...three.metadata, isBeingDeleted: true } },
    {},
    'wait: the cluster is being deleted',
  ],
  [
    'without a quorum nothing is changed',
    clusterOf({ size: 5 }, formed),
    { 'main-0': {}, 'main-1': down, 'main-2': down },
    'wait: no quorum of members answers',
    { isConfirmed: false, leader: 0n },
  ],
  [
    'two cluster ids stop everything',
    clusterOf({ size: 5 }, formed),
    { ...healthy3, 'main-2': { report: { clusterId: 0xc2n } } },
    'fail: members speak of different clusters: c1, c2',
  ],
  // ---- scale out
  [
    'to grow, etcd learns of the learner first',
    clusterOf({ size: 5 }, formed),
    healthy3,
    'add-learner main-3',
  ],
  [
    'a name whose volume was kept is not used again',
    clusterOf({ size: 5 }, formed),
    {
      ...healthy3,
      'main-3': { listed: false, workload: false, instance: false, volume: { isRetained: true } },
    },
    'add-learner main-4',
  ],
  [
    'a listed learner without anything gets its volume',
    clusterOf({ size: 4 }, formed),
    { ...healthy3, 'main-3': learner({ ...gone, listed: { name: '' } }) },
    'ensure-volume main-3',
  ],
  [
    'a learner that has its volume gets its process',
    clusterOf({ size: 4 }, formed),
    { ...healthy3, 'main-3': learner({ workload: false, instance: false, listed: { name: '' } }) },
    'ensure-member main-3',
  ],
  [
    'a learner that catches up is waited for',
    clusterOf({ size: 4 }, formed),
    { ...healthy3, 'main-3': learner({ report: { raftAppliedIndex: 50 } }) },
    'wait: learner main-3 is catching up',
  ],
  [
    'a learner that has caught up is promoted, ready or not',
    clusterOf({ size: 4 }, formed),
    { ...healthy3, 'main-3': learner({ instance: { isReady: false } }) },
    'promote-member main-3',
  ],
  [
    'a learner is not promoted when the quorum would hang on it alone',
    clusterOf({ size: 4 }, formed),
    { 'main-0': {}, 'main-1': {}, 'main-2': down, 'main-3': learner({ report: { leader: 0n } }) },
    'wait: learner main-3: knows no leader',
  ],
  [
    'nobody is added while too few are healthy',
    clusterOf({ size: 5 }, formed),
    { 'main-0': {}, 'main-1': down, 'main-2': down },
    'wait: too many voters are unhealthy to add a member',
  ],
  // ---- scale in
  [
    'to shrink, the highest ordinal is removed from etcd first',
    clusterOf({ size: 1 }, formed),
    healthy3,
    'remove-member main-2',
  ],
  [
    'the leader hands over before it is removed',
    clusterOf({ size: 1 }, formed),
    { 'main-0': {}, 'main-1': {}, 'main-2': {} },
    'move-leader main-2 to main-0',
    { leader: 3n },
  ],
  [
    'a member that is down is removed before healthy ones',
    clusterOf({ size: 1 }, formed),
    { 'main-0': {}, 'main-1': down, 'main-2': {} },
    'remove-member main-1',
  ],
  [
    'a learner nobody wants any more is removed first',
    three,
    { ...healthy3, 'main-3': learner() },
    'remove-member main-3',
  ],
  [
    'a healthy member stays until the others are well',
    clusterOf({ size: 3 }, formed),
    { 'main-0': {}, 'main-1': {}, 'main-2': {}, 'main-3': down, 'main-4': down },
    'remove-member main-4',
  ],
  [
    'a removed member loses its workload',
    three,
    { ...healthy3, 'main-3': leftBehind },
    'delete-member main-3',
  ],
  [
    'the volume of a removed member waits for the end of its process',
    three,
    { ...healthy3, 'main-3': { ...leftBehind, workload: false } },
    'wait: the process of main-3 is stopping',
  ],
  [
    'then the volume is deleted',
    three,
    { ...healthy3, 'main-3': { ...leftBehind, workload: false, instance: false } },
    'delete-volume main-3',
  ],
  [
    'or kept, as the policy says',
    clusterOf({ size: 3, storageSpec: { retentionPolicy: { whenScaled: 'Retain' } } }, formed),
    { ...healthy3, 'main-3': { ...leftBehind, workload: false, instance: false } },
    'retain-volume main-3',
  ],
  // ---- lost volumes and workloads
  [
    'a member that lost its volume leaves etcd',
    three,
    { ...healthy3, 'main-1': lost },
    'remove-member main-1',
  ],
  [
    'a member with another volume than its own has lost it',
    three,
    { ...healthy3, 'main-1': { volume: { id: 'disk-new' }, report: false } },
    'remove-member main-1',
  ],
  [
    'a member whose workload and volume are gone leaves etcd',
    three,
    { ...healthy3, 'main-1': gone },
    'remove-member main-1',
  ],
  [
    'a claim that somebody deletes counts as lost while its pod still runs',
    three,
    { ...healthy3, 'main-1': { volume: { state: 'deleting' } } },
    'remove-member main-1',
  ],
  [
    'a lost leader that still runs hands over first',
    three,
    { ...healthy3, 'main-0': { volume: { state: 'deleting' } } },
    'move-leader main-0 to main-1',
  ],
  [
    'a lost member is not removed when the others are no quorum',
    three,
    { 'main-0': {}, 'main-1': lost, 'main-2': down },
    'wait: main-1 cannot be removed yet: the others are not a quorum',
  ],
  [
    'a workload that somebody deleted comes back on its volume',
    three,
    { ...healthy3, 'main-1': { workload: false, instance: false } },
    'ensure-member main-1',
  ],
  [
    'also when the quorum went with it',
    three,
    {
      'main-0': {},
      'main-1': { workload: false, instance: false },
      'main-2': { workload: false, instance: false },
    },
    'ensure-member main-1',
    { isConfirmed: false, leader: 0n },
  ],
  // ---- roll-out
  [
    'a new template starts with the highest follower',
    newer,
    { 'main-0': outdated, 'main-1': outdated, 'main-2': outdated },
    'ensure-member main-2',
  ],
  [
    'a member that does not take part goes first',
    newer,
    {
      'main-0': outdated,
      'main-1': { ...outdated, report: { leader: 0n } },
      'main-2': outdated,
    },
    'ensure-member main-1',
  ],
  [
    'the next waits until the last one runs its new template',
    newer,
    {
      'main-0': outdated,
      'main-1': outdated,
      'main-2': {
        workload: { templateHash: hashOf(newer) },
        instance: { templateHash: hashOf(three) },
      },
    },
    'wait: the next member waits for main-2: waits for its restart with the new template',
  ],
  [
    'the next waits until the last one has caught up',
    newer,
    { 'main-0': outdated, 'main-1': outdated, 'main-2': { ...updated, report: { leader: 0n } } },
    'wait: the next member waits for main-2: knows no leader',
  ],
  [
    'the leader hands over to an updated member when its turn comes',
    newer,
    { 'main-0': outdated, 'main-1': updated, 'main-2': updated },
    'move-leader main-0 to main-1',
  ],
  [
    'then it is updated like any other',
    newer,
    { 'main-0': outdated, 'main-1': updated, 'main-2': updated },
    'ensure-member main-0',
    { leader: 2n },
  ],
  [
    'a single member is updated without ceremony',
    clusterOf({ size: 1, version: 'v0.2.0' }, formed),
    { 'main-0': outdated },
    'ensure-member main-0',
  ],
  [
    'a member that cannot start gets its new template even without a quorum',
    newer,
    {
      'main-0': outdated,
      'main-1': {
        ...outdated,
        ...down,
        instance: { container: { state: 'waiting', reason: 'CrashLoopBackOff' } },
      },
      'main-2': { ...outdated, ...down },
    },
    'ensure-member main-1',
    { isConfirmed: false, leader: 0n },
  ],
  [
    'size comes before template',
    clusterOf({ size: 5, version: 'v0.2.0' }, formed),
    { 'main-0': outdated, 'main-1': outdated, 'main-2': outdated },
    'add-learner main-3',
  ],
  // ---- memory
  [
    'a pod in memory is tied to its member before it runs',
    memory({}),
    { ...healthy3, 'main-1': { workload: { volumeId: '' }, instance: { isGated: true } } },
    'record-volume main-1',
  ],
  [
    'then it may run',
    memory({}),
    {
      ...healthy3,
      'main-1': {
        workload: { volumeId: 'pod-main-1' },
        volume: { id: 'pod-main-1' },
        instance: { isGated: true },
      },
    },
    'start-instance main-1',
  ],
  [
    'a second pod of the same member stays at the gate and the member is replaced',
    memory({}),
    {
      ...healthy3,
      'main-1': {
        volume: { id: 'pod-newer' },
        instance: { uid: 'pod-newer', isGated: true },
        report: false,
      },
    },
    'remove-member main-1',
  ],
  [
    'members in memory are exchanged, not restarted: one more comes first',
    memory({ version: 'v0.2.0' }),
    { 'main-0': outdated, 'main-1': outdated, 'main-2': outdated },
    'add-learner main-3',
  ],
  [
    'then one of the old template goes',
    memory({ version: 'v0.2.0' }),
    {
      'main-0': outdated,
      'main-1': outdated,
      'main-2': outdated,
      'main-3': {
        workload: { templateHash: hashOf(memory({ version: 'v0.2.0' })) },
        instance: { templateHash: hashOf(memory({ version: 'v0.2.0' })) },
      },
    },
    'remove-member main-2',
  ],
  // ---- the rest
  [
    'a larger size request reaches the claims, one at a time and last',
    clusterOf({ size: 3, storageSpec: { volumeSizeRequest: '9Gi' } }, formed),
    Object.fromEntries(Object.keys(healthy3).map((name) => [name, { volume: { hash: 'older' } }])),
    'ensure-volume main-0',
  ],
  [
    'a member that others added is neither counted nor touched',
    three,
    {
      ...healthy3,
      stranger: {
        listed: { name: 'stranger', peerUrls: ['http://elsewhere:2380'] },
        workload: false,
        volume: false,
        instance: false,
      },
    },
    'wait: stranger: has no workload',
  ],
  [
    'an unready voter is waited for',
    three,
    { ...healthy3, 'main-2': { instance: { isReady: false } } },
    'wait: main-2: not ready',
  ],
];

for (const [sentence, cluster, members, expected, more] of rows) {
  test(sentence, () => {
    const hash = hashOf(cluster);
    const plain = Object.fromEntries(
      Object.entries(members).map(([name, options]) => [name, withTemplate(options, hash)]),
    );
    assert.equal(doing(run(cluster, plain, more)), expected);
  });
}

/** Members run the current template unless the row says which one. */
function withTemplate(options: MemberOptions, hash: string): MemberOptions {
  const { workload, instance } = options;
  return {
    ...options,
    ...(workload !== false && { workload: { templateHash: hash, ...workload } }),
    ...(instance !== false && { instance: { templateHash: hash, ...instance } }),
  };
}

test('a workload keeps the birth and the volume of its member when its template changes', () => {
  const { outcome } = run(newer, { 'main-0': outdated, 'main-1': outdated, 'main-2': outdated });
  const action = outcome.then === 'act' ? outcome.actions[0] : undefined;
  assert.ok(action?.kind === 'ensure-member');
  assert.equal(action.member.birth.initialClusterState, 'new');
  assert.equal(action.member.volumeId, 'disk-main-2');
  assert.equal(action.member.image, 'registry.example/etcd-ts:v0.2.0');
});

test('a joining member is told of everybody, itself included, and of state existing', () => {
  const cluster = clusterOf({ size: 4 }, formed);
  const joining = learner({ workload: false, instance: false, listed: { name: '' } });
  const { outcome } = run(cluster, { ...healthy3, 'main-3': joining });
  const action = outcome.then === 'act' ? outcome.actions[0] : undefined;
  assert.ok(action?.kind === 'ensure-member');
  const { birth } = action.member;
  assert.equal(birth.initialClusterState, 'existing');
  assert.deepEqual(
    birth.initialCluster,
    ['main-0', 'main-1', 'main-2', 'main-3'].map((name) => ({
      name,
      peerUrl: addressOf(cluster, name).peerUrl,
    })),
  );
});

test('membership changes are asked of voters that have a quorum, the leader first', () => {
  const { outcome } = run(clusterOf({ size: 5 }, formed), healthy3, { leader: 2n });
  const action = outcome.then === 'act' ? outcome.actions[0] : undefined;
  assert.ok(action?.kind === 'add-learner');
  assert.deepEqual(action.via, ['main-1', 'main-0', 'main-2']);
});

test('an even size is warned of once for each generation', () => {
  const warned = (status: object): boolean =>
    run(clusterOf({ size: 2 }, { status }), { 'main-0': {}, 'main-1': {} }).actions.some(
      (action) => action.kind === 'emit-event' && action.reason === 'EvenSize',
    );
  assert.equal(warned({ clusterID: 'c1', observedGeneration: 0 }), true);
  assert.equal(warned({ clusterID: 'c1', observedGeneration: 1 }), false);
});

test('a pass without anything to do changes neither status nor time of transition', () => {
  const first = run(three, healthy3).status;
  const again = run({ ...three, status: first }, healthy3);
  assert.deepEqual(again.status, first);
  assert.deepEqual(again.actions, []);
});
