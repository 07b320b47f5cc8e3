import { crc32c } from '@node-rs/crc32';
import { compareBytes, utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import type { BboltSource } from './bbolt-writer.ts';

/** Keys of bucket `meta` that differ between members that agree. */
const ignoredByMaintenance = new Set(['consistent_index', 'term', 'storageVersion']);

/**
 * CRC-32C over every bucket's name, then each key and value, in byte order: the hash that
 * `etcdutl snapshot status` prints. With `maintenance` it is the one of etcd's Maintenance.Hash,
 * which leaves out what is each member's own.
 */
export function hashBuckets(
  source: BboltSource,
  kind: 'status' | 'maintenance' = 'status',
): number {
  const hashing = hashSteps(source, kind, Number.POSITIVE_INFINITY);
  let step = hashing.next();
  while (step.done !== true) step = hashing.next();
  return step.value;
}

/** The hash of Maintenance.Hash without holding up the event loop: `turn` is awaited now and then. */
export async function hashBucketsInTurns(
  source: BboltSource,
  turn: () => Promise<void>,
): Promise<number> {
  const hashing = hashSteps(source, 'maintenance', limits.bboltEntriesPerTurn);
  for (;;) {
    const step = hashing.next();
    if (step.done === true) return step.value;
    await turn();
  }
}

function* hashSteps(
  source: BboltSource,
  kind: 'status' | 'maintenance',
  entriesPerStep: number,
): Generator<void, number> {
  const buckets = source.buckets.map((bucket) => ({ bucket, name: utf8Bytes(bucket.name) }));
  buckets.sort((a, b) => compareBytes(a.name, b.name));
  let crc = 0;
  let entries = 0;
  for (const { bucket, name } of buckets) {
    crc = crc32c(name, crc);
    const ignores = kind === 'maintenance' && bucket.name === 'meta';
    for (const [key, value] of bucket.entries()) {
      if (++entries % entriesPerStep === 0) yield;
      if (ignores && ignoredByMaintenance.has(utf8Text(key))) continue;
      crc = crc32c(value, crc32c(key, crc));
    }
  }
  return crc;
}
