import type { RangeResult } from '../mvcc/store.ts';
import { varintField } from '../watch/wire.ts';

/** RangeResponse.more, count */
const MORE = 3;
const COUNT = 4;

/** A RangeResponse without its header, in pieces: the stored KeyValues, then what is said of them. */
export function rangeBody(result: RangeResult): readonly Uint8Array[] {
  const more = varintField(MORE, result.more ? 1 : 0);
  return [...result.pieces, more, varintField(COUNT, result.count)];
}
