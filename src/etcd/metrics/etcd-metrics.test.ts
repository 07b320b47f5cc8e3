import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EtcdMetrics } from './etcd-metrics.ts';

type Described = { type: string; labels?: readonly string[]; buckets?: readonly number[] };
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, 'testdata/etcd-metrics.json'), 'utf8'),
) as { metrics: Record<string, Described> };

/** etcd has these, too, but shows them only after the first peer, alarm or learner. */
const shownLater = new Set([
  'etcd_cluster_version',
  'etcd_debugging_server_alarms',
  'etcd_network_active_peers',
  'etcd_network_disconnected_peers_total',
  'etcd_network_peer_received_bytes_total',
  'etcd_network_peer_received_failures_total',
  'etcd_network_peer_round_trip_time_seconds',
  'etcd_network_peer_sent_bytes_total',
  'etcd_network_peer_sent_failures_total',
  'etcd_network_server_stream_failures_total',
  'etcd_network_snapshot_receive_failures',
  'etcd_network_snapshot_receive_inflights_total',
  'etcd_network_snapshot_receive_success',
  'etcd_network_snapshot_receive_total_duration_seconds',
  'etcd_network_snapshot_send_failures',
  'etcd_network_snapshot_send_inflights_total',
  'etcd_network_snapshot_send_success',
  'etcd_network_snapshot_send_total_duration_seconds',
  'etcd_server_client_requests_total',
  'etcd_server_healthcheck',
  'etcd_server_healthchecks_total',
  'etcd_server_learner_promote_failures',
  'etcd_server_range_duration_seconds',
]);

function seriesOf(text: string, name: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

test('every metric has the name and the type it has in etcd', async () => {
  const text = await new EtcdMetrics().text();
  const types = [...text.matchAll(/^# TYPE ((?:etcd(?!_ts_)|grpc_server)\S+) (\S+)$/gm)];
  assert.ok(types.length > 60);
  for (const [, name = '', type] of types) {
    const described = golden.metrics[name];
    if (described === undefined) assert.ok(shownLater.has(name), `${name} is not etcd's`);
    else assert.equal(type, described.type, name);
  }
});

test('histograms have the buckets they have in etcd', async () => {
  const text = await new EtcdMetrics().text();
  for (const [name, { buckets, labels }] of Object.entries(golden.metrics)) {
    if (buckets === undefined || labels?.length !== 0) continue;
    const ours = seriesOf(text, `${name}_bucket`).map((line) => /le="([^"]+)"/.exec(line)?.[1]);
    if (ours.length === 0) continue;
    const bounds = ours.filter((bound) => bound !== '+Inf').map(Number);
    assert.deepEqual(bounds.map(rounded), buckets.map(rounded), name);
  }
});

function rounded(bound: number): string {
  return bound.toPrecision(9);
}

test('methods that nobody called are there with zeros, so that rates can be divided', async () => {
  const metrics = new EtcdMetrics();
  const meter = metrics.rpcs.get('/etcdserverpb.KV/Range');
  meter?.begin();
  meter?.messageIn(10);
  meter?.messageOut(30);
  meter?.end(0, 1);
  for (let scrape = 0; scrape < 2; scrape++) {
    const text = await metrics.text();
    const labels = 'grpc_type="unary",grpc_service="etcdserverpb.KV",grpc_method';
    const handled = seriesOf(text, 'grpc_server_handled_total');
    assert.ok(handled.includes(`grpc_server_handled_total{${labels}="Range",grpc_code="OK"} 1`));
    assert.ok(
      handled.includes(`grpc_server_handled_total{${labels}="Put",grpc_code="Unavailable"} 0`),
    );
    assert.deepEqual(seriesOf(text, 'etcd_network_client_grpc_sent_bytes_total'), [
      'etcd_network_client_grpc_sent_bytes_total 30',
    ]);
  }
});

test('two members in one process count apart', async () => {
  const [one, other] = [new EtcdMetrics(), new EtcdMetrics()];
  one.server.hasLeader.set(1);
  assert.deepEqual(seriesOf(await one.text(), 'etcd_server_has_leader'), [
    'etcd_server_has_leader 1',
  ]);
  assert.deepEqual(seriesOf(await other.text(), 'etcd_server_has_leader'), [
    'etcd_server_has_leader 0',
  ]);
});

test('gauges are sampled at each scrape', async () => {
  const metrics = new EtcdMetrics();
  let revision = 0;
  metrics.beforeScrape(() => metrics.store.currentRevision.set(++revision));
  await metrics.text();
  assert.deepEqual(seriesOf(await metrics.text(), 'etcd_debugging_mvcc_current_revision'), [
    'etcd_debugging_mvcc_current_revision 2',
  ]);
});

test('what the peer transport reports is counted under the id in hexadecimal', async () => {
  const metrics = new EtcdMetrics();
  const meter = metrics.peerMeter(0xabcn);
  meter.sentBytes(0x1fn, 5);
  meter.active(0x1fn, true);
  meter.active(0x1fn, false);
  meter.snapshotSend(0x1fn, { kind: 'started' });
  meter.snapshotSend(0x1fn, { kind: 'succeeded', seconds: 1 });
  meter.snapshotReceive(0x1fn, { kind: 'started' });
  meter.snapshotReceive(0x1fn, { kind: 'failed' });
  const text = await metrics.text();
  const expected = [
    'etcd_network_peer_sent_bytes_total{To="1f"} 5',
    'etcd_network_active_peers{Local="abc",Remote="1f"} 0',
    'etcd_network_disconnected_peers_total{Local="abc",Remote="1f"} 1',
    'etcd_network_snapshot_send_inflights_total{To="1f"} 0',
    'etcd_network_snapshot_send_success{To="1f"} 1',
    'etcd_network_snapshot_receive_failures{From="1f"} 1',
    'etcd_network_snapshot_receive_inflights_total{From="1f"} 0',
  ];
  const lines = new Set(text.split('\n'));
  for (const line of expected) assert.ok(lines.has(line), line);
});
