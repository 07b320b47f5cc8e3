/**
 * `make bench`: etcd's own benchmark tool against etcd-ts and Go etcd, one after the other in the
 * same run, so that a ratio means something on a busy machine. Writes docs/benchmarks.md's table;
 * `--quick` only prints it.
 */
import { readFileSync } from 'node:fs';
import { measuredBy, writeMarkedSection } from '../support/marked-section.ts';
import type { ServerKind } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { ProcessCluster } from '../support/process-cluster.ts';

const isQuick = process.argv.includes('--quick');

type Case = {
  readonly title: string;
  readonly size: number;
  readonly args: readonly string[];
  readonly total: number;
};

type Measured = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of all members together, microseconds for one request. */
  readonly cpuMicros: number;
};

const many = ['--conns=10', '--clients=100'];
const one = ['--conns=1', '--clients=1'];
const put = ['put', '--key-size=16', '--val-size=256', '--key-space-size=10000'];

const cases: readonly Case[] = [
  { title: 'put, 1 client', size: 1, args: [...put, ...one], total: 3_000 },
  { title: 'put, 100 clients', size: 1, args: [...put, ...many], total: 60_000 },
  { title: 'range one key, linearizable', size: 1, args: ['range', 'k', ...many], total: 60_000 },
  {
    title: 'range one key, serializable',
    size: 1,
    args: ['range', 'k', '--consistency=s', ...many],
    total: 60_000,
  },
  { title: 'three members: put, 100 clients', size: 3, args: [...put, ...many], total: 30_000 },
  {
    title: 'three members: range, linearizable',
    size: 3,
    args: ['range', 'k', ...many],
    total: 60_000,
  },
];

const missing = missingPeers('etcd', 'benchmark');
if (missing !== false) {
  console.error(`bench: ${missing}`);
  process.exit(1);
}
const table = [
  '| | etcd-ts /s | Go etcd /s | ratio | p50 ms | p99 ms | CPU µs a request |',
  '|---|---|---|---|---|---|---|',
];
for (const one of cases) {
  const ours = await measure('etcd-ts', one);
  const theirs = await measure('etcd', one);
  const line = describe(one.title, ours, theirs);
  table.push(line);
  console.log(line);
}
const text = `${measuredBy(isQuick ? 'make bench-quick' : 'make bench')}\n\n${table.join('\n')}\n`;
console.log(`\n${text}`);
if (!isQuick) writeMarkedSection('docs/benchmarks.md', 'bench', text);

async function measure(kind: ServerKind, { size, args, total }: Case): Promise<Measured> {
  const cluster = await ProcessCluster.start({ size, kind });
  try {
    const leader = await cluster.leader();
    await cluster.client(leader).put('k', 'x'.repeat(256));
    const count = isQuick ? Math.ceil(total / 10) : total;
    const target = `--endpoints=${cluster.endpoints}`;
    const run = (n: number) => cluster.run('benchmark', [target, ...args, `--total=${n}`]);
    await run(Math.ceil(count / 5)); // Warm: compiled code, open connections, a filled page cache.
    const cpuBefore = cpuSeconds(cluster);
    const result = await run(count);
    if (result.code !== 0) throw new Error(result.stderr);
    const cpuMicros = ((cpuSeconds(cluster) - cpuBefore) * 1e6) / count;
    return { ...parseReport(result.stdout), cpuMicros };
  } finally {
    await cluster.close();
  }
}

function parseReport(report: string): Omit<Measured, 'cpuMicros'> {
  const numberAfter = (pattern: RegExp): number => Number(pattern.exec(report)?.[1] ?? NaN);
  if (/Error distribution/.test(report)) throw new Error(report);
  return {
    perSecond: numberAfter(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: numberAfter(/50% in ([\d.]+) secs/) * 1000,
    p99Ms: numberAfter(/99% in ([\d.]+) secs/) * 1000,
  };
}

/** User and system time of the members so far; the kernel counts in hundredths of a second. */
function cpuSeconds(cluster: ProcessCluster): number {
  let ticks = 0;
  for (const { pid } of cluster.members) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / 100;
}

function describe(title: string, ours: Measured, theirs: Measured): string {
  const both = (a: number, b: number, digits: number): string =>
    `${a.toFixed(digits)} / ${b.toFixed(digits)}`;
  const ratio = (ours.perSecond / theirs.perSecond).toFixed(2);
  return [
    `| ${title}`,
    Math.round(ours.perSecond),
    Math.round(theirs.perSecond),
    `**${ratio}**`,
    both(ours.p50Ms, theirs.p50Ms, 1),
    both(ours.p99Ms, theirs.p99Ms, 1),
    `${both(ours.cpuMicros, theirs.cpuMicros, 0)} |`,
  ].join(' | ');
}
