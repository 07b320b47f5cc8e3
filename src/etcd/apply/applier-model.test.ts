import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { KvModel, type ModelAnswer, shown } from '../../../test/support/kv-model.ts';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { rounds } from '../../../test/support/rounds.ts';
import { requestEntry, StateMachine } from '../../../test/support/state-machine.ts';
import { emptyBytes } from '../../base/bytes.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import type { Backend } from '../backend/backend.ts';
import { LmdbBackend } from '../backend/lmdb-backend.ts';
import { WriteBehindBackend } from '../backend/write-behind.ts';
import { nodeDisk } from '../io/node-disk.ts';
import type { Change } from '../mvcc/store.ts';
import {
  type CompareInit,
  decodeDeleteRangeResponse,
  decodePutRequest,
  decodePutResponse,
  decodeRangeRequest,
  decodeRangeResponse,
  decodeTxnRequest,
  decodeTxnResponse,
  encodePutRequest,
  encodeRangeRequest,
  encodeTxnRequest,
  type InternalRaftRequestInit,
  type PutRequestInit,
  type RangeRequestInit,
  type RequestOpInit,
  type ResponseOp,
  type TxnRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import { decodeKeyValue, type KeyValue } from '../proto/generated/mvccpb.ts';
import type { Entry } from '../proto/generated/raftpb.ts';
import { rangeAnswer } from './answer.ts';
import type { AppliedEntry, OwnRequest } from './applier.ts';
import { exportBuckets, importBuckets } from './state-transfer.ts';

const long = 'L'.repeat(1900);
/** Around the length where keys leave the index's own bucket, and the first and last bytes. */
const keys = ['\0', 'a', 'a\0', 'b', 'b\xff', 'c', 'd', 'e', long, `${long}\0`, `${long}a`, '\xff'];
const latin = (value: string): Uint8Array => Buffer.from(value, 'latin1');

class Generator {
  readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)] as T;
  }

  chance(oneIn: number): boolean {
    return this.random.below(oneIn) === 0;
  }

  key(): Uint8Array {
    return latin(this.pick(keys));
  }

  rangeEnd(): Uint8Array {
    return latin(this.pick(['', '', '\0', ...keys]));
  }

  lease(): bigint {
    return this.pick([0n, 0n, 0n, 1n, 2n, -3n]);
  }

  put(): PutRequestInit {
    const kept = { ignoreValue: this.chance(10), ignoreLease: this.chance(10) };
    return {
      key: this.key(),
      value: kept.ignoreValue ? emptyBytes : latin('v'.repeat(this.random.below(4))),
      lease: kept.ignoreLease ? 0n : this.lease(),
      prevKv: this.chance(2),
      ...kept,
    };
  }

  range(current: number): RangeRequestInit {
    const revision = this.chance(2) ? 0 : this.random.below(current + 2);
    const bound = (): number => (this.chance(6) ? this.random.below(current + 1) : 0);
    return {
      key: this.key(),
      rangeEnd: this.rangeEnd(),
      revision,
      limit: this.chance(2) ? this.random.below(4) : 0,
      sortOrder: this.random.below(3),
      sortTarget: this.random.below(5),
      keysOnly: this.chance(4),
      countOnly: this.chance(6),
      minModRevision: bound(),
      maxModRevision: bound(),
      minCreateRevision: bound(),
      maxCreateRevision: bound(),
    };
  }

  compare(current: number): CompareInit {
    const target = this.random.below(5);
    const small = this.random.below(4);
    const revision = this.random.below(current + 1);
    const wanted = [
      { version: small },
      { createRevision: this.pick([0, revision]) },
      { modRevision: this.pick([0, revision]) },
      { value: latin('v'.repeat(small)) },
      { lease: this.lease() },
    ][target];
    const rangeEnd = this.chance(3) ? this.rangeEnd() : emptyBytes;
    return { target, result: this.random.below(4), key: this.key(), rangeEnd, ...wanted };
  }

  /** `used`: keys that a put of this transaction may not touch any more, as etcd's check demands. */
  txn(current: number, depth = 0, used = new Set<string>()): TxnRequestInit {
    const ops = (): RequestOpInit[] => {
      const made: RequestOpInit[] = [];
      for (let i = this.random.below(4); i > 0; i--) made.push(...this.op(current, depth, used));
      return made;
    };
    const compare = Array.from({ length: this.random.below(3) }, () => this.compare(current));
    return { compare, success: ops(), failure: ops() };
  }

  op(current: number, depth: number, used: Set<string>): RequestOpInit[] {
    switch (this.random.below(depth < 2 ? 5 : 4)) {
      case 0:
        return [{ requestRange: this.range(current) }];
      case 1: {
        const key = this.key();
        if (used.has(Buffer.from(key).toString('latin1'))) return [];
        used.add(Buffer.from(key).toString('latin1'));
        return [{ requestDeleteRange: { key, prevKv: this.chance(2) } }];
      }
      case 4:
        return [{ requestTxn: this.txn(current, depth + 1, used) }];
      default: {
        const put = this.put();
        const key = Buffer.from(put.key as Uint8Array).toString('latin1');
        if (used.has(key)) return [];
        used.add(key);
        return [{ requestPut: put }];
      }
    }
  }

  request(current: number): InternalRaftRequestInit {
    switch (this.random.below(12)) {
      case 0:
      case 1:
        return {
          deleteRange: { key: this.key(), rangeEnd: this.rangeEnd(), prevKv: this.chance(2) },
        };
      case 2:
      case 3:
      case 4:
        return { txn: this.txn(current) };
      case 5:
        return { leaseGrant: { ID: this.pick([1n, 2n, -3n]), TTL: 100 } };
      case 6:
        return { leaseRevoke: { ID: this.pick([1n, 2n, -3n]) } };
      case 7:
        return this.chance(3)
          ? { compaction: { revision: Math.max(0, current + 1 - this.random.below(20)) } }
          : { put: this.put() };
      default:
        return { put: this.put() };
    }
  }
}

function kv({ key, createRevision, modRevision, version, value, lease }: KeyValue): unknown {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
  return {
    key: text(key),
    create: createRevision,
    mod: modRevision,
    version,
    value: text(value),
    lease,
  };
}

/** A decoded answer in the model's form. */
function readable(request: InternalRaftRequestInit, body: Uint8Array): unknown {
  if (request.put) return readableOp({ put: body });
  if (request.deleteRange) return readableOp({ del: body });
  if (request.txn) return readableTxn(decodeTxnResponse(body));
  return {};
}

function readableOp(op: { put?: Uint8Array; del?: Uint8Array; range?: Uint8Array }): object {
  if (op.put) {
    const { prevKv } = decodePutResponse(op.put);
    return { prevKv: prevKv && kv(prevKv) };
  }
  if (op.del) {
    const { deleted, prevKvs } = decodeDeleteRangeResponse(op.del);
    return { deleted, prevKvs: prevKvs.map(kv) };
  }
  const { kvs, count, more } = decodeRangeResponse(op.range as Uint8Array);
  return { kvs: kvs.map(kv), count, more };
}

function readableTxn(txn: ReturnType<typeof decodeTxnResponse>): unknown {
  const { succeeded, responses } = txn;
  return { succeeded, responses: responses.map(readableResponse) };
}

function readableResponse(op: ResponseOp): unknown {
  const { responsePut: put, responseDeleteRange: del, responseRange: range, responseTxn } = op;
  if (responseTxn) {
    assert.deepEqual(responseTxn.header?.revision, 0, 'a nested header is there, and empty');
    return readableTxn(responseTxn);
  }
  if (put) return { headerRevision: put.header?.revision, prevKv: put.prevKv && kv(put.prevKv) };
  if (del) {
    const { header, deleted, prevKvs } = del;
    return { headerRevision: header?.revision, deleted, prevKvs: prevKvs.map(kv) };
  }
  const { header, kvs, count, more } = range as NonNullable<typeof range>;
  return { headerRevision: header?.revision, kvs: kvs.map(kv), count, more };
}

function outcomeOf(request: InternalRaftRequestInit, applied: AppliedEntry): ModelAnswer {
  const { outcome } = applied;
  if (outcome.kind === 'error') return outcome.error.name;
  assert.equal(outcome.kind, 'answer');
  return {
    revision: outcome.kind === 'answer' ? outcome.revision : 0,
    answer: readable(request, outcome.kind === 'answer' ? outcome.body : emptyBytes),
  };
}

function checkRange(machine: StateMachine, model: KvModel, request: RangeRequestInit): void {
  const expected = model.range(request);
  let found: ModelAnswer;
  try {
    const result = machine.state.store.range(decodeRangeRequest(encodeRangeRequest(request)));
    found = { revision: result.revision, answer: readableOp({ range: rangeAnswer(result) }) };
  } catch (error) {
    found = (error as Error).name;
  }
  assert.deepEqual(found, expected, JSON.stringify(request));
}

function readableChange({ type, main, sub, keyValue, isCreate }: Change): unknown {
  const { key, mod, value, create, version, lease } = kv(decodeKeyValue(keyValue)) as ReturnType<
    typeof shown
  >;
  assert.equal(mod, main);
  return { isDelete: type === 1, isCreate, key, main, sub, value, create, version, lease };
}

function checkChanges(machine: StateMachine, model: KvModel, from: number, limit: number): void {
  const { store } = machine.state;
  if (from < store.compactRevision) {
    assert.throws(() => store.changes(from, limit), /has been compacted/);
    return;
  }
  const { changes, nextRevision } = store.changes(from, limit);
  // At the compacted revision itself superseded versions are gone; above it nothing is.
  const start = Math.max(from, store.compactRevision + 1);
  const expected = model.changes(start).filter(({ main }) => main < nextRevision);
  assert.deepEqual(
    changes.filter(({ main }) => main >= start).map(readableChange),
    expected.map((version) => ({
      ...version,
      isCreate: !version.isDelete && version.create === version.main,
    })),
  );
  for (const change of changes) {
    const key = Buffer.from(change.key).toString('latin1');
    const before = model.liveAt(change.main - 1, key, '')[0];
    const found = store.previousKeyValue(change);
    // What was superseded at or below the compacted revision may be gone.
    if (change.main <= store.compactRevision && found === undefined) continue;
    assert.deepEqual(found && kv(decodeKeyValue(found)), before && shown(before));
  }
}

/** Everything that is replicated, as one string. */
function exported(backend: Backend): string {
  const pin = backend.pin();
  const lines: string[] = [];
  for (const bucket of exportBuckets(pin).buckets) {
    for (const entry of bucket.entries())
      lines.push(`${bucket.name} ${entry.map((b) => Buffer.from(b).toString('hex')).join(' ')}`);
  }
  pin.close();
  return lines.join('\n');
}

async function runAgainstModel(seed: number, backend: Backend, steps: number): Promise<void> {
  const generator = new Generator(seededRandom(seed));
  const machine = new StateMachine(backend);
  const model = new KvModel();
  for (let step = 0; step < steps; step++) {
    const request = generator.request(model.current);
    const changesBefore = model.versions.length;
    const applied = machine.apply(request);
    assert.deepEqual(outcomeOf(request, applied), model.apply(request), `step ${step}`);
    assert.deepEqual(
      applied.changes.map((change) => Buffer.from(change.key).toString('latin1')),
      model.versions.slice(changesBefore).map(({ key }) => key),
    );
    if (generator.chance(2)) await applied.compaction?.done;
    for (let i = 0; i < 3; i++) checkRange(machine, model, generator.range(model.current));
    checkChanges(machine, model, generator.random.below(model.current + 2), 1 + (step % 5));
    if (generator.chance(40)) {
      await machine.state.store.stop();
      await machine.restart();
    }
  }
  assert.equal(machine.state.store.compactRevision, model.compacted);
  await machine.state.store.stop();
}

const base = mkdtempSync(`${tmpdir()}/etcdts-model-`);
after(() => rmSync(base, { recursive: true, force: true }));
let nextDir = 0;

function openLmdb(): Promise<LmdbBackend> {
  const dir = `${base}/${nextDir++}`;
  return LmdbBackend.open({ dir, disk: nodeDisk, bootId: 'b', log: silentLog });
}

function newSeed(what: string): number {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`${what} seed ${seed}`);
  return seed;
}

void test('the applier answers what a list of versions answers', async () => {
  const seed = newSeed('applier model');
  for (let i = 0; i < rounds(4); i++) await runAgainstModel(seed + i, new MemoryBackend(), 150);
});

void test('the applier answers what a list of versions answers, on lmdb', async () => {
  const backend = await openLmdb();
  await runAgainstModel(newSeed('applier model on lmdb'), backend, 300);
  await backend.close();
});

void test('the applier answers what a list of versions answers, written behind', async () => {
  const backend = new WriteBehindBackend(await openLmdb(), systemClock);
  await runAgainstModel(newSeed('applier model written behind'), backend, 300);
  await backend.close();
});

/** Requests that depend on nothing but the generator, for runs that are compared with each other. */
function script(seed: number, count: number): InternalRaftRequestInit[] {
  const generator = new Generator(seededRandom(seed));
  const model = new KvModel();
  return Array.from({ length: count }, () => {
    const request = generator.request(model.current);
    model.apply(request);
    return request;
  });
}

/** As the member that got the request from its client still has it. */
function ownRequestOf(
  requestId: bigint,
  request: InternalRaftRequestInit | undefined,
): OwnRequest | undefined {
  if (request?.put !== undefined) {
    return { requestId, request: { put: decodePutRequest(encodePutRequest(request.put)) } };
  }
  if (request?.txn === undefined) return undefined;
  return { requestId, request: { txn: decodeTxnRequest(encodeTxnRequest(request.txn)) } };
}

/** The next few requests from what the machine has applied on, and what it answered to each. */
function applySome(
  requests: readonly InternalRaftRequestInit[],
  machine: StateMachine,
  random: Random,
  own = false,
): string[] {
  const at = machine.applier.appliedIndex;
  const batch = requests.slice(at, at + 1 + random.below(30));
  const entries = batch.map((request, i) => requestEntry(at + i + 1, BigInt(at + i + 1), request));
  const ownRequest = ({ index }: Entry): OwnRequest | undefined =>
    own ? ownRequestOf(BigInt(index), requests[index - 1]) : undefined;
  return machine.applier
    .applyBatch(entries, () => true, 0, ownRequest)
    .map(({ outcome }) => {
      if (outcome.kind === 'none') return '';
      if (outcome.kind === 'error') return outcome.error.name;
      return `${outcome.revision} ${Buffer.from(outcome.body).toString('hex')}`;
    });
}

async function runInBatches(
  requests: readonly InternalRaftRequestInit[],
  machine: StateMachine,
  random: Random,
  own = false,
): Promise<string[]> {
  const answers: string[] = [];
  while (answers.length < requests.length) {
    answers.push(...applySome(requests, machine, random, own));
    if (random.below(4) === 0) {
      await machine.state.store.stop();
      await machine.restart();
    }
  }
  await machine.state.store.stop();
  await machine.restart();
  return answers;
}

void test('the same entries in any batches, with restarts between, give the same state', async () => {
  const seed = newSeed('batching');
  const requests = script(seed, 400);
  const results: { answers: string[]; state: string; hash: number }[] = [];
  for (let run = 0; run < 4; run++) {
    const backend = run === 0 ? await openLmdb() : new MemoryBackend();
    const machine = new StateMachine(backend);
    const answers = await runInBatches(requests, machine, seededRandom(seed + run), run === 3);
    const { hash } = await machine.state.store.hashKv(0);
    results.push({ answers, state: exported(backend), hash });
    await backend.close();
  }
  assert.deepEqual(results[1], results[0]);
  assert.deepEqual(results[2], results[0]);
  assert.deepEqual(results[3], results[0], 'with requests of own clients');
});

/** Returns how many requests were applied again. */
async function runWithKills(seed: number): Promise<number> {
  const random = seededRandom(seed);
  const requests = script(seed, 400);
  const expected = new StateMachine(new MemoryBackend());
  const answers = await runInBatches(requests, expected, seededRandom(seed));
  let below = new MemoryBackend();
  const start = (): StateMachine =>
    new StateMachine(new WriteBehindBackend(below, new ManualClock()));
  let machine = start();
  let repeated = 0;
  for (let reached = 0; reached < requests.length || random.below(4) > 0; ) {
    const at = machine.applier.appliedIndex;
    const found = applySome(requests, machine, random);
    assert.deepEqual(found, answers.slice(at, at + found.length));
    repeated += Math.max(0, Math.min(reached, at + found.length) - at);
    reached = Math.max(reached, at + found.length);
    if (random.below(3) === 0) await machine.state.store.hashKv(0);
    if (random.below(3) === 0) await turns(random.below(3));
    if (random.below(8) === 0) void machine.state.backend.checkpoint();
    if (random.below(5) > 0) continue;
    // Neither what is pending nor background work of the old process reaches the new one's files.
    below = below.afterKill();
    machine = start();
    void machine.state.store.resumeCompaction();
  }
  await machine.state.backend.checkpoint();
  while (machine.applier.appliedIndex < requests.length) applySome(requests, machine, random);
  await machine.state.store.stop();
  await machine.restart();
  assert.equal(exported(machine.state.backend), exported(expected.state.backend));
  return repeated;
}

void test('killed at any moment, the log repeats what was not committed, with the same answers', async () => {
  const seed = newSeed('kills');
  let repeated = 0;
  for (let run = 0; run < 6; run++) repeated += await runWithKills(seed + run);
  assert.ok(repeated > 0, 'no kill lost anything');
});

void test('exported buckets, imported elsewhere, behave the same from then on', async () => {
  const seed = newSeed('transfer');
  const requests = script(seed, 300);
  const first = new StateMachine(new MemoryBackend());
  await runInBatches(requests.slice(0, 200), first, seededRandom(seed));
  const copy = await openLmdb();
  const { buckets } = exportBuckets(first.state.backend.pin());
  const source = {
    buckets: () => buckets.map(({ name }) => name),
    entries: (name: string) => buckets.find((bucket) => bucket.name === name)?.entries() ?? [],
  };
  await importBuckets(copy, source, () => Promise.resolve());
  assert.equal(exported(copy), exported(first.state.backend));
  const second = new StateMachine(copy);
  for (const request of requests.slice(200)) {
    const [one, two] = [first.apply(request), second.apply(request)];
    assert.deepEqual(outcomeOf(request, two), outcomeOf(request, one));
    await Promise.all([one.compaction?.done, two.compaction?.done]);
  }
  assert.equal(exported(copy), exported(first.state.backend));
  assert.equal((await second.state.store.hashKv(0)).hash, (await first.state.store.hashKv(0)).hash);
  await copy.close();
});
