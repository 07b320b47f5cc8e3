import {
  decodeAuthDisableRequest,
  decodeAuthEnableRequest,
  decodeAuthenticateRequest,
  decodeAuthRoleAddRequest,
  decodeAuthRoleDeleteRequest,
  decodeAuthRoleGetRequest,
  decodeAuthRoleGrantPermissionRequest,
  decodeAuthRoleListRequest,
  decodeAuthRoleRevokePermissionRequest,
  decodeAuthStatusRequest,
  decodeAuthUserAddRequest,
  decodeAuthUserChangePasswordRequest,
  decodeAuthUserDeleteRequest,
  decodeAuthUserGetRequest,
  decodeAuthUserGrantRoleRequest,
  decodeAuthUserListRequest,
  decodeAuthUserRevokeRoleRequest,
  type InternalRaftRequestInit,
} from '../../proto/generated/etcdserverpb.ts';
import type { AuthService } from '../../service/auth.ts';
import type { UnaryRpc } from '../rpc.ts';
import type { Interceptors } from './interceptors.ts';
import type { ResponseHeader } from './response-header.ts';

const service = '/etcdserverpb.Auth';

export function authRpcs(
  around: Interceptors,
  header: ResponseHeader,
  auth: AuthService,
): UnaryRpc[] {
  const proposed = <T>(
    name: string,
    decode: (bytes: Uint8Array) => T,
    toEntry: (request: T) => InternalRaftRequestInit,
  ): UnaryRpc =>
    around.unary(`${service}/${name}`, decode, async (request, call) =>
      header.prepend(await auth.propose(toEntry(request), call)),
    );
  return [
    proposed('AuthEnable', decodeAuthEnableRequest, (authEnable) => ({ authEnable })),
    proposed('AuthDisable', decodeAuthDisableRequest, (authDisable) => ({ authDisable })),
    proposed('AuthStatus', decodeAuthStatusRequest, (authStatus) => ({ authStatus })),
    around.unary(`${service}/Authenticate`, decodeAuthenticateRequest, async (request, call) =>
      header.prepend(await auth.authenticate(request, call.signal)),
    ),
    around.unary(`${service}/UserAdd`, decodeAuthUserAddRequest, async (request, call) =>
      header.prepend(await auth.addUser(request, call)),
    ),
    around.unary(
      `${service}/UserChangePassword`,
      decodeAuthUserChangePasswordRequest,
      async (request, call) => header.prepend(await auth.changePassword(request, call)),
    ),
    proposed('UserGet', decodeAuthUserGetRequest, (authUserGet) => ({ authUserGet })),
    proposed('UserList', decodeAuthUserListRequest, (authUserList) => ({ authUserList })),
    proposed('UserDelete', decodeAuthUserDeleteRequest, (authUserDelete) => ({ authUserDelete })),
    proposed('UserGrantRole', decodeAuthUserGrantRoleRequest, (authUserGrantRole) => ({
      authUserGrantRole,
    })),
    proposed('UserRevokeRole', decodeAuthUserRevokeRoleRequest, (authUserRevokeRole) => ({
      authUserRevokeRole,
    })),
    proposed('RoleAdd', decodeAuthRoleAddRequest, (authRoleAdd) => ({ authRoleAdd })),
    proposed('RoleGet', decodeAuthRoleGetRequest, (authRoleGet) => ({ authRoleGet })),
    proposed('RoleList', decodeAuthRoleListRequest, (authRoleList) => ({ authRoleList })),
    proposed('RoleDelete', decodeAuthRoleDeleteRequest, (authRoleDelete) => ({ authRoleDelete })),
    proposed(
      'RoleGrantPermission',
      decodeAuthRoleGrantPermissionRequest,
      (authRoleGrantPermission) => ({ authRoleGrantPermission }),
    ),
    proposed(
      'RoleRevokePermission',
      decodeAuthRoleRevokePermissionRequest,
      (authRoleRevokePermission) => ({ authRoleRevokePermission }),
    ),
  ];
}
