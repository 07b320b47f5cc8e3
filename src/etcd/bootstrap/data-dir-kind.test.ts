import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { checkDataDirKind, StartRefusal } from './data-dir-kind.ts';

/** `ok` or exit code and words, then the names that were warned about. */
async function check(...names: readonly string[]): Promise<readonly string[]> {
  const disk = new MemoryDisk();
  for (const name of names) await disk.makeDir(`/data/${name}`);
  const warned: string[] = [];
  const log: Log = {
    ...silentLog,
    warn: (_words, fields) => void warned.push(String(fields?.['filename'])),
  };
  try {
    await checkDataDirKind(disk, '/data', log);
    return ['ok', ...warned];
  } catch (error) {
    assert.ok(error instanceof StartRefusal);
    return [`${error.exitCode} ${error.message}`, ...warned];
  }
}

test('a member’s directory and none at all are taken; strangers in it are named', async () => {
  assert.deepEqual(await check(), ['ok']);
  assert.deepEqual(await check('member'), ['ok']);
  assert.deepEqual(await check('member', 'snapshot', 'log'), ['ok', 'log', 'snapshot']);
});

test('the directory of a v2 proxy is refused, alone and beside a member’s', async () => {
  assert.deepEqual(await check('proxy'), ['2 v2 http proxy has already been deprecated in 3.6']);
  assert.deepEqual(await check('proxy', 'member'), [
    '1 invalid datadir; both member and proxy directories exist',
  ]);
});
