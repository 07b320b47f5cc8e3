import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clusterOf,
  inputOf,
  type MemberOptions,
  observedOf,
  startMs,
  streamOf,
} from '../../../test/support/operator-fixtures.ts';
import type { EtcdCluster, EtcdClusterStatus } from '../api/etcd-cluster.ts';
import type { FailoverRecord, Observed } from '../reconcile/observed.ts';
import type { StepOutcome } from '../reconcile/outcome.ts';
import { pictureOf } from '../reconcile/picture.ts';
import { statusOf } from './status.ts';

const formed = { status: { clusterID: 'c1' } } as const;
const three = clusterOf({ size: 3 }, formed);
const healthy3 = { 'main-0': {}, 'main-1': {}, 'main-2': {} };
const stable: StepOutcome = { then: 'continue' };

function statusFor(
  cluster: EtcdCluster,
  members: Readonly<Record<string, MemberOptions>>,
  more: Partial<Observed> & { isConfirmed?: boolean; leader?: bigint } = {},
  outcome: StepOutcome = stable,
): EtcdClusterStatus {
  const input = inputOf(cluster, observedOf(cluster, members, more));
  return statusOf({ ...input, picture: pictureOf(input) }, outcome);
}

function condition(status: EtcdClusterStatus, type: string): string {
  const found = status.conditions.find((one) => one.type === type);
  return `${found?.status} ${found?.reason}`;
}

test('a healthy cluster says so in every field', () => {
  const status = statusFor(three, healthy3);
  assert.equal(status.phase, 'Healthy');
  assert.equal(status.ready, '3/3');
  assert.equal(status.currentReplicas, 3);
  assert.equal(status.memberCount, 3);
  assert.equal(status.updatedMembers, 3);
  assert.equal(status.currentVersion, '3.7.0');
  assert.equal(status.leaderID, '1');
  assert.equal(status.clusterID, 'c1');
  assert.equal(status.selector, 'etcd-ts.dev/cluster=main');
  assert.equal(status.endpoints.client, 'http://main.db.svc:2379');
  assert.equal(status.endpoints.members[0], 'http://main-0-0.main-peer.db.svc:2379');
  assert.equal(condition(status, 'Available'), 'True ClusterAvailable');
  assert.equal(condition(status, 'Progressing'), 'False ClusterStable');
  assert.equal(condition(status, 'Degraded'), 'False ClusterHealthy');
  assert.deepEqual(status.warnings, []);
});

test('the members table has a row for each member', () => {
  const { members } = statusFor(three, healthy3);
  assert.deepEqual(
    members.map(({ name, id, role, phase }) => `${name} ${id} ${role} ${phase}`),
    ['main-0 1 leader Ready', 'main-1 2 follower Ready', 'main-2 3 follower Ready'],
  );
  assert.equal(members[0]?.revision, 50);
  assert.equal(members[0]?.dbSize, 1_000);
  assert.equal(members[0]?.reason, '');
});

const phases: readonly [string, MemberOptions, string][] = [
  ['a learner', { listed: { isLearner: true } }, 'Learner learner '],
  [
    'a process that cannot start',
    { instance: { container: { state: 'waiting', reason: 'ErrImagePull' } }, report: false },
    'Pending unknown waiting: ErrImagePull',
  ],
  ['a lost volume', { volume: false, report: false }, 'Replacing unknown its volume is lost'],
  [
    'a member that was removed',
    { listed: false, report: false },
    'Removing unknown not in the member list',
  ],
  [
    'a member that joins',
    { listed: { name: '', isLearner: true }, report: false },
    'Joining learner does not answer: connection refused',
  ],
  [
    'a member far behind',
    { report: { raftAppliedIndex: 0, raftIndex: 9_000 } },
    'Unhealthy follower 9000 entries behind the leader',
  ],
  ['a corrupt member', { report: { alarms: ['CORRUPT'] } }, 'Unhealthy follower alarm CORRUPT'],
];

for (const [what, options, expected] of phases) {
  test(`the table tells ${what}`, () => {
    const status = statusFor(three, { 'main-0': {}, 'main-1': {}, 'main-2': options });
    const member = status.members.find(({ name }) => name === 'main-2');
    assert.equal(`${member?.phase} ${member?.role} ${member?.reason}`, expected);
  });
}

test('one member down is degraded and available', () => {
  const status = statusFor(three, { ...healthy3, 'main-2': { report: false } });
  assert.equal(condition(status, 'Available'), 'True ClusterAvailable');
  assert.equal(condition(status, 'Degraded'), 'True MembersUnhealthy');
  assert.equal(status.ready, '2/3');
});

test('a lost quorum is not available', () => {
  const down = { report: false } as const;
  const status = statusFor(
    three,
    { 'main-0': {}, 'main-1': down, 'main-2': down },
    { isConfirmed: false, leader: 0n },
  );
  assert.equal(status.phase, 'QuorumLost');
  assert.equal(condition(status, 'Available'), 'False QuorumLost');
  assert.equal(status.clusterID, 'c1');
});

test('a cluster that has never had a leader is being created, whatever id its members compute', () => {
  const status = statusFor(clusterOf({ size: 3 }), healthy3, { leader: 0n, isConfirmed: false });
  assert.equal(status.phase, 'Creating');
  assert.equal(status.clusterID, '');
});

test('the time of transition stays while the status stays', () => {
  const before = statusFor(three, healthy3);
  const later = {
    ...inputOf({ ...three, status: before }, observedOf(three, healthy3)),
    nowMs: startMs + 60_000,
  };
  const after = statusOf({ ...later, picture: pictureOf(later) }, stable);
  assert.deepEqual(after, before);
});

test('warnings name an even size, a foreign member and an alarm', () => {
  const status = statusFor(clusterOf({ size: 2 }, formed), {
    'main-0': { report: { alarms: ['NOSPACE'] } },
    'main-1': {},
    other: { listed: { name: 'other' }, workload: false, volume: false, instance: false },
  });
  assert.deepEqual(status.warnings, [
    'size 2 is even: it survives no more failures than 1',
    'member main-0: alarm NOSPACE',
    'member other was not added by the operator and is left alone',
  ]);
});

test('failovers are counted on from the status, each once', () => {
  const record = (atMs: number): FailoverRecord => ({
    atMs,
    leader: 0xabn,
    term: 7,
    candidate: 'main-2',
    evidence: 'ConnectionRefused',
  });
  const first = statusFor(three, healthy3, { failovers: [record(startMs + 500)] });
  assert.deepEqual(first.failover, {
    count: 1,
    lastTime: '2026-11-01T00:00:00Z',
    leader: 'ab',
    term: 7,
    candidate: 'main-2',
    evidence: 'ConnectionRefused',
  });
  const cluster = { ...three, status: first };
  const same = statusFor(cluster, healthy3, { failovers: [record(startMs + 500)] });
  assert.deepEqual(same.failover, first.failover);
  const more = statusFor(cluster, healthy3, {
    failovers: [record(startMs + 500), record(startMs + 5_000)],
  });
  assert.equal(more.failover?.count, 2);
});

const slow = { name: 'slow-disk', message: '/data is on a slow disk' };
const memory = { name: 'memory', message: '/data is in memory' };

function storageOf(
  cluster: EtcdCluster,
  ...warnings: readonly (readonly { name: string; message: string }[])[]
): string {
  const streams = warnings.map((storageWarnings, i) =>
    streamOf(`main-${i}`, BigInt(i + 1), 1n, { storageWarnings }),
  );
  const { conditions } = statusFor(cluster, healthy3, { streams });
  const found = conditions.find(({ type }) => type === 'StorageHealthy');
  return `${found?.status} ${found?.reason}: ${found?.message}`;
}

test('storage without warnings is healthy', () => {
  assert.match(storageOf(three, [], []), /^True NoWarnings: /);
});

test('without reports nobody knows about the storage', () => {
  assert.match(storageOf(three), /^Unknown NotReported: /);
});

test('a warning of a member is the reason and names the member', () => {
  const text = storageOf(three, [], [slow]);
  assert.equal(text, 'False SlowDisk: main-1: /data is on a slow disk');
});

test('several kinds of warnings are all told', () => {
  const text = storageOf(three, [slow], [slow, memory]);
  assert.match(text, /^False SeveralWarnings: main-0: .*slow.*; main-1: .*memory; main-1: .*slow/);
});

test('memory is no fault where the resource asks for it', () => {
  const inMemory = clusterOf({ size: 3, storageSpec: { medium: 'Memory' } }, formed);
  assert.match(storageOf(inMemory, [memory], [memory]), /^True /);
  assert.match(storageOf(inMemory, [memory, slow], []), /^False SlowDisk: /);
});

test('what a member says of its storage is cut', () => {
  const long = { name: 'slow-disk', message: 'x'.repeat(10_000) };
  assert.ok(storageOf(three, [long]).length < 600);
});
