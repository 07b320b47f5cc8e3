import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { drawOverview, formatOverview, overviewRows } from '../bench/overview.ts';
import { repositoryRoot } from './peers.ts';

const read = (name: string): string => readFileSync(join(repositoryRoot, name), 'utf8');
const bare = (markdown: string): string => markdown.replace(/ +|-+/g, ' ').replace(/\| +/g, '|');

test('README and its picture show what docs/benchmarks.md says', () => {
  const rows = overviewRows(read('docs/benchmarks.md'));
  assert.ok(rows.length > 8, `${rows.length} rows`);
  assert.equal(read('docs/throughput.svg'), drawOverview(rows));
  assert.ok(bare(read('README.md')).includes(bare(formatOverview(rows))));
});

test('columns are found by their heads, and rows without figures are left out', () => {
  const report = [
    '|  | per second | CPU µs |',
    '|---|---|---|',
    '| Range, serializable, 50×20 | 300 / 100 (**3.00**) | 5.0 / 20.0 (**0.25**) |',
    '',
    '| Restart on data | first answer ms |',
    '|---|---|',
    '| Put 256 B, 1×1 | 12 / 24 (**0.50**) |',
  ].join('\n');
  assert.deepEqual(overviewRows(report), [
    {
      title: 'Range, serializable, 50×20',
      perSecond: { ours: '300', theirs: '100', ratio: 3 },
      p99Ms: undefined,
      cpuMicros: { ours: '5.0', theirs: '20.0', ratio: 0.25 },
      rssMib: undefined,
    },
  ]);
});
