import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeMember,
  decodeRangeRequest,
  decodeRequestOp,
  decodeResponseHeader,
  decodeTxnRequest,
  decodeWatchCreateRequest,
  encodeResponseHeader,
  encodeTxnRequest,
  encodeWatchCreateRequest,
  type TxnRequestInit,
} from './generated/etcdserverpb.ts';
import { decodeConfState, decodeEntry, encodeConfState } from './generated/raftpb.ts';
import { bigOf, DecodeError, encodeWith, lowHalf, nestingMax, Reader } from './wire.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const revisionOf = (text: string) => decodeResponseHeader(hex(text)).revision;

test('a client number beyond 2^53 is clamped, one of our own log is refused', () => {
  assert.equal(revisionOf('18 ffffffffffffffff7f'), Number.MAX_SAFE_INTEGER);
  assert.equal(revisionOf('18 80808080808080808001'), Number.MIN_SAFE_INTEGER);
  assert.equal(revisionOf('18 ffffffffffffffffff01'), -1);
  assert.throws(() => decodeEntry(hex('10 8080808080808010')), /integer beyond 2\^53 at offset 1/);
  assert.equal(decodeEntry(hex('10 ffffffffffffff0f')).term, Number.MAX_SAFE_INTEGER);
});

test('every length of varint is read back as it was written', () => {
  for (let bits = 0; bits < 53; bits++) {
    for (const revision of [2 ** bits, 2 ** bits - 1, -(2 ** bits)]) {
      const bytes = encodeResponseHeader({ revision });
      assert.equal(decodeResponseHeader(bytes).revision, revision === 0 ? 0 : revision);
    }
  }
  for (let bits = 0n; bits < 64n; bits++) {
    const clusterId = 1n << bits;
    assert.equal(decodeResponseHeader(encodeResponseHeader({ clusterId })).clusterId, clusterId);
  }
});

test('an unsigned field refuses a negative or fractional number instead of writing nonsense', () => {
  for (const raftTerm of [-1, 1.5, Number.NaN, 2 ** 53]) {
    assert.throws(() => encodeResponseHeader({ raftTerm }), RangeError);
  }
  assert.equal(toHex(encodeResponseHeader({ raftTerm: 1 })), '2001', 'the writer is clean again');
});

test('malformed bytes are refused with the offset of the fault', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['0a', /truncated varint at offset 1/],
    ['0a05 6162', /field is longer than its message at offset 1/],
    ['00', /illegal field tag at offset 0/],
    ['07', /illegal field tag at offset 0/],
    ['0e', /illegal wire type 6/],
    ['18 ffffffffffffffffffff01', /varint longer than 64 bits at offset 1/],
    ['18 ffffffffffffffffff02', /varint longer than 64 bits at offset 1/],
    ['79 00', /truncated field at offset 1/],
    ['7b 00', /illegal field tag at offset 1/],
    ['7b 84 01', /group ends with another number/],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(() => decodeRangeRequest(hex(bytes)), message, bytes);
  }
});

test('unknown fields of every wire type are stepped over', () => {
  const bytes = hex('7801 79 0102030405060708 7a02abcd 7b 0801 0b0c 7c 7d 01020304 0a016b');
  assert.deepEqual(decodeRangeRequest(bytes).key, hex('6b'));
});

test('a known field with another wire type counts as unknown', () => {
  assert.equal(decodeRangeRequest(hex('1a0161')).limit, 0);
});

test('a string that is not UTF-8 is refused', () => {
  assert.throws(() => decodeMember(hex('1202 c328')), /string is not UTF-8/);
  assert.equal(decodeMember(hex('1205 efbbbfc3a9')).name, '\ufeff\u00e9');
});

test('nesting is bounded, so a txn cannot exhaust the stack', () => {
  const nested = (depth: number): TxnRequestInit =>
    depth === 0 ? {} : { success: [{ requestTxn: nested(depth - 1) }] };
  // Each level of txn is two messages: the operation and the txn inside it.
  assert.ok(decodeTxnRequest(encodeTxnRequest(nested(nestingMax / 2))));
  assert.throws(() => decodeTxnRequest(encodeTxnRequest(nested(nestingMax / 2 + 1))), DecodeError);
});

test('repeated scalars are packed in proto3 and not in proto2, and both forms are read', () => {
  const filters = encodeWatchCreateRequest({ filters: [0, 1] });
  assert.equal(toHex(filters), '2a020001');
  assert.deepEqual(decodeWatchCreateRequest(filters).filters, [0, 1]);
  assert.deepEqual(decodeWatchCreateRequest(hex('2800 2801')).filters, [0, 1]);
  const voters = encodeConfState({ voters: [1n, 2n] });
  assert.equal(toHex(voters), '080108022800');
  assert.deepEqual(decodeConfState(voters).voters, [1n, 2n]);
  assert.deepEqual(decodeConfState(hex('0a020102')).voters, [1n, 2n]);
});

test('a message that comes in two parts is merged, the later scalar winning', () => {
  const request = decodeTxnRequest(hex('0a020802 0a021001 1200'));
  assert.equal(request.compare.length, 2);
  const put = hex('1203 0a0161 1203 120162');
  const { requestPut } = decodeRequestOp(put);
  assert.deepEqual([requestPut?.key, requestPut?.value], [hex('61'), hex('62')]);
});

test('of a oneof only the last member stays', () => {
  const op = decodeRequestOp(hex('0a00 1200'));
  assert.equal(op.requestRange, undefined);
  assert.notEqual(op.requestPut, undefined);
});

test('bytes are views into the input', () => {
  const input = hex('0a026b79');
  const { key } = decodeRangeRequest(input);
  assert.equal(key.buffer, input.buffer);
  assert.equal(key.byteOffset, input.byteOffset + 2);
  assert.equal(
    Object.getPrototypeOf(decodeRangeRequest(Buffer.from(input)).key),
    Uint8Array.prototype,
  );
});

test('a 64-bit integer is its halves, and short messages that share memory stay apart', () => {
  for (const value of [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 0x1234_5678_9abc_def0n, 2n ** 64n - 1n]) {
    const low = lowHalf(value);
    assert.equal(BigInt(low), value & 0xffff_ffffn);
    assert.equal(bigOf(Number(value >> 32n), low), value);
  }
  const messages = Array.from({ length: 2_000 }, (_, i) =>
    encodeWith((w, bytes: Uint8Array) => w.bytes(bytes), new Uint8Array(i % 1_500).fill(i)),
  );
  for (const [i, message] of messages.entries()) {
    const reader = new Reader(message);
    assert.deepEqual(reader.bytes(), new Uint8Array(i % 1_500).fill(i));
  }
});
