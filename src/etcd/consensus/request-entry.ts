import {
  encodeInternalRaftRequest,
  type InternalRaftRequestInit,
} from '../proto/generated/etcdserverpb.ts';

/** The header may say in whose name it is proposed; the id is put in here. */
export function encodeEntry(request: InternalRaftRequestInit, requestId: bigint): Uint8Array {
  const by = request.header;
  const header = by === undefined ? { ID: requestId } : { ...by, ID: requestId };
  return encodeInternalRaftRequest({ ...request, header });
}
