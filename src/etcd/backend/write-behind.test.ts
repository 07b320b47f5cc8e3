import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { backendContract } from '../../../test/support/backend-contract.ts';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { utf8Bytes as b, utf8Text } from '../../base/bytes.ts';
import { silentLog } from '../../base/log.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import { limits } from '../config/limits.ts';
import { nodeDisk } from '../io/node-disk.ts';
import type { Bucket, Changes, ReadTxn, WriteTxn } from './backend.ts';
import { LmdbBackend } from './lmdb-backend.ts';
import { WriteBehindBackend } from './write-behind.ts';

const base = mkdtempSync(`${tmpdir()}/etcdts-behind-`);
after(() => rmSync(base, { recursive: true, force: true }));
let next = 0;

function openLmdb(): Promise<LmdbBackend> {
  const dir = `${base}/${next++}`;
  return LmdbBackend.open({ dir, disk: nodeDisk, bootId: 'boot', log: silentLog });
}

backendContract(
  'write-behind on memory',
  async () => new WriteBehindBackend(new MemoryBackend(), new ManualClock()),
);
backendContract(
  'write-behind on lmdb',
  async () => new WriteBehindBackend(await openLmdb(), new ManualClock()),
);

test('pins are bounded, and never take the place of a checkpoint', async () => {
  const backend = new WriteBehindBackend(await openLmdb(), new ManualClock());
  const pins = [];
  const write = async (i: number): Promise<void> => {
    backend.write((txn) => txn.put('meta', b('key'), b(`${i}`)));
    await backend.drain();
  };
  for (let i = 0; i < limits.storePinsMax; i++) {
    // Each of another moment: pins of one moment may share their place.
    await write(i);
    pins.push(backend.pin());
  }
  await write(-1);
  assert.throws(() => backend.pin(), /too many requests/);
  await backend.checkpoint();
  assert.equal(utf8Text(pins[7]?.get('meta', b('key')) as Uint8Array), '7');
  for (const pin of pins) pin.close();
  backend.pin().close();
  await backend.close();
});

/** A store whose commits wait until the test says how they end. */
class HeldBackend extends MemoryBackend {
  held: { end: () => Promise<void>; fail: (error: Error) => void } | undefined;
  commits = 0;

  override commit(changes: readonly Changes[]): Promise<void> {
    assert.equal(this.held, undefined, 'one commit at a time');
    this.commits += 1;
    return new Promise((resolve, reject) => {
      const end = async (): Promise<void> => {
        this.held = undefined;
        await super.commit(changes);
        resolve();
        await turns(2);
      };
      const fail = (error: Error): void => {
        this.held = undefined;
        reject(error);
      };
      this.held = { end, fail };
    });
  }
}

function setUp(): { below: HeldBackend; clock: ManualClock; backend: WriteBehindBackend } {
  const below = new HeldBackend();
  const clock = new ManualClock();
  return { below, clock, backend: new WriteBehindBackend(below, clock) };
}

const buckets: readonly Bucket[] = ['index', 'history', 'meta'];

function contents(txn: ReadTxn): string {
  return buckets
    .flatMap((bucket) =>
      [...txn.range(bucket, b(''), undefined)].map(
        ([key, value]) => `${bucket}/${utf8Text(key)}=${utf8Text(value)}`,
      ),
    )
    .join(' ');
}

/** A transaction that also says which one it is. */
function scribble(seed: number, number: number): (txn: WriteTxn) => void {
  return (txn) => {
    const random = seededRandom(seed + number);
    txn.put('meta', b('n'), b(String(number)));
    txn.append('history', b(String(number).padStart(6, '0')), b('h'.repeat(random.below(50))));
    for (let i = random.below(6); i > 0; i--) {
      const key = b(`k${random.below(30)}`);
      if (random.below(3) === 0) txn.delete('index', key);
      else txn.put('index', key, b(`v${random.below(1_000)}`));
    }
  };
}

void test('writes wait for the time or the number that is worth a commit', async () => {
  const { below, clock, backend } = setUp();
  backend.write((txn) => txn.put('meta', b('a'), b('1')));
  await turns();
  assert.equal(below.commits, 0);
  clock.advance(limits.pendingWriteMs);
  await turns();
  assert.equal(below.commits, 1);
  await below.held?.end();
  assert.equal(contents(below.latest), 'meta/a=1');
  backend.write((txn) => {
    for (let i = 0; i < limits.pendingWritesMax; i++) txn.put('index', b(`k${i}`), b('v'));
  });
  assert.equal(below.commits, 2);
});

void test('who reads a range through pending writes has them committed soon', () => {
  const { below, backend } = setUp();
  backend.write((txn) => txn.put('index', b('a'), b('1')));
  backend.read((txn) => txn.count('index', b(''), undefined));
  backend.write((txn) => txn.put('index', b('b'), b('1')));
  assert.equal(below.commits, 1);
});

void test('a range that nothing waits in is the affair of the store below alone', () => {
  const { below, backend } = setUp();
  backend.write((txn) => {
    for (const key of ['m', 'b', 'x']) txn.put('index', b(key), b('1'));
  });
  const keysIn = (from: string, to: string): string[] =>
    backend.read((txn) => [...txn.range('index', b(from), b(to))].map(([key]) => utf8Text(key)));
  assert.deepEqual(keysIn('c', 'm'), []);
  assert.deepEqual(keysIn('y', 'z'), []);
  assert.equal(
    backend.read((txn) => txn.count('history', b(''), undefined)),
    0,
  );
  backend.write((txn) => txn.put('index', b('c'), b('1')));
  assert.equal(below.commits, 0, 'nothing was merged');
  assert.deepEqual(keysIn('c', 'n'), ['c', 'm']);
  backend.write((txn) => txn.put('index', b('d'), b('1')));
  assert.equal(below.commits, 1);
});

void test('a checkpoint comes behind everything written before it', async () => {
  const { below, backend } = setUp();
  backend.write((txn) => txn.put('meta', b('a'), b('1')));
  const first = backend.checkpoint();
  backend.write((txn) => txn.put('meta', b('a'), b('2')));
  await below.held?.end();
  await first;
  assert.equal(contents(below.afterPowerLoss().latest), 'meta/a=1');
});

void test('a failed commit refuses writes, room and checkpoints, and reads go on', async () => {
  const { below, clock, backend } = setUp();
  backend.write((txn) => txn.put('meta', b('a'), b('1')));
  clock.advance(limits.pendingWriteMs);
  await turns();
  const failed = backend.checkpoint();
  below.held?.fail(new Error('no space'));
  await assert.rejects(failed, /no space/);
  assert.throws(() => backend.write((txn) => txn.put('meta', b('a'), b('2'))), /no space/);
  await assert.rejects(backend.room() ?? Promise.resolve(), /no space/);
  await assert.rejects(backend.checkpoint(), /no space/);
  assert.equal(backend.read(contents), 'meta/a=1');
  await backend.close();
  assert.equal(contents(below.afterKill().latest), '');
});

void test('there is no room while twice the bytes of a commit wait', async () => {
  const { below, backend } = setUp();
  const large = Buffer.alloc(limits.pendingWriteBytesMax - 100);
  assert.equal(backend.room(), undefined);
  for (let i = 0; i < 3; i++) backend.write((txn) => txn.put('meta', b(`k${i}`), large));
  const room = backend.room();
  assert.notEqual(room, undefined);
  await below.held?.end();
  await room;
  assert.equal(backend.room(), undefined);
});

void test('draining commits at once and waits for it', async () => {
  const { below, backend } = setUp();
  await backend.drain();
  assert.equal(below.commits, 0, 'nothing waits');
  backend.write((txn) => txn.put('meta', b('a'), b('1')));
  const drained = backend.drain();
  await turns();
  assert.equal(below.commits, 1);
  assert.equal(contents(below.afterKill().latest), '');
  await below.held?.end();
  await drained;
  assert.equal(contents(below.afterKill().latest), 'meta/a=1');
});

/**
 * At every step: reads and pins see every write as if there were no layers, and a crash leaves what
 * some earlier transaction left, never less than the last finished commit.
 */
void test('it equals a store without layers at every step, and a crash leaves a prefix', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`write-behind seed ${seed}`);
  const random = seededRandom(seed);
  const { below, clock, backend } = setUp();
  const twin = new MemoryBackend();
  const after: string[] = [''];
  let committedAtLeast = 0;
  let committing = 0;
  const pins: { pin: ReturnType<WriteBehindBackend['pin']>; expected: string }[] = [];
  for (let step = 0; step < 400; step++) {
    switch (random.below(8)) {
      case 0:
        if (below.held === undefined) clock.advance(limits.pendingWriteMs);
        await turns(2);
        break;
      case 1:
        if (below.held !== undefined) {
          await below.held.end();
          committedAtLeast = committing;
        }
        break;
      case 2:
        if (pins.length < 4) pins.push({ pin: backend.pin(), expected: contents(twin.latest) });
        break;
      case 3:
        pins.splice(random.below(4), 1)[0]?.pin.close();
        break;
      case 4: {
        const fails = scribble(seed + step, 999_999);
        const planned = (txn: WriteTxn): void => {
          fails(txn);
          throw new Error('planned');
        };
        assert.throws(() => backend.write(planned), /planned/);
        break;
      }
      default: {
        const number = after.length;
        const write = scribble(seed, number);
        twin.write(write);
        backend.write(write);
        after.push(contents(twin.latest));
      }
    }
    if (below.held === undefined) committing = after.length - 1;
    const current = after.at(-1) as string;
    assert.equal(backend.read(contents), current);
    for (const { pin, expected } of pins) assert.equal(contents(pin), expected);
    backend.read((txn) => compareRanges(txn, twin.latest, random));
    const left = after.indexOf(contents(below.afterKill().latest));
    assert.ok(left >= committedAtLeast, `a crash leaves transaction ${left}`);
  }
  const drained = backend.close();
  for (let i = 0; i < 3; i++) {
    await turns(2);
    await below.held?.end();
  }
  await drained;
  assert.equal(contents(below.afterPowerLoss().latest), after.at(-1));
});

function compareRanges(found: ReadTxn, expected: ReadTxn, random: Random): void {
  const [from, to] = [b(`k${random.below(30)}`), b(`k${random.below(30)}`)];
  assert.equal(found.count('index', from, to), expected.count('index', from, to));
  const options = { reverse: random.below(2) === 0, limit: random.below(5) };
  const list = (txn: ReadTxn): string[] =>
    [...txn.range('index', from, to, options)].map(
      ([key, value]) => utf8Text(key) + utf8Text(value),
    );
  assert.deepEqual(list(found), list(expected));
  const value = (txn: ReadTxn): string => utf8Text(txn.get('index', from) ?? b('-'));
  assert.equal(value(found), value(expected));
}
