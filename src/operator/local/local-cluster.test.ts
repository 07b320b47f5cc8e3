import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { until } from '../../../test/support/until.ts';
import { silentLog } from '../../base/log.ts';
import type { EtcdClusterStatus } from '../api/etcd-cluster.ts';
import type { MemberPlan, VolumePlan } from '../api/member-plan.ts';
import { LocalCluster } from './local-cluster.ts';
import { StatusFile } from './status-file.ts';

/** Stands for `etcd-ts`: takes its arguments, says nothing and waits. */
const program = ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.05; done', 'etcd-ts'];

function setUp(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'etcd-ts-cluster-'));
  const clusters: LocalCluster[] = [];
  t.after(async () => {
    for (const cluster of clusters) {
      cluster.kill();
      await cluster.stop(undefined);
    }
    rmSync(dir, { recursive: true, force: true });
  });
  const open = (changes: { clusterName?: string; basePort?: number } = {}): LocalCluster => {
    const cluster = new LocalCluster({
      dir,
      clusterName: 'c',
      basePort: 1,
      program,
      clock: new ManualClock(),
      log: silentLog,
      onChange: () => {},
      onEvent: () => {},
      ...changes,
    });
    clusters.push(cluster);
    return cluster;
  };
  return { dir, open };
}

const volume: VolumePlan = {
  memberName: 'c-0',
  accessModes: '',
  storageClassName: undefined,
  sizeRequest: '1Gi',
  isOwned: true,
  hash: 'v1',
};

const plan: MemberPlan = {
  name: 'c-0',
  ordinal: 0,
  birth: { initialCluster: [], initialClusterState: 'new', initialClusterToken: 'u' },
  peerUrl: 'http://127.0.0.1:2',
  clientUrl: 'http://127.0.0.1:1',
  image: 'i',
  etcdOptions: [],
  medium: '',
  volumeId: 'x',
  templateHash: 'h',
};

test('a volume keeps its identity until it is deleted', async (t) => {
  const cluster = setUp(t).open();
  await cluster.execute({ kind: 'ensure-volume', volume });
  const [first] = cluster.observe().volumes;
  await cluster.execute({ kind: 'ensure-volume', volume });
  assert.deepEqual(cluster.observe().volumes, [first]);
  assert.deepEqual([first?.memberName, first?.hash, first?.isRetained], ['c-0', 'v1', false]);
  const volumeId = first?.id ?? '';
  await cluster.execute({ kind: 'retain-volume', memberName: 'c-0', volumeId });
  assert.equal(cluster.observe().volumes[0]?.isRetained, true);
  await cluster.execute({ kind: 'delete-volume', memberName: 'c-0', volumeId });
  assert.deepEqual(cluster.observe().volumes, []);
});

test('a member runs until its workload is deleted, and its data stays', async (t) => {
  const { dir, open } = setUp(t);
  const cluster = open();
  await cluster.execute({ kind: 'ensure-volume', volume });
  await cluster.execute({ kind: 'ensure-member', member: plan });
  const { pid } = { pid: cluster.pidOf('c-0') };
  assert.ok(pid);
  await cluster.execute({ kind: 'ensure-member', member: plan });
  assert.equal(cluster.pidOf('c-0'), pid, 'repeated it changes nothing');
  const uid = cluster.observe().workloads[0]?.uid ?? '';
  await cluster.execute({ kind: 'delete-member', memberName: 'c-0', uid });
  assert.throws(() => process.kill(pid, 0), /ESRCH/);
  assert.deepEqual(cluster.observe().workloads, []);
  assert.ok(existsSync(join(dir, 'c-0')));
});

test('the next run knows uid, workloads and status, and starts the members again', async (t) => {
  const { open } = setUp(t);
  const first = open();
  await first.execute({ kind: 'ensure-member', member: plan });
  first.keepStatus({ clusterID: 'abc', members: [] } as unknown as EtcdClusterStatus);
  await first.stop(undefined);
  const second = open();
  assert.equal(second.mismatch, undefined);
  assert.deepEqual([second.uid, second.status?.clusterID], [first.uid, 'abc']);
  second.start();
  await until('the member runs again', () => second.pidOf('c-0') !== undefined);
});

test('another cluster’s directory and other ports are refused', async (t) => {
  const { open } = setUp(t);
  await open().execute({ kind: 'ensure-volume', volume });
  await open().execute({ kind: 'ensure-member', member: { ...plan, name: 'c-1', ordinal: 1 } });
  assert.match(open({ clusterName: 'other' }).mismatch ?? '', /holds the cluster "c", not "other"/);
  assert.match(open({ basePort: 9 }).mismatch ?? '', /--port 1, not 9/);
});

test('figures that move all the time do not touch the disk', (t) => {
  const { dir, open } = setUp(t);
  const cluster = open();
  const statusAt = (revision: number, role: string) =>
    ({
      clusterID: 'abc',
      members: [{ name: 'c-0', revision, role }],
    }) as unknown as EtcdClusterStatus;
  cluster.keepStatus(statusAt(1, 'leader'));
  const file = join(dir, 'up-state.json');
  writeFileSync(file, 'untouched');
  cluster.keepStatus(statusAt(2, 'leader'));
  assert.equal(readFileSync(file, 'utf8'), 'untouched');
  assert.equal(cluster.status?.members[0]?.revision, 2);
  cluster.keepStatus(statusAt(2, 'follower'));
  assert.notEqual(readFileSync(file, 'utf8'), 'untouched');
});

test('while it stops nothing new is begun', async (t) => {
  const cluster = setUp(t).open();
  await cluster.stop(undefined);
  await assert.rejects(cluster.execute({ kind: 'ensure-member', member: plan }), /stopping/);
  assert.equal(cluster.pidOf('c-0'), undefined);
});

test('status.json names endpoints and each member’s process, URLs, data and role', async (t) => {
  const { dir, open } = setUp(t);
  const cluster = open();
  await cluster.execute({ kind: 'ensure-member', member: plan });
  const members = [{ name: 'c-0', role: 'leader' }];
  cluster.keepStatus({ phase: 'Healthy', members } as unknown as EtcdClusterStatus);
  const path = join(dir, 'status.json');
  new StatusFile(path).write(cluster);
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), {
    phase: 'Healthy',
    endpoints: ['http://127.0.0.1:1'],
    leader: 'c-0',
    members: [
      {
        name: 'c-0',
        pid: cluster.pidOf('c-0'),
        clientUrl: 'http://127.0.0.1:1',
        peerUrl: 'http://127.0.0.1:2',
        dataDir: join(dir, 'c-0', 'data'),
        role: 'leader',
      },
    ],
  });
});
