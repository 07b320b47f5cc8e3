import type { Disk, DiskFile } from './disk.ts';

/**
 * A disk that keeps none of its promises about power losses: etcd's `--unsafe-no-fsync`, for tests
 * and for data that may be lost.
 */
export function unsyncedDisk(disk: Disk): Disk {
  return {
    list: (dir) => disk.list(dir),
    exists: (path) => disk.exists(path),
    makeDir: (path) => disk.makeDir(path),
    rename: (from, to) => disk.rename(from, to),
    remove: (path) => disk.remove(path),
    removeDir: (path) => disk.removeDir(path),
    lock: (path) => disk.lock(path),
    syncDir: async () => {},
    open: async (path, mode) => new UnsyncedFile(await disk.open(path, mode)),
  };
}

class UnsyncedFile implements DiskFile {
  readonly #file: DiskFile;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  size(): Promise<number> {
    return this.#file.size();
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#file.read(into, position);
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return this.#file.write(bytes, position);
  }

  writeDurably(bytes: Uint8Array, position: number): Promise<void> {
    return this.#file.write(bytes, position);
  }

  truncate(size: number): Promise<void> {
    return this.#file.truncate(size);
  }

  async sync(): Promise<void> {}

  close(): Promise<void> {
    return this.#file.close();
  }
}
