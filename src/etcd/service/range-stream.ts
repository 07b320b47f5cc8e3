import { concatBytes } from '../../base/bytes.ts';
import { Code, StatusError } from '../errors.ts';
import {
  encodeRangeResponse,
  type RangeRequest,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
  type RangeResponse,
  type RangeResponseInit,
} from '../proto/generated/etcdserverpb.ts';
import { checkRange } from './txn-check.ts';

/** etcd's first piece; the next ones grow and shrink towards half to twice a largest request. */
const FIRST_PIECE_KEYS = 10;
const keyEnd = Uint8Array.of(0);

type AskRange = (request: RangeRequest) => Promise<RangeResponse>;

/**
 * The answer to a Range in pieces of bounded size, all of one revision. Put together (repeated
 * fields one after the other, the others from the last piece that has them) they are what Range
 * answers; header, count and `more` come with the last piece only.
 */
export async function* rangeInPieces(
  request: RangeRequest,
  range: AskRange,
  pieceBytesTarget: number,
): AsyncGenerator<RangeResponseInit, void, undefined> {
  checkRange(request);
  checkStreamed(request);
  const isOnePiece = request.countOnly || request.rangeEnd.length === 0 || request.limit < 0;
  if (isOnePiece) return yield await range(request);
  let pieceKeys = FIRST_PIECE_KEYS;
  let remaining = request.limit > 0 ? request.limit : Number.POSITIVE_INFINITY;
  const first = await range({ ...request, limit: Math.min(pieceKeys, remaining) });
  const { header } = first;
  const revision = request.revision > 0 ? request.revision : (header?.revision ?? 0);
  // The first piece has waited for the leader; its revision is what all others read.
  const { KEY: sortTarget } = RangeRequest_SortTarget;
  const rest = { ...request, sortTarget, revision, serializable: true };
  const isSorted = request.sortTarget !== sortTarget;
  // A target without an order sorts the only piece, as in etcd. Of several, etcd sorts each and
  // goes on behind what then is its last key; here they are in the order of keys, none is lost.
  if (isSorted && (!first.more || first.kvs.length >= remaining)) {
    const count = first.more ? await countOf(rest, range) : first.kvs.length;
    return yield { ...first, count };
  }
  // What sorting has cut off need not be the last key: the first piece is read once more.
  let piece = isSorted ? await range({ ...rest, limit: pieceKeys }) : first;
  for (let sent = 0; ; ) {
    const { kvs, more } = piece;
    sent += kvs.length;
    remaining -= kvs.length;
    const last = kvs.at(-1);
    if (last === undefined) return yield { header, kvs, more, count: sent };
    const key = concatBytes([last.key, keyEnd]);
    if (!more || remaining <= 0) {
      const count = sent + (more ? await countOf({ ...rest, key }, range) : 0);
      return yield { header, kvs, more, count };
    }
    yield { kvs };
    pieceKeys = nextPieceKeys(pieceKeys, encodeRangeResponse({ kvs }).length, pieceBytesTarget);
    piece = await range({ ...rest, key, limit: Math.min(pieceKeys, remaining) });
  }
}

async function countOf(request: RangeRequest, range: AskRange): Promise<number> {
  return (await range({ ...request, limit: 0, countOnly: true })).count;
}

function nextPieceKeys(keys: number, bytes: number, bytesTarget: number): number {
  if (bytes < bytesTarget / 2) return keys * 2;
  if (bytes > bytesTarget * 2) return Math.max(1, Math.floor(keys / 2));
  return keys;
}

/** What could only be answered after everything was read. */
function checkStreamed(request: RangeRequest): void {
  const { sortOrder, sortTarget } = request;
  const isByKey = sortTarget === RangeRequest_SortTarget.KEY;
  const isSorted =
    sortOrder === RangeRequest_SortOrder.DESCEND ||
    (sortOrder === RangeRequest_SortOrder.ASCEND && !isByKey);
  if (isSorted) throw refused('custom sort orders');
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  const bounds = [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision];
  if (bounds.some((bound) => bound !== 0)) throw refused('revision filters');
}

function refused(what: string): StatusError {
  return new StatusError(Code.unimplemented, `RangeStream does not support ${what}`);
}
