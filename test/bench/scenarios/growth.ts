import { keyAt, putPath, putRequests, runWrites } from '../keyspace.ts';
import { crowd } from '../load/unary-load.ts';
import { measureLoad } from '../measure.ts';
import { type Figures, type Goal, keysAt, type Scenario, type ServerSpec } from '../scenario.ts';
import type { Target } from '../target.ts';
import { measureRange } from './range.ts';

/**
 * What the number of keys costs. Memory and size on disk are taken right after a restart on the
 * loaded data, so that both servers hold the same history: every key written once.
 */
async function restart(target: Target): Promise<Figures> {
  const restartMs = await target.restart();
  return {
    restartMs,
    anonMib: target.memoryMib('RssAnon'),
    rssMib: target.memoryMib('VmRSS'),
    databaseMib: target.databaseMib(),
  };
}

const memoryGoals: readonly Goal[] = [
  { figure: 'restartMs', max: 0.05 },
  { figure: 'anonMib', max: 0.3 },
  { figure: 'databaseMib', max: 1 },
];

function grown(keys: number, word: string, goals: readonly Goal[]): readonly Scenario[] {
  const server: ServerSpec = { members: 1, keys, isShared: true };
  const common = { server, ...(keys > 1_000_000 ? { pairsMax: 1 } : {}) };
  const title = (what: string): string => `${keys.toLocaleString('en')} keys: ${what}`;
  return [
    { name: `restart-${word}`, title: title('restart'), ...common, goals, run: restart },
    {
      name: `range-${word}`,
      title: title('Range, serializable, 50×20'),
      ...common,
      run: async (target, scale) => {
        const key = keyAt(keysAt(scale, keys) - 17);
        return await measureRange(target, target.endpoint, scale, crowd, {
          key,
          serializable: true,
        });
      },
    },
    {
      name: `put-${word}`,
      title: title('Put 256 B, 50×20'),
      ...common,
      run: async (target, scale) => {
        const requests = putRequests(keysAt(scale, keys));
        return await measureLoad(target, scale, crowd, (n) =>
          runWrites(target, [target.endpoint], putPath, crowd, n, requests),
        );
      },
    },
  ];
}

/** Ten million keys take gigabytes and many minutes: only with BENCH_HUGE=1. */
export const growthScenarios: readonly Scenario[] = [
  ...grown(10_000, '10k', []),
  ...grown(1_000_000, '1m', memoryGoals),
  ...(process.env['BENCH_HUGE'] === '1' ? grown(10_000_000, '10m', []) : []),
];
