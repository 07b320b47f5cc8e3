import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitToContainer, readContainerLimits } from './container-limits.ts';

const MIB = 1024 * 1024;
const files =
  (content: Record<string, string>) =>
  (path: string): string | undefined =>
    content[path];

test('cgroup v2 limits are read', () => {
  const limits = readContainerLimits(
    files({
      '/sys/fs/cgroup/memory.max': `${512 * MIB}\n`,
      '/sys/fs/cgroup/cpu.max': '50000 100000\n',
    }),
  );
  assert.deepEqual(limits, { memoryBytes: 512 * MIB, cpus: 0.5 });
});

test('cgroup v2 without limits says max', () => {
  const limits = readContainerLimits(
    files({
      '/sys/fs/cgroup/memory.max': 'max\n',
      '/sys/fs/cgroup/cpu.max': 'max 100000\n',
    }),
  );
  assert.deepEqual(limits, { memoryBytes: undefined, cpus: undefined });
});

test('cgroup v1 limits are read, and its huge numbers mean none', () => {
  const v1 = (memory: string, quota: string) =>
    readContainerLimits(
      files({
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': memory,
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': quota,
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
      }),
    );
  assert.deepEqual(v1(`${256 * MIB}`, '200000'), { memoryBytes: 256 * MIB, cpus: 2 });
  assert.deepEqual(v1('9223372036854771712', '-1'), { memoryBytes: undefined, cpus: undefined });
});

test('too little memory is refused with what to do', () => {
  const fit = fitToContainer({ memoryBytes: 64 * MIB, cpus: undefined });
  assert.equal(fit.complaint?.kind, 'refuse');
  assert.match(fit.complaint?.message ?? '', /64 MiB.*at least 96 MiB.*resources\.limits\.memory/);
});

test('tight memory is warned about and enough memory is not', () => {
  assert.equal(fitToContainer({ memoryBytes: 128 * MIB, cpus: 1 }).complaint?.kind, 'warn');
  assert.equal(fitToContainer({ memoryBytes: 256 * MIB, cpus: 1 }).complaint, undefined);
  assert.equal(fitToContainer({ memoryBytes: 256 * MIB, cpus: 1 }).heapBytes, 128 * MIB);
});

test('threads follow the cores within bounds', () => {
  const threads = (cpus: number | undefined): number =>
    fitToContainer({ memoryBytes: undefined, cpus }).threads;
  assert.deepEqual([0.5, 2, 3.5, 64, undefined].map(threads), [2, 2, 4, 4, 4]);
});
