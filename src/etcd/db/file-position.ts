import { emptyBytes, utf8Text } from '../../base/bytes.ts';
import type { Applied } from '../apply/applied-index.ts';
import type { LmdbBackend } from '../backend/lmdb-backend.ts';
import { mainOf } from '../mvcc/revision.ts';
import type { BboltFile } from '../snap/bbolt-reader.ts';

/** The last entry of the log that a database of etcd has in it. Below 3.5 the term is 0. */
export function positionOf(file: BboltFile): Applied {
  return { index: numberIn(file, 'consistent_index'), term: numberIn(file, 'term') };
}

/** 1 in an empty store. */
export function newestRevision(backend: LmdbBackend): number {
  const last = backend.latest.range('history', emptyBytes, undefined, { reverse: true, limit: 1 });
  for (const [key] of last) return mainOf(key);
  return 1;
}

function numberIn(file: BboltFile, name: string): number {
  for (const [key, value] of file.entries('meta')) {
    if (utf8Text(key) !== name) continue;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
    const number = bytes.length === 8 ? Number(bytes.readBigUInt64BE()) : Number.NaN;
    if (!Number.isSafeInteger(number)) {
      throw new Error(`bucket meta, ${name}: ${bytes.toString('hex')} is no index of a log`);
    }
    return number;
  }
  return 0;
}
