import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeKeyValue, encodeKeyValue } from '../proto/generated/mvccpb.ts';
import { keyOf, keyValueOverheadBytesMax, parseKeyValue, writeKeyValue } from './key-value.ts';
import { etcdRevisionKey, parseEtcdRevisionKey } from './revision.ts';
import { VarintReader, varintBytes, writeVarint } from './varint.ts';

const number = fc.maxSafeNat();
const keyValue = fc.record({
  key: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  value: fc.uint8Array({ maxLength: 300 }),
  createRevision: number,
  modRevision: number,
  version: number,
  lease: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
});

void test('a stored KeyValue is byte for byte what the protobuf codec writes', () => {
  fc.assert(
    fc.property(keyValue, (fields) => {
      const { key, value, createRevision, modRevision, version, lease } = fields;
      const room = Buffer.alloc(3 + key.length + value.length + keyValueOverheadBytesMax);
      const end = writeKeyValue(room, 3, key, createRevision, modRevision, version, value, lease);
      const written = Uint8Array.from(room.subarray(3, end));
      assert.deepEqual(written, encodeKeyValue(fields));
      assert.deepEqual(decodeKeyValue(written), { ...fields });
      assert.deepEqual(parseKeyValue(written), { ...fields });
      assert.deepEqual(keyOf(written), key);
    }),
  );
});

void test('a KeyValue that is cut anywhere is an error or a shorter message, never a wrong read', () => {
  const fields = { key: new Uint8Array(5), value: new Uint8Array(9), modRevision: 2 ** 40 };
  const whole = encodeKeyValue(fields);
  for (let length = 0; length < whole.length; length++) {
    const cut = whole.subarray(0, length);
    try {
      const parsed = parseKeyValue(cut);
      assert.ok(parsed.key.length <= 5 && parsed.value.length === 0);
    } catch (error) {
      assert.match((error as Error).message, /cut short/);
    }
  }
  assert.throws(() => parseKeyValue(Uint8Array.of(0x3a, 0)), /unknown field tag/);
});

void test('varints hold every whole number up to 2^53', () => {
  const reader = new VarintReader();
  fc.assert(
    fc.property(number, (value) => {
      const bytes = new Uint8Array(10);
      assert.equal(writeVarint(bytes, 0, value), varintBytes(value));
      reader.start(bytes, 0);
      assert.equal(reader.next(), value);
      assert.equal(reader.at, varintBytes(value));
    }),
  );
});

void test('revision keys are those of etcd', () => {
  assert.equal(
    etcdRevisionKey(2 ** 33 + 5, 3, true).toString('hex'),
    '0000000200000005' + '5f' + '0000000000000003' + '74',
  );
  fc.assert(
    fc.property(number, fc.nat(), fc.boolean(), (main, sub, tombstone) => {
      const parsed = parseEtcdRevisionKey(etcdRevisionKey(main, sub, tombstone));
      assert.deepEqual(parsed, { main, sub, tombstone });
    }),
  );
  assert.throws(() => parseEtcdRevisionKey(Buffer.alloc(17)), /not a revision key/);
});
