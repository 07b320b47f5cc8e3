import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatId, maybeParseId, parseBigJson, stringifyBigJson } from './ids.ts';

test('an id is lower-case hexadecimal without leading zeros', () => {
  assert.equal(formatId(0x85a52a38aa62a638n), '85a52a38aa62a638');
  assert.equal(formatId(0xabcn), 'abc');
  assert.equal(formatId(0n), '0');
  assert.equal(formatId(-1n), 'ffffffffffffffff');
});

test('an id is read from one to sixteen hexadecimal digits and from nothing else', () => {
  assert.equal(maybeParseId('29390767bd38193f'), 2970413571365148991n);
  assert.equal(maybeParseId('00AB'), 0xabn);
  for (const text of ['', '0x1', '-1', 'g', '11112222333344445', ' 1']) {
    assert.equal(maybeParseId(text), undefined, text);
  }
});

test('64-bit numbers pass through JSON without losing bits', () => {
  const text = '{"id":10799850072542192006,"n":[1,-9223372036854775808],"f":1.5,"s":"12"}';
  const value = parseBigJson(text);
  assert.deepEqual(value, {
    id: 10799850072542192006n,
    n: [1n, -9223372036854775808n],
    f: 1.5,
    s: '12',
  });
  assert.equal(stringifyBigJson(value), text);
});

test('JSON is escaped as Go escapes it', () => {
  assert.equal(
    stringifyBigJson({ url: 'http://a/?x=<1>&y' }),
    '{"url":"http://a/?x=\\u003c1\\u003e\\u0026y"}',
  );
});
