// Made by tools/gen-proto.ts from proto/. Do not edit.
import { emptyBytes } from '../../../base/bytes.ts';
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';

export const Permission_Type = {
  READ: 0,
  WRITE: 1,
  READWRITE: 2,
} as const;
export type Permission_Type = number;

export interface UserAddOptions {
  readonly noPassword: boolean;
}
export type UserAddOptionsInit = {
  readonly noPassword?: boolean | undefined;
};

export function encodeUserAddOptions(m: UserAddOptionsInit): Uint8Array {
  return encodeWith(writeUserAddOptions, m);
}
export function decodeUserAddOptions(bytes: Uint8Array): UserAddOptions {
  return readUserAddOptions(new Reader(bytes), undefined);
}

function newUserAddOptions(): Draft<UserAddOptions> {
  return {
    noPassword: false,
  };
}

export function readUserAddOptions(r: Reader, into: UserAddOptions | undefined): UserAddOptions {
  const m = (into as Draft<UserAddOptions> | undefined) ?? newUserAddOptions();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.noPassword = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeUserAddOptions(w: Writer, m: UserAddOptionsInit): void {
  if (m.noPassword !== undefined && m.noPassword !== false) {
    w.bool(m.noPassword); w.byte(8);
  }
}

/** A user as stored; the password is a bcrypt hash. */
export interface User {
  readonly name: Uint8Array;
  readonly password: Uint8Array;
  readonly roles: readonly string[];
  readonly options: UserAddOptions | undefined;
}
export type UserInit = {
  readonly name?: Uint8Array | undefined;
  readonly password?: Uint8Array | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly options?: UserAddOptionsInit | undefined;
};

export function encodeUser(m: UserInit): Uint8Array {
  return encodeWith(writeUser, m);
}
export function decodeUser(bytes: Uint8Array): User {
  return readUser(new Reader(bytes), undefined);
}

function newUser(): Draft<User> {
  return {
    name: emptyBytes,
    password: emptyBytes,
    roles: [],
    options: undefined,
  };
}

export function readUser(r: Reader, into: User | undefined): User {
  const m = (into as Draft<User> | undefined) ?? newUser();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 18: {
        m.password = r.bytes();
        break;
      }
      case 26: {
        m.roles.push(r.string());
        break;
      }
      case 34: {
        const outer = r.enter();
        m.options = readUserAddOptions(r, m.options);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeUser(w: Writer, m: UserInit): void {
  if (m.options !== undefined) {
    const end = w.size();
    writeUserAddOptions(w, m.options);
    w.uint(w.size() - end);
    w.byte(34);
  }
  if (m.roles !== undefined) {
    for (let i = m.roles.length - 1; i >= 0; i--) {
      w.string(m.roles[i] as string); w.byte(26);
    }
  }
  if (m.password !== undefined && m.password.length !== 0) {
    w.bytes(m.password); w.byte(18);
  }
  if (m.name !== undefined && m.name.length !== 0) {
    w.bytes(m.name); w.byte(10);
  }
}

/** A right on the keys [key, range_end), or on one key when range_end is empty. */
export interface Permission {
  readonly permType: number;
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}
export type PermissionInit = {
  readonly permType?: number | undefined;
  readonly key?: Uint8Array | undefined;
  readonly rangeEnd?: Uint8Array | undefined;
};

export function encodePermission(m: PermissionInit): Uint8Array {
  return encodeWith(writePermission, m);
}
export function decodePermission(bytes: Uint8Array): Permission {
  return readPermission(new Reader(bytes), undefined);
}

function newPermission(): Draft<Permission> {
  return {
    permType: 0,
    key: emptyBytes,
    rangeEnd: emptyBytes,
  };
}

export function readPermission(r: Reader, into: Permission | undefined): Permission {
  const m = (into as Draft<Permission> | undefined) ?? newPermission();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.permType = r.int32();
        break;
      }
      case 18: {
        m.key = r.bytes();
        break;
      }
      case 26: {
        m.rangeEnd = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writePermission(w: Writer, m: PermissionInit): void {
  if (m.rangeEnd !== undefined && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd); w.byte(26);
  }
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(18);
  }
  if (m.permType !== undefined && m.permType !== 0) {
    w.int(m.permType); w.byte(8);
  }
}

export interface Role {
  readonly name: Uint8Array;
  readonly keyPermission: readonly Permission[];
}
export type RoleInit = {
  readonly name?: Uint8Array | undefined;
  readonly keyPermission?: readonly PermissionInit[] | undefined;
};

export function encodeRole(m: RoleInit): Uint8Array {
  return encodeWith(writeRole, m);
}
export function decodeRole(bytes: Uint8Array): Role {
  return readRole(new Reader(bytes), undefined);
}

function newRole(): Draft<Role> {
  return {
    name: emptyBytes,
    keyPermission: [],
  };
}

export function readRole(r: Reader, into: Role | undefined): Role {
  const m = (into as Draft<Role> | undefined) ?? newRole();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.keyPermission.push(readPermission(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeRole(w: Writer, m: RoleInit): void {
  if (m.keyPermission !== undefined) {
    for (let i = m.keyPermission.length - 1; i >= 0; i--) {
      const item = m.keyPermission[i] as PermissionInit;
      const end = w.size();
      writePermission(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.name !== undefined && m.name.length !== 0) {
    w.bytes(m.name); w.byte(10);
  }
}
