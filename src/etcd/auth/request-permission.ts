import { emptyBytes } from '../../base/bytes.ts';
import type {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import type { AuthInfo } from './auth-info.ts';
import type { AuthStore } from './auth-store.ts';

/** Keys attached to a lease; none when there is no such lease. */
export type AttachedKeys = (lease: bigint) => readonly Uint8Array[];

/** Who asks, by which rules. All checks throw UserEmpty, AuthOldRevision or PermissionDenied. */
export type Asking = {
  readonly auth: AuthStore;
  readonly info: AuthInfo;
  readonly attachedKeys: AttachedKeys;
};

export function checkRangeAllowed({ auth, info }: Asking, request: RangeRequest): void {
  auth.checkPermitted(info, 'read', request.key, request.rangeEnd);
}

/**
 * A lease deletes its keys when it ends, so attaching a key to it takes the right to write all the
 * keys that it has already.
 */
export function checkPutAllowed(asking: Asking, request: PutRequest): void {
  const { auth, info } = asking;
  auth.checkPermitted(info, 'write', request.key, emptyBytes);
  checkLeaseWriteAllowed(asking, request.lease);
  if (request.prevKv) auth.checkPermitted(info, 'read', request.key, emptyBytes);
}

export function checkDeleteAllowed({ auth, info }: Asking, request: DeleteRangeRequest): void {
  auth.checkPermitted(info, 'write', request.key, request.rangeEnd);
  if (request.prevKv) auth.checkPermitted(info, 'read', request.key, request.rangeEnd);
}

/** Both branches and everything nested, whichever of it will run. */
export function checkTxnAllowed(asking: Asking, request: TxnRequest): void {
  for (const { key, rangeEnd } of request.compare) {
    asking.auth.checkPermitted(asking.info, 'read', key, rangeEnd);
  }
  for (const op of request.success) checkOpAllowed(asking, op);
  for (const op of request.failure) checkOpAllowed(asking, op);
}

function checkOpAllowed(asking: Asking, op: RequestOp): void {
  if (op.requestRange !== undefined) checkRangeAllowed(asking, op.requestRange);
  else if (op.requestPut !== undefined) checkPutAllowed(asking, op.requestPut);
  else if (op.requestDeleteRange !== undefined) checkDeleteAllowed(asking, op.requestDeleteRange);
  else if (op.requestTxn !== undefined) checkTxnAllowed(asking, op.requestTxn);
}

/** To revoke or renew a lease. */
export function checkLeaseWriteAllowed(asking: Asking, lease: bigint): void {
  checkAttachedKeys(asking, lease, 'write');
}

/** To learn the keys of a lease. */
export function checkLeaseReadAllowed(asking: Asking, lease: bigint): void {
  checkAttachedKeys(asking, lease, 'read');
}

function checkAttachedKeys(asking: Asking, lease: bigint, type: 'read' | 'write'): void {
  const { auth, info, attachedKeys } = asking;
  if (lease === 0n || auth.isRoot(info)) return;
  for (const key of attachedKeys(lease)) auth.checkPermitted(info, type, key, emptyBytes);
}
