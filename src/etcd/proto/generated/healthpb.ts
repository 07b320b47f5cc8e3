// Made by tools/gen-proto.ts from proto/. Do not edit.
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';

export const HealthCheckResponse_ServingStatus = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
} as const;
export type HealthCheckResponse_ServingStatus = number;

export interface HealthCheckRequest {
  readonly service: string;
}
export type HealthCheckRequestInit = {
  readonly service?: string | undefined;
};

export function encodeHealthCheckRequest(m: HealthCheckRequestInit): Uint8Array {
  return encodeWith(writeHealthCheckRequest, m);
}
export function decodeHealthCheckRequest(bytes: Uint8Array): HealthCheckRequest {
  return readHealthCheckRequest(new Reader(bytes), undefined);
}

function newHealthCheckRequest(): Draft<HealthCheckRequest> {
  return {
    service: '',
  };
}

export function readHealthCheckRequest(r: Reader, into: HealthCheckRequest | undefined): HealthCheckRequest {
  const m = (into as Draft<HealthCheckRequest> | undefined) ?? newHealthCheckRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.service = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHealthCheckRequest(w: Writer, m: HealthCheckRequestInit): void {
  if (m.service !== undefined && m.service !== '') {
    w.string(m.service); w.byte(10);
  }
}

export interface HealthCheckResponse {
  readonly status: number;
}
export type HealthCheckResponseInit = {
  readonly status?: number | undefined;
};

export function encodeHealthCheckResponse(m: HealthCheckResponseInit): Uint8Array {
  return encodeWith(writeHealthCheckResponse, m);
}
export function decodeHealthCheckResponse(bytes: Uint8Array): HealthCheckResponse {
  return readHealthCheckResponse(new Reader(bytes), undefined);
}

function newHealthCheckResponse(): Draft<HealthCheckResponse> {
  return {
    status: 0,
  };
}

export function readHealthCheckResponse(r: Reader, into: HealthCheckResponse | undefined): HealthCheckResponse {
  const m = (into as Draft<HealthCheckResponse> | undefined) ?? newHealthCheckResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.status = r.int32();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHealthCheckResponse(w: Writer, m: HealthCheckResponseInit): void {
  if (m.status !== undefined && m.status !== 0) {
    w.int(m.status); w.byte(8);
  }
}

export type HealthListRequest = object;
export type HealthListRequestInit = object;

export function encodeHealthListRequest(m: HealthListRequestInit): Uint8Array {
  return encodeWith(writeHealthListRequest, m);
}
export function decodeHealthListRequest(bytes: Uint8Array): HealthListRequest {
  return readHealthListRequest(new Reader(bytes), undefined);
}

function newHealthListRequest(): Draft<HealthListRequest> {
  return {};
}

export function readHealthListRequest(r: Reader, into: HealthListRequest | undefined): HealthListRequest {
  const m = (into as Draft<HealthListRequest> | undefined) ?? newHealthListRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHealthListRequest(_w: Writer, _m: HealthListRequestInit): void {
}

export interface HealthListResponse {
  readonly statuses: readonly HealthListResponse_Entry[];
}
export type HealthListResponseInit = {
  readonly statuses?: readonly HealthListResponse_EntryInit[] | undefined;
};

export function encodeHealthListResponse(m: HealthListResponseInit): Uint8Array {
  return encodeWith(writeHealthListResponse, m);
}
export function decodeHealthListResponse(bytes: Uint8Array): HealthListResponse {
  return readHealthListResponse(new Reader(bytes), undefined);
}

function newHealthListResponse(): Draft<HealthListResponse> {
  return {
    statuses: [],
  };
}

export function readHealthListResponse(r: Reader, into: HealthListResponse | undefined): HealthListResponse {
  const m = (into as Draft<HealthListResponse> | undefined) ?? newHealthListResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.statuses.push(readHealthListResponse_Entry(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHealthListResponse(w: Writer, m: HealthListResponseInit): void {
  if (m.statuses !== undefined) {
    for (let i = m.statuses.length - 1; i >= 0; i--) {
      const item = m.statuses[i] as HealthListResponse_EntryInit;
      const end = w.size();
      writeHealthListResponse_Entry(w, item);
      w.uint(w.size() - end);
      w.byte(10);
    }
  }
}

/** On the wire a map<string, HealthCheckResponse> is a list of its entries. */
export interface HealthListResponse_Entry {
  readonly key: string;
  readonly value: HealthCheckResponse | undefined;
}
export type HealthListResponse_EntryInit = {
  readonly key?: string | undefined;
  readonly value?: HealthCheckResponseInit | undefined;
};

export function encodeHealthListResponse_Entry(m: HealthListResponse_EntryInit): Uint8Array {
  return encodeWith(writeHealthListResponse_Entry, m);
}
export function decodeHealthListResponse_Entry(bytes: Uint8Array): HealthListResponse_Entry {
  return readHealthListResponse_Entry(new Reader(bytes), undefined);
}

function newHealthListResponse_Entry(): Draft<HealthListResponse_Entry> {
  return {
    key: '',
    value: undefined,
  };
}

export function readHealthListResponse_Entry(r: Reader, into: HealthListResponse_Entry | undefined): HealthListResponse_Entry {
  const m = (into as Draft<HealthListResponse_Entry> | undefined) ?? newHealthListResponse_Entry();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.string();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.value = readHealthCheckResponse(r, m.value);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHealthListResponse_Entry(w: Writer, m: HealthListResponse_EntryInit): void {
  if (m.value !== undefined) {
    const end = w.size();
    writeHealthCheckResponse(w, m.value);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.key !== undefined && m.key !== '') {
    w.string(m.key); w.byte(10);
  }
}
