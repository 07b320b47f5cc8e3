import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Clock } from '../../base/clock.ts';
import type { LogRotation } from '../config/log-settings.ts';

const bytesPerMegabyte = 1024 * 1024;
const msPerDay = 24 * 3_600_000;
const newFileMode = 0o600;

/**
 * A log file that is set aside before it exceeds its size, under the names that etcd gives:
 *
 *   etcd.log → etcd-2026-11-26T14-51-27.240.log → etcd-2026-11-26T14-51-27.240.log.gz
 *
 * Lines are written synchronously: the ones before a crash are the ones that matter. Clearing up
 * happens beside that, one pass at a time, and what fails there is tried again at the next turn.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #rotation: LogRotation;
  readonly #clock: Clock;
  readonly #bytesMax: number;
  #fd: number;
  #bytes: number;
  #clearing: Promise<void> | undefined;

  /** Throws the system's error when the file cannot be opened. */
  constructor(path: string, rotation: LogRotation, clock: Clock) {
    this.#path = path;
    this.#rotation = rotation;
    this.#clock = clock;
    this.#bytesMax = rotation.megabytesMax * bytesPerMegabyte;
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    this.#fd = openSync(path, 'a', newFileMode);
    this.#bytes = fstatSync(this.#fd).size;
    this.#clearUp();
  }

  /** A disk that is full must not stop the server: lines are lost until there is room again. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#bytesMax) this.#rotate();
    try {
      this.#bytes += writeSync(this.#fd, bytes);
    } catch {
      // Whoever has something to log can do nothing about it.
    }
  }

  /** Resolves when old files are compressed and removed. */
  async cleared(): Promise<void> {
    await this.#clearing;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** A directory that went read-only must not stop the server: the file then goes on growing. */
  #rotate(): void {
    const { mode } = fstatSync(this.#fd);
    let fd: number;
    try {
      renameSync(this.#path, backupPath(this.#path, this.#clock.wallMs(), this.#rotation));
      fd = openSync(this.#path, 'a', mode);
    } catch {
      return;
    }
    closeSync(this.#fd);
    this.#fd = fd;
    this.#bytes = 0;
    this.#clearUp();
  }

  #clearUp(): void {
    const { backupsMax, daysMax, compresses } = this.#rotation;
    if (backupsMax === 0 && daysMax === 0 && !compresses) return;
    const before = this.#clearing ?? Promise.resolve();
    const pass = before
      .then(() => clearBackups(this.#path, this.#rotation, this.#clock.wallMs()))
      .catch(() => {});
    this.#clearing = pass;
  }
}

function backupPath(path: string, wallMs: number, rotation: LogRotation): string {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  return `${stem}-${timestamp(wallMs, rotation.usesLocalTime)}${extension}`;
}

/** `2026-11-26T14-51-27.240`: sorts by time, and is a file name everywhere. */
function timestamp(wallMs: number, isLocal: boolean): string {
  const offsetMs = isLocal ? new Date(wallMs).getTimezoneOffset() * 60_000 : 0;
  return new Date(wallMs - offsetMs).toISOString().slice(0, -1).replaceAll(':', '-');
}

type Backup = { readonly name: string; readonly stamp: string; readonly isCompressed: boolean };

async function clearBackups(path: string, rotation: LogRotation, wallMs: number): Promise<void> {
  const dir = dirname(path);
  const backups = backupsOf(path);
  const newest = [...new Set(backups.map(({ stamp }) => stamp))];
  const counted = rotation.backupsMax > 0 ? newest.slice(0, rotation.backupsMax) : newest;
  const oldest =
    rotation.daysMax > 0
      ? timestamp(wallMs - rotation.daysMax * msPerDay, rotation.usesLocalTime)
      : '';
  const kept = new Set(counted.filter((stamp) => stamp >= oldest));
  for (const { name, stamp, isCompressed } of backups) {
    if (!kept.has(stamp)) rmSync(join(dir, name), { force: true });
    else if (rotation.compresses && !isCompressed) await compress(join(dir, name));
  }
}

/** Newest first. */
function backupsOf(path: string): readonly Backup[] {
  const extension = extname(path);
  const prefix = `${basename(path, extension)}-`;
  const backups: Backup[] = [];
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const isCompressed = name.endsWith(`${extension}.gz`);
    const end = isCompressed ? `${extension}.gz` : extension;
    if (!name.endsWith(end)) continue;
    const stamp = name.slice(prefix.length, name.length - end.length);
    if (/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}$/.test(stamp)) {
      backups.push({ name, stamp, isCompressed });
    }
  }
  return backups.sort((a, b) => (a.stamp > b.stamp ? -1 : a.stamp < b.stamp ? 1 : 0));
}

/** The original goes last: what a crash leaves behind is compressed again. */
async function compress(path: string): Promise<void> {
  const packed = `${path}.gz`;
  const { mode } = statSync(path);
  await pipeline(createReadStream(path), createGzip(), createWriteStream(packed, { mode }));
  rmSync(path);
}
