import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { backendContract } from '../../../test/support/backend-contract.ts';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import type { Disk } from '../io/disk.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { type Backend, buckets } from './backend.ts';
import { LmdbBackend } from './lmdb-backend.ts';
import { type FileBackend, ReplaceableBackend } from './replaceable-backend.ts';
import { WriteBehindBackend } from './write-behind.ts';

const base = mkdtempSync(`${tmpdir()}/etcdts-replaceable-`);
after(() => rmSync(base, { recursive: true, force: true }));
let next = 0;

function newRoot(): string {
  const root = `${base}/${next++}`;
  mkdirSync(root);
  return root;
}

type Opening = {
  readonly disk?: Disk;
  readonly yieldToLoop?: () => Promise<void>;
  readonly journalBytesMax?: number;
  readonly wrap?: (backend: LmdbBackend) => FileBackend;
};

function openAt(root: string, opening: Opening = {}): Promise<ReplaceableBackend> {
  const disk = opening.disk ?? nodeDisk;
  const open = async (dir: string): Promise<FileBackend> => {
    const backend = await LmdbBackend.open({ dir, disk, bootId: 'boot-1', log: silentLog });
    return opening.wrap?.(backend) ?? backend;
  };
  return ReplaceableBackend.open(`${root}/0000`, {
    disk,
    log: silentLog,
    open,
    yieldToLoop: opening.yieldToLoop ?? (() => new Promise((resolve) => setImmediate(resolve))),
    ...(opening.journalBytesMax === undefined ? {} : { journalBytesMax: opening.journalBytesMax }),
  });
}

/** As a member opens it. */
function writtenBehind(backend: LmdbBackend): FileBackend {
  return new WriteBehindBackend(backend, systemClock);
}

/** Everything in the store as one string. */
function contents(backend: Backend): string {
  return backend.read((txn) =>
    buckets
      .flatMap((bucket) =>
        [...txn.range(bucket, new Uint8Array(0), undefined)].map(
          ([key, value]) => `${bucket}/${utf8Text(key)}=${Buffer.from(value).toString('hex')}`,
        ),
      )
      .join('\n'),
  );
}

const sequenceKey = utf8Bytes('sequence');

/** Writes of every kind; every transaction has its number in the store, as applied indexes are. */
class Scribbler {
  readonly #backend: Backend;
  readonly #random: Random;
  sequence = 0;

  constructor(backend: Backend, random: Random) {
    this.#backend = backend;
    this.#random = random;
  }

  scribble(writes: number): void {
    for (let i = 0; i < writes; i++) this.#write();
  }

  #write(): void {
    const random = this.#random;
    this.sequence += 1;
    const name = String(this.sequence).padStart(12, '0');
    this.#backend.write((txn) => {
      for (let j = 0; j < 5; j++) {
        const key = utf8Bytes(`key-${random.below(300)}`);
        if (random.below(4) === 0) txn.delete('index', key);
        else txn.put('index', key, new Uint8Array(random.below(300)).fill(random.below(256)));
      }
      txn.append('history', utf8Bytes(name), new Uint8Array(random.below(100)).fill(7));
      const old = String(1 + random.below(this.sequence)).padStart(12, '0');
      if (random.below(3) === 0) txn.delete('history', utf8Bytes(old));
      txn.put('meta', sequenceKey, utf8Bytes(name));
    });
  }
}

function sequenceOf(backend: Backend): number {
  const bytes = backend.read((txn) => txn.get('meta', sequenceKey));
  return bytes === undefined ? 0 : Number(utf8Text(bytes));
}

/** Leaves many free pages behind. */
function bloat(backend: Backend): void {
  for (let i = 0; i < 20; i++) {
    backend.write((txn) => {
      for (let j = 0; j < 100; j++) txn.put('graves', utf8Bytes(`${i}-${j}`), new Uint8Array(900));
    });
  }
  backend.write((txn) => {
    for (let i = 0; i < 20; i++) {
      for (let j = 0; j < 100; j++) txn.delete('graves', utf8Bytes(`${i}-${j}`));
    }
  });
}

backendContract('replaceable', () => openAt(newRoot()));
backendContract('replaceable, written behind', () => openAt(newRoot(), { wrap: writtenBehind }));

test('defragmenting makes the file smaller and leaves the contents', async () => {
  const root = newRoot();
  const backend = await openAt(root);
  const scribbler = new Scribbler(backend, seededRandom(1));
  scribbler.scribble(30);
  bloat(backend);
  const expected = contents(backend);
  const before = backend.sizeBytes();
  await backend.defragment();
  assert.ok(backend.sizeBytes() < before / 4, `${backend.sizeBytes()} of ${before}`);
  assert.equal(contents(backend), expected);
  await backend.defragment();
  scribbler.scribble(10);
  const later = contents(backend);
  await backend.close();
  assert.deepEqual(readdirSync(root), ['0000-00000002']);
  assert.equal(basename(backend.dir), '0000-00000002');
  assert.equal(await contentsAt(backend.dir, 'boot-2'), later);
});

for (const [name, wrap] of [
  ['lmdb', (backend: LmdbBackend): FileBackend => backend],
  ['written behind', writtenBehind],
] as const) {
  test(`${name}: what is written while it runs is in the new file, and pins keep their moment`, async () => {
    const root = newRoot();
    const random = seededRandom(2);
    const backend = await openAt(root, {
      wrap,
      yieldToLoop: async () => {
        scribbler.scribble(random.below(40));
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    const scribbler = new Scribbler(backend, random);
    scribbler.scribble(100);
    const pinned = contents(backend);
    const pin = backend.pin();
    let isRunning = true;
    const defragmented = backend.defragment().finally(() => (isRunning = false));
    while (isRunning) {
      scribbler.scribble(3);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await defragmented;
    const expected = contents(backend);
    assert.equal(sequenceOf(backend), scribbler.sequence);
    assert.equal(contents({ ...backend, read: (fn) => fn(pin) } as Backend), pinned);
    assert.ok(existsSync(`${root}/0000`), 'the old file stays while somebody reads it');
    pin.close();
    await backend.close();
    assert.deepEqual(readdirSync(root), ['0000-00000001']);
    assert.equal(await contentsAt(backend.dir, 'boot-2'), expected);
  });
}

test('without room for the copy nothing changes', async () => {
  const root = newRoot();
  let isFull = true;
  const backend = await openAt(root, {
    wrap: (inner) =>
      Object.assign(inner, {
        copyTo: async (dir: string): Promise<void> => {
          if (!isFull) return await LmdbBackend.prototype.copyTo.call(inner, dir);
          mkdirSync(dir);
          writeFileSync(`${dir}/state.lmdb`, 'half of it');
          throw new Error('No space left on device');
        },
      }),
  });
  const scribbler = new Scribbler(backend, seededRandom(3));
  scribbler.scribble(30);
  await assert.rejects(backend.defragment(), /No space left on device/);
  assert.deepEqual(readdirSync(root), ['0000']);
  scribbler.scribble(3);
  isFull = false;
  await backend.defragment();
  assert.equal(sequenceOf(backend), scribbler.sequence);
  await backend.close();
});

test('more written keys than can be remembered give the copy up', async () => {
  const root = newRoot();
  const backend = await openAt(root, { journalBytesMax: 1_000 });
  const scribbler = new Scribbler(backend, seededRandom(4));
  scribbler.scribble(10);
  const defragmented = backend.defragment();
  scribbler.scribble(30);
  await assert.rejects(defragmented, /too many keys were written/);
  assert.deepEqual(readdirSync(root), ['0000']);
  assert.equal(sequenceOf(backend), scribbler.sequence);
  await backend.defragment();
  await backend.close();
});

test('closing ends a defragmentation', async () => {
  const root = newRoot();
  const backend = await openAt(root);
  const scribbler = new Scribbler(backend, seededRandom(5));
  scribbler.scribble(30);
  const expected = contents(backend);
  const defragmented = backend.defragment();
  const refused = assert.rejects(defragmented, /was closed while it was defragmented/);
  await backend.close();
  await refused;
  assert.deepEqual(readdirSync(root), ['0000']);
  assert.equal(await contentsAt(`${root}/0000`, 'boot-2'), expected);
});

// ---- crashes: a disk that stops at every step

type DiskStep = (step: string, args: readonly string[]) => void;

/** Calls `before` and `after` around everything that changes the disk. */
function steppingDisk(before: DiskStep, after: DiskStep): Disk {
  const step = async (name: string, args: string[], run: () => Promise<void>): Promise<void> => {
    before(name, args);
    await run();
    after(name, args);
  };
  return {
    list: (path) => nodeDisk.list(path),
    exists: (path) => nodeDisk.exists(path),
    lock: (path) => nodeDisk.lock(path),
    makeDir: (path) => step('makeDir', [path], () => nodeDisk.makeDir(path)),
    remove: (path) => step('remove', [path], () => nodeDisk.remove(path)),
    removeDir: (path) => step('removeDir', [path], () => nodeDisk.removeDir(path)),
    syncDir: (path) => step('syncDir', [path], () => nodeDisk.syncDir(path)),
    rename: (from, to) => step('rename', [from, to], () => nodeDisk.rename(from, to)),
    open: async (path, mode) => {
      if (mode !== 'read') before('open', [path]);
      return await nodeDisk.open(path, mode);
    },
  };
}

/** What the disk is known to hold of one folder. */
type Durable = { data: Buffer; checkpoint: Buffer };

/** Follows what is durable, so that a power cut can leave that and a random part of the rest. */
class DurableFolders {
  readonly #random: Random;
  readonly folders = new Map<string, Durable>();
  /** A renamed folder until its parent is synced: it may come back under either name. */
  #renamed: { from: string; to: string } | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The data file is synced just before; in this test nothing is written while it is. */
  before(step: string, [path = '']: readonly string[]): void {
    if (step !== 'open' || !basename(path).startsWith('checkpoint')) return;
    const dir = dirname(path);
    const data = contentsOf(`${dir}/state.lmdb`) ?? Buffer.alloc(0);
    const checkpoint = this.folders.get(dir)?.checkpoint ?? Buffer.alloc(0);
    this.folders.set(dir, { data, checkpoint });
  }

  after(step: string, [from = '', to = '']: readonly string[]): void {
    if (step === 'removeDir') this.folders.delete(from);
    if (step === 'syncDir') this.#renamed = undefined;
    if (step !== 'rename') return;
    const known = this.folders.get(basename(to) === 'checkpoint' ? dirname(to) : from);
    if (known === undefined) return;
    if (basename(to) === 'checkpoint') {
      known.checkpoint = readFileSync(to);
      return;
    }
    this.folders.delete(from);
    this.folders.set(to, known);
    this.#renamed = { from, to };
  }

  /** As a power cut may leave it; returns the root of it. */
  cut(): string {
    const root = newRoot();
    const keepsOldName = this.#random.below(2) === 0;
    for (const [dir, { data, checkpoint }] of this.folders) {
      const name = dir === this.#renamed?.to && keepsOldName ? this.#renamed.from : dir;
      const now = contentsOf(`${dir}/state.lmdb`) ?? data;
      const left = Buffer.alloc(this.#random.below(2) === 0 ? now.length : data.length);
      data.copy(left);
      for (let at = 0; at < left.length; at += 4_096) {
        if (this.#random.below(2) === 0) now.copy(left, at, at, at + 4_096);
      }
      const copy = join(root, basename(name));
      mkdirSync(copy);
      writeFileSync(`${copy}/state.lmdb`, left);
      writeFileSync(`${copy}/checkpoint`, checkpoint);
    }
    return root;
  }
}

/** undefined when it is not there: a folder may be on its way out. */
function contentsOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function copyFolders(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    mkdirSync(join(to, name));
    for (const file of ['state.lmdb', 'checkpoint']) {
      const found = contentsOf(join(from, name, file));
      if (found !== undefined) writeFileSync(join(to, name, file), found);
    }
  }
}

/** The folder that a start would open. */
function currentOf(root: string): string {
  const names = readdirSync(root).filter((name) => /^[0-9]{4}(-[0-9a-f]{8})?$/.test(name));
  return join(root, names.sort().at(-1) ?? 'none');
}

async function contentsAt(dir: string, bootId: string): Promise<string> {
  const backend = await LmdbBackend.open({ dir, disk: nodeDisk, bootId, log: silentLog });
  const found = contents(backend);
  await backend.close();
  return found;
}

type Cut = { root: string; bootId: string; promised: number; at: string };

test('a kill or a power cut at any step comes back not older than the last checkpoint', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`defragmentation cut seed ${seed}`);
  const random = seededRandom(seed);
  const root = newRoot();
  const cuts: Cut[] = [];
  const contentsAfter = new Map<number, string>();
  const durable = new DurableFolders(random);
  const parts: { backend?: ReplaceableBackend; scribbler?: Scribbler } = {};
  let promised = 0;
  const cut = (at: string): void => {
    if (random.below(2) === 0) {
      cuts.push({ root: durable.cut(), bootId: 'boot-2', promised, at: `power cut ${at}` });
      return;
    }
    const killed = newRoot();
    copyFolders(root, killed);
    cuts.push({ root: killed, bootId: 'boot-1', promised, at: `kill ${at}` });
  };
  const write = (): void => {
    const { backend, scribbler } = parts;
    if (backend === undefined || scribbler === undefined) return;
    for (let i = random.below(4); i > 0; i--) {
      scribbler.scribble(1);
      contentsAfter.set(scribbler.sequence, contents(backend));
    }
  };
  const name = (step: string, args: readonly string[]): string =>
    `${step} ${args.map((path) => path.slice(root.length)).join(' ')}`;
  const disk = steppingDisk(
    (step, args) => {
      durable.before(step, args);
      write();
      if (parts.backend !== undefined) cut(`before ${name(step, args)}`);
    },
    (step, args) => {
      durable.after(step, args);
      write();
      if (parts.backend !== undefined) cut(`after ${name(step, args)}`);
    },
  );
  const backend = await openAt(root, { disk });
  const scribbler = new Scribbler(backend, random);
  scribbler.scribble(20);
  contentsAfter.set(scribbler.sequence, contents(backend));
  const checkpoint = async (): Promise<void> => {
    const covered = scribbler.sequence;
    await backend.checkpoint();
    promised = Math.max(promised, covered);
  };
  await checkpoint();
  Object.assign(parts, { backend, scribbler });
  for (let round = 0; round < 2; round++) {
    const defragmented = backend.defragment();
    // Somebody wants a checkpoint all the time.
    let isRunning = true;
    void defragmented.finally(() => (isRunning = false));
    while (isRunning) await checkpoint();
    await defragmented;
    await checkpoint();
  }
  delete parts.backend;
  const last = contents(backend);
  await backend.close();
  assert.equal(await contentsAt(currentOf(root), 'boot-2'), last);
  assert.ok(cuts.length > 50, `${cuts.length} cuts`);
  for (const { root: left, bootId, promised: atLeast, at } of cuts) {
    const opened = currentOf(left);
    const reopened = await openedAt(opened, bootId, at);
    const sequence = sequenceOf(reopened);
    assert.ok(sequence >= atLeast, `${at}: came back to ${sequence}, promised was ${atLeast}`);
    assert.equal(contents(reopened), contentsAfter.get(sequence), at);
    await reopened.close();
    rmSync(left, { recursive: true });
  }
});

async function openedAt(dir: string, bootId: string, at: string): Promise<LmdbBackend> {
  try {
    return await LmdbBackend.open({ dir, disk: nodeDisk, bootId, log: silentLog });
  } catch (cause) {
    throw new Error(`cannot open after a ${at}`, { cause });
  }
}

test('a disk that fails at any step leaves the old file in use, or the member stops', async () => {
  let wasEnough = false;
  for (let failing = 1; !wasEnough; failing++) {
    const root = newRoot();
    let steps = Number.NEGATIVE_INFINITY;
    const disk = steppingDisk(
      () => {
        steps += 1;
        if (steps >= failing && steps <= failing + 1) throw new Error(`step ${failing} failed`);
      },
      () => {},
    );
    const backend = await openAt(root, { disk });
    const scribbler = new Scribbler(backend, seededRandom(failing));
    scribbler.scribble(20);
    steps = 0;
    const failure = await backend.defragment().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    wasEnough = steps < failing;
    steps = Number.NEGATIVE_INFINITY;
    try {
      scribbler.scribble(5);
      await backend.checkpoint();
    } catch {
      // It says so, and the member stops: the next start opens what the last checkpoint promised.
      assert.notEqual(failure, undefined);
      continue;
    }
    const expected = contents(backend);
    assert.equal(sequenceOf(backend), scribbler.sequence);
    await backend.close();
    assert.equal(await contentsAt(currentOf(root), 'boot-2'), expected, `step ${failing}`);
    rmSync(root, { recursive: true });
  }
});
