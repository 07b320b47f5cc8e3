import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConnectionError } from './errors.ts';
import { type HeaderFields, HpackDecoder } from './hpack-decoder.ts';
import { HpackEncoder } from './hpack-encoder.ts';
import { decodeHuffman, encodeHuffman, huffmanLength } from './huffman.ts';

const listBytesMax = 64 * 1024;

type Example = {
  readonly fields: HeaderFields;
  readonly plain: string;
  readonly huffman: string;
  readonly tableBytes: number;
};

const request = (path: string, ...more: readonly string[]): HeaderFields => [
  ...[':method', 'GET', ':scheme', path === '/index.html' ? 'https' : 'http', ':path', path],
  ...[':authority', 'www.example.com', ...more],
];

/** RFC 7541, appendix C.3 and C.4: three requests on one connection. */
const requests: readonly Example[] = [
  {
    fields: request('/'),
    plain: '828684410f7777772e6578616d706c652e636f6d',
    huffman: '828684418cf1e3c2e5f23a6ba0ab90f4ff',
    tableBytes: 57,
  },
  {
    fields: request('/', 'cache-control', 'no-cache'),
    plain: '828684be58086e6f2d6361636865',
    huffman: '828684be5886a8eb10649cbf',
    tableBytes: 110,
  },
  {
    fields: request('/index.html', 'custom-key', 'custom-value'),
    plain: '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    huffman: '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
    tableBytes: 164,
  },
];

const date = 'Mon, 21 Oct 2013 20:13:21 GMT';
const laterDate = 'Mon, 21 Oct 2013 20:13:22 GMT';
const location = 'https://www.example.com';
const cookie = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';

/** Appendix C.5 and C.6: three responses, a table of 256 bytes, so fields are evicted. */
const responses: readonly Example[] = [
  {
    fields: [':status', '302', 'cache-control', 'private', 'date', date, 'location', location],
    plain:
      '4803333032580770726976617465611d4d6f6e2c203231204f63742032303133' +
      '2032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
    huffman:
      '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a6' +
      '2d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
    tableBytes: 222,
  },
  {
    fields: [':status', '307', 'cache-control', 'private', 'date', date, 'location', location],
    plain: '4803333037c1c0bf',
    huffman: '4883640effc1c0bf',
    tableBytes: 222,
  },
  {
    fields: [
      ...[':status', '200', 'cache-control', 'private', 'date', laterDate, 'location', location],
      ...['content-encoding', 'gzip', 'set-cookie', cookie],
    ],
    plain:
      '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c0' +
      '5a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b20' +
      '6d61782d6167653d333630303b2076657273696f6e3d31',
    huffman:
      '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab' +
      '77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f' +
      '9587316065c003ed4ee5b1063d5007',
    tableBytes: 215,
  },
];

for (const [name, examples, tableBytes] of [
  ['requests (C.3, C.4)', requests, 4096],
  ['responses with evictions (C.5, C.6)', responses, 256],
] as const) {
  for (const huffman of ['never', 'shorter'] as const) {
    const hexOf = (example: Example) => (huffman === 'never' ? example.plain : example.huffman);

    test(`the RFC's ${name} are decoded, Huffman ${huffman}`, () => {
      const decoder = new HpackDecoder(listBytesMax, tableBytes);
      for (const example of examples) {
        const block = Buffer.from(hexOf(example), 'hex');
        assert.deepEqual(decoder.decode(Buffer.from(block), 0, block.length), example.fields);
        assert.equal(decoder.table.sizeBytes, example.tableBytes);
      }
    });

    test(`the RFC's ${name} are encoded to its bytes, Huffman ${huffman}`, () => {
      const encoder = new HpackEncoder(tableBytes, huffman);
      for (const example of examples) {
        const block = encoder.encode({ fields: example.fields, isCommon: true });
        assert.equal(Buffer.from(block).toString('hex'), hexOf(example));
      }
    });
  }
}

test('the single fields of C.2 are decoded, indexed or not', () => {
  const cases: readonly (readonly [string, HeaderFields, number])[] = [
    ['400a637573746f6d2d6b65790d637573746f6d2d686561646572', ['custom-key', 'custom-header'], 55],
    ['040c2f73616d706c652f70617468', [':path', '/sample/path'], 0],
    ['100870617373776f726406736563726574', ['password', 'secret'], 0],
    ['82', [':method', 'GET'], 0],
  ];
  for (const [hex, fields, tableBytes] of cases) {
    const decoder = new HpackDecoder(listBytesMax);
    assert.deepEqual(decode(decoder, hex), fields);
    assert.equal(decoder.table.sizeBytes, tableBytes);
  }
});

test('blocks that are no HPACK break the connection', () => {
  const cases = {
    'index 0': '80',
    'an index beyond the tables': 'be',
    'an integer that never ends': 'ffffffffff',
    'an integer that stops short': 'ff',
    'a string longer than the block': '000561',
    'a field without a value': '000161',
    'Huffman padding of more than seven bits': '0082ffff',
    'Huffman padding of zeros': '008118',
    'EOS in a Huffman string': '0084fffffffc',
    'a table size above the bound': '3fe21f',
    'a table size after a field': '8220',
  };
  for (const [what, hex] of Object.entries(cases)) {
    assert.throws(() => decode(new HpackDecoder(listBytesMax), hex), ConnectionError, what);
  }
});

test('a header list over its bound is refused, and the next block is still understood', () => {
  const decoder = new HpackDecoder(200);
  const value = 'v'.repeat(300);
  const encoder = new HpackEncoder();
  const large = encoder.encode({ fields: ['x-large', value], isCommon: true });
  assert.equal(decoder.decode(Buffer.from(large), 0, large.length), undefined);
  const next = encoder.encode({ fields: ['x', 'y'], isCommon: true });
  assert.deepEqual(decoder.decode(Buffer.from(next), 0, next.length), ['x', 'y']);
});

test('a block of a thousand references to one large field costs no more than its list bound', () => {
  const decoder = new HpackDecoder(listBytesMax);
  decode(decoder, `4001617fd10f${'62'.repeat(2_128)}`);
  assert.equal(decoder.table.sizeBytes, 2_161);
  const bomb = Buffer.alloc(60_000, 0xbe);
  assert.equal(decoder.decode(bomb, 0, bomb.length), undefined);
});

test('a peer that allows no table gets literals, after one announcement', () => {
  const encoder = new HpackEncoder();
  const list = { fields: ['content-type', 'application/grpc'], isCommon: true };
  const decoder = new HpackDecoder(listBytesMax);
  const read = (block: Uint8Array) => decoder.decode(Buffer.from(block), 0, block.length);
  read(encoder.encode(list));
  assert.equal(decoder.table.sizeBytes, 60);
  encoder.limitTable(0);
  const [first] = encoder.encode(list);
  assert.equal(first, 0x20);
  assert.equal(encoder.encode(list)[0], 0x0f);
});

test('a common block is two bytes once the table has its fields', () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder(listBytesMax);
  const head = { fields: [':status', '200', 'content-type', 'application/grpc'], isCommon: true };
  const trailers = { fields: ['grpc-status', '0'], isCommon: true };
  const lengths: number[] = [];
  for (let round = 0; round < 4; round++) {
    for (const list of [head, trailers]) {
      const block = encoder.encode(list);
      lengths.push(block.length);
      assert.deepEqual(decoder.decode(Buffer.from(block), 0, block.length), list.fields);
    }
  }
  assert.deepEqual(lengths.slice(2), [2, 1, 2, 1, 2, 1]);
});

const field = fc.tuple(
  fc.oneof(fc.constantFrom(':path', 'te', 'cookie'), fc.string({ unit: 'binary-ascii' })),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

test('what is encoded is decoded again, whatever was sent before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(field), fc.boolean())), (lists) => {
      const encoder = new HpackEncoder();
      const decoder = new HpackDecoder(1 << 20);
      for (const [pairs, isCommon] of lists) {
        const fields = pairs.flat();
        const block = encoder.encode({ fields, isCommon });
        assert.deepEqual(decoder.decode(Buffer.from(block), 0, block.length), fields);
      }
    }),
  );
});

test('the Huffman code of every byte is its own inverse and as long as announced', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      const into = new Uint8Array(2_000);
      const length = encodeHuffman(text, into, 0);
      assert.equal(length, huffmanLength(text));
      assert.equal(decodeHuffman(into, 0, length), text);
    }),
  );
});

test('arbitrary bytes are fields or a broken connection, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        new HpackDecoder(listBytesMax).decode(Buffer.from(bytes), 0, bytes.length);
      } catch (error) {
        assert.ok(error instanceof ConnectionError);
      }
    }),
    { numRuns: 2_000 },
  );
});

function decode(decoder: HpackDecoder, hex: string): HeaderFields | undefined {
  const block = Buffer.from(hex, 'hex');
  return decoder.decode(Buffer.from(block), 0, block.length);
}
