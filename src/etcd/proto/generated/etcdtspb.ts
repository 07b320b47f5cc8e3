// Made by tools/gen-proto.ts from proto/. Do not edit.
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';
import { readResponseHeader, type ResponseHeader, type ResponseHeaderInit, writeResponseHeader } from './etcdserverpb.ts';

export const ForgetLeaderResponse_Outcome = {
  FORGOTTEN: 0,
  ALREADY_LEADERLESS: 1,
  NO_LONGER_SO: 2,
  IS_LEADER: 3,
  IGNORED: 4,
} as const;
export type ForgetLeaderResponse_Outcome = number;

export type ObserveRequest = object;
export type ObserveRequestInit = object;

export function encodeObserveRequest(m: ObserveRequestInit): Uint8Array {
  return encodeWith(writeObserveRequest, m);
}
export function decodeObserveRequest(bytes: Uint8Array): ObserveRequest {
  return readObserveRequest(new Reader(bytes), undefined);
}

function newObserveRequest(): Draft<ObserveRequest> {
  return {};
}

export function readObserveRequest(r: Reader, into: ObserveRequest | undefined): ObserveRequest {
  const m = (into as Draft<ObserveRequest> | undefined) ?? newObserveRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeObserveRequest(_w: Writer, _m: ObserveRequestInit): void {
}

export interface ObserveResponse {
  readonly header: ResponseHeader | undefined;
  /** 0 when the member knows no leader. */
  readonly leaderId: bigint;
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly appliedIndex: number;
  readonly millisSinceLeader: number;
  /** follower, pre-candidate, candidate or leader. */
  readonly role: string;
  readonly isLearner: boolean;
  readonly commitIndex: number;
  /** Reasons to move or change this member's storage; it serves all the same. */
  readonly storageWarnings: readonly StorageWarning[];
}
export type ObserveResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly leaderId?: bigint | undefined;
  readonly term?: number | undefined;
  readonly lastIndex?: number | undefined;
  readonly lastTerm?: number | undefined;
  readonly appliedIndex?: number | undefined;
  readonly millisSinceLeader?: number | undefined;
  readonly role?: string | undefined;
  readonly isLearner?: boolean | undefined;
  readonly commitIndex?: number | undefined;
  readonly storageWarnings?: readonly StorageWarningInit[] | undefined;
};

export function encodeObserveResponse(m: ObserveResponseInit): Uint8Array {
  return encodeWith(writeObserveResponse, m);
}
export function decodeObserveResponse(bytes: Uint8Array): ObserveResponse {
  return readObserveResponse(new Reader(bytes), undefined);
}

function newObserveResponse(): Draft<ObserveResponse> {
  return {
    header: undefined,
    leaderId: 0n,
    term: 0,
    lastIndex: 0,
    lastTerm: 0,
    appliedIndex: 0,
    millisSinceLeader: 0,
    role: '',
    isLearner: false,
    commitIndex: 0,
    storageWarnings: [],
  };
}

export function readObserveResponse(r: Reader, into: ObserveResponse | undefined): ObserveResponse {
  const m = (into as Draft<ObserveResponse> | undefined) ?? newObserveResponse();
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
        m.leaderId = r.uint64Big();
        break;
      }
      case 24: {
        m.term = r.uint64Clamped();
        break;
      }
      case 32: {
        m.lastIndex = r.uint64Clamped();
        break;
      }
      case 40: {
        m.lastTerm = r.uint64Clamped();
        break;
      }
      case 48: {
        m.appliedIndex = r.uint64Clamped();
        break;
      }
      case 56: {
        m.millisSinceLeader = r.uint64Clamped();
        break;
      }
      case 66: {
        m.role = r.string();
        break;
      }
      case 72: {
        m.isLearner = r.bool();
        break;
      }
      case 80: {
        m.commitIndex = r.uint64Clamped();
        break;
      }
      case 90: {
        const outer = r.enter();
        m.storageWarnings.push(readStorageWarning(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeObserveResponse(w: Writer, m: ObserveResponseInit): void {
  if (m.storageWarnings !== undefined) {
    for (let i = m.storageWarnings.length - 1; i >= 0; i--) {
      const item = m.storageWarnings[i] as StorageWarningInit;
      const end = w.size();
      writeStorageWarning(w, item);
      w.uint(w.size() - end);
      w.byte(90);
    }
  }
  if (m.commitIndex !== undefined && m.commitIndex !== 0) {
    w.uint(m.commitIndex); w.byte(80);
  }
  if (m.isLearner !== undefined && m.isLearner !== false) {
    w.bool(m.isLearner); w.byte(72);
  }
  if (m.role !== undefined && m.role !== '') {
    w.string(m.role); w.byte(66);
  }
  if (m.millisSinceLeader !== undefined && m.millisSinceLeader !== 0) {
    w.uint(m.millisSinceLeader); w.byte(56);
  }
  if (m.appliedIndex !== undefined && m.appliedIndex !== 0) {
    w.uint(m.appliedIndex); w.byte(48);
  }
  if (m.lastTerm !== undefined && m.lastTerm !== 0) {
    w.uint(m.lastTerm); w.byte(40);
  }
  if (m.lastIndex !== undefined && m.lastIndex !== 0) {
    w.uint(m.lastIndex); w.byte(32);
  }
  if (m.term !== undefined && m.term !== 0) {
    w.uint(m.term); w.byte(24);
  }
  if (m.leaderId !== undefined && m.leaderId !== 0n) {
    w.big(m.leaderId); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface StorageWarning {
  /** For programs, such as network-file-system. */
  readonly name: string;
  /** For people: what is so and what to do. */
  readonly message: string;
}
export type StorageWarningInit = {
  readonly name?: string | undefined;
  readonly message?: string | undefined;
};

export function encodeStorageWarning(m: StorageWarningInit): Uint8Array {
  return encodeWith(writeStorageWarning, m);
}
export function decodeStorageWarning(bytes: Uint8Array): StorageWarning {
  return readStorageWarning(new Reader(bytes), undefined);
}

function newStorageWarning(): Draft<StorageWarning> {
  return {
    name: '',
    message: '',
  };
}

export function readStorageWarning(r: Reader, into: StorageWarning | undefined): StorageWarning {
  const m = (into as Draft<StorageWarning> | undefined) ?? newStorageWarning();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.message = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeStorageWarning(w: Writer, m: StorageWarningInit): void {
  if (m.message !== undefined && m.message !== '') {
    w.string(m.message); w.byte(18);
  }
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

/** Names the leader and term the caller saw; a member that has moved on since answers NO_LONGER_SO. */
export interface ForgetLeaderRequest {
  readonly leaderId: bigint;
  readonly term: number;
  /** Also start a campaign at once; for the most advanced survivor only. */
  readonly campaign: boolean;
}
export type ForgetLeaderRequestInit = {
  readonly leaderId?: bigint | undefined;
  readonly term?: number | undefined;
  readonly campaign?: boolean | undefined;
};

export function encodeForgetLeaderRequest(m: ForgetLeaderRequestInit): Uint8Array {
  return encodeWith(writeForgetLeaderRequest, m);
}
export function decodeForgetLeaderRequest(bytes: Uint8Array): ForgetLeaderRequest {
  return readForgetLeaderRequest(new Reader(bytes), undefined);
}

function newForgetLeaderRequest(): Draft<ForgetLeaderRequest> {
  return {
    leaderId: 0n,
    term: 0,
    campaign: false,
  };
}

export function readForgetLeaderRequest(r: Reader, into: ForgetLeaderRequest | undefined): ForgetLeaderRequest {
  const m = (into as Draft<ForgetLeaderRequest> | undefined) ?? newForgetLeaderRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.leaderId = r.uint64Big();
        break;
      }
      case 16: {
        m.term = r.uint64Clamped();
        break;
      }
      case 24: {
        m.campaign = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeForgetLeaderRequest(w: Writer, m: ForgetLeaderRequestInit): void {
  if (m.campaign !== undefined && m.campaign !== false) {
    w.bool(m.campaign); w.byte(24);
  }
  if (m.term !== undefined && m.term !== 0) {
    w.uint(m.term); w.byte(16);
  }
  if (m.leaderId !== undefined && m.leaderId !== 0n) {
    w.big(m.leaderId); w.byte(8);
  }
}

export interface ForgetLeaderResponse {
  readonly header: ResponseHeader | undefined;
  readonly outcome: number;
  readonly campaigning: boolean;
  readonly leaderId: bigint;
  readonly term: number;
}
export type ForgetLeaderResponseInit = {
  readonly header?: ResponseHeaderInit | undefined;
  readonly outcome?: number | undefined;
  readonly campaigning?: boolean | undefined;
  readonly leaderId?: bigint | undefined;
  readonly term?: number | undefined;
};

export function encodeForgetLeaderResponse(m: ForgetLeaderResponseInit): Uint8Array {
  return encodeWith(writeForgetLeaderResponse, m);
}
export function decodeForgetLeaderResponse(bytes: Uint8Array): ForgetLeaderResponse {
  return readForgetLeaderResponse(new Reader(bytes), undefined);
}

function newForgetLeaderResponse(): Draft<ForgetLeaderResponse> {
  return {
    header: undefined,
    outcome: 0,
    campaigning: false,
    leaderId: 0n,
    term: 0,
  };
}

export function readForgetLeaderResponse(r: Reader, into: ForgetLeaderResponse | undefined): ForgetLeaderResponse {
  const m = (into as Draft<ForgetLeaderResponse> | undefined) ?? newForgetLeaderResponse();
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
        m.outcome = r.int32();
        break;
      }
      case 24: {
        m.campaigning = r.bool();
        break;
      }
      case 32: {
        m.leaderId = r.uint64Big();
        break;
      }
      case 40: {
        m.term = r.uint64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeForgetLeaderResponse(w: Writer, m: ForgetLeaderResponseInit): void {
  if (m.term !== undefined && m.term !== 0) {
    w.uint(m.term); w.byte(40);
  }
  if (m.leaderId !== undefined && m.leaderId !== 0n) {
    w.big(m.leaderId); w.byte(32);
  }
  if (m.campaigning !== undefined && m.campaigning !== false) {
    w.bool(m.campaigning); w.byte(24);
  }
  if (m.outcome !== undefined && m.outcome !== 0) {
    w.int(m.outcome); w.byte(16);
  }
  if (m.header !== undefined) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
