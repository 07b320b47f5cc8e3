import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { peerProgram } from '../../support/peers.ts';
import { measureOnce } from '../measure.ts';
import type { Figures, Scale } from '../scenario.ts';
import type { Target } from '../target.ts';
import { Latencies } from './latencies.ts';

const run = promisify(execFile);

/** Below it the tool leaves out the 99th percentile of the mixed load's puts. */
const leastTotal = 2_500;

/** One report of the tool; txn-mixed prints two, of reads and of writes. */
type Report = { requests: number; perSecond: number; p50Ms: number; p99Ms: number };

/** Runs etcd's own benchmark tool; it ends with a report of errors unless all answers were good. */
export async function measureTool(
  target: Target,
  scale: Scale,
  args: readonly string[],
): Promise<Figures> {
  const benchmark = async (total: number): Promise<readonly Report[]> => {
    const all = [`--endpoints=${target.endpoint}`, '--precise', ...args, `--total=${total}`];
    const { stdout } = await run(peerProgram('benchmark'), all, { maxBuffer: 64 * 1024 * 1024 });
    return parseReports(stdout, total);
  };
  let warm: readonly Report[] = await benchmark(1_000);
  warm = await benchmark(Math.ceil(rate(warm) * scale.seconds * 0.25));
  const total = Math.max(leastTotal, Math.ceil(rate(warm) * scale.seconds));
  let figures: readonly Report[] = [];
  const measured = await measureOnce(target, async () => {
    figures = await benchmark(total);
    return { requests: total, seconds: total / rate(figures), latencies: new Latencies() };
  });
  const worst = (pick: (report: Report) => number): number => Math.max(...figures.map(pick));
  return { ...measured, p50Ms: worst(({ p50Ms }) => p50Ms), p99Ms: worst(({ p99Ms }) => p99Ms) };
}

function rate(reports: readonly Report[]): number {
  return reports.reduce((sum, { perSecond }) => sum + perSecond, 0);
}

function parseReports(output: string, total: number): readonly Report[] {
  if (output.includes('Error distribution')) throw new Error(output);
  const reports = output
    .split('Summary:')
    .slice(1)
    .map((text): Report => {
      const find = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? NaN);
      const perSecond = find(/Requests\/sec:\s+([\d.e+-]+)/);
      return {
        requests: Math.round(perSecond * find(/Total:\s+([\d.e+-]+)/)),
        perSecond,
        p50Ms: find(/50% in ([\d.e+-]+) secs/) * 1000,
        p99Ms: find(/99% in ([\d.e+-]+) secs/) * 1000,
      };
    });
  const answered = reports.reduce((sum, { requests }) => sum + requests, 0);
  if (answered !== total) throw new Error(`benchmark: ${answered} of ${total} answers\n${output}`);
  return reports;
}
