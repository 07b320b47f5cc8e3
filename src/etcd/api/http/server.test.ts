import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, post, put, watch, withServer } from '../../../../test/support/http-harness.ts';
import { etcdTsVersion, servedEtcdVersion } from '../../../version.ts';
import { encodePutResponse } from '../../proto/generated/etcdserverpb.ts';

test('/version has the fields of etcd first and then who answers', async () => {
  await withServer({}, async ({ url }) => {
    const { headers, body } = await ask(`${url}/version`);
    const etcd = `"etcdserver":"${servedEtcdVersion}","etcdcluster":"3.7.0","storage":"unknown"`;
    assert.equal(body, `{${etcd},"server":"etcd-ts/${etcdTsVersion}"}`);
    assert.equal(headers['content-type'], 'application/json');
  });
});

test('a metrics port serves metrics and health and nothing else', async () => {
  await withServer({ metricsOnly: true }, async ({ url }) => {
    const metrics = await ask(`${url}/metrics`);
    assert.match(metrics.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(metrics.body, /^etcd_server_has_leader 0$/m);
    assert.equal((await ask(`${url}/health`)).status, 200);
    assert.equal((await ask(`${url}/version`)).status, 404);
    assert.equal((await ask(`${url}/v3/kv/put`, post('{}'))).status, 404);
  });
});

test('stopping ends streams with an error and lets calls in flight finish', async () => {
  const { promise: release, resolve: finish } = Promise.withResolvers<void>();
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const waiting = put(async () => {
    enter();
    await release;
    return encodePutResponse({});
  });
  await withServer({ rpcs: [waiting, watch()] }, async ({ url, http }) => {
    const watching = await fetch(`${url}/v3/watch`, post('{"create_request":{}}'));
    const answer = ask(`${url}/v3/kv/put`, post('{}'));
    await entered;
    const stopped = http.stop(60_000);
    const lines = await watching.text();
    assert.match(lines, /\n\{"error":\{"code":14,"message":"etcdserver: server stopped"\}\}\n$/);
    finish();
    assert.equal((await answer).body, '{}');
    await stopped;
  });
});

test('stopping does not wait longer than its grace for a call that never ends', async () => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const stuck = put(() => {
    enter();
    return new Promise(() => {});
  });
  await withServer({ rpcs: [stuck] }, async ({ url, http }) => {
    const answer = ask(`${url}/v3/kv/put`, post('{}')).catch(() => 'cut');
    await entered;
    await http.stop(10);
    assert.ok((await answer) !== undefined);
  });
});

test('the API describes itself, and each path that it names answers', async () => {
  await withServer({}, async ({ url }) => {
    const answer = await ask(`${url}/openapi.json`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal((await ask(`${url}/openapi.json`, post('{}'))).status, 405);
    const { paths } = JSON.parse(answer.body) as { paths: Record<string, Record<string, object>> };
    for (const [path, item] of Object.entries(paths)) {
      for (const method of Object.keys(item)) {
        const asked = await ask(`${url}${path}`, {
          method: method.toUpperCase(),
          body: method === 'post' ? '{}' : null,
        });
        // Nothing is implemented here: Unimplemented comes from the method's own refusal.
        const isServed = asked.status === 200 || asked.body.includes('not implemented');
        assert.ok(isServed, `${method} ${path}: ${asked.status} ${asked.body}`);
      }
    }
  });
  await withServer({ metricsOnly: true }, async ({ url }) => {
    assert.equal((await ask(`${url}/openapi.json`)).status, 404);
  });
});
