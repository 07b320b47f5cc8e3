import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { compareBytes, utf8Bytes } from '../../base/bytes.ts';
import { IndexUpdate } from './index-record.ts';
import { KeyIndex } from './key-index.ts';

/** Around the index's own limit and the backend's, all with one beginning. */
const lengths = [1, 1_899, 1_900, 1_901, 1_950, 1_976, 1_977, 1_978, 1_979, 1_980, 3_000];
const keys = lengths.flatMap((length) =>
  ['', '\0', '1', '\xff'].map((end) => utf8Bytes('p'.repeat(length) + end)),
);
const sorted = [...keys].sort(compareBytes);

function isLive(key: Uint8Array): boolean {
  return key.length % 3 !== 0;
}

test('keys of every length are found, counted and listed in order between any two of them', () => {
  const backend = new MemoryBackend();
  const index = backend.read((txn) => new KeyIndex(txn));
  backend.write((txn) => {
    for (const key of keys) {
      const state = new IndexUpdate();
      state.read(undefined);
      state.addVersion(2, 0, -1);
      state.tombstone = !isLive(key);
      index.put(txn, key, state.encode(), false);
    }
  });
  backend.read((txn) => {
    for (const from of sorted) {
      assert.ok(index.get(txn, from) !== undefined);
      for (const to of [...sorted, undefined]) {
        const wanted = sorted.filter(
          (key) => compareBytes(key, from) >= 0 && (to === undefined || compareBytes(key, to) < 0),
        );
        if (wanted.length === 0) continue;
        const found = [...index.range(txn, from, to)].map(([key]) => key.length);
        assert.deepEqual(
          found,
          wanted.map(({ length }) => length),
        );
        assert.equal(index.countLive(txn, from, to), wanted.filter(isLive).length);
      }
    }
  });
});
