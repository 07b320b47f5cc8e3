import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { checkTrailer, withTrailer, writePieces } from './snapshot-file.ts';

const database = [Buffer.alloc(4096, 1), Buffer.alloc(8192, 2)];

async function newDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeDir('/d');
  await disk.syncDir('/');
  return disk;
}

test('a written snapshot is found right, also after a power cut', async () => {
  const disk = await newDisk();
  assert.equal(await writePieces(disk, '/d/a.db', withTrailer(database)), 12_288 + 32);
  disk.crash();
  assert.deepEqual(await checkTrailer(disk, '/d/a.db'), { kind: 'right', databaseBytes: 12_288 });
  assert.deepEqual(await disk.list('/d'), ['a.db']);
});

test('a snapshot may be written to the current folder', async () => {
  const disk = new MemoryDisk();
  await disk.makeDir('.');
  await writePieces(disk, 'a.db', withTrailer(database));
  assert.ok(await disk.exists('a.db'));
});

test('any changed byte is found', async () => {
  const disk = await newDisk();
  await writePieces(disk, '/d/a.db', withTrailer(database));
  for (const at of [0, 5000, 12_287, 12_288, 12_319]) {
    const byte = disk.contents('/d/a.db')[at] as number;
    disk.contents('/d/a.db')[at] = byte ^ 1;
    assert.equal((await checkTrailer(disk, '/d/a.db')).kind, 'wrong');
    disk.contents('/d/a.db')[at] = byte;
  }
});

test('a bare database is told from a snapshot by its size', async () => {
  const disk = await newDisk();
  await writePieces(disk, '/d/db', database);
  assert.deepEqual(await checkTrailer(disk, '/d/db'), {
    kind: 'no-trailer',
    databaseBytes: 12_288,
  });
});

test('pieces that end in an error leave no file of that name', async () => {
  const disk = await newDisk();
  const broken = (async function* () {
    yield database[0] as Uint8Array;
    throw new Error('the sender is gone');
  })();
  await assert.rejects(writePieces(disk, '/d/a.db', broken), /sender is gone/);
  assert.equal(await disk.exists('/d/a.db'), false);
});

test('what stands in the way is neither written through nor left behind', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'snapshot-file-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const victim = join(dir, 'victim');
  writeFileSync(victim, 'mine');
  symlinkSync(victim, join(dir, 'a.db.part'));
  writeFileSync(join(dir, 'b.db.part'), 'left over', { mode: 0o644 });
  for (const name of ['a.db', 'b.db']) {
    const path = join(dir, name);
    await writePieces(nodeDisk, path, withTrailer(database));
    assert.ok(lstatSync(path).isFile());
    assert.equal(statSync(path).mode & 0o777, 0o600);
  }
  assert.equal(readFileSync(victim, 'utf8'), 'mine');
  mkdirSync(join(dir, 'c.db'));
  await assert.rejects(writePieces(nodeDisk, join(dir, 'c.db'), database), /EISDIR/);
  assert.deepEqual(readdirSync(dir), ['a.db', 'b.db', 'c.db', 'victim']);
});
