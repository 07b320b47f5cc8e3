import { assert } from '../../base/assert.ts';

/** `main` counts changing requests; `sub` counts the changes of one request from 0. */
export type Revision = { readonly main: number; readonly sub: number };

/*
 * Key of the history bucket:   main, 8 bytes big endian | sub, 4 bytes big endian
 * etcd's key in bucket `key`:  the same main | '_' | sub, 8 bytes big endian | 't' of a tombstone
 */
export const historyKeyBytes = 12;
export const etcdKeyBytes = 17;

const TWO_32 = 4294967296;

export function writeHistoryKey(target: Buffer, main: number, sub: number): void {
  target.writeUInt32BE(Math.floor(main / TWO_32), 0);
  target.writeUInt32BE(main % TWO_32, 4);
  target.writeUInt32BE(sub, 8);
}

export function historyKey(main: number, sub: number): Buffer {
  const key = Buffer.allocUnsafe(historyKeyBytes);
  writeHistoryKey(key, main, sub);
  return key;
}

export function mainOf(key: Uint8Array): number {
  return uint32At(key, 0) * TWO_32 + uint32At(key, 4);
}

export function subOf(key: Uint8Array): number {
  return uint32At(key, 8);
}

/** The revision as etcd's `key` bucket and its compaction marks write it. */
export function etcdRevisionKey(main: number, sub: number, tombstone: boolean): Buffer {
  const key = Buffer.alloc(tombstone ? etcdKeyBytes + 1 : etcdKeyBytes);
  writeEtcdRevisionKey(key, 0, main, sub, tombstone);
  return key;
}

/** Returns how many bytes were written. */
export function writeEtcdRevisionKey(
  target: Buffer,
  at: number,
  main: number,
  sub: number,
  tombstone: boolean,
): number {
  target.writeUInt32BE(Math.floor(main / TWO_32), at);
  target.writeUInt32BE(main % TWO_32, at + 4);
  target[at + 8] = 0x5f;
  target.writeUInt32BE(0, at + 9);
  target.writeUInt32BE(sub, at + 13);
  if (!tombstone) return etcdKeyBytes;
  target[at + etcdKeyBytes] = 0x74;
  return etcdKeyBytes + 1;
}

export type EtcdRevision = Revision & { readonly tombstone: boolean };

/** Parses a key of etcd's `key` bucket or a compaction mark; throws on anything else. */
export function parseEtcdRevisionKey(key: Uint8Array): EtcdRevision {
  const tombstone = key.length === etcdKeyBytes + 1;
  const wellFormed = (key.length === etcdKeyBytes || tombstone) && key[8] === 0x5f;
  if (!wellFormed || (tombstone && key[etcdKeyBytes] !== 0x74)) {
    throw new Error(`not a revision key: ${Buffer.from(key).toString('hex')}`);
  }
  const main = mainOf(key);
  const sub = uint32At(key, 9) * TWO_32 + uint32At(key, 13);
  assert(Number.isSafeInteger(main), `revision ${main} is beyond 2^53`);
  if (sub >= TWO_32) throw new Error(`sub revision ${sub} is beyond 2^32`);
  return { main, sub, tombstone };
}

function uint32At(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
