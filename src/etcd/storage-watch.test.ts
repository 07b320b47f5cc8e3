import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { MemoryDisk } from '../../test/support/memory-disk.ts';
import { type Log, type LogFields, silentLog } from '../base/log.ts';
import { limits } from './config/limits.ts';
import type { Disk } from './io/disk.ts';
import type { StorageFacts } from './io/storage-facts.ts';
import { Instruments } from './metrics/instruments.ts';
import { StorageWatch } from './storage-watch.ts';

/** Rests end at once, and each sync takes as long as the test says. */
class SyncClock extends ManualClock {
  syncMs = 1;
  restMs = 0;

  override async after(ms: number): Promise<void> {
    this.restMs += ms;
  }

  override monotonicMs(): number {
    this.passed += this.syncMs;
    return this.passed;
  }

  passed = 0;
}

async function watchOf(facts: Record<string, Partial<StorageFacts>>, walDir = '/data/member/wal') {
  const disk = new MemoryDisk();
  await disk.makeDir('/data/member/wal');
  await disk.makeDir('/fast');
  const lines: string[] = [];
  const note = (message: string, fields?: LogFields): void => {
    lines.push(`${String(fields?.['warning'] ?? '')} ${message}`.trim());
  };
  const log: Log = { ...silentLog, warn: note, info: note };
  const gauge = new Instruments().gauge('etcd_ts_storage_warning', 'For the test.', ['warning']);
  const clock = new SyncClock();
  const watch = await StorageWatch.open({
    dataDir: '/data',
    walDir,
    disk,
    clock,
    log,
    gauge,
    readFacts: async (path) => {
      const known = facts[path];
      if (known === undefined) throw new Error(`no facts about ${path}`);
      const plain = { fileSystem: 'ext4', source: '/dev/vda', kernel: '6.1.0' } as const;
      return { path, fastCommit: 'off', ...plain, ...known };
    },
  });
  const shown = (): string[] =>
    gauge
      .samples()
      .filter(({ value }) => value === 1)
      .map(({ labels }) => String(labels['warning']));
  return { watch, disk, clock, lines, gauge, shown };
}

test('a plain disk is not warned about, and every warning has its 0', async () => {
  const { watch, lines, gauge, shown } = await watchOf({ '/data': {} });
  assert.deepEqual(watch.warnings, []);
  assert.deepEqual(lines, []);
  assert.deepEqual(shown(), []);
  assert.equal(gauge.samples().length, 5);
});

test('a warning is a line of the log, a metric and a value', async () => {
  const { watch, lines, shown } = await watchOf({ '/data': { fileSystem: 'overlay' } });
  assert.deepEqual(
    watch.warnings.map(({ name }) => name),
    ['container-layer'],
  );
  assert.match(lines.join('\n'), /^container-layer \/data is in the writable layer/);
  assert.deepEqual(shown(), ['container-layer']);
});

test('a log in a folder of its own is looked at too', async () => {
  const facts = { '/data': {}, '/fast': { fileSystem: 'nfs4' } };
  const { watch } = await watchOf(facts, '/fast');
  assert.match(watch.warnings[0]?.message ?? '', /^\/fast is on nfs4/);
});

test('what cannot be read is no warning and no reason to stop', async () => {
  const { watch, lines } = await watchOf({});
  assert.deepEqual(watch.warnings, []);
  assert.match(lines.join('\n'), /cannot look at the file system/);
});

test('where only root could see fast_commit the log says so', async () => {
  const facts = { kernel: '5.10.3', fastCommit: 'unknown' } as const;
  const { watch, lines } = await watchOf({ '/data': facts });
  assert.deepEqual(watch.warnings, []);
  assert.match(lines.join('\n'), /only root can see: dumpe2fs/);
});

test('a disk that becomes slow is warned about once, and its end is told', async () => {
  const { watch, lines, shown } = await watchOf({ '/data': {} });
  const syncs = (count: number, ms: number): void => {
    for (let i = 0; i < count; i++) watch.noteSync(ms / 1_000);
  };
  syncs(limits.slowDisk.syncsKept, 1);
  assert.deepEqual(shown(), []);
  syncs(limits.slowDisk.syncsKept, 30);
  assert.deepEqual(shown(), ['slow-disk']);
  assert.match(watch.warnings[0]?.message ?? '', /a sync takes 30 ms/);
  syncs(limits.slowDisk.syncsKept, 1);
  assert.deepEqual(shown(), []);
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    ['slow-disk', 'the'],
  );
});

test('a member that nobody writes to measures its disk, and leaves nothing', async () => {
  const { watch, disk, clock, shown } = await watchOf({ '/data': {} });
  clock.syncMs = 12;
  watch.measure();
  while (shown().length === 0) await new Promise((resolve) => setImmediate(resolve));
  await watch.stop();
  assert.deepEqual(shown(), ['slow-disk']);
  assert.deepEqual(await disk.list('/data/member/wal'), []);
  assert.ok(clock.restMs >= (limits.slowDisk.probeWrites - 1) * limits.slowDisk.probeRestMs);
});

test('a very slow disk is not measured for long', async () => {
  const { watch, disk, clock } = await watchOf({ '/data': {} });
  clock.syncMs = 500;
  watch.measure();
  while (clock.passed < limits.slowDisk.probeMsMax) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await watch.stop();
  assert.ok(clock.passed < 3 * limits.slowDisk.probeMsMax);
  assert.deepEqual(await disk.list('/data/member/wal'), []);
});

test('a full disk cannot be measured, which is no reason to stop', async () => {
  const { watch, disk } = await watchOf({ '/data': {} });
  (disk as Disk).open = async () => {
    throw new Error('no space left on device');
  };
  watch.measure();
  await watch.stop();
  assert.deepEqual(watch.warnings, []);
});
