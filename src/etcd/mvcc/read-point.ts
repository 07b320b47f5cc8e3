import { compareBytes } from '../../base/bytes.ts';
import type { ReadTxn } from '../backend/backend.ts';
import { EtcdError } from '../errors.ts';
import type { BlockCache, Fill } from './block-cache.ts';
import type { KeyIndex } from './key-index.ts';

/** One reader of the cache of lists. */
export type ListUse = {
  readonly cache: BlockCache;
  readonly reader: number;
  /** Of a reader whose moment may be over. */
  fill: Fill | undefined;
};

/** The state that a read sees. */
export type ReadPoint = {
  readonly txn: ReadTxn;
  readonly index: KeyIndex;
  /** The newest revision that is visible here; inside a txn that of its own changes. */
  readonly currentRevision: number;
  readonly compactRevision: number;
  /** Absent within a transaction that writes: the cache knows nothing of its changes. */
  readonly lists?: ListUse | undefined;
};

/** Half-open; `to` undefined: to the end. */
export type KeyRange = { readonly from: Uint8Array; readonly to: Uint8Array | undefined };

/** undefined for a range that holds no key at all. */
export function keyRange(key: Uint8Array, rangeEnd: Uint8Array): KeyRange | undefined {
  if (rangeEnd.length === 0) return { from: key, to: afterKey(key) };
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return { from: key, to: undefined };
  return compareBytes(key, rangeEnd) < 0 ? { from: key, to: rangeEnd } : undefined;
}

function afterKey(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

/** Throws EtcdError Compacted or FutureRev; otherwise the revision to read at. */
export function checkReadRevision(
  revision: number,
  point: Pick<ReadPoint, 'currentRevision' | 'compactRevision'>,
): number {
  if (revision > point.currentRevision) throw new EtcdError('FutureRev');
  if (revision <= 0) return point.currentRevision;
  if (revision < point.compactRevision) throw new EtcdError('Compacted');
  return revision;
}
