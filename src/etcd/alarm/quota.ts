import type { PutRequest, RequestOp, TxnRequest } from '../proto/generated/etcdserverpb.ts';

/** What etcd counts for a put besides key and value, and for a lease. */
const putOverheadBytes = 256;
export const leaseGrantCost = 64;

export function putCost(request: PutRequest): number {
  return putOverheadBytes + request.key.length + request.value.length;
}

/** The dearer branch; ranges and deletes cost nothing. */
export function txnCost(request: TxnRequest): number {
  return Math.max(branchCost(request.success), branchCost(request.failure));
}

function branchCost(ops: readonly RequestOp[]): number {
  let cost = 0;
  for (const { requestPut, requestTxn } of ops) {
    if (requestPut !== undefined) cost += putCost(requestPut);
    if (requestTxn !== undefined) cost += txnCost(requestTxn);
  }
  return cost;
}

/**
 * Whether `cost` more bytes fit; `quotaBytes` undefined: no quota. What costs nothing always fits:
 * a full store is made smaller by transactions that delete.
 */
export function hasSpace(sizeBytes: number, cost: number, quotaBytes: number | undefined): boolean {
  return quotaBytes === undefined || cost === 0 || sizeBytes + cost < quotaBytes;
}
