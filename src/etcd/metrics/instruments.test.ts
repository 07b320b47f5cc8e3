import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Registry,
  Counter as TheirCounter,
  Gauge as TheirGauge,
  Histogram as TheirHistogram,
} from 'prom-client';
import { Instruments } from './instruments.ts';

test('the text is what prom-client writes for the same events', async () => {
  const make = new Instruments();
  const registers = [new Registry()];
  const awkward = 'a "quoted\\"\nvalue';
  const labelNames = ['kind', 'to'] as const;

  make.counter('plain_total', 'Never\ncounted \\.');
  new TheirCounter({ name: 'plain_total', help: 'Never\ncounted \\.', registers });
  for (const counter of [
    make.counter('labelled_total', 'By kind.', labelNames),
    new TheirCounter({ name: 'labelled_total', help: 'By kind.', labelNames, registers }),
  ]) {
    counter.inc({ kind: awkward, to: 'x' }, 2.5);
    counter.inc({ kind: 'b' });
    counter.inc({ kind: 'b' });
  }
  for (const gauge of [
    make.gauge('level', 'Up and down.'),
    new TheirGauge({ name: 'level', help: 'Up and down.', registers }),
  ]) {
    gauge.set(7);
    gauge.inc(3);
    gauge.dec();
  }
  const buckets = [0.1, 1, 10];
  for (const histogram of [
    make.histogram('seconds', 'How long.', buckets, ['to']),
    new TheirHistogram({
      name: 'seconds',
      help: 'How long.',
      buckets,
      labelNames: ['to'],
      registers,
    }),
  ]) {
    for (const value of [0.1, 0.2, 11]) histogram.observe({ to: 'm' }, value);
  }
  make.histogram('bare', 'Nothing yet.', buckets);
  new TheirHistogram({ name: 'bare', help: 'Nothing yet.', buckets, registers });
  const theirs = (await registers[0]?.metrics()) ?? '';
  // The bound comes last, as Go's library writes it.
  const lines = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/\{(le="[^"]+"),(.+)\}/, '{$2,$1}'));
  assert.deepEqual(lines(make.text()), lines(theirs));
});

test('a reset leaves the series without labels at zero and no other', () => {
  const make = new Instruments();
  const plain = make.counter('plain_total', 'P.');
  const labelled = make.counter('labelled_total', 'L.', ['kind']);
  plain.inc(3);
  labelled.inc({ kind: 'a' });
  plain.reset();
  labelled.reset();
  plain.inc();
  plain.reset();
  const series = make
    .text()
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  assert.deepEqual(series, ['plain_total 0']);
});
