import type { Random } from '../../src/base/random.ts';
import {
  type Disk,
  type DiskFile,
  type DiskLock,
  DiskLockedError,
  type OpenMode,
} from '../../src/etcd/io/disk.ts';

const SECTOR_BYTES = 512;

/**
 * A disk in memory that remembers what a power loss may take away. Contents are at risk until the
 * file is synced, sector by sector and in any order; names are at risk until their folder is
 * synced, latest first. `crash` loses a random part of what is at risk; open files and locks of
 * the time before are dead.
 */
export class MemoryDisk implements Disk {
  readonly #root = new MemoryFolder();
  readonly #locks = new Map<string, MemoryLock>();
  #generation = 0;

  async list(dir: string): Promise<readonly string[]> {
    return [...this.#folder(dir).names.keys()].sort();
  }

  async exists(path: string): Promise<boolean> {
    return this.#find(path) !== undefined;
  }

  async makeDir(path: string): Promise<void> {
    let folder = this.#root;
    for (const name of partsOf(path)) {
      let next = folder.names.get(name);
      if (next === undefined) {
        next = new MemoryFolder();
        folder.change({ set: name, node: next });
      }
      if (!(next instanceof MemoryFolder)) throw diskError('ENOTDIR', path);
      folder = next;
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const node = this.#find(from);
    if (node === undefined) throw diskError('ENOENT', from);
    const [source, oldName] = this.#parent(from);
    const [target, newName] = this.#parent(to);
    if (source !== target) throw diskError('EXDEV', from);
    const replaced = target.names.get(newName);
    if (replaced instanceof MemoryFolder && replaced.names.size > 0) {
      throw diskError('ENOTEMPTY', to);
    }
    target.change({ remove: oldName, set: newName, node });
  }

  async remove(path: string): Promise<void> {
    const [folder, name] = this.#parent(path);
    if (folder.names.get(name) instanceof MemoryFolder) throw diskError('EISDIR', path);
    if (folder.names.has(name)) folder.change({ remove: name });
  }

  async removeDir(path: string): Promise<void> {
    const [folder, name] = this.#parent(path);
    if (folder.names.has(name)) folder.change({ remove: name });
  }

  async syncDir(path: string): Promise<void> {
    this.#folder(path).sync();
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    let node = this.#find(path);
    if (node === undefined) {
      if (mode !== 'create') throw diskError('ENOENT', path);
      const [folder, name] = this.#parent(path);
      node = new MemoryFile();
      folder.change({ set: name, node });
    }
    if (!(node instanceof MemoryFile)) throw diskError('EISDIR', path);
    if (mode === 'create') node.truncate(0);
    const generation = this.#generation;
    const file = node;
    return openFile(file, mode !== 'read', () => {
      if (generation !== this.#generation) throw diskError('ESTALE', path);
    });
  }

  async lock(path: string): Promise<DiskLock> {
    if (this.#locks.has(path)) throw new DiskLockedError(path);
    const lock: MemoryLock = {
      release: async () => {
        if (this.#locks.get(path) === lock) this.#locks.delete(path);
      },
    };
    this.#locks.set(path, lock);
    return lock;
  }

  /** Cuts the power. Without `random` everything at risk is lost. */
  crash(random?: Random): void {
    this.#generation += 1;
    this.#locks.clear();
    this.#root.crash(random);
  }

  /** Ends the process but not the machine: files and locks are dead, no byte is lost. */
  kill(): void {
    this.#generation += 1;
    this.#locks.clear();
  }

  /** The bytes of a file as this process sees them; the test may change them in place. */
  contents(path: string): Uint8Array {
    const node = this.#find(path);
    if (!(node instanceof MemoryFile)) throw diskError('ENOENT', path);
    return node.bytes.subarray(0, node.size);
  }

  /** Puts a file there, durable at once. */
  place(path: string, bytes: Uint8Array): void {
    const [folder, name] = this.#parent(path);
    const file = new MemoryFile();
    file.write(bytes, 0);
    file.sync();
    folder.change({ set: name, node: file });
    folder.sync();
  }

  #find(path: string): MemoryNode | undefined {
    let node: MemoryNode = this.#root;
    for (const name of partsOf(path)) {
      const next: MemoryNode | undefined =
        node instanceof MemoryFolder ? node.names.get(name) : undefined;
      if (next === undefined) return undefined;
      node = next;
    }
    return node;
  }

  #folder(path: string): MemoryFolder {
    const node = this.#find(path);
    if (!(node instanceof MemoryFolder)) throw diskError('ENOENT', path);
    return node;
  }

  #parent(path: string): [MemoryFolder, string] {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw diskError('EINVAL', path);
    return [this.#folder(parts.join('/')), name];
  }
}

type MemoryNode = MemoryFile | MemoryFolder;
type MemoryLock = DiskLock;

/** One change of names: what goes, then what comes; a rename is one change. */
type NameChange = { readonly remove?: string; readonly set?: string; readonly node?: MemoryNode };

class MemoryFolder {
  names = new Map<string, MemoryNode>();
  #durable = new Map<string, MemoryNode>();
  #atRisk: NameChange[] = [];

  change(change: NameChange): void {
    applyChange(this.names, change);
    this.#atRisk.push(change);
  }

  sync(): void {
    this.#durable = new Map(this.names);
    this.#atRisk = [];
  }

  crash(random: Random | undefined): void {
    const kept = random === undefined ? 0 : random.below(this.#atRisk.length + 1);
    for (const change of this.#atRisk.slice(0, kept)) applyChange(this.#durable, change);
    this.names = new Map(this.#durable);
    this.#atRisk = [];
    for (const node of this.names.values()) node.crash(random);
  }
}

function applyChange(names: Map<string, MemoryNode>, change: NameChange): void {
  if (change.remove !== undefined) names.delete(change.remove);
  if (change.set !== undefined && change.node !== undefined) names.set(change.set, change.node);
}

class MemoryFile {
  bytes = new Uint8Array(0);
  size = 0;
  #durable = new Uint8Array(0);
  /** Sectors, by number, that differ from what the last sync made durable. */
  #atRisk = new Set<number>();

  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    this.#reserve(end);
    this.bytes.set(bytes, position);
    this.size = Math.max(this.size, end);
    this.#markAtRisk(position, end);
  }

  truncate(size: number): void {
    this.#reserve(size);
    this.bytes.fill(0, size);
    this.#markAtRisk(Math.min(size, this.size), Math.max(size, this.size));
    this.size = size;
  }

  /** These bytes and the size are safe; what else is at risk in other sectors stays so. */
  writeDurably(bytes: Uint8Array, position: number): void {
    const atRisk = new Set(this.#atRisk);
    this.write(bytes, position);
    if (this.#durable.length !== this.size) {
      const durable = new Uint8Array(this.size);
      durable.set(this.#durable.subarray(0, this.size));
      this.#durable = durable;
    }
    const last = Math.ceil((position + bytes.length) / SECTOR_BYTES);
    for (let sector = Math.floor(position / SECTOR_BYTES); sector < last; sector += 1) {
      copySector(this.bytes, this.#durable, sector);
      atRisk.delete(sector);
    }
    this.#atRisk = atRisk;
  }

  sync(): void {
    if (this.#durable.length === this.size) {
      for (const sector of this.#atRisk) copySector(this.bytes, this.#durable, sector);
    } else {
      this.#durable = this.bytes.slice(0, this.size);
    }
    this.#atRisk.clear();
  }

  crash(random: Random | undefined): void {
    const keepSize = random !== undefined && random.below(2) === 1;
    const after = new Uint8Array(keepSize ? this.size : this.#durable.length);
    after.set(this.#durable.subarray(0, after.length));
    // All, none, or each by the throw of a coin: the two extremes are the likely ones.
    const luck = random === undefined ? 0 : random.below(3);
    for (const sector of [...this.#atRisk].sort((a, b) => a - b)) {
      const kept = luck === 1 || (luck === 2 && random !== undefined && random.below(2) === 1);
      if (kept) copySector(this.bytes, after, sector);
    }
    this.bytes = after;
    this.size = after.length;
    this.#durable = after.slice();
    this.#atRisk.clear();
  }

  #reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(size, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  #markAtRisk(from: number, to: number): void {
    const last = Math.ceil(to / SECTOR_BYTES);
    for (let sector = Math.floor(from / SECTOR_BYTES); sector < last; sector += 1) {
      this.#atRisk.add(sector);
    }
  }
}

function copySector(from: Uint8Array, to: Uint8Array, sector: number): void {
  const start = sector * SECTOR_BYTES;
  const end = Math.min(start + SECTOR_BYTES, from.length, to.length);
  if (end > start) to.set(from.subarray(start, end), start);
}

function openFile(file: MemoryFile, writable: boolean, assertAlive: () => void): DiskFile {
  const assertWritable = (): void => {
    assertAlive();
    if (!writable) throw diskError('EBADF', 'a file opened for reading');
  };
  return {
    size: async () => {
      assertAlive();
      return file.size;
    },
    read: async (into, position) => {
      assertAlive();
      const part = file.bytes.subarray(position, Math.min(position + into.length, file.size));
      into.set(part);
      return part.length;
    },
    write: async (bytes, position) => {
      assertWritable();
      file.write(bytes, position);
    },
    writeDurably: async (bytes, position) => {
      assertWritable();
      file.writeDurably(bytes, position);
    },
    truncate: async (size) => {
      assertWritable();
      file.truncate(size);
    },
    sync: async () => {
      assertAlive();
      file.sync();
    },
    close: async () => {},
  };
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function diskError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
