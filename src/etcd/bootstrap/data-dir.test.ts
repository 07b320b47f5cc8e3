import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { DataDir } from './data-dir.ts';

const dir = new DataDir('/data', '');

async function diskWith(...paths: readonly string[]): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeDir(dir.snap);
  await disk.makeDir(dir.state);
  for (const path of paths) {
    if (path.startsWith(dir.state)) await disk.makeDir(path);
    else disk.place(path, new Uint8Array(1));
  }
  return disk;
}

test('the log lies below the data directory unless it has one of its own', () => {
  assert.equal(dir.wal, '/data/member/wal');
  assert.equal(new DataDir('/data', '/fast/wal').wal, '/fast/wal');
});

test('the state with the highest index counts; unfinished ones do not', async () => {
  const disk = await diskWith(dir.statePath(9), dir.statePath(255), `${dir.statePath(300)}.tmp`);
  assert.equal(await dir.currentState(disk), dir.statePath(255));
});

test('an empty directory gets a first state at index 0', async () => {
  assert.equal(await dir.currentState(new MemoryDisk()), dir.statePath(0));
});

test('leftovers of crashes go, the current state and foreign files stay', async () => {
  const disk = await diskWith(
    dir.statePath(9),
    dir.statePath(255),
    `${dir.statePath(300)}.tmp`,
    dir.receivedDatabase(300),
    `${dir.receivedDatabase(400)}.part`,
    `${dir.snap}/db`,
  );
  await dir.removeLeftovers(disk, dir.statePath(255));
  assert.deepEqual(await disk.list(dir.state), ['00000000000000ff']);
  assert.deepEqual(await disk.list(dir.snap), ['db']);
});

test('received databases go up to the index that was installed', async () => {
  const disk = await diskWith(dir.receivedDatabase(10), dir.receivedDatabase(20));
  await dir.removeReceived(disk, 15);
  assert.deepEqual(await disk.list(dir.snap), ['0000000000000014.snap.db']);
});
