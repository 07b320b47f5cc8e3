import { compareBytes, concatBytes, emptyBytes } from '../../base/bytes.ts';
import type { Answer } from '../consensus/consensus.ts';
import { EtcdError } from '../errors.ts';
import { keyValuesOf, type RangeResult } from '../mvcc/store.ts';
import {
  type Compare,
  decodeRangeRequest,
  type RangeRequest,
  type RequestOp,
  Compare_CompareResult as Result,
  Compare_CompareTarget as Target,
  type TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import { decodeKeyValue, type KeyValue } from '../proto/generated/mvccpb.ts';
import { bytesField, varintField } from '../watch/wire.ts';
import { rangeBody } from './range-answer.ts';

/*
 * Transactions that only read are answered from the store of this member: they need no entry in
 * the log. Both branches decide that, whichever will be taken.
 */

/** Every operation of both branches is a plain range. A nested transaction makes it a write. */
export function isReadOnly(request: TxnRequest): boolean {
  return everyOp(request, (op) => op.requestRange !== undefined);
}

/** No operation asks for a linearizable answer; then not even a read barrier is needed. */
export function isSerializable(request: TxnRequest): boolean {
  return everyOp(request, (op) => op.requestRange?.serializable === true);
}

export type RangeReader = {
  readonly currentRevision: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
  range(request: RangeRequest): RangeResult;
};

/** ResponseOp.response_range; TxnResponse.succeeded, responses; RangeResponse.header */
const RESPONSE_RANGE = 1;
const SUCCEEDED = 2;
const RESPONSES = 3;
const HEADER = 1;
const HEADER_REVISION = 3;

/** Throws Compacted or FutureRev when one range of the chosen branch asks for such a revision. */
export function readTxn(request: TxnRequest, store: RangeReader): Answer {
  const revision = store.currentRevision;
  const succeeded = request.compare.every((compare) => holds(compare, store));
  const header = bytesField(HEADER, varintField(HEADER_REVISION, revision));
  const parts: Uint8Array[] = [varintField(SUCCEEDED, succeeded ? 1 : 0)];
  for (const op of succeeded ? request.success : request.failure) {
    if (op.requestRange === undefined) continue;
    // Alone a negative revision means the newest; within a transaction etcd takes it as it is.
    const { revision: asked } = op.requestRange;
    if (asked < 0 && asked < store.compactRevision) throw new EtcdError('Compacted');
    const range = concatBytes([header, ...rangeBody(store.range(op.requestRange))]);
    parts.push(bytesField(RESPONSES, bytesField(RESPONSE_RANGE, range)));
  }
  return { body: concatBytes(parts), revision };
}

function everyOp(request: TxnRequest, test: (op: RequestOp) => boolean): boolean {
  return request.success.every(test) && request.failure.every(test);
}

const defaultRange = decodeRangeRequest(emptyBytes);

/** All keys of the range must satisfy it; without any key only VALUE fails outright. */
function holds(compare: Compare, store: RangeReader): boolean {
  const { key, rangeEnd } = compare;
  const kvs = keyValuesOf(store.range({ ...defaultRange, key, rangeEnd }));
  if (kvs.length === 0) {
    return compare.target !== Target.VALUE && resultHolds(compare, undefined);
  }
  return kvs.every((kv) => resultHolds(compare, decodeKeyValue(kv)));
}

function resultHolds(compare: Compare, kv: KeyValue | undefined): boolean {
  const order = compareTarget(compare, kv);
  switch (compare.result) {
    case Result.EQUAL:
      return order === 0;
    case Result.GREATER:
      return order > 0;
    case Result.LESS:
      return order < 0;
    case Result.NOT_EQUAL:
      return order !== 0;
    default:
      return true;
  }
}

/** A value that the client left out counts as zero or empty. */
function compareTarget(compare: Compare, kv: KeyValue | undefined): number {
  switch (compare.target) {
    case Target.VERSION:
      return (kv?.version ?? 0) - (compare.version ?? 0);
    case Target.CREATE:
      return (kv?.createRevision ?? 0) - (compare.createRevision ?? 0);
    case Target.MOD:
      return (kv?.modRevision ?? 0) - (compare.modRevision ?? 0);
    case Target.VALUE:
      return compareBytes(kv?.value ?? emptyBytes, compare.value ?? emptyBytes);
    case Target.LEASE: {
      const lease = kv?.lease ?? 0n;
      const wanted = compare.lease ?? 0n;
      return lease < wanted ? -1 : lease > wanted ? 1 : 0;
    }
    default:
      return 0;
  }
}
