import type { RangeResult } from '../mvcc/store.ts';
import { varintField, varintSize, writeVarint } from '../watch/wire.ts';

export type { RangeResult } from '../mvcc/store.ts';

/** RangeResponse.more, count */
const MORE = 3;
const COUNT = 4;
/** Number and type of a field below 16 take one byte. */
const TAG_BYTES = 1;

/** A RangeResponse without its header, in pieces: the stored KeyValues, then what is said of them. */
export function rangeBody(result: RangeResult): readonly Uint8Array[] {
  const more = varintField(MORE, result.more ? 1 : 0);
  return [...result.pieces, more, varintField(COUNT, result.count)];
}

/** The length of the same bytes in one piece. */
export function rangeBodyBytes({ pieces, more, count }: RangeResult): number {
  let size = more ? TAG_BYTES + 1 : 0;
  if (count > 0) size += TAG_BYTES + varintSize(count);
  for (const piece of pieces) size += piece.length;
  return size;
}

/** Lays them out and returns the offset behind them. */
export function writeRangeBody(
  out: Uint8Array,
  start: number,
  { pieces, more, count }: RangeResult,
): number {
  let at = start;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  if (more) {
    out[at++] = MORE << 3;
    out[at++] = 1;
  }
  if (count > 0) {
    out[at++] = COUNT << 3;
    at = writeVarint(out, at, count);
  }
  return at;
}
