import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../base/bytes.ts';
import { decodeTxnRequest, encodeTxnRequest } from '../proto/generated/etcdserverpb.ts';
import { type RangeReader, readTxn } from './txn-read.ts';

const store = (compactRevision: number): RangeReader => ({
  currentRevision: 9,
  compactRevision,
  range: () => ({ pieces: [], length: 0, count: 0, more: false, revision: 9 }),
});

test('in a transaction that reads, a negative revision is compacted once anything is', () => {
  const op = { requestRange: { key: utf8Bytes('a'), revision: -1 } };
  const request = decodeTxnRequest(encodeTxnRequest({ success: [op] }));
  assert.equal(readTxn(request, store(-1)).revision, 9);
  assert.throws(() => readTxn(request, store(5)), /has been compacted/);
});
