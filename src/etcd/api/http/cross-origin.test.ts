import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossOriginHeaders, unknownHostAnswer } from './cross-origin.ts';

const shared = {
  'access-control-allow-headers': 'accept, content-type, authorization',
  'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE',
};

test('every origin is welcome where all are allowed, and the answer does not name it', () => {
  for (const origin of [undefined, 'http://a.example:80']) {
    assert.deepEqual(crossOriginHeaders(['*'], origin), {
      ...shared,
      'access-control-allow-origin': '*',
    });
  }
});

test('an origin of the list is named, another gets no headers at all', () => {
  const allowed = ['http://a.example:80', 'http://b.example:81'];
  assert.deepEqual(crossOriginHeaders(allowed, 'http://b.example:81'), {
    ...shared,
    'access-control-allow-origin': 'http://b.example:81',
  });
  assert.deepEqual(crossOriginHeaders(allowed, 'http://c.example:80'), {});
  assert.deepEqual(crossOriginHeaders(allowed, undefined), {});
});

test('hosts count without their port, and in the case they were given', () => {
  const refused = (host: string | undefined): boolean =>
    unknownHostAnswer(['good.example', '::1'], { host }) !== undefined;
  assert.equal(refused('good.example'), false);
  assert.equal(refused('good.example:99'), false);
  assert.equal(refused('[::1]:99'), false);
  assert.equal(refused('GOOD.example'), true);
  assert.equal(refused('bad.example:12'), true);
  assert.equal(refused(undefined), true);
  assert.equal(unknownHostAnswer(['*'], { host: 'bad.example' }), undefined);
});

test('the refusal says which name would have to be allowed', () => {
  const text = unknownHostAnswer(['a'], { host: 'bad.example:12' }) ?? '';
  assert.match(text, /^\netcd received your request, but the Host header was unrecognized\.\n/);
  assert.match(text, /--host-whitelist "bad\.example"\n/);
  assert.match(text, /\(CVE-2018-5702\)\.\n$/);
});
