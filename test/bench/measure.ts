import type { LoadResult, Shape } from './load/unary-load.ts';
import type { Figures, Scale } from './scenario.ts';
import type { Target } from './target.ts';

/** Runs `n` requests and tells how it went. */
export type Load = (n: number) => Promise<LoadResult>;

/**
 * Warms up (compiled code, open files, a filled page cache) with ever more requests, learns from
 * that how many fill the time, and measures so many. The warm-up takes half the time for each
 * member: young processes share the processors with the compiler of their hot code.
 */
export async function measureLoad(
  target: Target,
  scale: Scale,
  shape: Shape,
  load: Load,
): Promise<Figures> {
  // Every slot makes a few calls at least, or the figures would be those of a start.
  const least = 5 * shape.connections * shape.streams;
  let count = least;
  let warm = await load(count);
  let warmSeconds = warm.seconds;
  while (warmSeconds < (scale.seconds / 2) * target.members.length) {
    const factor = Math.min(8, scale.seconds / 4 / warm.seconds);
    count = Math.max(least, Math.ceil(count * factor));
    warm = await load(count);
    warmSeconds += warm.seconds;
  }
  const total = Math.max(least, Math.round((warm.requests / warm.seconds) * scale.seconds));
  return await measureOnce(target, () => load(total));
}

/** One load, with the members' CPU time and memory. */
export async function measureOnce(
  target: Target,
  load: () => Promise<LoadResult>,
): Promise<Figures> {
  const cpuBefore = target.cpuSeconds();
  const { requests, seconds, latencies } = await load();
  return {
    perSecond: requests / seconds,
    p50Ms: latencies.percentile(0.5),
    p99Ms: latencies.percentile(0.99),
    cpuMicros: ((target.cpuSeconds() - cpuBefore) * 1e6) / requests,
    rssMib: target.memoryMib('VmRSS'),
  };
}
