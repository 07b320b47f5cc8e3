import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  argument,
  type Command,
  runScenario,
  scenarioFiles,
} from '../../../test/support/datadriven.ts';
import { rounds } from '../../../test/support/rounds.ts';
import { concatBytes, utf8Bytes, utf8Text } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import { decodeWatchResponse, type WatchResponse } from '../proto/generated/etcdserverpb.ts';
import { encodeKeyValue } from '../proto/generated/mvccpb.ts';
import { WatchHub, type WatchHubOptions } from './watch-hub.ts';
import type { WatchedChange, WatchStore } from './watch-store.ts';
import type { WatchCreate, WatchSink, WatchStream } from './watch-stream.ts';

// ---- a dumb store: the list of all changes

type ModelChange = WatchedChange & { readonly name: string };
type Live = { readonly create: number; readonly version: number; readonly bytes: Uint8Array };

class ModelStore implements WatchStore {
  currentRevision = 1;
  compactRevision = -1;
  readonly all: ModelChange[] = [];
  readonly #live = new Map<string, Live>();
  readonly #previous = new Map<WatchedChange, Uint8Array>();

  /** Puts (a value) and deletes (undefined) as one revision; a delete of nothing changes nothing. */
  apply(operations: readonly (readonly [string, string | undefined])[]): readonly ModelChange[] {
    const main = this.currentRevision + 1;
    const changes: ModelChange[] = [];
    for (const [name, value] of operations) {
      const live = this.#live.get(name);
      if (value === undefined && live === undefined) continue;
      const key = utf8Bytes(name);
      const change: ModelChange =
        value === undefined
          ? { type: 1, main, name, key, keyValue: encodeKeyValue({ key, modRevision: main }) }
          : { type: 0, main, name, key, keyValue: this.#encodePut(name, value, main) };
      if (value === undefined) this.#live.delete(name);
      if (live !== undefined) this.#previous.set(change, live.bytes);
      changes.push(change);
    }
    if (changes.length > 0) this.currentRevision = main;
    this.all.push(...changes);
    return changes;
  }

  changes(from: number, limit: number): { changes: readonly ModelChange[]; nextRevision: number } {
    const found: ModelChange[] = [];
    for (const change of this.all) {
      if (change.main < from || change.main < this.compactRevision) continue;
      if (found.length >= limit && found.at(-1)?.main !== change.main) {
        return { changes: found, nextRevision: change.main };
      }
      found.push(change);
    }
    return { changes: found, nextRevision: this.currentRevision + 1 };
  }

  previousKeyValue(change: WatchedChange): Uint8Array | undefined {
    return change.main - 1 < this.compactRevision ? undefined : this.#previous.get(change);
  }

  #encodePut(name: string, value: string, main: number): Uint8Array {
    const live = this.#live.get(name);
    const create = live?.create ?? main;
    const version = (live?.version ?? 0) + 1;
    const bytes = encodeKeyValue({
      key: utf8Bytes(name),
      createRevision: create,
      modRevision: main,
      version,
      value: utf8Bytes(value),
    });
    this.#live.set(name, { create, version, bytes });
    return bytes;
  }
}

// ---- a sink that is full after `room` responses until it is drained

type Received = { readonly revision: number; readonly response: WatchResponse };

class TestSink implements WatchSink {
  room = Number.POSITIVE_INFINITY;
  readonly received: Received[] = [];
  failure: Error | undefined;
  #release: (() => void) | undefined;

  send(revision: number, start: Uint8Array, rest: Uint8Array): boolean {
    this.received.push({ revision, response: decodeWatchResponse(concatBytes([start, rest])) });
    this.room -= 1;
    return this.room > 0;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  drain(room: number): void {
    this.room = room;
    this.#release?.();
    this.#release = undefined;
  }

  fail(error: Error): void {
    this.failure = error;
  }
}

/** A world with one hub; time and turns of the event loop move only when the test says so. */
class World {
  store = new ModelStore();
  readonly ticks: (() => void)[] = [];
  readonly #steps: (() => void)[] = [];
  readonly hub: WatchHub;

  constructor(options: Partial<WatchHubOptions> = {}) {
    const clock: Clock = {
      wallMs: () => 0,
      monotonicMs: () => 0,
      after: () => Promise.resolve(),
      every: (_ms, run) => {
        this.ticks.push(run);
        return () => this.ticks.splice(this.ticks.indexOf(run), 1);
      },
    };
    this.hub = new WatchHub({
      store: this.store,
      clock,
      random: seededRandom(1),
      schedule: (run) => this.#steps.push(run),
      progressIntervalMs: 600_000,
      streamLimits: { fragmentBytesMax: 2_000, responseBytesSoftMax: 4_000, unreadRepliesMax: 8 },
      catchUpLimits: { changesMax: 5, bytesTarget: 1_000_000, watchersMax: 3 },
      ...options,
    });
  }

  apply(operations: readonly (readonly [string, string | undefined])[]): void {
    this.hub.publish(this.store.apply(operations), this.store.currentRevision);
  }

  step(): boolean {
    const step = this.#steps.shift();
    step?.();
    return step !== undefined;
  }

  settle(): void {
    for (let steps = 0; this.step(); steps += 1) assert.ok(steps < 100_000, 'catch-up never ends');
  }
}

function createRequest(key: string, more: Partial<WatchCreate> = {}): WatchCreate {
  return {
    key: utf8Bytes(key),
    rangeEnd: new Uint8Array(0),
    startRevision: 0,
    watchId: 0n,
    prevKv: false,
    noPut: false,
    noDelete: false,
    progressNotify: false,
    fragment: false,
    ...more,
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// ---- scenario files

class ScenarioWorld {
  readonly world = new World();
  readonly #streams = new Map<string, { sink: TestSink; stream: WatchStream; shown: number }>();

  async run(command: Command): Promise<string> {
    this.#act(command);
    await nextTurn();
    if (!command.args.has('unsettled')) this.world.settle();
    return this.#show();
  }

  #act(command: Command): void {
    const words = command.line.split(/\s+/);
    const name = argument(command, 'stream') ?? 's';
    const { sink, stream } = this.#stream(name);
    switch (command.name) {
      case 'put':
        return this.world.apply([[words[1] ?? '', words[2] ?? '']]);
      case 'delete':
        return this.world.apply([[words[1] ?? '', undefined]]);
      case 'txn':
        return this.world.apply(parseOperations(command.input));
      case 'big':
        return this.world.apply(bigOperations(Number(words[1])));
      case 'compact':
        this.world.store.compactRevision = Number(words[1]);
        return;
      case 'watch':
        return stream.create(parseWatch(command));
      case 'cancel':
        return stream.cancel(BigInt(words[1] ?? '0'));
      case 'progress':
        return stream.requestProgress();
      case 'tick':
        for (const tick of [...this.world.ticks]) tick();
        return;
      case 'room':
        sink.drain(Number(words[1]));
        return;
      default:
        throw new Error(`${command.position}: unknown command ${command.name}`);
    }
  }

  #stream(name: string): { sink: TestSink; stream: WatchStream } {
    let found = this.#streams.get(name);
    if (found === undefined) {
      const sink = new TestSink();
      found = { sink, stream: this.world.hub.openStream(sink), shown: 0 };
      this.#streams.set(name, found);
    }
    return found;
  }

  #show(): string {
    const lines: string[] = [];
    for (const [name, entry] of this.#streams) {
      const fresh = entry.sink.received.slice(entry.shown);
      entry.shown = entry.sink.received.length;
      for (const received of fresh) lines.push(`${name}: ${describe(received)}`);
      if (entry.sink.failure !== undefined) lines.push(`${name}: failed`);
    }
    return lines.length === 0 ? 'nothing' : lines.join('\n');
  }
}

function parseOperations(input: string): (readonly [string, string | undefined])[] {
  return input
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .map(([verb, key, value]) => [key ?? '', verb === 'put' ? (value ?? '') : undefined] as const);
}

function bigOperations(count: number): (readonly [string, string])[] {
  return Array.from({ length: count }, (_, index) => [`b${index}`, 'x'.repeat(900)] as const);
}

/** `watch a`, `watch a..c`, `watch a..` and flags. */
function parseWatch(command: Command): WatchCreate {
  const [, range = ''] = command.line.split(/\s+/);
  const [key = '', end] = range === '-' ? ['', undefined] : range.split('..');
  const rangeEnd = end === undefined ? new Uint8Array(0) : utf8Bytes(end === '' ? '\0' : end);
  return createRequest(key, {
    rangeEnd,
    startRevision: Number(argument(command, 'from') ?? 0),
    watchId: BigInt(argument(command, 'id') ?? 0),
    prevKv: command.args.has('prev'),
    noPut: command.args.has('noput'),
    noDelete: command.args.has('nodelete'),
    progressNotify: command.args.has('notify'),
    fragment: command.args.has('fragment'),
  });
}

function describe({ revision, response }: Received): string {
  const parts = [`rev=${revision} id=${response.watchId}`];
  if (response.created) parts.push('created');
  if (response.canceled) parts.push('canceled');
  if (response.compactRevision !== 0) parts.push(`compacted=${response.compactRevision}`);
  if (response.cancelReason !== '') parts.push(`reason=${JSON.stringify(response.cancelReason)}`);
  if (response.fragment) parts.push('fragment');
  for (const event of response.events) {
    const kv = event.kv;
    const text = (bytes: Uint8Array | undefined): string =>
      shorten(utf8Text(bytes ?? utf8Bytes('')));
    const what =
      event.type === 0 ? `put ${text(kv?.key)}=${text(kv?.value)}` : `del ${text(kv?.key)}`;
    const previous = event.prevKv === undefined ? '' : ` was ${text(event.prevKv.value)}`;
    parts.push(`[${what} @${kv?.modRevision}${previous}]`);
  }
  return parts.join(' ');
}

function shorten(text: string): string {
  return text.length <= 12 ? text : `${text.slice(0, 8)}…${text.length}`;
}

for (const file of scenarioFiles(join(import.meta.dirname, 'testdata'))) {
  test(`scenario ${file.slice(file.lastIndexOf('/') + 1)}`, async () => {
    const scenario = new ScenarioWorld();
    await runScenario(file, (command) => scenario.run(command));
  });
}

// ---- properties

type Expectation = {
  readonly create: WatchCreate;
  readonly from: number;
  readonly sink: TestSink;
  readonly id: bigint;
};

/** What a watcher must have seen: the model's changes, filtered. */
function expectedEvents(store: ModelStore, expectation: Expectation): string[] {
  const { create, from } = expectation;
  const key = utf8Text(create.key);
  const end = utf8Text(create.rangeEnd);
  const covers = (name: string): boolean =>
    end === '' ? name === key : name >= key && (end === '\0' || name < end);
  return store.all
    .filter((change) => change.main >= from && covers(change.name))
    .filter((change) => (change.type === 0 ? !create.noPut : !create.noDelete))
    .map((change) => `${change.type} ${change.name} ${change.main}`);
}

function seenEvents(expectation: Expectation): string[] {
  const seen: string[] = [];
  let lastRevision = 0;
  for (const { revision, response } of expectation.sink.received) {
    if (response.watchId === -1n && !response.created) {
      const missed = seen.length;
      assert.ok(revision >= lastRevision, `progress went back after ${missed} events`);
    }
    if (response.watchId !== expectation.id) continue;
    const mains = response.events.map((event) => event.kv?.modRevision ?? 0);
    if (mains.length === 0) continue;
    assert.ok((mains[0] ?? 0) > lastRevision, 'a revision is never split over two responses');
    lastRevision = mains.at(-1) ?? 0;
    assert.ok(revision >= lastRevision, 'the header is not behind the events');
    for (const event of response.events) {
      seen.push(
        `${event.type} ${utf8Text(event.kv?.key ?? utf8Bytes(''))} ${event.kv?.modRevision}`,
      );
    }
  }
  return seen;
}

function randomCreate(random: Random, revision: number): WatchCreate {
  const key = `k${random.below(6)}`;
  const ends = ['', '', `k${random.below(7)}`, 'l', '\0'];
  const end = ends[random.below(ends.length)] ?? '';
  const start = random.below(3) === 0 ? 0 : 1 + random.below(revision + 3);
  return createRequest(key, {
    rangeEnd: utf8Bytes(end !== '' && end !== '\0' && end <= key ? '\0' : end),
    startRevision: start,
    noPut: random.below(8) === 0,
    noDelete: random.below(8) === 0,
    prevKv: random.below(3) === 0,
  });
}

function randomOperations(random: Random): (readonly [string, string | undefined])[] {
  const operations = new Map<string, string | undefined>();
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const value = random.below(4) === 0 ? undefined : `v${random.below(100)}`;
    operations.set(`k${random.below(6)}`, value);
  }
  return [...operations];
}

async function runRandomWorld(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const world = new World({
    catchUpLimits: {
      changesMax: 1 + random.below(8),
      bytesTarget: 200,
      watchersMax: 1 + random.below(4),
    },
    streamLimits: { fragmentBytesMax: 10_000, responseBytesSoftMax: 60, unreadRepliesMax: 1_000 },
  });
  const sinks = Array.from({ length: 4 }, () => new TestSink());
  const streams = sinks.map((sink) => world.hub.openStream(sink));
  const expectations: Expectation[] = [];
  for (let action = 0; action < 400; action += 1) {
    const which = random.below(sinks.length);
    const sink = sinks[which] as TestSink;
    const stream = streams[which] as WatchStream;
    const dice = random.below(20);
    if (dice < 9) world.apply(randomOperations(random));
    else if (dice < 11) {
      const create = randomCreate(random, world.store.currentRevision);
      const current = world.hub.revision;
      const before = sink.received.length;
      stream.create(create);
      const id = sink.received[before]?.response.watchId ?? 0n;
      const from = create.startRevision === 0 ? current + 1 : create.startRevision;
      expectations.push({ create, from, sink, id });
    } else if (dice < 15) world.step();
    else if (dice < 17) sink.drain(random.below(4));
    else if (dice < 18) sink.room = Math.min(sink.room, 1 + random.below(3));
    else stream.requestProgress();
    await Promise.resolve();
  }
  for (let round = 0; round < 3; round += 1) {
    for (const sink of sinks) sink.drain(Number.POSITIVE_INFINITY);
    await nextTurn();
    world.settle();
  }
  for (const expectation of expectations) {
    assert.deepEqual(seenEvents(expectation), expectedEvents(world.store, expectation));
  }
}

test('every watcher sees exactly the events of its keys, in order, whatever is slow', async () => {
  const first = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
  for (let seed = first; seed < first + rounds(20); seed += 1) {
    try {
      await runRandomWorld(seed);
    } catch (error) {
      console.error(`SEED=${seed}`);
      throw error;
    }
  }
});

test('a stream that is not read holds no events: at most one response beyond its room', async () => {
  const world = new World();
  const slow = new TestSink();
  const fast = new TestSink();
  for (const sink of [slow, fast]) {
    world.hub.openStream(sink).create(createRequest('k', { rangeEnd: utf8Bytes('l') }));
  }
  slow.room = 3;
  for (let count = 0; count < 1_000; count += 1) world.apply([['k1', `v${count}`]]);
  assert.equal(slow.received.length, 1 + 3);
  assert.equal(fast.received.length, 1 + 1_000);
  slow.drain(Number.POSITIVE_INFINITY);
  await nextTurn();
  world.settle();
  const events = slow.received.flatMap(({ response }) => response.events);
  assert.deepEqual(
    events.map((event) => event.kv?.modRevision),
    world.store.all.map((change) => change.main),
  );
});

test('catching up takes turns, while new events go to who is up to date at once', async () => {
  const world = new World();
  for (let count = 0; count < 1_000; count += 1) world.apply([[`k${count % 7}`, `v${count}`]]);
  const open = (more: Partial<WatchCreate>): TestSink => {
    const sink = new TestSink();
    world.hub.openStream(sink).create(createRequest('k', { rangeEnd: utf8Bytes('l'), ...more }));
    return sink;
  };
  const mains = (sink: TestSink): readonly (number | undefined)[] =>
    sink.received.flatMap(({ response }) => response.events.map(({ kv }) => kv?.modRevision));
  const far = [2, 3, 4, 5].map((startRevision) => open({ startRevision }));
  const near = open({ startRevision: 995 });
  const current = open({});
  for (let step = 0; step < 20; step += 1) world.step();
  assert.equal(mains(near).length, 1_001 - 995 + 1, 'not behind those that have far to go');
  for (const sink of far) assert.ok(mains(sink).length < 150, 'a step is bounded');
  for (let count = 0; count < 300; count += 1) {
    world.apply([['k0', 'new']]);
    assert.equal(mains(current).at(-1), world.store.currentRevision);
    assert.equal(mains(near).at(-1), world.store.currentRevision);
    world.step();
  }
  world.settle();
  for (const [index, sink] of far.entries()) {
    const wanted = Array.from({ length: 1_300 - index }, (_, i) => 2 + index + i);
    assert.deepEqual(mains(sink), wanted);
  }
  assert.deepEqual(world.hub.counts, { streams: 6, synced: 6, catchingUp: 0 });
});

test('a client that asks without reading is cut off after a bound', () => {
  const world = new World();
  const sink = new TestSink();
  sink.room = 1;
  const stream = world.hub.openStream(sink);
  for (let count = 0; count < 20; count += 1) stream.create(createRequest('k'));
  assert.equal(sink.failure?.message, 'etcdserver: too many requests');
  assert.equal(sink.received.length, 1 + 8);
  assert.deepEqual(world.hub.counts, { streams: 0, synced: 0, catchingUp: 0 });
});

test('an event is encoded once for all watchers with the same options', () => {
  const world = new World();
  const bodies: Uint8Array[] = [];
  let previousReads = 0;
  const read = world.store.previousKeyValue.bind(world.store);
  world.store.previousKeyValue = (change) => {
    previousReads += 1;
    return read(change);
  };
  for (let count = 0; count < 10; count += 1) {
    const sink = new TestSink();
    sink.send = (_revision, _start, rest) => bodies.push(rest) > 0;
    world.hub.openStream(sink).create(createRequest('k', { prevKv: count % 2 === 0 }));
  }
  world.apply([['k', '1']]);
  world.apply([['k', '2']]);
  assert.equal(previousReads, 2);
  const events = bodies.slice(10);
  assert.equal(events.length, 20);
  assert.equal(new Set(events).size, 3, 'the first event has no previous value to be added');
});

test('watchers that get the same events of a batch share the bytes, others are not mixed in', () => {
  const world = new World();
  const rests: Uint8Array[] = [];
  const seen: string[] = [];
  const watch = (from: string, to: string, more: Partial<WatchCreate> = {}): void => {
    const sink = new TestSink();
    sink.send = (_revision, start, rest) => {
      const { events } = decodeWatchResponse(concatBytes([start, rest]));
      if (events.length === 0) return true;
      rests.push(rest);
      seen.push(events.map(({ kv }) => utf8Text(kv?.key ?? utf8Bytes(''))).join(''));
      return true;
    };
    const create = createRequest(from, { rangeEnd: utf8Bytes(to), ...more });
    world.hub.openStream(sink).create(create);
  };
  for (let count = 0; count < 3; count += 1) {
    watch('a', 'd');
    watch('b', 'd');
    watch('a', 'd', { noDelete: true });
  }
  world.apply([['b', '0']]);
  rests.length = 0;
  seen.length = 0;
  world.apply([
    ['a', '1'],
    ['b', undefined],
    ['c', '3'],
  ]);
  const count = (keys: string): number => seen.filter((each) => each === keys).length;
  assert.deepEqual([seen.length, count('abc'), count('bc'), count('ac')], [9, 3, 3, 3]);
  assert.equal(new Set(rests).size, 3);
});

test('after a snapshot replaced the store watchers go on without a gap', () => {
  const world = new World();
  const sink = new TestSink();
  const stream = world.hub.openStream(sink);
  stream.create(createRequest('k', { rangeEnd: utf8Bytes('l') }));
  world.apply([['k1', 'a']]);
  const replaced = world.store;
  for (let count = 0; count < 10; count += 1) replaced.apply([['k2', `${count}`]]);
  world.hub.restored(replaced);
  world.settle();
  world.apply([['k3', 'z']]);
  const events = sink.received.flatMap(({ response }) => response.events);
  assert.deepEqual(
    events.map((event) => event.kv?.modRevision),
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  );
});

test('closing a stream frees its watchers in every state', () => {
  const world = new World();
  world.apply([['k', '1']]);
  const sink = new TestSink();
  const stream = world.hub.openStream(sink);
  stream.create(createRequest('k', { progressNotify: true }));
  stream.create(createRequest('k', { startRevision: 1 }));
  assert.equal(world.ticks.length, 1);
  stream.close();
  world.settle();
  world.apply([['k', '2']]);
  assert.deepEqual(world.hub.counts, { streams: 0, synced: 0, catchingUp: 0 });
  assert.equal(world.ticks.length, 0);
  assert.equal(sink.received.length, 2);
});
