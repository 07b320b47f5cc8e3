import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import { versionText } from './etcd-version.ts';
import { isStorageBehind, moveStorageVersion, readStorageVersion } from './storage-version.ts';

const v = (minor: number) => ({ major: 3, minor });

function usedStore(): MemoryBackend {
  const backend = new MemoryBackend();
  backend.write((txn) => txn.put('meta', utf8Bytes('term'), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2)));
  return backend;
}

const read = (backend: MemoryBackend) => backend.read(readStorageVersion);

test('an empty store has no version, one that was used and says nothing has 3.5', () => {
  assert.equal(read(new MemoryBackend()), undefined);
  assert.deepEqual(read(usedStore()), v(5));
});

test('a store follows the cluster up and down', () => {
  const backend = usedStore();
  for (const minor of [6, 7, 6, 5, 7]) {
    assert.equal(
      backend.read((txn) => isStorageBehind(txn, v(minor))),
      true,
    );
    backend.write((txn) => moveStorageVersion(txn, v(minor)));
    assert.deepEqual(read(backend), v(minor));
    assert.equal(
      backend.read((txn) => isStorageBehind(txn, v(minor))),
      false,
    );
  }
});

test('from 3.6 on the version is written down, below it is not', () => {
  const backend = usedStore();
  const stored = () => backend.read((txn) => txn.get('meta', utf8Bytes('storageVersion')));
  backend.write((txn) => moveStorageVersion(txn, v(6)));
  assert.deepEqual(stored(), utf8Bytes(versionText(v(6))));
  backend.write((txn) => moveStorageVersion(txn, v(5)));
  assert.equal(stored(), undefined);
});

test('a cluster older than 3.5, or not whole yet, leaves the store as it is', () => {
  const backend = usedStore();
  backend.write((txn) => moveStorageVersion(txn, v(7)));
  for (const minor of [0, 4]) {
    assert.equal(
      backend.read((txn) => isStorageBehind(txn, v(minor))),
      false,
    );
    backend.write((txn) => moveStorageVersion(txn, v(minor)));
    assert.deepEqual(read(backend), v(7));
  }
});
