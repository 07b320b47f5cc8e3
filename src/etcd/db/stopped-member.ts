import { constants, rmSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equalBytes } from '../../base/bytes.ts';
import type { Log } from '../../base/log.ts';
import { readApplied } from '../apply/applied-index.ts';
import { exportBuckets } from '../apply/state-transfer.ts';
import { readCheckpoint } from '../backend/checkpoint-file.ts';
import { LmdbBackend, openLmdbToRead } from '../backend/lmdb-backend.ts';
import { checkpointName, dataName, metaBytes } from '../backend/prepare-file.ts';
import { DataDir } from '../bootstrap/data-dir.ts';
import type { Disk, DiskLock } from '../io/disk.ts';
import { DiskLockedError } from '../io/disk.ts';
import { bootId } from '../live-state.ts';
import type { BboltSource } from '../snap/bbolt-writer.ts';
import { DbRefusal } from './command.ts';
import { electionTimeoutMsDefault, leaseTtlSecondsMin, readTail, replayLog } from './replay-log.ts';

export type StoppedMember = {
  /** `--data-dir` and `--wal-dir` of the member. */
  readonly dataDir: string;
  readonly walDir: string;
  readonly disk: Disk;
  readonly log: Log;
};

/** Without somebody who listens they end the process without its leaving things tidy. */
const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The buckets that the member would have after its next start, with the log's committed entries in
 * them. The member's own files stay as they are: what has to be restored or replayed first is done
 * in a copy below the system's folder for temporary files (TMPDIR), removed in the end.
 */
export async function withStoppedMember<T>(
  member: StoppedMember,
  use: (source: BboltSource) => T | Promise<T>,
): Promise<T> {
  const lock = await lockMember(member.dataDir, member.disk);
  try {
    const dir = new DataDir(member.dataDir, member.walDir);
    const path = await dir.currentState(member.disk);
    if (await isReadable(member.disk, path)) {
      const pin = openLmdbToRead(path);
      try {
        const tail = await readTail(dir.wal, readApplied(pin), member.disk, member.log);
        if (tail.entries.length === 0) return await use(exportBuckets(pin));
      } finally {
        pin.close();
      }
    }
    return await inCopy(member, dir, path, use);
  } finally {
    await lock.release();
  }
}

/** The lock that a running member holds. */
export async function lockMember(dataDir: string, disk: Disk): Promise<DiskLock> {
  try {
    return await disk.lock(join(dataDir, 'member', 'lock'));
  } catch (cause) {
    if (!(cause instanceof DiskLockedError)) throw cause;
    throw new DbRefusal(`a running member is using ${dataDir}: stop it first`);
  }
}

/** Whether the file may be opened as it is; otherwise a start goes back to the checkpoint first. */
async function isReadable(disk: Disk, path: string): Promise<boolean> {
  const checkpoint = await readCheckpoint(disk, join(path, checkpointName));
  if (!(await disk.exists(join(path, dataName)))) return false;
  if (checkpoint === undefined) return false;
  if (checkpoint.bootId === bootId()) return true;
  if (checkpoint.metaPages === undefined) return false;
  const file = await disk.open(join(path, dataName), 'read');
  try {
    const found = new Uint8Array(metaBytes);
    await file.read(found, 0);
    return equalBytes(found, checkpoint.metaPages);
  } finally {
    await file.close();
  }
}

async function inCopy<T>(
  { disk, log }: StoppedMember,
  dir: DataDir,
  path: string,
  use: (source: BboltSource) => T | Promise<T>,
): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), 'etcd-ts-db-'));
  const removeNow = (): void => rmSync(copy, { recursive: true, force: true });
  const endNow = (): void => process.exit(1);
  process.once('exit', removeNow);
  for (const signal of endSignals) process.once(signal, endNow);
  try {
    for (const name of [dataName, checkpointName]) {
      if (!(await disk.exists(join(path, name)))) continue;
      await copyFile(join(path, name), join(copy, name), constants.COPYFILE_FICLONE);
    }
    const backend = await LmdbBackend.open({ dir: copy, disk, bootId: bootId(), log });
    try {
      const tail = await readTail(dir.wal, readApplied(backend.latest), disk, log);
      await replayLog(backend, tail, leaseTtlSecondsMin(electionTimeoutMsDefault));
      return await use(exportBuckets(backend.latest));
    } finally {
      await backend.close();
    }
  } finally {
    await rm(copy, { recursive: true, force: true });
    for (const signal of endSignals) process.off(signal, endNow);
    process.off('exit', removeNow);
  }
}
