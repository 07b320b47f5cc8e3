import { existsSync, readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** SQLite's results, without the bits of their extended codes. */
const SQLITE_BUSY = 5;

/**
 * Whether another process holds a lock on the file, as a running Go etcd does: flock on its
 * database, record locks on its log. Node has calls for neither.
 *
 * Record locks, also of processes in other containers, are found by asking SQLite for its own
 * shared lock in the file, opened for reading only: it asks before it finds that the file is no
 * database of its kind. The locks of flock are in the kernel's list, as far as it shows them.
 */
export function isLockedByAnother(path: string): boolean {
  if (!existsSync(path)) return false;
  return hasRecordLock(path) || isInLockList(path, readLockList());
}

function hasRecordLock(path: string): boolean {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    file.exec('SELECT 1 FROM sqlite_master');
    return false;
  } catch (error) {
    // Whoever cannot open it at all hears why when it is read.
    const code = (error as { errcode?: unknown }).errcode;
    return typeof code === 'number' && (code & 0xff) === SQLITE_BUSY;
  } finally {
    file?.close();
  }
}

function readLockList(): string {
  try {
    return readFileSync('/proc/locks', 'utf8');
  } catch {
    return '';
  }
}

/** Lines like `1: FLOCK  ADVISORY  WRITE 23868 fe:00:9979001 0 EOF`; numbers of devices are hex. */
export function isInLockList(path: string, list: string): boolean {
  const { dev, ino } = statSync(path, { bigint: true });
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  const hex = (number: bigint): string => number.toString(16).padStart(2, '0');
  const name = `${hex(major)}:${hex(minor)}:${ino}`;
  return list.split('\n').some((line) => !line.includes('->') && line.split(/\s+/).includes(name));
}
