import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exposition } from './exposition.ts';
import { Instruments } from './instruments.ts';

/** The lines of our own families, without those of the process. */
async function linesOf(make: Instruments): Promise<string[]> {
  const names = make.families.map(({ name }) => new RegExp(`^(# (HELP|TYPE) )?${name}[ _{]`));
  return (await new Exposition(make.families).text())
    .split('\n')
    .filter((line) => names.some((name) => name.test(line)));
}

test('counters and gauges are written with their labels, escaped', async () => {
  const make = new Instruments();
  make.counter('plain_total', 'Never\ncounted \\.');
  const counter = make.counter('labelled_total', 'By kind.', ['kind', 'to'] as const);
  counter.inc({ kind: 'a "quoted\\"\nvalue', to: 'x' }, 2.5);
  counter.inc({ kind: 'b' });
  counter.inc({ kind: 'b' });
  const gauge = make.gauge('level', 'Up and down.');
  gauge.set(7);
  gauge.inc(3);
  gauge.dec();
  assert.deepEqual(await linesOf(make), [
    '# HELP plain_total Never\\ncounted \\\\.',
    '# TYPE plain_total counter',
    'plain_total 0',
    '# HELP labelled_total By kind.',
    '# TYPE labelled_total counter',
    'labelled_total{kind="a \\"quoted\\\\\\"\\nvalue",to="x"} 2.5',
    'labelled_total{kind="b"} 2',
    '# HELP level Up and down.',
    '# TYPE level gauge',
    'level 9',
  ]);
});

test('a histogram counts up to each bound, the bound last among the labels', async () => {
  const make = new Instruments();
  const histogram = make.histogram('seconds', 'How long.', [0.1, 1, 10], ['to'] as const);
  for (const value of [0.1, 0.5, 11]) histogram.observe({ to: 'm' }, value);
  assert.deepEqual((await linesOf(make)).slice(2), [
    'seconds_bucket{to="m",le="0.1"} 1',
    'seconds_bucket{to="m",le="1"} 2',
    'seconds_bucket{to="m",le="10"} 2',
    'seconds_bucket{to="m",le="+Inf"} 3',
    'seconds_sum{to="m"} 11.6',
    'seconds_count{to="m"} 3',
  ]);
});

test('bounds are written as Go prints them', async () => {
  const make = new Instruments();
  const histogram = make.histogram('bytes', 'How many.', [0.00002, 0.0001, 999_999, 2 ** 20]);
  histogram.observe(1);
  const bounds = (await linesOf(make)).map((line) => /le="([^"]+)"/.exec(line)?.[1]);
  assert.deepEqual(bounds.slice(2, 6), ['2e-05', '0.0001', '999999', '1.048576e+06']);
});

test('a reset leaves the series without labels at zero and no other', async () => {
  const make = new Instruments();
  const plain = make.counter('plain_total', 'P.');
  const labelled = make.counter('labelled_total', 'L.', ['kind'] as const);
  plain.inc(3);
  labelled.inc({ kind: 'a' });
  plain.reset();
  labelled.reset();
  plain.inc();
  plain.reset();
  const series = (await linesOf(make)).filter((line) => !line.startsWith('#'));
  assert.deepEqual(series, ['plain_total 0']);
});
