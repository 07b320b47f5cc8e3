// Made by tools/gen-proto.ts from proto/. Do not edit.
import { emptyBytes } from '../../../base/bytes.ts';
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';
import { readResponseHeader, type ResponseHeader, type ResponseHeaderInit, writeResponseHeader } from './etcdserverpb.ts';
import { readKeyValue, type KeyValue, type KeyValueInit, writeKeyValue } from './mvccpb.ts';

export interface CampaignRequest {
  readonly name: Uint8Array;
  readonly lease: bigint;
  readonly value: Uint8Array;
}
export type CampaignRequestInit = {
  readonly name?: Uint8Array | undefined;
  readonly lease?: bigint | undefined;
  readonly value?: Uint8Array | undefined;
};

export function encodeCampaignRequest(m: CampaignRequestInit): Uint8Array {
  return encodeWith(writeCampaignRequest, m);
}
export function decodeCampaignRequest(bytes: Uint8Array): CampaignRequest {
  return readCampaignRequest(new Reader(bytes), undefined);
}

function newCampaignRequest(): Draft<CampaignRequest> {
  return {
    name: emptyBytes,
    lease: 0n,
    value: emptyBytes,
  };
}

export function readCampaignRequest(r: Reader, into: CampaignRequest | undefined): CampaignRequest {
  const m = (into as Draft<CampaignRequest> | undefined) ?? newCampaignRequest();
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
      case 26: {
        m.value = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeCampaignRequest(w: Writer, m: CampaignRequestInit): void {
  if (m.value !== undefined && m.value.length !== 0) {
    w.bytes(m.value); w.byte(26);
  }
  if (m.lease !== undefined && m.lease !== 0n) {
    w.big(m.lease); w.byte(16);
  }
  if (m.name !== undefined && m.name.length !== 0) {
    w.bytes(m.name); w.byte(10);
  }
}

export interface CampaignResponse {
  readonly header: ResponseHeader | undefined;
  readonly leader: LeaderKey | undefined;
}
export type CampaignResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly leader?: LeaderKeyInit | undefined;
};

export function encodeCampaignResponse(m: CampaignResponseInit): Uint8Array {
  return encodeWith(writeCampaignResponse, m);
}
export function decodeCampaignResponse(bytes: Uint8Array): CampaignResponse {
  return readCampaignResponse(new Reader(bytes), undefined);
}

function newCampaignResponse(): Draft<CampaignResponse> {
  return {
    header: undefined,
    leader: undefined,
  };
}

export function readCampaignResponse(r: Reader, into: CampaignResponse | undefined): CampaignResponse {
  const m = (into as Draft<CampaignResponse> | undefined) ?? newCampaignResponse();
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
        m.leader = readLeaderKey(r, m.leader);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeCampaignResponse(w: Writer, m: CampaignResponseInit): void {
  if (m.leader !== undefined) {
    const end = w.size();
    writeLeaderKey(w, m.leader);
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

export interface LeaderKey {
  readonly name: Uint8Array;
  readonly key: Uint8Array;
  /** Creation revision of `key`. */
  readonly rev: number;
  readonly lease: bigint;
}
export type LeaderKeyInit = {
  readonly name?: Uint8Array | undefined;
  readonly key?: Uint8Array | undefined;
  readonly rev?: number | undefined;
  readonly lease?: bigint | undefined;
};

export function encodeLeaderKey(m: LeaderKeyInit): Uint8Array {
  return encodeWith(writeLeaderKey, m);
}
export function decodeLeaderKey(bytes: Uint8Array): LeaderKey {
  return readLeaderKey(new Reader(bytes), undefined);
}

function newLeaderKey(): Draft<LeaderKey> {
  return {
    name: emptyBytes,
    key: emptyBytes,
    rev: 0,
    lease: 0n,
  };
}

export function readLeaderKey(r: Reader, into: LeaderKey | undefined): LeaderKey {
  const m = (into as Draft<LeaderKey> | undefined) ?? newLeaderKey();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 18: {
        m.key = r.bytes();
        break;
      }
      case 24: {
        m.rev = r.int64Clamped();
        break;
      }
      case 32: {
        m.lease = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaderKey(w: Writer, m: LeaderKeyInit): void {
  if (m.lease !== undefined && m.lease !== 0n) {
    w.big(m.lease); w.byte(32);
  }
  if (m.rev !== undefined && m.rev !== 0) {
    w.int(m.rev); w.byte(24);
  }
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(18);
  }
  if (m.name !== undefined && m.name.length !== 0) {
    w.bytes(m.name); w.byte(10);
  }
}

export interface LeaderRequest {
  readonly name: Uint8Array;
}
export type LeaderRequestInit = {
  readonly name?: Uint8Array | undefined;
};

export function encodeLeaderRequest(m: LeaderRequestInit): Uint8Array {
  return encodeWith(writeLeaderRequest, m);
}
export function decodeLeaderRequest(bytes: Uint8Array): LeaderRequest {
  return readLeaderRequest(new Reader(bytes), undefined);
}

function newLeaderRequest(): Draft<LeaderRequest> {
  return {
    name: emptyBytes,
  };
}

export function readLeaderRequest(r: Reader, into: LeaderRequest | undefined): LeaderRequest {
  const m = (into as Draft<LeaderRequest> | undefined) ?? newLeaderRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaderRequest(w: Writer, m: LeaderRequestInit): void {
  if (m.name !== undefined && m.name.length !== 0) {
    w.bytes(m.name); w.byte(10);
  }
}

export interface LeaderResponse {
  readonly header: ResponseHeader | undefined;
  readonly kv: KeyValue | undefined;
}
export type LeaderResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly kv?: KeyValueInit | undefined;
};

export function encodeLeaderResponse(m: LeaderResponseInit): Uint8Array {
  return encodeWith(writeLeaderResponse, m);
}
export function decodeLeaderResponse(bytes: Uint8Array): LeaderResponse {
  return readLeaderResponse(new Reader(bytes), undefined);
}

function newLeaderResponse(): Draft<LeaderResponse> {
  return {
    header: undefined,
    kv: undefined,
  };
}

export function readLeaderResponse(r: Reader, into: LeaderResponse | undefined): LeaderResponse {
  const m = (into as Draft<LeaderResponse> | undefined) ?? newLeaderResponse();
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
        m.kv = readKeyValue(r, m.kv);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeLeaderResponse(w: Writer, m: LeaderResponseInit): void {
  if (m.kv !== undefined) {
    const end = w.size();
    writeKeyValue(w, m.kv);
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

export interface ResignRequest {
  readonly leader: LeaderKey | undefined;
}
export type ResignRequestInit = {
  readonly leader?: LeaderKeyInit | undefined;
};

export function encodeResignRequest(m: ResignRequestInit): Uint8Array {
  return encodeWith(writeResignRequest, m);
}
export function decodeResignRequest(bytes: Uint8Array): ResignRequest {
  return readResignRequest(new Reader(bytes), undefined);
}

function newResignRequest(): Draft<ResignRequest> {
  return {
    leader: undefined,
  };
}

export function readResignRequest(r: Reader, into: ResignRequest | undefined): ResignRequest {
  const m = (into as Draft<ResignRequest> | undefined) ?? newResignRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.leader = readLeaderKey(r, m.leader);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeResignRequest(w: Writer, m: ResignRequestInit): void {
  if (m.leader !== undefined) {
    const end = w.size();
    writeLeaderKey(w, m.leader);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface ResignResponse {
  readonly header: ResponseHeader | undefined;
}
export type ResignResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeResignResponse(m: ResignResponseInit): Uint8Array {
  return encodeWith(writeResignResponse, m);
}
export function decodeResignResponse(bytes: Uint8Array): ResignResponse {
  return readResignResponse(new Reader(bytes), undefined);
}

function newResignResponse(): Draft<ResignResponse> {
  return {
    header: undefined,
  };
}

export function readResignResponse(r: Reader, into: ResignResponse | undefined): ResignResponse {
  const m = (into as Draft<ResignResponse> | undefined) ?? newResignResponse();
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

export function writeResignResponse(w: Writer, m: ResignResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface ProclaimRequest {
  readonly leader: LeaderKey | undefined;
  readonly value: Uint8Array;
}
export type ProclaimRequestInit = {
  readonly leader?: LeaderKeyInit | undefined;
  readonly value?: Uint8Array | undefined;
};

export function encodeProclaimRequest(m: ProclaimRequestInit): Uint8Array {
  return encodeWith(writeProclaimRequest, m);
}
export function decodeProclaimRequest(bytes: Uint8Array): ProclaimRequest {
  return readProclaimRequest(new Reader(bytes), undefined);
}

function newProclaimRequest(): Draft<ProclaimRequest> {
  return {
    leader: undefined,
    value: emptyBytes,
  };
}

export function readProclaimRequest(r: Reader, into: ProclaimRequest | undefined): ProclaimRequest {
  const m = (into as Draft<ProclaimRequest> | undefined) ?? newProclaimRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.leader = readLeaderKey(r, m.leader);
        r.leave(outer);
        break;
      }
      case 18: {
        m.value = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeProclaimRequest(w: Writer, m: ProclaimRequestInit): void {
  if (m.value !== undefined && m.value.length !== 0) {
    w.bytes(m.value); w.byte(18);
  }
  if (m.leader !== undefined) {
    const end = w.size();
    writeLeaderKey(w, m.leader);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface ProclaimResponse {
  readonly header: ResponseHeader | undefined;
}
export type ProclaimResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
};

export function encodeProclaimResponse(m: ProclaimResponseInit): Uint8Array {
  return encodeWith(writeProclaimResponse, m);
}
export function decodeProclaimResponse(bytes: Uint8Array): ProclaimResponse {
  return readProclaimResponse(new Reader(bytes), undefined);
}

function newProclaimResponse(): Draft<ProclaimResponse> {
  return {
    header: undefined,
  };
}

export function readProclaimResponse(r: Reader, into: ProclaimResponse | undefined): ProclaimResponse {
  const m = (into as Draft<ProclaimResponse> | undefined) ?? newProclaimResponse();
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

export function writeProclaimResponse(w: Writer, m: ProclaimResponseInit): void {
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
