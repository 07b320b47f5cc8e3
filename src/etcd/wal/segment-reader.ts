import { crc32c } from '@node-rs/crc32';
import { assert } from '../../base/assert.ts';
import type { DiskFile } from '../io/disk.ts';
import { decodeRecord } from '../proto/generated/walpb.ts';
import { LENGTH_FIELD_BYTES, RecordType } from './record.ts';

/** The unit in which a disk keeps or loses a write. */
const SECTOR_BYTES = 512;
const READ_BYTES = 1024 * 1024;

/**
 * What stands at the reader's offset:
 * - `record`: one whole record whose CRC is right. `data` is a view that stays valid.
 * - `end`: the segment ends here, at a zero length or exactly at the end of the file.
 * - `torn`: a write that a crash cut short; only the last file may end so, and is repaired.
 * - `corrupt`: bytes that were once right and are not any more. Nothing here can be believed.
 * - `more`: call `fill` and ask again.
 */
export type ReadStep =
  | { readonly kind: 'record'; readonly type: number; readonly data: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'torn'; readonly reason: string }
  | { readonly kind: 'corrupt'; readonly reason: string }
  | { readonly kind: 'more'; readonly bytes: number };

const end: ReadStep = { kind: 'end' };
const noData = new Uint8Array(0);

/**
 * Reads the records of one segment in order, following etcd's rules for what is torn and what is
 * corrupt. The buffer is never written again once filled, so records may point into it.
 */
export class SegmentReader {
  readonly #file: DiskFile;
  readonly #fileBytes: number;
  readonly #isLast: boolean;
  #crc: number;
  #buffer = Buffer.alloc(0);
  /** File offset of the first byte of the buffer. */
  #bufferStart = 0;
  #offset = 0;

  constructor(file: DiskFile, fileBytes: number, isLast: boolean, crc: number) {
    this.#file = file;
    this.#fileBytes = fileBytes;
    this.#isLast = isLast;
    this.#crc = crc;
  }

  /** Where the next record begins: everything before it is right. */
  get offset(): number {
    return this.#offset;
  }

  /** The running CRC behind the last record. */
  get crc(): number {
    return this.#crc;
  }

  async fill(bytes: number): Promise<void> {
    const rest = this.#buffer.subarray(this.#offset - this.#bufferStart);
    const left = this.#fileBytes - this.#offset;
    const next = Buffer.allocUnsafe(Math.min(left, Math.max(bytes, READ_BYTES)));
    next.set(rest);
    const from = this.#offset + rest.length;
    const count = await this.#file.read(next.subarray(rest.length), from);
    assert(count === next.length - rest.length, 'a WAL segment shrank while it was being read');
    this.#buffer = next;
    this.#bufferStart = this.#offset;
  }

  next(): ReadStep {
    const left = this.#fileBytes - this.#offset;
    if (left === 0) return end;
    if (left < LENGTH_FIELD_BYTES) return torn('the file ends inside a length field');
    const at = this.#offset - this.#bufferStart;
    if (this.#buffer.length - at < LENGTH_FIELD_BYTES) return more(LENGTH_FIELD_BYTES);
    const low = this.#buffer.readUInt32LE(at);
    const high = this.#buffer.readUInt32LE(at + 4);
    if (low === 0 && high === 0) return end;
    const recordBytes = (high & 0x00ff_ffff) * 2 ** 32 + low;
    const pad = high >= 0x8000_0000 ? (high >>> 24) & 7 : 0;
    const total = LENGTH_FIELD_BYTES + recordBytes + pad;
    if (total > left) return torn(`a record of ${recordBytes} bytes does not fit into the file`);
    if (this.#buffer.length - at < total) return more(total);
    return this.#decode(at + LENGTH_FIELD_BYTES, recordBytes, pad, total);
  }

  #decode(at: number, recordBytes: number, pad: number, total: number): ReadStep {
    const record = maybeDecode(this.#buffer.subarray(at, at + recordBytes));
    if (record === undefined) return this.#tornOr('unreadable record', at, recordBytes + pad);
    const data = record.data ?? noData;
    if (record.type === RecordType.crc) {
      if (this.#crc !== 0 && record.crc !== this.#crc) {
        return {
          kind: 'corrupt',
          reason: 'crc mismatch: the file does not continue the one before',
        };
      }
      this.#crc = record.crc;
    } else {
      const crc = crc32c(data, this.#crc);
      if (crc !== record.crc) return this.#tornOr('crc mismatch', at, recordBytes + pad);
      this.#crc = crc;
    }
    this.#offset += total;
    return { kind: 'record', type: record.type, data };
  }

  /**
   * A bad record in the last file is torn when a whole sector's share of it is zero: preallocated
   * space that the cut write never reached. Otherwise, or in an earlier file, it is corrupt.
   */
  #tornOr(reason: string, at: number, bytes: number): ReadStep {
    if (this.#isLast && this.#hasZeroSector(at, bytes)) return torn(reason);
    return { kind: 'corrupt', reason };
  }

  #hasZeroSector(at: number, bytes: number): boolean {
    const fileOffset = this.#bufferStart + at;
    let done = 0;
    while (done < bytes) {
      const share = Math.min(SECTOR_BYTES - ((fileOffset + done) % SECTOR_BYTES), bytes - done);
      const part = this.#buffer.subarray(at + done, at + done + share);
      if (part.every((byte) => byte === 0)) return true;
      done += share;
    }
    return false;
  }
}

function torn(reason: string): ReadStep {
  return { kind: 'torn', reason };
}

function more(bytes: number): ReadStep {
  return { kind: 'more', bytes };
}

function maybeDecode(
  bytes: Uint8Array,
): { type: number; crc: number; data?: Uint8Array } | undefined {
  try {
    return decodeRecord(bytes);
  } catch {
    return undefined;
  }
}
