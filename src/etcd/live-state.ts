import { readFileSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Pace } from '../base/pace.ts';
import { Applier } from './apply/applier.ts';
import { loadState, type State } from './apply/state.ts';
import { exportBuckets, importBuckets } from './apply/state-transfer.ts';
import type { SimpleTokens } from './auth/simple-token.ts';
import { LmdbBackend } from './backend/lmdb-backend.ts';
import { ReplaceableBackend } from './backend/replaceable-backend.ts';
import { WriteBehindBackend } from './backend/write-behind.ts';
import type { DataDir } from './bootstrap/data-dir.ts';
import { limits } from './config/limits.ts';
import type { OpenedDatabase } from './consensus/snapshot-exchange.ts';
import type { AppliedPosition } from './consensus/snapshot-policy.ts';
import { EtcdError } from './errors.ts';
import type { Disk } from './io/disk.ts';
import type { LeaseCheckpoints } from './lease/lessor.ts';
import type { BlockCacheBounds } from './mvcc/block-cache.ts';
import type { HashObserver } from './mvcc/store.ts';
import { openBbolt } from './snap/bbolt-reader.ts';
import { planBboltInTurns, streamBbolt } from './snap/bbolt-writer.ts';
import { hashBucketsInTurns } from './snap/bucket-hash.ts';
import { encodeStoreV2 } from './snap/store-v2.ts';
import type { StateMeter } from './state-meter.ts';

export type OpenState = State & {
  readonly backend: ReplaceableBackend;
  readonly applier: Applier;
};

export type LiveStateOptions = {
  readonly dir: DataDir;
  readonly disk: Disk;
  /** False: nothing waits for the disk, and a power loss may cost everything. */
  readonly isSynced?: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseTtlSecondsMin: number;
  readonly leaseCheckpoints?: LeaseCheckpoints;
  readonly quotaBytes: number | undefined;
  readonly learnersMax: number;
  /** Of the process: they outlive a state that a snapshot replaces. */
  readonly tokens: SimpleTokens;
  readonly meter?: StateMeter;
};

/** The part of a container's memory that lists may be kept in: 12 of 192 MiB. */
const listCacheMemoryShare = 16;

/** Gives sockets and timers their turn in the middle of long work. */
export const yieldToLoop = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/**
 * The state machine of this moment. A snapshot from the leader replaces all of it at once, so
 * nobody keeps a part of it: everybody asks `current`.
 */
export class LiveState {
  readonly #options: LiveStateOptions;
  #memberId = 0n;
  #current: OpenState;
  /** How to close the databases that are being read. */
  readonly #reading = new Set<() => void>();

  static async open(options: LiveStateOptions): Promise<LiveState> {
    const path = await options.dir.currentState(options.disk);
    await options.disk.makeDir(options.dir.snap);
    await options.dir.removeLeftovers(options.disk, path);
    return new LiveState(options, await openState(options, path, 0n));
  }

  private constructor(options: LiveStateOptions, current: OpenState) {
    this.#options = options;
    this.#current = current;
  }

  /**
   * Must be called before anything is applied: which member this is stands in the log, and which
   * part of the log to read follows from this state's position.
   */
  identify(memberId: bigint): void {
    this.#memberId = memberId;
    this.#current = withApplier(this.#current, this.#options, memberId);
  }

  get current(): OpenState {
    return this.#current;
  }

  position(): AppliedPosition {
    const { applier, membership } = this.#current;
    return {
      index: applier.appliedIndex,
      term: applier.appliedTerm,
      confState: membership.confState(),
    };
  }

  /**
   * The state of this moment as a bbolt file. Holds on to old pages until closed. For a client it
   * leaves time to those who write; a member that lags must not get it slower than the log grows.
   */
  async openDatabase(reader: 'member' | 'client' = 'member'): Promise<OpenedDatabase> {
    const { backend, membership, store } = this.#current;
    const position = this.position();
    const storeV2 = encodeStoreV2(
      membership.members(),
      membership.removedIds(),
      membership.clusterVersion,
    );
    const pin = backend.pin();
    const resumeCompaction = store.pauseCompaction();
    const sent = this.#options.meter?.snapshotStarted();
    const { close, assertOpen } = this.#readUntilClosed(() => {
      resumeCompaction();
      pin.close();
      sent?.();
    });
    try {
      const source = exportBuckets(pin);
      const nextTurn = reader === 'client' ? this.#turnsBetweenWrites() : yieldToLoop;
      const plan = await planBboltInTurns(source, nextTurn);
      const chunks = inTurns(streamBbolt(source, plan), nextTurn, assertOpen);
      return { position, storeV2, sizeBytes: plan.sizeBytes, chunks, close };
    } catch (error) {
      close();
      throw error;
    }
  }

  #turnsBetweenWrites(): () => Promise<void> {
    const { clock } = this.#options;
    const { store } = this.#current;
    const writes = (): number => store.currentRevision;
    const pace = new Pace({ clock, yieldToLoop, writes, ...limits.snapshotPace });
    return () => pace.rest();
  }

  /**
   * Of the state of this moment; rejects when it is replaced or closed meanwhile, or when nobody
   * waits any more.
   */
  async hash(signal?: AbortSignal): Promise<{ readonly hash: number; readonly revision: number }> {
    const { backend, store } = this.#current;
    const { clock, meter } = this.#options;
    const startMs = clock.monotonicMs();
    const revision = store.currentRevision;
    const pin = backend.pin();
    const { close, assertOpen } = this.#readUntilClosed(() => pin.close());
    try {
      const hash = await hashBucketsInTurns(exportBuckets(pin), async () => {
        await yieldToLoop();
        assertOpen();
        if (signal?.aborted === true) throw new EtcdError('Canceled');
      });
      meter?.hashedWhole((clock.monotonicMs() - startMs) / 1_000);
      return { hash, revision };
    } finally {
      close();
    }
  }

  /**
   * Makes a received database the state: filled beside the old one, durable, then renamed. A crash
   * before the rename leaves the old state, after it the new one. `replaced` is called while the
   * old one can still be read, for who keeps a part of it after all.
   */
  async replace(index: number, replaced: () => void = () => {}): Promise<AppliedPosition> {
    const { dir, disk } = this.#options;
    const path = dir.statePath(index);
    const filling = `${path}.tmp`;
    await disk.removeDir(filling);
    const backend = await openBackend(this.#options, filling);
    const file = openBbolt(dir.receivedDatabase(index));
    try {
      await importBuckets(backend, file, yieldToLoop);
    } finally {
      file.close();
      await backend.close();
    }
    await disk.rename(filling, path);
    await disk.syncDir(dir.state);
    const old = this.#current;
    this.#current = await openState(this.#options, path, this.#memberId);
    replaced();
    // A compaction of the old state must not go on in files that are about to be closed.
    await old.store.stop();
    this.#endReading();
    await old.backend.close();
    await disk.removeDir(old.backend.dir);
    await dir.removeReceived(disk, index);
    return this.position();
  }

  /**
   * Rejects when the disk has no room for a copy, or the state was replaced or closed meanwhile;
   * nothing is lost then. Old revisions that are being deleted stay until it has ended.
   */
  async defragment(): Promise<void> {
    const { log, meter } = this.#options;
    const { backend, store } = this.#current;
    const before = backend.sizeBytes();
    const resumeCompaction = store.pauseCompaction();
    const ended = meter?.defragmentStarted();
    log.info('starting defragment', { bytes: before });
    try {
      await backend.defragment();
      log.info('finished defragment', { bytes_before: before, bytes: backend.sizeBytes() });
    } catch (error) {
      log.error('failed to defragment', { error });
      throw error;
    } finally {
      ended?.();
      resumeCompaction();
    }
  }

  /** etcd's clearing up at a start: worth its time once that much could be given back. */
  async defragmentAbove(thresholdBytes: number): Promise<void> {
    const { backend } = this.#current;
    const freeBytes = backend.sizeBytes() - backend.sizeInUseBytes();
    if (freeBytes >= thresholdBytes) return await this.defragment();
    this.#options.log.info('Skipping defragmentation', {
      'current-db-size-bytes': backend.sizeBytes(),
      'current-db-size-in-use-bytes': backend.sizeInUseBytes(),
      'bootstrap-defrag-threshold-bytes': thresholdBytes,
    });
  }

  /** A last checkpoint, then the files are closed. What a compaction leaves, the next start resumes. */
  async close(): Promise<void> {
    await this.#current.store.stop();
    this.#endReading();
    await this.#current.backend.close();
  }

  /** `release` runs once: when the reader is done, or earlier when the state goes away. */
  #readUntilClosed(release: () => void): { close: () => void; assertOpen: () => void } {
    let isClosed = false;
    const close = (): void => {
      if (isClosed) return;
      isClosed = true;
      this.#reading.delete(close);
      release();
    };
    this.#reading.add(close);
    const assertOpen = (): void => {
      if (isClosed) throw new Error('the state that was being read has been replaced or closed');
    };
    return { close, assertOpen };
  }

  /** Who reads a database of files that go away is told at the next piece. */
  #endReading(): void {
    for (const close of [...this.#reading]) close();
  }
}

async function openState(
  options: LiveStateOptions,
  path: string,
  memberId: bigint,
): Promise<OpenState> {
  const { leaseTtlSecondsMin, leaseCheckpoints, tokens, learnersMax } = options;
  const { disk, log, clock, meter } = options;
  const open = async (dir: string): Promise<WriteBehindBackend> =>
    new WriteBehindBackend(await openBackend(options, dir), clock);
  const backend = await ReplaceableBackend.open(path, { disk, log, open, yieldToLoop });
  const listCache = listCacheBounds();
  const hashes: HashObserver = {
    made: (seconds) => meter?.hashedHistory(seconds),
    kept: ({ hash, hashRevision, compactRevision }) =>
      log.info('storing new hash', {
        hash,
        revision: hashRevision,
        'compact-revision': compactRevision,
      }),
  };
  const common = { yieldToLoop, clock, tokens, listCache, hashes, learnersMax };
  const leases = leaseCheckpoints === undefined ? {} : { leaseCheckpoints };
  const stateOptions = { leaseTtlSecondsMin, ...leases, ...common, ...meter?.stateOptions };
  const state = { ...loadState(backend, stateOptions), backend };
  return withApplier(state, options, memberId);
}

/** A small container's memory is for other things first. */
function listCacheBounds(): BlockCacheBounds {
  const { listCache } = limits;
  const memoryBytes = process.constrainedMemory();
  const share = Math.floor(memoryBytes / listCacheMemoryShare);
  return memoryBytes > 0 && share < listCache.bytesMax
    ? { ...listCache, bytesMax: share }
    : listCache;
}

function withApplier(
  state: State & { readonly backend: ReplaceableBackend },
  options: LiveStateOptions,
  memberId: bigint,
): OpenState {
  const { quotaBytes } = options;
  return { ...state, applier: new Applier(state, { memberId, quotaBytes }) };
}

function openBackend(options: LiveStateOptions, dir: string): Promise<LmdbBackend> {
  const { disk, log, meter, isSynced = true } = options;
  const commitMeter = meter?.commits;
  return LmdbBackend.open({ dir, disk, bootId: bootId(), log, isSynced, commitMeter });
}

/** Changes whenever the machine started anew, so whenever unsynced pages may be lost. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Without it every start counts as one after a power loss: slower, never wrong.
    return `unknown-${process.pid}-${Date.now()}`;
  }
}

async function* inTurns(
  pieces: Iterable<Uint8Array>,
  nextTurn: () => Promise<void>,
  assertOpen: () => void,
): AsyncGenerator<Uint8Array> {
  assertOpen();
  for (const piece of pieces) {
    yield piece;
    await nextTurn();
    assertOpen();
  }
}
