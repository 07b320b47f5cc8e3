// Made by tools/gen-proto.ts from proto/. Do not edit.
import { emptyBytes } from '../../../base/bytes.ts';
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';
import { readPermission, readUserAddOptions, type Permission, type PermissionInit, type UserAddOptions, type UserAddOptionsInit, writePermission, writeUserAddOptions } from './authpb.ts';
import { readClusterMemberAttrSetRequest, readClusterVersionSetRequest, readDowngradeInfoSetRequest, type ClusterMemberAttrSetRequest, type ClusterMemberAttrSetRequestInit, type ClusterVersionSetRequest, type ClusterVersionSetRequestInit, type DowngradeInfoSetRequest, type DowngradeInfoSetRequestInit, writeClusterMemberAttrSetRequest, writeClusterVersionSetRequest, writeDowngradeInfoSetRequest } from './membershippb.ts';
import { readEvent, readKeyValue, type Event, type EventInit, type KeyValue, type KeyValueInit, writeEvent, writeKeyValue } from './mvccpb.ts';

export const RangeRequest_SortOrder = {
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2,
} as const;
export type RangeRequest_SortOrder = number;

export const RangeRequest_SortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4,
} as const;
export type RangeRequest_SortTarget = number;

export const Compare_CompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3,
} as const;
export type Compare_CompareResult = number;

export const Compare_CompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4,
} as const;
export type Compare_CompareTarget = number;

export const AlarmType = {
  NONE: 0,
  NOSPACE: 1,
  CORRUPT: 2,
} as const;
export type AlarmType = number;

export const AlarmRequest_AlarmAction = {
  GET: 0,
  ACTIVATE: 1,
  DEACTIVATE: 2,
} as const;
export type AlarmRequest_AlarmAction = number;

export const DowngradeRequest_DowngradeAction = {
  VALIDATE: 0,
  ENABLE: 1,
  CANCEL: 2,
} as const;
export type DowngradeRequest_DowngradeAction = number;

export const WatchCreateRequest_FilterType = {
  NOPUT: 0,
  NODELETE: 1,
} as const;
export type WatchCreateRequest_FilterType = number;

export type AuthEnableRequest = object;
export type AuthEnableRequestInit = object;

export function encodeAuthEnableRequest(m: AuthEnableRequestInit): Uint8Array {
  return encodeWith(writeAuthEnableRequest, m);
}
export function decodeAuthEnableRequest(bytes: Uint8Array): AuthEnableRequest {
  return readAuthEnableRequest(new Reader(bytes), undefined);
}

function newAuthEnableRequest(): Draft<AuthEnableRequest> {
  return {};
}

export function readAuthEnableRequest(r: Reader, into: AuthEnableRequest | undefined): AuthEnableRequest {
  const m = (into as Draft<AuthEnableRequest> | undefined) ?? newAuthEnableRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthEnableRequest(_w: Writer, _m: AuthEnableRequestInit): void {
}

export interface AuthEnableResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthEnableResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthEnableResponse(m: AuthEnableResponseInit): Uint8Array {
  return encodeWith(writeAuthEnableResponse, m);
}
export function decodeAuthEnableResponse(bytes: Uint8Array): AuthEnableResponse {
  return readAuthEnableResponse(new Reader(bytes), undefined);
}

function newAuthEnableResponse(): Draft<AuthEnableResponse> {
  return {
    header: undefined,
  };
}

export function readAuthEnableResponse(r: Reader, into: AuthEnableResponse | undefined): AuthEnableResponse {
  const m = (into as Draft<AuthEnableResponse> | undefined) ?? newAuthEnableResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthEnableResponse(w: Writer, m: AuthEnableResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export type AuthDisableRequest = object;
export type AuthDisableRequestInit = object;

export function encodeAuthDisableRequest(m: AuthDisableRequestInit): Uint8Array {
  return encodeWith(writeAuthDisableRequest, m);
}
export function decodeAuthDisableRequest(bytes: Uint8Array): AuthDisableRequest {
  return readAuthDisableRequest(new Reader(bytes), undefined);
}

function newAuthDisableRequest(): Draft<AuthDisableRequest> {
  return {};
}

export function readAuthDisableRequest(r: Reader, into: AuthDisableRequest | undefined): AuthDisableRequest {
  const m = (into as Draft<AuthDisableRequest> | undefined) ?? newAuthDisableRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthDisableRequest(_w: Writer, _m: AuthDisableRequestInit): void {
}

export interface AuthDisableResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthDisableResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthDisableResponse(m: AuthDisableResponseInit): Uint8Array {
  return encodeWith(writeAuthDisableResponse, m);
}
export function decodeAuthDisableResponse(bytes: Uint8Array): AuthDisableResponse {
  return readAuthDisableResponse(new Reader(bytes), undefined);
}

function newAuthDisableResponse(): Draft<AuthDisableResponse> {
  return {
    header: undefined,
  };
}

export function readAuthDisableResponse(r: Reader, into: AuthDisableResponse | undefined): AuthDisableResponse {
  const m = (into as Draft<AuthDisableResponse> | undefined) ?? newAuthDisableResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthDisableResponse(w: Writer, m: AuthDisableResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export type AuthStatusRequest = object;
export type AuthStatusRequestInit = object;

export function encodeAuthStatusRequest(m: AuthStatusRequestInit): Uint8Array {
  return encodeWith(writeAuthStatusRequest, m);
}
export function decodeAuthStatusRequest(bytes: Uint8Array): AuthStatusRequest {
  return readAuthStatusRequest(new Reader(bytes), undefined);
}

function newAuthStatusRequest(): Draft<AuthStatusRequest> {
  return {};
}

export function readAuthStatusRequest(r: Reader, into: AuthStatusRequest | undefined): AuthStatusRequest {
  const m = (into as Draft<AuthStatusRequest> | undefined) ?? newAuthStatusRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthStatusRequest(_w: Writer, _m: AuthStatusRequestInit): void {
}

export interface AuthStatusResponse {
  readonly header: ResponseHeader | undefined;
  readonly enabled: boolean;
  readonly authRevision: number;
}
export type AuthStatusResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly enabled?: boolean | undefined;
  readonly authRevision?: number | undefined;
};

export function encodeAuthStatusResponse(m: AuthStatusResponseInit): Uint8Array {
  return encodeWith(writeAuthStatusResponse, m);
}
export function decodeAuthStatusResponse(bytes: Uint8Array): AuthStatusResponse {
  return readAuthStatusResponse(new Reader(bytes), undefined);
}

function newAuthStatusResponse(): Draft<AuthStatusResponse> {
  return {
    header: undefined,
    enabled: false,
    authRevision: 0,
  };
}

export function readAuthStatusResponse(r: Reader, into: AuthStatusResponse | undefined): AuthStatusResponse {
  const m = (into as Draft<AuthStatusResponse> | undefined) ?? newAuthStatusResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.enabled = r.bool();
        break;
      }
      case 24: {
        m.authRevision = r.uint64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthStatusResponse(w: Writer, m: AuthStatusResponseInit): void {
  if (m.authRevision !== undefined && m.authRevision !== 0) {
    w.uint(m.authRevision); w.byte(24);
  }
  if (m.enabled !== undefined && m.enabled !== false) {
    w.bool(m.enabled); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthenticateRequest {
  readonly name: string;
  readonly password: string;
}
export type AuthenticateRequestInit = {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
};

export function encodeAuthenticateRequest(m: AuthenticateRequestInit): Uint8Array {
  return encodeWith(writeAuthenticateRequest, m);
}
export function decodeAuthenticateRequest(bytes: Uint8Array): AuthenticateRequest {
  return readAuthenticateRequest(new Reader(bytes), undefined);
}

function newAuthenticateRequest(): Draft<AuthenticateRequest> {
  return {
    name: '',
    password: '',
  };
}

export function readAuthenticateRequest(r: Reader, into: AuthenticateRequest | undefined): AuthenticateRequest {
  const m = (into as Draft<AuthenticateRequest> | undefined) ?? newAuthenticateRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthenticateRequest(w: Writer, m: AuthenticateRequestInit): void {
  if (m.password !== undefined && m.password !== '') {
    w.string(m.password); w.byte(18);
  }
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface AuthenticateResponse {
  readonly header: ResponseHeader | undefined;
  readonly token: string;
}
export type AuthenticateResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly token?: string | undefined;
};

export function encodeAuthenticateResponse(m: AuthenticateResponseInit): Uint8Array {
  return encodeWith(writeAuthenticateResponse, m);
}
export function decodeAuthenticateResponse(bytes: Uint8Array): AuthenticateResponse {
  return readAuthenticateResponse(new Reader(bytes), undefined);
}

function newAuthenticateResponse(): Draft<AuthenticateResponse> {
  return {
    header: undefined,
    token: '',
  };
}

export function readAuthenticateResponse(r: Reader, into: AuthenticateResponse | undefined): AuthenticateResponse {
  const m = (into as Draft<AuthenticateResponse> | undefined) ?? newAuthenticateResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.token = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthenticateResponse(w: Writer, m: AuthenticateResponseInit): void {
  if (m.token !== undefined && m.token !== '') {
    w.string(m.token); w.byte(18);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthUserAddRequest {
  readonly name: string;
  readonly password: string;
  readonly options: UserAddOptions | undefined;
  readonly hashedPassword: string;
}
export type AuthUserAddRequestInit = {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly options?: UserAddOptionsInit | undefined;
  readonly hashedPassword?: string | undefined;
};

export function encodeAuthUserAddRequest(m: AuthUserAddRequestInit): Uint8Array {
  return encodeWith(writeAuthUserAddRequest, m);
}
export function decodeAuthUserAddRequest(bytes: Uint8Array): AuthUserAddRequest {
  return readAuthUserAddRequest(new Reader(bytes), undefined);
}

function newAuthUserAddRequest(): Draft<AuthUserAddRequest> {
  return {
    name: '',
    password: '',
    options: undefined,
    hashedPassword: '',
  };
}

export function readAuthUserAddRequest(r: Reader, into: AuthUserAddRequest | undefined): AuthUserAddRequest {
  const m = (into as Draft<AuthUserAddRequest> | undefined) ?? newAuthUserAddRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.options = readUserAddOptions(r, m.options);
        r.leave(outer);
        break;
      }
      case 34: {
        m.hashedPassword = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserAddRequest(w: Writer, m: AuthUserAddRequestInit): void {
  if (m.hashedPassword !== undefined && m.hashedPassword !== '') {
    w.string(m.hashedPassword); w.byte(34);
  }
  if (m.options !== undefined) {
    const end = w.size();
    writeUserAddOptions(w, m.options);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.password !== undefined && m.password !== '') {
    w.string(m.password); w.byte(18);
  }
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface AuthUserAddResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthUserAddResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthUserAddResponse(m: AuthUserAddResponseInit): Uint8Array {
  return encodeWith(writeAuthUserAddResponse, m);
}
export function decodeAuthUserAddResponse(bytes: Uint8Array): AuthUserAddResponse {
  return readAuthUserAddResponse(new Reader(bytes), undefined);
}

function newAuthUserAddResponse(): Draft<AuthUserAddResponse> {
  return {
    header: undefined,
  };
}

export function readAuthUserAddResponse(r: Reader, into: AuthUserAddResponse | undefined): AuthUserAddResponse {
  const m = (into as Draft<AuthUserAddResponse> | undefined) ?? newAuthUserAddResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserAddResponse(w: Writer, m: AuthUserAddResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthUserGetRequest {
  readonly name: string;
}
export type AuthUserGetRequestInit = {
  readonly name?: string | undefined;
};

export function encodeAuthUserGetRequest(m: AuthUserGetRequestInit): Uint8Array {
  return encodeWith(writeAuthUserGetRequest, m);
}
export function decodeAuthUserGetRequest(bytes: Uint8Array): AuthUserGetRequest {
  return readAuthUserGetRequest(new Reader(bytes), undefined);
}

function newAuthUserGetRequest(): Draft<AuthUserGetRequest> {
  return {
    name: '',
  };
}

export function readAuthUserGetRequest(r: Reader, into: AuthUserGetRequest | undefined): AuthUserGetRequest {
  const m = (into as Draft<AuthUserGetRequest> | undefined) ?? newAuthUserGetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserGetRequest(w: Writer, m: AuthUserGetRequestInit): void {
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface AuthUserGetResponse {
  readonly header: ResponseHeader | undefined;
  readonly roles: readonly string[];
}
export type AuthUserGetResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly roles?: readonly string[] | undefined;
};

export function encodeAuthUserGetResponse(m: AuthUserGetResponseInit): Uint8Array {
  return encodeWith(writeAuthUserGetResponse, m);
}
export function decodeAuthUserGetResponse(bytes: Uint8Array): AuthUserGetResponse {
  return readAuthUserGetResponse(new Reader(bytes), undefined);
}

function newAuthUserGetResponse(): Draft<AuthUserGetResponse> {
  return {
    header: undefined,
    roles: [],
  };
}

export function readAuthUserGetResponse(r: Reader, into: AuthUserGetResponse | undefined): AuthUserGetResponse {
  const m = (into as Draft<AuthUserGetResponse> | undefined) ?? newAuthUserGetResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.roles.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserGetResponse(w: Writer, m: AuthUserGetResponseInit): void {
  if (m.roles !== undefined) {
    for (let i = m.roles.length - 1; i >= 0; i--) {
      w.string(m.roles[i] as string); w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export type AuthUserListRequest = object;
export type AuthUserListRequestInit = object;

export function encodeAuthUserListRequest(m: AuthUserListRequestInit): Uint8Array {
  return encodeWith(writeAuthUserListRequest, m);
}
export function decodeAuthUserListRequest(bytes: Uint8Array): AuthUserListRequest {
  return readAuthUserListRequest(new Reader(bytes), undefined);
}

function newAuthUserListRequest(): Draft<AuthUserListRequest> {
  return {};
}

export function readAuthUserListRequest(r: Reader, into: AuthUserListRequest | undefined): AuthUserListRequest {
  const m = (into as Draft<AuthUserListRequest> | undefined) ?? newAuthUserListRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserListRequest(_w: Writer, _m: AuthUserListRequestInit): void {
}

export interface AuthUserListResponse {
  readonly header: ResponseHeader | undefined;
  readonly users: readonly string[];
}
export type AuthUserListResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly users?: readonly string[] | undefined;
};

export function encodeAuthUserListResponse(m: AuthUserListResponseInit): Uint8Array {
  return encodeWith(writeAuthUserListResponse, m);
}
export function decodeAuthUserListResponse(bytes: Uint8Array): AuthUserListResponse {
  return readAuthUserListResponse(new Reader(bytes), undefined);
}

function newAuthUserListResponse(): Draft<AuthUserListResponse> {
  return {
    header: undefined,
    users: [],
  };
}

export function readAuthUserListResponse(r: Reader, into: AuthUserListResponse | undefined): AuthUserListResponse {
  const m = (into as Draft<AuthUserListResponse> | undefined) ?? newAuthUserListResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.users.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserListResponse(w: Writer, m: AuthUserListResponseInit): void {
  if (m.users !== undefined) {
    for (let i = m.users.length - 1; i >= 0; i--) {
      w.string(m.users[i] as string); w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthUserDeleteRequest {
  readonly name: string;
}
export type AuthUserDeleteRequestInit = {
  readonly name?: string | undefined;
};

export function encodeAuthUserDeleteRequest(m: AuthUserDeleteRequestInit): Uint8Array {
  return encodeWith(writeAuthUserDeleteRequest, m);
}
export function decodeAuthUserDeleteRequest(bytes: Uint8Array): AuthUserDeleteRequest {
  return readAuthUserDeleteRequest(new Reader(bytes), undefined);
}

function newAuthUserDeleteRequest(): Draft<AuthUserDeleteRequest> {
  return {
    name: '',
  };
}

export function readAuthUserDeleteRequest(r: Reader, into: AuthUserDeleteRequest | undefined): AuthUserDeleteRequest {
  const m = (into as Draft<AuthUserDeleteRequest> | undefined) ?? newAuthUserDeleteRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserDeleteRequest(w: Writer, m: AuthUserDeleteRequestInit): void {
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface AuthUserDeleteResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthUserDeleteResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthUserDeleteResponse(m: AuthUserDeleteResponseInit): Uint8Array {
  return encodeWith(writeAuthUserDeleteResponse, m);
}
export function decodeAuthUserDeleteResponse(bytes: Uint8Array): AuthUserDeleteResponse {
  return readAuthUserDeleteResponse(new Reader(bytes), undefined);
}

function newAuthUserDeleteResponse(): Draft<AuthUserDeleteResponse> {
  return {
    header: undefined,
  };
}

export function readAuthUserDeleteResponse(r: Reader, into: AuthUserDeleteResponse | undefined): AuthUserDeleteResponse {
  const m = (into as Draft<AuthUserDeleteResponse> | undefined) ?? newAuthUserDeleteResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserDeleteResponse(w: Writer, m: AuthUserDeleteResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthUserChangePasswordRequest {
  readonly name: string;
  readonly password: string;
  readonly hashedPassword: string;
}
export type AuthUserChangePasswordRequestInit = {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly hashedPassword?: string | undefined;
};

export function encodeAuthUserChangePasswordRequest(m: AuthUserChangePasswordRequestInit): Uint8Array {
  return encodeWith(writeAuthUserChangePasswordRequest, m);
}
export function decodeAuthUserChangePasswordRequest(bytes: Uint8Array): AuthUserChangePasswordRequest {
  return readAuthUserChangePasswordRequest(new Reader(bytes), undefined);
}

function newAuthUserChangePasswordRequest(): Draft<AuthUserChangePasswordRequest> {
  return {
    name: '',
    password: '',
    hashedPassword: '',
  };
}

export function readAuthUserChangePasswordRequest(r: Reader, into: AuthUserChangePasswordRequest | undefined): AuthUserChangePasswordRequest {
  const m = (into as Draft<AuthUserChangePasswordRequest> | undefined) ?? newAuthUserChangePasswordRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      case 26: {
        m.hashedPassword = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserChangePasswordRequest(w: Writer, m: AuthUserChangePasswordRequestInit): void {
  if (m.hashedPassword !== undefined && m.hashedPassword !== '') {
    w.string(m.hashedPassword); w.byte(26);
  }
  if (m.password !== undefined && m.password !== '') {
    w.string(m.password); w.byte(18);
  }
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface AuthUserChangePasswordResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthUserChangePasswordResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthUserChangePasswordResponse(m: AuthUserChangePasswordResponseInit): Uint8Array {
  return encodeWith(writeAuthUserChangePasswordResponse, m);
}
export function decodeAuthUserChangePasswordResponse(bytes: Uint8Array): AuthUserChangePasswordResponse {
  return readAuthUserChangePasswordResponse(new Reader(bytes), undefined);
}

function newAuthUserChangePasswordResponse(): Draft<AuthUserChangePasswordResponse> {
  return {
    header: undefined,
  };
}

export function readAuthUserChangePasswordResponse(r: Reader, into: AuthUserChangePasswordResponse | undefined): AuthUserChangePasswordResponse {
  const m = (into as Draft<AuthUserChangePasswordResponse> | undefined) ?? newAuthUserChangePasswordResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserChangePasswordResponse(w: Writer, m: AuthUserChangePasswordResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthUserGrantRoleRequest {
  readonly user: string;
  readonly role: string;
}
export type AuthUserGrantRoleRequestInit = {
  readonly user?: string | undefined;
  readonly role?: string | undefined;
};

export function encodeAuthUserGrantRoleRequest(m: AuthUserGrantRoleRequestInit): Uint8Array {
  return encodeWith(writeAuthUserGrantRoleRequest, m);
}
export function decodeAuthUserGrantRoleRequest(bytes: Uint8Array): AuthUserGrantRoleRequest {
  return readAuthUserGrantRoleRequest(new Reader(bytes), undefined);
}

function newAuthUserGrantRoleRequest(): Draft<AuthUserGrantRoleRequest> {
  return {
    user: '',
    role: '',
  };
}

export function readAuthUserGrantRoleRequest(r: Reader, into: AuthUserGrantRoleRequest | undefined): AuthUserGrantRoleRequest {
  const m = (into as Draft<AuthUserGrantRoleRequest> | undefined) ?? newAuthUserGrantRoleRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.user = r.string();
        break;
      }
      case 18: {
        m.role = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserGrantRoleRequest(w: Writer, m: AuthUserGrantRoleRequestInit): void {
  if (m.role !== undefined && m.role !== '') {
    w.string(m.role); w.byte(18);
  }
  if (m.user !== undefined && m.user !== '') {
    w.string(m.user); w.byte(10);
  }
}

export interface AuthUserGrantRoleResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthUserGrantRoleResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthUserGrantRoleResponse(m: AuthUserGrantRoleResponseInit): Uint8Array {
  return encodeWith(writeAuthUserGrantRoleResponse, m);
}
export function decodeAuthUserGrantRoleResponse(bytes: Uint8Array): AuthUserGrantRoleResponse {
  return readAuthUserGrantRoleResponse(new Reader(bytes), undefined);
}

function newAuthUserGrantRoleResponse(): Draft<AuthUserGrantRoleResponse> {
  return {
    header: undefined,
  };
}

export function readAuthUserGrantRoleResponse(r: Reader, into: AuthUserGrantRoleResponse | undefined): AuthUserGrantRoleResponse {
  const m = (into as Draft<AuthUserGrantRoleResponse> | undefined) ?? newAuthUserGrantRoleResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserGrantRoleResponse(w: Writer, m: AuthUserGrantRoleResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthUserRevokeRoleRequest {
  readonly name: string;
  readonly role: string;
}
export type AuthUserRevokeRoleRequestInit = {
  readonly name?: string | undefined;
  readonly role?: string | undefined;
};

export function encodeAuthUserRevokeRoleRequest(m: AuthUserRevokeRoleRequestInit): Uint8Array {
  return encodeWith(writeAuthUserRevokeRoleRequest, m);
}
export function decodeAuthUserRevokeRoleRequest(bytes: Uint8Array): AuthUserRevokeRoleRequest {
  return readAuthUserRevokeRoleRequest(new Reader(bytes), undefined);
}

function newAuthUserRevokeRoleRequest(): Draft<AuthUserRevokeRoleRequest> {
  return {
    name: '',
    role: '',
  };
}

export function readAuthUserRevokeRoleRequest(r: Reader, into: AuthUserRevokeRoleRequest | undefined): AuthUserRevokeRoleRequest {
  const m = (into as Draft<AuthUserRevokeRoleRequest> | undefined) ?? newAuthUserRevokeRoleRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.role = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserRevokeRoleRequest(w: Writer, m: AuthUserRevokeRoleRequestInit): void {
  if (m.role !== undefined && m.role !== '') {
    w.string(m.role); w.byte(18);
  }
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface AuthUserRevokeRoleResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthUserRevokeRoleResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthUserRevokeRoleResponse(m: AuthUserRevokeRoleResponseInit): Uint8Array {
  return encodeWith(writeAuthUserRevokeRoleResponse, m);
}
export function decodeAuthUserRevokeRoleResponse(bytes: Uint8Array): AuthUserRevokeRoleResponse {
  return readAuthUserRevokeRoleResponse(new Reader(bytes), undefined);
}

function newAuthUserRevokeRoleResponse(): Draft<AuthUserRevokeRoleResponse> {
  return {
    header: undefined,
  };
}

export function readAuthUserRevokeRoleResponse(r: Reader, into: AuthUserRevokeRoleResponse | undefined): AuthUserRevokeRoleResponse {
  const m = (into as Draft<AuthUserRevokeRoleResponse> | undefined) ?? newAuthUserRevokeRoleResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthUserRevokeRoleResponse(w: Writer, m: AuthUserRevokeRoleResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthRoleAddRequest {
  readonly name: string;
}
export type AuthRoleAddRequestInit = {
  readonly name?: string | undefined;
};

export function encodeAuthRoleAddRequest(m: AuthRoleAddRequestInit): Uint8Array {
  return encodeWith(writeAuthRoleAddRequest, m);
}
export function decodeAuthRoleAddRequest(bytes: Uint8Array): AuthRoleAddRequest {
  return readAuthRoleAddRequest(new Reader(bytes), undefined);
}

function newAuthRoleAddRequest(): Draft<AuthRoleAddRequest> {
  return {
    name: '',
  };
}

export function readAuthRoleAddRequest(r: Reader, into: AuthRoleAddRequest | undefined): AuthRoleAddRequest {
  const m = (into as Draft<AuthRoleAddRequest> | undefined) ?? newAuthRoleAddRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleAddRequest(w: Writer, m: AuthRoleAddRequestInit): void {
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface AuthRoleAddResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthRoleAddResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthRoleAddResponse(m: AuthRoleAddResponseInit): Uint8Array {
  return encodeWith(writeAuthRoleAddResponse, m);
}
export function decodeAuthRoleAddResponse(bytes: Uint8Array): AuthRoleAddResponse {
  return readAuthRoleAddResponse(new Reader(bytes), undefined);
}

function newAuthRoleAddResponse(): Draft<AuthRoleAddResponse> {
  return {
    header: undefined,
  };
}

export function readAuthRoleAddResponse(r: Reader, into: AuthRoleAddResponse | undefined): AuthRoleAddResponse {
  const m = (into as Draft<AuthRoleAddResponse> | undefined) ?? newAuthRoleAddResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleAddResponse(w: Writer, m: AuthRoleAddResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthRoleGetRequest {
  readonly role: string;
}
export type AuthRoleGetRequestInit = {
  readonly role?: string | undefined;
};

export function encodeAuthRoleGetRequest(m: AuthRoleGetRequestInit): Uint8Array {
  return encodeWith(writeAuthRoleGetRequest, m);
}
export function decodeAuthRoleGetRequest(bytes: Uint8Array): AuthRoleGetRequest {
  return readAuthRoleGetRequest(new Reader(bytes), undefined);
}

function newAuthRoleGetRequest(): Draft<AuthRoleGetRequest> {
  return {
    role: '',
  };
}

export function readAuthRoleGetRequest(r: Reader, into: AuthRoleGetRequest | undefined): AuthRoleGetRequest {
  const m = (into as Draft<AuthRoleGetRequest> | undefined) ?? newAuthRoleGetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.role = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleGetRequest(w: Writer, m: AuthRoleGetRequestInit): void {
  if (m.role !== undefined && m.role !== '') {
    w.string(m.role); w.byte(10);
  }
}

export interface AuthRoleGetResponse {
  readonly header: ResponseHeader | undefined;
  readonly perm: readonly Permission[];
}
export type AuthRoleGetResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly perm?: readonly PermissionInit[] | undefined;
};

export function encodeAuthRoleGetResponse(m: AuthRoleGetResponseInit): Uint8Array {
  return encodeWith(writeAuthRoleGetResponse, m);
}
export function decodeAuthRoleGetResponse(bytes: Uint8Array): AuthRoleGetResponse {
  return readAuthRoleGetResponse(new Reader(bytes), undefined);
}

function newAuthRoleGetResponse(): Draft<AuthRoleGetResponse> {
  return {
    header: undefined,
    perm: [],
  };
}

export function readAuthRoleGetResponse(r: Reader, into: AuthRoleGetResponse | undefined): AuthRoleGetResponse {
  const m = (into as Draft<AuthRoleGetResponse> | undefined) ?? newAuthRoleGetResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.perm.push(readPermission(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleGetResponse(w: Writer, m: AuthRoleGetResponseInit): void {
  if (m.perm !== undefined) {
    for (let i = m.perm.length - 1; i >= 0; i--) {
      const item = m.perm[i] as PermissionInit;
      const end = w.size();
      writePermission(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export type AuthRoleListRequest = object;
export type AuthRoleListRequestInit = object;

export function encodeAuthRoleListRequest(m: AuthRoleListRequestInit): Uint8Array {
  return encodeWith(writeAuthRoleListRequest, m);
}
export function decodeAuthRoleListRequest(bytes: Uint8Array): AuthRoleListRequest {
  return readAuthRoleListRequest(new Reader(bytes), undefined);
}

function newAuthRoleListRequest(): Draft<AuthRoleListRequest> {
  return {};
}

export function readAuthRoleListRequest(r: Reader, into: AuthRoleListRequest | undefined): AuthRoleListRequest {
  const m = (into as Draft<AuthRoleListRequest> | undefined) ?? newAuthRoleListRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleListRequest(_w: Writer, _m: AuthRoleListRequestInit): void {
}

export interface AuthRoleListResponse {
  readonly header: ResponseHeader | undefined;
  readonly roles: readonly string[];
}
export type AuthRoleListResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly roles?: readonly string[] | undefined;
};

export function encodeAuthRoleListResponse(m: AuthRoleListResponseInit): Uint8Array {
  return encodeWith(writeAuthRoleListResponse, m);
}
export function decodeAuthRoleListResponse(bytes: Uint8Array): AuthRoleListResponse {
  return readAuthRoleListResponse(new Reader(bytes), undefined);
}

function newAuthRoleListResponse(): Draft<AuthRoleListResponse> {
  return {
    header: undefined,
    roles: [],
  };
}

export function readAuthRoleListResponse(r: Reader, into: AuthRoleListResponse | undefined): AuthRoleListResponse {
  const m = (into as Draft<AuthRoleListResponse> | undefined) ?? newAuthRoleListResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.roles.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleListResponse(w: Writer, m: AuthRoleListResponseInit): void {
  if (m.roles !== undefined) {
    for (let i = m.roles.length - 1; i >= 0; i--) {
      w.string(m.roles[i] as string); w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthRoleDeleteRequest {
  readonly role: string;
}
export type AuthRoleDeleteRequestInit = {
  readonly role?: string | undefined;
};

export function encodeAuthRoleDeleteRequest(m: AuthRoleDeleteRequestInit): Uint8Array {
  return encodeWith(writeAuthRoleDeleteRequest, m);
}
export function decodeAuthRoleDeleteRequest(bytes: Uint8Array): AuthRoleDeleteRequest {
  return readAuthRoleDeleteRequest(new Reader(bytes), undefined);
}

function newAuthRoleDeleteRequest(): Draft<AuthRoleDeleteRequest> {
  return {
    role: '',
  };
}

export function readAuthRoleDeleteRequest(r: Reader, into: AuthRoleDeleteRequest | undefined): AuthRoleDeleteRequest {
  const m = (into as Draft<AuthRoleDeleteRequest> | undefined) ?? newAuthRoleDeleteRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.role = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleDeleteRequest(w: Writer, m: AuthRoleDeleteRequestInit): void {
  if (m.role !== undefined && m.role !== '') {
    w.string(m.role); w.byte(10);
  }
}

export interface AuthRoleDeleteResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthRoleDeleteResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthRoleDeleteResponse(m: AuthRoleDeleteResponseInit): Uint8Array {
  return encodeWith(writeAuthRoleDeleteResponse, m);
}
export function decodeAuthRoleDeleteResponse(bytes: Uint8Array): AuthRoleDeleteResponse {
  return readAuthRoleDeleteResponse(new Reader(bytes), undefined);
}

function newAuthRoleDeleteResponse(): Draft<AuthRoleDeleteResponse> {
  return {
    header: undefined,
  };
}

export function readAuthRoleDeleteResponse(r: Reader, into: AuthRoleDeleteResponse | undefined): AuthRoleDeleteResponse {
  const m = (into as Draft<AuthRoleDeleteResponse> | undefined) ?? newAuthRoleDeleteResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleDeleteResponse(w: Writer, m: AuthRoleDeleteResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthRoleGrantPermissionRequest {
  readonly name: string;
  readonly perm: Permission | undefined;
}
export type AuthRoleGrantPermissionRequestInit = {
  readonly name?: string | undefined;
  readonly perm?: PermissionInit | undefined;
};

export function encodeAuthRoleGrantPermissionRequest(m: AuthRoleGrantPermissionRequestInit): Uint8Array {
  return encodeWith(writeAuthRoleGrantPermissionRequest, m);
}
export function decodeAuthRoleGrantPermissionRequest(bytes: Uint8Array): AuthRoleGrantPermissionRequest {
  return readAuthRoleGrantPermissionRequest(new Reader(bytes), undefined);
}

function newAuthRoleGrantPermissionRequest(): Draft<AuthRoleGrantPermissionRequest> {
  return {
    name: '',
    perm: undefined,
  };
}

export function readAuthRoleGrantPermissionRequest(r: Reader, into: AuthRoleGrantPermissionRequest | undefined): AuthRoleGrantPermissionRequest {
  const m = (into as Draft<AuthRoleGrantPermissionRequest> | undefined) ?? newAuthRoleGrantPermissionRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.perm = readPermission(r, m.perm);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleGrantPermissionRequest(w: Writer, m: AuthRoleGrantPermissionRequestInit): void {
  if (m.perm !== undefined) {
    const end = w.size();
    writePermission(w, m.perm);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface AuthRoleGrantPermissionResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthRoleGrantPermissionResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthRoleGrantPermissionResponse(m: AuthRoleGrantPermissionResponseInit): Uint8Array {
  return encodeWith(writeAuthRoleGrantPermissionResponse, m);
}
export function decodeAuthRoleGrantPermissionResponse(bytes: Uint8Array): AuthRoleGrantPermissionResponse {
  return readAuthRoleGrantPermissionResponse(new Reader(bytes), undefined);
}

function newAuthRoleGrantPermissionResponse(): Draft<AuthRoleGrantPermissionResponse> {
  return {
    header: undefined,
  };
}

export function readAuthRoleGrantPermissionResponse(r: Reader, into: AuthRoleGrantPermissionResponse | undefined): AuthRoleGrantPermissionResponse {
  const m = (into as Draft<AuthRoleGrantPermissionResponse> | undefined) ?? newAuthRoleGrantPermissionResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleGrantPermissionResponse(w: Writer, m: AuthRoleGrantPermissionResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AuthRoleRevokePermissionRequest {
  readonly role: string;
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}
export type AuthRoleRevokePermissionRequestInit = {
  readonly role?: string | undefined;
  readonly key?: Uint8Array | undefined;
  readonly rangeEnd?: Uint8Array | undefined;
};

export function encodeAuthRoleRevokePermissionRequest(m: AuthRoleRevokePermissionRequestInit): Uint8Array {
  return encodeWith(writeAuthRoleRevokePermissionRequest, m);
}
export function decodeAuthRoleRevokePermissionRequest(bytes: Uint8Array): AuthRoleRevokePermissionRequest {
  return readAuthRoleRevokePermissionRequest(new Reader(bytes), undefined);
}

function newAuthRoleRevokePermissionRequest(): Draft<AuthRoleRevokePermissionRequest> {
  return {
    role: '',
    key: emptyBytes,
    rangeEnd: emptyBytes,
  };
}

export function readAuthRoleRevokePermissionRequest(r: Reader, into: AuthRoleRevokePermissionRequest | undefined): AuthRoleRevokePermissionRequest {
  const m = (into as Draft<AuthRoleRevokePermissionRequest> | undefined) ?? newAuthRoleRevokePermissionRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.role = r.string();
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

export function writeAuthRoleRevokePermissionRequest(w: Writer, m: AuthRoleRevokePermissionRequestInit): void {
  if (m.rangeEnd !== undefined && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd); w.byte(26);
  }
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(18);
  }
  if (m.role !== undefined && m.role !== '') {
    w.string(m.role); w.byte(10);
  }
}

export interface AuthRoleRevokePermissionResponse {
  readonly header: ResponseHeader | undefined;
}
export type AuthRoleRevokePermissionResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeAuthRoleRevokePermissionResponse(m: AuthRoleRevokePermissionResponseInit): Uint8Array {
  return encodeWith(writeAuthRoleRevokePermissionResponse, m);
}
export function decodeAuthRoleRevokePermissionResponse(bytes: Uint8Array): AuthRoleRevokePermissionResponse {
  return readAuthRoleRevokePermissionResponse(new Reader(bytes), undefined);
}

function newAuthRoleRevokePermissionResponse(): Draft<AuthRoleRevokePermissionResponse> {
  return {
    header: undefined,
  };
}

export function readAuthRoleRevokePermissionResponse(r: Reader, into: AuthRoleRevokePermissionResponse | undefined): AuthRoleRevokePermissionResponse {
  const m = (into as Draft<AuthRoleRevokePermissionResponse> | undefined) ?? newAuthRoleRevokePermissionResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAuthRoleRevokePermissionResponse(w: Writer, m: AuthRoleRevokePermissionResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface Member {
  readonly ID: bigint;
  /** Empty until the member has started. */
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  readonly isLearner: boolean;
}
export type MemberInit = {
  readonly ID?: bigint | undefined;
  readonly name?: string | undefined;
  readonly peerURLs?: readonly string[] | undefined;
  readonly clientURLs?: readonly string[] | undefined;
  readonly isLearner?: boolean | undefined;
};

export function encodeMember(m: MemberInit): Uint8Array {
  return encodeWith(writeMember, m);
}
export function decodeMember(bytes: Uint8Array): Member {
  return readMember(new Reader(bytes), undefined);
}

function newMember(): Draft<Member> {
  return {
    ID: 0n,
    name: '',
    peerURLs: [],
    clientURLs: [],
    isLearner: false,
  };
}

export function readMember(r: Reader, into: Member | undefined): Member {
  const m = (into as Draft<Member> | undefined) ?? newMember();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      case 18: {
        m.name = r.string();
        break;
      }
      case 26: {
        m.peerURLs.push(r.string());
        break;
      }
      case 34: {
        m.clientURLs.push(r.string());
        break;
      }
      case 40: {
        m.isLearner = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMember(w: Writer, m: MemberInit): void {
  if (m.isLearner !== undefined && m.isLearner !== false) {
    w.bool(m.isLearner); w.byte(40);
  }
  if (m.clientURLs !== undefined) {
    for (let i = m.clientURLs.length - 1; i >= 0; i--) {
      w.string(m.clientURLs[i] as string); w.byte(34);
    }
  }
  if (m.peerURLs !== undefined) {
    for (let i = m.peerURLs.length - 1; i >= 0; i--) {
      w.string(m.peerURLs[i] as string); w.byte(26);
    }
  }
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(18);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface MemberAddRequest {
  readonly peerURLs: readonly string[];
  readonly isLearner: boolean;
}
export type MemberAddRequestInit = {
  readonly peerURLs?: readonly string[] | undefined;
  readonly isLearner?: boolean | undefined;
};

export function encodeMemberAddRequest(m: MemberAddRequestInit): Uint8Array {
  return encodeWith(writeMemberAddRequest, m);
}
export function decodeMemberAddRequest(bytes: Uint8Array): MemberAddRequest {
  return readMemberAddRequest(new Reader(bytes), undefined);
}

function newMemberAddRequest(): Draft<MemberAddRequest> {
  return {
    peerURLs: [],
    isLearner: false,
  };
}

export function readMemberAddRequest(r: Reader, into: MemberAddRequest | undefined): MemberAddRequest {
  const m = (into as Draft<MemberAddRequest> | undefined) ?? newMemberAddRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.peerURLs.push(r.string());
        break;
      }
      case 16: {
        m.isLearner = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberAddRequest(w: Writer, m: MemberAddRequestInit): void {
  if (m.isLearner !== undefined && m.isLearner !== false) {
    w.bool(m.isLearner); w.byte(16);
  }
  if (m.peerURLs !== undefined) {
    for (let i = m.peerURLs.length - 1; i >= 0; i--) {
      w.string(m.peerURLs[i] as string); w.byte(10);
    }
  }
}

export interface MemberAddResponse {
  readonly header: ResponseHeader | undefined;
  readonly member: Member | undefined;
  readonly members: readonly Member[];
}
export type MemberAddResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly member?: MemberInit | undefined;
  readonly members?: readonly MemberInit[] | undefined;
};

export function encodeMemberAddResponse(m: MemberAddResponseInit): Uint8Array {
  return encodeWith(writeMemberAddResponse, m);
}
export function decodeMemberAddResponse(bytes: Uint8Array): MemberAddResponse {
  return readMemberAddResponse(new Reader(bytes), undefined);
}

function newMemberAddResponse(): Draft<MemberAddResponse> {
  return {
    header: undefined,
    member: undefined,
    members: [],
  };
}

export function readMemberAddResponse(r: Reader, into: MemberAddResponse | undefined): MemberAddResponse {
  const m = (into as Draft<MemberAddResponse> | undefined) ?? newMemberAddResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.member = readMember(r, m.member);
        r.leave(outer);
        break;
      }
      case 26: {
        const outer = r.enter();
        m.members.push(readMember(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberAddResponse(w: Writer, m: MemberAddResponseInit): void {
  if (m.members !== undefined) {
    for (let i = m.members.length - 1; i >= 0; i--) {
      const item = m.members[i] as MemberInit;
      const end = w.size();
      writeMember(w, item);
      w.uint(w.size() - end);
      w.byte(26);
    }
  }
  if (m.member !== undefined) {
    const end = w.size();
    writeMember(w, m.member);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface MemberRemoveRequest {
  readonly ID: bigint;
}
export type MemberRemoveRequestInit = {
  readonly ID?: bigint | undefined;
};

export function encodeMemberRemoveRequest(m: MemberRemoveRequestInit): Uint8Array {
  return encodeWith(writeMemberRemoveRequest, m);
}
export function decodeMemberRemoveRequest(bytes: Uint8Array): MemberRemoveRequest {
  return readMemberRemoveRequest(new Reader(bytes), undefined);
}

function newMemberRemoveRequest(): Draft<MemberRemoveRequest> {
  return {
    ID: 0n,
  };
}

export function readMemberRemoveRequest(r: Reader, into: MemberRemoveRequest | undefined): MemberRemoveRequest {
  const m = (into as Draft<MemberRemoveRequest> | undefined) ?? newMemberRemoveRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberRemoveRequest(w: Writer, m: MemberRemoveRequestInit): void {
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface MemberRemoveResponse {
  readonly header: ResponseHeader | undefined;
  readonly members: readonly Member[];
}
export type MemberRemoveResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly members?: readonly MemberInit[] | undefined;
};

export function encodeMemberRemoveResponse(m: MemberRemoveResponseInit): Uint8Array {
  return encodeWith(writeMemberRemoveResponse, m);
}
export function decodeMemberRemoveResponse(bytes: Uint8Array): MemberRemoveResponse {
  return readMemberRemoveResponse(new Reader(bytes), undefined);
}

function newMemberRemoveResponse(): Draft<MemberRemoveResponse> {
  return {
    header: undefined,
    members: [],
  };
}

export function readMemberRemoveResponse(r: Reader, into: MemberRemoveResponse | undefined): MemberRemoveResponse {
  const m = (into as Draft<MemberRemoveResponse> | undefined) ?? newMemberRemoveResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.members.push(readMember(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberRemoveResponse(w: Writer, m: MemberRemoveResponseInit): void {
  if (m.members !== undefined) {
    for (let i = m.members.length - 1; i >= 0; i--) {
      const item = m.members[i] as MemberInit;
      const end = w.size();
      writeMember(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface MemberUpdateRequest {
  readonly ID: bigint;
  readonly peerURLs: readonly string[];
}
export type MemberUpdateRequestInit = {
  readonly ID?: bigint | undefined;
  readonly peerURLs?: readonly string[] | undefined;
};

export function encodeMemberUpdateRequest(m: MemberUpdateRequestInit): Uint8Array {
  return encodeWith(writeMemberUpdateRequest, m);
}
export function decodeMemberUpdateRequest(bytes: Uint8Array): MemberUpdateRequest {
  return readMemberUpdateRequest(new Reader(bytes), undefined);
}

function newMemberUpdateRequest(): Draft<MemberUpdateRequest> {
  return {
    ID: 0n,
    peerURLs: [],
  };
}

export function readMemberUpdateRequest(r: Reader, into: MemberUpdateRequest | undefined): MemberUpdateRequest {
  const m = (into as Draft<MemberUpdateRequest> | undefined) ?? newMemberUpdateRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      case 18: {
        m.peerURLs.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberUpdateRequest(w: Writer, m: MemberUpdateRequestInit): void {
  if (m.peerURLs !== undefined) {
    for (let i = m.peerURLs.length - 1; i >= 0; i--) {
      w.string(m.peerURLs[i] as string); w.byte(18);
    }
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface MemberUpdateResponse {
  readonly header: ResponseHeader | undefined;
  readonly members: readonly Member[];
}
export type MemberUpdateResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly members?: readonly MemberInit[] | undefined;
};

export function encodeMemberUpdateResponse(m: MemberUpdateResponseInit): Uint8Array {
  return encodeWith(writeMemberUpdateResponse, m);
}
export function decodeMemberUpdateResponse(bytes: Uint8Array): MemberUpdateResponse {
  return readMemberUpdateResponse(new Reader(bytes), undefined);
}

function newMemberUpdateResponse(): Draft<MemberUpdateResponse> {
  return {
    header: undefined,
    members: [],
  };
}

export function readMemberUpdateResponse(r: Reader, into: MemberUpdateResponse | undefined): MemberUpdateResponse {
  const m = (into as Draft<MemberUpdateResponse> | undefined) ?? newMemberUpdateResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.members.push(readMember(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberUpdateResponse(w: Writer, m: MemberUpdateResponseInit): void {
  if (m.members !== undefined) {
    for (let i = m.members.length - 1; i >= 0; i--) {
      const item = m.members[i] as MemberInit;
      const end = w.size();
      writeMember(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface MemberListRequest {
  readonly linearizable: boolean;
}
export type MemberListRequestInit = {
  readonly linearizable?: boolean | undefined;
};

export function encodeMemberListRequest(m: MemberListRequestInit): Uint8Array {
  return encodeWith(writeMemberListRequest, m);
}
export function decodeMemberListRequest(bytes: Uint8Array): MemberListRequest {
  return readMemberListRequest(new Reader(bytes), undefined);
}

function newMemberListRequest(): Draft<MemberListRequest> {
  return {
    linearizable: false,
  };
}

export function readMemberListRequest(r: Reader, into: MemberListRequest | undefined): MemberListRequest {
  const m = (into as Draft<MemberListRequest> | undefined) ?? newMemberListRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.linearizable = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberListRequest(w: Writer, m: MemberListRequestInit): void {
  if (m.linearizable !== undefined && m.linearizable !== false) {
    w.bool(m.linearizable); w.byte(8);
  }
}

export interface MemberListResponse {
  readonly header: ResponseHeader | undefined;
  readonly members: readonly Member[];
}
export type MemberListResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly members?: readonly MemberInit[] | undefined;
};

export function encodeMemberListResponse(m: MemberListResponseInit): Uint8Array {
  return encodeWith(writeMemberListResponse, m);
}
export function decodeMemberListResponse(bytes: Uint8Array): MemberListResponse {
  return readMemberListResponse(new Reader(bytes), undefined);
}

function newMemberListResponse(): Draft<MemberListResponse> {
  return {
    header: undefined,
    members: [],
  };
}

export function readMemberListResponse(r: Reader, into: MemberListResponse | undefined): MemberListResponse {
  const m = (into as Draft<MemberListResponse> | undefined) ?? newMemberListResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.members.push(readMember(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberListResponse(w: Writer, m: MemberListResponseInit): void {
  if (m.members !== undefined) {
    for (let i = m.members.length - 1; i >= 0; i--) {
      const item = m.members[i] as MemberInit;
      const end = w.size();
      writeMember(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface MemberPromoteRequest {
  readonly ID: bigint;
}
export type MemberPromoteRequestInit = {
  readonly ID?: bigint | undefined;
};

export function encodeMemberPromoteRequest(m: MemberPromoteRequestInit): Uint8Array {
  return encodeWith(writeMemberPromoteRequest, m);
}
export function decodeMemberPromoteRequest(bytes: Uint8Array): MemberPromoteRequest {
  return readMemberPromoteRequest(new Reader(bytes), undefined);
}

function newMemberPromoteRequest(): Draft<MemberPromoteRequest> {
  return {
    ID: 0n,
  };
}

export function readMemberPromoteRequest(r: Reader, into: MemberPromoteRequest | undefined): MemberPromoteRequest {
  const m = (into as Draft<MemberPromoteRequest> | undefined) ?? newMemberPromoteRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberPromoteRequest(w: Writer, m: MemberPromoteRequestInit): void {
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface MemberPromoteResponse {
  readonly header: ResponseHeader | undefined;
  readonly members: readonly Member[];
}
export type MemberPromoteResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly members?: readonly MemberInit[] | undefined;
};

export function encodeMemberPromoteResponse(m: MemberPromoteResponseInit): Uint8Array {
  return encodeWith(writeMemberPromoteResponse, m);
}
export function decodeMemberPromoteResponse(bytes: Uint8Array): MemberPromoteResponse {
  return readMemberPromoteResponse(new Reader(bytes), undefined);
}

function newMemberPromoteResponse(): Draft<MemberPromoteResponse> {
  return {
    header: undefined,
    members: [],
  };
}

export function readMemberPromoteResponse(r: Reader, into: MemberPromoteResponse | undefined): MemberPromoteResponse {
  const m = (into as Draft<MemberPromoteResponse> | undefined) ?? newMemberPromoteResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.members.push(readMember(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMemberPromoteResponse(w: Writer, m: MemberPromoteResponseInit): void {
  if (m.members !== undefined) {
    for (let i = m.members.length - 1; i >= 0; i--) {
      const item = m.members[i] as MemberInit;
      const end = w.size();
      writeMember(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface ResponseHeader {
  readonly clusterId: bigint;
  /** The member that answered. */
  readonly memberId: bigint;
  /** The store's revision the answer belongs to. */
  readonly revision: number;
  readonly raftTerm: number;
}
export type ResponseHeaderInit = {
  readonly clusterId?: bigint | undefined;
  readonly memberId?: bigint | undefined;
  readonly revision?: number | undefined;
  readonly raftTerm?: number | undefined;
};

export function encodeResponseHeader(m: ResponseHeaderInit): Uint8Array {
  return encodeWith(writeResponseHeader, m);
}
export function decodeResponseHeader(bytes: Uint8Array): ResponseHeader {
  return readResponseHeader(new Reader(bytes), undefined);
}

function newResponseHeader(): Draft<ResponseHeader> {
  return {
    clusterId: 0n,
    memberId: 0n,
    revision: 0,
    raftTerm: 0,
  };
}

export function readResponseHeader(r: Reader, into: ResponseHeader | undefined): ResponseHeader {
  const m = (into as Draft<ResponseHeader> | undefined) ?? newResponseHeader();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.clusterId = r.uint64Big();
        break;
      }
      case 16: {
        m.memberId = r.uint64Big();
        break;
      }
      case 24: {
        m.revision = r.int64Clamped();
        break;
      }
      case 32: {
        m.raftTerm = r.uint64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeResponseHeader(w: Writer, m: ResponseHeaderInit): void {
  if (m.raftTerm !== undefined && m.raftTerm !== 0) {
    w.uint(m.raftTerm); w.byte(32);
  }
  if (m.revision !== undefined && m.revision !== 0) {
    w.int(m.revision); w.byte(24);
  }
  if (m.memberId !== undefined && m.memberId !== 0n) {
    w.big(m.memberId); w.byte(16);
  }
  if (m.clusterId !== undefined && m.clusterId !== 0n) {
    w.big(m.clusterId); w.byte(8);
  }
}

export interface RangeRequest {
  readonly key: Uint8Array;
  /** Empty: one key. A single zero byte: everything from `key` on. Otherwise [key, range_end). */
  readonly rangeEnd: Uint8Array;
  readonly limit: number;
  /** 0 or less: the newest. */
  readonly revision: number;
  readonly sortOrder: number;
  readonly sortTarget: number;
  /** Answer from local state, without asking the leader. */
  readonly serializable: boolean;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
  readonly minModRevision: number;
  readonly maxModRevision: number;
  readonly minCreateRevision: number;
  readonly maxCreateRevision: number;
}
export type RangeRequestInit = {
  readonly key?: Uint8Array | undefined;
  readonly rangeEnd?: Uint8Array | undefined;
  readonly limit?: number | undefined;
  readonly revision?: number | undefined;
  readonly sortOrder?: number | undefined;
  readonly sortTarget?: number | undefined;
  readonly serializable?: boolean | undefined;
  readonly keysOnly?: boolean | undefined;
  readonly countOnly?: boolean | undefined;
  readonly minModRevision?: number | undefined;
  readonly maxModRevision?: number | undefined;
  readonly minCreateRevision?: number | undefined;
  readonly maxCreateRevision?: number | undefined;
};

export function encodeRangeRequest(m: RangeRequestInit): Uint8Array {
  return encodeWith(writeRangeRequest, m);
}
export function decodeRangeRequest(bytes: Uint8Array): RangeRequest {
  return readRangeRequest(new Reader(bytes), undefined);
}

function newRangeRequest(): Draft<RangeRequest> {
  return {
    key: emptyBytes,
    rangeEnd: emptyBytes,
    limit: 0,
    revision: 0,
    sortOrder: 0,
    sortTarget: 0,
    serializable: false,
    keysOnly: false,
    countOnly: false,
    minModRevision: 0,
    maxModRevision: 0,
    minCreateRevision: 0,
    maxCreateRevision: 0,
  };
}

export function readRangeRequest(r: Reader, into: RangeRequest | undefined): RangeRequest {
  const m = (into as Draft<RangeRequest> | undefined) ?? newRangeRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.rangeEnd = r.bytes();
        break;
      }
      case 24: {
        m.limit = r.int64Clamped();
        break;
      }
      case 32: {
        m.revision = r.int64Clamped();
        break;
      }
      case 40: {
        m.sortOrder = r.int32();
        break;
      }
      case 48: {
        m.sortTarget = r.int32();
        break;
      }
      case 56: {
        m.serializable = r.bool();
        break;
      }
      case 64: {
        m.keysOnly = r.bool();
        break;
      }
      case 72: {
        m.countOnly = r.bool();
        break;
      }
      case 80: {
        m.minModRevision = r.int64Clamped();
        break;
      }
      case 88: {
        m.maxModRevision = r.int64Clamped();
        break;
      }
      case 96: {
        m.minCreateRevision = r.int64Clamped();
        break;
      }
      case 104: {
        m.maxCreateRevision = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeRangeRequest(w: Writer, m: RangeRequestInit): void {
  if (m.maxCreateRevision !== undefined && m.maxCreateRevision !== 0) {
    w.int(m.maxCreateRevision); w.byte(104);
  }
  if (m.minCreateRevision !== undefined && m.minCreateRevision !== 0) {
    w.int(m.minCreateRevision); w.byte(96);
  }
  if (m.maxModRevision !== undefined && m.maxModRevision !== 0) {
    w.int(m.maxModRevision); w.byte(88);
  }
  if (m.minModRevision !== undefined && m.minModRevision !== 0) {
    w.int(m.minModRevision); w.byte(80);
  }
  if (m.countOnly !== undefined && m.countOnly !== false) {
    w.bool(m.countOnly); w.byte(72);
  }
  if (m.keysOnly !== undefined && m.keysOnly !== false) {
    w.bool(m.keysOnly); w.byte(64);
  }
  if (m.serializable !== undefined && m.serializable !== false) {
    w.bool(m.serializable); w.byte(56);
  }
  if (m.sortTarget !== undefined && m.sortTarget !== 0) {
    w.int(m.sortTarget); w.byte(48);
  }
  if (m.sortOrder !== undefined && m.sortOrder !== 0) {
    w.int(m.sortOrder); w.byte(40);
  }
  if (m.revision !== undefined && m.revision !== 0) {
    w.int(m.revision); w.byte(32);
  }
  if (m.limit !== undefined && m.limit !== 0) {
    w.int(m.limit); w.byte(24);
  }
  if (m.rangeEnd !== undefined && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd); w.byte(18);
  }
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(10);
  }
}

export interface RangeResponse {
  readonly header: ResponseHeader | undefined;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  /** Keys in the range, whatever the limit. */
  readonly count: number;
}
export type RangeResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly kvs?: readonly KeyValueInit[] | undefined;
  readonly more?: boolean | undefined;
  readonly count?: number | undefined;
};

export function encodeRangeResponse(m: RangeResponseInit): Uint8Array {
  return encodeWith(writeRangeResponse, m);
}
export function decodeRangeResponse(bytes: Uint8Array): RangeResponse {
  return readRangeResponse(new Reader(bytes), undefined);
}

function newRangeResponse(): Draft<RangeResponse> {
  return {
    header: undefined,
    kvs: [],
    more: false,
    count: 0,
  };
}

export function readRangeResponse(r: Reader, into: RangeResponse | undefined): RangeResponse {
  const m = (into as Draft<RangeResponse> | undefined) ?? newRangeResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.kvs.push(readKeyValue(r, undefined));
        r.leave(outer);
        break;
      }
      case 24: {
        m.more = r.bool();
        break;
      }
      case 32: {
        m.count = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeRangeResponse(w: Writer, m: RangeResponseInit): void {
  if (m.count !== undefined && m.count !== 0) {
    w.int(m.count); w.byte(32);
  }
  if (m.more !== undefined && m.more !== false) {
    w.bool(m.more); w.byte(24);
  }
  if (m.kvs !== undefined) {
    for (let i = m.kvs.length - 1; i >= 0; i--) {
      const item = m.kvs[i] as KeyValueInit;
      const end = w.size();
      writeKeyValue(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface RangeStreamResponse {
  readonly rangeResponse: RangeResponse | undefined;
}
export type RangeStreamResponseInit = {
  readonly rangeResponse?: RangeResponseInit | undefined;
};

export function encodeRangeStreamResponse(m: RangeStreamResponseInit): Uint8Array {
  return encodeWith(writeRangeStreamResponse, m);
}
export function decodeRangeStreamResponse(bytes: Uint8Array): RangeStreamResponse {
  return readRangeStreamResponse(new Reader(bytes), undefined);
}

function newRangeStreamResponse(): Draft<RangeStreamResponse> {
  return {
    rangeResponse: undefined,
  };
}

export function readRangeStreamResponse(r: Reader, into: RangeStreamResponse | undefined): RangeStreamResponse {
  const m = (into as Draft<RangeStreamResponse> | undefined) ?? newRangeStreamResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.rangeResponse = readRangeResponse(r, m.rangeResponse);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeRangeStreamResponse(w: Writer, m: RangeStreamResponseInit): void {
  if (m.rangeResponse !== undefined) {
    const end = w.size();
    writeRangeResponse(w, m.rangeResponse);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface PutRequest {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly lease: bigint;
  readonly prevKv: boolean;
  readonly ignoreValue: boolean;
  readonly ignoreLease: boolean;
}
export type PutRequestInit = {
  readonly key?: Uint8Array | undefined;
  readonly value?: Uint8Array | undefined;
  readonly lease?: bigint | undefined;
  readonly prevKv?: boolean | undefined;
  readonly ignoreValue?: boolean | undefined;
  readonly ignoreLease?: boolean | undefined;
};

export function encodePutRequest(m: PutRequestInit): Uint8Array {
  return encodeWith(writePutRequest, m);
}
export function decodePutRequest(bytes: Uint8Array): PutRequest {
  return readPutRequest(new Reader(bytes), undefined);
}

function newPutRequest(): Draft<PutRequest> {
  return {
    key: emptyBytes,
    value: emptyBytes,
    lease: 0n,
    prevKv: false,
    ignoreValue: false,
    ignoreLease: false,
  };
}

export function readPutRequest(r: Reader, into: PutRequest | undefined): PutRequest {
  const m = (into as Draft<PutRequest> | undefined) ?? newPutRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.value = r.bytes();
        break;
      }
      case 24: {
        m.lease = r.int64Big();
        break;
      }
      case 32: {
        m.prevKv = r.bool();
        break;
      }
      case 40: {
        m.ignoreValue = r.bool();
        break;
      }
      case 48: {
        m.ignoreLease = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writePutRequest(w: Writer, m: PutRequestInit): void {
  if (m.ignoreLease !== undefined && m.ignoreLease !== false) {
    w.bool(m.ignoreLease); w.byte(48);
  }
  if (m.ignoreValue !== undefined && m.ignoreValue !== false) {
    w.bool(m.ignoreValue); w.byte(40);
  }
  if (m.prevKv !== undefined && m.prevKv !== false) {
    w.bool(m.prevKv); w.byte(32);
  }
  if (m.lease !== undefined && m.lease !== 0n) {
    w.big(m.lease); w.byte(24);
  }
  if (m.value !== undefined && m.value.length !== 0) {
    w.bytes(m.value); w.byte(18);
  }
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(10);
  }
}

export interface PutResponse {
  readonly header: ResponseHeader | undefined;
  readonly prevKv: KeyValue | undefined;
}
export type PutResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly prevKv?: KeyValueInit | undefined;
};

export function encodePutResponse(m: PutResponseInit): Uint8Array {
  return encodeWith(writePutResponse, m);
}
export function decodePutResponse(bytes: Uint8Array): PutResponse {
  return readPutResponse(new Reader(bytes), undefined);
}

function newPutResponse(): Draft<PutResponse> {
  return {
    header: undefined,
    prevKv: undefined,
  };
}

export function readPutResponse(r: Reader, into: PutResponse | undefined): PutResponse {
  const m = (into as Draft<PutResponse> | undefined) ?? newPutResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.prevKv = readKeyValue(r, m.prevKv);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writePutResponse(w: Writer, m: PutResponseInit): void {
  if (m.prevKv !== undefined) {
    const end = w.size();
    writeKeyValue(w, m.prevKv);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface DeleteRangeRequest {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  readonly prevKv: boolean;
}
export type DeleteRangeRequestInit = {
  readonly key?: Uint8Array | undefined;
  readonly rangeEnd?: Uint8Array | undefined;
  readonly prevKv?: boolean | undefined;
};

export function encodeDeleteRangeRequest(m: DeleteRangeRequestInit): Uint8Array {
  return encodeWith(writeDeleteRangeRequest, m);
}
export function decodeDeleteRangeRequest(bytes: Uint8Array): DeleteRangeRequest {
  return readDeleteRangeRequest(new Reader(bytes), undefined);
}

function newDeleteRangeRequest(): Draft<DeleteRangeRequest> {
  return {
    key: emptyBytes,
    rangeEnd: emptyBytes,
    prevKv: false,
  };
}

export function readDeleteRangeRequest(r: Reader, into: DeleteRangeRequest | undefined): DeleteRangeRequest {
  const m = (into as Draft<DeleteRangeRequest> | undefined) ?? newDeleteRangeRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.rangeEnd = r.bytes();
        break;
      }
      case 24: {
        m.prevKv = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeDeleteRangeRequest(w: Writer, m: DeleteRangeRequestInit): void {
  if (m.prevKv !== undefined && m.prevKv !== false) {
    w.bool(m.prevKv); w.byte(24);
  }
  if (m.rangeEnd !== undefined && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd); w.byte(18);
  }
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(10);
  }
}

export interface DeleteRangeResponse {
  readonly header: ResponseHeader | undefined;
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}
export type DeleteRangeResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly deleted?: number | undefined;
  readonly prevKvs?: readonly KeyValueInit[] | undefined;
};

export function encodeDeleteRangeResponse(m: DeleteRangeResponseInit): Uint8Array {
  return encodeWith(writeDeleteRangeResponse, m);
}
export function decodeDeleteRangeResponse(bytes: Uint8Array): DeleteRangeResponse {
  return readDeleteRangeResponse(new Reader(bytes), undefined);
}

function newDeleteRangeResponse(): Draft<DeleteRangeResponse> {
  return {
    header: undefined,
    deleted: 0,
    prevKvs: [],
  };
}

export function readDeleteRangeResponse(r: Reader, into: DeleteRangeResponse | undefined): DeleteRangeResponse {
  const m = (into as Draft<DeleteRangeResponse> | undefined) ?? newDeleteRangeResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.deleted = r.int64Clamped();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.prevKvs.push(readKeyValue(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeDeleteRangeResponse(w: Writer, m: DeleteRangeResponseInit): void {
  if (m.prevKvs !== undefined) {
    for (let i = m.prevKvs.length - 1; i >= 0; i--) {
      const item = m.prevKvs[i] as KeyValueInit;
      const end = w.size();
      writeKeyValue(w, item);
      w.uint(w.size() - end);
      w.byte(26);
    }
  }
  if (m.deleted !== undefined && m.deleted !== 0) {
    w.int(m.deleted); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface RequestOp {
  readonly requestRange: RangeRequest | undefined;
  readonly requestPut: PutRequest | undefined;
  readonly requestDeleteRange: DeleteRangeRequest | undefined;
  readonly requestTxn: TxnRequest | undefined;
}
export type RequestOpInit = {
  readonly requestRange?: RangeRequestInit | undefined;
  readonly requestPut?: PutRequestInit | undefined;
  readonly requestDeleteRange?: DeleteRangeRequestInit | undefined;
  readonly requestTxn?: TxnRequestInit | undefined;
};

export function encodeRequestOp(m: RequestOpInit): Uint8Array {
  return encodeWith(writeRequestOp, m);
}
export function decodeRequestOp(bytes: Uint8Array): RequestOp {
  return readRequestOp(new Reader(bytes), undefined);
}

function newRequestOp(): Draft<RequestOp> {
  return {
    requestRange: undefined,
    requestPut: undefined,
    requestDeleteRange: undefined,
    requestTxn: undefined,
  };
}

export function readRequestOp(r: Reader, into: RequestOp | undefined): RequestOp {
  const m = (into as Draft<RequestOp> | undefined) ?? newRequestOp();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.requestRange = readRangeRequest(r, m.requestRange);
        r.leave(outer);
        m.requestPut = undefined;
        m.requestDeleteRange = undefined;
        m.requestTxn = undefined;
        break;
      }
      case 18: {
        const outer = r.enter();
        m.requestPut = readPutRequest(r, m.requestPut);
        r.leave(outer);
        m.requestRange = undefined;
        m.requestDeleteRange = undefined;
        m.requestTxn = undefined;
        break;
      }
      case 26: {
        const outer = r.enter();
        m.requestDeleteRange = readDeleteRangeRequest(r, m.requestDeleteRange);
        r.leave(outer);
        m.requestRange = undefined;
        m.requestPut = undefined;
        m.requestTxn = undefined;
        break;
      }
      case 34: {
        const outer = r.enter();
        m.requestTxn = readTxnRequest(r, m.requestTxn);
        r.leave(outer);
        m.requestRange = undefined;
        m.requestPut = undefined;
        m.requestDeleteRange = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeRequestOp(w: Writer, m: RequestOpInit): void {
  if (m.requestTxn !== undefined) {
    const end = w.size();
    writeTxnRequest(w, m.requestTxn);
    w.uint(w.size() - end);
    w.byte(34);
  }
  if (m.requestDeleteRange !== undefined) {
    const end = w.size();
    writeDeleteRangeRequest(w, m.requestDeleteRange);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.requestPut !== undefined) {
    const end = w.size();
    writePutRequest(w, m.requestPut);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.requestRange !== undefined) {
    const end = w.size();
    writeRangeRequest(w, m.requestRange);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface ResponseOp {
  readonly responseRange: RangeResponse | undefined;
  readonly responsePut: PutResponse | undefined;
  readonly responseDeleteRange: DeleteRangeResponse | undefined;
  readonly responseTxn: TxnResponse | undefined;
}
export type ResponseOpInit = {
  readonly responseRange?: RangeResponseInit | undefined;
  readonly responsePut?: PutResponseInit | undefined;
  readonly responseDeleteRange?: DeleteRangeResponseInit | undefined;
  readonly responseTxn?: TxnResponseInit | undefined;
};

export function encodeResponseOp(m: ResponseOpInit): Uint8Array {
  return encodeWith(writeResponseOp, m);
}
export function decodeResponseOp(bytes: Uint8Array): ResponseOp {
  return readResponseOp(new Reader(bytes), undefined);
}

function newResponseOp(): Draft<ResponseOp> {
  return {
    responseRange: undefined,
    responsePut: undefined,
    responseDeleteRange: undefined,
    responseTxn: undefined,
  };
}

export function readResponseOp(r: Reader, into: ResponseOp | undefined): ResponseOp {
  const m = (into as Draft<ResponseOp> | undefined) ?? newResponseOp();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.responseRange = readRangeResponse(r, m.responseRange);
        r.leave(outer);
        m.responsePut = undefined;
        m.responseDeleteRange = undefined;
        m.responseTxn = undefined;
        break;
      }
      case 18: {
        const outer = r.enter();
        m.responsePut = readPutResponse(r, m.responsePut);
        r.leave(outer);
        m.responseRange = undefined;
        m.responseDeleteRange = undefined;
        m.responseTxn = undefined;
        break;
      }
      case 26: {
        const outer = r.enter();
        m.responseDeleteRange = readDeleteRangeResponse(r, m.responseDeleteRange);
        r.leave(outer);
        m.responseRange = undefined;
        m.responsePut = undefined;
        m.responseTxn = undefined;
        break;
      }
      case 34: {
        const outer = r.enter();
        m.responseTxn = readTxnResponse(r, m.responseTxn);
        r.leave(outer);
        m.responseRange = undefined;
        m.responsePut = undefined;
        m.responseDeleteRange = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeResponseOp(w: Writer, m: ResponseOpInit): void {
  if (m.responseTxn !== undefined) {
    const end = w.size();
    writeTxnResponse(w, m.responseTxn);
    w.uint(w.size() - end);
    w.byte(34);
  }
  if (m.responseDeleteRange !== undefined) {
    const end = w.size();
    writeDeleteRangeResponse(w, m.responseDeleteRange);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.responsePut !== undefined) {
    const end = w.size();
    writePutResponse(w, m.responsePut);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.responseRange !== undefined) {
    const end = w.size();
    writeRangeResponse(w, m.responseRange);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface Compare {
  readonly result: number;
  readonly target: number;
  readonly key: Uint8Array;
  readonly version: number | undefined;
  readonly createRevision: number | undefined;
  readonly modRevision: number | undefined;
  readonly value: Uint8Array | undefined;
  readonly lease: bigint | undefined;
  readonly rangeEnd: Uint8Array;
}
export type CompareInit = {
  readonly result?: number | undefined;
  readonly target?: number | undefined;
  readonly key?: Uint8Array | undefined;
  readonly version?: number | undefined;
  readonly createRevision?: number | undefined;
  readonly modRevision?: number | undefined;
  readonly value?: Uint8Array | undefined;
  readonly lease?: bigint | undefined;
  readonly rangeEnd?: Uint8Array | undefined;
};

export function encodeCompare(m: CompareInit): Uint8Array {
  return encodeWith(writeCompare, m);
}
export function decodeCompare(bytes: Uint8Array): Compare {
  return readCompare(new Reader(bytes), undefined);
}

function newCompare(): Draft<Compare> {
  return {
    result: 0,
    target: 0,
    key: emptyBytes,
    version: undefined,
    createRevision: undefined,
    modRevision: undefined,
    value: undefined,
    lease: undefined,
    rangeEnd: emptyBytes,
  };
}

export function readCompare(r: Reader, into: Compare | undefined): Compare {
  const m = (into as Draft<Compare> | undefined) ?? newCompare();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.result = r.int32();
        break;
      }
      case 16: {
        m.target = r.int32();
        break;
      }
      case 26: {
        m.key = r.bytes();
        break;
      }
      case 32: {
        m.version = r.int64Clamped();
        m.createRevision = undefined;
        m.modRevision = undefined;
        m.value = undefined;
        m.lease = undefined;
        break;
      }
      case 40: {
        m.createRevision = r.int64Clamped();
        m.version = undefined;
        m.modRevision = undefined;
        m.value = undefined;
        m.lease = undefined;
        break;
      }
      case 48: {
        m.modRevision = r.int64Clamped();
        m.version = undefined;
        m.createRevision = undefined;
        m.value = undefined;
        m.lease = undefined;
        break;
      }
      case 58: {
        m.value = r.bytes();
        m.version = undefined;
        m.createRevision = undefined;
        m.modRevision = undefined;
        m.lease = undefined;
        break;
      }
      case 64: {
        m.lease = r.int64Big();
        m.version = undefined;
        m.createRevision = undefined;
        m.modRevision = undefined;
        m.value = undefined;
        break;
      }
      case 514: {
        m.rangeEnd = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeCompare(w: Writer, m: CompareInit): void {
  if (m.rangeEnd !== undefined && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd); w.byte(4); w.byte(130);
  }
  if (m.lease !== undefined) {
    w.big(m.lease); w.byte(64);
  }
  if (m.value !== undefined) {
    w.bytes(m.value); w.byte(58);
  }
  if (m.modRevision !== undefined) {
    w.int(m.modRevision); w.byte(48);
  }
  if (m.createRevision !== undefined) {
    w.int(m.createRevision); w.byte(40);
  }
  if (m.version !== undefined) {
    w.int(m.version); w.byte(32);
  }
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(26);
  }
  if (m.target !== undefined && m.target !== 0) {
    w.int(m.target); w.byte(16);
  }
  if (m.result !== undefined && m.result !== 0) {
    w.int(m.result); w.byte(8);
  }
}

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}
export type TxnRequestInit = {
  readonly compare?: readonly CompareInit[] | undefined;
  readonly success?: readonly RequestOpInit[] | undefined;
  readonly failure?: readonly RequestOpInit[] | undefined;
};

export function encodeTxnRequest(m: TxnRequestInit): Uint8Array {
  return encodeWith(writeTxnRequest, m);
}
export function decodeTxnRequest(bytes: Uint8Array): TxnRequest {
  return readTxnRequest(new Reader(bytes), undefined);
}

function newTxnRequest(): Draft<TxnRequest> {
  return {
    compare: [],
    success: [],
    failure: [],
  };
}

export function readTxnRequest(r: Reader, into: TxnRequest | undefined): TxnRequest {
  const m = (into as Draft<TxnRequest> | undefined) ?? newTxnRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.compare.push(readCompare(r, undefined));
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.success.push(readRequestOp(r, undefined));
        r.leave(outer);
        break;
      }
      case 26: {
        const outer = r.enter();
        m.failure.push(readRequestOp(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeTxnRequest(w: Writer, m: TxnRequestInit): void {
  if (m.failure !== undefined) {
    for (let i = m.failure.length - 1; i >= 0; i--) {
      const item = m.failure[i] as RequestOpInit;
      const end = w.size();
      writeRequestOp(w, item);
      w.uint(w.size() - end);
      w.byte(26);
    }
  }
  if (m.success !== undefined) {
    for (let i = m.success.length - 1; i >= 0; i--) {
      const item = m.success[i] as RequestOpInit;
      const end = w.size();
      writeRequestOp(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.compare !== undefined) {
    for (let i = m.compare.length - 1; i >= 0; i--) {
      const item = m.compare[i] as CompareInit;
      const end = w.size();
      writeCompare(w, item);
      w.uint(w.size() - end);
      w.byte(10);
    }
  }
}

export interface TxnResponse {
  readonly header: ResponseHeader | undefined;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}
export type TxnResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly succeeded?: boolean | undefined;
  readonly responses?: readonly ResponseOpInit[] | undefined;
};

export function encodeTxnResponse(m: TxnResponseInit): Uint8Array {
  return encodeWith(writeTxnResponse, m);
}
export function decodeTxnResponse(bytes: Uint8Array): TxnResponse {
  return readTxnResponse(new Reader(bytes), undefined);
}

function newTxnResponse(): Draft<TxnResponse> {
  return {
    header: undefined,
    succeeded: false,
    responses: [],
  };
}

export function readTxnResponse(r: Reader, into: TxnResponse | undefined): TxnResponse {
  const m = (into as Draft<TxnResponse> | undefined) ?? newTxnResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.succeeded = r.bool();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.responses.push(readResponseOp(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeTxnResponse(w: Writer, m: TxnResponseInit): void {
  if (m.responses !== undefined) {
    for (let i = m.responses.length - 1; i >= 0; i--) {
      const item = m.responses[i] as ResponseOpInit;
      const end = w.size();
      writeResponseOp(w, item);
      w.uint(w.size() - end);
      w.byte(26);
    }
  }
  if (m.succeeded !== undefined && m.succeeded !== false) {
    w.bool(m.succeeded); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface CompactionRequest {
  readonly revision: number;
  /** Answer only when the old versions are gone from disk. */
  readonly physical: boolean;
}
export type CompactionRequestInit = {
  readonly revision?: number | undefined;
  readonly physical?: boolean | undefined;
};

export function encodeCompactionRequest(m: CompactionRequestInit): Uint8Array {
  return encodeWith(writeCompactionRequest, m);
}
export function decodeCompactionRequest(bytes: Uint8Array): CompactionRequest {
  return readCompactionRequest(new Reader(bytes), undefined);
}

function newCompactionRequest(): Draft<CompactionRequest> {
  return {
    revision: 0,
    physical: false,
  };
}

export function readCompactionRequest(r: Reader, into: CompactionRequest | undefined): CompactionRequest {
  const m = (into as Draft<CompactionRequest> | undefined) ?? newCompactionRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.revision = r.int64Clamped();
        break;
      }
      case 16: {
        m.physical = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeCompactionRequest(w: Writer, m: CompactionRequestInit): void {
  if (m.physical !== undefined && m.physical !== false) {
    w.bool(m.physical); w.byte(16);
  }
  if (m.revision !== undefined && m.revision !== 0) {
    w.int(m.revision); w.byte(8);
  }
}

export interface CompactionResponse {
  readonly header: ResponseHeader | undefined;
}
export type CompactionResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeCompactionResponse(m: CompactionResponseInit): Uint8Array {
  return encodeWith(writeCompactionResponse, m);
}
export function decodeCompactionResponse(bytes: Uint8Array): CompactionResponse {
  return readCompactionResponse(new Reader(bytes), undefined);
}

function newCompactionResponse(): Draft<CompactionResponse> {
  return {
    header: undefined,
  };
}

export function readCompactionResponse(r: Reader, into: CompactionResponse | undefined): CompactionResponse {
  const m = (into as Draft<CompactionResponse> | undefined) ?? newCompactionResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeCompactionResponse(w: Writer, m: CompactionResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface LeaseGrantRequest {
  /** Seconds. */
  readonly TTL: number;
  /** 0: the server chooses. */
  readonly ID: bigint;
}
export type LeaseGrantRequestInit = {
  readonly TTL?: number | undefined;
  readonly ID?: bigint | undefined;
};

export function encodeLeaseGrantRequest(m: LeaseGrantRequestInit): Uint8Array {
  return encodeWith(writeLeaseGrantRequest, m);
}
export function decodeLeaseGrantRequest(bytes: Uint8Array): LeaseGrantRequest {
  return readLeaseGrantRequest(new Reader(bytes), undefined);
}

function newLeaseGrantRequest(): Draft<LeaseGrantRequest> {
  return {
    TTL: 0,
    ID: 0n,
  };
}

export function readLeaseGrantRequest(r: Reader, into: LeaseGrantRequest | undefined): LeaseGrantRequest {
  const m = (into as Draft<LeaseGrantRequest> | undefined) ?? newLeaseGrantRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.TTL = r.int64Clamped();
        break;
      }
      case 16: {
        m.ID = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseGrantRequest(w: Writer, m: LeaseGrantRequestInit): void {
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(16);
  }
  if (m.TTL !== undefined && m.TTL !== 0) {
    w.int(m.TTL); w.byte(8);
  }
}

export interface LeaseGrantResponse {
  readonly header: ResponseHeader | undefined;
  readonly ID: bigint;
  readonly TTL: number;
  readonly error: string;
}
export type LeaseGrantResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly ID?: bigint | undefined;
  readonly TTL?: number | undefined;
  readonly error?: string | undefined;
};

export function encodeLeaseGrantResponse(m: LeaseGrantResponseInit): Uint8Array {
  return encodeWith(writeLeaseGrantResponse, m);
}
export function decodeLeaseGrantResponse(bytes: Uint8Array): LeaseGrantResponse {
  return readLeaseGrantResponse(new Reader(bytes), undefined);
}

function newLeaseGrantResponse(): Draft<LeaseGrantResponse> {
  return {
    header: undefined,
    ID: 0n,
    TTL: 0,
    error: '',
  };
}

export function readLeaseGrantResponse(r: Reader, into: LeaseGrantResponse | undefined): LeaseGrantResponse {
  const m = (into as Draft<LeaseGrantResponse> | undefined) ?? newLeaseGrantResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.ID = r.int64Big();
        break;
      }
      case 24: {
        m.TTL = r.int64Clamped();
        break;
      }
      case 34: {
        m.error = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseGrantResponse(w: Writer, m: LeaseGrantResponseInit): void {
  if (m.error !== undefined && m.error !== '') {
    w.string(m.error); w.byte(34);
  }
  if (m.TTL !== undefined && m.TTL !== 0) {
    w.int(m.TTL); w.byte(24);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface LeaseRevokeRequest {
  readonly ID: bigint;
}
export type LeaseRevokeRequestInit = {
  readonly ID?: bigint | undefined;
};

export function encodeLeaseRevokeRequest(m: LeaseRevokeRequestInit): Uint8Array {
  return encodeWith(writeLeaseRevokeRequest, m);
}
export function decodeLeaseRevokeRequest(bytes: Uint8Array): LeaseRevokeRequest {
  return readLeaseRevokeRequest(new Reader(bytes), undefined);
}

function newLeaseRevokeRequest(): Draft<LeaseRevokeRequest> {
  return {
    ID: 0n,
  };
}

export function readLeaseRevokeRequest(r: Reader, into: LeaseRevokeRequest | undefined): LeaseRevokeRequest {
  const m = (into as Draft<LeaseRevokeRequest> | undefined) ?? newLeaseRevokeRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseRevokeRequest(w: Writer, m: LeaseRevokeRequestInit): void {
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface LeaseRevokeResponse {
  readonly header: ResponseHeader | undefined;
}
export type LeaseRevokeResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeLeaseRevokeResponse(m: LeaseRevokeResponseInit): Uint8Array {
  return encodeWith(writeLeaseRevokeResponse, m);
}
export function decodeLeaseRevokeResponse(bytes: Uint8Array): LeaseRevokeResponse {
  return readLeaseRevokeResponse(new Reader(bytes), undefined);
}

function newLeaseRevokeResponse(): Draft<LeaseRevokeResponse> {
  return {
    header: undefined,
  };
}

export function readLeaseRevokeResponse(r: Reader, into: LeaseRevokeResponse | undefined): LeaseRevokeResponse {
  const m = (into as Draft<LeaseRevokeResponse> | undefined) ?? newLeaseRevokeResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseRevokeResponse(w: Writer, m: LeaseRevokeResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

/** Replicated note of how long a lease still lives. */
export interface LeaseCheckpoint {
  readonly ID: bigint;
  readonly remainingTTL: number;
}
export type LeaseCheckpointInit = {
  readonly ID?: bigint | undefined;
  readonly remainingTTL?: number | undefined;
};

export function encodeLeaseCheckpoint(m: LeaseCheckpointInit): Uint8Array {
  return encodeWith(writeLeaseCheckpoint, m);
}
export function decodeLeaseCheckpoint(bytes: Uint8Array): LeaseCheckpoint {
  return readLeaseCheckpoint(new Reader(bytes), undefined);
}

function newLeaseCheckpoint(): Draft<LeaseCheckpoint> {
  return {
    ID: 0n,
    remainingTTL: 0,
  };
}

export function readLeaseCheckpoint(r: Reader, into: LeaseCheckpoint | undefined): LeaseCheckpoint {
  const m = (into as Draft<LeaseCheckpoint> | undefined) ?? newLeaseCheckpoint();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      case 16: {
        m.remainingTTL = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseCheckpoint(w: Writer, m: LeaseCheckpointInit): void {
  if (m.remainingTTL !== undefined && m.remainingTTL !== 0) {
    w.int(m.remainingTTL); w.byte(16);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface LeaseCheckpointRequest {
  readonly checkpoints: readonly LeaseCheckpoint[];
}
export type LeaseCheckpointRequestInit = {
  readonly checkpoints?: readonly LeaseCheckpointInit[] | undefined;
};

export function encodeLeaseCheckpointRequest(m: LeaseCheckpointRequestInit): Uint8Array {
  return encodeWith(writeLeaseCheckpointRequest, m);
}
export function decodeLeaseCheckpointRequest(bytes: Uint8Array): LeaseCheckpointRequest {
  return readLeaseCheckpointRequest(new Reader(bytes), undefined);
}

function newLeaseCheckpointRequest(): Draft<LeaseCheckpointRequest> {
  return {
    checkpoints: [],
  };
}

export function readLeaseCheckpointRequest(r: Reader, into: LeaseCheckpointRequest | undefined): LeaseCheckpointRequest {
  const m = (into as Draft<LeaseCheckpointRequest> | undefined) ?? newLeaseCheckpointRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.checkpoints.push(readLeaseCheckpoint(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseCheckpointRequest(w: Writer, m: LeaseCheckpointRequestInit): void {
  if (m.checkpoints !== undefined) {
    for (let i = m.checkpoints.length - 1; i >= 0; i--) {
      const item = m.checkpoints[i] as LeaseCheckpointInit;
      const end = w.size();
      writeLeaseCheckpoint(w, item);
      w.uint(w.size() - end);
      w.byte(10);
    }
  }
}

export interface LeaseCheckpointResponse {
  readonly header: ResponseHeader | undefined;
}
export type LeaseCheckpointResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeLeaseCheckpointResponse(m: LeaseCheckpointResponseInit): Uint8Array {
  return encodeWith(writeLeaseCheckpointResponse, m);
}
export function decodeLeaseCheckpointResponse(bytes: Uint8Array): LeaseCheckpointResponse {
  return readLeaseCheckpointResponse(new Reader(bytes), undefined);
}

function newLeaseCheckpointResponse(): Draft<LeaseCheckpointResponse> {
  return {
    header: undefined,
  };
}

export function readLeaseCheckpointResponse(r: Reader, into: LeaseCheckpointResponse | undefined): LeaseCheckpointResponse {
  const m = (into as Draft<LeaseCheckpointResponse> | undefined) ?? newLeaseCheckpointResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseCheckpointResponse(w: Writer, m: LeaseCheckpointResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface LeaseKeepAliveRequest {
  readonly ID: bigint;
}
export type LeaseKeepAliveRequestInit = {
  readonly ID?: bigint | undefined;
};

export function encodeLeaseKeepAliveRequest(m: LeaseKeepAliveRequestInit): Uint8Array {
  return encodeWith(writeLeaseKeepAliveRequest, m);
}
export function decodeLeaseKeepAliveRequest(bytes: Uint8Array): LeaseKeepAliveRequest {
  return readLeaseKeepAliveRequest(new Reader(bytes), undefined);
}

function newLeaseKeepAliveRequest(): Draft<LeaseKeepAliveRequest> {
  return {
    ID: 0n,
  };
}

export function readLeaseKeepAliveRequest(r: Reader, into: LeaseKeepAliveRequest | undefined): LeaseKeepAliveRequest {
  const m = (into as Draft<LeaseKeepAliveRequest> | undefined) ?? newLeaseKeepAliveRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseKeepAliveRequest(w: Writer, m: LeaseKeepAliveRequestInit): void {
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface LeaseKeepAliveResponse {
  readonly header: ResponseHeader | undefined;
  readonly ID: bigint;
  readonly TTL: number;
}
export type LeaseKeepAliveResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly ID?: bigint | undefined;
  readonly TTL?: number | undefined;
};

export function encodeLeaseKeepAliveResponse(m: LeaseKeepAliveResponseInit): Uint8Array {
  return encodeWith(writeLeaseKeepAliveResponse, m);
}
export function decodeLeaseKeepAliveResponse(bytes: Uint8Array): LeaseKeepAliveResponse {
  return readLeaseKeepAliveResponse(new Reader(bytes), undefined);
}

function newLeaseKeepAliveResponse(): Draft<LeaseKeepAliveResponse> {
  return {
    header: undefined,
    ID: 0n,
    TTL: 0,
  };
}

export function readLeaseKeepAliveResponse(r: Reader, into: LeaseKeepAliveResponse | undefined): LeaseKeepAliveResponse {
  const m = (into as Draft<LeaseKeepAliveResponse> | undefined) ?? newLeaseKeepAliveResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.ID = r.int64Big();
        break;
      }
      case 24: {
        m.TTL = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseKeepAliveResponse(w: Writer, m: LeaseKeepAliveResponseInit): void {
  if (m.TTL !== undefined && m.TTL !== 0) {
    w.int(m.TTL); w.byte(24);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface LeaseTimeToLiveRequest {
  readonly ID: bigint;
  readonly keys: boolean;
}
export type LeaseTimeToLiveRequestInit = {
  readonly ID?: bigint | undefined;
  readonly keys?: boolean | undefined;
};

export function encodeLeaseTimeToLiveRequest(m: LeaseTimeToLiveRequestInit): Uint8Array {
  return encodeWith(writeLeaseTimeToLiveRequest, m);
}
export function decodeLeaseTimeToLiveRequest(bytes: Uint8Array): LeaseTimeToLiveRequest {
  return readLeaseTimeToLiveRequest(new Reader(bytes), undefined);
}

function newLeaseTimeToLiveRequest(): Draft<LeaseTimeToLiveRequest> {
  return {
    ID: 0n,
    keys: false,
  };
}

export function readLeaseTimeToLiveRequest(r: Reader, into: LeaseTimeToLiveRequest | undefined): LeaseTimeToLiveRequest {
  const m = (into as Draft<LeaseTimeToLiveRequest> | undefined) ?? newLeaseTimeToLiveRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      case 16: {
        m.keys = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseTimeToLiveRequest(w: Writer, m: LeaseTimeToLiveRequestInit): void {
  if (m.keys !== undefined && m.keys !== false) {
    w.bool(m.keys); w.byte(16);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface LeaseTimeToLiveResponse {
  readonly header: ResponseHeader | undefined;
  readonly ID: bigint;
  /** Remaining seconds; -1 when there is no such lease. */
  readonly TTL: number;
  readonly grantedTTL: number;
  readonly keys: readonly Uint8Array[];
}
export type LeaseTimeToLiveResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly ID?: bigint | undefined;
  readonly TTL?: number | undefined;
  readonly grantedTTL?: number | undefined;
  readonly keys?: readonly Uint8Array[] | undefined;
};

export function encodeLeaseTimeToLiveResponse(m: LeaseTimeToLiveResponseInit): Uint8Array {
  return encodeWith(writeLeaseTimeToLiveResponse, m);
}
export function decodeLeaseTimeToLiveResponse(bytes: Uint8Array): LeaseTimeToLiveResponse {
  return readLeaseTimeToLiveResponse(new Reader(bytes), undefined);
}

function newLeaseTimeToLiveResponse(): Draft<LeaseTimeToLiveResponse> {
  return {
    header: undefined,
    ID: 0n,
    TTL: 0,
    grantedTTL: 0,
    keys: [],
  };
}

export function readLeaseTimeToLiveResponse(r: Reader, into: LeaseTimeToLiveResponse | undefined): LeaseTimeToLiveResponse {
  const m = (into as Draft<LeaseTimeToLiveResponse> | undefined) ?? newLeaseTimeToLiveResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.ID = r.int64Big();
        break;
      }
      case 24: {
        m.TTL = r.int64Clamped();
        break;
      }
      case 32: {
        m.grantedTTL = r.int64Clamped();
        break;
      }
      case 42: {
        m.keys.push(r.bytes());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseTimeToLiveResponse(w: Writer, m: LeaseTimeToLiveResponseInit): void {
  if (m.keys !== undefined) {
    for (let i = m.keys.length - 1; i >= 0; i--) {
      w.bytes(m.keys[i] as Uint8Array); w.byte(42);
    }
  }
  if (m.grantedTTL !== undefined && m.grantedTTL !== 0) {
    w.int(m.grantedTTL); w.byte(32);
  }
  if (m.TTL !== undefined && m.TTL !== 0) {
    w.int(m.TTL); w.byte(24);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export type LeaseLeasesRequest = object;
export type LeaseLeasesRequestInit = object;

export function encodeLeaseLeasesRequest(m: LeaseLeasesRequestInit): Uint8Array {
  return encodeWith(writeLeaseLeasesRequest, m);
}
export function decodeLeaseLeasesRequest(bytes: Uint8Array): LeaseLeasesRequest {
  return readLeaseLeasesRequest(new Reader(bytes), undefined);
}

function newLeaseLeasesRequest(): Draft<LeaseLeasesRequest> {
  return {};
}

export function readLeaseLeasesRequest(r: Reader, into: LeaseLeasesRequest | undefined): LeaseLeasesRequest {
  const m = (into as Draft<LeaseLeasesRequest> | undefined) ?? newLeaseLeasesRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseLeasesRequest(_w: Writer, _m: LeaseLeasesRequestInit): void {
}

export interface LeaseStatus {
  readonly ID: bigint;
}
export type LeaseStatusInit = {
  readonly ID?: bigint | undefined;
};

export function encodeLeaseStatus(m: LeaseStatusInit): Uint8Array {
  return encodeWith(writeLeaseStatus, m);
}
export function decodeLeaseStatus(bytes: Uint8Array): LeaseStatus {
  return readLeaseStatus(new Reader(bytes), undefined);
}

function newLeaseStatus(): Draft<LeaseStatus> {
  return {
    ID: 0n,
  };
}

export function readLeaseStatus(r: Reader, into: LeaseStatus | undefined): LeaseStatus {
  const m = (into as Draft<LeaseStatus> | undefined) ?? newLeaseStatus();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseStatus(w: Writer, m: LeaseStatusInit): void {
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface LeaseLeasesResponse {
  readonly header: ResponseHeader | undefined;
  readonly leases: readonly LeaseStatus[];
}
export type LeaseLeasesResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly leases?: readonly LeaseStatusInit[] | undefined;
};

export function encodeLeaseLeasesResponse(m: LeaseLeasesResponseInit): Uint8Array {
  return encodeWith(writeLeaseLeasesResponse, m);
}
export function decodeLeaseLeasesResponse(bytes: Uint8Array): LeaseLeasesResponse {
  return readLeaseLeasesResponse(new Reader(bytes), undefined);
}

function newLeaseLeasesResponse(): Draft<LeaseLeasesResponse> {
  return {
    header: undefined,
    leases: [],
  };
}

export function readLeaseLeasesResponse(r: Reader, into: LeaseLeasesResponse | undefined): LeaseLeasesResponse {
  const m = (into as Draft<LeaseLeasesResponse> | undefined) ?? newLeaseLeasesResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.leases.push(readLeaseStatus(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseLeasesResponse(w: Writer, m: LeaseLeasesResponseInit): void {
  if (m.leases !== undefined) {
    for (let i = m.leases.length - 1; i >= 0; i--) {
      const item = m.leases[i] as LeaseStatusInit;
      const end = w.size();
      writeLeaseStatus(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface AlarmRequest {
  readonly action: number;
  readonly memberID: bigint;
  readonly alarm: number;
}
export type AlarmRequestInit = {
  readonly action?: number | undefined;
  readonly memberID?: bigint | undefined;
  readonly alarm?: number | undefined;
};

export function encodeAlarmRequest(m: AlarmRequestInit): Uint8Array {
  return encodeWith(writeAlarmRequest, m);
}
export function decodeAlarmRequest(bytes: Uint8Array): AlarmRequest {
  return readAlarmRequest(new Reader(bytes), undefined);
}

function newAlarmRequest(): Draft<AlarmRequest> {
  return {
    action: 0,
    memberID: 0n,
    alarm: 0,
  };
}

export function readAlarmRequest(r: Reader, into: AlarmRequest | undefined): AlarmRequest {
  const m = (into as Draft<AlarmRequest> | undefined) ?? newAlarmRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.action = r.int32();
        break;
      }
      case 16: {
        m.memberID = r.uint64Big();
        break;
      }
      case 24: {
        m.alarm = r.int32();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAlarmRequest(w: Writer, m: AlarmRequestInit): void {
  if (m.alarm !== undefined && m.alarm !== 0) {
    w.int(m.alarm); w.byte(24);
  }
  if (m.memberID !== undefined && m.memberID !== 0n) {
    w.big(m.memberID); w.byte(16);
  }
  if (m.action !== undefined && m.action !== 0) {
    w.int(m.action); w.byte(8);
  }
}

export interface AlarmMember {
  readonly memberID: bigint;
  readonly alarm: number;
}
export type AlarmMemberInit = {
  readonly memberID?: bigint | undefined;
  readonly alarm?: number | undefined;
};

export function encodeAlarmMember(m: AlarmMemberInit): Uint8Array {
  return encodeWith(writeAlarmMember, m);
}
export function decodeAlarmMember(bytes: Uint8Array): AlarmMember {
  return readAlarmMember(new Reader(bytes), undefined);
}

function newAlarmMember(): Draft<AlarmMember> {
  return {
    memberID: 0n,
    alarm: 0,
  };
}

export function readAlarmMember(r: Reader, into: AlarmMember | undefined): AlarmMember {
  const m = (into as Draft<AlarmMember> | undefined) ?? newAlarmMember();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.memberID = r.uint64Big();
        break;
      }
      case 16: {
        m.alarm = r.int32();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAlarmMember(w: Writer, m: AlarmMemberInit): void {
  if (m.alarm !== undefined && m.alarm !== 0) {
    w.int(m.alarm); w.byte(16);
  }
  if (m.memberID !== undefined && m.memberID !== 0n) {
    w.big(m.memberID); w.byte(8);
  }
}

export interface AlarmResponse {
  readonly header: ResponseHeader | undefined;
  readonly alarms: readonly AlarmMember[];
}
export type AlarmResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly alarms?: readonly AlarmMemberInit[] | undefined;
};

export function encodeAlarmResponse(m: AlarmResponseInit): Uint8Array {
  return encodeWith(writeAlarmResponse, m);
}
export function decodeAlarmResponse(bytes: Uint8Array): AlarmResponse {
  return readAlarmResponse(new Reader(bytes), undefined);
}

function newAlarmResponse(): Draft<AlarmResponse> {
  return {
    header: undefined,
    alarms: [],
  };
}

export function readAlarmResponse(r: Reader, into: AlarmResponse | undefined): AlarmResponse {
  const m = (into as Draft<AlarmResponse> | undefined) ?? newAlarmResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.alarms.push(readAlarmMember(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAlarmResponse(w: Writer, m: AlarmResponseInit): void {
  if (m.alarms !== undefined) {
    for (let i = m.alarms.length - 1; i >= 0; i--) {
      const item = m.alarms[i] as AlarmMemberInit;
      const end = w.size();
      writeAlarmMember(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export type StatusRequest = object;
export type StatusRequestInit = object;

export function encodeStatusRequest(m: StatusRequestInit): Uint8Array {
  return encodeWith(writeStatusRequest, m);
}
export function decodeStatusRequest(bytes: Uint8Array): StatusRequest {
  return readStatusRequest(new Reader(bytes), undefined);
}

function newStatusRequest(): Draft<StatusRequest> {
  return {};
}

export function readStatusRequest(r: Reader, into: StatusRequest | undefined): StatusRequest {
  const m = (into as Draft<StatusRequest> | undefined) ?? newStatusRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeStatusRequest(_w: Writer, _m: StatusRequestInit): void {
}

export interface StatusResponse {
  readonly header: ResponseHeader | undefined;
  readonly version: string;
  readonly dbSize: number;
  /** 0 when this member knows none. */
  readonly leader: bigint;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  readonly errors: readonly string[];
  readonly dbSizeInUse: number;
  readonly isLearner: boolean;
  readonly storageVersion: string;
  readonly dbSizeQuota: number;
  readonly downgradeInfo: DowngradeInfo | undefined;
}
export type StatusResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly version?: string | undefined;
  readonly dbSize?: number | undefined;
  readonly leader?: bigint | undefined;
  readonly raftIndex?: number | undefined;
  readonly raftTerm?: number | undefined;
  readonly raftAppliedIndex?: number | undefined;
  readonly errors?: readonly string[] | undefined;
  readonly dbSizeInUse?: number | undefined;
  readonly isLearner?: boolean | undefined;
  readonly storageVersion?: string | undefined;
  readonly dbSizeQuota?: number | undefined;
  readonly downgradeInfo?: DowngradeInfoInit | undefined;
};

export function encodeStatusResponse(m: StatusResponseInit): Uint8Array {
  return encodeWith(writeStatusResponse, m);
}
export function decodeStatusResponse(bytes: Uint8Array): StatusResponse {
  return readStatusResponse(new Reader(bytes), undefined);
}

function newStatusResponse(): Draft<StatusResponse> {
  return {
    header: undefined,
    version: '',
    dbSize: 0,
    leader: 0n,
    raftIndex: 0,
    raftTerm: 0,
    raftAppliedIndex: 0,
    errors: [],
    dbSizeInUse: 0,
    isLearner: false,
    storageVersion: '',
    dbSizeQuota: 0,
    downgradeInfo: undefined,
  };
}

export function readStatusResponse(r: Reader, into: StatusResponse | undefined): StatusResponse {
  const m = (into as Draft<StatusResponse> | undefined) ?? newStatusResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.version = r.string();
        break;
      }
      case 24: {
        m.dbSize = r.int64Clamped();
        break;
      }
      case 32: {
        m.leader = r.uint64Big();
        break;
      }
      case 40: {
        m.raftIndex = r.uint64Clamped();
        break;
      }
      case 48: {
        m.raftTerm = r.uint64Clamped();
        break;
      }
      case 56: {
        m.raftAppliedIndex = r.uint64Clamped();
        break;
      }
      case 66: {
        m.errors.push(r.string());
        break;
      }
      case 72: {
        m.dbSizeInUse = r.int64Clamped();
        break;
      }
      case 80: {
        m.isLearner = r.bool();
        break;
      }
      case 90: {
        m.storageVersion = r.string();
        break;
      }
      case 96: {
        m.dbSizeQuota = r.int64Clamped();
        break;
      }
      case 106: {
        const outer = r.enter();
        m.downgradeInfo = readDowngradeInfo(r, m.downgradeInfo);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeStatusResponse(w: Writer, m: StatusResponseInit): void {
  if (m.downgradeInfo !== undefined) {
    const end = w.size();
    writeDowngradeInfo(w, m.downgradeInfo);
    w.uint(w.size() - end);
    w.byte(106);
  }
  if (m.dbSizeQuota !== undefined && m.dbSizeQuota !== 0) {
    w.int(m.dbSizeQuota); w.byte(96);
  }
  if (m.storageVersion !== undefined && m.storageVersion !== '') {
    w.string(m.storageVersion); w.byte(90);
  }
  if (m.isLearner !== undefined && m.isLearner !== false) {
    w.bool(m.isLearner); w.byte(80);
  }
  if (m.dbSizeInUse !== undefined && m.dbSizeInUse !== 0) {
    w.int(m.dbSizeInUse); w.byte(72);
  }
  if (m.errors !== undefined) {
    for (let i = m.errors.length - 1; i >= 0; i--) {
      w.string(m.errors[i] as string); w.byte(66);
    }
  }
  if (m.raftAppliedIndex !== undefined && m.raftAppliedIndex !== 0) {
    w.uint(m.raftAppliedIndex); w.byte(56);
  }
  if (m.raftTerm !== undefined && m.raftTerm !== 0) {
    w.uint(m.raftTerm); w.byte(48);
  }
  if (m.raftIndex !== undefined && m.raftIndex !== 0) {
    w.uint(m.raftIndex); w.byte(40);
  }
  if (m.leader !== undefined && m.leader !== 0n) {
    w.big(m.leader); w.byte(32);
  }
  if (m.dbSize !== undefined && m.dbSize !== 0) {
    w.int(m.dbSize); w.byte(24);
  }
  if (m.version !== undefined && m.version !== '') {
    w.string(m.version); w.byte(18);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface DowngradeInfo {
  readonly enabled: boolean;
  readonly targetVersion: string;
}
export type DowngradeInfoInit = {
  readonly enabled?: boolean | undefined;
  readonly targetVersion?: string | undefined;
};

export function encodeDowngradeInfo(m: DowngradeInfoInit): Uint8Array {
  return encodeWith(writeDowngradeInfo, m);
}
export function decodeDowngradeInfo(bytes: Uint8Array): DowngradeInfo {
  return readDowngradeInfo(new Reader(bytes), undefined);
}

function newDowngradeInfo(): Draft<DowngradeInfo> {
  return {
    enabled: false,
    targetVersion: '',
  };
}

export function readDowngradeInfo(r: Reader, into: DowngradeInfo | undefined): DowngradeInfo {
  const m = (into as Draft<DowngradeInfo> | undefined) ?? newDowngradeInfo();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.enabled = r.bool();
        break;
      }
      case 18: {
        m.targetVersion = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeDowngradeInfo(w: Writer, m: DowngradeInfoInit): void {
  if (m.targetVersion !== undefined && m.targetVersion !== '') {
    w.string(m.targetVersion); w.byte(18);
  }
  if (m.enabled !== undefined && m.enabled !== false) {
    w.bool(m.enabled); w.byte(8);
  }
}

export type DefragmentRequest = object;
export type DefragmentRequestInit = object;

export function encodeDefragmentRequest(m: DefragmentRequestInit): Uint8Array {
  return encodeWith(writeDefragmentRequest, m);
}
export function decodeDefragmentRequest(bytes: Uint8Array): DefragmentRequest {
  return readDefragmentRequest(new Reader(bytes), undefined);
}

function newDefragmentRequest(): Draft<DefragmentRequest> {
  return {};
}

export function readDefragmentRequest(r: Reader, into: DefragmentRequest | undefined): DefragmentRequest {
  const m = (into as Draft<DefragmentRequest> | undefined) ?? newDefragmentRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeDefragmentRequest(_w: Writer, _m: DefragmentRequestInit): void {
}

export interface DefragmentResponse {
  readonly header: ResponseHeader | undefined;
}
export type DefragmentResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeDefragmentResponse(m: DefragmentResponseInit): Uint8Array {
  return encodeWith(writeDefragmentResponse, m);
}
export function decodeDefragmentResponse(bytes: Uint8Array): DefragmentResponse {
  return readDefragmentResponse(new Reader(bytes), undefined);
}

function newDefragmentResponse(): Draft<DefragmentResponse> {
  return {
    header: undefined,
  };
}

export function readDefragmentResponse(r: Reader, into: DefragmentResponse | undefined): DefragmentResponse {
  const m = (into as Draft<DefragmentResponse> | undefined) ?? newDefragmentResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeDefragmentResponse(w: Writer, m: DefragmentResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export type HashRequest = object;
export type HashRequestInit = object;

export function encodeHashRequest(m: HashRequestInit): Uint8Array {
  return encodeWith(writeHashRequest, m);
}
export function decodeHashRequest(bytes: Uint8Array): HashRequest {
  return readHashRequest(new Reader(bytes), undefined);
}

function newHashRequest(): Draft<HashRequest> {
  return {};
}

export function readHashRequest(r: Reader, into: HashRequest | undefined): HashRequest {
  const m = (into as Draft<HashRequest> | undefined) ?? newHashRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHashRequest(_w: Writer, _m: HashRequestInit): void {
}

export interface HashResponse {
  readonly header: ResponseHeader | undefined;
  readonly hash: number;
}
export type HashResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly hash?: number | undefined;
};

export function encodeHashResponse(m: HashResponseInit): Uint8Array {
  return encodeWith(writeHashResponse, m);
}
export function decodeHashResponse(bytes: Uint8Array): HashResponse {
  return readHashResponse(new Reader(bytes), undefined);
}

function newHashResponse(): Draft<HashResponse> {
  return {
    header: undefined,
    hash: 0,
  };
}

export function readHashResponse(r: Reader, into: HashResponse | undefined): HashResponse {
  const m = (into as Draft<HashResponse> | undefined) ?? newHashResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.hash = r.uint32();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHashResponse(w: Writer, m: HashResponseInit): void {
  if (m.hash !== undefined && m.hash !== 0) {
    w.uint(m.hash); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface HashKVRequest {
  readonly revision: number;
}
export type HashKVRequestInit = {
  readonly revision?: number | undefined;
};

export function encodeHashKVRequest(m: HashKVRequestInit): Uint8Array {
  return encodeWith(writeHashKVRequest, m);
}
export function decodeHashKVRequest(bytes: Uint8Array): HashKVRequest {
  return readHashKVRequest(new Reader(bytes), undefined);
}

function newHashKVRequest(): Draft<HashKVRequest> {
  return {
    revision: 0,
  };
}

export function readHashKVRequest(r: Reader, into: HashKVRequest | undefined): HashKVRequest {
  const m = (into as Draft<HashKVRequest> | undefined) ?? newHashKVRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.revision = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHashKVRequest(w: Writer, m: HashKVRequestInit): void {
  if (m.revision !== undefined && m.revision !== 0) {
    w.int(m.revision); w.byte(8);
  }
}

export interface HashKVResponse {
  readonly header: ResponseHeader | undefined;
  readonly hash: number;
  readonly compactRevision: number;
  readonly hashRevision: number;
}
export type HashKVResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly hash?: number | undefined;
  readonly compactRevision?: number | undefined;
  readonly hashRevision?: number | undefined;
};

export function encodeHashKVResponse(m: HashKVResponseInit): Uint8Array {
  return encodeWith(writeHashKVResponse, m);
}
export function decodeHashKVResponse(bytes: Uint8Array): HashKVResponse {
  return readHashKVResponse(new Reader(bytes), undefined);
}

function newHashKVResponse(): Draft<HashKVResponse> {
  return {
    header: undefined,
    hash: 0,
    compactRevision: 0,
    hashRevision: 0,
  };
}

export function readHashKVResponse(r: Reader, into: HashKVResponse | undefined): HashKVResponse {
  const m = (into as Draft<HashKVResponse> | undefined) ?? newHashKVResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.hash = r.uint32();
        break;
      }
      case 24: {
        m.compactRevision = r.int64Clamped();
        break;
      }
      case 32: {
        m.hashRevision = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHashKVResponse(w: Writer, m: HashKVResponseInit): void {
  if (m.hashRevision !== undefined && m.hashRevision !== 0) {
    w.int(m.hashRevision); w.byte(32);
  }
  if (m.compactRevision !== undefined && m.compactRevision !== 0) {
    w.int(m.compactRevision); w.byte(24);
  }
  if (m.hash !== undefined && m.hash !== 0) {
    w.uint(m.hash); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export type SnapshotRequest = object;
export type SnapshotRequestInit = object;

export function encodeSnapshotRequest(m: SnapshotRequestInit): Uint8Array {
  return encodeWith(writeSnapshotRequest, m);
}
export function decodeSnapshotRequest(bytes: Uint8Array): SnapshotRequest {
  return readSnapshotRequest(new Reader(bytes), undefined);
}

function newSnapshotRequest(): Draft<SnapshotRequest> {
  return {};
}

export function readSnapshotRequest(r: Reader, into: SnapshotRequest | undefined): SnapshotRequest {
  const m = (into as Draft<SnapshotRequest> | undefined) ?? newSnapshotRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeSnapshotRequest(_w: Writer, _m: SnapshotRequestInit): void {
}

export interface SnapshotResponse {
  readonly header: ResponseHeader | undefined;
  readonly remainingBytes: number;
  readonly blob: Uint8Array;
  readonly version: string;
}
export type SnapshotResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly remainingBytes?: number | undefined;
  readonly blob?: Uint8Array | undefined;
  readonly version?: string | undefined;
};

export function encodeSnapshotResponse(m: SnapshotResponseInit): Uint8Array {
  return encodeWith(writeSnapshotResponse, m);
}
export function decodeSnapshotResponse(bytes: Uint8Array): SnapshotResponse {
  return readSnapshotResponse(new Reader(bytes), undefined);
}

function newSnapshotResponse(): Draft<SnapshotResponse> {
  return {
    header: undefined,
    remainingBytes: 0,
    blob: emptyBytes,
    version: '',
  };
}

export function readSnapshotResponse(r: Reader, into: SnapshotResponse | undefined): SnapshotResponse {
  const m = (into as Draft<SnapshotResponse> | undefined) ?? newSnapshotResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.remainingBytes = r.uint64Clamped();
        break;
      }
      case 26: {
        m.blob = r.bytes();
        break;
      }
      case 34: {
        m.version = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeSnapshotResponse(w: Writer, m: SnapshotResponseInit): void {
  if (m.version !== undefined && m.version !== '') {
    w.string(m.version); w.byte(34);
  }
  if (m.blob !== undefined && m.blob.length !== 0) {
    w.bytes(m.blob); w.byte(26);
  }
  if (m.remainingBytes !== undefined && m.remainingBytes !== 0) {
    w.uint(m.remainingBytes); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface MoveLeaderRequest {
  readonly targetID: bigint;
}
export type MoveLeaderRequestInit = {
  readonly targetID?: bigint | undefined;
};

export function encodeMoveLeaderRequest(m: MoveLeaderRequestInit): Uint8Array {
  return encodeWith(writeMoveLeaderRequest, m);
}
export function decodeMoveLeaderRequest(bytes: Uint8Array): MoveLeaderRequest {
  return readMoveLeaderRequest(new Reader(bytes), undefined);
}

function newMoveLeaderRequest(): Draft<MoveLeaderRequest> {
  return {
    targetID: 0n,
  };
}

export function readMoveLeaderRequest(r: Reader, into: MoveLeaderRequest | undefined): MoveLeaderRequest {
  const m = (into as Draft<MoveLeaderRequest> | undefined) ?? newMoveLeaderRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.targetID = r.uint64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMoveLeaderRequest(w: Writer, m: MoveLeaderRequestInit): void {
  if (m.targetID !== undefined && m.targetID !== 0n) {
    w.big(m.targetID); w.byte(8);
  }
}

export interface MoveLeaderResponse {
  readonly header: ResponseHeader | undefined;
}
export type MoveLeaderResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeMoveLeaderResponse(m: MoveLeaderResponseInit): Uint8Array {
  return encodeWith(writeMoveLeaderResponse, m);
}
export function decodeMoveLeaderResponse(bytes: Uint8Array): MoveLeaderResponse {
  return readMoveLeaderResponse(new Reader(bytes), undefined);
}

function newMoveLeaderResponse(): Draft<MoveLeaderResponse> {
  return {
    header: undefined,
  };
}

export function readMoveLeaderResponse(r: Reader, into: MoveLeaderResponse | undefined): MoveLeaderResponse {
  const m = (into as Draft<MoveLeaderResponse> | undefined) ?? newMoveLeaderResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMoveLeaderResponse(w: Writer, m: MoveLeaderResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface DowngradeRequest {
  readonly action: number;
  readonly version: string;
}
export type DowngradeRequestInit = {
  readonly action?: number | undefined;
  readonly version?: string | undefined;
};

export function encodeDowngradeRequest(m: DowngradeRequestInit): Uint8Array {
  return encodeWith(writeDowngradeRequest, m);
}
export function decodeDowngradeRequest(bytes: Uint8Array): DowngradeRequest {
  return readDowngradeRequest(new Reader(bytes), undefined);
}

function newDowngradeRequest(): Draft<DowngradeRequest> {
  return {
    action: 0,
    version: '',
  };
}

export function readDowngradeRequest(r: Reader, into: DowngradeRequest | undefined): DowngradeRequest {
  const m = (into as Draft<DowngradeRequest> | undefined) ?? newDowngradeRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.action = r.int32();
        break;
      }
      case 18: {
        m.version = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeDowngradeRequest(w: Writer, m: DowngradeRequestInit): void {
  if (m.version !== undefined && m.version !== '') {
    w.string(m.version); w.byte(18);
  }
  if (m.action !== undefined && m.action !== 0) {
    w.int(m.action); w.byte(8);
  }
}

export interface DowngradeResponse {
  readonly header: ResponseHeader | undefined;
  readonly version: string;
}
export type DowngradeResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly version?: string | undefined;
};

export function encodeDowngradeResponse(m: DowngradeResponseInit): Uint8Array {
  return encodeWith(writeDowngradeResponse, m);
}
export function decodeDowngradeResponse(bytes: Uint8Array): DowngradeResponse {
  return readDowngradeResponse(new Reader(bytes), undefined);
}

function newDowngradeResponse(): Draft<DowngradeResponse> {
  return {
    header: undefined,
    version: '',
  };
}

export function readDowngradeResponse(r: Reader, into: DowngradeResponse | undefined): DowngradeResponse {
  const m = (into as Draft<DowngradeResponse> | undefined) ?? newDowngradeResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.version = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeDowngradeResponse(w: Writer, m: DowngradeResponseInit): void {
  if (m.version !== undefined && m.version !== '') {
    w.string(m.version); w.byte(18);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

/** Only ever seen in logs written by tests of etcd itself. */
export interface DowngradeVersionTestRequest {
  readonly ver: string;
}
export type DowngradeVersionTestRequestInit = {
  readonly ver?: string | undefined;
};

export function encodeDowngradeVersionTestRequest(m: DowngradeVersionTestRequestInit): Uint8Array {
  return encodeWith(writeDowngradeVersionTestRequest, m);
}
export function decodeDowngradeVersionTestRequest(bytes: Uint8Array): DowngradeVersionTestRequest {
  return readDowngradeVersionTestRequest(new Reader(bytes), undefined);
}

function newDowngradeVersionTestRequest(): Draft<DowngradeVersionTestRequest> {
  return {
    ver: '',
  };
}

export function readDowngradeVersionTestRequest(r: Reader, into: DowngradeVersionTestRequest | undefined): DowngradeVersionTestRequest {
  const m = (into as Draft<DowngradeVersionTestRequest> | undefined) ?? newDowngradeVersionTestRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.ver = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeDowngradeVersionTestRequest(w: Writer, m: DowngradeVersionTestRequestInit): void {
  if (m.ver !== undefined && m.ver !== '') {
    w.string(m.ver); w.byte(10);
  }
}

/** First record of every write-ahead log segment: whose log this is. */
export interface Metadata {
  readonly NodeID: bigint;
  readonly ClusterID: bigint;
}
export type MetadataInit = {
  readonly NodeID?: bigint | undefined;
  readonly ClusterID?: bigint | undefined;
};

export function encodeMetadata(m: MetadataInit): Uint8Array {
  return encodeWith(writeMetadata, m);
}
export function decodeMetadata(bytes: Uint8Array): Metadata {
  return readMetadata(new Reader(bytes), undefined);
}

function newMetadata(): Draft<Metadata> {
  return {
    NodeID: 0n,
    ClusterID: 0n,
  };
}

export function readMetadata(r: Reader, into: Metadata | undefined): Metadata {
  const m = (into as Draft<Metadata> | undefined) ?? newMetadata();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.NodeID = r.uint64Big();
        break;
      }
      case 16: {
        m.ClusterID = r.uint64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMetadata(w: Writer, m: MetadataInit): void {
  w.big(m.ClusterID ?? 0n); w.byte(16);
  w.big(m.NodeID ?? 0n); w.byte(8);
}

/** Who proposed an entry: the request id finds the waiting caller, the name is checked at apply. */
export interface RequestHeader {
  readonly ID: bigint;
  readonly username: string;
  readonly authRevision: number;
}
export type RequestHeaderInit = {
  readonly ID?: bigint | undefined;
  readonly username?: string | undefined;
  readonly authRevision?: number | undefined;
};

export function encodeRequestHeader(m: RequestHeaderInit): Uint8Array {
  return encodeWith(writeRequestHeader, m);
}
export function decodeRequestHeader(bytes: Uint8Array): RequestHeader {
  return readRequestHeader(new Reader(bytes), undefined);
}

function newRequestHeader(): Draft<RequestHeader> {
  return {
    ID: 0n,
    username: '',
    authRevision: 0,
  };
}

export function readRequestHeader(r: Reader, into: RequestHeader | undefined): RequestHeader {
  const m = (into as Draft<RequestHeader> | undefined) ?? newRequestHeader();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      case 18: {
        m.username = r.string();
        break;
      }
      case 24: {
        m.authRevision = r.uint64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeRequestHeader(w: Writer, m: RequestHeaderInit): void {
  if (m.authRevision !== undefined && m.authRevision !== 0) {
    w.uint(m.authRevision); w.byte(24);
  }
  if (m.username !== undefined && m.username !== '') {
    w.string(m.username); w.byte(18);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

/** The data of every normal raft entry; exactly one of the requests is set. */
export interface InternalRaftRequest {
  readonly ID: bigint;
  readonly range: RangeRequest | undefined;
  readonly put: PutRequest | undefined;
  readonly deleteRange: DeleteRangeRequest | undefined;
  readonly txn: TxnRequest | undefined;
  readonly compaction: CompactionRequest | undefined;
  readonly leaseGrant: LeaseGrantRequest | undefined;
  readonly leaseRevoke: LeaseRevokeRequest | undefined;
  readonly alarm: AlarmRequest | undefined;
  readonly leaseCheckpoint: LeaseCheckpointRequest | undefined;
  readonly header: RequestHeader | undefined;
  readonly authEnable: AuthEnableRequest | undefined;
  readonly authDisable: AuthDisableRequest | undefined;
  readonly authenticate: InternalAuthenticateRequest | undefined;
  readonly authStatus: AuthStatusRequest | undefined;
  readonly authUserAdd: AuthUserAddRequest | undefined;
  readonly authUserDelete: AuthUserDeleteRequest | undefined;
  readonly authUserGet: AuthUserGetRequest | undefined;
  readonly authUserChangePassword: AuthUserChangePasswordRequest | undefined;
  readonly authUserGrantRole: AuthUserGrantRoleRequest | undefined;
  readonly authUserRevokeRole: AuthUserRevokeRoleRequest | undefined;
  readonly authUserList: AuthUserListRequest | undefined;
  readonly authRoleList: AuthRoleListRequest | undefined;
  readonly authRoleAdd: AuthRoleAddRequest | undefined;
  readonly authRoleDelete: AuthRoleDeleteRequest | undefined;
  readonly authRoleGet: AuthRoleGetRequest | undefined;
  readonly authRoleGrantPermission: AuthRoleGrantPermissionRequest | undefined;
  readonly authRoleRevokePermission: AuthRoleRevokePermissionRequest | undefined;
  readonly clusterVersionSet: ClusterVersionSetRequest | undefined;
  readonly clusterMemberAttrSet: ClusterMemberAttrSetRequest | undefined;
  readonly downgradeInfoSet: DowngradeInfoSetRequest | undefined;
  readonly downgradeVersionTest: DowngradeVersionTestRequest | undefined;
}
export type InternalRaftRequestInit = {
  readonly ID?: bigint | undefined;
  readonly range?: RangeRequestInit | undefined;
  readonly put?: PutRequestInit | undefined;
  readonly deleteRange?: DeleteRangeRequestInit | undefined;
  readonly txn?: TxnRequestInit | undefined;
  readonly compaction?: CompactionRequestInit | undefined;
  readonly leaseGrant?: LeaseGrantRequestInit | undefined;
  readonly leaseRevoke?: LeaseRevokeRequestInit | undefined;
  readonly alarm?: AlarmRequestInit | undefined;
  readonly leaseCheckpoint?: LeaseCheckpointRequestInit | undefined;
  readonly header?: RequestHeaderInit | undefined;
  readonly authEnable?: AuthEnableRequestInit | undefined;
  readonly authDisable?: AuthDisableRequestInit | undefined;
  readonly authenticate?: InternalAuthenticateRequestInit | undefined;
  readonly authStatus?: AuthStatusRequestInit | undefined;
  readonly authUserAdd?: AuthUserAddRequestInit | undefined;
  readonly authUserDelete?: AuthUserDeleteRequestInit | undefined;
  readonly authUserGet?: AuthUserGetRequestInit | undefined;
  readonly authUserChangePassword?: AuthUserChangePasswordRequestInit | undefined;
  readonly authUserGrantRole?: AuthUserGrantRoleRequestInit | undefined;
  readonly authUserRevokeRole?: AuthUserRevokeRoleRequestInit | undefined;
  readonly authUserList?: AuthUserListRequestInit | undefined;
  readonly authRoleList?: AuthRoleListRequestInit | undefined;
  readonly authRoleAdd?: AuthRoleAddRequestInit | undefined;
  readonly authRoleDelete?: AuthRoleDeleteRequestInit | undefined;
  readonly authRoleGet?: AuthRoleGetRequestInit | undefined;
  readonly authRoleGrantPermission?: AuthRoleGrantPermissionRequestInit | undefined;
  readonly authRoleRevokePermission?: AuthRoleRevokePermissionRequestInit | undefined;
  readonly clusterVersionSet?: ClusterVersionSetRequestInit | undefined;
  readonly clusterMemberAttrSet?: ClusterMemberAttrSetRequestInit | undefined;
  readonly downgradeInfoSet?: DowngradeInfoSetRequestInit | undefined;
  readonly downgradeVersionTest?: DowngradeVersionTestRequestInit | undefined;
};

export function encodeInternalRaftRequest(m: InternalRaftRequestInit): Uint8Array {
  return encodeWith(writeInternalRaftRequest, m);
}
export function decodeInternalRaftRequest(bytes: Uint8Array): InternalRaftRequest {
  return readInternalRaftRequest(new Reader(bytes), undefined);
}

function newInternalRaftRequest(): Draft<InternalRaftRequest> {
  return {
    ID: 0n,
    range: undefined,
    put: undefined,
    deleteRange: undefined,
    txn: undefined,
    compaction: undefined,
    leaseGrant: undefined,
    leaseRevoke: undefined,
    alarm: undefined,
    leaseCheckpoint: undefined,
    header: undefined,
    authEnable: undefined,
    authDisable: undefined,
    authenticate: undefined,
    authStatus: undefined,
    authUserAdd: undefined,
    authUserDelete: undefined,
    authUserGet: undefined,
    authUserChangePassword: undefined,
    authUserGrantRole: undefined,
    authUserRevokeRole: undefined,
    authUserList: undefined,
    authRoleList: undefined,
    authRoleAdd: undefined,
    authRoleDelete: undefined,
    authRoleGet: undefined,
    authRoleGrantPermission: undefined,
    authRoleRevokePermission: undefined,
    clusterVersionSet: undefined,
    clusterMemberAttrSet: undefined,
    downgradeInfoSet: undefined,
    downgradeVersionTest: undefined,
  };
}

export function readInternalRaftRequest(r: Reader, into: InternalRaftRequest | undefined): InternalRaftRequest {
  const m = (into as Draft<InternalRaftRequest> | undefined) ?? newInternalRaftRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.range = readRangeRequest(r, m.range);
        r.leave(outer);
        break;
      }
      case 34: {
        const outer = r.enter();
        m.put = readPutRequest(r, m.put);
        r.leave(outer);
        break;
      }
      case 42: {
        const outer = r.enter();
        m.deleteRange = readDeleteRangeRequest(r, m.deleteRange);
        r.leave(outer);
        break;
      }
      case 50: {
        const outer = r.enter();
        m.txn = readTxnRequest(r, m.txn);
        r.leave(outer);
        break;
      }
      case 58: {
        const outer = r.enter();
        m.compaction = readCompactionRequest(r, m.compaction);
        r.leave(outer);
        break;
      }
      case 66: {
        const outer = r.enter();
        m.leaseGrant = readLeaseGrantRequest(r, m.leaseGrant);
        r.leave(outer);
        break;
      }
      case 74: {
        const outer = r.enter();
        m.leaseRevoke = readLeaseRevokeRequest(r, m.leaseRevoke);
        r.leave(outer);
        break;
      }
      case 82: {
        const outer = r.enter();
        m.alarm = readAlarmRequest(r, m.alarm);
        r.leave(outer);
        break;
      }
      case 90: {
        const outer = r.enter();
        m.leaseCheckpoint = readLeaseCheckpointRequest(r, m.leaseCheckpoint);
        r.leave(outer);
        break;
      }
      case 802: {
        const outer = r.enter();
        m.header = readRequestHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 8002: {
        const outer = r.enter();
        m.authEnable = readAuthEnableRequest(r, m.authEnable);
        r.leave(outer);
        break;
      }
      case 8090: {
        const outer = r.enter();
        m.authDisable = readAuthDisableRequest(r, m.authDisable);
        r.leave(outer);
        break;
      }
      case 8098: {
        const outer = r.enter();
        m.authenticate = readInternalAuthenticateRequest(r, m.authenticate);
        r.leave(outer);
        break;
      }
      case 8106: {
        const outer = r.enter();
        m.authStatus = readAuthStatusRequest(r, m.authStatus);
        r.leave(outer);
        break;
      }
      case 8802: {
        const outer = r.enter();
        m.authUserAdd = readAuthUserAddRequest(r, m.authUserAdd);
        r.leave(outer);
        break;
      }
      case 8810: {
        const outer = r.enter();
        m.authUserDelete = readAuthUserDeleteRequest(r, m.authUserDelete);
        r.leave(outer);
        break;
      }
      case 8818: {
        const outer = r.enter();
        m.authUserGet = readAuthUserGetRequest(r, m.authUserGet);
        r.leave(outer);
        break;
      }
      case 8826: {
        const outer = r.enter();
        m.authUserChangePassword = readAuthUserChangePasswordRequest(r, m.authUserChangePassword);
        r.leave(outer);
        break;
      }
      case 8834: {
        const outer = r.enter();
        m.authUserGrantRole = readAuthUserGrantRoleRequest(r, m.authUserGrantRole);
        r.leave(outer);
        break;
      }
      case 8842: {
        const outer = r.enter();
        m.authUserRevokeRole = readAuthUserRevokeRoleRequest(r, m.authUserRevokeRole);
        r.leave(outer);
        break;
      }
      case 8850: {
        const outer = r.enter();
        m.authUserList = readAuthUserListRequest(r, m.authUserList);
        r.leave(outer);
        break;
      }
      case 8858: {
        const outer = r.enter();
        m.authRoleList = readAuthRoleListRequest(r, m.authRoleList);
        r.leave(outer);
        break;
      }
      case 9602: {
        const outer = r.enter();
        m.authRoleAdd = readAuthRoleAddRequest(r, m.authRoleAdd);
        r.leave(outer);
        break;
      }
      case 9610: {
        const outer = r.enter();
        m.authRoleDelete = readAuthRoleDeleteRequest(r, m.authRoleDelete);
        r.leave(outer);
        break;
      }
      case 9618: {
        const outer = r.enter();
        m.authRoleGet = readAuthRoleGetRequest(r, m.authRoleGet);
        r.leave(outer);
        break;
      }
      case 9626: {
        const outer = r.enter();
        m.authRoleGrantPermission = readAuthRoleGrantPermissionRequest(r, m.authRoleGrantPermission);
        r.leave(outer);
        break;
      }
      case 9634: {
        const outer = r.enter();
        m.authRoleRevokePermission = readAuthRoleRevokePermissionRequest(r, m.authRoleRevokePermission);
        r.leave(outer);
        break;
      }
      case 10402: {
        const outer = r.enter();
        m.clusterVersionSet = readClusterVersionSetRequest(r, m.clusterVersionSet);
        r.leave(outer);
        break;
      }
      case 10410: {
        const outer = r.enter();
        m.clusterMemberAttrSet = readClusterMemberAttrSetRequest(r, m.clusterMemberAttrSet);
        r.leave(outer);
        break;
      }
      case 10418: {
        const outer = r.enter();
        m.downgradeInfoSet = readDowngradeInfoSetRequest(r, m.downgradeInfoSet);
        r.leave(outer);
        break;
      }
      case 79202: {
        const outer = r.enter();
        m.downgradeVersionTest = readDowngradeVersionTestRequest(r, m.downgradeVersionTest);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeInternalRaftRequest(w: Writer, m: InternalRaftRequestInit): void {
  if (m.downgradeVersionTest !== undefined) {
    const end = w.size();
    writeDowngradeVersionTestRequest(w, m.downgradeVersionTest);
    w.uint(w.size() - end);
    w.byte(4); w.byte(234); w.byte(226);
  }
  if (m.downgradeInfoSet !== undefined) {
    const end = w.size();
    writeDowngradeInfoSetRequest(w, m.downgradeInfoSet);
    w.uint(w.size() - end);
    w.byte(81); w.byte(178);
  }
  if (m.clusterMemberAttrSet !== undefined) {
    const end = w.size();
    writeClusterMemberAttrSetRequest(w, m.clusterMemberAttrSet);
    w.uint(w.size() - end);
    w.byte(81); w.byte(170);
  }
  if (m.clusterVersionSet !== undefined) {
    const end = w.size();
    writeClusterVersionSetRequest(w, m.clusterVersionSet);
    w.uint(w.size() - end);
    w.byte(81); w.byte(162);
  }
  if (m.authRoleRevokePermission !== undefined) {
    const end = w.size();
    writeAuthRoleRevokePermissionRequest(w, m.authRoleRevokePermission);
    w.uint(w.size() - end);
    w.byte(75); w.byte(162);
  }
  if (m.authRoleGrantPermission !== undefined) {
    const end = w.size();
    writeAuthRoleGrantPermissionRequest(w, m.authRoleGrantPermission);
    w.uint(w.size() - end);
    w.byte(75); w.byte(154);
  }
  if (m.authRoleGet !== undefined) {
    const end = w.size();
    writeAuthRoleGetRequest(w, m.authRoleGet);
    w.uint(w.size() - end);
    w.byte(75); w.byte(146);
  }
  if (m.authRoleDelete !== undefined) {
    const end = w.size();
    writeAuthRoleDeleteRequest(w, m.authRoleDelete);
    w.uint(w.size() - end);
    w.byte(75); w.byte(138);
  }
  if (m.authRoleAdd !== undefined) {
    const end = w.size();
    writeAuthRoleAddRequest(w, m.authRoleAdd);
    w.uint(w.size() - end);
    w.byte(75); w.byte(130);
  }
  if (m.authRoleList !== undefined) {
    const end = w.size();
    writeAuthRoleListRequest(w, m.authRoleList);
    w.uint(w.size() - end);
    w.byte(69); w.byte(154);
  }
  if (m.authUserList !== undefined) {
    const end = w.size();
    writeAuthUserListRequest(w, m.authUserList);
    w.uint(w.size() - end);
    w.byte(69); w.byte(146);
  }
  if (m.authUserRevokeRole !== undefined) {
    const end = w.size();
    writeAuthUserRevokeRoleRequest(w, m.authUserRevokeRole);
    w.uint(w.size() - end);
    w.byte(69); w.byte(138);
  }
  if (m.authUserGrantRole !== undefined) {
    const end = w.size();
    writeAuthUserGrantRoleRequest(w, m.authUserGrantRole);
    w.uint(w.size() - end);
    w.byte(69); w.byte(130);
  }
  if (m.authUserChangePassword !== undefined) {
    const end = w.size();
    writeAuthUserChangePasswordRequest(w, m.authUserChangePassword);
    w.uint(w.size() - end);
    w.byte(68); w.byte(250);
  }
  if (m.authUserGet !== undefined) {
    const end = w.size();
    writeAuthUserGetRequest(w, m.authUserGet);
    w.uint(w.size() - end);
    w.byte(68); w.byte(242);
  }
  if (m.authUserDelete !== undefined) {
    const end = w.size();
    writeAuthUserDeleteRequest(w, m.authUserDelete);
    w.uint(w.size() - end);
    w.byte(68); w.byte(234);
  }
  if (m.authUserAdd !== undefined) {
    const end = w.size();
    writeAuthUserAddRequest(w, m.authUserAdd);
    w.uint(w.size() - end);
    w.byte(68); w.byte(226);
  }
  if (m.authStatus !== undefined) {
    const end = w.size();
    writeAuthStatusRequest(w, m.authStatus);
    w.uint(w.size() - end);
    w.byte(63); w.byte(170);
  }
  if (m.authenticate !== undefined) {
    const end = w.size();
    writeInternalAuthenticateRequest(w, m.authenticate);
    w.uint(w.size() - end);
    w.byte(63); w.byte(162);
  }
  if (m.authDisable !== undefined) {
    const end = w.size();
    writeAuthDisableRequest(w, m.authDisable);
    w.uint(w.size() - end);
    w.byte(63); w.byte(154);
  }
  if (m.authEnable !== undefined) {
    const end = w.size();
    writeAuthEnableRequest(w, m.authEnable);
    w.uint(w.size() - end);
    w.byte(62); w.byte(194);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeRequestHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(6); w.byte(162);
  }
  if (m.leaseCheckpoint !== undefined) {
    const end = w.size();
    writeLeaseCheckpointRequest(w, m.leaseCheckpoint);
    w.uint(w.size() - end);
    w.byte(90);
  }
  if (m.alarm !== undefined) {
    const end = w.size();
    writeAlarmRequest(w, m.alarm);
    w.uint(w.size() - end);
    w.byte(82);
  }
  if (m.leaseRevoke !== undefined) {
    const end = w.size();
    writeLeaseRevokeRequest(w, m.leaseRevoke);
    w.uint(w.size() - end);
    w.byte(74);
  }
  if (m.leaseGrant !== undefined) {
    const end = w.size();
    writeLeaseGrantRequest(w, m.leaseGrant);
    w.uint(w.size() - end);
    w.byte(66);
  }
  if (m.compaction !== undefined) {
    const end = w.size();
    writeCompactionRequest(w, m.compaction);
    w.uint(w.size() - end);
    w.byte(58);
  }
  if (m.txn !== undefined) {
    const end = w.size();
    writeTxnRequest(w, m.txn);
    w.uint(w.size() - end);
    w.byte(50);
  }
  if (m.deleteRange !== undefined) {
    const end = w.size();
    writeDeleteRangeRequest(w, m.deleteRange);
    w.uint(w.size() - end);
    w.byte(42);
  }
  if (m.put !== undefined) {
    const end = w.size();
    writePutRequest(w, m.put);
    w.uint(w.size() - end);
    w.byte(34);
  }
  if (m.range !== undefined) {
    const end = w.size();
    writeRangeRequest(w, m.range);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export type EmptyResponse = object;
export type EmptyResponseInit = object;

export function encodeEmptyResponse(m: EmptyResponseInit): Uint8Array {
  return encodeWith(writeEmptyResponse, m);
}
export function decodeEmptyResponse(bytes: Uint8Array): EmptyResponse {
  return readEmptyResponse(new Reader(bytes), undefined);
}

function newEmptyResponse(): Draft<EmptyResponse> {
  return {};
}

export function readEmptyResponse(r: Reader, into: EmptyResponse | undefined): EmptyResponse {
  const m = (into as Draft<EmptyResponse> | undefined) ?? newEmptyResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeEmptyResponse(_w: Writer, _m: EmptyResponseInit): void {
}

export interface InternalAuthenticateRequest {
  readonly name: string;
  readonly password: string;
  readonly simpleToken: string;
}
export type InternalAuthenticateRequestInit = {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly simpleToken?: string | undefined;
};

export function encodeInternalAuthenticateRequest(m: InternalAuthenticateRequestInit): Uint8Array {
  return encodeWith(writeInternalAuthenticateRequest, m);
}
export function decodeInternalAuthenticateRequest(bytes: Uint8Array): InternalAuthenticateRequest {
  return readInternalAuthenticateRequest(new Reader(bytes), undefined);
}

function newInternalAuthenticateRequest(): Draft<InternalAuthenticateRequest> {
  return {
    name: '',
    password: '',
    simpleToken: '',
  };
}

export function readInternalAuthenticateRequest(r: Reader, into: InternalAuthenticateRequest | undefined): InternalAuthenticateRequest {
  const m = (into as Draft<InternalAuthenticateRequest> | undefined) ?? newInternalAuthenticateRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      case 26: {
        m.simpleToken = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeInternalAuthenticateRequest(w: Writer, m: InternalAuthenticateRequestInit): void {
  if (m.simpleToken !== undefined && m.simpleToken !== '') {
    w.string(m.simpleToken); w.byte(26);
  }
  if (m.password !== undefined && m.password !== '') {
    w.string(m.password); w.byte(18);
  }
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface WatchRequest {
  readonly createRequest: WatchCreateRequest | undefined;
  readonly cancelRequest: WatchCancelRequest | undefined;
  readonly progressRequest: WatchProgressRequest | undefined;
}
export type WatchRequestInit = {
  readonly createRequest?: WatchCreateRequestInit | undefined;
  readonly cancelRequest?: WatchCancelRequestInit | undefined;
  readonly progressRequest?: WatchProgressRequestInit | undefined;
};

export function encodeWatchRequest(m: WatchRequestInit): Uint8Array {
  return encodeWith(writeWatchRequest, m);
}
export function decodeWatchRequest(bytes: Uint8Array): WatchRequest {
  return readWatchRequest(new Reader(bytes), undefined);
}

function newWatchRequest(): Draft<WatchRequest> {
  return {
    createRequest: undefined,
    cancelRequest: undefined,
    progressRequest: undefined,
  };
}

export function readWatchRequest(r: Reader, into: WatchRequest | undefined): WatchRequest {
  const m = (into as Draft<WatchRequest> | undefined) ?? newWatchRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.createRequest = readWatchCreateRequest(r, m.createRequest);
        r.leave(outer);
        m.cancelRequest = undefined;
        m.progressRequest = undefined;
        break;
      }
      case 18: {
        const outer = r.enter();
        m.cancelRequest = readWatchCancelRequest(r, m.cancelRequest);
        r.leave(outer);
        m.createRequest = undefined;
        m.progressRequest = undefined;
        break;
      }
      case 26: {
        const outer = r.enter();
        m.progressRequest = readWatchProgressRequest(r, m.progressRequest);
        r.leave(outer);
        m.createRequest = undefined;
        m.cancelRequest = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeWatchRequest(w: Writer, m: WatchRequestInit): void {
  if (m.progressRequest !== undefined) {
    const end = w.size();
    writeWatchProgressRequest(w, m.progressRequest);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.cancelRequest !== undefined) {
    const end = w.size();
    writeWatchCancelRequest(w, m.cancelRequest);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.createRequest !== undefined) {
    const end = w.size();
    writeWatchCreateRequest(w, m.createRequest);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface WatchCreateRequest {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  /** 0: only what happens from now on. */
  readonly startRevision: number;
  readonly progressNotify: boolean;
  readonly filters: readonly number[];
  readonly prevKv: boolean;
  /** 0: the server chooses. */
  readonly watchId: bigint;
  readonly fragment: boolean;
}
export type WatchCreateRequestInit = {
  readonly key?: Uint8Array | undefined;
  readonly rangeEnd?: Uint8Array | undefined;
  readonly startRevision?: number | undefined;
  readonly progressNotify?: boolean | undefined;
  readonly filters?: readonly number[] | undefined;
  readonly prevKv?: boolean | undefined;
  readonly watchId?: bigint | undefined;
  readonly fragment?: boolean | undefined;
};

export function encodeWatchCreateRequest(m: WatchCreateRequestInit): Uint8Array {
  return encodeWith(writeWatchCreateRequest, m);
}
export function decodeWatchCreateRequest(bytes: Uint8Array): WatchCreateRequest {
  return readWatchCreateRequest(new Reader(bytes), undefined);
}

function newWatchCreateRequest(): Draft<WatchCreateRequest> {
  return {
    key: emptyBytes,
    rangeEnd: emptyBytes,
    startRevision: 0,
    progressNotify: false,
    filters: [],
    prevKv: false,
    watchId: 0n,
    fragment: false,
  };
}

export function readWatchCreateRequest(r: Reader, into: WatchCreateRequest | undefined): WatchCreateRequest {
  const m = (into as Draft<WatchCreateRequest> | undefined) ?? newWatchCreateRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.rangeEnd = r.bytes();
        break;
      }
      case 24: {
        m.startRevision = r.int64Clamped();
        break;
      }
      case 32: {
        m.progressNotify = r.bool();
        break;
      }
      case 40: {
        m.filters.push(r.int32());
        break;
      }
      case 42: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.filters.push(r.int32());
        r.leavePacked(outer);
        break;
      }
      case 48: {
        m.prevKv = r.bool();
        break;
      }
      case 56: {
        m.watchId = r.int64Big();
        break;
      }
      case 64: {
        m.fragment = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeWatchCreateRequest(w: Writer, m: WatchCreateRequestInit): void {
  if (m.fragment !== undefined && m.fragment !== false) {
    w.bool(m.fragment); w.byte(64);
  }
  if (m.watchId !== undefined && m.watchId !== 0n) {
    w.big(m.watchId); w.byte(56);
  }
  if (m.prevKv !== undefined && m.prevKv !== false) {
    w.bool(m.prevKv); w.byte(48);
  }
  if (m.filters !== undefined && m.filters.length !== 0) {
    const end = w.size();
    for (let i = m.filters.length - 1; i >= 0; i--) {
      w.int(m.filters[i] as number);
    }
    w.uint(w.size() - end);
    w.byte(42);
  }
  if (m.progressNotify !== undefined && m.progressNotify !== false) {
    w.bool(m.progressNotify); w.byte(32);
  }
  if (m.startRevision !== undefined && m.startRevision !== 0) {
    w.int(m.startRevision); w.byte(24);
  }
  if (m.rangeEnd !== undefined && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd); w.byte(18);
  }
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(10);
  }
}

export interface WatchCancelRequest {
  readonly watchId: bigint;
}
export type WatchCancelRequestInit = {
  readonly watchId?: bigint | undefined;
};

export function encodeWatchCancelRequest(m: WatchCancelRequestInit): Uint8Array {
  return encodeWith(writeWatchCancelRequest, m);
}
export function decodeWatchCancelRequest(bytes: Uint8Array): WatchCancelRequest {
  return readWatchCancelRequest(new Reader(bytes), undefined);
}

function newWatchCancelRequest(): Draft<WatchCancelRequest> {
  return {
    watchId: 0n,
  };
}

export function readWatchCancelRequest(r: Reader, into: WatchCancelRequest | undefined): WatchCancelRequest {
  const m = (into as Draft<WatchCancelRequest> | undefined) ?? newWatchCancelRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.watchId = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeWatchCancelRequest(w: Writer, m: WatchCancelRequestInit): void {
  if (m.watchId !== undefined && m.watchId !== 0n) {
    w.big(m.watchId); w.byte(8);
  }
}

export type WatchProgressRequest = object;
export type WatchProgressRequestInit = object;

export function encodeWatchProgressRequest(m: WatchProgressRequestInit): Uint8Array {
  return encodeWith(writeWatchProgressRequest, m);
}
export function decodeWatchProgressRequest(bytes: Uint8Array): WatchProgressRequest {
  return readWatchProgressRequest(new Reader(bytes), undefined);
}

function newWatchProgressRequest(): Draft<WatchProgressRequest> {
  return {};
}

export function readWatchProgressRequest(r: Reader, into: WatchProgressRequest | undefined): WatchProgressRequest {
  const m = (into as Draft<WatchProgressRequest> | undefined) ?? newWatchProgressRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeWatchProgressRequest(_w: Writer, _m: WatchProgressRequestInit): void {
}

export interface WatchResponse {
  readonly header: ResponseHeader | undefined;
  readonly watchId: bigint;
  readonly created: boolean;
  readonly canceled: boolean;
  /** Non-zero when the watch needs revisions that are gone. */
  readonly compactRevision: number;
  readonly cancelReason: string;
  /** More of the same revision follows. */
  readonly fragment: boolean;
  readonly events: readonly Event[];
}
export type WatchResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly watchId?: bigint | undefined;
  readonly created?: boolean | undefined;
  readonly canceled?: boolean | undefined;
  readonly compactRevision?: number | undefined;
  readonly cancelReason?: string | undefined;
  readonly fragment?: boolean | undefined;
  readonly events?: readonly EventInit[] | undefined;
};

export function encodeWatchResponse(m: WatchResponseInit): Uint8Array {
  return encodeWith(writeWatchResponse, m);
}
export function decodeWatchResponse(bytes: Uint8Array): WatchResponse {
  return readWatchResponse(new Reader(bytes), undefined);
}

function newWatchResponse(): Draft<WatchResponse> {
  return {
    header: undefined,
    watchId: 0n,
    created: false,
    canceled: false,
    compactRevision: 0,
    cancelReason: '',
    fragment: false,
    events: [],
  };
}

export function readWatchResponse(r: Reader, into: WatchResponse | undefined): WatchResponse {
  const m = (into as Draft<WatchResponse> | undefined) ?? newWatchResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.watchId = r.int64Big();
        break;
      }
      case 24: {
        m.created = r.bool();
        break;
      }
      case 32: {
        m.canceled = r.bool();
        break;
      }
      case 40: {
        m.compactRevision = r.int64Clamped();
        break;
      }
      case 50: {
        m.cancelReason = r.string();
        break;
      }
      case 56: {
        m.fragment = r.bool();
        break;
      }
      case 90: {
        const outer = r.enter();
        m.events.push(readEvent(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeWatchResponse(w: Writer, m: WatchResponseInit): void {
  if (m.events !== undefined) {
    for (let i = m.events.length - 1; i >= 0; i--) {
      const item = m.events[i] as EventInit;
      const end = w.size();
      writeEvent(w, item);
      w.uint(w.size() - end);
      w.byte(90);
    }
  }
  if (m.fragment !== undefined && m.fragment !== false) {
    w.bool(m.fragment); w.byte(56);
  }
  if (m.cancelReason !== undefined && m.cancelReason !== '') {
    w.string(m.cancelReason); w.byte(50);
  }
  if (m.compactRevision !== undefined && m.compactRevision !== 0) {
    w.int(m.compactRevision); w.byte(40);
  }
  if (m.canceled !== undefined && m.canceled !== false) {
    w.bool(m.canceled); w.byte(32);
  }
  if (m.created !== undefined && m.created !== false) {
    w.bool(m.created); w.byte(24);
  }
  if (m.watchId !== undefined && m.watchId !== 0n) {
    w.big(m.watchId); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
