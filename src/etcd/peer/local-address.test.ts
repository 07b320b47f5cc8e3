import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { findLocalAddress } from './local-address.ts';
import { PeerDialer } from './peer-dialer.ts';

for (const [urls, address] of [
  [['http://10.0.0.7:2380'], '10.0.0.7'],
  [['http://127.0.0.1:2380', 'http://0.0.0.0:2380', 'https://10.0.0.7:2380'], '10.0.0.7'],
  [['http://[::1]:2380', 'http://[::]:2380', 'http://[fd00::7]:2380'], 'fd00::7'],
  [['http://member.example:2380', 'http://10.0.0.8:2380'], '10.0.0.8'],
  [['http://member.example:2380'], undefined],
  [['unix://localhost:1'], undefined],
] as const) {
  test(`from ${urls.join(', ')} a member connects as ${address ?? 'the system likes'}`, () => {
    assert.equal(findLocalAddress(urls, silentLog), address);
  });
}

test('connections to other members come from the local address', async (t) => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.socket.remoteAddress);
    response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const dialer = new PeerDialer({ localAddress: '127.0.0.5' });
  t.after(() => dialer.close());
  for (const kind of ['pooled', 'single'] as const) {
    await new Promise<void>((resolve, reject) => {
      const request = dialer[kind](`http://127.0.0.1:${port}`, '/', { method: 'GET' });
      request.on('error', reject);
      request.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve());
      });
      request.end();
    });
  }
  assert.deepEqual(seen, ['127.0.0.5', '127.0.0.5']);
});
