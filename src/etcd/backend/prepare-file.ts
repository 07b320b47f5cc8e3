import type { Log } from '../../base/log.ts';
import type { Disk } from '../io/disk.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts';

export const dataName = 'state.lmdb';
export const checkpointName = 'checkpoint';
/** Fixed, so that a data directory can move between machines with different page sizes. */
export const pageBytes = 4096;
export const metaBytes = 2 * pageBytes;

type StoreFile = {
  readonly dir: string;
  readonly disk: Disk;
  readonly bootId: string;
  readonly log: Log;
};

/**
 * Brings the lmdb file to a state that is worth opening, and makes that state the checkpoint. A
 * process that was merely killed left everything in the page cache, which the boot id shows; after
 * a power loss the file may hold any mixture of old and new pages, and only the pages of the last
 * checkpoint are whole, so its meta pages are put back.
 */
export async function prepareFile({ dir, disk, bootId, log }: StoreFile): Promise<void> {
  await disk.makeDir(dir);
  const path = `${dir}/${dataName}`;
  const checkpoint = await readCheckpoint(disk, `${dir}/${checkpointName}`);
  const hasData = await disk.exists(path);
  if (checkpoint === undefined) {
    if (hasData) throw new Error(`${dir} has a ${dataName} but no ${checkpointName} file`);
    await writeCheckpoint(disk, dir, checkpointName, { bootId, metaPages: undefined });
    return;
  }
  const survived = checkpoint.bootId === bootId;
  if (checkpoint.metaPages === undefined) {
    // Never checkpointed: the log still has everything, so an empty store loses nothing.
    const usable = survived && hasData && (await sizeOf(disk, path)) >= metaBytes;
    if (!usable) {
      await disk.remove(path);
      await writeCheckpoint(disk, dir, checkpointName, { bootId, metaPages: undefined });
      return;
    }
  } else if (!hasData) {
    throw new Error(`${dir} has a ${checkpointName} file but no ${dataName}`);
  }
  const file = await disk.open(path, 'write');
  try {
    if (!survived && checkpoint.metaPages !== undefined) {
      log.warn('restoring the store to its last checkpoint after a restart of the machine', {
        dir,
      });
      await file.write(checkpoint.metaPages, 0);
    }
    // Must be complete before the first commit: pages of the older checkpoint are no longer pinned.
    await file.sync();
    const metaPages = new Uint8Array(metaBytes);
    await file.read(metaPages, 0);
    await writeCheckpoint(disk, dir, checkpointName, { bootId, metaPages });
  } finally {
    await file.close();
  }
}

async function sizeOf(disk: Disk, path: string): Promise<number> {
  const file = await disk.open(path, 'read');
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}
