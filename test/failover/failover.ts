/**
 * `make failover`: how long no write succeeds when the leader dies, at the default election
 * timeout. KILLS (default 20) is the number of kill -9 per column; half as many SIGTERMs follow.
 * COLUMNS_ONLY=go,up,plain picks columns. A whole run writes docs/benchmarks.md's table.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EtcdClient } from '../support/etcd-client.ts';
import { measuredBy, writeMarkedSection } from '../support/marked-section.ts';
import { missingPeers } from '../support/peers.ts';
import { until } from '../support/until.ts';
import { findLeader, goSubject, type Subject, upSubject } from './subjects.ts';
import { WriteGap } from './write-gap.ts';

const kills = Number(process.env['KILLS'] ?? 20);
const only = process.env['COLUMNS_ONLY']?.split(',');

const columns: readonly { key: string; start: () => Promise<Subject> }[] = [
  { key: 'up', start: () => upSubject(true) },
  { key: 'plain', start: () => upSubject(false) },
  { key: 'go', start: goSubject },
];

type Row = { readonly title: string; readonly kill: number[]; readonly term: number[] };

const rows: Row[] = [];
for (const { key, start } of columns) {
  if (only !== undefined && !only.includes(key)) continue;
  const missing = missingPeers('etcd');
  if (key === 'go' && missing !== false) {
    console.log(`Go etcd: left out, ${missing}`);
    continue;
  }
  const subject = await start();
  try {
    rows.push(await measure(subject));
  } finally {
    await subject.close();
  }
}
const text = `${measuredBy(`KILLS=${kills} make failover`)}\n${formatTable(rows)}`;
console.log(`\n${text}`);
if (only === undefined && kills >= 20) writeMarkedSection('docs/benchmarks.md', 'failover', text);

async function measure(subject: Subject): Promise<Row> {
  const clients = subject.endpoints.map((endpoint) => new EtcdClient(endpoint, 10_000));
  const row: Row = { title: subject.title, kill: [], term: [] };
  const gap = new WriteGap(clients);
  try {
    for (let i = 0; i < kills; i += 1) row.kill.push(await measureOne(subject, 'SIGKILL', gap));
    for (let i = 0; i < Math.ceil(kills / 2); i += 1) {
      row.term.push(await measureOne(subject, 'SIGTERM', gap));
    }
  } finally {
    gap.stop();
    for (const client of clients) client.close();
  }
  return row;
}

async function measureOne(
  subject: Subject,
  signal: 'SIGKILL' | 'SIGTERM',
  gap: WriteGap,
): Promise<number> {
  await subject.whole();
  const leader = await until('the members agree on a leader', () => findLeader(subject.endpoints));
  const before = gap.successCount;
  await until('writes flow', () => gap.successCount > before + 50);
  const killedMs = performance.now();
  subject.kill(leader, signal);
  // A write that was already on its way may still succeed; half a second of steady writes means
  // that a leader serves again.
  await until('writes flow again', async () => {
    const steadyFrom = gap.successCount;
    await sleep(500);
    const isSteady = gap.successCount > steadyFrom + 50;
    return isSteady && performance.now() - gap.lastSuccessMs < 100;
  });
  const longest = gap.longestGapMs(killedMs - 20);
  console.log(`${subject.title}: ${signal} ${longest.toFixed(0)} ms`);
  await sleep(Math.max(0, subject.paceMs - (performance.now() - killedMs)));
  return longest;
}

function formatTable(all: readonly Row[]): string {
  const lines = all.map(({ title, kill, term }) => {
    const cells = [median(kill), Math.max(...kill), median(term), Math.max(...term)];
    return `| ${title} (${kill.length}) | ${cells.map((ms) => ms.toFixed(0)).join(' | ')} |`;
  });
  return [
    'Milliseconds without a successful write; in brackets the number of kills.',
    '',
    '| | kill -9: median | worst | SIGTERM: median | worst |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
