import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * One `etcd-ts up` per directory: two would start every member twice. The lock is the kernel's, by
 * way of an empty SQLite database held in an exclusive transaction, so it ends with its owner
 * however that ends. The process id beside it is for people only. Returns why not, if not.
 */
export function acquireDirectory(dir: string): { release(): void } | string {
  const ownerFile = join(dir, 'up.pid');
  const holder = new DatabaseSync(join(dir, 'up.lock'), { timeout: 0 });
  try {
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    holder.close();
    // SQLITE_BUSY, with any of its extended codes in the upper bits.
    if ((Number((cause as { errcode?: unknown }).errcode) & 0xff) !== 5) {
      throw new Error(`cannot lock ${dir}`, { cause });
    }
    return `${dir} is in use by process ${readOwner(ownerFile)}; stop it or choose another --dir`;
  }
  writeFileSync(ownerFile, `${process.pid}\n`, { mode: 0o600 });
  return { release: () => holder.close() };
}

function readOwner(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
