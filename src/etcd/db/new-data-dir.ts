import { dirname, join, resolve } from 'node:path';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { stagingName, stateFolderName } from '../bootstrap/data-dir.ts';
import {
  type Disk,
  type DiskLock,
  DiskLockedError,
  readWholeFile,
  replaceFile,
} from '../io/disk.ts';
import { DbRefusal } from './command.ts';

/** In the staging folder: the log's folder, when that is elsewhere and has been put in its place. */
const madeWalName = 'made-wal-dir';

/**
 * A data directory in the making. Everything is filled and synced in `member.tmp`, which becomes
 * `member` in the end:
 *
 *   begin ─► member.tmp/{lock, state/…, wal/} ─► (a log elsewhere: its folder) ─► member
 *
 * A kill before the last step leaves `member.tmp`, which no member takes for data (a start refuses
 * it) and which the next attempt empties, together with a log elsewhere that it had made.
 */
export class NewDataDir {
  readonly #disk: Disk;
  readonly #root: string;
  /** Undefined: below the data directory. */
  readonly #walDir: string | undefined;
  readonly #lock: DiskLock;
  /** Folders made for this, whose names must reach the disk too. */
  readonly #made: readonly string[];

  /** Refuses a folder that holds anything, in etcdutl's words. */
  static async begin(disk: Disk, dataDir: string, walDir: string): Promise<NewDataDir> {
    const root = resolve(dataDir);
    const standardWal = join(root, 'member', 'wal');
    const wal = walDir === '' || resolve(walDir) === standardWal ? undefined : resolve(walDir);
    if (wal !== undefined && isBelow(wal, join(root, 'member'), join(root, stagingName))) {
      throw new DbRefusal(`wal-dir ${JSON.stringify(walDir)} is within the data directory's own`);
    }
    const ours = wal === undefined ? [] : [wal, stagingOf(wal), `${stagingOf(wal)}.lock`];
    if (await disk.exists(root)) await refuseContents(disk, root, dataDir, ours);
    const made = await missingFolders(disk, root);
    const staging = join(root, stagingName);
    await disk.makeDir(staging);
    const lock = await lockStaging(disk, staging, dataDir);
    const dir = new NewDataDir({ disk, root, wal, lock, made });
    try {
      await dir.#emptyStaging();
      if (wal !== undefined && (await disk.exists(wal))) {
        throw new DbRefusal(`wal-dir ${JSON.stringify(walDir)} exists`);
      }
    } catch (error) {
      await dir.abandon();
      throw error;
    }
    return dir;
  }

  private constructor(parts: {
    readonly disk: Disk;
    readonly root: string;
    readonly wal: string | undefined;
    readonly lock: DiskLock;
    readonly made: readonly string[];
  }) {
    this.#disk = parts.disk;
    this.#root = parts.root;
    this.#walDir = parts.wal;
    this.#lock = parts.lock;
    this.#made = parts.made;
  }

  get #staging(): string {
    return join(this.#root, stagingName);
  }

  /** Where the state is to be filled that was made from this log index. */
  statePath(index: number): string {
    return join(this.#staging, 'state', stateFolderName(index));
  }

  /** Where the log is to be made. */
  get walPath(): string {
    return this.#walDir === undefined ? join(this.#staging, 'wal') : stagingOf(this.#walDir);
  }

  /** State and log are closed and durable. After it resolves the directory survives a power loss. */
  async finish(): Promise<void> {
    const disk = this.#disk;
    const staging = this.#staging;
    await disk.makeDir(join(staging, 'snap'));
    await disk.syncDir(join(staging, 'state'));
    if (this.#walDir !== undefined) await this.#placeWal(this.#walDir);
    await disk.syncDir(staging);
    await disk.rename(staging, join(this.#root, 'member'));
    await this.#syncNames();
    await disk.remove(join(this.#root, 'member', madeWalName));
    await this.#lock.release();
  }

  /** Takes back what was made. */
  async abandon(): Promise<void> {
    const disk = this.#disk;
    await this.#removeWal();
    await this.#lock.release();
    await disk.removeDir(this.#staging);
    for (const folder of this.#made) {
      if ((await disk.list(folder)).length > 0) return;
      await disk.removeDir(folder);
    }
  }

  /** The data directory, what is directly in it, and its parents as far as they are new. */
  async #syncNames(): Promise<void> {
    await this.#disk.syncDir(this.#root);
    for (const folder of this.#made) await this.#disk.syncDir(dirname(folder));
  }

  /** The note comes first: whoever finds it knows that the log is one of an unfinished directory. */
  async #placeWal(walDir: string): Promise<void> {
    const disk = this.#disk;
    await replaceFile(disk, this.#staging, madeWalName, utf8Bytes(walDir));
    await this.#syncNames();
    await disk.rename(this.walPath, walDir);
    await disk.remove(`${this.walPath}.lock`);
    await disk.syncDir(dirname(walDir));
  }

  /** Removes what a killed attempt left, except for the lock that is held. */
  async #emptyStaging(): Promise<void> {
    await this.#removeWal();
    for (const name of await this.#disk.list(this.#staging)) {
      if (name !== 'lock') await this.#disk.removeDir(join(this.#staging, name));
    }
  }

  async #removeWal(): Promise<void> {
    const disk = this.#disk;
    if (this.#walDir === undefined) return;
    await disk.removeDir(this.walPath);
    await disk.remove(`${this.walPath}.lock`);
    const note = join(this.#staging, madeWalName);
    if (!(await disk.exists(note))) return;
    if (utf8Text(await readWholeFile(disk, note)) === this.#walDir) {
      await disk.removeDir(this.#walDir);
      // The note may go only when the log is gone for good.
      await disk.syncDir(dirname(this.#walDir));
    }
  }
}

function stagingOf(walDir: string): string {
  return `${walDir}.${stagingName}`;
}

function isBelow(path: string, ...folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** `ours`: what a killed attempt may have left of a log directly in the data directory. */
async function refuseContents(
  disk: Disk,
  root: string,
  dataDir: string,
  ours: readonly string[],
): Promise<void> {
  const names = await disk.list(root).catch(() => undefined);
  const isOurs = (name: string): boolean => name === stagingName || ours.includes(join(root, name));
  if (names?.every(isOurs) === true) return;
  throw new DbRefusal(`data-dir ${JSON.stringify(dataDir)} not empty or could not be read`);
}

async function lockStaging(disk: Disk, staging: string, dataDir: string): Promise<DiskLock> {
  try {
    return await disk.lock(join(staging, 'lock'));
  } catch (cause) {
    if (!(cause instanceof DiskLockedError)) throw cause;
    throw new DbRefusal(`another restore or import is filling ${dataDir}`);
  }
}

/** The folder and its parents that are not there yet, innermost first. */
async function missingFolders(disk: Disk, root: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let at = root; !(await disk.exists(at)); at = dirname(at)) missing.push(at);
  return missing;
}
