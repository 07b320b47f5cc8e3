import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loggingDisk } from '../../../test/support/logging-disk.ts';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { readWholeFile, replaceFile } from './disk.ts';
import { unsyncedDisk } from './unsynced-disk.ts';

test('everything is written and nothing is synced', async () => {
  const lines: string[] = [];
  const disk = unsyncedDisk(loggingDisk(new MemoryDisk(), lines));
  await disk.makeDir('/d');
  await replaceFile(disk, '/d', 'a', Buffer.from('one'));
  const file = await disk.open('/d/a', 'write');
  await file.writeDurably(Buffer.from('two'), 0);
  await file.sync();
  await file.close();
  assert.equal(Buffer.from(await readWholeFile(disk, '/d/a')).toString(), 'two');
  assert.ok(lines.some((line) => line.startsWith('write')));
  assert.deepEqual(
    lines.filter((line) => /sync|durabl/.test(line)),
    [],
  );
});
