import { stat } from 'node:fs/promises';
import { type BboltFile, openBbolt } from '../snap/bbolt-reader.ts';
import type { BboltSource } from '../snap/bbolt-writer.ts';
import { DbRefusal } from './command.ts';

/** etcd's buckets of something on disk, to be read and never changed. */
export type OpenDatabase = {
  readonly source: BboltSource;
  /** Of the database as a file of bbolt. */
  readonly sizeBytes: () => number;
};

/** Opens a snapshot file for as long as `use` runs. */
export async function withDatabase<T>(
  path: string,
  use: (database: OpenDatabase) => T | Promise<T>,
): Promise<T> {
  await assertExists(path);
  const file = openFile(path);
  try {
    return await use({ source: sourceOf(file), sizeBytes: () => file.sizeBytes });
  } finally {
    file.close();
  }
}

function openFile(path: string): BboltFile {
  try {
    return openBbolt(path);
  } catch (cause) {
    throw new DbRefusal(path, { cause });
  }
}

function sourceOf(file: BboltFile): BboltSource {
  return {
    buckets: file.buckets().map((name) => ({ name, entries: () => file.entries(name) })),
  };
}

async function assertExists(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw cause;
    throw new DbRefusal(`stat ${path}: no such file or directory`);
  }
}
