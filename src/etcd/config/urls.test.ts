import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoDurationMs } from './go-values.ts';
import {
  clientAddress,
  formatInitialCluster,
  parseInitialCluster,
  parseUrl,
  peerAddress,
} from './urls.ts';

test('the scheme is lower-cased and the host is left as written', () => {
  const url = parseUrl('HTTP://Node-1.Example:2380');
  assert.equal(url.ok && url.value.text, 'http://Node-1.Example:2380');
});

test('an IPv6 host loses its brackets for binding and keeps them in the text', () => {
  const url = parseUrl('http://[::1]:2380');
  assert.ok(url.ok);
  assert.equal(url.value.text, 'http://[::1]:2380');
  const address = { kind: 'tcp', host: '::1', port: 2380, isShared: false };
  assert.deepEqual(clientAddress(url.value, false), address);
});

test('sockets of members are named by what stands for host and port, as etcd names them', () => {
  const files = (text: string) => {
    const url = parseUrl(text);
    assert.ok(url.ok);
    return [clientAddress(url.value, true), peerAddress(url.value, true)].map(
      (address) => address.kind === 'unix' && address.path,
    );
  };
  assert.deepEqual(files('unix:///run/a%20b.sock'), ['/run/a b.sock', '/run/a b.sock']);
  assert.deepEqual(files('unixs://localhost:1'), ['localhost:1', 'localhost:1']);
  assert.deepEqual(files('unix://localhost:1/x'), ['localhost:1/x', 'localhost:1']);
  assert.deepEqual(files('unix:x.sock'), ['x.sock', 'x.sock']);
});

const problems: readonly (readonly [url: string, error: string])[] = [
  ['127.0.0.1:2380', 'parse "127.0.0.1:2380": first path segment in URL cannot contain colon'],
  ['http://127.0.0.1:abc', 'parse "http://127.0.0.1:abc": invalid port ":abc" after host'],
  ['http://[::1', 'parse "http://[::1": missing \']\' in host'],
  ['http://a b:1', 'parse "http://a b:1": invalid character " " in host name'],
  ['localhost:2380', 'URL scheme must be http, https, unix, or unixs: localhost:2380'],
  ['', 'URL scheme must be http, https, unix, or unixs: '],
  ['http://a:1/', 'URL must not contain a path: http://a:1/'],
];

for (const [url, error] of problems) {
  test(`refused as Go refuses it: ${url}`, () => {
    assert.deepEqual(parseUrl(url), { ok: false, error });
  });
}

test('a name that repeats in initial-cluster is one member with several URLs', () => {
  const cluster = parseInitialCluster('b=http://b:1,a=http://a:2,,a=http://a:1');
  assert.ok(cluster.ok);
  assert.deepEqual(cluster.value, [
    { name: 'a', peerUrls: ['http://a:1', 'http://a:2'] },
    { name: 'b', peerUrls: ['http://b:1'] },
  ]);
  assert.equal(formatInitialCluster(cluster.value), 'a=http://a:1,a=http://a:2,b=http://b:1');
});

test('durations are read as Go reads them', () => {
  const ms = (text: string): unknown => {
    const duration = parseGoDurationMs(text);
    return duration.ok ? duration.value : duration.error;
  };
  assert.equal(ms('1h15m30.5s'), 4_530_500);
  assert.equal(ms('-1.5ms'), -1.5);
  assert.equal(ms('0'), 0);
  assert.equal(ms('5'), 'time: missing unit in duration "5"');
  assert.equal(ms('1x'), 'time: unknown unit "x" in duration "1x"');
  assert.equal(ms(''), 'time: invalid duration ""');
});
