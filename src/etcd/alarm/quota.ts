import { limits } from '../config/limits.ts';
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
 * it may be what makes room.
 */
export function hasSpace(sizeBytes: number, cost: number, quotaBytes: number | undefined): boolean {
  return quotaBytes === undefined || cost === 0 || sizeBytes + cost < quotaBytes;
}

export type QuotaNotice = {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

/** etcd's largest recommended quota. */
const quotaBytesRecommended = 8 * 1024 * 1024 * 1024;

/** What etcd logs of `--quota-backend-bytes` at a start. */
export function quotaNotices(setting: number): readonly QuotaNotice[] {
  const bytes = setting === 0 ? limits.quotaBytesDefault : setting;
  const fields = { 'quota-name': 'v3-applier', 'quota-size-bytes': bytes };
  if (setting < 0) return [{ level: 'info', message: 'disabled backend quota', fields }];
  const sized = { ...fields, 'quota-size': decimalSize(bytes) };
  if (setting === 0) {
    const message = 'enabled backend quota with default value';
    return [{ level: 'info', message, fields: sized }];
  }
  const enabled: QuotaNotice = { level: 'info', message: 'enabled backend quota', fields: sized };
  if (setting <= quotaBytesRecommended) return [enabled];
  const largest = {
    'quota-maximum-size-bytes': quotaBytesRecommended,
    'quota-maximum-size': decimalSize(quotaBytesRecommended),
  };
  const message = 'quota exceeds the maximum value';
  return [{ level: 'warn', message, fields: { ...sized, ...largest } }, enabled];
}

const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** In powers of 1,000 with a digit after the point below 10, as etcd writes sizes: `2.1 GB`. */
export function decimalSize(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const power = Math.floor(Math.log10(bytes) / 3);
  const value = Math.floor((bytes / 1_000 ** power) * 10 + 0.5) / 10;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${sizeUnits[power] ?? ''}`;
}
