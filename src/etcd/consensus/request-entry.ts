import type { DecodedRequest } from '../apply/applier.ts';
import {
  encodeInternalRaftRequest,
  type InternalRaftRequestInit,
} from '../proto/generated/etcdserverpb.ts';

type Filled = { -readonly [K in 'put' | 'txn' | 'header']: InternalRaftRequestInit[K] };

/** Of a request in nobody's name; filled for each one in turn. */
const idOnly = { ID: 0n };
const filled: Filled = { put: undefined, txn: undefined, header: idOnly };

/** The header may say in whose name it is proposed; the id is put in here. */
export function encodeEntry(request: InternalRaftRequestInit, requestId: bigint): Uint8Array {
  const by = request.header;
  const header = by === undefined ? { ID: requestId } : { ...by, ID: requestId };
  return encodeInternalRaftRequest({ ...request, header });
}

/** The same for a client's request in nobody's name, without new objects. */
export function encodeDecoded(request: DecodedRequest, requestId: bigint): Uint8Array {
  idOnly.ID = requestId;
  filled.put = request.put;
  filled.txn = request.txn;
  return encodeInternalRaftRequest(filled as InternalRaftRequestInit);
}
