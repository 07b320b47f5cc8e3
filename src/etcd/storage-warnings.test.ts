import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StorageFacts } from './io/storage-facts.ts';
import {
  cannotKnowFastCommit,
  fileSystemWarnings,
  SyncTimes,
  slowDiskWarning,
} from './storage-warnings.ts';

const plain: StorageFacts = {
  path: '/data',
  fileSystem: 'ext4',
  source: '/dev/vda',
  fastCommit: 'off',
  kernel: '6.18.44',
};

function namesFor(facts: Partial<StorageFacts>): string {
  return fileSystemWarnings({ ...plain, ...facts })
    .map(({ name }) => name)
    .join(' ');
}

const fileSystems: readonly [fileSystem: string, warning: string][] = [
  ['ext4', ''],
  ['xfs', ''],
  ['btrfs', ''],
  ['zfs', ''],
  ['', ''],
  ['overlay', 'container-layer'],
  ['aufs', 'container-layer'],
  ['tmpfs', 'memory'],
  ['ramfs', 'memory'],
  ['nfs', 'network-file-system'],
  ['nfs4', 'network-file-system'],
  ['cifs', 'network-file-system'],
  ['smb3', 'network-file-system'],
  ['ceph', 'network-file-system'],
  ['9p', 'network-file-system'],
  ['virtiofs', 'network-file-system'],
  ['fuse', 'network-file-system'],
  ['fuse.sshfs', 'network-file-system'],
  ['fuse.glusterfs', 'network-file-system'],
];

for (const [fileSystem, warning] of fileSystems) {
  test(`${fileSystem === '' ? 'an unknown file system' : fileSystem}: ${warning || 'fine'}`, () => {
    assert.equal(namesFor({ fileSystem }), warning);
  });
}

const kernels: readonly [kernel: string, hasProblem: boolean][] = [
  ['4.19.300', false],
  ['5.4.0-150-generic', false],
  ['5.9.16', false],
  ['5.10.0', true],
  ['5.10.93', true],
  ['5.10.94', false],
  ['5.10.200-cloud', false],
  ['5.11.22', true],
  ['5.14.0-362.el9.x86_64', true],
  ['5.15.26', true],
  ['5.15.27', false],
  ['5.15.131', false],
  ['5.16.20', true],
  ['5.17.0', false],
  ['6.1.0', false],
  ['6.18.44-fc-v595', false],
  ['unreadable', false],
];

for (const [kernel, hasProblem] of kernels) {
  test(`ext4 with fast_commit under ${kernel}: ${hasProblem ? 'warned about' : 'fine'}`, () => {
    const warning = hasProblem ? 'ext4-fast-commit' : '';
    assert.equal(namesFor({ kernel, fastCommit: 'on' }), warning);
    assert.equal(namesFor({ kernel, fastCommit: 'off' }), '');
    assert.equal(namesFor({ kernel, fastCommit: 'unknown' }), '');
    assert.equal(cannotKnowFastCommit({ ...plain, kernel, fastCommit: 'unknown' }), hasProblem);
  });
}

test('a message says where, what follows and what to do', () => {
  const [warning] = fileSystemWarnings({ ...plain, fastCommit: 'on', kernel: '5.10.3' });
  assert.match(warning?.message ?? '', /^\/data is on ext4 .*power loss.*tune2fs .* \/dev\/vda/);
});

const bounds = { syncsKept: 8, syncsMin: 4, slowMs: 10, fineMs: 5 };

function medianOf(times: readonly number[]): number | undefined {
  const syncs = new SyncTimes(bounds);
  for (const ms of times) syncs.note(ms);
  return syncs.medianMs();
}

test('a few syncs say nothing', () => {
  assert.equal(medianOf([50, 50, 50]), undefined);
  assert.equal(medianOf([50, 50, 50, 50]), 50);
});

test('single late syncs do not make a disk slow', () => {
  assert.equal(medianOf([1, 900, 1, 2, 800, 1, 2, 1]), 2);
});

test('only the last syncs count', () => {
  const now = [20, 20, 20, 20, 20, 20, 20, 20];
  assert.equal(medianOf([1, 1, 1, 1, 1, 1, ...now]), 20);
});

const medians: readonly [median: number | undefined, before: boolean, isSlow: boolean][] = [
  [undefined, false, false],
  [9.9, false, false],
  [10, false, true],
  [7, true, true],
  [4.9, true, false],
];

for (const [median, before, isSlow] of medians) {
  const was = before ? 'slow' : 'fine';
  test(`a disk that was ${was} and syncs in ${median} ms is ${isSlow ? 'slow' : 'fine'}`, () => {
    const warning = slowDiskWarning('/wal', median, before, bounds);
    assert.equal(warning !== undefined, isSlow);
  });
}
