// Made by tools/gen-proto.ts from proto/. Do not edit.
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';
import { readLeaseTimeToLiveRequest, readLeaseTimeToLiveResponse, type LeaseTimeToLiveRequest, type LeaseTimeToLiveRequestInit, type LeaseTimeToLiveResponse, type LeaseTimeToLiveResponseInit, writeLeaseTimeToLiveRequest, writeLeaseTimeToLiveResponse } from './etcdserverpb.ts';

/** A lease as stored. */
export interface Lease {
  readonly ID: bigint;
  readonly TTL: number;
  readonly RemainingTTL: number;
}
export type LeaseInit = {
  readonly ID?: bigint | undefined;
  readonly TTL?: number | undefined;
  readonly RemainingTTL?: number | undefined;
};

export function encodeLease(m: LeaseInit): Uint8Array {
  return encodeWith(writeLease, m);
}
export function decodeLease(bytes: Uint8Array): Lease {
  return readLease(new Reader(bytes), undefined);
}

function newLease(): Draft<Lease> {
  return {
    ID: 0n,
    TTL: 0,
    RemainingTTL: 0,
  };
}

export function readLease(r: Reader, into: Lease | undefined): Lease {
  const m = (into as Draft<Lease> | undefined) ?? newLease();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      case 16: {
        m.TTL = r.int64Clamped();
        break;
      }
      case 24: {
        m.RemainingTTL = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLease(w: Writer, m: LeaseInit): void {
  if (m.RemainingTTL !== undefined && m.RemainingTTL !== 0) {
    w.int(m.RemainingTTL); w.byte(24);
  }
  if (m.TTL !== undefined && m.TTL !== 0) {
    w.int(m.TTL); w.byte(16);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

/** Between members: a follower asks the leader for a lease's remaining time. */
export interface LeaseInternalRequest {
  readonly LeaseTimeToLiveRequest: LeaseTimeToLiveRequest | undefined;
}
export type LeaseInternalRequestInit = {
  readonly LeaseTimeToLiveRequest?: LeaseTimeToLiveRequestInit | undefined;
};

export function encodeLeaseInternalRequest(m: LeaseInternalRequestInit): Uint8Array {
  return encodeWith(writeLeaseInternalRequest, m);
}
export function decodeLeaseInternalRequest(bytes: Uint8Array): LeaseInternalRequest {
  return readLeaseInternalRequest(new Reader(bytes), undefined);
}

function newLeaseInternalRequest(): Draft<LeaseInternalRequest> {
  return {
    LeaseTimeToLiveRequest: undefined,
  };
}

export function readLeaseInternalRequest(r: Reader, into: LeaseInternalRequest | undefined): LeaseInternalRequest {
  const m = (into as Draft<LeaseInternalRequest> | undefined) ?? newLeaseInternalRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.LeaseTimeToLiveRequest = readLeaseTimeToLiveRequest(r, m.LeaseTimeToLiveRequest);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseInternalRequest(w: Writer, m: LeaseInternalRequestInit): void {
  if (m.LeaseTimeToLiveRequest !== undefined) {
    const end = w.size();
    writeLeaseTimeToLiveRequest(w, m.LeaseTimeToLiveRequest);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface LeaseInternalResponse {
  readonly LeaseTimeToLiveResponse: LeaseTimeToLiveResponse | undefined;
}
export type LeaseInternalResponseInit = {
  readonly LeaseTimeToLiveResponse?: LeaseTimeToLiveResponseInit | undefined;
};

export function encodeLeaseInternalResponse(m: LeaseInternalResponseInit): Uint8Array {
  return encodeWith(writeLeaseInternalResponse, m);
}
export function decodeLeaseInternalResponse(bytes: Uint8Array): LeaseInternalResponse {
  return readLeaseInternalResponse(new Reader(bytes), undefined);
}

function newLeaseInternalResponse(): Draft<LeaseInternalResponse> {
  return {
    LeaseTimeToLiveResponse: undefined,
  };
}

export function readLeaseInternalResponse(r: Reader, into: LeaseInternalResponse | undefined): LeaseInternalResponse {
  const m = (into as Draft<LeaseInternalResponse> | undefined) ?? newLeaseInternalResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.LeaseTimeToLiveResponse = readLeaseTimeToLiveResponse(r, m.LeaseTimeToLiveResponse);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaseInternalResponse(w: Writer, m: LeaseInternalResponseInit): void {
  if (m.LeaseTimeToLiveResponse !== undefined) {
    const end = w.size();
    writeLeaseTimeToLiveResponse(w, m.LeaseTimeToLiveResponse);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
