// Made by tools/gen-proto.ts from proto/. Do not edit.
import { emptyBytes } from '../../../base/bytes.ts';
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';
import { readConfState, type ConfState, type ConfStateInit, writeConfState } from './raftpb.ts';

/** One record of the write-ahead log; `crc` covers all data bytes up to and including this record's. */
export interface Record {
  readonly type: number;
  readonly crc: number;
  readonly data: Uint8Array;
}
export type RecordInit = {
  readonly type?: number | undefined;
  readonly crc?: number | undefined;
  readonly data?: Uint8Array | undefined;
};

export function encodeRecord(m: RecordInit): Uint8Array {
  return encodeWith(writeRecord, m);
}
export function decodeRecord(bytes: Uint8Array): Record {
  return readRecord(new Reader(bytes), undefined);
}

function newRecord(): Draft<Record> {
  return {
    type: 0,
    crc: 0,
    data: emptyBytes,
  };
}

export function readRecord(r: Reader, into: Record | undefined): Record {
  const m = (into as Draft<Record> | undefined) ?? newRecord();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int64Exact();
        break;
      }
      case 16: {
        m.crc = r.uint32();
        break;
      }
      case 26: {
        m.data = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeRecord(w: Writer, m: RecordInit): void {
  if (m.data !== undefined && m.data.length !== 0) {
    w.bytes(m.data); w.byte(26);
  }
  w.uint(m.crc ?? 0); w.byte(16);
  w.int(m.type ?? 0); w.byte(8);
}

/** Marks in the log that a snapshot of this index exists. */
export interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState | undefined;
}
export type SnapshotInit = {
  readonly index?: number | undefined;
  readonly term?: number | undefined;
  readonly confState?: ConfStateInit | undefined;
};

export function encodeSnapshot(m: SnapshotInit): Uint8Array {
  return encodeWith(writeSnapshot, m);
}
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  return readSnapshot(new Reader(bytes), undefined);
}

function newSnapshot(): Draft<Snapshot> {
  return {
    index: 0,
    term: 0,
    confState: undefined,
  };
}

export function readSnapshot(r: Reader, into: Snapshot | undefined): Snapshot {
  const m = (into as Draft<Snapshot> | undefined) ?? newSnapshot();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.index = r.uint64Exact();
        break;
      }
      case 16: {
        m.term = r.uint64Exact();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.confState = readConfState(r, m.confState);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeSnapshot(w: Writer, m: SnapshotInit): void {
  if (m.confState !== undefined) {
    const end = w.size();
    writeConfState(w, m.confState);
    w.uint(w.size() - end);
    w.byte(26);
  }
  w.uint(m.term ?? 0); w.byte(16);
  w.uint(m.index ?? 0); w.byte(8);
}
