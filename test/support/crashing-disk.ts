import type { Random } from '../../src/base/random.ts';
import type { Disk, DiskFile, DiskLock, OpenMode } from '../../src/etcd/io/disk.ts';
import type { MemoryDisk } from './memory-disk.ts';

export class CrashError extends Error {
  override readonly name = 'CrashError';
}

/**
 * Cuts the power at the n-th operation that changes the disk: that operation fails, having done
 * nothing or (a write) a part of its work, and so does every later one. Then `disk.crash` decides
 * what is left for the next open of the same MemoryDisk.
 */
export class CrashingDisk implements Disk {
  readonly #disk: MemoryDisk;
  readonly #random: Random;
  readonly #crashAt: number;
  /** Changing operations so far: run once without a crash to learn how many there are. */
  operations = 0;

  constructor(disk: MemoryDisk, crashAt: number, random: Random) {
    this.#disk = disk;
    this.#crashAt = crashAt;
    this.#random = random;
  }

  get crashed(): boolean {
    return this.operations >= this.#crashAt;
  }

  list(dir: string): Promise<readonly string[]> {
    return this.#read(() => this.#disk.list(dir));
  }

  exists(path: string): Promise<boolean> {
    return this.#read(() => this.#disk.exists(path));
  }

  makeDir(path: string): Promise<void> {
    return this.#change(() => this.#disk.makeDir(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#change(() => this.#disk.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.#change(() => this.#disk.remove(path));
  }

  removeDir(path: string): Promise<void> {
    return this.#change(() => this.#disk.removeDir(path));
  }

  syncDir(path: string): Promise<void> {
    return this.#change(() => this.#disk.syncDir(path));
  }

  lock(path: string): Promise<DiskLock> {
    return this.#read(() => this.#disk.lock(path));
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const open = (): Promise<DiskFile> => this.#disk.open(path, mode);
    const file = await (mode === 'create' ? this.#change(open) : this.#read(open));
    return {
      size: () => this.#read(() => file.size()),
      read: (into, position) => this.#read(() => file.read(into, position)),
      write: (bytes, position) =>
        this.#change(
          () => file.write(bytes, position),
          () => file.write(bytes.subarray(0, this.#cut(bytes.length, position)), position),
        ),
      writeDurably: (bytes, position) =>
        this.#change(
          () => file.writeDurably(bytes, position),
          () => file.write(bytes.subarray(0, this.#cut(bytes.length, position)), position),
        ),
      truncate: (size) => this.#change(() => file.truncate(size)),
      sync: () => this.#change(() => file.sync()),
      close: () => file.close(),
    };
  }

  /** How much of a write is done: up to a sector's end, because a disk keeps sectors whole. */
  #cut(bytes: number, position: number): number {
    const sectors = Math.floor((position + bytes) / 512) - Math.floor(position / 512);
    const kept = this.#random.below(sectors + 1);
    return kept === 0 ? 0 : (Math.floor(position / 512) + kept) * 512 - position;
  }

  async #read<T>(run: () => Promise<T>): Promise<T> {
    if (this.crashed) throw new CrashError('the power is off');
    return await run();
  }

  async #change<T>(run: () => Promise<T>, runPart?: () => Promise<void>): Promise<T> {
    if (this.crashed) throw new CrashError('the power is off');
    this.operations += 1;
    if (!this.crashed) return await run();
    await runPart?.();
    throw new CrashError(`power cut at operation ${this.#crashAt}`);
  }
}
