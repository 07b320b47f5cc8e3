import { limits } from '../config/limits.ts';
import { EtcdError } from '../errors.ts';
import type {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import { RangeTree } from '../watch/range-tree.ts';

/** The largest known value of RangeRequest's SortOrder and SortTarget. */
const SORT_ORDER_MAX = 2;
const SORT_TARGET_MAX = 4;

/*
 * Shape checks of KV requests, in etcd's order: a client that sends several mistakes at once gets
 * the same error from both.
 */

export function checkRange(request: RangeRequest): void {
  if (request.key.length === 0) throw new EtcdError('EmptyKey');
  if (!isEnumValue(request.sortOrder, SORT_ORDER_MAX)) throw new EtcdError('InvalidSortOption');
  if (!isEnumValue(request.sortTarget, SORT_TARGET_MAX)) throw new EtcdError('InvalidSortOption');
}

export function checkPut(request: PutRequest): void {
  if (request.key.length === 0) throw new EtcdError('EmptyKey');
  if (request.ignoreValue && request.value.length !== 0) throw new EtcdError('ValueProvided');
  if (request.ignoreLease && request.lease !== 0n) throw new EtcdError('LeaseProvided');
}

export function checkDeleteRange(request: DeleteRangeRequest): void {
  if (request.key.length === 0) throw new EtcdError('EmptyKey');
}

/** First the shape of the whole tree, then overlaps within the success and the failure branch. */
export function checkTxn(request: TxnRequest, opsMax: number): void {
  checkTxnShape(request, opsMax, 0);
  if (mayOverlap(request.success)) checkOverlaps(request.success);
  if (mayOverlap(request.failure)) checkOverlaps(request.failure);
}

/** One operation alone, as in most transactions of Kubernetes, meets no other. */
function mayOverlap(ops: readonly RequestOp[]): boolean {
  return ops.length > 1 || ops[0]?.requestTxn !== undefined;
}

/** A nested transaction may use what its parent left of the budget. */
function checkTxnShape(request: TxnRequest, opsMax: number, depth: number): void {
  const { compare, success, failure } = request;
  const ops = Math.max(compare.length, success.length, failure.length);
  if (ops > opsMax || depth > limits.txnDepthMax) throw new EtcdError('TooManyOps');
  for (const { key } of compare) if (key.length === 0) throw new EtcdError('EmptyKey');
  for (const op of success) checkOp(op, opsMax - ops, depth);
  for (const op of failure) checkOp(op, opsMax - ops, depth);
}

/** An operation without content is answered KeyNotFound, as etcd does. */
function checkOp(op: RequestOp, opsMax: number, depth: number): void {
  if (op.requestRange !== undefined) checkRange(op.requestRange);
  else if (op.requestPut !== undefined) checkPut(op.requestPut);
  else if (op.requestDeleteRange !== undefined) checkDeleteRange(op.requestDeleteRange);
  else if (op.requestTxn !== undefined) checkTxnShape(op.requestTxn, opsMax, depth + 1);
  else throw new EtcdError('KeyNotFound');
}

type Deleted = { readonly from: Uint8Array; readonly to: Uint8Array };
type Touched = { readonly puts: Set<string>; readonly deletes: readonly Deleted[] };

/**
 * No key may be put twice, or put and deleted, by one branch with everything nested in it. The two
 * branches of one nested transaction exclude each other, so they may put the same key. Deletes may
 * overlap. Deletes of nested transactions count for what stands behind them, as in etcd.
 */
function checkOverlaps(ops: readonly RequestOp[]): Touched {
  const deletes: Deleted[] = [];
  const tree = new RangeTree<true>();
  const addDelete = (range: Deleted): void => {
    deletes.push(range);
    tree.add(range, true);
  };
  for (const { requestDeleteRange } of ops) {
    if (requestDeleteRange !== undefined) addDelete(deletedRange(requestDeleteRange));
  }
  const puts = new Set<string>();
  const addPut = (key: string, mayRepeat: ReadonlySet<string> | undefined): void => {
    if (puts.has(key) && mayRepeat?.has(key) !== true) throw new EtcdError('DuplicateKey');
    if (tree.covers(Buffer.from(key, 'latin1'))) throw new EtcdError('DuplicateKey');
    puts.add(key);
  };
  for (const { requestTxn } of ops) {
    if (requestTxn === undefined) continue;
    const success = checkOverlaps(requestTxn.success);
    const failure = checkOverlaps(requestTxn.failure);
    for (const key of success.puts) addPut(key, undefined);
    for (const key of failure.puts) addPut(key, success.puts);
    for (const range of success.deletes) addDelete(range);
    for (const range of failure.deletes) addDelete(range);
  }
  for (const { requestPut } of ops) {
    if (requestPut !== undefined) addPut(keyText(requestPut.key), undefined);
  }
  return { puts, deletes };
}

/** A single key is the range up to its immediate successor. */
function deletedRange(request: DeleteRangeRequest): Deleted {
  const { key, rangeEnd } = request;
  if (rangeEnd.length !== 0) return { from: key, to: rangeEnd };
  const to = new Uint8Array(key.length + 1);
  to.set(key);
  return { from: key, to };
}

function isEnumValue(value: number, max: number): boolean {
  return value >= 0 && value <= max;
}

function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
