/**
 * README's short table and docs/throughput.svg, both from the figures that stand in
 * docs/benchmarks.md. `make bench` writes them with those; `node test/bench/overview.ts` from what
 * is there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeMarkedSection } from '../support/marked-section.ts';
import { repositoryRoot } from '../support/peers.ts';

/** One of each kind, whether it looks good or not. */
const shownTitles: readonly string[] = [
  'Range, serializable, 50×20',
  'Range, linearizable, 50×20',
  'Range, serializable, 1×1',
  'Range of 1,000 keys',
  'Range of 10,000 keys',
  'Put 256 B, 50×20',
  'Put 256 B, 1×1',
  'Put with lease, 50×20',
  'Three members: Put, 50×20, leader',
  'Three members: Put, 1×1, leader',
  '1,000 watchers on one key: events',
  '10,000 leases kept alive, 100 streams',
];

export type Cell = { readonly ours: string; readonly theirs: string; readonly ratio: number };
export type OverviewRow = {
  readonly title: string;
  readonly perSecond: Cell;
  readonly p99Ms: Cell | undefined;
  readonly cpuMicros: Cell | undefined;
  readonly rssMib: Cell | undefined;
};

/** The chosen rows of the report's tables, in the order above; one that was not measured is left out. */
export function overviewRows(report: string): OverviewRow[] {
  const found = new Map<string, OverviewRow>();
  let columns: readonly string[] = [];
  for (const line of report.split('\n')) {
    if (!line.startsWith('|')) columns = [];
    const [title = '', ...cells] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (columns.length === 0) {
      columns = cells;
      continue;
    }
    const cellOf = (column: string): Cell | undefined => parseCell(cells[columns.indexOf(column)]);
    const perSecond = cellOf('per second');
    if (perSecond === undefined) continue;
    const rest = { p99Ms: cellOf('p99 ms'), cpuMicros: cellOf('CPU µs') };
    found.set(title, { title, perSecond, ...rest, rssMib: cellOf('resident MiB') });
  }
  return shownTitles.flatMap((title) => found.get(title) ?? []);
}

function parseCell(text: string | undefined): Cell | undefined {
  const [, ours, theirs, ratio] = /^(\S+) \/ (\S+) \(\*\*([\d.]+)\*\*\)$/.exec(text ?? '') ?? [];
  if (ours === undefined || theirs === undefined) return undefined;
  return { ours, theirs, ratio: Number(ratio) };
}

export function formatOverview(rows: readonly OverviewRow[]): string {
  const ratio = (cell: Cell | undefined): string => cell?.ratio.toFixed(2) ?? '';
  return [
    '|  | etcd-ts, per second | Go etcd, per second | ratio | p99 | CPU | memory |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(({ title, perSecond, p99Ms, cpuMicros, rssMib }) => {
      const cells = [title, perSecond.ours, perSecond.theirs, `**${ratio(perSecond)}**`];
      return `| ${[...cells, ratio(p99Ms), ratio(cpuMicros), ratio(rssMib)].join(' | ')} |`;
    }),
  ].join('\n');
}

const width = 760;
const labelWidth = 262;
const barsWidth = 380;
const rowHeight = 26;
const top = 46;

/** A bar per row: how many times as much as Go etcd, which is the line at 1. */
export function drawOverview(rows: readonly OverviewRow[]): string {
  const most = Math.max(2, ...rows.map(({ perSecond }) => Math.ceil(perSecond.ratio)));
  const at = (ratio: number): number => labelWidth + (ratio / most) * barsWidth;
  const height = top + rows.length * rowHeight + 12;
  const lines = rows.map(({ title, perSecond }, i) => {
    const y = top + i * rowHeight;
    const { ours, theirs, ratio } = perSecond;
    const kind = ratio < 1 ? 'less' : 'more';
    const length = (at(ratio) - labelWidth).toFixed(1);
    return [
      `  <g><title>${ours} / ${theirs} per second</title>`,
      `    <text x="${labelWidth - 10}" y="${y + 13}" text-anchor="end">${title}</text>`,
      `    <rect class="${kind}" x="${labelWidth}" y="${y}" width="${length}" height="18" rx="2"/>`,
      `    <text x="${(at(ratio) + 6).toFixed(1)}" y="${y + 13}">${ratio.toFixed(2)}</text></g>`,
    ].join('\n');
  });
  const marks = Array.from({ length: most + 1 }, (_, ratio) => {
    const x = at(ratio).toFixed(1);
    const kind = ratio === 1 ? 'etcd' : 'grid';
    return [
      `  <line class="${kind}" x1="${x}" y1="${top - 8}" x2="${x}" y2="${height - 8}"/>`,
      `  <text class="mark" x="${x}" y="${top - 12}" text-anchor="middle">${ratio}×</text>`,
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
  <title>Throughput of etcd-ts as a multiple of Go etcd's</title>
  <style>
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .head { font-weight: 600 }
    .mark { fill: #59636e }
    .grid { stroke: #d1d9e0 }
    .etcd { stroke: #1f2328; stroke-width: 2 }
    .more { fill: #1a7f37 }
    .less { fill: #bc4c00 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .mark { fill: #9198a1 }
      .grid { stroke: #3d444d }
      .etcd { stroke: #f0f6fc }
      .more { fill: #3fb950 }
      .less { fill: #db6d28 }
    }
  </style>
  <text class="head" x="8" y="18">Requests per second, Go etcd = 1</text>
${marks.join('\n')}
${lines.join('\n')}
</svg>
`;
}

/** `report`: what stands in docs/benchmarks.md. */
export function writeOverview(report: string): void {
  const rows = overviewRows(report);
  writeFileSync(join(repositoryRoot, 'docs/throughput.svg'), drawOverview(rows));
  writeMarkedSection('README.md', 'bench', `\n${formatOverview(rows)}\n`);
}

if (import.meta.main)
  writeOverview(readFileSync(join(repositoryRoot, 'docs/benchmarks.md'), 'utf8'));
