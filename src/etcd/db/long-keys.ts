import { concatBytes, emptyBytes } from '../../base/bytes.ts';
import type { Entry } from '../backend/backend.ts';
import { type LongEntry, parseLong, shortKeyBytesMax } from '../mvcc/key-index.ts';
import type { LmdbReads } from './lmdb-reads.ts';

/**
 * The keys of `index_long` with their records, in order. An entry that cannot be read is told, and
 * those behind it are read all the same: nothing leads from one to the next.
 */
export function* longKeys(
  reads: LmdbReads,
  damaged: (prefix: Uint8Array, kind: string, message: string) => void,
): Iterable<Entry> {
  for (const [prefix, value] of reads.range('index_long', emptyBytes, undefined)) {
    if (prefix.length !== shortKeyBytesMax) {
      damaged(prefix, 'index-order', `its keys begin with ${prefix.length} bytes`);
    }
    for (const { rest, record } of listed(prefix, value, damaged)) {
      if (rest.length === 0)
        damaged(prefix, 'index-order', 'a key without more bytes is among them');
      else yield [concatBytes([prefix, rest]), record];
    }
  }
}

function listed(
  prefix: Uint8Array,
  value: Uint8Array,
  damaged: (prefix: Uint8Array, kind: string, message: string) => void,
): readonly LongEntry[] {
  try {
    return parseLong(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    damaged(prefix, 'index-record', `its list of long keys cannot be read: ${why}`);
    return [];
  }
}
