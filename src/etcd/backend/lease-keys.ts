import { createHash } from 'node:crypto';
import { compareBytes, emptyBytes } from '../../base/bytes.ts';
import type { ReadTxn, WriteTxn } from './backend.ts';

/*
 * Bucket lease_keys: which keys are attached to a lease.
 *
 *   lease id, 8 bytes big endian | key                                        → empty
 *   lease id | first bytes of a long key | 00 | SHA-256 of the whole key      → the key
 */
const plainKeyBytesMax = 1900;
const idBytes = 8;
const longMark = new Uint8Array(1);

export function attachKey(txn: WriteTxn, lease: bigint, key: Uint8Array): void {
  txn.put('lease_keys', entryKey(lease, key), key.length > plainKeyBytesMax ? key : emptyBytes);
}

export function detachKey(txn: WriteTxn, lease: bigint, key: Uint8Array): void {
  txn.delete('lease_keys', entryKey(lease, key));
}

/** In byte order. */
export function attachedKeys(txn: ReadTxn, lease: bigint): Uint8Array[] {
  const keys: Uint8Array[] = [];
  let sorted = true;
  for (const [key, value] of txn.range('lease_keys', leaseIdBytes(lease), afterLease(lease))) {
    if (value.length > 0) sorted = false;
    keys.push(value.length > 0 ? value : key.subarray(idBytes));
  }
  return sorted ? keys : keys.sort(compareBytes);
}

/** How etcd writes a lease id in its `lease` bucket too. */
export function leaseIdBytes(lease: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(idBytes);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, lease));
  return bytes;
}

function afterLease(lease: bigint): Buffer | undefined {
  const next = BigInt.asUintN(64, lease + 1n);
  return next === 0n ? undefined : leaseIdBytes(next);
}

function entryKey(lease: bigint, key: Uint8Array): Uint8Array {
  if (key.length <= plainKeyBytesMax) return Buffer.concat([leaseIdBytes(lease), key]);
  const digest = createHash('sha256').update(key).digest();
  return Buffer.concat([leaseIdBytes(lease), key.subarray(0, plainKeyBytesMax), longMark, digest]);
}
