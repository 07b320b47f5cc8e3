import assert from 'node:assert/strict';
import { test } from 'node:test';
import { der, derInteger, derObjectId, derTag, derTime, readDer } from './der.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('lengths from 128 bytes on say first how many bytes they take', () => {
  const header = (length: number): string =>
    hex(der(derTag.octetString, Buffer.alloc(length))).slice(0, -2 * length);
  assert.equal(header(127), '047f');
  assert.equal(header(128), '048180');
  assert.equal(header(300), '0482012c');
});

test('object ids have seven bits to a byte, the first two arcs in one', () => {
  assert.equal(hex(derObjectId('1.2.840.10045.4.3.2')), '06082a8648ce3d040302');
  assert.equal(hex(derObjectId('2.5.29.17')), '0603551d11');
});

test('integers are not negative and have no useless zeros', () => {
  assert.equal(hex(derInteger(Buffer.of(0, 0, 5))), '020105');
  assert.equal(hex(derInteger(Buffer.of(0x80))), '02020080');
  assert.equal(hex(derInteger(Buffer.of(0))), '020100');
});

test('times change their form in 2050', () => {
  const text = (time: string): string => derTime(new Date(time)).subarray(2).toString('latin1');
  assert.equal(text('2049-12-31T23:59:59.500Z'), '491231235959Z');
  assert.equal(text('2050-01-01T00:00:00Z'), '20500101000000Z');
});

test('what was written is read back, and every cut of it is refused', () => {
  const bytes = der(derTag.sequence, derInteger(Buffer.of(7)), der(derTag.set, Buffer.alloc(200)));
  const [outer] = readDer(bytes);
  assert.deepEqual(
    readDer(outer?.content ?? Buffer.alloc(0)).map(({ tag, content }) => [tag, content.length]),
    [
      [derTag.integer, 1],
      [derTag.set, 200],
    ],
  );
  for (let length = 1; length < bytes.length; length += 1) {
    assert.throws(() => readDer(bytes.subarray(0, length)), /malformed DER/);
  }
});
