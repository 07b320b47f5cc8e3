import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { type BboltFile, openBbolt } from '../snap/bbolt-reader.ts';
import { type BboltSource, planBbolt } from '../snap/bbolt-writer.ts';
import { type DbCall, DbRefusal, operand, textFlag } from './command.ts';
import { isLockedByAnother } from './file-locks.ts';
import { positionOf } from './file-position.ts';
import { readTail } from './replay-log.ts';
import { withStoppedMember } from './stopped-member.ts';

/** etcd's buckets of something on disk, to be read and never changed. */
export type OpenDatabase = {
  readonly source: BboltSource;
  /** Of the database as a file of bbolt. */
  readonly sizeBytes: () => number;
};

export type DataPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'member'; readonly dataDir: string }
  /** Of Go etcd. */
  | { readonly kind: 'etcd'; readonly dataDir: string; readonly database: string };

export const walDirFlag = textFlag('wal-dir', "the member's --wal-dir, if it has one");

/**
 * Opens the command's first operand, FILE or DIR, for as long as `use` runs. Of a Go etcd's
 * directory that is its database alone, as for etcdutl: what only its log has is told by a warning,
 * or is a reason to refuse for whoever `needsAll`.
 */
export async function withDatabase<T>(
  call: DbCall,
  use: (database: OpenDatabase) => T | Promise<T>,
  { needsAll = false }: { readonly needsAll?: boolean } = {},
): Promise<T> {
  const place = await placeOf(operand(call, 0));
  const walDir = call.flags.text(walDirFlag.name);
  if (place.kind === 'file') return await withFile(place.path, use);
  if (place.kind === 'etcd') {
    const missing = await missingFrom(place, walDir, call.log);
    if (missing !== undefined && needsAll) {
      throw new DbRefusal(`${missing}: etcd-ts db import takes both`);
    }
    if (missing !== undefined) call.log.warn(missing);
    return await withFile(place.database, use);
  }
  const member = { dataDir: place.dataDir, walDir, disk: nodeDisk, log: call.log };
  return await withStoppedMember(member, (source) =>
    use({ source, sizeBytes: () => planBbolt(source).sizeBytes }),
  );
}

export async function placeOf(path: string): Promise<DataPlace> {
  if (!(await isDirectory(path))) return { kind: 'file', path };
  if (await nodeDisk.exists(join(path, 'member', 'state'))) {
    return { kind: 'member', dataDir: path };
  }
  const database = join(path, 'member', 'snap', 'db');
  if (await nodeDisk.exists(database)) return { kind: 'etcd', dataDir: path, database };
  throw new DbRefusal(
    `${path} is no data directory: it has neither member/state nor member/snap/db`,
  );
}

/** Why a Go etcd's database may not have all of its data; undefined: it has. */
async function missingFrom(
  { dataDir, database }: DataPlace & { readonly kind: 'etcd' },
  walDir: string,
  log: Log,
): Promise<string | undefined> {
  const position = await withBbolt(database, positionOf);
  const wal = walDir === '' ? join(dataDir, 'member', 'wal') : walDir;
  try {
    const { entries } = await readTail(wal, position, nodeDisk, log);
    if (entries.length === 0) return undefined;
    return `${database} ends ${entries.length} entries before the log in ${wal}`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${database} may end before its log, which cannot be read (${reason})`;
  }
}

/** A file of bbolt: a snapshot, or the database of a Go etcd that does not run. */
async function withFile<T>(
  path: string,
  use: (database: OpenDatabase) => T | Promise<T>,
): Promise<T> {
  return await withBbolt(path, (file) =>
    use({ source: sourceOf(file), sizeBytes: () => file.sizeBytes }),
  );
}

/** Opens the file for as long as `use` runs. What is wrong in it is said with its name. */
export async function withBbolt<T>(
  path: string,
  use: (file: BboltFile) => T | Promise<T>,
): Promise<T> {
  if (isLockedByAnother(path)) {
    throw new DbRefusal(`another process, probably a running etcd, is using ${path}`);
  }
  let file: BboltFile | undefined;
  try {
    file = openBbolt(path);
    return await use(file);
  } catch (cause) {
    if (cause instanceof DbRefusal) throw cause;
    throw new DbRefusal(path, { cause });
  } finally {
    file?.close();
  }
}

function sourceOf(file: BboltFile): BboltSource {
  return {
    buckets: file.buckets().map((name) => ({ name, entries: () => file.entries(name) })),
  };
}

/** In etcdutl's words for a file that is not there. */
export async function assertFile(path: string): Promise<void> {
  if (!(await nodeDisk.exists(path))) {
    throw new DbRefusal(`open ${path}: no such file or directory`);
  }
  if (await isDirectory(path)) throw new DbRefusal(`read ${path}: is a directory`);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw cause;
    throw new DbRefusal(`stat ${path}: no such file or directory`);
  }
}
