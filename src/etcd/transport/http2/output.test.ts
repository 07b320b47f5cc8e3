import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { seededRandom } from '../../../base/random.ts';
import { limits } from '../../config/limits.ts';
import { Output, OutputBlocks } from './output.ts';

/** A kernel that copies what it is given only when it takes it. */
class SlowSocket extends Duplex {
  readonly taken: Buffer[] = [];
  #given: Uint8Array[] = [];
  #done: (() => void) | undefined;
  isFast = false;

  override _read(): void {}

  override _write(chunk: Uint8Array, _: string, done: () => void): void {
    this.#give([chunk], done);
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: () => void): void {
    this.#give(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  takeAll(): void {
    const done = this.#done;
    this.taken.push(...this.#given.map((bytes) => Buffer.from(bytes)));
    this.#given = [];
    this.#done = undefined;
    done?.();
  }

  #give(chunks: Uint8Array[], done: () => void): void {
    this.#given = chunks;
    this.#done = done;
    if (this.isFast) this.takeAll();
  }
}

/** Blocks that know how many were made. */
class CountedBlocks extends OutputBlocks {
  readonly made = new Set<Buffer>();

  override take(bytes: number): Buffer {
    const block = super.take(bytes);
    this.made.add(block);
    return block;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('whatever sockets are slow, each gets its bytes, from blocks that all of them share', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`output seed ${seed}`);
  const random = seededRandom(seed);
  const blocks = new CountedBlocks();
  const sides = Array.from({ length: 4 }, () => {
    const socket = new SlowSocket();
    return { socket, output: new Output(socket, blocks), said: [] as Buffer[] };
  });
  for (let step = 0; step < 4_000; step++) {
    const { socket, output, said } = sides[random.below(4)] as (typeof sides)[number];
    const length = random.below(20) === 0 ? random.below(100_000) : random.below(3_000);
    const bytes = Buffer.alloc(length, step & 0xff);
    if (random.below(10) === 0) output.reference(bytes);
    else output.append(bytes);
    said.push(bytes);
    if (random.below(3) === 0) output.flush();
    if (random.below(4) === 0) socket.isFast = random.below(2) === 0;
    if (random.below(3) === 0) socket.takeAll();
    if (random.below(8) === 0) output.reclaim();
    if (random.below(16) === 0) await turn();
  }
  for (const { socket, output, said } of sides) {
    output.flush();
    socket.isFast = true;
    while (socket.writableLength > 0) {
      socket.takeAll();
      await turn();
    }
    assert.ok(Buffer.concat(said).equals(Buffer.concat(socket.taken)));
    assert.equal(output.unsentBytes, 0);
  }
});

test('what a slow socket held is used again once it was taken', async () => {
  const blocks = new CountedBlocks();
  const socket = new SlowSocket();
  const output = new Output(socket, blocks);
  const bytes = Buffer.alloc(10_000);
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < 20; i++) output.append(bytes);
    output.flush();
    socket.takeAll();
    await turn();
    socket.takeAll();
    await turn();
  }
  assert.ok(blocks.made.size <= 12, `${blocks.made.size} blocks`);
});

test('little by little fills one block, however long the socket takes', () => {
  const blocks = new CountedBlocks();
  const output = new Output(new SlowSocket(), blocks);
  for (let i = 0; i < 100; i++) {
    output.append(Buffer.alloc(100));
    output.flush();
  }
  assert.equal(blocks.made.size, 1);
});

test('a block whose last bytes a socket took later, without a word, is free when it is asked for', () => {
  const blocks = new OutputBlocks();
  const socket = new SlowSocket();
  const output = new Output(socket, blocks);
  let drains = 0;
  socket.on('drain', () => drains++);
  output.append(Buffer.alloc(100));
  output.flush();
  output.reclaim();
  assert.equal(blocks.freeCount, 0);
  socket.takeAll();
  output.reclaim();
  assert.deepEqual([blocks.freeCount, drains], [1, 0]);
});

test('a socket that is over gets nothing, and its bytes count no more', () => {
  const socket = new SlowSocket();
  const output = new Output(socket, new OutputBlocks());
  output.append(Buffer.alloc(100));
  socket.destroy();
  output.flush();
  assert.equal(output.unsentBytes, 0);
  assert.deepEqual(socket.taken, []);
});

test('blocks that were needed at once are kept while they are needed, then but for a few let go', () => {
  const { max, kept } = limits.http2FreeBlocks;
  const blocks = new OutputBlocks();
  const useAtOnce = (count: number): void => {
    for (const block of Array.from({ length: count }, () => blocks.take(1))) blocks.give(block);
  };
  useAtOnce(2 * max);
  assert.equal(blocks.freeCount, max);
  for (let i = 0; i < 3; i++) {
    blocks.trim();
    useAtOnce(max);
  }
  assert.equal(blocks.freeCount, max);
  blocks.trim();
  useAtOnce(max - 10);
  blocks.trim();
  assert.equal(blocks.freeCount, max - 10);
  blocks.trim();
  assert.equal(blocks.freeCount, kept);
});
