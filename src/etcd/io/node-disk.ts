import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type Disk, type DiskFile, type DiskLock, DiskLockedError, type OpenMode } from './disk.ts';

const flags: Record<OpenMode, string> = { read: 'r', write: 'r+', create: 'w+' };

/**
 * The real disk. Callback calls on plain descriptors, not FileHandle: an append is two thread pool
 * trips on the path of every write, and the wrapper objects cost more than the calls.
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
  makeDir: async (path) => {
    await fs.promises.mkdir(path, { recursive: true, mode: 0o700 });
  },
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
  open: (path, mode) =>
    new Promise((resolve, reject) => {
      fs.open(path, flags[mode], 0o600, (error, fd) => {
        if (error) reject(error);
        else resolve(new NodeDiskFile(fd, path));
      });
    }),
  lock: lockFile,
};

class NodeDiskFile implements DiskFile {
  readonly #fd: number;
  readonly #path: string;

  constructor(fd: number, path: string) {
    this.#fd = fd;
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

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) done += await this.#writeOnce(bytes, done, position + done);
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

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.close(this.#fd, (error) => (error ? reject(this.#named(error)) : resolve()));
    });
  }

  #readOnce(into: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, into, offset, into.length - offset, position, (error, count) =>
        error ? reject(this.#named(error)) : resolve(count),
      );
    });
  }

  #writeOnce(bytes: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.write(this.#fd, bytes, offset, bytes.length - offset, position, (error, count) =>
        error ? reject(this.#named(error)) : resolve(count),
      );
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
