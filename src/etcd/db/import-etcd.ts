import { constants } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { readApplied } from '../apply/applied-index.ts';
import type { LmdbBackend } from '../backend/lmdb-backend.ts';
import { stateFolderName } from '../bootstrap/data-dir.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { Membership } from '../membership/membership.ts';
import { decodeMetadata } from '../proto/generated/etcdserverpb.ts';
import { formatId } from '../proto/ids.ts';
import { segmentsAmong } from '../wal/segment.ts';
import { Wal } from '../wal/wal.ts';
import { DbRefusal } from './command.ts';
import { withBbolt } from './database.ts';
import { isLockedByAnother } from './file-locks.ts';
import { newestRevision, positionOf } from './file-position.ts';
import { fillState } from './fill-state.ts';
import type { NewDataDir } from './new-data-dir.ts';
import { readTail, replayLog } from './replay-log.ts';

export type Imported = {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly revision: number;
  readonly appliedIndex: number;
};

export type EtcdSource = {
  readonly dataDir: string;
  /** Empty: below the data directory. */
  readonly walDir: string;
  readonly leaseTtlSecondsMin: number;
  readonly log: Log;
};

/**
 * A stopped Go etcd's database and log. The log is taken over as it is, and what it has behind the
 * database is applied, so that nothing that was acknowledged is missing: etcd commits its database
 * every 100 ms, and a killed one has the rest in its log only.
 */
export async function importEtcd(source: EtcdSource, dir: NewDataDir): Promise<Imported> {
  const walDir = source.walDir === '' ? join(source.dataDir, 'member', 'wal') : source.walDir;
  const segments = await segmentsOf(walDir);
  const paths = segments.map((name) => join(walDir, name));
  const database = await databaseFor(source, walDir);
  const files = [database, ...paths];
  await refuseRunning(source.dataDir, files);
  const before = await fingerprint(files);
  await copySegments(walDir, segments, dir.walPath);
  const { index, term } = await withBbolt(database, positionOf);
  if (index > 0 && term === 0) {
    throw new DbRefusal(
      `${database} does not say the term of its last entry: it is from etcd 3.4 or older, ` +
        'so start it with etcd 3.5 first',
    );
  }
  const imported = await withBbolt(database, async (file) => {
    const options = { path: dir.statePath(index), disk: nodeDisk, log: source.log };
    return await fillState(options, file, (backend) => replay(source, backend, walDir));
  });
  await refuseRunning(source.dataDir, files);
  if ((await fingerprint(files)) !== before) {
    throw new DbRefusal(`${source.dataDir} changed while it was read: stop its member first`);
  }
  return imported;
}

async function segmentsOf(walDir: string): Promise<readonly string[]> {
  const names = (await nodeDisk.exists(walDir)) ? await nodeDisk.list(walDir) : [];
  const segments = segmentsAmong(names).map(({ name }) => name);
  if (segments.length > 0) return segments;
  throw new DbRefusal(`there is no log in ${walDir}: --source-wal-dir says where it is`);
}

/**
 * The database of the member, or the one that it got from a leader and had not put in its place
 * when it ended, as etcd chooses: the log has a snapshot that the first one has not reached.
 */
async function databaseFor({ dataDir, log }: EtcdSource, walDir: string): Promise<string> {
  const snap = join(dataDir, 'member', 'snap');
  const path = join(snap, 'db');
  const { index } = await withBbolt(path, positionOf);
  const newest = (await Wal.readSnapshots(walDir, index, nodeDisk, log)).at(-1)?.index ?? 0;
  if (newest <= index) return path;
  const received = join(snap, `${stateFolderName(newest)}.snap.db`);
  if (await nodeDisk.exists(received)) return received;
  throw new DbRefusal(
    `${path} ends at index ${index}, the log has a snapshot at ${newest}, and there is no ${received}`,
  );
}

async function refuseRunning(dataDir: string, files: readonly string[]): Promise<void> {
  if (files.some(isLockedByAnother)) {
    throw new DbRefusal(`a running etcd is using ${dataDir}: stop it first`);
  }
}

async function fingerprint(files: readonly string[]): Promise<string> {
  const stats = await Promise.all(files.map((path) => stat(path, { bigint: true })));
  return stats.map(({ size, mtimeNs, ino }) => `${ino} ${size} ${mtimeNs}`).join('\n');
}

/** Torn ends come along: the member's start repairs them, with a copy of what it cuts off. */
async function copySegments(
  walDir: string,
  segments: readonly string[],
  target: string,
): Promise<void> {
  await nodeDisk.makeDir(target);
  for (const name of segments) {
    const path = join(target, name);
    await copyFile(join(walDir, name), path, constants.COPYFILE_FICLONE);
    const file = await nodeDisk.open(path, 'write');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
  await nodeDisk.syncDir(target);
}

async function replay(
  { leaseTtlSecondsMin, log }: EtcdSource,
  backend: LmdbBackend,
  walDir: string,
): Promise<Imported> {
  const tail = await readTail(walDir, readApplied(backend.latest), nodeDisk, log);
  await replayLog(backend, tail, leaseTtlSecondsMin);
  const { NodeID: memberId, ClusterID: clusterId } = decodeMetadata(tail.metadata);
  const membership = Membership.load(backend.latest);
  if (membership.isRemoved(memberId)) {
    throw new DbRefusal(`member ${formatId(memberId)} was removed from its cluster`);
  }
  const revision = newestRevision(backend);
  return { memberId, clusterId, revision, appliedIndex: readApplied(backend.latest).index };
}
