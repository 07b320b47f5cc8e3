// Made by tools/gen-proto.ts from proto/. Do not edit.
import { emptyBytes } from '../../../base/bytes.ts';
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';
import { readResponseHeader, type ResponseHeader, type ResponseHeaderInit, writeResponseHeader } from './etcdserverpb.ts';

export interface LockRequest {
  readonly name: Uint8Array;
  readonly lease: bigint;
}
export type LockRequestInit = {
  readonly name?: Uint8Array | undefined;
  readonly lease?: bigint | undefined;
};

export function encodeLockRequest(m: LockRequestInit): Uint8Array {
  return encodeWith(writeLockRequest, m);
}
export function decodeLockRequest(bytes: Uint8Array): LockRequest {
  return readLockRequest(new Reader(bytes), undefined);
}

function newLockRequest(): Draft<LockRequest> {
  return {
    name: emptyBytes,
    lease: 0n,
  };
}

export function readLockRequest(r: Reader, into: LockRequest | undefined): LockRequest {
  const m = (into as Draft<LockRequest> | undefined) ?? newLockRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 16: {
        m.lease = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLockRequest(w: Writer, m: LockRequestInit): void {
  if (m.lease !== undefined && m.lease !== 0n) {
    w.big(m.lease); w.byte(16);
  }
  if (m.name !== undefined && m.name.length !== 0) {
    w.bytes(m.name); w.byte(10);
  }
}

export interface LockResponse {
  readonly header: ResponseHeader | undefined;
  /** Exists as long as the lock is held. */
  readonly key: Uint8Array;
}
export type LockResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly key?: Uint8Array | undefined;
};

export function encodeLockResponse(m: LockResponseInit): Uint8Array {
  return encodeWith(writeLockResponse, m);
}
export function decodeLockResponse(bytes: Uint8Array): LockResponse {
  return readLockResponse(new Reader(bytes), undefined);
}

function newLockResponse(): Draft<LockResponse> {
  return {
    header: undefined,
    key: emptyBytes,
  };
}

export function readLockResponse(r: Reader, into: LockResponse | undefined): LockResponse {
  const m = (into as Draft<LockResponse> | undefined) ?? newLockResponse();
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
        m.key = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLockResponse(w: Writer, m: LockResponseInit): void {
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(18);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface UnlockRequest {
  readonly key: Uint8Array;
}
export type UnlockRequestInit = {
  readonly key?: Uint8Array | undefined;
};

export function encodeUnlockRequest(m: UnlockRequestInit): Uint8Array {
  return encodeWith(writeUnlockRequest, m);
}
export function decodeUnlockRequest(bytes: Uint8Array): UnlockRequest {
  return readUnlockRequest(new Reader(bytes), undefined);
}

function newUnlockRequest(): Draft<UnlockRequest> {
  return {
    key: emptyBytes,
  };
}

export function readUnlockRequest(r: Reader, into: UnlockRequest | undefined): UnlockRequest {
  const m = (into as Draft<UnlockRequest> | undefined) ?? newUnlockRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeUnlockRequest(w: Writer, m: UnlockRequestInit): void {
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(10);
  }
}

export interface UnlockResponse {
  readonly header: ResponseHeader | undefined;
}
export type UnlockResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeUnlockResponse(m: UnlockResponseInit): Uint8Array {
  return encodeWith(writeUnlockResponse, m);
}
export function decodeUnlockResponse(bytes: Uint8Array): UnlockResponse {
  return readUnlockResponse(new Reader(bytes), undefined);
}

function newUnlockResponse(): Draft<UnlockResponse> {
  return {
    header: undefined,
  };
}

export function readUnlockResponse(r: Reader, into: UnlockResponse | undefined): UnlockResponse {
  const m = (into as Draft<UnlockResponse> | undefined) ?? newUnlockResponse();
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

export function writeUnlockResponse(w: Writer, m: UnlockResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
