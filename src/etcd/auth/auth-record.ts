import { createHash } from 'node:crypto';
import { compareBytes, concatBytes, emptyBytes, utf8Bytes } from '../../base/bytes.ts';
import type { Entry, ReadTxn, WriteTxn } from '../backend/backend.ts';
import {
  decodeRole,
  decodeUser,
  encodeRole,
  encodeUser,
  type Role,
  type User,
} from '../proto/generated/authpb.ts';

/*
 *   auth       authEnabled   01 or 00; absent until first enabled
 *              authRevision  8 bytes, big endian
 *   authUsers  name          authpb.User
 *   authRoles  name          authpb.Role
 *
 * as in etcd, but for names that are too long for a backend key: those stand under their first
 * bytes and a hash. The record itself has the name.
 */
const enabledKey = utf8Bytes('authEnabled');
const revisionKey = utf8Bytes('authRevision');

/** Names up to this length are their own keys, longer ones never are: the two cannot meet. */
const plainNameBytesMax = 1_900;

/** bbolt's longest key: etcd itself breaks at a longer name. */
export const nameBytesMax = 32_768;

export function readAuth(txn: ReadTxn): { enabled: boolean; revision: number } {
  const enabled = txn.get('auth', enabledKey);
  const revision = txn.get('auth', revisionKey);
  return {
    enabled: enabled?.length === 1 && enabled[0] === 1,
    revision: revision === undefined ? 0 : Number(Buffer.from(revision).readBigUInt64BE()),
  };
}

export function writeEnabled(txn: WriteTxn, enabled: boolean): void {
  txn.put('auth', enabledKey, Uint8Array.of(enabled ? 1 : 0));
}

export function writeRevision(txn: WriteTxn, revision: number): void {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(revision));
  txn.put('auth', revisionKey, bytes);
}

export function readUsers(txn: ReadTxn): User[] {
  return [...txn.range('authUsers', emptyBytes, undefined)].map(([, value]) => decodeUser(value));
}

export function writeUser(txn: WriteTxn, user: User): void {
  txn.put('authUsers', authRecordKey(user.name), encodeUser(user));
}

export function deleteUser(txn: WriteTxn, name: string): void {
  txn.delete('authUsers', authRecordKey(utf8Bytes(name)));
}

export function readRoles(txn: ReadTxn): Role[] {
  return [...txn.range('authRoles', emptyBytes, undefined)].map(([, value]) => decodeRole(value));
}

export function writeRole(txn: WriteTxn, role: Role): void {
  txn.put('authRoles', authRecordKey(role.name), encodeRole(role));
}

export function deleteRole(txn: WriteTxn, name: string): void {
  txn.delete('authRoles', authRecordKey(utf8Bytes(name)));
}

export function authRecordKey(name: Uint8Array): Uint8Array {
  if (name.length <= plainNameBytesMax) return name;
  const hash = createHash('sha256').update(name).digest();
  return concatBytes([name.subarray(0, plainNameBytesMax), hash]);
}

/** The records of a bucket under their whole names, in order: as etcd has them. */
export function authRecords(txn: ReadTxn, bucket: 'authUsers' | 'authRoles'): readonly Entry[] {
  const nameOf = (value: Uint8Array): Uint8Array =>
    bucket === 'authUsers' ? decodeUser(value).name : decodeRole(value).name;
  return [...txn.range(bucket, emptyBytes, undefined)]
    .map(([key, value]): Entry => [key.length <= plainNameBytesMax ? key : nameOf(value), value])
    .sort(([a], [b]) => compareBytes(a, b));
}
