import fs from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Disk, type DiskFile, type DiskLock, DiskLockedError, type OpenMode } from './disk.ts';

const flags: Record<OpenMode, string> = { read: 'r', write: 'r+', create: 'w+' };
/**
 * Elsewhere the flag is missing (Windows) or ends at the drive's cache (macOS, where libuv's
 * fdatasync goes further).
 */
const hasDurableWrites = process.platform === 'linux';

/**
 * The real disk. Callback calls on plain descriptors, not FileHandle: an append is a thread pool
 * trip on the path of every write, and the wrapper objects cost more than the calls.
 */
export const nodeDisk: Disk = {
  list: async (dir) => (await fs.promises.readdir(dir)).sort(),
  exists: async (path) => {
    try {
      await fs.promises.stat(path);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  },
  makeDir: makeDirs,
  rename: (from, to) => fs.promises.rename(from, to),
  remove: (path) => fs.promises.rm(path, { force: true }),
  removeDir: (path) => fs.promises.rm(path, { force: true, recursive: true }),
  syncDir: async (path) => {
    const dir = await fs.promises.open(path, 'r');
    try {
      await dir.sync();
    } finally {
      await dir.close();
    }
  },
  open: async (path, mode) => {
    const fd = await openDescriptor(path, flags[mode]);
    if (mode === 'read' || !hasDurableWrites) return new NodeDiskFile(fd, undefined, path);
    try {
      const durableFd = await openDescriptor(path, fs.constants.O_WRONLY | fs.constants.O_DSYNC);
      return new NodeDiskFile(fd, durableFd, path);
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  },
  lock: lockFile,
};

/** Not by Node's own `recursive`: where a folder refuses with ENOENT, as /proc does, it never ends. */
async function makeDirs(path: string): Promise<void> {
  if (await isMade(path)) return;
  const parent = dirname(path);
  if (parent !== path) {
    await makeDirs(parent);
    if (await isMade(path)) return;
  }
  throw new Error(`cannot make the folder ${path}: its parent does not take it`);
}

/** False when a parent is missing. */
async function isMade(path: string): Promise<boolean> {
  try {
    await fs.promises.mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    if ((await fs.promises.stat(path).catch(() => undefined))?.isDirectory()) return true;
    throw error;
  }
}

function openDescriptor(path: string, flag: string | number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flag, 0o600, (error, fd) => (error ? reject(error) : resolve(fd)));
  });
}

class NodeDiskFile implements DiskFile {
  readonly #fd: number;
  /** The same file once more: a write through it (O_DSYNC) ends when the bytes are on the disk. */
  readonly #durableFd: number | undefined;
  readonly #path: string;

  constructor(fd: number, durableFd: number | undefined, path: string) {
    this.#fd = fd;
    this.#durableFd = durableFd;
    this.#path = path;
  }

  size(): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#fd, (error, stats) =>
        error ? reject(this.#named(error)) : resolve(stats.size),
      );
    });
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const count = await this.#readOnce(into, done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return this.#writeAll(this.#fd, bytes, position);
  }

  async writeDurably(bytes: Uint8Array, position: number): Promise<void> {
    if (this.#durableFd !== undefined) {
      return await this.#writeAll(this.#durableFd, bytes, position);
    }
    await this.#writeAll(this.#fd, bytes, position);
    await this.sync();
  }

  truncate(size: number): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.ftruncate(this.#fd, size, (error) => (error ? reject(this.#named(error)) : resolve()));
    });
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#fd, (error) => (error ? reject(this.#named(error)) : resolve()));
    });
  }

  async close(): Promise<void> {
    if (this.#durableFd !== undefined) await this.#close(this.#durableFd);
    await this.#close(this.#fd);
  }

  #close(fd: number): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.close(fd, (error) => (error ? reject(this.#named(error)) : resolve()));
    });
  }

  #readOnce(into: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, into, offset, into.length - offset, position, (error, count) =>
        error ? reject(this.#named(error)) : resolve(count),
      );
    });
  }

  #writeAll(fd: number, bytes: Uint8Array, position: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const writeFrom = (done: number): void => {
        fs.write(fd, bytes, done, bytes.length - done, position + done, (error, count) => {
          if (error) reject(this.#named(error));
          else if (done + count < bytes.length) writeFrom(done + count);
          else resolve();
        });
      };
      writeFrom(0);
    });
  }

  /** Calls on a descriptor fail without a name; "no space left on device" alone helps nobody. */
  #named(error: NodeJS.ErrnoException): Error {
    error.path = this.#path;
    error.message = `${error.message} '${this.#path}'`;
    return error;
  }
}

/**
 * Node has no flock. SQLite has the kernel's record locks and comes with Node, so the lock file is
 * an empty SQLite database held in an exclusive transaction: nothing is ever written to it. Unlike
 * a file with a process id in it, this also works between containers (each has its own ids, and
 * after a restart the same one) and needs no judgement about what is stale.
 * Nothing else may open the lock file: closing any other descriptor of it drops a record lock.
 */
async function lockFile(path: string): Promise<DiskLock> {
  const holder = new DatabaseSync(path, { timeout: 0 });
  try {
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    holder.close();
    if (isSqliteBusy(cause)) throw new DiskLockedError(path, { cause });
    throw new Error(`cannot lock ${path}`, { cause });
  }
  return { release: async () => holder.close() };
}

/** SQLITE_BUSY, with any of its extended codes in the upper bits. */
function isSqliteBusy(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' && (code & 0xff) === 5;
}

function errorCode(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
