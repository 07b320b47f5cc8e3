import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { limits } from './config/limits.ts';
import type { Disk } from './io/disk.ts';
import { readStorageFacts, type StorageFacts } from './io/storage-facts.ts';
import type { Gauge } from './metrics/instruments.ts';
import {
  cannotKnowFastCommit,
  fileSystemWarnings,
  type StorageWarning,
  SyncTimes,
  slowDiskWarning,
  storageWarningNames,
} from './storage-warnings.ts';

export type StorageWatchOptions = {
  readonly dataDir: string;
  readonly walDir: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly gauge: Gauge<'warning'>;
  readonly readFacts?: (path: string) => Promise<StorageFacts>;
};

/** `.tmp`, so that the log's own start removes what a crash leaves of it. */
const probeName = 'disk-probe.tmp';

/**
 * Warns about storage that a member should not be on: in the log, as a metric, and to whoever asks
 * for `warnings`. Nothing of it keeps a member from starting or serving.
 */
export class StorageWatch {
  readonly #options: StorageWatchOptions;
  readonly #syncs = new SyncTimes(limits.slowDisk);
  readonly #fileSystem: readonly StorageWarning[];
  readonly #stopping = new AbortController();
  #slow: StorageWarning | undefined;
  #notedSinceLook = 0;
  #measuring: Promise<void> = Promise.resolve();

  /** Looks at the file systems; the folder of the data must be there. */
  static async open(options: StorageWatchOptions): Promise<StorageWatch> {
    const { dataDir, walDir, disk, log, readFacts = readStorageFacts } = options;
    const warnings: StorageWarning[] = [];
    const dirs = walDir.startsWith(`${dataDir}/`) ? [dataDir] : [dataDir, walDir];
    for (const dir of dirs) {
      try {
        // A folder for the log may not be there before the first start.
        const facts = await readFacts((await disk.exists(dir)) ? dir : join(dir, '..'));
        warnings.push(...fileSystemWarnings({ ...facts, path: dir }));
        if (cannotKnowFastCommit(facts)) log.info(fastCommitHint, { dir, kernel: facts.kernel });
      } catch (error) {
        log.info('cannot look at the file system of a folder', { dir, error });
      }
    }
    return new StorageWatch(options, warnings);
  }

  private constructor(options: StorageWatchOptions, fileSystem: readonly StorageWarning[]) {
    this.#options = options;
    this.#fileSystem = fileSystem;
    for (const warning of fileSystem) this.#warn(warning);
    this.#setGauge();
  }

  get warnings(): readonly StorageWarning[] {
    return this.#slow === undefined ? this.#fileSystem : [...this.#fileSystem, this.#slow];
  }

  /** For every sync of the log. */
  noteSync(seconds: number): void {
    this.#syncs.note(seconds * 1_000);
    this.#notedSinceLook += 1;
    if (this.#notedSinceLook >= limits.slowDisk.syncsMin) this.#look();
  }

  /**
   * A member that nobody writes to would not learn how slow its disk is, so a few writes as the
   * log's are made beside it, with rests between them. Call it when clients are served.
   */
  measure(): void {
    this.#measuring = this.#measure().catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      this.#options.log.debug('cannot measure the disk', { error });
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#measuring;
  }

  async #measure(): Promise<void> {
    const { disk, walDir, clock } = this.#options;
    const { probeWrites, probeBytes, probeRestMs, probeMsMax } = limits.slowDisk;
    const path = join(walDir, probeName);
    const file = await disk.open(path, 'create');
    try {
      // Room first, as in the log: its writes change no sizes.
      await file.write(new Uint8Array(probeWrites * probeBytes), 0);
      await file.sync();
      const startMs = clock.monotonicMs();
      for (let i = 0; i < probeWrites && clock.monotonicMs() - startMs < probeMsMax; i++) {
        await clock.after(probeRestMs, this.#stopping.signal);
        const beforeMs = clock.monotonicMs();
        await file.writeDurably(new Uint8Array(probeBytes), i * probeBytes);
        this.noteSync((clock.monotonicMs() - beforeMs) / 1_000);
      }
    } finally {
      await file.close();
      await disk.remove(path);
    }
  }

  #look(): void {
    this.#notedSinceLook = 0;
    const { walDir, log } = this.#options;
    const before = this.#slow;
    const median = this.#syncs.medianMs();
    this.#slow = slowDiskWarning(walDir, median, before !== undefined, limits.slowDisk);
    if (this.#slow !== undefined && before === undefined) this.#warn(this.#slow);
    if (this.#slow === undefined && before !== undefined) {
      log.info('the disk is no longer slow', { dir: walDir, 'sync-ms': median });
    }
    this.#setGauge();
  }

  #warn({ name, message }: StorageWarning): void {
    this.#options.log.warn(message, { warning: name });
  }

  #setGauge(): void {
    for (const name of storageWarningNames) {
      const isThere = this.warnings.some((warning) => warning.name === name);
      this.#options.gauge.set({ warning: name }, isThere ? 1 : 0);
    }
  }
}

const fastCommitHint =
  'this kernel can lose synced data on ext4 with fast_commit, and whether the file system has it ' +
  'only root can see: dumpe2fs -h DEVICE | grep fast_commit';
