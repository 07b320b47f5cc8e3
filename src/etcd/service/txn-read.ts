import { compareBytes, concatBytes, emptyBytes, sizeOf } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import type { Answer } from '../consensus/consensus.ts';
import { answerTooLarge, EtcdError } from '../errors.ts';
import { keyValuesIn } from '../mvcc/entry-run.ts';
import type { ReadSteps } from '../mvcc/store.ts';
import {
  type Compare,
  decodeRangeRequest,
  type RequestOp,
  Compare_CompareResult as Result,
  Compare_CompareTarget as Target,
  type TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import { decodeKeyValue, type KeyValue } from '../proto/generated/mvccpb.ts';
import { bytesField, bytesFieldSize, varintField, writeVarint } from '../watch/wire.ts';
import { rangeBody, rangeBodyBytes } from './range-answer.ts';

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

export type StoreState = {
  readonly currentRevision: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
};

/** `rest` follows the body, from where it is: nobody may change it. */
export type TxnAnswer = Answer & { readonly rest?: readonly Uint8Array[] };

/** ResponseOp.response_range; TxnResponse.succeeded, responses; RangeResponse.header */
const RESPONSE_RANGE = 1;
const SUCCEEDED = 2;
const RESPONSES = 3;
const HEADER = 1;
const HEADER_REVISION = 3;

/** Shorter answers are put together: sending a part of its own costs more than a copy. */
const COPIED_ANSWER_BYTES = 16 * 1024;

/**
 * Reads all ranges of one state, that of the call. Throws Compacted or FutureRev when one range of
 * the chosen branch asks for such a revision, and what is larger than any answer.
 */
export function* txnSteps(
  request: TxnRequest,
  { currentRevision: revision, compactRevision }: StoreState,
  bytesMax: number = limits.answerBytesMax,
): ReadSteps<TxnAnswer> {
  let succeeded = true;
  for (const compare of request.compare) {
    const { key, rangeEnd } = compare;
    const { pieces } = yield { ...defaultRange, key, rangeEnd };
    if (!holds(compare, pieces)) {
      succeeded = false;
      break;
    }
  }
  const header = bytesField(HEADER, varintField(HEADER_REVISION, revision));
  const parts: Uint8Array[] = [varintField(SUCCEEDED, succeeded ? 1 : 0)];
  let size = 0;
  for (const op of succeeded ? request.success : request.failure) {
    if (op.requestRange === undefined) continue;
    // Alone a negative revision means the newest; within a transaction etcd takes it as it is.
    const { revision: asked } = op.requestRange;
    if (asked < 0 && asked < compactRevision) throw new EtcdError('Compacted');
    const result = yield op.requestRange;
    const rangeBytes = header.length + rangeBodyBytes(result);
    size += bytesFieldSize(RESPONSES, bytesFieldSize(RESPONSE_RANGE, rangeBytes));
    if (size > bytesMax) throw answerTooLarge(size, bytesMax);
    parts.push(responseHead(rangeBytes), header, ...rangeBody(result));
  }
  if (sizeOf(parts) <= COPIED_ANSWER_BYTES) return { body: concatBytes(parts), revision };
  return { body: emptyBytes, rest: parts, revision };
}

/** Tags and lengths in front of a range's answer: those of the operation and its own. */
function responseHead(rangeBytes: number): Uint8Array {
  const operationBytes = bytesFieldSize(RESPONSE_RANGE, rangeBytes);
  const head = new Uint8Array(HEAD_BYTES_MAX);
  head[0] = (RESPONSES << 3) | BYTES_TYPE;
  let at = writeVarint(head, 1, operationBytes);
  head[at] = (RESPONSE_RANGE << 3) | BYTES_TYPE;
  at = writeVarint(head, at + 1, rangeBytes);
  return head.subarray(0, at);
}

const HEAD_BYTES_MAX = 2 * (1 + 8);
const BYTES_TYPE = 2;

function everyOp(request: TxnRequest, test: (op: RequestOp) => boolean): boolean {
  return request.success.every(test) && request.failure.every(test);
}

const defaultRange = decodeRangeRequest(emptyBytes);

/** All keys of its range must satisfy it; without any key only VALUE fails outright. */
function holds(compare: Compare, pieces: readonly Uint8Array[]): boolean {
  const kvs = keyValuesIn(pieces);
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
