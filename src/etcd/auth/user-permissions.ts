import { compareBytes } from '../../base/bytes.ts';
import {
  type Permission,
  Permission_Type as PermissionType,
  type Role,
  type User,
} from '../proto/generated/authpb.ts';
import { rootName } from './auth-info.ts';
import { isOpenEnd, type KeyRange, keyRange } from './key-range.ts';
import { KeyRanges } from './key-ranges.ts';

/** All that a user may do with keys: the union over its roles. */
export type UserPermissions = {
  /** May do everything. */
  readonly isRoot: boolean;
  readonly read: KeyRanges;
  readonly write: KeyRanges;
};

/** Roles that do not exist (the role `root` need not) grant nothing. */
export function permissionsOf(
  user: User,
  roleOf: (name: string) => Role | undefined,
): UserPermissions {
  const read: KeyRange[] = [];
  const write: KeyRange[] = [];
  for (const name of user.roles) {
    for (const permission of roleOf(name)?.keyPermission ?? []) {
      const { permType, key, rangeEnd } = permission;
      const range = keyRange(key, rangeEnd);
      const both = permType === PermissionType.READWRITE;
      if (both || permType === PermissionType.READ) read.push(range);
      if (both || permType === PermissionType.WRITE) write.push(range);
    }
  }
  return {
    isRoot: user.roles.includes(rootName),
    read: new KeyRanges(read),
    write: new KeyRanges(write),
  };
}

/** One key, a range that ends after it starts, or one without end. */
export function isValidPermissionRange({ key, rangeEnd }: Permission): boolean {
  if (key.length === 0) return false;
  if (rangeEnd.length === 0 || isOpenEnd(rangeEnd)) return true;
  return compareBytes(key, rangeEnd) < 0;
}
