import { crc32c } from '@node-rs/crc32';
import { assert } from '../../base/assert.ts';
import { entryBytes, varintBytes, writeEntryAt, writeVarintAt } from '../proto/entry-bytes.ts';
import { type Entry, encodeHardState, type HardStateInit } from '../proto/generated/raftpb.ts';

/**
 * One record of a WAL segment, as etcd writes it:
 *
 *     0        4        8                                        8 + record   (multiple of 8)
 *     +--------+--------+----+---------+----+---------+----+------+-----------+
 *     | low 32 | hi 24 p| 08 | type    | 10 | crc     | 1a | size | data | pad |
 *     +--------+--------+----+---------+----+---------+----+------+-----------+
 *      length field, LE  walpb.Record                                    0..7 zeros
 *
 * The length field counts the protobuf record alone; `p` is 0x80 | pad, or 0 without pad. As every
 * record ends on a multiple of 8, a length field never straddles a sector and so is never torn.
 * A length of zero is where the segment ends: the rest of the file is preallocated.
 *
 * `crc` is CRC-32C over the data of all records so far, across files: each value continues the one
 * before. A crc record (first in each file) carries that value over and adds nothing to it.
 */
export const RecordType = { metadata: 1, entry: 2, state: 3, crc: 4, snapshot: 5 } as const;

export const LENGTH_FIELD_BYTES = 8;
const DATA_TAG = 0x1a;
/** Length field, two tags with their values, and the tag of the data: what always stands before it. */
const FIXED_BYTES = LENGTH_FIELD_BYTES + 2 + 1 + 5 + 1;
/** A larger buffer left over from an unusual batch is not kept. */
const KEPT_BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * Encodes records one after the other into one buffer and keeps the running CRC. The encoder owns
 * the buffer: what `bytes()` returns is valid until `clear()` or the next record.
 */
export class RecordEncoder {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #end = 0;
  #crc: number;

  constructor(crc: number) {
    this.#crc = crc;
  }

  get crc(): number {
    return this.#crc;
  }

  get byteLength(): number {
    return this.#end;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#end);
  }

  clear(): void {
    this.#end = 0;
    if (this.#buffer.length > KEPT_BUFFER_BYTES) this.#buffer = Buffer.allocUnsafe(64 * 1024);
  }

  entry(entry: Entry): void {
    const size = entryBytes(entry);
    const start = this.#begin(size);
    writeEntryAt(this.#buffer, start, entry);
    this.#finish(RecordType.entry, start, size);
  }

  state(state: HardStateInit): void {
    this.record(RecordType.state, encodeHardState(state));
  }

  record(type: number, data: Uint8Array): void {
    const start = this.#begin(data.length);
    this.#buffer.set(data, start);
    this.#finish(type, start, data.length);
  }

  /** Carries the running value into a new file. It has no data field at all. */
  crcRecord(): void {
    this.#ensure(FIXED_BYTES + 8);
    this.#close(RecordType.crc, this.#end + LENGTH_FIELD_BYTES + 2, 0, false);
  }

  /** Makes room and returns where the data goes when the CRC takes all five bytes, as it mostly does. */
  #begin(size: number): number {
    assert(size < 2 ** 31, 'a WAL record holds less than 2 GiB');
    this.#ensure(FIXED_BYTES + 5 + size + 8);
    return this.#end + FIXED_BYTES + varintBytes(size);
  }

  #finish(type: number, start: number, size: number): void {
    const { buffer, byteOffset } = this.#buffer;
    this.#crc = crc32c(new Uint8Array(buffer, byteOffset + start, size), this.#crc);
    const shift = 5 - varintBytes(this.#crc);
    if (shift > 0) this.#buffer.copyWithin(start - shift, start, start + size);
    this.#close(type, start - shift, size, true);
  }

  /** Writes everything around the data that already stands at `start`. */
  #close(type: number, start: number, size: number, hasData: boolean): void {
    const buffer = this.#buffer;
    const begin = this.#end;
    let at = begin + LENGTH_FIELD_BYTES;
    buffer[at] = 0x08;
    buffer[at + 1] = type;
    buffer[at + 2] = 0x10;
    at = writeVarintAt(buffer, at + 3, this.#crc);
    if (hasData) {
      buffer[at] = DATA_TAG;
      at = writeVarintAt(buffer, at + 1, size);
      assert(at === start, 'the data of a WAL record stands right behind its size');
      at += size;
    }
    const recordBytes = at - begin - LENGTH_FIELD_BYTES;
    const pad = -recordBytes & 7;
    buffer.writeUInt32LE(recordBytes, begin);
    buffer.writeUInt32LE(pad === 0 ? 0 : (0x80 | pad) * 0x1_00_00_00, begin + 4);
    buffer.fill(0, at, at + pad);
    this.#end = at + pad;
  }

  #ensure(more: number): void {
    const needed = this.#end + more;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = grown;
  }
}
