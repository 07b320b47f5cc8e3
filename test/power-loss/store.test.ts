/**
 * `make power-loss`: power cuts under the state machine. Of the pages written since the last sync
 * each is found in any of the states it had since then, whatever the order of the writes was. The
 * store must come back not older than its last checkpoint, and the log brings it to where a machine
 * is that never lost power. POWER_LOSS_CUTS says how many, SEED repeats them.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { exportBuckets } from '../../src/etcd/apply/state-transfer.ts';
import type { Backend } from '../../src/etcd/backend/backend.ts';
import { LmdbBackend } from '../../src/etcd/backend/lmdb-backend.ts';
import { ReplaceableBackend } from '../../src/etcd/backend/replaceable-backend.ts';
import { WriteBehindBackend } from '../../src/etcd/backend/write-behind.ts';
import { nodeDisk } from '../../src/etcd/io/node-disk.ts';
import type { InternalRaftRequestInit } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import type { Entry } from '../../src/etcd/proto/generated/raftpb.ts';
import { MemoryBackend } from '../support/memory-backend.ts';
import { requestEntry, StateMachine } from '../support/state-machine.ts';

const cuts = Number(process.env['POWER_LOSS_CUTS'] ?? 10);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const pageBytes = 4_096;

/** Requests of every kind that changes something, on keys that meet. */
class Requests {
  readonly #random: Random;
  #revision = 1;
  #leases = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): InternalRaftRequestInit {
    const random = this.#random;
    const kind = random.below(20);
    if (kind === 0) return { leaseGrant: { TTL: 60, ID: BigInt(++this.#leases) } };
    if (kind === 1) return { leaseRevoke: { ID: this.#lease() } };
    if (kind === 2) return { compaction: { revision: Math.max(1, this.#revision - 20) } };
    this.#revision += 1;
    const key = this.#key();
    if (kind < 5) return { deleteRange: { key, rangeEnd: this.#key() } };
    if (kind < 8) {
      const puts = Array.from({ length: 1 + random.below(8) }, () => this.#put());
      const keys = new Set<string>();
      const once = puts.filter((put) => keys.size < keys.add(String(put.key)).size);
      return { txn: { success: once.map((requestPut) => ({ requestPut })) } };
    }
    return { put: this.#put() };
  }

  #put() {
    const random = this.#random;
    // Some larger than a page, so that they have pages of their own.
    const value = new Uint8Array(random.below(10) === 0 ? 9_000 : random.below(400));
    const lease = random.below(8) === 0 ? this.#lease() : 0n;
    return { key: this.#key(), value: value.fill(random.below(256)), lease };
  }

  #key(): Uint8Array {
    return Buffer.from(`key-${this.#random.below(80)}`);
  }

  #lease(): bigint {
    return BigInt(1 + this.#random.below(Math.max(1, this.#leases)));
  }
}

/** One folder of the store on a disk that loses power. */
type Folder = { durable: Buffer; readonly images: Buffer[]; checkpoint: Buffer };

/** Remembers in which states each page has been since it was last surely on the disk. */
class Pages {
  readonly #root: string;
  readonly #folders = new Map<string, Folder>();

  constructor(root: string) {
    this.#root = root;
  }

  look(): void {
    for (const name of readdirSync(this.#root)) {
      const dir = join(this.#root, name);
      const data = readIfThere(join(dir, 'state.lmdb'));
      const checkpoint = readIfThere(join(dir, 'checkpoint'));
      if (data === undefined || checkpoint === undefined) continue;
      const known = this.#folders.get(name);
      if (known === undefined) {
        this.#folders.set(name, { durable: data, images: [data], checkpoint });
        continue;
      }
      known.images.push(data);
    }
  }

  /** A checkpoint has ended and nothing was written since: all there is, is on the disk. */
  synced(): void {
    this.look();
    for (const [name, folder] of this.#folders) {
      const checkpoint = readIfThere(join(this.#root, name, 'checkpoint'));
      if (checkpoint === undefined) {
        this.#folders.delete(name);
        continue;
      }
      folder.checkpoint = checkpoint;
      folder.durable = folder.images.at(-1) ?? folder.durable;
      folder.images.splice(0, folder.images.length, folder.durable);
    }
  }

  /** Returns how many pages were not as they were last. */
  cutInto(root: string, random: Random): number {
    let lost = 0;
    for (const [name, { durable, images, checkpoint }] of this.#folders) {
      const states = [durable, ...images];
      const last = states.at(-1) ?? durable;
      const longest = states[random.below(states.length)] ?? durable;
      const left = Buffer.alloc(Math.max(longest.length, durable.length));
      for (let at = 0; at < left.length; at += pageBytes) {
        const from = states[random.below(states.length)] ?? durable;
        if (at < from.length) from.copy(left, at, at, Math.min(at + pageBytes, from.length));
        const page = left.subarray(at, at + pageBytes);
        if (!page.equals(last.subarray(at, at + pageBytes))) lost += 1;
      }
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'state.lmdb'), left);
      writeFileSync(join(root, name, 'checkpoint'), checkpoint);
    }
    return lost;
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

let boots = 0;

/** `isBehind`: as a member opens it; otherwise every batch is in the file at once. */
async function openAt(root: string, isBehind: boolean): Promise<ReplaceableBackend> {
  boots += 1;
  const bootId = `boot ${boots}`;
  const name = readdirSync(root).sort().at(-1) ?? '0000';
  return await ReplaceableBackend.open(join(root, name), {
    disk: nodeDisk,
    log: silentLog,
    open: async (dir) => {
      const backend = await LmdbBackend.open({ dir, disk: nodeDisk, bootId, log: silentLog });
      return isBehind ? new WriteBehindBackend(backend, systemClock) : backend;
    },
    yieldToLoop: () => new Promise((resolve) => setImmediate(resolve)),
  });
}

function exported(backend: Backend): string {
  const pin = backend.pin();
  const lines = exportBuckets(pin).buckets.flatMap(({ name, entries }) =>
    [...entries()].map((entry) =>
      [name, ...entry.map((bytes) => Buffer.from(bytes).toString('hex'))].join(' '),
    ),
  );
  pin.close();
  return lines.join('\n');
}

/** Applies what the machine has not applied yet. */
async function applyAll(machine: StateMachine, log: readonly Entry[]): Promise<void> {
  const rest = log.slice(machine.applier.appliedIndex);
  for (let at = 0; at < rest.length; at += 25) {
    const applied = machine.applier.applyBatch(rest.slice(at, at + 25), () => true, 0);
    for (const { compaction } of applied) await compaction?.done;
  }
}

class Life {
  readonly #random: Random;
  readonly #requests: Requests;
  readonly #base: string;
  readonly log: Entry[] = [];
  lost = 0;
  replayed = 0;
  #root: string;
  #cuts = 0;

  constructor(base: string, random: Random) {
    this.#base = base;
    this.#random = random;
    this.#requests = new Requests(random);
    this.#root = this.#newRoot();
  }

  /** One life of the store, from its start to a power cut in the middle of its work. */
  async liveAndDie(): Promise<void> {
    const random = this.#random;
    const backend = await openAt(this.#root, random.below(2) === 0);
    const machine = new StateMachine(backend);
    await machine.state.store.resumeCompaction();
    await applyAll(machine, this.log);
    const pages = new Pages(this.#root);
    pages.look();
    await backend.checkpoint();
    pages.synced();
    let promised = machine.applier.appliedIndex;
    const steps = 5 + random.below(40);
    for (let step = 0; step < steps; step += 1) {
      const applying = this.#apply(machine, 1 + random.below(20));
      // Between the batches the kernel may write what it likes: each look is such a moment.
      pages.look();
      await applying;
      const chance = random.below(30);
      if (chance < 2) {
        pages.look();
        promised = machine.applier.appliedIndex;
        await backend.checkpoint();
        pages.synced();
      } else if (chance === 2) {
        await backend.defragment();
        pages.look();
        await backend.checkpoint();
        pages.synced();
        promised = machine.applier.appliedIndex;
      }
    }
    pages.look();
    const left = this.#newRoot();
    this.lost += pages.cutInto(left, random);
    await machine.state.store.stop();
    await backend.close();
    rmSync(this.#root, { recursive: true });
    this.#root = left;
    await this.#comesBack(promised);
  }

  async #apply(machine: StateMachine, count: number): Promise<void> {
    const entries = Array.from({ length: count }, (_, i) => {
      const index = this.log.length + i + 1;
      return requestEntry(index, BigInt(index), this.#requests.next());
    });
    this.log.push(...entries);
    const applied = machine.applier.applyBatch(entries, () => true, 0);
    for (const { compaction } of applied) await compaction?.done;
  }

  async #comesBack(promised: number): Promise<void> {
    const backend = await openAt(this.#root, true);
    const machine = new StateMachine(backend);
    const { appliedIndex } = machine.applier;
    assert.ok(appliedIndex >= promised, `came back to ${appliedIndex}, promised was ${promised}`);
    this.replayed += this.log.length - appliedIndex;
    await machine.state.store.resumeCompaction();
    await applyAll(machine, this.log);
    const reference = new StateMachine(new MemoryBackend());
    await applyAll(reference, this.log);
    const isEqual = exported(backend) === exported(reference.state.backend);
    assert.ok(isEqual, `another state after entry ${this.log.length} in ${basename(this.#root)}`);
    await machine.state.store.stop();
    await backend.close();
  }

  #newRoot(): string {
    this.#cuts += 1;
    const root = join(this.#base, `life-${this.#cuts}`);
    mkdirSync(root);
    return root;
  }
}

test(`after ${cuts} power cuts the store and the log make the state that was lost`, async (t) => {
  t.diagnostic(`SEED=${seed}`);
  const base = mkdtempSync(join(tmpdir(), 'power-loss-'));
  try {
    let lost = 0;
    let replayed = 0;
    // Short lives keep the log, which is replayed from its start for the reference, short.
    for (let done = 0; done < cuts; ) {
      const dir = join(base, `log-${done}`);
      mkdirSync(dir);
      const life = new Life(dir, seededRandom(seed + done));
      for (let i = 0; i < 5 && done < cuts; i += 1, done += 1) await life.liveAndDie();
      lost += life.lost;
      replayed += life.replayed;
      rmSync(dir, { recursive: true });
    }
    assert.ok(lost > 0 && replayed > 0, `${lost} pages lost, ${replayed} entries replayed`);
    t.diagnostic(`${lost} pages lost, ${replayed} entries replayed`);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
