import assert from 'node:assert/strict';
import test from 'node:test';
import { CrashError, CrashingDisk } from '../../../test/support/crashing-disk.ts';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { rounds } from '../../../test/support/rounds.ts';
import { equalBytes } from '../../base/bytes.ts';
import { silentLog } from '../../base/log.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import type { Disk } from '../io/disk.ts';
import type { Entry, HardState } from '../proto/generated/raftpb.ts';
import { Wal } from './wal.ts';

const DIR = '/member/wal';
const metadata = new Uint8Array([8, 1]);
const options = { segmentBytes: 2048, segmentsKept: 1 };
const SEEDS = rounds(4);

/** What was asked for and what was promised, in the order of the calls. */
type History = { asked: Entry[]; promised: number; released: number; created: boolean };

function entry(index: number): Entry {
  return { type: 0, term: 1, index, data: Buffer.alloc((index * 137) % 700, index) };
}

function hardState(index: number): HardState {
  return { term: 1, vote: 3n, commit: index - 1 };
}

/** Creates or opens, then appends, cuts segments and releases them, until done or the power goes. */
async function run(disk: Disk, history: History): Promise<void> {
  let wal: Wal;
  if (await Wal.exists(DIR, disk)) {
    const from = { index: history.released, term: history.released === 0 ? 0 : 1 };
    const opened = await Wal.open(DIR, from, disk, silentLog, options);
    wal = opened.wal;
    history.asked = [...history.asked.slice(0, history.released), ...opened.entries];
  } else {
    wal = await Wal.create(DIR, metadata, disk, options);
  }
  history.created = true;
  for (let round = 0; round < 5; round += 1) {
    const first = history.asked.length + 1;
    const batch = [entry(first), entry(first + 1), entry(first + 2)];
    history.asked.push(...batch);
    await wal.append(batch, hardState(first), true);
    history.promised = first + 2;
    // At risk until the next append: that must not become durable without it.
    if (round % 2 === 1) await wal.append([], hardState(first + 3), false);
    if (round !== 3) continue;
    history.released = first;
    await wal.releaseBefore(first);
  }
  await wal.close();
}

async function assertKept(disk: MemoryDisk, history: History, note: string): Promise<void> {
  if (!(await Wal.exists(DIR, disk))) {
    assert.equal(history.created, false, `${note}: the log is gone`);
    return;
  }
  const from = { index: history.released, term: history.released === 0 ? 0 : 1 };
  const opened = await Wal.open(DIR, from, disk, silentLog, options);
  await opened.wal.close();
  assert.deepEqual(Buffer.from(opened.metadata), Buffer.from(metadata), note);
  const last = history.released + opened.entries.length;
  assert.ok(last >= history.promised, `${note}: ${history.promised} promised, ${last} found`);
  opened.entries.forEach((found, i) => {
    const asked = history.asked[history.released + i];
    assert.ok(asked !== undefined && found.index === asked.index, note);
    assert.ok(equalBytes(found.data, asked.data), note);
  });
  if (history.promised > 0) assert.equal(opened.hardState.term, 1, note);
}

function newHistory(): History {
  return { asked: [], promised: 0, released: 0, created: false };
}

async function newDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeDir('/member');
  await disk.syncDir('/');
  return disk;
}

/** How many operations two runs, one after the other, need when nothing goes wrong. */
async function countOperations(): Promise<number> {
  const disk = await newDisk();
  const history = newHistory();
  let operations = 0;
  for (let i = 0; i < 2; i += 1) {
    const counting = new CrashingDisk(disk, Number.POSITIVE_INFINITY, seededRandom(0));
    await run(counting, history);
    operations += counting.operations;
  }
  return operations;
}

test('whatever operation the power goes at, every promised append is there afterwards', async () => {
  const operations = await countOperations();
  assert.ok(operations > 50, `only ${operations} operations to crash at`);
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    for (let crashAt = 1; crashAt <= operations; crashAt += 1) {
      const note = `seed ${seed}, crash at operation ${crashAt}`;
      const disk = await newDisk();
      const random = seededRandom(seed * 1000 + crashAt);
      const history = newHistory();
      await runUntilCrash(disk, history, crashAt, random);
      disk.crash(seed === 1 ? undefined : random);
      await assertKept(disk, history, note);
    }
  }
});

test('a crash during the recovery from a crash loses nothing either', async () => {
  for (let seed = 1; seed <= rounds(20); seed += 1) {
    const random = seededRandom(seed);
    const disk = await newDisk();
    const history = newHistory();
    for (let crash = 0; crash < 6; crash += 1) {
      await runUntilCrash(disk, history, 1 + random.below(30), random);
      disk.crash(random);
      await assertKept(disk, history, `seed ${seed}, crash ${crash}`);
      disk.kill();
    }
  }
});

for (const skipped of ['sync', 'sync-dir'] as const) {
  test(`the crash test notices a disk that skips ${skipped}`, async () => {
    const operations = await countOperations();
    let noticed = 0;
    for (let crashAt = 1; crashAt <= operations; crashAt += 1) {
      const disk = await newDisk();
      const history = newHistory();
      const random = seededRandom(crashAt);
      try {
        await runUntilCrash(disk, history, crashAt, random, (d) => skipping(d, skipped));
        disk.crash();
        await assertKept(disk, history, '');
      } catch {
        noticed += 1;
      }
    }
    assert.ok(noticed > 0);
  });
}

/** A disk that lies about one kind of sync. */
function skipping(disk: Disk, skipped: 'sync' | 'sync-dir'): Disk {
  return {
    exists: (path) => disk.exists(path),
    list: (dir) => disk.list(dir),
    lock: (path) => disk.lock(path),
    makeDir: (path) => disk.makeDir(path),
    rename: (from, to) => disk.rename(from, to),
    remove: (path) => disk.remove(path),
    removeDir: (path) => disk.removeDir(path),
    syncDir: async (path) => {
      if (skipped !== 'sync-dir') await disk.syncDir(path);
    },
    open: async (path, mode) => {
      const file = await disk.open(path, mode);
      if (skipped === 'sync-dir') return file;
      return {
        ...file,
        sync: async () => {},
        writeDurably: (bytes, position) => file.write(bytes, position),
      };
    },
  };
}

/** Up to two runs over one disk, with the power cut at the given operation of them. */
async function runUntilCrash(
  disk: MemoryDisk,
  history: History,
  crashAt: number,
  random: Random,
  wrap: (disk: Disk) => Disk = (same) => same,
): Promise<void> {
  let left = crashAt;
  try {
    for (let i = 0; i < 2; i += 1) {
      const crashing = new CrashingDisk(disk, left, random);
      await run(wrap(crashing), history);
      left -= crashing.operations;
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    assert.ok(cause instanceof CrashError, String(error));
  }
}
