import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { entryBytes, readEntryAt, writeEntryAt } from './entry-bytes.ts';
import { decodeEntry } from './generated/raftpb.ts';

const entries = fc.record(
  {
    type: fc.constantFrom(0, 1, 2),
    term: fc.maxSafeNat(),
    index: fc.maxSafeNat(),
    data: fc.uint8Array({ maxLength: 300 }),
  },
  { noNullPrototype: true },
);

test('an entry takes the room it says, and is what the codec of all messages reads', () => {
  fc.assert(
    fc.property(entries, fc.nat(9), (entry, before) => {
      const buffer = new Uint8Array(before + entryBytes(entry) + 1);
      const end = writeEntryAt(buffer, before, entry);
      assert.equal(end, buffer.length - 1);
      assert.deepEqual(decodeEntry(buffer.subarray(before, end)), entry);
    }),
  );
});

test('an empty entry of type zero is its term and index', () => {
  const entry = { type: 0, term: 5, index: 300, data: new Uint8Array(0) };
  const buffer = new Uint8Array(entryBytes(entry));
  writeEntryAt(buffer, 0, entry);
  assert.equal(Buffer.from(buffer).toString('hex'), '100518ac02');
});

test('what is written is read back, where it stands', () => {
  fc.assert(
    fc.property(entries, fc.nat(9), (entry, before) => {
      fc.pre(entry.term < 2 ** 49 && entry.index < 2 ** 49);
      const buffer = new Uint8Array(before + entryBytes(entry) + 1);
      const end = writeEntryAt(buffer, before, entry);
      assert.deepEqual(readEntryAt(buffer, before, end), entry);
    }),
  );
});

test('changed bytes are read as the codec of all messages reads them, or left to it', () => {
  const change = fc.record({ at: fc.nat(20), byte: fc.nat(255) });
  fc.assert(
    fc.property(entries, fc.array(change, { maxLength: 3 }), fc.nat(3), (entry, changes, cut) => {
      const bytes = new Uint8Array(entryBytes(entry));
      writeEntryAt(bytes, 0, entry);
      for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
      const end = Math.max(0, bytes.length - cut);
      const read = readEntryAt(bytes, 0, end);
      if (read !== undefined) assert.deepEqual(read, decodeEntry(bytes.subarray(0, end)));
    }),
    { numRuns: 2_000 },
  );
});
