import {
  decodeCompactionRequest,
  decodeDeleteRangeRequest,
  decodeLeaseGrantRequest,
  decodeLeaseKeepAliveRequest,
  decodeLeaseRevokeRequest,
  decodePutRequest,
  decodeRangeRequest,
  decodeTxnRequest,
  decodeWatchRequest,
  type RequestOp,
} from '../proto/generated/etcdserverpb.ts';
import type { InnerSpan } from './otel.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
/** Identities are signed in etcd's spans. */
const id = (value: bigint): number => Number(BigInt.asIntN(64, value));

/** What etcd calls the work of a method and says about it, by the method's path. */
export const innerSpans: ReadonlyMap<string, (request: Uint8Array) => InnerSpan | undefined> =
  new Map([
    ['/etcdserverpb.KV/Range', (request) => rangeSpan('range', request)],
    ['/etcdserverpb.KV/RangeStream', (request) => rangeSpan('range_streaming', request)],
    [
      '/etcdserverpb.KV/Put',
      (request) => ({ name: 'put', attributes: { key: text(decodePutRequest(request).key) } }),
    ],
    [
      '/etcdserverpb.KV/DeleteRange',
      (request) => {
        const { key, rangeEnd } = decodeDeleteRangeRequest(request);
        const attributes = { range_begin: text(key), range_end: text(rangeEnd) };
        return { name: 'delete_range', attributes };
      },
    ],
    ['/etcdserverpb.KV/Txn', txnSpan],
    [
      '/etcdserverpb.KV/Compact',
      (request) => {
        const { physical, revision } = decodeCompactionRequest(request);
        return { name: 'compact', attributes: { is_physical: physical, rev: revision } };
      },
    ],
    [
      '/etcdserverpb.Lease/LeaseGrant',
      (request) => {
        const { ID, TTL } = decodeLeaseGrantRequest(request);
        return { name: 'lease_grant', attributes: { id: id(ID), ttl: TTL } };
      },
    ],
    [
      '/etcdserverpb.Lease/LeaseRevoke',
      (request) => {
        const { ID } = decodeLeaseRevokeRequest(request);
        return { name: 'lease_revoke', attributes: { id: id(ID) } };
      },
    ],
    [
      '/etcdserverpb.Lease/LeaseKeepAlive',
      (request) => {
        const { ID } = decodeLeaseKeepAliveRequest(request);
        return { name: 'lease_renew', attributes: { id: id(ID) } };
      },
    ],
    ['/etcdserverpb.Watch/Watch', watchSpan],
  ]);

function rangeSpan(name: 'range' | 'range_streaming', request: Uint8Array): InnerSpan {
  const { key, rangeEnd, revision, limit, countOnly, keysOnly } = decodeRangeRequest(request);
  const attributes = {
    range_begin: text(key),
    range_end: text(rangeEnd),
    rev: revision,
    limit,
    count_only: countOnly,
  };
  return name === 'range'
    ? { name, attributes: { ...attributes, keys_only: keysOnly } }
    : { name, attributes };
}

function watchSpan(request: Uint8Array): InnerSpan | undefined {
  const { createRequest } = decodeWatchRequest(request);
  if (createRequest === undefined) return undefined;
  const { key, rangeEnd, startRevision, progressNotify, prevKv, fragment } = createRequest;
  const attributes = {
    key: text(key),
    // A single zero byte stands for "no end", which etcd shows as none.
    range_end: rangeEnd.length === 1 && rangeEnd[0] === 0 ? '' : text(rangeEnd),
    start_rev: startRevision,
    progress_notify: progressNotify,
    prev_kv: prevKv,
    fragment,
  };
  return { name: 'watch', attributes };
}

function txnSpan(request: Uint8Array): InnerSpan {
  const { compare, success, failure } = decodeTxnRequest(request);
  const put = success.find(({ requestPut }) => requestPut !== undefined)?.requestPut;
  const attributes = {
    compare_first_key: first(compare.map(({ key }) => text(key))),
    success_first_key: first(success.map(keyOf)),
    success_first_type: first(success.map(typeOf)),
    success_first_lease: put === undefined ? -1 : id(put.lease),
    compare_len: compare.length,
    success_len: success.length,
    failure_len: failure.length,
    read_only: [...success, ...failure].every((op) => op.requestRange !== undefined),
  };
  return { name: 'txn', attributes };
}

/** The first that says something. */
function first(texts: readonly string[]): string {
  return texts.find((said) => said !== '') ?? '';
}

function keyOf({ requestRange, requestPut, requestDeleteRange }: RequestOp): string {
  const request = requestRange ?? requestPut ?? requestDeleteRange;
  return request === undefined ? '' : text(request.key);
}

function typeOf(op: RequestOp): string {
  if (op.requestRange !== undefined) return 'range';
  if (op.requestPut !== undefined) return 'put';
  if (op.requestDeleteRange !== undefined) return 'delete_range';
  return op.requestTxn === undefined ? '' : 'txn';
}
