import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, cors, withServer } from '../../../../test/support/http-harness.ts';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { EtcdError } from '../../errors.ts';
import { AlarmType } from '../../proto/generated/etcdserverpb.ts';

const plain = (body: string, nosniff = true) => ({
  headers: {
    ...cors,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(body.length),
    ...(nosniff ? { 'x-content-type-options': 'nosniff' } : {}),
  },
  body,
});

test('a healthy member says so, byte for byte as etcd', async () => {
  await withServer({}, async ({ url, metrics }) => {
    const health = plain('{"health":"true","reason":""}', false);
    assert.deepEqual(await ask(`${url}/health`), { status: 200, ...health });
    assert.deepEqual(await ask(`${url}/livez`), { status: 200, ...plain('ok\n') });
    assert.deepEqual(await ask(`${url}/livez?verbose`), {
      status: 200,
      ...plain('[+]serializable_read ok\nok\n'),
    });
    const verbose = await ask(`${url}/readyz?verbose=true&exclude=linearizable_read&exclude=x`);
    assert.equal(
      verbose.body,
      '[+]data_corruption ok\n[+]serializable_read ok\n[+]non_learner ok\nok\n',
    );
    assert.equal((await ask(`${url}/readyz/non_learner?verbose`)).body, '[+]non_learner ok\nok\n');
    assert.equal((await ask(`${url}/readyz/nope`)).status, 404);
    const text = await metrics.text();
    assert.match(text, /^etcd_server_health_success 1$/m);
    assert.match(text, /^etcd_server_healthcheck\{type="livez",name="serializable_read"\} 1$/m);
  });
});

test('only GET is answered', async () => {
  await withServer({}, async ({ url }) => {
    for (const path of ['/health', '/livez', '/readyz', '/readyz/non_learner', '/version']) {
      const answer = await ask(`${url}${path}`, { method: 'POST' });
      assert.deepEqual([answer.status, answer.body], [405, 'Method Not Allowed\n']);
      assert.equal(answer.headers['allow'], 'GET');
    }
  });
});

test('without a quorum a member is alive but not ready', async () => {
  const health = {
    hasLeader: () => false,
    linearizableRead: () => Promise.reject(new EtcdError('Timeout')),
  };
  await withServer({ health }, async ({ url }) => {
    assert.equal((await ask(`${url}/livez`)).status, 200);
    assert.equal((await ask(`${url}/health?serializable=true`)).status, 200);
    assert.deepEqual(await ask(`${url}/health`), {
      status: 503,
      ...plain('{"health":"false","reason":"RAFT NO LEADER"}\n'),
    });
    assert.deepEqual(await ask(`${url}/readyz/linearizable_read`), {
      status: 503,
      ...plain('[-]linearizable_read failed: etcdserver: request timed out\n\n'),
    });
    const ready = await ask(`${url}/readyz`);
    assert.match(ready.body, /^\[\+\]data_corruption ok\n\[\+\]serializable_read ok\n\[-\]/);
  });
});

test('/health names a failing read, and gives up on one that hangs', async () => {
  const failing = { linearizableRead: () => Promise.reject(new EtcdError('Timeout')) };
  await withServer({ health: failing }, async ({ url }) => {
    const { body } = await ask(`${url}/health`);
    const reason = 'RANGE ERROR:etcdserver: request timed out';
    assert.equal(body, `{"health":"false","reason":"${reason}"}\n`);
  });
  const hanging = { linearizableRead: () => new Promise<void>(() => {}) };
  const clock: Clock = { ...systemClock, after: () => Promise.resolve() };
  await withServer({ health: hanging, clock }, async ({ url }) => {
    const { body } = await ask(`${url}/health`);
    assert.equal(body, '{"health":"false","reason":"RANGE ERROR:context deadline exceeded"}\n');
  });
});

test("any member's alarm fails /health, only this member's corruption fails /readyz", async () => {
  const alarms = (...active: readonly (readonly [bigint, number])[]) => ({
    alarms: () => active.map(([memberId, alarm]) => ({ memberId, alarm })),
  });
  const elsewhere = alarms([2n, AlarmType.CORRUPT], [1n, AlarmType.NOSPACE]);
  await withServer({ health: elsewhere }, async ({ url }) => {
    assert.match((await ask(`${url}/health`)).body, /"ALARM CORRUPT"/);
    assert.match((await ask(`${url}/health?exclude=CORRUPT`)).body, /"ALARM NOSPACE"/);
    assert.equal((await ask(`${url}/health?exclude=CORRUPT&exclude=NOSPACE`)).status, 200);
    assert.equal((await ask(`${url}/readyz`)).status, 200);
  });
  await withServer({ health: alarms([1n, AlarmType.CORRUPT]) }, async ({ url }) => {
    const { body } = await ask(`${url}/readyz/data_corruption`);
    assert.equal(body, '[-]data_corruption failed: alarm activated: CORRUPT\n\n');
  });
});

test('a learner is not ready', async () => {
  await withServer({ health: { isLearner: () => true } }, async ({ url }) => {
    const { status, body } = await ask(`${url}/readyz/non_learner`);
    assert.deepEqual([status, body], [503, '[-]non_learner failed: not supported for learner\n\n']);
  });
});
