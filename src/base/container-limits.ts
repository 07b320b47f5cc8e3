import { setFlagsFromString } from 'node:v8';

/** What the container may use; undefined where nothing limits it. */
export type ContainerLimits = {
  readonly memoryBytes: number | undefined;
  /** Whole and broken cores, such as 0.5. */
  readonly cpus: number | undefined;
};

const MIB = 1024 * 1024;
/** Below this a member cannot start, or the kernel would kill it in the middle of its work. */
const MEMORY_TOO_SMALL_BYTES = 96 * MIB;
/** Below this it runs, but a large Range or a snapshot can exhaust it. */
const MEMORY_TIGHT_BYTES = 192 * MIB;
/** Share of the memory for JavaScript objects; the rest is for buffers, lmdb's pages and the program. */
const HEAP_SHARE = 0.5;
/** Values at and above this in cgroup v1 mean "no limit". */
const V1_UNLIMITED = 2 ** 62;
/** File writes and syncs run on these threads; more than a few only compete for the same disk. */
const THREADS = { fewest: 2, most: 4 };

/**
 * Reads the limits of cgroup v2, else of v1. `read` returns a file's content or undefined; paths
 * are the ones that a container sees.
 */
export function readContainerLimits(read: (path: string) => string | undefined): ContainerLimits {
  const v2Memory = read('/sys/fs/cgroup/memory.max');
  const v2Cpu = read('/sys/fs/cgroup/cpu.max');
  if (v2Memory !== undefined || v2Cpu !== undefined) {
    const [quota, period] = (v2Cpu ?? 'max').trim().split(/\s+/);
    return { memoryBytes: positive(v2Memory), cpus: ratio(positive(quota), positive(period)) };
  }
  const memory = positive(read('/sys/fs/cgroup/memory/memory.limit_in_bytes'));
  const quota = positive(read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'));
  const period = positive(read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'));
  return {
    memoryBytes: memory !== undefined && memory < V1_UNLIMITED ? memory : undefined,
    cpus: ratio(quota, period),
  };
}

export type ContainerFit = {
  readonly heapBytes: number | undefined;
  readonly threads: number;
  /** A sentence for the log, with what to do; `refuse` when the program should not start. */
  readonly complaint: { readonly kind: 'refuse' | 'warn'; readonly message: string } | undefined;
};

export function fitToContainer(limits: ContainerLimits): ContainerFit {
  const cpus = Math.ceil(limits.cpus ?? THREADS.most);
  const threads = Math.min(Math.max(cpus, THREADS.fewest), THREADS.most);
  const { memoryBytes } = limits;
  if (memoryBytes === undefined) return { heapBytes: undefined, threads, complaint: undefined };
  const heapBytes = Math.floor(memoryBytes * HEAP_SHARE);
  const has = `the container's memory limit is ${Math.floor(memoryBytes / MIB)} MiB`;
  if (memoryBytes < MEMORY_TOO_SMALL_BYTES) {
    const needs = `a member needs at least ${MEMORY_TOO_SMALL_BYTES / MIB} MiB`;
    const message = `${has}, ${needs}: raise resources.limits.memory`;
    return { heapBytes, threads, complaint: { kind: 'refuse', message } };
  }
  if (memoryBytes < MEMORY_TIGHT_BYTES) {
    const advice = `${MEMORY_TIGHT_BYTES / MIB} MiB and more leave room for large answers and snapshots`;
    return { heapBytes, threads, complaint: { kind: 'warn', message: `${has}: ${advice}` } };
  }
  return { heapBytes, threads, complaint: undefined };
}

/** Takes effect only before the heap has grown and before the first file operation on a thread. */
export function applyContainerFit(fit: ContainerFit, environment: NodeJS.ProcessEnv): void {
  environment['UV_THREADPOOL_SIZE'] ??= String(fit.threads);
  if (fit.heapBytes === undefined) return;
  setFlagsFromString(`--max-old-space-size=${Math.floor(fit.heapBytes / MIB)}`);
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text?.trim() ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  return quota === undefined || period === undefined ? undefined : quota / period;
}
