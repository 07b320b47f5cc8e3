import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanTarget, redirectPage } from './clean-path.ts';

/** From Go etcd 3.7.3. */
const redirected: readonly (readonly [url: string, location: string])[] = [
  ['//v3/kv/range', '/v3/kv/range'],
  ['/v3//kv/range', '/v3/kv/range'],
  ['/v3/./kv/range', '/v3/kv/range'],
  ['/v3/../version', '/version'],
  ['/../version', '/version'],
  ['/v3/kv/../kv/range?x=1&y', '/v3/kv/range?x=1&y'],
  ['/v3', '/v3/'],
  ['/v3?a', '/v3/?a'],
  ['/a%2fb//c', '/a%252fb/c'],
  ['//', '/'],
  ['/.', '/'],
  ['/health/.', '/health'],
  ['/v3/kv/range//', '/v3/kv/range/'],
  ['//x"y<>?q=<', '/x%2522y%253C%253E?q=<'],
  ['/\u00e4//b', '/%25E4/b'],
  ["/x//!$'()*,;~", '/x/%21$%27%28%29%2A,;~'],
  ['/x//?', '/x/'],
  ['/x//?a=//b', '/x/?a=//b'],
  ['/x//#f', '/x/%2523f'],
  ['/...//', '/.../'],
  ['/v3/..', '/'],
  ['/a//[b]{c}|^`\\', '/a/%255Bb%255D%257Bc%257D%257C%255E%2560%255C'],
  ['//?\u00e4', '/?%e4'],
  ['http://other/v3//x', '/v3/x'],
];

test('a path that is not clean leads to the clean one, escaped once more as Go does', () => {
  for (const [url, location] of redirected) assert.equal(cleanTarget(url, ['/v3/']), location, url);
});

test('clean paths, and what is no path, are left alone', () => {
  const urls = ['/', '/v3/', '/v3/kv/range', '/v3/kv/range/', '/v3/%2e%2e/version', '/x?a=//..'];
  for (const url of [...urls, '*', '', '//%zz', '/%4']) {
    assert.equal(cleanTarget(url, ['/v3/']), undefined, url);
  }
  assert.equal(cleanTarget('/v3', []), undefined);
});

test('the page of a redirection shows the location without making HTML of it', () => {
  assert.equal(
    redirectPage(`/a?"'<&>`),
    '<a href="/a?&#34;&#39;&lt;&amp;&gt;">Temporary Redirect</a>.\n\n',
  );
});
