import { assert } from '../../base/assert.ts';
import { compareBytes, emptyBytes } from '../../base/bytes.ts';
import { EtcdError } from '../errors.ts';
import type { RangeRequest, RequestOp, TxnRequest } from '../proto/generated/etcdserverpb.ts';
import { bytesOf, type Part, ResponseField, TxnMessage, type TxnResponse } from './answer.ts';
import { compareHolds } from './compare.ts';
import type { ApplyContext } from './context.ts';
import { applyDeleteRange, applyPut, applyRange, checkPut } from './kv.ts';

/** Which branch a transaction takes, and the nested ones of that branch in their order. */
type Path = {
  readonly succeeded: boolean;
  readonly ops: readonly RequestOp[];
  readonly nested: readonly Path[];
};

/**
 * A transaction in three steps: all compares, nested ones too, are decided on the state before it;
 * then everything that will run is checked, so that an error changes nothing; then it runs in
 * order, later operations seeing earlier ones. Throws FutureRev, Compacted, LeaseNotFound or
 * KeyNotFound.
 */
export function applyTxn(context: ApplyContext, request: TxnRequest): Uint8Array {
  const path = choosePath(context, request);
  checkPath(context, path, undefined);
  const answer = runPath(context, path, false);
  return context.wantsAnswer ? bytesOf(answer) : emptyBytes;
}

const noPaths: readonly Path[] = [];

function choosePath(context: ApplyContext, request: TxnRequest): Path {
  let succeeded = true;
  for (const compare of request.compare) {
    if (!succeeded) break;
    context.state.store.counts.ranges += 1;
    succeeded = compareHolds(context.write, compare);
  }
  const ops = succeeded ? request.success : request.failure;
  let nested: Path[] | undefined;
  for (const { requestTxn } of ops) {
    if (requestTxn === undefined) continue;
    nested ??= [];
    nested.push(choosePath(context, requestTxn));
  }
  return { succeeded, ops, nested: nested ?? noPaths };
}

/**
 * A put that keeps its key's value or lease after a delete has taken the key is refused too: Go
 * etcd, which looks at the state before the transaction only, ends in the middle of it, and again
 * at every start. Such deletes are those without end; all others that meet a put were refused when
 * the transaction was proposed. `goneFrom` is the first key that they have taken so far.
 */
function checkPath(
  context: ApplyContext,
  path: Path,
  goneFrom: Uint8Array | undefined,
): Uint8Array | undefined {
  let nested = 0;
  let gone = goneFrom;
  for (const { requestRange, requestPut, requestDeleteRange, requestTxn } of path.ops) {
    if (requestRange !== undefined) {
      checkRange(context, requestRange);
    } else if (requestPut !== undefined) {
      checkPut(context, requestPut);
      const { ignoreValue, ignoreLease, key } = requestPut;
      const isKept = ignoreValue || ignoreLease;
      if (isKept && gone !== undefined && compareBytes(key, gone) >= 0) {
        throw new EtcdError('KeyNotFound');
      }
    } else if (requestTxn !== undefined) {
      gone = checkPath(context, path.nested[nested++] as Path, gone);
    } else if (requestDeleteRange !== undefined) {
      const { key, rangeEnd } = requestDeleteRange;
      const isWithoutEnd = rangeEnd.length === 1 && rangeEnd[0] === 0;
      if (isWithoutEnd && (gone === undefined || compareBytes(key, gone) < 0)) gone = key;
    }
  }
  return gone;
}

/** Against the revision before the transaction, even for a range that runs after its writes. */
function checkRange({ state, write }: ApplyContext, { revision }: RangeRequest): void {
  if (revision > write.revision) throw new EtcdError('FutureRev');
  if (revision !== 0 && revision < state.store.compactRevision) throw new EtcdError('Compacted');
}

function runPath(context: ApplyContext, path: Path, isNested: boolean): Part {
  const responses: TxnResponse[] = [];
  let nested = 0;
  for (const op of path.ops) {
    if (op.requestTxn !== undefined) {
      const body = runPath(context, path.nested[nested++] as Path, true);
      responses.push({ field: ResponseField.txn, body });
    } else {
      responses.push(runOp(context, op));
    }
  }
  if (!context.wantsAnswer) return emptyBytes;
  return new TxnMessage(path.succeeded, responses, isNested);
}

function runOp(context: ApplyContext, op: RequestOp): TxnResponse {
  if (op.requestRange !== undefined) {
    return { field: ResponseField.range, body: applyRange(context, op.requestRange, 'in-txn') };
  }
  if (op.requestPut !== undefined) {
    return { field: ResponseField.put, body: applyPut(context, op.requestPut, 'in-txn') };
  }
  assert(op.requestDeleteRange !== undefined, 'a proposed transaction has no empty operation');
  const body = applyDeleteRange(context, op.requestDeleteRange, 'in-txn');
  return { field: ResponseField.deleteRange, body };
}
