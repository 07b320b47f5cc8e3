import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { backendContract } from '../../../test/support/backend-contract.ts';
import { rounds } from '../../../test/support/rounds.ts';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { silentLog } from '../../base/log.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import type { Disk } from '../io/disk.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { type Backend, buckets, type Changes, type WriteTxn } from './backend.ts';
import { LmdbBackend } from './lmdb-backend.ts';
import { ChunkPool, PendingWrites } from './pending-writes.ts';

const base = mkdtempSync(`${tmpdir()}/etcdts-lmdb-`);
after(() => rmSync(base, { recursive: true, force: true }));
let next = 0;

function newDir(): string {
  return `${base}/${next++}`;
}

function openAt(dir: string, bootId = 'boot-1', disk: Disk = nodeDisk): Promise<LmdbBackend> {
  return LmdbBackend.open({ dir, disk, bootId, log: silentLog });
}

/** Everything in the store as one string; of a long value its hash. */
function contents(backend: Backend): string {
  return backend.read((txn) =>
    buckets
      .flatMap((bucket) =>
        [...txn.range(bucket, new Uint8Array(0), undefined)].map(
          ([key, value]) => `${bucket}/${utf8Text(key)}=${shown(value)}`,
        ),
      )
      .join('\n'),
  );
}

function shown(value: Uint8Array): string {
  return value.length < 100 ? Buffer.from(value).toString('hex') : hash('sha1', value);
}

function scribble(backend: Backend, random: Random, writes: number): void {
  for (let i = 0; i < writes; i++) {
    backend.write((txn) => {
      for (let j = 0; j < 20; j++) {
        const key = utf8Bytes(`key-${random.below(2_000)}`);
        if (random.below(4) === 0) txn.delete('index', key);
        else txn.put('index', key, new Uint8Array(random.below(400)).fill(random.below(256)));
      }
    });
  }
}

backendContract('lmdb', () => openAt(newDir()));

test('everything is there after closing and opening', async () => {
  const dir = newDir();
  const first = await openAt(dir);
  scribble(first, seededRandom(1), 20);
  const expected = contents(first);
  await first.close();
  const second = await openAt(dir, 'boot-2');
  assert.equal(contents(second), expected);
  await second.close();
});

test('nobody but the owner may read a store or its copy', async () => {
  const dir = newDir();
  const original = await openAt(dir);
  scribble(original, seededRandom(1), 5);
  await original.copyTo(`${dir}-copy`);
  for (const path of [dir, `${dir}-copy`]) {
    for (const name of readdirSync(path)) {
      assert.equal(statSync(`${path}/${name}`).mode & 0o077, 0, `${path}/${name}`);
    }
  }
  await original.close();
});

test('a store that an earlier version left open to everybody is its owner’s once opened', async () => {
  const dir = newDir();
  await (await openAt(dir)).close();
  const path = `${dir}/state.lmdb`;
  chmodSync(path, 0o644);
  await (await openAt(dir)).close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a copy takes a first transaction that changes every page', async () => {
  const dir = newDir();
  const original = await openAt(dir);
  // The binding counts transactions: a copy goes on from a number, with no free pages before it.
  for (let i = 0; i < 20; i++) scribble(original, seededRandom(i), 20);
  const fill = (txn: WriteTxn, byte: number): void => {
    for (let i = 0; i < 20_000; i++) {
      txn.put('index', utf8Bytes(`many-${i}`), new Uint8Array(100).fill(byte));
    }
  };
  original.write((txn) => fill(txn, 1));
  await original.copyTo(`${dir}-copy`);
  const copy = await openAt(`${dir}-copy`);
  for (const number of [2, 3, 4]) {
    original.write((txn) => fill(txn, number));
    copy.write((txn) => fill(txn, number));
  }
  assert.equal(contents(copy), contents(original));
  await Promise.all([original.close(), copy.close()]);
});

test('a data file without its checkpoint file is refused, and the other way round', async () => {
  const dir = newDir();
  await (await openAt(dir)).close();
  copyFileSync(`${dir}/checkpoint`, `${dir}/kept`);
  rmSync(`${dir}/checkpoint`);
  await assert.rejects(openAt(dir), /has a state.lmdb but no checkpoint/);
  copyFileSync(`${dir}/kept`, `${dir}/checkpoint`);
  rmSync(`${dir}/state.lmdb`);
  await assert.rejects(openAt(dir), /has a checkpoint file but no state.lmdb/);
});

test('a damaged checkpoint file is refused by name', async () => {
  const dir = newDir();
  await (await openAt(dir)).close();
  const bytes = readFileSync(`${dir}/checkpoint`);
  bytes[200] = (bytes[200] as number) ^ 1;
  writeFileSync(`${dir}/checkpoint`, bytes);
  await assert.rejects(openAt(dir), /cannot read .*checkpoint/);
});

/** What the disk is known to hold: the data file as of its last sync, and the checkpoint file. */
type Durable = { data: Buffer; checkpoint: Buffer; contents: string };

/**
 * A copy of the folder as a power cut may leave it: of the pages written since the last sync, a
 * random part reached the disk.
 */
function cutPower(dir: string, durable: Durable, random: Random): string {
  const now = readFileSync(`${dir}/state.lmdb`);
  const page = 4096;
  const size = random.below(2) === 0 ? now.length : durable.data.length;
  const left = Buffer.alloc(Math.max(size, durable.data.length));
  durable.data.copy(left);
  for (let at = 0; at < left.length; at += page) {
    if (random.below(2) === 0 && at < now.length) now.copy(left, at, at, at + page);
  }
  const copy = newDir();
  mkdirSync(copy);
  writeFileSync(`${copy}/state.lmdb`, left);
  writeFileSync(`${copy}/checkpoint`, durable.checkpoint);
  return copy;
}

test('a power cut at any step of a checkpoint comes back to a whole checkpoint', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`power cut seed ${seed}`);
  const random = seededRandom(seed);
  const dir = newDir();
  const cuts: { dir: string; expected: string[] }[] = [];
  let durable: Durable | undefined;
  let started = '';
  let startImage: Buffer = Buffer.alloc(0);
  const cut = (expected: string[]): void => {
    if (durable !== undefined) cuts.push({ dir: cutPower(dir, durable, random), expected });
  };
  const opened: { backend?: LmdbBackend } = {};
  const disk: Disk = {
    list: (path) => nodeDisk.list(path),
    exists: (path) => nodeDisk.exists(path),
    makeDir: (path) => nodeDisk.makeDir(path),
    remove: (path) => nodeDisk.remove(path),
    removeDir: (path) => nodeDisk.removeDir(path),
    syncDir: (path) => nodeDisk.syncDir(path),
    lock: (path) => nodeDisk.lock(path),
    open: (path, mode) => nodeDisk.open(path, mode),
    rename: async (from, to) => {
      // The data file is synced, the new checkpoint file is not in place.
      if (opened.backend !== undefined && durable !== undefined) {
        durable = { ...durable, data: startImage };
        scribble(opened.backend, random, 3);
        cut([durable.contents]);
      }
      await nodeDisk.rename(from, to);
      if (opened.backend === undefined) return;
      durable = { data: startImage, checkpoint: readFileSync(to), contents: started };
      cut([started]);
    },
  };
  const backend = await openAt(dir, 'boot-1', disk);
  opened.backend = backend;
  scribble(backend, random, 30);
  for (let round = 0; round < 6; round++) {
    started = contents(backend);
    startImage = readFileSync(`${dir}/state.lmdb`);
    const done = backend.checkpoint();
    scribble(backend, random, 5);
    // The sync may or may not have begun.
    const before: Durable | undefined = durable;
    if (before !== undefined) cut([before.contents]);
    await done;
    scribble(backend, random, 40);
    cut([started]);
  }
  started = contents(backend);
  startImage = readFileSync(`${dir}/state.lmdb`);
  await backend.close();
  assert.ok(cuts.length >= 20);
  for (const { dir: left, expected } of cuts) {
    const restored = await openAt(left, 'boot-2');
    assert.ok(expected.includes(contents(restored)), `restored another state in ${left}`);
    scribble(restored, random, 5);
    const after = contents(restored);
    await restored.close();
    const again = await openAt(left, 'boot-3');
    assert.equal(contents(again), after);
    await again.close();
  }
});

test('a store that was never checkpointed starts empty after a power cut', async () => {
  const dir = newDir();
  const first = await openAt(dir);
  const checkpoint = readFileSync(`${dir}/checkpoint`);
  scribble(first, seededRandom(2), 3);
  const left = newDir();
  mkdirSync(left);
  writeFileSync(`${left}/checkpoint`, checkpoint);
  writeFileSync(`${left}/state.lmdb`, Buffer.alloc(5_000, 0xee));
  await first.close();
  const second = await openAt(left, 'boot-2');
  assert.equal(contents(second).includes('index/'), false);
  await second.close();
});

test('a killed process loses nothing it committed', async () => {
  const dir = newDir();
  const first = await openAt(dir);
  scribble(first, seededRandom(3), 30);
  const expected = contents(first);
  const left = newDir();
  mkdirSync(left);
  for (const name of ['state.lmdb', 'checkpoint'])
    copyFileSync(`${dir}/${name}`, `${left}/${name}`);
  await first.close();
  const second = await openAt(left, 'boot-1');
  assert.equal(contents(second), expected);
  await second.close();
});

/** Each commit makes all keys say its number, so a mixture of two would show. */
function sameEverywhere(number: number): Changes {
  const writes = new PendingWrites(new ChunkPool(0));
  for (let i = 0; i < 200; i++) {
    const gone = i > 0 && (i + number) % 3 === 0;
    writes.set('index', utf8Bytes(`key-${i}`), gone ? undefined : utf8Bytes(String(number)));
  }
  return writes;
}

test('a checkpoint that is asked for while commits run comes between two of them', async () => {
  const dir = newDir();
  const backend = await openAt(dir);
  const states = [contents(backend)];
  let ended = false;
  const committing = (async () => {
    for (let number = 1; !ended; number++) {
      await backend.commit([sameEverywhere(number)]);
      states.push(contents(backend));
    }
  })();
  for (let round = 0; round < 20; round++) {
    const before = states.length - 1;
    await backend.checkpoint();
    const left = newDir();
    mkdirSync(left);
    copyFileSync(`${dir}/checkpoint`, `${left}/checkpoint`);
    copyFileSync(`${dir}/state.lmdb`, `${left}/state.lmdb`);
    const restored = await openAt(left, 'boot-2');
    const at = states.indexOf(contents(restored));
    assert.ok(at >= before, `checkpoint ${round} holds state ${at}, state ${before} was committed`);
    await restored.close();
  }
  ended = true;
  await committing;
  await backend.close();
});

test('of one commit later changes of a key win, whichever part of it they are in', async () => {
  const backend = await openAt(newDir());
  await backend.commit([sameEverywhere(1), sameEverywhere(2), sameEverywhere(3)]);
  const expected = await openAt(newDir());
  await expected.commit([sameEverywhere(3)]);
  assert.equal(contents(backend), contents(expected));
  await backend.close();
  await expected.close();
});

test('commits of keys and values of every length hold what was written, and nothing else', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`commit seed ${seed}`);
  const random = seededRandom(seed);
  const backend = await openAt(newDir());
  const expected = await openAt(newDir());
  let revision = 0;
  for (let round = 0; round < rounds(10); round++) {
    const writes = new PendingWrites(new ChunkPool(0));
    expected.write((txn) => {
      for (let i = random.below(300); i >= 0; i--) {
        const key = Buffer.alloc(1 + random.below(random.below(8) === 0 ? 1978 : 40), 0x6b);
        key[random.below(key.length)] = random.below(256);
        const bytes = random.below(50) === 0 ? 400_000 : 300;
        const value = Buffer.alloc(random.below(bytes), random.below(256));
        if (random.below(4) === 0) {
          writes.set('index', key, undefined);
          txn.delete('index', key);
          continue;
        }
        writes.set('index', key, value);
        txn.put('index', key, value);
        const name = utf8Bytes(String(revision++).padStart(9, '0'));
        writes.append('history', name, value);
        txn.append('history', name, value);
      }
    });
    await backend.commit([writes]);
    assert.equal(contents(backend), contents(expected));
  }
  await backend.close();
  await expected.close();
});

test('an appended key that is not the last one fails the commit', async () => {
  const backend = await openAt(newDir());
  const writes = new PendingWrites(new ChunkPool(0));
  writes.append('history', utf8Bytes('b'), utf8Bytes('1'));
  await backend.commit([writes]);
  const wrong = new PendingWrites(new ChunkPool(0));
  wrong.append('history', utf8Bytes('a'), utf8Bytes('2'));
  await assert.rejects(backend.commit([wrong]), /appended .* not its last one/);
  await backend.close();
});
