import { crc32c } from '@node-rs/crc32';
import type { Log } from '../../base/log.ts';
import { type Disk, readWholeFile, replaceFile } from '../io/disk.ts';
import {
  decodeSnapshot,
  encodeSnapshot,
  type Snapshot,
  type SnapshotInit,
} from '../proto/generated/raftpb.ts';
import {
  decodeSnapshot as decodeSnapFile,
  encodeSnapshot as encodeSnapFile,
} from '../proto/generated/snappb.ts';

/**
 * etcd's `.snap` file: a raft snapshot (membership and position, not the keys) behind its
 * CRC-32C, named `<term>-<index>.snap` as two times 16 hexadecimal digits.
 */
const namePattern = /^([0-9a-f]{16})-([0-9a-f]{16})\.snap$/;

export function snapFileName(term: number, index: number): string {
  const hex16 = (value: number): string => value.toString(16).padStart(16, '0');
  return `${hex16(term)}-${hex16(index)}.snap`;
}

export function encodeSnapFileBytes(snapshot: SnapshotInit): Uint8Array {
  const data = encodeSnapshot(snapshot);
  return encodeSnapFile({ crc: crc32c(data), data });
}

/** The snapshot in the file, or why there is none. */
export function parseSnapFileBytes(
  bytes: Uint8Array,
): { readonly snapshot: Snapshot } | { readonly reason: string } {
  try {
    const { crc, data } = decodeSnapFile(bytes);
    if (data.length === 0 || crc === 0) return { reason: 'empty snapshot' };
    if (crc32c(data) !== crc) return { reason: 'crc mismatch' };
    return { snapshot: decodeSnapshot(data) };
  } catch (error) {
    return { reason: `unreadable: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Durable when it resolves; a crash before leaves no `.snap` file of that name. */
export async function writeSnapFile(
  dir: string,
  snapshot: SnapshotInit,
  disk: Disk,
): Promise<void> {
  const { term = 0, index = 0 } = snapshot.metadata ?? {};
  await replaceFile(disk, dir, snapFileName(term, index), encodeSnapFileBytes(snapshot));
}

/**
 * The newest good snapshot that `isWanted` takes, or undefined. A bad file is renamed to
 * `<name>.broken`, as etcd does, and the next older one is tried.
 */
export async function readNewestSnapFile(
  dir: string,
  disk: Disk,
  log: Log,
  isWanted: (position: { term: number; index: number }) => boolean = () => true,
): Promise<Snapshot | undefined> {
  for (const name of await snapFilesNewestFirst(dir, disk)) {
    const parsed = parseSnapFileBytes(await readWholeFile(disk, `${dir}/${name}`));
    if ('reason' in parsed) {
      log.warn('set a bad snapshot file aside', { path: `${dir}/${name}`, reason: parsed.reason });
      await disk.rename(`${dir}/${name}`, `${dir}/${name}.broken`);
      continue;
    }
    const { term = 0, index = 0 } = parsed.snapshot.metadata ?? {};
    if (isWanted({ term, index })) return parsed.snapshot;
  }
  return undefined;
}

/** Removes all but the newest `kept` files, oldest first. */
export async function pruneSnapFiles(dir: string, kept: number, disk: Disk): Promise<void> {
  const old = (await snapFilesNewestFirst(dir, disk)).slice(kept);
  for (const name of old.reverse()) await disk.remove(`${dir}/${name}`);
}

async function snapFilesNewestFirst(dir: string, disk: Disk): Promise<string[]> {
  const names = await disk.list(dir);
  return names.filter((name) => namePattern.test(name)).sort((a, b) => (a < b ? 1 : -1));
}
