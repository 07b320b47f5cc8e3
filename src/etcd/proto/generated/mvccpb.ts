// Made by tools/gen-proto.ts from proto/. Do not edit.
import { emptyBytes } from '../../../base/bytes.ts';
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';

export const Event_EventType = {
  PUT: 0,
  DELETE: 1,
} as const;
export type Event_EventType = number;

/** One version of one key, as stored and as returned. */
export interface KeyValue {
  readonly key: Uint8Array;
  /** Revision of the write that brought the key to life (again). */
  readonly createRevision: number;
  /** Revision of the last write to the key. */
  readonly modRevision: number;
  /** Writes since the key was created; 1 for the first. */
  readonly version: number;
  readonly value: Uint8Array;
  /** The lease the key hangs on; 0 for none. */
  readonly lease: bigint;
}
export type KeyValueInit = {
  readonly key?: Uint8Array | undefined;
  readonly createRevision?: number | undefined;
  readonly modRevision?: number | undefined;
  readonly version?: number | undefined;
  readonly value?: Uint8Array | undefined;
  readonly lease?: bigint | undefined;
};

export function encodeKeyValue(m: KeyValueInit): Uint8Array {
  return encodeWith(writeKeyValue, m);
}
export function decodeKeyValue(bytes: Uint8Array): KeyValue {
  return readKeyValue(new Reader(bytes), undefined);
}

function newKeyValue(): Draft<KeyValue> {
  return {
    key: emptyBytes,
    createRevision: 0,
    modRevision: 0,
    version: 0,
    value: emptyBytes,
    lease: 0n,
  };
}

export function readKeyValue(r: Reader, into: KeyValue | undefined): KeyValue {
  const m = (into as Draft<KeyValue> | undefined) ?? newKeyValue();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 16: {
        m.createRevision = r.int64Clamped();
        break;
      }
      case 24: {
        m.modRevision = r.int64Clamped();
        break;
      }
      case 32: {
        m.version = r.int64Clamped();
        break;
      }
      case 42: {
        m.value = r.bytes();
        break;
      }
      case 48: {
        m.lease = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeKeyValue(w: Writer, m: KeyValueInit): void {
  if (m.lease !== undefined && m.lease !== 0n) {
    w.big(m.lease); w.byte(48);
  }
  if (m.value !== undefined && m.value.length !== 0) {
    w.bytes(m.value); w.byte(42);
  }
  if (m.version !== undefined && m.version !== 0) {
    w.int(m.version); w.byte(32);
  }
  if (m.modRevision !== undefined && m.modRevision !== 0) {
    w.int(m.modRevision); w.byte(24);
  }
  if (m.createRevision !== undefined && m.createRevision !== 0) {
    w.int(m.createRevision); w.byte(16);
  }
  if (m.key !== undefined && m.key.length !== 0) {
    w.bytes(m.key); w.byte(10);
  }
}

/** One change of one key, as watchers see it. */
export interface Event {
  readonly type: number;
  /** PUT: the new state. DELETE: only key and mod_revision. */
  readonly kv: KeyValue | undefined;
  /** The state just before, when asked for and still known. */
  readonly prevKv: KeyValue | undefined;
}
export type EventInit = {
  readonly type?: number | undefined;
  readonly kv?: KeyValueInit | undefined;
  readonly prevKv?: KeyValueInit | undefined;
};

export function encodeEvent(m: EventInit): Uint8Array {
  return encodeWith(writeEvent, m);
}
export function decodeEvent(bytes: Uint8Array): Event {
  return readEvent(new Reader(bytes), undefined);
}

function newEvent(): Draft<Event> {
  return {
    type: 0,
    kv: undefined,
    prevKv: undefined,
  };
}

export function readEvent(r: Reader, into: Event | undefined): Event {
  const m = (into as Draft<Event> | undefined) ?? newEvent();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int32();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.kv = readKeyValue(r, m.kv);
        r.leave(outer);
        break;
      }
      case 26: {
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

export function writeEvent(w: Writer, m: EventInit): void {
  if (m.prevKv !== undefined) {
    const end = w.size();
    writeKeyValue(w, m.prevKv);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.kv !== undefined) {
    const end = w.size();
    writeKeyValue(w, m.kv);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.type !== undefined && m.type !== 0) {
    w.int(m.type); w.byte(8);
  }
}
