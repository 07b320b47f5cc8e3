import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { LogRotation } from '../config/log-settings.ts';
import { RotatingFile } from './rotating-file.ts';

const rotation: LogRotation = {
  megabytesMax: 1,
  daysMax: 0,
  backupsMax: 0,
  usesLocalTime: false,
  compresses: false,
};
const startMs = Date.UTC(2026, 10, 26, 14, 51, 27, 240);
const half = `${'x'.repeat(600_000)}\n`;

function fixture(t: TestContext, changed: Partial<LogRotation> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'etcd-ts-log-'));
  const path = join(dir, 'logs', 'etcd.log');
  const clock = new ManualClock(startMs);
  const file = new RotatingFile(path, { ...rotation, ...changed }, clock);
  t.after(() => {
    file.close();
    rmSync(dir, { recursive: true });
  });
  return { file, clock, path, names: () => readdirSync(join(dir, 'logs')).sort() };
}

test('a file is set aside, under its time in UTC, before a line would make it too large', (t) => {
  const { file, names, path } = fixture(t);
  file.write(half);
  assert.deepEqual(names(), ['etcd.log']);
  file.write(half);
  assert.deepEqual(names(), ['etcd-2026-11-26T14-51-27.240.log', 'etcd.log']);
  assert.equal(readFileSync(path, 'utf8'), half);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('what a file already holds counts', (t) => {
  const { path } = fixture(t);
  writeFileSync(path, half);
  const again = new RotatingFile(path, rotation, new ManualClock(startMs));
  t.after(() => again.close());
  again.write(half);
  assert.equal(readFileSync(path, 'utf8'), half);
});

test('a disk that is full loses lines and stops nobody', () => {
  const file = new RotatingFile('/dev/full', rotation, new ManualClock(startMs));
  file.write(half);
  file.write(half);
  file.close();
});

test('only so many old files stay, the newest', async (t) => {
  const { file, clock, names } = fixture(t, { backupsMax: 2 });
  for (let count = 0; count < 5; count++) {
    file.write(half);
    clock.advance(1_000);
  }
  await file.cleared();
  assert.deepEqual(names(), [
    'etcd-2026-11-26T14-51-30.240.log',
    'etcd-2026-11-26T14-51-31.240.log',
    'etcd.log',
  ]);
});

test('old files go after so many days', async (t) => {
  const { file, clock, names } = fixture(t, { daysMax: 1 });
  file.write(half);
  file.write(half);
  clock.advance(25 * 3_600_000);
  file.write(half);
  await file.cleared();
  assert.deepEqual(names(), ['etcd-2026-11-27T15-51-27.240.log', 'etcd.log']);
});

test('old files are packed, and files of others are left alone', async (t) => {
  const { file, names, path } = fixture(t, { compresses: true, backupsMax: 5 });
  writeFileSync(join(path, '..', 'etcd-notes.log'), 'mine');
  file.write(half);
  file.write(half);
  await file.cleared();
  const packed = 'etcd-2026-11-26T14-51-27.240.log.gz';
  assert.deepEqual(names(), [packed, 'etcd-notes.log', 'etcd.log']);
  assert.equal(gunzipSync(readFileSync(join(path, '..', packed))).toString(), half);
});
