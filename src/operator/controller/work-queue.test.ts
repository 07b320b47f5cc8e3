import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { WorkQueue } from './work-queue.ts';

/** A queue whose work is finished by the test, key by key. */
class Bench {
  readonly clock = new ManualClock();
  readonly started: string[] = [];
  readonly errors: string[] = [];
  readonly queue: WorkQueue;
  readonly #running = new Map<string, (outcome: number | undefined | Error) => void>();

  constructor(workersMax = 2) {
    this.queue = new WorkQueue(
      { workersMax, retryMs: { first: 100, longest: 1_000 } },
      this.clock,
      (key) => {
        assert.ok(!this.#running.has(key), `${key} runs twice`);
        this.started.push(key);
        return new Promise((resolve, reject) => {
          this.#running.set(key, (outcome) => {
            if (outcome instanceof Error) reject(outcome);
            else resolve({ againAfterMs: outcome });
          });
        });
      },
      (key, error) => this.errors.push(`${key}: ${String(error)}`),
    );
  }

  async finish(key: string, outcome?: number | Error): Promise<void> {
    const end = this.#running.get(key);
    assert.ok(end !== undefined, `${key} is not running`);
    this.#running.delete(key);
    end(outcome);
    await turns(3);
  }
}

test('a key that waits is there once, however often it is added', async () => {
  const bench = new Bench(1);
  bench.queue.add('busy');
  for (let i = 0; i < 5; i += 1) bench.queue.add('a');
  assert.equal(bench.queue.depth, 1);
  await bench.finish('busy');
  await bench.finish('a');
  assert.deepEqual(bench.started, ['busy', 'a']);
});

test('a key added while it runs runs again afterwards, never beside itself', async () => {
  const bench = new Bench();
  bench.queue.add('a');
  bench.queue.add('a');
  bench.queue.add('a');
  assert.deepEqual(bench.started, ['a']);
  await bench.finish('a');
  assert.deepEqual(bench.started, ['a', 'a']);
  await bench.finish('a');
  assert.deepEqual(bench.started, ['a', 'a']);
});

test('no more keys run at a time than there are workers, in the order they came', async () => {
  const bench = new Bench(2);
  for (const key of ['a', 'b', 'c', 'd']) bench.queue.add(key);
  assert.deepEqual(bench.started, ['a', 'b']);
  await bench.finish('b');
  assert.deepEqual(bench.started, ['a', 'b', 'c']);
});

test('a key comes back after the time its work asked for', async () => {
  const bench = new Bench();
  bench.queue.add('a');
  await bench.finish('a', 500);
  bench.clock.advance(499);
  await turns(3);
  assert.equal(bench.started.length, 1);
  bench.clock.advance(1);
  await turns(3);
  assert.equal(bench.started.length, 2);
});

test('of several times to come back the earliest counts', async () => {
  const bench = new Bench();
  bench.queue.addAfter('a', 900);
  bench.queue.addAfter('a', 300);
  bench.queue.addAfter('a', 600);
  bench.clock.advance(300);
  await turns(3);
  assert.deepEqual(bench.started, ['a']);
  await bench.finish('a');
  bench.clock.advance(1_000);
  await turns(3);
  assert.deepEqual(bench.started, ['a']);
});

test('a change does not wait for the time, and takes its place', async () => {
  const bench = new Bench();
  bench.queue.addAfter('a', 900);
  bench.queue.add('a');
  assert.deepEqual(bench.started, ['a']);
  await bench.finish('a');
  bench.clock.advance(2_000);
  await turns(3);
  assert.deepEqual(bench.started, ['a']);
});

test('a failing key waits twice as long each time up to a bound, and afresh after a success', async () => {
  const bench = new Bench();
  bench.queue.add('a');
  const waits: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    await bench.finish('a', new Error('no'));
    const count = bench.started.length;
    let waited = 0;
    while (bench.started.length === count) {
      bench.clock.advance(100);
      waited += 100;
      await turns(3);
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [100, 200, 400, 800, 1_000, 1_000]);
  assert.equal(bench.errors.length, 6);
  await bench.finish('a');
  bench.queue.add('a');
  await bench.finish('a', new Error('no'));
  bench.clock.advance(100);
  await turns(3);
  assert.equal(bench.started.length, 9);
});

test('closed, it starts nothing any more and waits for what runs', async () => {
  const bench = new Bench(1);
  bench.queue.add('a');
  bench.queue.add('b');
  let isClosed = false;
  const closing = bench.queue.close().then(() => {
    isClosed = true;
  });
  await turns(3);
  assert.equal(isClosed, false);
  await bench.finish('a', 100);
  await closing;
  bench.clock.advance(1_000);
  bench.queue.add('c');
  await turns(3);
  assert.deepEqual(bench.started, ['a']);
});
