/** Alarms, compactions and maintenance on Go etcd and etcd-ts: the same answers, errors and effects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { type Twin, type Twins, withTwins } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';

const skip = missingPeers('etcd', 'etcdctl');
const b = utf8Bytes;
const kv = '/etcdserverpb.KV';
const lease = '/etcdserverpb.Lease';
const maintenance = '/etcdserverpb.Maintenance';
const get = 0;
const activate = 1;
const deactivate = 2;
const none = 0;
const noSpace = 1;
const corrupt = 2;

const put = (key: string) => ({ requestPut: { key: b(key), value: b('1') } });

/** What an alarm may refuse, and what it may not. */
const rows: readonly (readonly [path: string, request: object])[] = [
  [`${kv}/Put`, { key: b('a'), value: b('1') }],
  [`${kv}/Range`, { key: b('a') }],
  [`${kv}/Range`, { key: b('a'), serializable: true }],
  [`${kv}/Txn`, { success: [{ requestRange: { key: b('a') } }] }],
  [`${kv}/Txn`, { success: [{ requestRange: { key: b('a'), serializable: true } }] }],
  [`${kv}/Txn`, { success: [put('a')] }],
  [`${kv}/Txn`, { failure: [put('a')] }],
  [`${kv}/Txn`, { success: [{ requestTxn: { success: [put('n')] } }] }],
  [`${kv}/Txn`, { success: [{ requestDeleteRange: { key: b('a') } }] }],
  [`${kv}/Txn`, {}],
  [`${kv}/DeleteRange`, { key: b('nothing') }],
  [`${kv}/DeleteRange`, { key: b('a') }],
  [`${kv}/Compact`, { revision: 2 }],
  [`${kv}/Compact`, { revision: 3, physical: true }],
  [`${lease}/LeaseGrant`, { TTL: 600, ID: 5n }],
  [`${lease}/LeaseTimeToLive`, { ID: 4n, keys: true }],
  [`${lease}/LeaseLeases`, {}],
  [`${lease}/LeaseRevoke`, { ID: 4n }],
  [`${lease}/LeaseRevoke`, { ID: 99n }],
  [`${maintenance}/HashKV`, { revision: 0 }],
  [`${maintenance}/Defragment`, {}],
  [`${maintenance}/Status`, {}],
  ['/etcdserverpb.Cluster/MemberList', { linearizable: true }],
  ['/etcdserverpb.Cluster/MemberAdd', { peerURLs: ['http://127.0.0.1:1'], isLearner: true }],
];

/** Of answers that name members or sizes only the alarms are compared, or that there was one. */
async function same(twins: Twins, path: string, request: object, what: string): Promise<void> {
  const isComparable = !path.endsWith('/Status') && !path.includes('.Cluster/');
  if (isComparable) {
    await twins.same(path, request, 'grpc', what);
    return;
  }
  const [theirs, ours] = await Promise.all(
    [twins.etcd, twins.ours].map(async (twin) => {
      const answer = await twin.ask('grpc', path, request);
      if (!('ok' in answer)) return answer;
      const { errors = [] } = answer.ok as { errors?: string[] };
      return errors.map((error) => error.replace(/\s+/g, ' ')).toSorted();
    }),
  );
  assert.deepEqual(ours, theirs, `${what} ${path}`);
}

async function prepare(twins: Twins): Promise<void> {
  for (const key of ['a', 'b', 'a']) await twins.same(`${kv}/Put`, { key: b(key), value: b(key) });
  await twins.same(`${lease}/LeaseGrant`, { TTL: 600, ID: 4n });
  await twins.same(`${kv}/Put`, { key: b('leased'), lease: 4n });
}

for (const [name, alarm] of [
  ['NOSPACE', noSpace],
  ['CORRUPT', corrupt],
] as const) {
  test(`under a ${name} alarm the same requests are refused`, { skip }, async () => {
    await withTwins(async (twins) => {
      const path = `${maintenance}/Alarm`;
      await prepare(twins);
      await twins.same(path, { action: activate, memberID: 7n, alarm });
      for (const [rpc, request] of rows) await same(twins, rpc, request, `under ${name}`);
      await Promise.all([restart(twins.etcd), restart(twins.ours)]);
      await twins.same(path, { action: get }, 'grpc', 'after a restart');
      await twins.same(`${kv}/Put`, { key: b('a') }, 'grpc', 'after a restart');
      await twins.same(path, { action: deactivate, memberID: 7n, alarm });
      for (const [rpc, request] of rows) await same(twins, rpc, request, `after ${name}`);
    });
  });
}

test('alarms are listed, raised and lowered alike', { skip }, async () => {
  await withTwins(async (twins) => {
    const path = `${maintenance}/Alarm`;
    for (const action of [activate, get, deactivate, get]) {
      for (const alarm of [none, noSpace, corrupt]) {
        for (const memberID of [0n, 7n, 8n]) {
          await twins.same(path, { action, memberID, alarm }, 'grpc');
          await twins.same(path, { action: get, alarm: none }, 'json');
          await same(twins, `${maintenance}/Status`, {}, `alarm ${alarm}, action ${action}`);
        }
      }
    }
  });
});

test('etcdctl disarms and says the same', { skip }, async () => {
  await withTwins(async (twins) => {
    for (const alarm of [noSpace, corrupt]) {
      await twins.same(`${maintenance}/Alarm`, { action: activate, memberID: 7n, alarm });
    }
    for (const command of ['list', 'disarm', 'list']) {
      const [theirs, ours] = await Promise.all(
        [twins.etcd, twins.ours].map(async ({ cluster }) => {
          const lines = await cluster.etcdctl('alarm', command);
          return lines.split('\n').toSorted();
        }),
      );
      assert.deepEqual(ours, theirs, command);
    }
  });
});

test('a physical compaction is done when it is answered, and hashes alike', { skip }, async () => {
  await withTwins(async (twins) => {
    for (let i = 0; i < 400; i += 1) {
      await twins.same(`${kv}/Put`, { key: b(`k${i % 7}`), value: b(String(i)) });
      if (i % 50 === 9) await twins.same(`${kv}/DeleteRange`, { key: b('k3') });
    }
    for (const revision of [1, 100, 100, 99, 250, 9_999]) {
      await twins.same(`${kv}/Compact`, { revision, physical: true });
      if (revision >= 100) await twins.same(`${maintenance}/HashKV`, { revision: 0 });
    }
    await twins.same(`${maintenance}/Defragment`, {});
    await twins.same(`${maintenance}/Defragment`, {}, 'json');
    await twins.same(`${maintenance}/HashKV`, { revision: 0 });
    await twins.same(`${kv}/Range`, { key: b('k'), rangeEnd: b('l'), revision: 260 });
    const [theirs, ours] = await Promise.all(
      [twins.etcd, twins.ours].map(async ({ cluster }) => {
        const said = await cluster.etcdctl('compaction', '300', '--physical');
        const defragged = await cluster.etcdctl('defrag');
        const known = new RegExp(cluster.member(0).endpoint.replaceAll('.', '\\.'));
        return said + defragged.replace(known, 'ENDPOINT').replace(/took .*s/, 'took TIME');
      }),
    );
    assert.equal(ours, theirs);
  });
});

async function restart({ cluster }: Twin): Promise<void> {
  const member = cluster.member(0);
  await member.kill('SIGKILL');
  await cluster.restart(member);
}
