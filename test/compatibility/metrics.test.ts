/** The counters that dashboards draw must count the same things in Go etcd and etcd-ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { type Twin, withTwins } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';

const skip = missingPeers('etcd');
const b = utf8Bytes;

async function samples(twin: Twin): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${twin.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** Grow by the same numbers. */
const counters = [
  'etcd_mvcc_put_total',
  'etcd_mvcc_delete_total',
  'etcd_mvcc_txn_total',
  'etcd_debugging_mvcc_total_put_size_in_bytes',
  'etcd_debugging_mvcc_events_total',
  'etcd_debugging_lease_granted_total',
  'etcd_debugging_lease_revoked_total',
  'etcd_server_proposals_failed_total',
  'etcd_server_read_indexes_failed_total',
];

/** Are the same afterwards. */
const gauges = [
  'etcd_server_has_leader',
  'etcd_server_is_leader',
  'etcd_server_is_learner',
  'etcd_server_proposals_pending',
  'etcd_server_quota_backend_bytes',
  'etcd_cluster_version{cluster_version="3.7"}',
  'etcd_debugging_mvcc_current_revision',
  'etcd_debugging_mvcc_compact_revision',
];

test('the same requests count the same', { skip }, async () => {
  await withTwins(async (twins) => {
    const both = [twins.etcd, twins.ours];
    const before = await Promise.all(both.map(samples));
    const key = b('a');
    const kv = '/etcdserverpb.KV';
    await twins.same('/etcdserverpb.Lease/LeaseGrant', { ID: 7n, TTL: 600 });
    await twins.same(`${kv}/Put`, { key, value: b('12345'), lease: 7n });
    await twins.same(`${kv}/Range`, { key });
    await twins.same(`${kv}/Range`, { key, rangeEnd: b('\0') });
    const put = { requestPut: { key: b('b'), value: b('1') } };
    const range = { requestRange: { key } };
    await twins.same(`${kv}/Txn`, { success: [put, range] });
    await twins.same(`${kv}/Txn`, { success: [{ requestPut: { key: b('c') } }] });
    await twins.same(`${kv}/DeleteRange`, { key: b('b'), rangeEnd: b('d') });
    await twins.same('/etcdserverpb.Lease/LeaseRevoke', { ID: 7n });
    await twins.same(`${kv}/Compact`, { revision: 3 });
    const after = await Promise.all(both.map(samples));
    const grown = (name: string): readonly number[] =>
      after.map((now, i) => (now.get(name) ?? Number.NaN) - (before[i]?.get(name) ?? 0));
    const wrong = [
      ...counters.map((name) => [name, ...grown(name)] as const),
      ...gauges.map((name) => [name, ...after.map((now) => now.get(name))] as const),
    ].filter(([, theirs, ours]) => !Object.is(theirs, ours));
    assert.deepEqual(wrong, [], 'name, etcd, ours');
  });
});

test('ours feeds what the alert rules of etcd look at', { skip }, async () => {
  await withTwins(async ({ ours }) => {
    const now = await samples(ours);
    for (const name of [
      'etcd_disk_wal_fsync_duration_seconds_count',
      'etcd_disk_backend_commit_duration_seconds_count',
      'etcd_disk_wal_write_bytes_total',
      'etcd_mvcc_db_total_size_in_bytes',
      'etcd_mvcc_db_total_size_in_use_in_bytes',
      'etcd_server_proposals_committed_total',
      'etcd_server_proposals_applied_total',
      'process_resident_memory_bytes',
    ]) {
      assert.ok((now.get(name) ?? 0) > 0, name);
    }
  });
});
