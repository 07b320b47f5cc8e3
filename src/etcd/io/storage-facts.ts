import { closeSync, openSync, readFileSync, readlinkSync, readSync, realpathSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { release } from 'node:os';
import { basename } from 'node:path';
import { mountOf, parseMounts } from './mounts.ts';

/** What can be known of the file system below a folder without being root, and what root sees. */
export type StorageFacts = {
  readonly path: string;
  /** As /proc/self/mountinfo names it; '' when nothing tells. */
  readonly fileSystem: string;
  /** What is mounted there. */
  readonly source: string;
  /**
   * ext4's feature `fast_commit`. `unknown`: it stands in the superblock, which only root reads
   * where the device is visible at all; a file system that has used it says so to everybody.
   */
  readonly fastCommit: 'on' | 'off' | 'unknown';
  /** Of the kernel, upstream's version where a distribution tells it: `5.15.131`. */
  readonly kernel: string;
};

/** statfs(2), for where /proc is hidden. */
const magicNames: ReadonlyMap<number, string> = new Map([
  [0x0102_1994, 'tmpfs'],
  [0x8584_58f6, 'ramfs'],
  [0x794c_7630, 'overlay'],
  [0x6969, 'nfs'],
  [0xff53_4d42, 'cifs'],
  [0xfe53_4d42, 'smb3'],
  [0x00c3_6400, 'ceph'],
  [0x6573_5546, 'fuse'],
  [0x0102_1997, '9p'],
  [0xef53, 'ext4'],
]);

const ext4 = { superblockAt: 1_024, bytes: 0x60, magicAt: 0x38, magic: 0xef53, featuresAt: 0x5c };
const fastCommitFeature = 0x400;

export async function readStorageFacts(path: string): Promise<StorageFacts> {
  const realPath = realpathSync(path);
  const mount = mountOf(parseMounts(readIfThere('/proc/self/mountinfo') ?? ''), realPath);
  const fileSystem = mount?.fileSystem ?? magicNames.get((await statfs(path)).type) ?? '';
  const fastCommit = fileSystem === 'ext4' ? fastCommitOf(mount?.device ?? '') : 'off';
  return { path, fileSystem, source: mount?.source ?? '', fastCommit, kernel: kernelVersion() };
}

/** Ubuntu's own version says nothing about fixes; it notes upstream's beside it. */
function kernelVersion(): string {
  const signature = readIfThere('/proc/version_signature')?.trim().split(' ').at(-1);
  return signature !== undefined && /^\d+\.\d+\.\d+$/.test(signature) ? signature : release();
}

function fastCommitOf(device: string): StorageFacts['fastCommit'] {
  let name: string;
  try {
    name = basename(readlinkSync(`/sys/dev/block/${device}`));
  } catch {
    return 'unknown';
  }
  const commits = /^(\d+) commits$/m.exec(readIfThere(`/proc/fs/ext4/${name}/fc_info`) ?? '');
  if (commits !== null && Number(commits[1]) > 0) return 'on';
  return fastCommitInSuperblock(`/dev/${name}`);
}

function fastCommitInSuperblock(device: string): StorageFacts['fastCommit'] {
  const bytes = Buffer.alloc(ext4.bytes);
  try {
    const fd = openSync(device, 'r');
    try {
      readSync(fd, bytes, 0, bytes.length, ext4.superblockAt);
    } finally {
      closeSync(fd);
    }
  } catch {
    return 'unknown';
  }
  if (bytes.readUInt16LE(ext4.magicAt) !== ext4.magic) return 'unknown';
  return (bytes.readUInt32LE(ext4.featuresAt) & fastCommitFeature) === 0 ? 'off' : 'on';
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
