import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { decodeEntry, decodeHardState, type Entry } from '../proto/generated/raftpb.ts';
import { decodeRecord } from '../proto/generated/walpb.ts';
import { RecordEncoder, RecordType } from './record.ts';

type GoldenRecord = { offset: number; recBytes: number; type: string; dataBase64: string };
const golden = JSON.parse(
  readFileSync(new URL('testdata/etcd-segment.json', import.meta.url), 'utf8'),
) as { base64: string; records: GoldenRecord[] };

const entryArbitrary = fc.record(
  {
    type: fc.constantFrom(0, 1, 2),
    term: fc.maxSafeNat(),
    index: fc.maxSafeNat(),
    data: fc.uint8Array({ maxLength: 700 }),
  },
  { noNullPrototype: true },
);

test('the records of a segment written by etcd 3.7 are encoded to the same bytes', () => {
  const encoder = new RecordEncoder(0);
  for (const record of golden.records) {
    const data = Buffer.from(record.dataBase64, 'base64');
    if (record.type === 'crc') encoder.crcRecord();
    else if (record.type === 'entry') encoder.entry(decodeEntry(data));
    else if (record.type === 'state') encoder.state(decodeHardState(data));
    else if (record.type === 'metadata') encoder.record(RecordType.metadata, data);
    else encoder.record(RecordType.snapshot, data);
  }
  const expected = Buffer.from(golden.base64, 'base64').subarray(0, encoder.byteLength);
  assert.deepEqual(Buffer.from(encoder.bytes()), expected);
  assert.equal(encoder.byteLength, 2216);
});

test('any entry comes back whole, on a boundary of eight, with its CRC chained to the one before', () => {
  fc.assert(
    fc.property(fc.array(entryArbitrary, { minLength: 1, maxLength: 20 }), (entries) => {
      const encoder = new RecordEncoder(7);
      for (const entry of entries) encoder.entry(entry);
      assert.deepEqual(parseEntries(Buffer.from(encoder.bytes()), 7), entries);
    }),
  );
});

test('every length of data and of the CRC varint leaves the record readable', () => {
  // The CRC is shorter than five bytes once in 16 records, so both shapes occur in here.
  const entries = Array.from({ length: 600 }, (_, i) => ({
    type: 0,
    term: 1,
    index: i + 1,
    data: new Uint8Array(i).fill(i),
  }));
  const encoder = new RecordEncoder(0);
  for (const entry of entries) encoder.entry(entry);
  assert.deepEqual(parseEntries(Buffer.from(encoder.bytes()), 0), entries);
});

test('an encoder goes on with its CRC after its buffer was cleared', () => {
  const entry = { type: 0, term: 1, index: 1, data: Buffer.from('a') };
  const whole = new RecordEncoder(0);
  whole.entry(entry);
  whole.entry(entry);
  const parts = new RecordEncoder(0);
  parts.entry(entry);
  const first = Buffer.from(parts.bytes());
  parts.clear();
  parts.entry(entry);
  assert.deepEqual(Buffer.concat([first, parts.bytes()]), Buffer.from(whole.bytes()));
  assert.equal(parts.crc, whole.crc);
});

/** A reader that knows nothing but the drawing in record.ts. */
function parseEntries(bytes: Buffer, startCrc: number): Entry[] {
  const entries: Entry[] = [];
  let crc = startCrc;
  let at = 0;
  while (at < bytes.length) {
    const length = bytes.readUInt32LE(at);
    const high = bytes.readUInt32LE(at + 4);
    const pad = high === 0 ? 0 : (high >>> 24) & 0x7f;
    const record = decodeRecord(bytes.subarray(at + 8, at + 8 + length));
    crc = crc32c(record.data, crc);
    assert.equal(record.type, RecordType.entry);
    assert.equal(record.crc, crc);
    assert.equal((length + pad) % 8, 0);
    const { type, term, index, data } = decodeEntry(record.data);
    entries.push({ type, term, index, data: Uint8Array.from(data) });
    at += 8 + length + pad;
  }
  return entries;
}
