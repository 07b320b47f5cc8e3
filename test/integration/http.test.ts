/** The client port's HTTP side: gateway, probes, version, metrics; and gRPC beside it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPeers } from '../support/peers.ts';
import { withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = process.env['SERVER'] === 'etcd' ? missingPeers('etcd') : false;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function post(url: string, body: object): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, json: await answer.json() };
}

test('the gateway puts, reads and deletes with JSON', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { clientUrl } = cluster.member(0);
    const put = await post(`${clientUrl}/v3/kv/put`, { key: base64('a'), value: base64('1') });
    assert.equal(put.status, 200);
    assert.equal((put.json as { header: { revision: string } }).header.revision, '2');
    const range = await post(`${clientUrl}/v3/kv/range`, { key: base64('a') });
    const { header, ...rest } = range.json as Record<string, unknown>;
    assert.ok(header !== undefined);
    assert.deepEqual(rest, {
      kvs: [
        {
          key: base64('a'),
          create_revision: '2',
          mod_revision: '2',
          version: '1',
          value: base64('1'),
        },
      ],
      count: '1',
    });
    const deleted = await post(`${clientUrl}/v3/kv/deleterange`, { key: base64('a') });
    assert.equal((deleted.json as { deleted: string }).deleted, '1');
  });
});

test('the gateway answers errors with their code and words', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { clientUrl } = cluster.member(0);
    const empty = await post(`${clientUrl}/v3/kv/put`, {});
    assert.equal(empty.status, 400);
    const { code, message } = empty.json as { code: number; message: string };
    assert.equal(code, 3);
    assert.equal(message, 'etcdserver: key is not provided');
    assert.equal((await post(`${clientUrl}/v3/kv/nothing`, {})).status, 404);
  });
});

test('the gateway streams watch events', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { clientUrl } = cluster.member(0);
    const aborter = new AbortController();
    const body = JSON.stringify({ create_request: { key: base64('w') } });
    const answer = await fetch(`${clientUrl}/v3/watch`, {
      method: 'POST',
      body,
      signal: aborter.signal,
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader !== undefined);
    let seen = '';
    const readUntil = async (text: string): Promise<void> => {
      while (!seen.includes(text)) {
        const { done, value } = await reader.read();
        assert.ok(!done, `the stream ended after ${seen}`);
        seen += value;
      }
    };
    await readUntil('"created":true');
    await cluster.client(cluster.member(0)).put('w', 'seen');
    await readUntil(`"value":"${base64('seen')}"`);
    aborter.abort();
    await reader.cancel().catch(() => {});
  });
});

test('health, liveness and readiness say that a member with a leader is well', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { clientUrl } = cluster.member(0);
    const health = await fetch(`${clientUrl}/health`);
    assert.equal(health.status, 200);
    assert.deepEqual(await health.json(), { health: 'true', reason: '' });
    for (const path of ['/livez', '/readyz']) {
      const probe = await fetch(`${clientUrl}${path}`);
      assert.equal(probe.status, 200);
      assert.equal(await probe.text(), 'ok\n');
    }
    const verbose = await (await fetch(`${clientUrl}/readyz?verbose`)).text();
    assert.match(verbose, /\[\+\]data_corruption ok\n/);
    assert.match(verbose, /\[\+\]linearizable_read ok\n/);
    assert.equal((await fetch(`${clientUrl}/readyz/serializable_read`)).status, 200);
  });
});

test('a member without a quorum is alive but not ready', { skip }, async (t) => {
  await withCluster(t, { size: 3 }, async (cluster) => {
    await cluster.leader();
    const [survivor, ...victims] = cluster.members;
    assert.ok(survivor !== undefined);
    for (const victim of victims) await victim.kill('SIGKILL');
    assert.equal((await fetch(`${survivor.clientUrl}/livez`)).status, 200);
    assert.equal((await fetch(`${survivor.clientUrl}/readyz`)).status, 503);
  });
});

test('version and metrics are served on the client port', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { clientUrl } = cluster.member(0);
    await until('the cluster has decided on its version', async () => {
      const answer = await fetch(`${clientUrl}/version`);
      const version = (await answer.json()) as Record<string, string>;
      assert.match(version['etcdserver'] ?? '', /^3\.7\.\d+$/);
      return version['etcdcluster'] === '3.7.0';
    });
    await cluster.client(cluster.member(0)).put('a', '1');
    const metrics = await (await fetch(`${clientUrl}/metrics`)).text();
    for (const line of [/^etcd_server_has_leader 1$/m, /^etcd_server_is_leader 1$/m]) {
      assert.match(metrics, line);
    }
    assert.match(metrics, /^etcd_disk_wal_fsync_duration_seconds_count [1-9]/m);
    assert.match(metrics, /^etcd_server_proposals_committed_total [1-9]/m);
  });
});

test('the metrics address serves probes and metrics, and no keys', { skip }, async (t) => {
  const { freePort } = await import('../support/ports.ts');
  const metricsUrl = `http://127.0.0.1:${await freePort()}`;
  const flags = [`--listen-metrics-urls=${metricsUrl}`];
  await withCluster(t, { size: 1, flags }, async () => {
    for (const path of ['/livez', '/readyz', '/health', '/metrics']) {
      assert.equal((await fetch(`${metricsUrl}${path}`)).status, 200, path);
    }
    assert.notEqual((await post404(`${metricsUrl}/v3/kv/range`)).status, 200);
  });
});

function post404(url: string): Promise<Response> {
  return fetch(url, { method: 'POST', body: '{}' });
}
