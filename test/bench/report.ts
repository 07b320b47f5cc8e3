import type { ServerKind } from '../support/member-process.ts';
import type { FigureName, Figures, Goal, Scenario } from './scenario.ts';

/** What one pair measured: both servers, one right after the other. */
export type Pair = Readonly<Record<ServerKind, Figures>>;
export type Row = {
  readonly scenario: Scenario;
  readonly pairs: readonly Pair[];
  /** Why a pair gave no figures; then the row has none at all. */
  readonly failure?: string | undefined;
};

type Column = { readonly figure: FigureName; readonly title: string; readonly digits: number };

const loadColumns: readonly Column[] = [
  { figure: 'perSecond', title: 'per second', digits: 0 },
  { figure: 'p50Ms', title: 'p50 ms', digits: 2 },
  { figure: 'p99Ms', title: 'p99 ms', digits: 1 },
  { figure: 'worstMs', title: 'worst ms', digits: 0 },
  { figure: 'cpuMicros', title: 'CPU µs', digits: 1 },
  { figure: 'rssMib', title: 'resident MiB', digits: 0 },
];

const sizeColumns: readonly Column[] = [
  { figure: 'restartMs', title: 'first answer ms', digits: 0 },
  { figure: 'anonMib', title: 'anonymous MiB', digits: 0 },
  { figure: 'rssMib', title: 'resident MiB', digits: 0 },
  { figure: 'databaseMib', title: 'database MiB', digits: 1 },
];

/** The scenario table, the restart table and the goals, as Markdown. */
export function formatReport(all: readonly Row[]): string {
  const rows = all.filter(({ failure }) => failure === undefined);
  const isRestart = ({ pairs }: Row): boolean => pairs[0]?.etcd.restartMs !== undefined;
  const parts = [
    formatTable(
      '',
      loadColumns,
      rows.filter((row) => !isRestart(row)),
    ),
    formatTable('Restart on data', sizeColumns, rows.filter(isRestart)),
    formatFailures(all),
    formatGoals(all),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** One scenario's line, for the terminal while the bench goes on. */
export function formatRow(row: Row): string {
  const isRestart = row.pairs[0]?.etcd.restartMs !== undefined;
  return rowCells(isRestart ? sizeColumns : loadColumns, row);
}

function formatTable(title: string, columns: readonly Column[], rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const shown = columns.filter(({ figure }) =>
    rows.some(({ pairs }) => pairs.some((pair) => pair.etcd[figure] !== undefined)),
  );
  return [
    `| ${title} | ${shown.map((column) => column.title).join(' | ')} |`,
    `|---|${shown.map(() => '---|').join('')}`,
    ...rows.map((row) => rowCells(shown, row)),
  ].join('\n');
}

function rowCells(columns: readonly Column[], row: Row): string {
  const cells = columns.map((column) => cell(column, row.pairs));
  return `| ${row.scenario.title} | ${cells.join(' | ')} |`;
}

/** `ours / Go's (ratio)`, medians of the pairs; the ratio is the median of the pairs' ratios. */
function cell({ figure, digits }: Column, pairs: readonly Pair[]): string {
  if (pairs.every((pair) => pair.etcd[figure] === undefined)) return '';
  const of = (kind: ServerKind): string => {
    const value = median(pairs.map((pair) => pair[kind][figure] ?? NaN));
    return value.toLocaleString('en', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  };
  return `${of('etcd-ts')} / ${of('etcd')} (**${ratioOf(figure, pairs).toFixed(2)}**)`;
}

function ratioOf(figure: FigureName, pairs: readonly Pair[]): number {
  return median(pairs.map((pair) => (pair['etcd-ts'][figure] ?? NaN) / (pair.etcd[figure] ?? NaN)));
}

function formatFailures(rows: readonly Row[]): string {
  return rows
    .filter(({ failure }) => failure !== undefined)
    .map(({ scenario, failure }) => `- Failed: ${scenario.title}: ${failure}`)
    .join('\n');
}

function formatGoals(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ scenario, pairs, failure }) =>
    (scenario.goals ?? []).map((goal) =>
      goalLine(scenario.title, goal, failure === undefined ? pairs : []),
    ),
  );
  if (lines.length === 0) return '';
  return ['| goal, as ratio to Go etcd | goal | measured | |', '|---|---|---|---|', ...lines].join(
    '\n',
  );
}

function goalLine(title: string, goal: Goal, pairs: readonly Pair[]): string {
  const column = [...loadColumns, ...sizeColumns].find(({ figure }) => figure === goal.figure);
  const ratio = ratioOf(goal.figure, pairs);
  const isMet = ratio >= (goal.min ?? 0) && ratio <= (goal.max ?? Infinity);
  const bound = goal.min !== undefined ? `≥ ${goal.min}` : `≤ ${goal.max}`;
  const spread = pairs.map((pair) => ratioOf(goal.figure, [pair])).sort((a, b) => a - b);
  const [least, most] = [spread[0] ?? NaN, spread.at(-1) ?? NaN];
  const range = pairs.length > 1 ? ` (${least.toFixed(2)} to ${most.toFixed(2)})` : '';
  const cells = [`${title}: ${column?.title}`, bound, `${ratio.toFixed(2)}${range}`];
  return `| ${cells.join(' | ')} | ${isMet ? 'met' : '**missed**'} |`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? NaN;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
