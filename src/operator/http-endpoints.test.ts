import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts } from '../../test/support/ports.ts';
import { serveEndpoints } from './http-endpoints.ts';

async function answersOf(...paths: readonly string[]): Promise<readonly string[]> {
  const port = await freePorts(1);
  const stop = await serveEndpoints(
    { host: '127.0.0.1', port },
    {
      '/healthz': async () => ({ status: 200, contentType: 'text/plain', body: 'ok\n' }),
      '/readyz': async () => ({ status: 503, contentType: 'text/plain', body: 'not ready\n' }),
      '/metrics': () => Promise.reject(new Error('broken')),
    },
  );
  try {
    return await Promise.all(
      paths.map(async (path) => {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`);
        return `${answer.status} ${(await answer.text()).trim()}`;
      }),
    );
  } finally {
    await stop();
  }
}

test('a path is answered, its query is not looked at', async () => {
  assert.deepEqual(await answersOf('/healthz', '/healthz?verbose', '/readyz'), [
    '200 ok',
    '200 ok',
    '503 not ready',
  ]);
});

test('what is not served is not found, also what every object has', async () => {
  assert.deepEqual(await answersOf('/nothing', '/constructor'), ['404 not found', '404 not found']);
});

test('an endpoint that fails says so and nothing falls over', async () => {
  assert.deepEqual(await answersOf('/metrics', '/healthz'), ['500 Error: broken', '200 ok']);
});
