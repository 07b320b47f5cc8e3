/**
 * The file system as the server needs it: small enough to be played in memory, where a test can
 * cut the power between any two calls.
 *
 * Promises of every implementation: nothing blocks the event loop; a resolved `write` is visible
 * to later reads of this process but survives a power loss only after `sync` of the file, a
 * resolved `writeDurably` survives it at once; a name that was made, renamed or removed survives it
 * only after `syncDir` of its folder.
 */
export interface Disk {
  /** Names in a folder, sorted. A folder that does not exist is an error. */
  list(dir: string): Promise<readonly string[]>;
  exists(path: string): Promise<boolean>;
  /** Makes the folder and its parents, mode 0700. Existing is fine. */
  makeDir(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. Missing is fine. */
  remove(path: string): Promise<void>;
  /** Removes a folder and what is in it. Missing is fine. */
  removeDir(path: string): Promise<void>;
  syncDir(path: string): Promise<void>;
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /**
   * Takes the path for this process alone, or throws `DiskLockedError` at once. The kernel gives
   * it back when the process ends, however it ends: there is no stale lock to clean up.
   */
  lock(path: string): Promise<DiskLock>;
}

/**
 * `read`: must exist. `write`: must exist; read and write. `create`: made or emptied, mode 0600.
 */
export type OpenMode = 'read' | 'write' | 'create';

/** An open file. It stays the same file when its name or its folder is renamed. */
export interface DiskFile {
  size(): Promise<number>;
  /** Fills as much of `into` as the file has from `position`; returns how much. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes all of `bytes`, which the caller leaves unchanged until the promise settles. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /**
   * As `write` and then `sync`, in one trip, but only for these bytes: what an earlier `write` left
   * in the cache is still at risk.
   */
  writeDurably(bytes: Uint8Array, position: number): Promise<void>;
  truncate(size: number): Promise<void>;
  /** fdatasync: contents and size. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface DiskLock {
  release(): Promise<void>;
}

export class DiskLockedError extends Error {
  override readonly name = 'DiskLockedError';

  constructor(path: string, options?: ErrorOptions) {
    super(`${path} is locked: another process is using this data`, options);
  }
}

/** Reads a whole file. */
export async function readWholeFile(disk: Disk, path: string): Promise<Uint8Array> {
  const file = await disk.open(path, 'read');
  try {
    const bytes = new Uint8Array(await file.size());
    const count = await file.read(bytes, 0);
    return bytes.subarray(0, count);
  } finally {
    await file.close();
  }
}

/**
 * Puts a file in place whole or not at all: written and synced under another name, then renamed,
 * then the folder synced. A crash leaves the old file, or the new one, and at most `path.tmp`.
 */
export async function replaceFile(
  disk: Disk,
  dir: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const temporary = `${dir}/${name}.tmp`;
  const file = await disk.open(temporary, 'create');
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(temporary, `${dir}/${name}`);
  await disk.syncDir(dir);
}
