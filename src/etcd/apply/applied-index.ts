import { assert } from '../../base/assert.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import type { ReadTxn, WriteTxn } from '../backend/backend.ts';

/** Where the state stands in the log: stored in the transaction of the last entry's effects. */
export type Applied = { readonly index: number; readonly term: number };

const indexKey = utf8Bytes('consistent_index');
const termKey = utf8Bytes('term');

export function readApplied(txn: ReadTxn): Applied {
  return { index: readNumber(txn, indexKey), term: readNumber(txn, termKey) };
}

export function writeApplied(txn: WriteTxn, applied: Applied): void {
  txn.put('meta', indexKey, numberBytes(applied.index));
  txn.put('meta', termKey, numberBytes(applied.term));
}

function readNumber(txn: ReadTxn, key: Uint8Array): number {
  const bytes = txn.get('meta', key);
  if (bytes === undefined) return 0;
  const value = Number(Buffer.from(bytes.buffer, bytes.byteOffset, 8).readBigUInt64BE());
  assert(Number.isSafeInteger(value), 'the applied index is beyond 2^53');
  return value;
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
