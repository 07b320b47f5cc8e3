import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperatorMetrics } from './metrics.ts';

async function linesOf(metrics: OperatorMetrics): Promise<readonly string[]> {
  return (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('gauges are asked when they are scraped', async () => {
  const phases = ['Healthy', 'Healthy', 'QuorumLost'];
  const source = { queueDepth: () => 4, phases: () => phases, isLeading: () => true };
  const metrics = new OperatorMetrics(source);
  const lines = await linesOf(metrics);
  assert.ok(lines.includes('etcd_ts_operator_queue_depth 4'));
  assert.ok(lines.includes('etcd_ts_operator_leading 1'));
  assert.ok(lines.includes('etcd_ts_operator_clusters{phase="Healthy"} 2'));
  phases.pop();
  assert.ok((await linesOf(metrics)).includes('etcd_ts_operator_clusters{phase="QuorumLost"} 0'));
});

test('passes, actions and failovers are counted by what came of them', async () => {
  const source = { queueDepth: () => 0, phases: () => [], isLeading: () => false };
  const metrics = new OperatorMetrics(source);
  metrics.pass('act', 0.2);
  metrics.action('promote-member', 'too-early');
  metrics.failover('db', 'main', 'ConnectionRefused');
  metrics.failoverEnded(0.04);
  const lines = await linesOf(metrics);
  for (const line of [
    'etcd_ts_operator_passes_total{outcome="act"} 1',
    'etcd_ts_operator_pass_seconds_count 1',
    'etcd_ts_operator_actions_total{kind="promote-member",outcome="too-early"} 1',
    'etcd_ts_operator_failovers_total{namespace="db",name="main",evidence="ConnectionRefused"} 1',
    'etcd_ts_operator_failover_seconds_bucket{le="0.05"} 1',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});
