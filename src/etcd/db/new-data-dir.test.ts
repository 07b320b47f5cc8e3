import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrashingDisk } from '../../../test/support/crashing-disk.ts';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { seededRandom } from '../../base/random.ts';
import { DataDir } from '../bootstrap/data-dir.ts';
import { type Disk, readWholeFile, replaceFile } from '../io/disk.ts';
import { NewDataDir } from './new-data-dir.ts';

async function newDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeDir('/data');
  await disk.syncDir('/');
  return disk;
}

/** State and log as the commands make them, each durable by itself. */
async function fill(disk: Disk, walDir: string): Promise<void> {
  const dir = await NewDataDir.begin(disk, '/data/m', walDir);
  const state = dir.statePath(3);
  await disk.makeDir(state);
  await replaceFile(disk, state, 'state.lmdb', utf8Bytes('the state'));
  await disk.makeDir(dir.walPath);
  await replaceFile(disk, dir.walPath, 'a.wal', utf8Bytes('the log'));
  await disk.syncDir(dir.walPath.slice(0, dir.walPath.lastIndexOf('/')));
  await dir.finish();
}

async function contents(disk: Disk, walDir: string): Promise<string> {
  const dir = new DataDir('/data/m', walDir);
  await dir.refuseUnfinished(disk);
  const state = await readWholeFile(disk, `${await dir.currentState(disk)}/state.lmdb`);
  return `${utf8Text(state)}, ${utf8Text(await readWholeFile(disk, `${dir.wal}/a.wal`))}`;
}

for (const [where, walDir] of [
  ['below it', ''],
  ['elsewhere', '/data/log'],
  ['beside its own folder', '/data/m/log'],
] as const) {
  test(`a directory with its log ${where} is whole or not there after a power cut`, async () => {
    const counting = new CrashingDisk(await newDisk(), Infinity, seededRandom(0));
    await fill(counting, walDir);
    for (let crashAt = 1; crashAt <= counting.operations; crashAt += 1) {
      for (let seed = 1; seed <= 5; seed += 1) {
        const note = `crash at operation ${crashAt} of ${counting.operations}, seed ${seed}`;
        const disk = await newDisk();
        const random = seededRandom(seed);
        await fill(new CrashingDisk(disk, crashAt, random), walDir).catch(() => undefined);
        disk.crash(random);
        // A member is there at once, or the same command makes it; nothing has to be cleaned up.
        if (!(await disk.exists('/data/m/member'))) await fill(disk, walDir);
        assert.equal(await contents(disk, walDir), 'the state, the log', note);
        disk.crash();
        assert.equal(await contents(disk, walDir), 'the state, the log', note);
      }
    }
  });
}

test('a member does not start beside an unfinished directory', async () => {
  const disk = await newDisk();
  await NewDataDir.begin(disk, '/data/m', '');
  const start = new DataDir('/data/m', '').refuseUnfinished(disk);
  await assert.rejects(start, /member\.tmp is what an unfinished restore or import left/);
});

test('what is there is refused and kept', async () => {
  const disk = await newDisk();
  await disk.makeDir('/data/m/member');
  const message = { message: 'data-dir "/data/m" not empty or could not be read' };
  await assert.rejects(NewDataDir.begin(disk, '/data/m', ''), message);
  await disk.makeDir('/data/log');
  const exists = NewDataDir.begin(disk, '/data/n', '/data/log');
  await assert.rejects(exists, { message: 'wal-dir "/data/log" exists' });
  assert.deepEqual(await disk.list('/data'), ['log', 'm']);
});

test('a log among the files of the directory itself is refused', async () => {
  const disk = await newDisk();
  for (const walDir of ['/data/m/member', '/data/m/member/snap', '/data/m/member.tmp/log']) {
    await assert.rejects(NewDataDir.begin(disk, '/data/m', walDir), {
      message: `wal-dir "${walDir}" is within the data directory's own`,
    });
  }
  assert.deepEqual(await disk.list('/data'), []);
});

test('two commands do not fill one directory', async () => {
  const disk = await newDisk();
  const first = await NewDataDir.begin(disk, '/data/m', '');
  const message = { message: 'another restore or import is filling /data/m' };
  await assert.rejects(NewDataDir.begin(disk, '/data/m', ''), message);
  await first.abandon();
  assert.deepEqual(await disk.list('/data'), []);
});
