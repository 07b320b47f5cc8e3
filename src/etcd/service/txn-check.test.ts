import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import {
  decodeInternalRaftRequest,
  decodeTxnRequest,
  encodeInternalRaftRequest,
  encodeTxnRequest,
  type RequestOpInit,
  type TxnRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import { checkTxn } from './txn-check.ts';

const put = (key: string): RequestOpInit => ({ requestPut: { key: utf8Bytes(key) } });
const range = (key: string): RequestOpInit => ({ requestRange: { key: utf8Bytes(key) } });
const txn = (requestTxn: TxnRequestInit): RequestOpInit => ({ requestTxn });
const del = (key: string, end = ''): RequestOpInit => ({
  requestDeleteRange: { key: utf8Bytes(key), rangeEnd: utf8Bytes(end) },
});
const puts = (count: number): RequestOpInit[] =>
  Array.from({ length: count }, (_, index) => put(`k${index}`));

const duplicate = 'etcdserver: duplicate key given in txn request';
const tooMany = 'etcdserver: too many operations in txn request';
const emptyKey = 'etcdserver: key is not provided';

/** Every row was asked of etcd 3.7.3. */
const rows: readonly (readonly [claim: string, request: TxnRequestInit, refusal: string])[] = [
  ['nothing at all', {}, ''],
  ['an operation without content', { success: [{}] }, 'etcdserver: key not found'],
  ['a compare without key', { compare: [{}] }, emptyKey],
  ['128 operations', { success: puts(128) }, ''],
  ['129 operations', { success: puts(129) }, tooMany],
  ['129 compares', { compare: Array(129).fill({ key: utf8Bytes('a') }) }, tooMany],
  [
    'a nested transaction beyond what its parent left',
    { success: [...puts(127), txn({ success: [put('x')] })] },
    tooMany,
  ],
  [
    'a nested transaction within what its parent left',
    { success: [...puts(126), txn({ success: [put('x')] })] },
    '',
  ],
  [
    'shape of the failure branch before overlaps of the success branch',
    { success: [put('a'), put('a')], failure: [put('')] },
    emptyKey,
  ],
  ['the same key put twice', { success: [put('a'), put('a')] }, duplicate],
  ['the same key put once in each branch', { success: [put('a')], failure: [put('a')] }, ''],
  ['a put inside a delete', { success: [del('a', 'c'), put('b')] }, duplicate],
  ['a put before the delete around it', { success: [put('b'), del('a', 'c')] }, duplicate],
  ['a put at the open end of a delete', { success: [del('a', 'c'), put('c')] }, ''],
  ['a put of the one deleted key', { success: [del('a'), put('a')] }, duplicate],
  ['a put behind a delete to the end of all keys', { success: [del('a', '\0'), put('b')] }, ''],
  ['overlapping deletes', { success: [del('a', 'c'), del('b', 'd')] }, ''],
  ['a range over a put', { success: [range('a'), put('a')] }, ''],
  [
    'a nested put beside the same put',
    { success: [txn({ success: [put('a')] }), put('a')] },
    duplicate,
  ],
  [
    'both branches of one nested transaction put a key',
    { success: [txn({ success: [put('a')], failure: [put('a')] })] },
    '',
  ],
  [
    'branches of two nested transactions put a key',
    { success: [txn({ success: [put('a')] }), txn({ failure: [put('a')] })] },
    duplicate,
  ],
  [
    'one branch of a nested transaction puts what the other deletes',
    { success: [txn({ success: [put('a')], failure: [del('a')] })] },
    '',
  ],
  [
    'a nested put after a nested delete',
    { success: [txn({ success: [del('a')] }), txn({ success: [put('a')] })] },
    duplicate,
  ],
  [
    'a nested put before a nested delete',
    { success: [txn({ success: [put('a')] }), txn({ success: [del('a')] })] },
    '',
  ],
];

for (const [claim, request, refusal] of rows) {
  test(`${claim}: ${refusal === '' ? 'accepted' : 'refused'}`, () => {
    const decoded = decodeTxnRequest(encodeTxnRequest(request));
    if (refusal === '') checkTxn(decoded, 128);
    else assert.throws(() => checkTxn(decoded, 128), { message: refusal });
  });
}

test('what is accepted at any --max-txn-ops can be read from the log, by every member', () => {
  const nested = (depth: number): RequestOpInit =>
    depth === 0
      ? put('a')
      : txn({ compare: [{ key: utf8Bytes('a') }], success: [nested(depth - 1)] });
  const check = (depth: number): void => {
    const request = decodeTxnRequest(encodeTxnRequest({ success: [nested(depth)] }));
    checkTxn(request, 1_000_000);
    decodeInternalRaftRequest(encodeInternalRaftRequest({ txn: request }));
  };
  check(limits.txnDepthMax);
  assert.throws(() => check(limits.txnDepthMax + 1), { message: tooMany });
});
