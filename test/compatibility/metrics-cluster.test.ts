/**
 * Three members of Go etcd and three of ours get the same requests: /metrics must then have the
 * same families, types, labels and buckets, and the counts that follow from requests must be equal.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { Twin } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcd');
const b = utf8Bytes;

type Family = {
  readonly type: string;
  /** Label names of each series, apart from the value that differs by member. */
  readonly labels: Set<string>;
  readonly bounds: Set<string>;
};

/** With the reason of each in docs/compatibility.md; a test there compares the list. */
const notOurs =
  /^(go_|etcd_grpc_proxy_|etcd_debugging_store_|etcd_debugging_disk_backend_commit_|etcd_debugging_server_watch_send_loop_|etcd_debugging_snap_save_marshalling_|etcd_debugging_mvcc_index_compaction_|etcd_server_go_version|process_network_|process_virtual_memory_max_)/;
/** Ours are there before they have counted anything, or there was nothing to count. */
const notTheirs =
  /^(nodejs_|process_|etcd_ts_|etcd_network_(snapshot|server_stream|peer_((sent|received)_fail|round_trip)|disconnected)|etcd_debugging_server_alarms|etcd_server_learner_promote_failures)/;

function familiesOf(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    families.set(name, { type, labels: new Set(), bounds: new Set() });
  }
  for (const [, series = '', labels = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const family = families.get(series) ?? families.get(series.replace(/_(bucket|sum|count)$/, ''));
    assert.ok(family !== undefined, series);
    const bound = /le="([^"]+)"/.exec(labels)?.[1];
    // As text, which is what a query compares.
    if (bound !== undefined) family.bounds.add(bound);
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, name = '']) => name);
    family.labels.add(
      names
        .filter((name) => name !== 'le')
        .sort()
        .join(),
    );
  }
  return families;
}

async function scrape(cluster: ProcessCluster): Promise<readonly string[]> {
  return await Promise.all(
    cluster.members.map(async ({ clientUrl }) => (await fetch(`${clientUrl}/metrics`)).text()),
  );
}

/** Sums of all members of the samples whose name matches. */
function sums(texts: readonly string[], wanted: RegExp): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) {
    for (const [, series = '', value] of text.matchAll(/^([a-z]\S*) (\S+)$/gm)) {
      const labels = /\{(.*)\}/.exec(series)?.[1]?.split(',').sort().join() ?? '';
      const name = series.replace(/\{.*/, '');
      if (!wanted.test(name)) continue;
      const key = `${name}{${labels}}`;
      found.set(key, (found.get(key) ?? 0) + Number(value));
    }
  }
  return found;
}

/** Follow from the requests alone, whichever member leads. */
const deterministic =
  /^(etcd_server_(apply|request|range)_duration_seconds_count|grpc_server_(started|handled|msg_received|msg_sent)_total|grpc_server_handling_seconds_count|etcd_server_client_requests_total|etcd_mvcc_(put|delete|txn|range)_total|etcd_debugging_mvcc_(keys_total|events_total|total_put_size_in_bytes|db_compaction_keys_total|watcher_total|watch_stream_total)|etcd_debugging_lease_(granted_total|revoked_total|ttl_total_(count|sum))|etcd_server_health_success|etcd_server_healthchecks_total)$/;

async function work(twin: Twin): Promise<void> {
  const ask = async (path: string, request: object): Promise<void> => {
    const answer = await twin.ask('grpc', `/etcdserverpb.${path}`, request);
    if (!('ok' in answer) && !expected.has(answer.message)) assert.fail(answer.message);
  };
  const key = b('a');
  await ask('Lease/LeaseGrant', { ID: 7n, TTL: 600 });
  await ask('Lease/LeaseGrant', { ID: 7n, TTL: 600 });
  await ask('Lease/LeaseGrant', { ID: 9n, TTL: 5_000 });
  await ask('KV/Put', { key, value: b('12345'), lease: 7n });
  await ask('KV/Put', { key: b('x'), value: b('1') });
  await ask('KV/Put', { key: b('x'), value: b('2') });
  await ask('KV/Put', { key: b('x'), lease: 12345n });
  await ask('KV/Range', { key });
  await ask('KV/Range', { key, serializable: true });
  await ask('KV/Range', { key, rangeEnd: b('\0'), limit: 1 });
  await ask('KV/Range', { key, revision: 1_000 });
  await ask('KV/Range', { key: new Uint8Array() });
  const range = { requestRange: { key } };
  await ask('KV/Txn', { success: [{ requestPut: { key: b('b'), value: b('1') } }, range] });
  await ask('KV/Txn', { success: [range, range] });
  await ask('KV/Txn', { success: [{ requestPut: { key: b('c') } }] });
  await ask('KV/DeleteRange', { key: b('b'), rangeEnd: b('d') });
  await ask('Lease/LeaseRevoke', { ID: 7n });
  await ask('Lease/LeaseRevoke', { ID: 7n });
  await ask('Auth/UserAdd', { name: 'u', password: 'p' });
  await ask('Auth/UserList', {});
  await ask('KV/Compact', { revision: 5, physical: true });
  await ask('KV/Compact', { revision: 5 });
  await ask('KV/Put', { key: b('d'), value: new Uint8Array(1_700_000) });
  for (const path of ['/health', '/livez', '/readyz']) await fetch(`${twin.url}${path}`);
}

const expected = new Set([
  'etcdserver: lease already exists',
  'etcdserver: requested lease not found',
  'etcdserver: mvcc: required revision is a future revision',
  'etcdserver: mvcc: required revision has been compacted',
  'etcdserver: key is not provided',
  'etcdserver: request is too large',
]);

async function observe(kind: 'etcd' | 'etcd-ts') {
  const flags = ['--metrics=extensive'];
  const cluster = await ProcessCluster.start({ size: 3, kind, flags });
  const twin = new Twin(kind, cluster);
  try {
    await cluster.leader();
    // Of the start itself: publishing, cluster version.
    const settled = async () => {
      const texts = await scrape(cluster);
      const isSettled = texts.every((text) => text.includes('etcd_cluster_version{'));
      const applied = sums(texts, /^etcd_server_apply_duration_seconds_count$/);
      const published = applied.get('{}');
      return isSettled &&
        published === undefined &&
        [...applied.values()].reduce((a, n) => a + n, 0) >= 12
        ? texts
        : undefined;
    };
    const before = await until('the cluster is settled', settled);
    await work(twin);
    // A linearizable read waits until its member has applied what is committed: all of it.
    for (const member of cluster.members) await cluster.client(member).get('x');
    const after = await until('all members have compacted', async () => {
      const texts = await scrape(cluster);
      const compactions = sums(
        texts,
        /^etcd_debugging_mvcc_db_compaction_total_duration_milliseconds_count$/,
      );
      return [...compactions.values()].every((count) => count >= 3) ? texts : undefined;
    });
    const was = sums(before, deterministic);
    const grown = [...sums(after, deterministic)]
      .map(([name, now]) => [name, now - (was.get(name) ?? 0)] as const)
      .filter(([, by]) => by !== 0);
    return { families: familiesOf(after[0] ?? ''), grown: new Map(grown) };
  } finally {
    await twin.close();
  }
}

test('the same requests give the same metrics in clusters of three', { skip }, async (t) => {
  const [theirs, ours] = [await observe('etcd'), await observe('etcd-ts')];
  await t.test('every family of etcd is there, with its type', () => {
    for (const [name, { type }] of theirs.families) {
      if (!notOurs.test(name)) assert.equal(ours.families.get(name)?.type, type, name);
    }
  });
  await t.test('and none that etcd does not have', () => {
    const more = [...ours.families.keys()].filter((name) => !theirs.families.has(name));
    assert.deepEqual(
      more.filter((name) => !notTheirs.test(name)),
      [],
    );
  });
  await t.test('labels and buckets are the same', () => {
    for (const [name, family] of theirs.families) {
      const found = ours.families.get(name);
      if (notOurs.test(name) || found === undefined) continue;
      for (const labels of family.labels) assert.ok(found.labels.has(labels), `${name}{${labels}}`);
      if (found.bounds.size > 0 || family.bounds.size > 0) {
        assert.deepEqual([...found.bounds], [...family.bounds], name);
      }
    }
  });
  await t.test('counts grow by the same amounts', () => {
    const names = new Set([...theirs.grown.keys(), ...ours.grown.keys()]);
    const wrong = [...names]
      .sort()
      .map((name) => [name, theirs.grown.get(name), ours.grown.get(name)] as const);
    assert.deepEqual(
      wrong.filter(([, a, c]) => a !== c),
      [],
      'name, etcd, ours',
    );
  });
});
