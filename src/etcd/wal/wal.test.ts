import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { loggingDisk } from '../../../test/support/logging-disk.ts';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { silentLog } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import type { Disk } from '../io/disk.ts';
import type { Entry, HardState } from '../proto/generated/raftpb.ts';
import { type OpenedWal, Wal, type WalOptions } from './wal.ts';

const DIR = '/member/wal';
const metadata = new Uint8Array([8, 1, 16, 2]);
const small: WalOptions = { segmentBytes: 2048 };
const start = { index: 0, term: 0 };

async function newWal(options: WalOptions = small): Promise<{ disk: MemoryDisk; wal: Wal }> {
  const disk = new MemoryDisk();
  await disk.makeDir('/member');
  return { disk, wal: await Wal.create(DIR, metadata, disk, options) };
}

function reopen(disk: Disk, from = start, options = small): Promise<OpenedWal> {
  return Wal.open(DIR, from, disk, silentLog, options);
}

function entry(index: number, term = 1, bytes = 10): Entry {
  return { type: 0, term, index, data: Buffer.alloc(bytes, index) };
}

function entries(from: number, to: number, term = 1, bytes = 10): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, term, bytes));
}

function state(term: number, commit: number): HardState {
  return { term, vote: 7n, commit };
}

function indexes(opened: OpenedWal): number[] {
  return opened.entries.map((one) => one.index);
}

test('a new log exists, holds its metadata and nothing else', async () => {
  const { disk, wal } = await newWal();
  await wal.close();
  assert.equal(await Wal.exists(DIR, disk), true);
  const opened = await reopen(disk);
  assert.deepEqual(opened.metadata, metadata);
  assert.deepEqual(opened.hardState, { term: 0, vote: 0n, commit: 0 });
  assert.deepEqual(opened.entries, []);
  assert.equal(await Wal.exists('/member/other', disk), false);
});

test('a log cannot be created over another', async () => {
  const { disk, wal } = await newWal();
  await wal.close();
  await assert.rejects(Wal.create(DIR, metadata, disk, small), /already holds a log/);
});

test('entries and the last hard state come back in order', async () => {
  const { disk, wal } = await newWal();
  await wal.append(entries(1, 3), state(1, 0), true);
  await wal.append(entries(4, 5), state(2, 3), true);
  await wal.close();
  const opened = await reopen(disk);
  assert.deepEqual(opened.entries.map(plain), [...entries(1, 5)].map(plain));
  assert.deepEqual(opened.hardState, state(2, 3));
});

test('entries of a new leader replace those from their index on', async () => {
  const { disk, wal } = await newWal();
  await wal.append(entries(1, 5, 1), undefined, true);
  await wal.append(entries(3, 4, 2), undefined, true);
  await wal.close();
  const opened = await reopen(disk);
  assert.deepEqual(
    opened.entries.map((e) => [e.index, e.term]),
    [
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ],
  );
});

test("a leader's snapshot replaces the log before it, also entries that would follow it", async () => {
  const confState = {
    voters: [7n],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  for (const ownTerm of [3, 5, 6]) {
    const { disk, wal } = await newWal();
    await wal.append(entries(1, 2, 1), state(1, 2), true);
    // Never committed: the leader's entry 4 has term 5 and comes in a snapshot.
    await wal.append(entries(3, 6, ownTerm), state(7, 2), true);
    await wal.append([], state(7, 4), false);
    await wal.saveSnapshot({ index: 4, term: 5, confState });
    const isOwn = ownTerm === 5;
    const before = await openedOnce(disk, wal, { index: 4, term: 5 });
    assert.deepEqual(indexes(before), isOwn ? [5, 6] : [], `own entries of term ${ownTerm}`);
    await before.wal.append(entries(5, 5, 7), state(7, 4), true);
    const after = await openedOnce(disk, before.wal, { index: 4, term: 5 });
    const found = after.entries.map(({ index, term }) => ({ index, term }));
    assert.deepEqual(found, [{ index: 5, term: 7 }]);
    await after.wal.close();
  }
});

async function openedOnce(disk: Disk, wal: Wal, from: typeof start): Promise<OpenedWal> {
  await wal.close();
  return await reopen(disk, from);
}

test('only the entries behind the position asked for are returned', async () => {
  const { disk, wal } = await newWal();
  await wal.append(entries(1, 6), undefined, true);
  await wal.close();
  assert.deepEqual(indexes(await reopen(disk, { index: 4, term: 1 })), [5, 6]);
});

test('a gap in the entries is corruption', async () => {
  const { disk, wal } = await newWal();
  await wal.append(entries(1, 2), undefined, true);
  await wal.append(entries(4, 4), undefined, true);
  await wal.close();
  await assert.rejects(reopen(disk), /entry 4 follows a gap: 3 was expected/);
});

test('snapshot records up to the commit index are reported', async () => {
  const { disk, wal } = await newWal();
  const confState = {
    voters: [1n],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  await wal.append(entries(1, 9), state(1, 5), true);
  await wal.saveSnapshot({ index: 4, term: 1, confState });
  await wal.saveSnapshot({ index: 8, term: 1, confState });
  await wal.close();
  const found = await Wal.readSnapshots(DIR, 0, disk, silentLog);
  assert.deepEqual(
    found.map((s) => s.index),
    [0, 4],
  );
  const opened = await reopen(disk, { index: 4, term: 1 });
  assert.deepEqual(
    opened.snapshots.map((s) => s.index),
    [0, 4],
  );
  await opened.wal.close();
  await assert.rejects(reopen(disk, { index: 4, term: 2 }), /snapshot 4 has term 1, not 2/);
});

test('a snapshot record without a conf state is refused', async () => {
  const { wal } = await newWal();
  await assert.rejects(
    wal.saveSnapshot({ index: 4, term: 1, confState: undefined }),
    /no conf state/,
  );
});

test('a full segment is followed by one that is named by its first entry and continues the CRC', async () => {
  const { disk, wal } = await newWal();
  for (let i = 1; i <= 12; i += 1) await wal.append([entry(i, 1, 400)], state(1, i - 1), true);
  await wal.close();
  const names = await disk.list(DIR);
  assert.deepEqual(names, [
    '0000000000000000-0000000000000000.wal',
    '0000000000000001-0000000000000006.wal',
    '0000000000000002-000000000000000b.wal',
  ]);
  const opened = await reopen(disk);
  assert.equal(opened.entries.length, 12);
  await opened.wal.close();
  // The last file alone is enough for a position inside it: its header carries what it needs.
  const later = await reopen(disk, { index: 11, term: 1 });
  assert.deepEqual(indexes(later), [12]);
  assert.deepEqual(later.hardState, state(1, 11));
});

test('snapshot records are looked for from the end, in no more segments than it takes', async () => {
  const { disk, wal } = await newWal();
  const confState = {
    voters: [1n],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  for (let i = 1; i <= 12; i += 1) {
    await wal.append([entry(i, 1, 400)], state(1, i), true);
    if (i % 4 === 0) await wal.saveSnapshot({ index: i, term: 1, confState });
  }
  await wal.close();
  const read: string[] = [];
  const watched = {
    list: (dir: string) => disk.list(dir),
    open: (path: string, mode: 'read') => {
      read.push(path);
      return disk.open(path, mode);
    },
  } as unknown as Disk;
  const found = async (index: number): Promise<readonly [number[], number]> => {
    read.length = 0;
    const snapshots = await Wal.readSnapshots(DIR, index, watched, silentLog);
    return [snapshots.map((s) => s.index), read.length];
  };
  const segments = (await disk.list(DIR)).length;
  assert.equal(segments, 3);
  assert.deepEqual(await found(12), [[12], 1]);
  assert.deepEqual(await found(11), [[8, 12], 1 + 2]);
  assert.deepEqual(await found(3), [[0, 4, 8, 12], 1 + 2 + 3]);
});

test('a missing segment in the middle is an error', async () => {
  const { disk, wal } = await newWal();
  for (let i = 1; i <= 12; i += 1) await wal.append([entry(i, 1, 400)], undefined, true);
  await wal.close();
  await disk.remove(`${DIR}/0000000000000001-0000000000000006.wal`);
  await assert.rejects(reopen(disk), /misses the segment between/);
});

test('old segments go only when released and only beyond the number to keep', async () => {
  const { disk, wal } = await newWal({ ...small, segmentsKept: 2 });
  for (let i = 1; i <= 16; i += 1) await wal.append([entry(i, 1, 400)], undefined, true);
  const count = async (): Promise<number> =>
    (await disk.list(DIR)).filter((name) => name.endsWith('.wal')).length;
  assert.equal(await count(), 4);
  await wal.releaseBefore(5);
  assert.equal(await count(), 4, 'a reader of 5 and later starts in the first segment');
  await wal.releaseBefore(6);
  assert.equal(await count(), 3);
  await wal.releaseBefore(100);
  assert.equal(await count(), 2);
  await wal.close();
  assert.deepEqual(indexes(await reopen(disk, { index: 12, term: 1 })), [13, 14, 15, 16]);
});

test('a second process is refused while the log is open', async () => {
  const { disk, wal } = await newWal();
  await assert.rejects(reopen(disk), /is locked/);
  await wal.close();
  await (await reopen(disk)).wal.close();
});

test('appends asked for while the disk works share the next write and sync', async () => {
  const lines: string[] = [];
  const memory = new MemoryDisk();
  await memory.makeDir('/member');
  const wal = await Wal.create(DIR, metadata, loggingDisk(memory, lines), { segmentBytes: 8192 });
  lines.length = 0;
  await Promise.all(entries(1, 20).map((one) => wal.append([one], state(1, one.index - 1), true)));
  assert.deepEqual(
    lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['write durably', 'write durably'],
  );
  await wal.close();
  assert.equal((await reopen(memory)).entries.length, 20);
});

for (const [end, leave] of [
  ['goes on', async () => {}],
  ['is killed and started again', async (disk: MemoryDisk) => disk.kill()],
] as const) {
  test(`what was written unsynced is on the disk with the next append when the process ${end}`, async () => {
    const { disk, wal: first } = await newWal({ segmentBytes: 16_384 });
    await disk.syncDir('/');
    await first.append([entry(1, 1, 3_000)], state(1, 0), false);
    await leave(disk);
    const isOpen = end === 'goes on';
    const second = isOpen ? first : (await reopen(disk)).wal;
    await second.append([entry(2, 1, 3_000)], undefined, true);
    disk.crash();
    assert.deepEqual(indexes(await reopen(disk)), [1, 2]);
  });
}

test('after a failed sync every later append is refused', async () => {
  const memory = new MemoryDisk();
  await memory.makeDir('/member');
  let failing = false;
  const disk: Disk = failingSync(memory, () => failing);
  const wal = await Wal.create(DIR, metadata, disk, small);
  await wal.append(entries(1, 1), undefined, true);
  failing = true;
  const first = wal.append(entries(2, 2), undefined, true);
  const second = wal.append(entries(3, 3), undefined, true);
  await assert.rejects(first, (error: Error) => (error.cause as Error).message === 'EIO: sync');
  await assert.rejects(second, /can no longer be written/);
  failing = false;
  await assert.rejects(wal.append(entries(4, 4), undefined, true), /can no longer be written/);
  await wal.close();
});

test('more waiting appends than the bound end the log, because one left out would be a gap', async () => {
  const { disk, wal } = await newWal({ segmentBytes: 4_000_000 });
  const one = entry(1);
  const written = wal.append([one], undefined, true);
  const waiting = Array.from({ length: limits.walWaitingAppendsMax }, (_, i) =>
    wal.append([entry(i + 2)], undefined, true),
  );
  const refused = wal.append([entry(20_000)], undefined, true);
  await assert.rejects(refused, (error: Error) => /too many/.test(String(error.cause)));
  const results = await Promise.allSettled(waiting);
  assert.ok(results.every((result) => result.status === 'rejected'));
  await written;
  await wal.close();
  assert.deepEqual(indexes(await reopen(disk)), [1]);
});

test('a closed log refuses appends and can be closed again', async () => {
  const { wal } = await newWal();
  await wal.close();
  await wal.close();
  await assert.rejects(wal.append(entries(1, 1), undefined, true), /closed/);
});

test('writes and syncs are reported to the metrics', async () => {
  const seen: string[] = [];
  const metrics = {
    onWrite: (bytes: number) => void seen.push(`write ${bytes}`),
    onFsync: () => void seen.push('sync'),
  };
  const { wal } = await newWal({ segmentBytes: 8192, metrics });
  await wal.append(entries(1, 1), undefined, true);
  await wal.append([], state(1, 1), false);
  await wal.append(entries(2, 2), undefined, true);
  assert.deepEqual(seen, ['write 40', 'sync', 'write 24', 'write 40', 'sync']);
});

test('whatever is appended, a reopened log equals a list of what was appended', async () => {
  const step = fc.record({
    /** How far the new entries start before the end of the list: a new leader overwrites. */
    back: fc.nat(3),
    sizes: fc.array(fc.nat(900), { maxLength: 6 }),
    close: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const created = await newWal();
      let wal = created.wal;
      let twin: Entry[] = [];
      let term = 1;
      for (const { back, sizes, close } of steps) {
        term += 1;
        const first = Math.max(1, twin.length + 1 - back);
        const added = sizes.map((size, i) => entry(first + i, term, size));
        if (added.length > 0) twin = [...twin.slice(0, first - 1), ...added];
        await wal.append(added, state(term, 0), true);
        if (!close) continue;
        await wal.close();
        const opened = await reopen(created.disk);
        assert.deepEqual(opened.entries.map(plain), twin.map(plain));
        assert.deepEqual(opened.hardState, state(term, 0));
        wal = opened.wal;
      }
      await wal.close();
      const opened = await reopen(created.disk);
      assert.deepEqual(opened.entries.map(plain), twin.map(plain));
    }),
    { numRuns: 60 },
  );
});

function plain(one: Entry): unknown {
  return [one.type, one.term, one.index, Buffer.from(one.data).toString('hex')];
}

function failingSync(disk: Disk, isFailing: () => boolean): Disk {
  return Object.assign(Object.create(disk) as Disk, {
    open: async (path: string, mode: 'read' | 'write' | 'create') => {
      const file = await disk.open(path, mode);
      const sync = async (): Promise<void> => {
        if (isFailing()) throw new Error('EIO: sync');
        await file.sync();
      };
      const writeDurably = async (bytes: Uint8Array, position: number): Promise<void> => {
        await file.write(bytes, position);
        await sync();
      };
      return { ...file, sync, writeDurably };
    },
    lock: (path: string) => disk.lock(path),
    exists: (path: string) => disk.exists(path),
    list: (dir: string) => disk.list(dir),
    makeDir: (path: string) => disk.makeDir(path),
    rename: (from: string, to: string) => disk.rename(from, to),
    remove: (path: string) => disk.remove(path),
    removeDir: (path: string) => disk.removeDir(path),
    syncDir: (path: string) => disk.syncDir(path),
  });
}
