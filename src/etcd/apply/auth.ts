import { emptyBytes } from '../../base/bytes.ts';
import type { AuthInfo } from '../auth/auth-info.ts';
import type { AuthStore } from '../auth/auth-store.ts';
import {
  type Asking,
  checkDeleteAllowed,
  checkLeaseWriteAllowed,
  checkPutAllowed,
  checkRangeAllowed,
  checkTxnAllowed,
} from '../auth/request-permission.ts';
import {
  encodeAuthenticateResponse,
  encodeAuthRoleGetResponse,
  encodeAuthRoleListResponse,
  encodeAuthStatusResponse,
  encodeAuthUserGetResponse,
  encodeAuthUserListResponse,
  type InternalRaftRequest,
} from '../proto/generated/etcdserverpb.ts';
import type { ApplyContext } from './context.ts';

/**
 * Whether the one who proposed the entry may do it, by the rules at this point of the log: they may
 * have changed since it was let in. Only with auth on. Throws UserEmpty, AuthOldRevision,
 * UserNotFound or PermissionDenied.
 */
export function checkProposer(context: ApplyContext, request: InternalRaftRequest): void {
  const { auth, lessor } = context.state;
  const info = proposerOf(request);
  if (needsRoot(request)) auth.checkRoot(info);
  const asking: Asking = {
    auth,
    info,
    attachedKeys: (lease) => lessor.attachedKeys(context.write.txn, lease),
  };
  const { put, txn, deleteRange, range, leaseRevoke, authUserGet, authRoleGet } = request;
  if (put !== undefined) checkPutAllowed(asking, put);
  else if (txn !== undefined) checkTxnAllowed(asking, txn);
  else if (deleteRange !== undefined) checkDeleteAllowed(asking, deleteRange);
  else if (range !== undefined) checkRangeAllowed(asking, range);
  else if (leaseRevoke !== undefined) checkLeaseWriteAllowed(asking, leaseRevoke.ID);
  else if (authUserGet !== undefined) checkUserGet(auth, info, authUserGet.name);
  else if (authRoleGet !== undefined) checkRoleGet(auth, info, authRoleGet.role);
}

function proposerOf({ header }: InternalRaftRequest): AuthInfo {
  return { username: header?.username ?? '', revision: header?.authRevision ?? 0 };
}

/** Everybody may look at themselves and at the roles they have. */
function checkUserGet(auth: AuthStore, info: AuthInfo, name: string): void {
  if (name !== info.username) auth.checkRoot(info);
}

function checkRoleGet(auth: AuthStore, info: AuthInfo, role: string): void {
  if (!auth.hasRole(info.username, role)) auth.checkRoot(info);
}

function needsRoot(request: InternalRaftRequest): boolean {
  return (
    request.authEnable !== undefined ||
    request.authDisable !== undefined ||
    request.authUserAdd !== undefined ||
    request.authUserDelete !== undefined ||
    request.authUserChangePassword !== undefined ||
    request.authUserGrantRole !== undefined ||
    request.authUserRevokeRole !== undefined ||
    request.authUserList !== undefined ||
    request.authRoleAdd !== undefined ||
    request.authRoleDelete !== undefined ||
    request.authRoleGrantPermission !== undefined ||
    request.authRoleRevokePermission !== undefined ||
    request.authRoleList !== undefined
  );
}

/** The answer's body; undefined when the request is none of users, roles and tokens. */
export function applyAuthRequest(
  context: ApplyContext,
  request: InternalRaftRequest,
): Uint8Array | undefined {
  return changeAuth(context, request) ? emptyBytes : readAuth(context, request);
}

/** False when it is no change. */
function changeAuth({ state, write }: ApplyContext, request: InternalRaftRequest): boolean {
  const { auth } = state;
  const { txn } = write;
  const { authUserGrantRole: grant, authUserRevokeRole: revoke } = request;
  if (request.authEnable !== undefined) auth.enable(txn);
  else if (request.authDisable !== undefined) auth.disable(txn);
  else if (request.authUserAdd !== undefined) auth.addUser(txn, request.authUserAdd);
  else if (request.authUserDelete !== undefined) auth.deleteUser(txn, request.authUserDelete.name);
  else if (request.authUserChangePassword !== undefined) {
    auth.changePassword(txn, request.authUserChangePassword);
  } else if (grant !== undefined) auth.grantRole(txn, grant.user, grant.role);
  else if (revoke !== undefined) auth.revokeRole(txn, revoke.name, revoke.role);
  else if (request.authRoleAdd !== undefined) auth.addRole(txn, request.authRoleAdd.name);
  else if (request.authRoleDelete !== undefined) auth.deleteRole(txn, request.authRoleDelete.role);
  else if (request.authRoleGrantPermission !== undefined) {
    auth.grantPermission(txn, request.authRoleGrantPermission);
  } else if (request.authRoleRevokePermission !== undefined) {
    auth.revokePermission(txn, request.authRoleRevokePermission);
  } else return false;
  return true;
}

function readAuth(context: ApplyContext, request: InternalRaftRequest): Uint8Array | undefined {
  const { auth } = context.state;
  if (request.authenticate !== undefined) {
    const { name, simpleToken } = request.authenticate;
    // etcd names the entry before: its consistent index moves only when this one is done.
    const token = auth.authenticate(name, simpleToken, context.index - 1, context.nowMs);
    return encodeAuthenticateResponse({ token });
  }
  if (request.authStatus !== undefined) {
    return encodeAuthStatusResponse({ enabled: auth.isEnabled, authRevision: auth.revision });
  }
  if (request.authUserGet !== undefined) {
    return encodeAuthUserGetResponse({ roles: auth.rolesOf(request.authUserGet.name) });
  }
  if (request.authUserList !== undefined) {
    return encodeAuthUserListResponse({ users: auth.userNames() });
  }
  if (request.authRoleGet !== undefined) {
    return encodeAuthRoleGetResponse({ perm: auth.permissionsOfRole(request.authRoleGet.role) });
  }
  if (request.authRoleList !== undefined) {
    return encodeAuthRoleListResponse({ roles: auth.roleNames() });
  }
  return undefined;
}
