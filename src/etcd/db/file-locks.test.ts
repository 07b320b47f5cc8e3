import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { isInLockList, isLockedByAnother } from './file-locks.ts';

function file(t: TestContext, bytes: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'file-locks-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'file');
  writeFileSync(path, bytes);
  return path;
}

test('a file that nobody locks is free, and looking changes nothing of it', (t) => {
  const path = file(t, 'some bytes that are no database'.repeat(1000));
  const before = readFileSync(path);
  const { mtimeMs } = statSync(path);
  assert.equal(isLockedByAnother(path), false);
  assert.deepEqual(readFileSync(path), before);
  assert.equal(statSync(path).mtimeMs, mtimeMs);
});

test('the kernel’s list names files by device and number', (t) => {
  const path = file(t, '');
  const { dev, ino } = statSync(path, { bigint: true });
  const major = ((dev >> 8n) & 0xfffn).toString(16).padStart(2, '0');
  const minor = (dev & 0xffn).toString(16).padStart(2, '0');
  const line = (number: bigint): string =>
    `1: FLOCK  ADVISORY  WRITE 23868 ${major}:${minor}:${number} 0 EOF`;
  assert.equal(isInLockList(path, `${line(ino + 1n)}\n${line(ino)}\n`), true);
  assert.equal(isInLockList(path, `${line(ino + 1n)}\n`), false);
  assert.equal(isInLockList(path, `${line(ino).replace('1:', '1: ->')}\n`), false, 'it only waits');
});

test('a record lock of another database connection is found', (t) => {
  const path = file(t, '');
  const holder = new DatabaseSync(path);
  holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  assert.equal(isLockedByAnother(path), true);
  holder.close();
  assert.equal(isLockedByAnother(path), false);
});
