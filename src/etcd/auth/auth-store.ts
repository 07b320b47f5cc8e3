import { compareBytes, equalBytes, utf8Bytes, utf8Text } from '../../base/bytes.ts';
import type { ReadTxn, WriteTxn } from '../backend/backend.ts';
import { EtcdError } from '../errors.ts';
import type { Permission, Role, User } from '../proto/generated/authpb.ts';
import type {
  AuthRoleGrantPermissionRequest,
  AuthRoleRevokePermissionRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
} from '../proto/generated/etcdserverpb.ts';
import { type AuthInfo, rootName } from './auth-info.ts';
import {
  deleteRole,
  deleteUser,
  nameBytesMax,
  readAuth,
  readRoles,
  readUsers,
  writeEnabled,
  writeRevision,
  writeRole,
  writeUser,
} from './auth-record.ts';
import { decodeHash } from './password-hash.ts';
import type { SimpleTokens } from './simple-token.ts';
import { isValidPermissionRange, permissionsOf, type UserPermissions } from './user-permissions.ts';

export type PermissionType = 'read' | 'write';

/** etcd's answer to RoleGet of `root`, whatever was granted to it. */
const rootPermission: Permission = {
  permType: 2,
  key: new Uint8Array(0),
  rangeEnd: Uint8Array.of(0),
};

/**
 * Users, roles and whether they matter: replicated, in memory entirely, written through. Each
 * change raises the auth revision, by which requests that were let in under older rules are told
 * apart.
 */
export class AuthStore {
  readonly #users = new Map<string, User>();
  readonly #roles = new Map<string, Role>();
  /** Made when a user first asks, thrown away with every change. */
  readonly #permissions = new Map<string, UserPermissions>();
  readonly #tokens: SimpleTokens;
  #isEnabled: boolean;
  #revision: number;

  /** The tokens belong to the process, not to the state: a snapshot from the leader keeps them. */
  static load(txn: ReadTxn, tokens: SimpleTokens): AuthStore {
    const store = new AuthStore(readAuth(txn), tokens);
    for (const user of readUsers(txn)) store.#users.set(utf8Text(user.name), user);
    for (const role of readRoles(txn)) store.#roles.set(utf8Text(role.name), role);
    return store;
  }

  private constructor(auth: { enabled: boolean; revision: number }, tokens: SimpleTokens) {
    this.#isEnabled = auth.enabled;
    // A store in which nothing was ever changed is at 1.
    this.#revision = Math.max(auth.revision, 1);
    this.#tokens = tokens;
  }

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  get revision(): number {
    return this.#revision;
  }

  enable(txn: WriteTxn): void {
    if (this.#isEnabled) return;
    const root = this.#users.get(rootName);
    if (root === undefined) throw new EtcdError('RootUserNotExist');
    if (!root.roles.includes(rootName)) throw new EtcdError('RootRoleNotExist');
    writeEnabled(txn, true);
    this.#isEnabled = true;
  }

  disable(txn: WriteTxn): void {
    if (!this.#isEnabled) return;
    writeEnabled(txn, false);
    this.#changed(txn);
    this.#isEnabled = false;
    this.#tokens.clear();
  }

  user(name: string): User | undefined {
    return this.#users.get(name);
  }

  userNames(): readonly string[] {
    return sorted(this.#users.keys());
  }

  addUser(txn: WriteTxn, request: AuthUserAddRequest): void {
    const { name, options } = request;
    if (name === '') throw new EtcdError('UserEmpty');
    if (this.#users.has(name)) throw new EtcdError('UserAlreadyExist');
    const noPassword = options?.noPassword === true;
    const password = noPassword ? new Uint8Array(0) : decodeHash(request);
    this.#putUser(txn, { name: nameBytes(name), password, roles: [], options: { noPassword } });
    this.#changed(txn);
  }

  deleteUser(txn: WriteTxn, name: string): void {
    if (this.#isEnabled && name === rootName) throw new EtcdError('InvalidAuthMgmt');
    this.#userOrThrow(name);
    this.#users.delete(name);
    deleteUser(txn, name);
    this.#changed(txn);
    this.#tokens.invalidateUser(name);
  }

  changePassword(txn: WriteTxn, request: AuthUserChangePasswordRequest): void {
    const user = this.#userOrThrow(request.name);
    const hasPassword = user.options?.noPassword !== true;
    const password = hasPassword ? decodeHash(request) : new Uint8Array(0);
    this.#putUser(txn, { ...user, password });
    this.#changed(txn);
    this.#tokens.invalidateUser(request.name);
  }

  /** Granting what is granted is no change. */
  grantRole(txn: WriteTxn, name: string, role: string): void {
    const user = this.#userOrThrow(name);
    if (role !== rootName) this.#roleOrThrow(role);
    if (user.roles.includes(role)) return;
    this.#putUser(txn, { ...user, roles: sorted([...user.roles, role]) });
    this.#changed(txn);
  }

  revokeRole(txn: WriteTxn, name: string, role: string): void {
    if (this.#isEnabled && name === rootName && role === rootName) {
      throw new EtcdError('InvalidAuthMgmt');
    }
    const user = this.#userOrThrow(name);
    if (!user.roles.includes(role)) throw new EtcdError('RoleNotGranted');
    this.#putUser(txn, withoutRole(user, role));
    this.#changed(txn);
  }

  hasRole(name: string, role: string): boolean {
    return this.#users.get(name)?.roles.includes(role) === true;
  }

  /** Throws UserNotFound. */
  rolesOf(name: string): readonly string[] {
    return this.#userOrThrow(name).roles;
  }

  roleNames(): readonly string[] {
    return sorted(this.#roles.keys());
  }

  /** Throws RoleNotFound. */
  permissionsOfRole(name: string): readonly Permission[] {
    const role = this.#roleOrThrow(name);
    return name === rootName ? [rootPermission] : role.keyPermission;
  }

  addRole(txn: WriteTxn, name: string): void {
    if (name === '') throw new EtcdError('RoleEmpty');
    if (this.#roles.has(name)) throw new EtcdError('RoleAlreadyExist');
    this.#putRole(txn, { name: nameBytes(name), keyPermission: [] });
    this.#changed(txn);
  }

  /** Takes the role from everybody who has it. */
  deleteRole(txn: WriteTxn, name: string): void {
    if (this.#isEnabled && name === rootName) throw new EtcdError('InvalidAuthMgmt');
    this.#roleOrThrow(name);
    this.#roles.delete(name);
    deleteRole(txn, name);
    for (const user of this.#users.values()) {
      if (user.roles.includes(name)) this.#putUser(txn, withoutRole(user, name));
    }
    this.#changed(txn);
  }

  grantPermission(txn: WriteTxn, { name, perm }: AuthRoleGrantPermissionRequest): void {
    if (perm === undefined) throw new EtcdError('PermissionNotGiven');
    if (!isValidPermissionRange(perm)) throw new EtcdError('InvalidAuthMgmt');
    const role = this.#roleOrThrow(name);
    const granted = {
      permType: perm.permType,
      key: perm.key.slice(),
      rangeEnd: perm.rangeEnd.slice(),
    };
    this.#putRole(txn, { ...role, keyPermission: withPermission(role.keyPermission, granted) });
    this.#changed(txn);
  }

  revokePermission(txn: WriteTxn, request: AuthRoleRevokePermissionRequest): void {
    const role = this.#roleOrThrow(request.role);
    const keyPermission = role.keyPermission.filter(
      ({ key, rangeEnd }) =>
        !equalBytes(key, request.key) || !equalBytes(rangeEnd, request.rangeEnd),
    );
    if (keyPermission.length === role.keyPermission.length) {
      throw new EtcdError('PermissionNotGranted');
    }
    this.#putRole(txn, { ...role, keyPermission });
    this.#changed(txn);
  }

  /**
   * What an applied Authenticate answers: the password was checked by the member that proposed it.
   */
  authenticate(name: string, prefix: string, index: number, nowMs: number): string {
    if (!this.#isEnabled) throw new EtcdError('AuthNotEnabled');
    const user = this.#users.get(name);
    if (user === undefined || user.options?.noPassword === true) throw new EtcdError('AuthFailed');
    // Members that use other tokens send no prefix.
    return prefix === '' ? '' : this.#tokens.assign(name, prefix, index, nowMs);
  }

  /** Nothing when auth is off; else throws UserEmpty, AuthOldRevision or PermissionDenied. */
  checkPermitted(
    info: AuthInfo,
    type: PermissionType,
    key: Uint8Array,
    rangeEnd: Uint8Array,
  ): void {
    if (!this.#isEnabled) return;
    if (info.revision === 0) throw new EtcdError('UserEmpty');
    if (info.revision < this.#revision) throw new EtcdError('AuthOldRevision');
    const permissions = this.#permissionsOf(info.username);
    if (permissions === undefined) throw new EtcdError('PermissionDenied');
    if (permissions.isRoot) return;
    const ranges = type === 'read' ? permissions.read : permissions.write;
    if (!ranges.hasRange(key, rangeEnd)) throw new EtcdError('PermissionDenied');
  }

  /** Nothing when auth is off; else throws UserEmpty, UserNotFound or PermissionDenied. */
  checkRoot(info: AuthInfo): void {
    if (!this.#isEnabled) return;
    if (info.username === '') throw new EtcdError('UserEmpty');
    if (!this.#userOrThrow(info.username).roles.includes(rootName)) {
      throw new EtcdError('PermissionDenied');
    }
  }

  isRoot(info: AuthInfo): boolean {
    if (!this.#isEnabled) return true;
    return this.hasRole(info.username, rootName);
  }

  #permissionsOf(name: string): UserPermissions | undefined {
    const known = this.#permissions.get(name);
    if (known !== undefined) return known;
    const user = this.#users.get(name);
    if (user === undefined) return undefined;
    const permissions = permissionsOf(user, (role) => this.#roles.get(role));
    this.#permissions.set(name, permissions);
    return permissions;
  }

  #userOrThrow(name: string): User {
    const user = this.#users.get(name);
    if (user === undefined) throw new EtcdError('UserNotFound');
    return user;
  }

  #roleOrThrow(name: string): Role {
    const role = this.#roles.get(name);
    if (role === undefined) throw new EtcdError('RoleNotFound');
    return role;
  }

  #putUser(txn: WriteTxn, user: User): void {
    this.#users.set(utf8Text(user.name), user);
    writeUser(txn, user);
  }

  #putRole(txn: WriteTxn, role: Role): void {
    this.#roles.set(utf8Text(role.name), role);
    writeRole(txn, role);
  }

  #changed(txn: WriteTxn): void {
    this.#revision += 1;
    writeRevision(txn, this.#revision);
    this.#permissions.clear();
  }
}

function nameBytes(name: string): Uint8Array {
  const bytes = utf8Bytes(name);
  if (bytes.length > nameBytesMax) throw new EtcdError('InvalidAuthMgmt');
  return bytes;
}

function withoutRole(user: User, role: string): User {
  return { ...user, roles: user.roles.filter((other) => other !== role) };
}

/**
 * In the order of their keys. Like etcd, only the first of several permissions that start at one
 * key is changed in place: of two with the same range the wider type counts.
 */
function withPermission(
  permissions: readonly Permission[],
  granted: Permission,
): readonly Permission[] {
  const at = permissions.findIndex(({ key }) => compareBytes(key, granted.key) >= 0);
  const found = permissions[at];
  const isSame =
    found !== undefined &&
    equalBytes(found.key, granted.key) &&
    equalBytes(found.rangeEnd, granted.rangeEnd);
  if (isSame) return permissions.with(at, granted);
  return [...permissions, granted].sort((a, b) => compareBytes(a.key, b.key));
}

/** By bytes, as Go sorts strings. */
function sorted(names: Iterable<string>): readonly string[] {
  return [...names].sort((a, b) => compareBytes(utf8Bytes(a), utf8Bytes(b)));
}
