import type { StorageFacts } from './io/storage-facts.ts';

/** Also the values of the metric's label `warning`. */
export const storageWarningNames = [
  'ext4-fast-commit',
  'network-file-system',
  'container-layer',
  'memory',
  'slow-disk',
] as const;

export type StorageWarningName = (typeof storageWarningNames)[number];

/** A reason to move or change the storage of a member that serves all the same. */
export type StorageWarning = {
  readonly name: StorageWarningName;
  readonly path: string;
  /** What is so, what follows from it, and what to do. */
  readonly message: string;
};

/** Kept by servers, or by the host of a virtual machine. Every `fuse.…` counts too. */
const remoteFileSystems = new Set(
  (
    '9p afs beegfs ceph cifs coda davfs drvfs fuse gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ' +
    'ocfs2 orangefs pvfs2 smb3 smbfs vboxsf virtiofs vmhgfs'
  ).split(' '),
);
const layeredFileSystems = new Set(['aufs', 'overlay', 'overlayfs']);
const memoryFileSystems = new Set(['ramfs', 'tmpfs']);

/** What the file system below one folder is a reason for. */
export function fileSystemWarnings(facts: StorageFacts): readonly StorageWarning[] {
  const { path, fileSystem, source } = facts;
  const found = (name: StorageWarningName, message: string): StorageWarning[] => [
    { name, path, message },
  ];
  if (layeredFileSystems.has(fileSystem)) {
    return found(
      'container-layer',
      `${path} is in the writable layer of a container (${fileSystem}): it goes away with the ` +
        'container; mount a volume there',
    );
  }
  if (memoryFileSystems.has(fileSystem)) {
    return found(
      'memory',
      `${path} is in memory (${fileSystem}): it goes away with the machine or pod; use a disk, ` +
        'unless the other members are meant to bring this one back',
    );
  }
  if (remoteFileSystems.has(fileSystem) || fileSystem.startsWith('fuse.')) {
    return found(
      'network-file-system',
      `${path} is on ${fileSystem} (${source}): locks and syncs may not hold there, and the log ` +
        'waits for the network; use a local disk or a block device',
    );
  }
  if (hasFastCommitProblem(facts)) {
    return found(
      'ext4-fast-commit',
      `${path} is on ext4 with fast_commit under kernel ${facts.kernel}, which can lose synced ` +
        'data in a power loss; update the kernel to 5.10.94, 5.15.27, 5.17 or newer, or run ' +
        `tune2fs -O ^fast_commit ${source} while it is not mounted`,
    );
  }
  return [];
}

/** For the log: nobody but root could say whether the problem is there. */
export function cannotKnowFastCommit(facts: StorageFacts): boolean {
  return facts.fastCommit === 'unknown' && hasFastCommitBugs(facts.kernel);
}

function hasFastCommitProblem(facts: StorageFacts): boolean {
  return facts.fastCommit === 'on' && hasFastCommitBugs(facts.kernel);
}

/**
 * Fast commits came with 5.10. Two faults let fdatasync return before the file's size was durable;
 * both are repaired in 5.10.94, 5.15.27 and 5.17 (bbolt's issue 562), not in the series between.
 */
function hasFastCommitBugs(kernel: string): boolean {
  const [, majorText, minorText, patchText = '0'] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(kernel) ?? [];
  if (majorText === undefined || Number(majorText) !== 5) return false;
  const minor = Number(minorText);
  const patch = Number(patchText);
  if (minor < 10 || minor >= 17) return false;
  if (minor === 10) return patch < 94;
  if (minor === 15) return patch < 27;
  return true;
}

/** A disk counts as slow by the middle one of its last syncs, so that single late ones do not. */
export type SlowDiskBounds = {
  readonly syncsKept: number;
  /** Fewer say nothing. */
  readonly syncsMin: number;
  /** From here on it is slow … */
  readonly slowMs: number;
  /** … until it is below this. */
  readonly fineMs: number;
};

/** The last syncs of the log. */
export class SyncTimes {
  readonly #bounds: SlowDiskBounds;
  readonly #ms: number[] = [];
  #next = 0;

  constructor(bounds: SlowDiskBounds) {
    this.#bounds = bounds;
  }

  note(ms: number): void {
    this.#ms[this.#next] = ms;
    this.#next = (this.#next + 1) % this.#bounds.syncsKept;
  }

  /** undefined: too few to say. */
  medianMs(): number | undefined {
    if (this.#ms.length < this.#bounds.syncsMin) return undefined;
    const sorted = [...this.#ms].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }
}

/** `before`: whether the disk counted as slow until now. */
export function slowDiskWarning(
  path: string,
  medianMs: number | undefined,
  before: boolean,
  { slowMs, fineMs }: SlowDiskBounds,
): StorageWarning | undefined {
  if (medianMs === undefined || medianMs < (before ? fineMs : slowMs)) return undefined;
  const message =
    `${path} is on a slow disk: a sync takes ${medianMs.toFixed(0)} ms, and every write waits ` +
    `for one; ${slowMs} ms is too much. Give the log a disk of its own (--wal-dir), or a faster one`;
  return { name: 'slow-disk', path, message };
}
