import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonSplitter } from './json-stream.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 0x7fffffff);

function split(pieces: readonly Uint8Array[], bytesMax = 1_000): string[] {
  const splitter = new JsonSplitter(bytesMax);
  return [...pieces.flatMap((piece) => [...splitter.push(piece)]), ...splitter.finish()];
}

test('values are cut apart whatever stands between them', () => {
  const body = Buffer.from('{"a":1}{"b":"}{\\"["}\n\t {"c":[{},[1]]}  ');
  const values = split([body]).map((text) => JSON.parse(text) as unknown);
  assert.deepEqual(values, [{ a: 1 }, { b: '}{"[' }, { c: [{}, [1]] }]);
});

/** As fast-check's unit `binary`, without its table of all that there are, which takes a second. */
const anyCharacter = fc
  .nat(0x10ffff - 0x800)
  .map((at) => String.fromCodePoint(at < 0xd800 ? at : at + 0x800));

test(`how the bytes arrive makes no difference (seed ${seed})`, () => {
  const property = fc.property(
    fc.array(fc.dictionary(fc.string({ unit: anyCharacter }), fc.json()), { maxLength: 4 }),
    fc.nat(20),
    (values, size) => {
      const body = Buffer.from(values.map((value) => JSON.stringify(value)).join(' '));
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < body.length; at += size + 1) {
        pieces.push(body.subarray(at, at + size + 1));
      }
      const parsed = split(pieces, 1_000_000).map((text) => JSON.parse(text) as unknown);
      assert.deepEqual(parsed, JSON.parse(JSON.stringify(values)));
    },
  );
  fc.assert(property, { seed });
});

test('an empty body has no value, an unfinished one is refused', () => {
  assert.deepEqual(split([]), []);
  assert.deepEqual(split([Buffer.from(' \n')]), []);
  assert.throws(() => split([Buffer.from('{"a":')]), { code: 3, message: 'unexpected EOF' });
});

test('anything but an object is refused at its first character', () => {
  for (const text of ['null', '[]', '"a"', '1', '}', '{}x']) {
    assert.throws(() => split([Buffer.from(text)]), /unexpected token/, text);
  }
});

test('a value that is too long is refused before it is complete', () => {
  const splitter = new JsonSplitter(10);
  assert.deepEqual([...splitter.push(Buffer.from('{"a":"'))], []);
  assert.throws(() => [...splitter.push(Buffer.from('bbbbbbb'))], {
    code: 8,
    message: 'grpc: received message larger than max (13 vs. 10)',
  });
});
