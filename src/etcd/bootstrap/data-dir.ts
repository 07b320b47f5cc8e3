import { join } from 'node:path';
import type { Disk } from '../io/disk.ts';

/**
 * A member's folder, as etcd lays it out, except that the state is an lmdb folder of ours:
 *
 *   <data-dir>/member/wal/                     the write-ahead log, etcd's format (or --wal-dir)
 *   <data-dir>/member/snap/%016x.snap.db       a database received from a leader, bbolt format
 *   <data-dir>/member/state/%016x/             the state; named by the log index it was made from
 *   <data-dir>/member/state/%016x-%08x/        the same, defragmented so many times
 *
 * The last of these names counts. A new one is filled under `….tmp` and renamed when it is
 * durable, so a crash leaves either the old state or the complete new one.
 */
export class DataDir {
  readonly root: string;
  readonly wal: string;
  readonly snap: string;
  readonly state: string;

  constructor(dataDir: string, walDir: string) {
    this.root = dataDir;
    const member = join(dataDir, 'member');
    this.wal = walDir === '' ? join(member, 'wal') : walDir;
    this.snap = join(member, 'snap');
    this.state = join(member, 'state');
  }

  receivedDatabase(index: number): string {
    return join(this.snap, `${stateFolderName(index)}.snap.db`);
  }

  statePath(index: number): string {
    return join(this.state, stateFolderName(index));
  }

  /** What a restore or import fills is no data until it is whole, and nothing to start beside. */
  async refuseUnfinished(disk: Disk): Promise<void> {
    const staging = join(this.root, stagingName);
    if (!(await disk.exists(staging))) return;
    throw new Error(
      `${staging} is what an unfinished restore or import left: repeat it, or remove that folder ` +
        'to start without its data',
    );
  }

  /** The state to open; the first one is made for index 0. */
  async currentState(disk: Disk): Promise<string> {
    await disk.makeDir(this.state);
    const names = (await disk.list(this.state)).filter((name) => stateName.test(name));
    return join(this.state, names.sort().at(-1) ?? stateFolderName(0));
  }

  /** Removes states that a newer one replaced and everything that was never finished. */
  async removeLeftovers(disk: Disk, current: string): Promise<void> {
    for (const name of await disk.list(this.state)) {
      if (join(this.state, name) !== current) await disk.removeDir(join(this.state, name));
    }
    await this.removeReceived(disk, Number.MAX_SAFE_INTEGER);
    for (const name of await disk.list(this.snap)) {
      if (name.endsWith('.part')) await disk.remove(join(this.snap, name));
    }
  }

  /** Removes received databases up to this index: nobody will ask for them any more. */
  async removeReceived(disk: Disk, index: number): Promise<void> {
    for (const name of await disk.list(this.snap)) {
      const found = receivedName.exec(name);
      if (found !== null && Number.parseInt(found[1] ?? '', 16) <= index) {
        await disk.remove(join(this.snap, name));
      }
    }
  }
}

/** Beside `member`: the same folder while `etcd-ts db` fills it. */
export const stagingName = 'member.tmp';
const stateName = /^[0-9a-f]{16}(-[0-9a-f]{8})?$/;
const receivedName = /^([0-9a-f]{16})\.snap\.db$/;

export function stateFolderName(index: number): string {
  return index.toString(16).padStart(16, '0');
}
