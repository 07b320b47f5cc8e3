import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeDisk } from '../io/node-disk.ts';
import { type BboltFile, openBbolt } from '../snap/bbolt-reader.ts';
import { type BboltSource, planBbolt } from '../snap/bbolt-writer.ts';
import { type DbCall, type DbFlag, DbRefusal, operand } from './command.ts';
import { isLockedByAnother } from './file-locks.ts';
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

export const walDirFlag: DbFlag = {
  name: 'wal-dir',
  kind: 'text',
  defaultText: '',
  summary: "the member's --wal-dir, if it has one",
};

/** Opens the command's first operand, FILE or DIR, for as long as `use` runs. */
export async function withDatabase<T>(
  call: DbCall,
  use: (database: OpenDatabase) => T | Promise<T>,
): Promise<T> {
  const place = await placeOf(operand(call, 0));
  if (place.kind === 'file') return await withFile(place.path, use);
  if (place.kind === 'etcd') return await withFile(place.database, use);
  const walDir = call.flags.text(walDirFlag.name);
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
  if (await nodeDisk.exists(path)) return;
  throw new DbRefusal(`open ${path}: no such file or directory`);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw cause;
    throw new DbRefusal(`stat ${path}: no such file or directory`);
  }
}
