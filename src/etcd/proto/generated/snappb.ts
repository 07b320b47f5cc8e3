// Made by tools/gen-proto.ts from proto/. Do not edit.
import { emptyBytes } from '../../../base/bytes.ts';
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';

/** The whole content of a .snap file; `data` is an encoded raftpb.Snapshot. */
export interface Snapshot {
  readonly crc: number;
  readonly data: Uint8Array;
}
export type SnapshotInit = {
  readonly crc?: number | undefined;
  readonly data?: Uint8Array | undefined;
};

export function encodeSnapshot(m: SnapshotInit): Uint8Array {
  return encodeWith(writeSnapshot, m);
}
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  return readSnapshot(new Reader(bytes), undefined);
}

function newSnapshot(): Draft<Snapshot> {
  return {
    crc: 0,
    data: emptyBytes,
  };
}

export function readSnapshot(r: Reader, into: Snapshot | undefined): Snapshot {
  const m = (into as Draft<Snapshot> | undefined) ?? newSnapshot();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.crc = r.uint32();
        break;
      }
      case 18: {
        m.data = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeSnapshot(w: Writer, m: SnapshotInit): void {
  if (m.data !== undefined && m.data.length !== 0) {
    w.bytes(m.data); w.byte(18);
  }
  w.uint(m.crc ?? 0); w.byte(8);
}
