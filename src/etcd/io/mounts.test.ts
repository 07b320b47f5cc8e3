import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountOf, parseMounts } from './mounts.ts';

const mountinfo = [
  '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard',
  '31 27 0:31 / /var/lib rw,relatime shared:1 master:2 - overlay overlay rw,lowerdir=/a:/b',
  '32 31 0:44 /export /var/lib/etcd rw - nfs4 nas:/export rw,vers=4.2',
  '33 27 0:45 / /data\\040with\\134blank rw - tmpfs tmpfs rw',
  '34 27 0:46 / /stacked rw - xfs /dev/vdb rw',
  '35 34 0:47 / /stacked rw - tmpfs tmpfs rw',
  'a line of the future',
  '',
].join('\n');
const mounts = parseMounts(mountinfo);
const kindOf = (path: string): string | undefined => mountOf(mounts, path)?.fileSystem;

test('a path belongs to the deepest mount above it', () => {
  assert.equal(kindOf('/var/lib/etcd/m1'), 'nfs4');
  assert.equal(kindOf('/var/lib/etcd'), 'nfs4');
  assert.equal(kindOf('/var/lib/etcd-other'), 'overlay');
  assert.equal(kindOf('/srv'), 'ext4');
  assert.equal(kindOf('/'), 'ext4');
});

test('a mount over a mount hides it', () => {
  assert.equal(kindOf('/stacked/a'), 'tmpfs');
});

test('blanks and backslashes in names are read', () => {
  assert.equal(kindOf('/data with\\blank/x'), 'tmpfs');
});

test('device and source are those of the mount', () => {
  assert.deepEqual(mountOf(mounts, '/var/lib/etcd/m1'), {
    device: '0:44',
    mountPoint: '/var/lib/etcd',
    fileSystem: 'nfs4',
    source: 'nas:/export',
  });
});

test('lines of an unknown form are left out', () => {
  assert.equal(mounts.length, 6);
});
