import type { Log } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import type { Disk } from '../io/disk.ts';
import type { Backend, PinnedRead, ReadTxn, WriteTxn } from './backend.ts';
import { WriteJournal } from './write-journal.ts';

/** A backend in a folder of its own that can write itself anew. */
export interface FileBackend extends Backend {
  /**
   * Writes the newest committed state, without free pages, into another folder, from which `open`
   * then opens it. Writes and reads go on meanwhile. Rejects when there is no room; what is in the
   * folder then is worth nothing.
   */
  copyTo(dir: string): Promise<void>;
}

export type ReplaceableOptions = {
  readonly disk: Disk;
  readonly log: Log;
  readonly open: (dir: string) => Promise<FileBackend>;
  readonly yieldToLoop: () => Promise<void>;
  readonly journalBytesMax?: number;
};

/** A backend with its folder; a replaced one stays while somebody reads it. */
type Opened = { readonly backend: FileBackend; readonly dir: string; pins: number };

const stopping = 'the store was closed while it was defragmented';

/**
 * A backend whose file can be replaced by a smaller copy of itself while it is read and written.
 * Nobody above notices: what was pinned before stays readable, and all that is written goes into
 * both. The steps and what a crash in each of them leaves: docs/adr/0012-defragmentation.md.
 */
export class ReplaceableBackend implements Backend {
  readonly #options: ReplaceableOptions;
  #live: Opened;
  readonly #replaced = new Set<Opened>();
  readonly #closingReplaced = new Set<Promise<void>>();
  #journal: WriteJournal | undefined;
  #defragmenting: Promise<void> | undefined;
  /** Checkpoints wait for it: the copy that takes over is not to be older than one of them. */
  #swapping: Promise<void> | undefined;
  readonly #checkpoints = new Set<Promise<void>>();
  #isClosing = false;
  #failure: Error | undefined;

  static async open(dir: string, options: ReplaceableOptions): Promise<ReplaceableBackend> {
    return new ReplaceableBackend(dir, await options.open(dir), options);
  }

  private constructor(dir: string, backend: FileBackend, options: ReplaceableOptions) {
    this.#options = options;
    this.#live = { backend, dir, pins: 0 };
  }

  /** The folder in use. */
  get dir(): string {
    return this.#live.dir;
  }

  read<T>(fn: (txn: ReadTxn) => T): T {
    return this.#live.backend.read(fn);
  }

  /** For metrics: views that somebody holds. */
  get pinCount(): number {
    let count = this.#live.pins;
    for (const { pins } of this.#replaced) count += pins;
    return count;
  }

  pin(): PinnedRead {
    const opened = this.#live;
    const pin = opened.backend.pin();
    opened.pins += 1;
    return new CountedPin(pin, () => {
      opened.pins -= 1;
      this.#closeUnread(opened);
    });
  }

  write<T>(fn: (txn: WriteTxn) => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    const journal = this.#journal;
    if (journal === undefined) return this.#live.backend.write(fn);
    return this.#live.backend.write((txn) => fn(journal.recording(txn)));
  }

  room(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#live.backend.room();
  }

  async drain(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await this.#live.backend.drain();
  }

  async checkpoint(): Promise<void> {
    while (this.#swapping !== undefined) await this.#swapping;
    if (this.#failure !== undefined) throw this.#failure;
    const running = this.#live.backend.checkpoint();
    this.#checkpoints.add(running);
    try {
      await running;
    } finally {
      this.#checkpoints.delete(running);
    }
  }

  sizeBytes(): number {
    return this.#live.backend.sizeBytes();
  }

  sizeInUseBytes(): number {
    return this.#live.backend.sizeInUseBytes();
  }

  growthSinceCheckpointBytes(): number {
    return this.#live.backend.growthSinceCheckpointBytes();
  }

  /** Ends a defragmentation, which then rejects; waits for a copy that is being written. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#defragmenting?.catch(() => {});
    await Promise.all(this.#closingReplaced);
    const unclosed = [...this.#replaced];
    this.#replaced.clear();
    for (const opened of unclosed) await this.#discard(opened);
    await this.#live.backend.close();
  }

  /**
   * Makes the file as small as its contents and resolves when the new one is in use and durable.
   * When it rejects nothing has changed. Calls made while one runs share it.
   */
  defragment(): Promise<void> {
    this.#defragmenting ??= this.#defragment().finally(() => {
      this.#defragmenting = undefined;
    });
    return this.#defragmenting;
  }

  async #defragment(): Promise<void> {
    this.#assertGoingOn();
    const { disk } = this.#options;
    const old = this.#live;
    const dir = defragmentedDir(old.dir);
    const filling = `${dir}.tmp`;
    const journal = new WriteJournal(
      this.#options.journalBytesMax ?? limits.defragmentJournalBytesMax,
    );
    this.#journal = journal;
    try {
      // What was written before the journal began is in the file after this.
      await this.checkpoint();
      await disk.removeDir(filling);
      await old.backend.copyTo(filling);
      const copy = await this.#options.open(filling);
      await this.#following(copy, async () => {
        await this.#catchUp(copy, journal);
        // Most of the copy reaches the disk here, where nobody waits for it.
        await copy.checkpoint();
      });
      await this.#swapTo(copy, filling, dir, journal);
    } catch (error) {
      if (this.#failure === undefined) await disk.removeDir(filling);
      throw error;
    } finally {
      this.#journal = undefined;
    }
    this.#replaced.add(old);
    this.#closeUnread(old);
  }

  /** Nobody waits for any of it except checkpoints. */
  async #swapTo(
    copy: FileBackend,
    filling: string,
    dir: string,
    journal: WriteJournal,
  ): Promise<void> {
    const { disk, open } = this.#options;
    const release = this.#holdCheckpoints();
    try {
      await this.#following(copy, async () => {
        await Promise.allSettled(this.#checkpoints);
        await this.#catchUp(copy, journal);
      });
      // Durable, and not older than any checkpoint of the old file, so the log reaches back to it.
      await copy.close();
      await disk.rename(filling, dir);
      try {
        await disk.syncDir(parentOf(dir));
        const renamed = await open(dir);
        const takeOver = (): void => {
          this.#live = { backend: renamed, dir, pins: 0 };
        };
        await this.#following(renamed, () => this.#catchUp(renamed, journal, takeOver));
      } catch (error) {
        await this.#takeBack(dir, filling, error);
        throw error;
      }
    } finally {
      release();
    }
  }

  /** The next start would open the copy, and it no longer follows what is written. */
  async #takeBack(dir: string, filling: string, cause: unknown): Promise<void> {
    const { disk } = this.#options;
    try {
      await disk.rename(dir, filling);
      await disk.syncDir(parentOf(dir));
    } catch (error) {
      const causes = new AggregateError([cause, error]);
      this.#failure = new Error(`cannot take back the defragmented ${dir}`, { cause: causes });
      throw this.#failure;
    }
  }

  /** Closes the copy when `work` fails. */
  async #following(copy: FileBackend, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await copy.close().catch(() => {});
      throw error;
    }
  }

  /**
   * A step takes more keys than were written since the last one, so this ends however fast writes
   * come. `caughtUp` runs before anything else can be written.
   */
  async #catchUp(
    copy: FileBackend,
    journal: WriteJournal,
    caughtUp: () => void = () => {},
  ): Promise<void> {
    journal.takeRecorded();
    for (;;) {
      this.#assertGoingOn();
      if (journal.isFull) {
        throw new Error('too many keys were written while the store was defragmented, try again');
      }
      const keys = limits.defragmentKeysPerTurn + 2 * journal.takeRecorded();
      const isMore = this.#live.backend.read((live) =>
        copy.write((txn) => journal.copySome(live, txn, keys)),
      );
      if (!isMore) return caughtUp();
      await copy.room();
      await this.#options.yieldToLoop();
    }
  }

  #holdCheckpoints(): () => void {
    let release = (): void => {};
    this.#swapping = new Promise((resolve) => {
      release = () => {
        this.#swapping = undefined;
        resolve();
      };
    });
    return release;
  }

  #assertGoingOn(): void {
    if (this.#isClosing) throw new Error(stopping);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #closeUnread(opened: Opened): void {
    if (opened.pins > 0 || !this.#replaced.delete(opened)) return;
    const closing = this.#discard(opened).finally(() => this.#closingReplaced.delete(closing));
    this.#closingReplaced.add(closing);
  }

  /** Whatever remains is removed by the next start. */
  async #discard({ backend, dir }: Opened): Promise<void> {
    try {
      await backend.close();
      await this.#options.disk.removeDir(dir);
    } catch (error) {
      this.#options.log.warn('failed to remove a store that was replaced', { dir, error });
    }
  }
}

class CountedPin implements PinnedRead {
  readonly #pin: PinnedRead;
  readonly #onClose: () => void;

  constructor(pin: PinnedRead, onClose: () => void) {
    this.#pin = pin;
    this.#onClose = onClose;
  }

  get: PinnedRead['get'] = (bucket, key) => this.#pin.get(bucket, key);
  find: PinnedRead['find'] = (bucket, key, place) => this.#pin.find(bucket, key, place);
  range: PinnedRead['range'] = (bucket, from, to, options) =>
    this.#pin.range(bucket, from, to, options);
  count: PinnedRead['count'] = (bucket, from, to) => this.#pin.count(bucket, from, to);

  close(): void {
    this.#pin.close();
    this.#onClose();
  }
}

/**
 * Sorts after the folder it was made from and before one with a higher index:
 * `…0000` < `…0000-00000001` < `…0000-00000002` < `…0001`.
 */
function defragmentedDir(dir: string): string {
  const [, origin, count] = /^(.*?)(?:-([0-9a-f]{8}))?$/.exec(dir) ?? [];
  const next = Number.parseInt(count ?? '0', 16) + 1;
  return `${origin}-${next.toString(16).padStart(8, '0')}`;
}

function parentOf(dir: string): string {
  return dir.slice(0, dir.lastIndexOf('/'));
}
