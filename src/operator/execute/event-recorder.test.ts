import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '@kubernetes/client-node';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { clusterOf } from '../../../test/support/operator-fixtures.ts';
import { silentLog } from '../../base/log.ts';
import { EventRecorder } from './event-recorder.ts';

type EventObject = KubernetesObject & { note?: string; regarding?: { uid?: string } };

class Bench {
  readonly created: EventObject[] = [];
  readonly counts: number[] = [];
  readonly clock = new ManualClock();
  isDown = false;
  readonly recorder = new EventRecorder(
    {
      create: async (_resource, event) => {
        if (this.isDown) throw new Error('down');
        this.created.push(event);
        return event;
      },
      mergePatch: async (_resource, _name, patch) => {
        this.counts.push((patch as { series: { count: number } }).series.count);
        return {};
      },
    },
    'replica-1',
    this.clock,
    silentLog,
  );
  readonly #cluster = clusterOf({});

  warn(message: string): Promise<void> {
    return this.recorder.record(this.#cluster, {
      type: 'Warning',
      reason: 'ActionFailed',
      message,
    });
  }
}

test('an event is about the cluster and has a name of its own', async () => {
  const bench = new Bench();
  await bench.warn('a');
  await bench.warn('b');
  assert.deepEqual(
    bench.created.map(({ note, regarding }) => `${note} ${regarding?.uid}`),
    ['a uid-main', 'b uid-main'],
  );
  assert.equal(new Set(bench.created.map(({ metadata }) => metadata?.name)).size, 2);
});

test('the same event again becomes a count, written now and then', async () => {
  const bench = new Bench();
  for (let i = 0; i < 30; i += 1) {
    await bench.warn('again');
    bench.clock.advance(1_000);
  }
  assert.equal(bench.created.length, 1);
  assert.deepEqual(bench.counts, [2, 12, 22]);
});

test('after a while it is a new event', async () => {
  const bench = new Bench();
  await bench.warn('again');
  bench.clock.advance(600_000);
  await bench.warn('again');
  assert.equal(bench.created.length, 2);
});

test('an event that cannot be written is no error, and is tried anew', async () => {
  const bench = new Bench();
  bench.isDown = true;
  await bench.warn('a');
  bench.isDown = false;
  await bench.warn('a');
  assert.equal(bench.created.length, 1);
});

test('a long message is cut to what the API server takes', async () => {
  const bench = new Bench();
  await bench.warn('x'.repeat(5_000));
  assert.equal(bench.created[0]?.note?.length, 1_024);
});
