/** Random watches over a random program: each watch must show the same events in the same order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import {
  decodeWatchResponse,
  encodeWatchRequest,
  type WatchCreateRequestInit,
  type WatchRequestInit,
  type WatchResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { missingPeers } from '../support/peers.ts';
import { until } from '../support/until.ts';
import { comparable } from './comparable.ts';
import { Programs } from './programs.ts';
import { seed, type Twin, type Twins, withTwins } from './twins.ts';

const skip = missingPeers('etcd');
const rounds = Number(process.env['ROUNDS'] ?? 6);

/** Of a watch on every stream that has nothing to do with the program. */
const markerId = 1_000_000n;

/** How far in the future a watch may start, in revisions. */
const farthestStart = 5;

/** What one member sent on one stream: its replies in order, and each watch's events in order. */
class Seen {
  readonly #stream: ClientDuplexStream<WatchRequestInit, WatchResponse>;
  readonly replies: unknown[] = [];
  readonly events = new Map<string, unknown[]>();
  markerCreated = false;
  compacted = 0;
  /** All watches have seen everything up to this revision. */
  progress = 0;
  error: ServiceError | undefined;

  constructor(twin: Twin) {
    this.#stream = twin.client.makeBidiStreamRequest(
      '/etcdserverpb.Watch/Watch',
      (message: WatchRequestInit) => Buffer.from(encodeWatchRequest(message)),
      decodeWatchResponse,
      {},
    );
    this.#stream.on('data', (response: WatchResponse) => this.#take(response));
    this.#stream.on('error', (error: ServiceError) => {
      this.error = error;
    });
  }

  send(request: WatchRequestInit): void {
    this.#stream.write(request);
  }

  cancel(): void {
    this.#stream.cancel();
  }

  /** How many events each watch has shown. */
  counts(): string {
    const shown = [...this.events].map(([id, events]) => `${id}:${events.length}`);
    return `${shown.sort().join(' ')} error: ${this.error?.details}`;
  }

  #take(response: WatchResponse): void {
    const revision = response.header?.revision ?? 0;
    if (response.watchId === markerId) {
      this.markerCreated ||= response.created;
      return;
    }
    if (response.compactRevision > 0) {
      // Comes when the member gets to it, so it has its place among the events only.
      this.compacted += 1;
      this.#listOf(response.watchId).push(comparable(response));
      return;
    }
    if (response.created || response.canceled) {
      this.replies.push(comparable(response));
      return;
    }
    if (response.events.length === 0) {
      assert.equal(response.watchId, -1n, 'a progress report nobody asked for');
      this.progress = Math.max(this.progress, revision);
      return;
    }
    assert.ok(!response.fragment, 'nothing here is so large');
    const list = this.#listOf(response.watchId);
    for (const event of response.events) {
      const { kv } = event;
      assert.ok(kv !== undefined && kv.modRevision <= revision, 'the header is not behind');
      list.push(comparable(event));
    }
  }

  #listOf(watchId: bigint): unknown[] {
    const id = String(watchId);
    const list = this.events.get(id) ?? [];
    this.events.set(id, list);
    return list;
  }
}

function randomWatch(programs: Programs, random: Random): WatchCreateRequestInit {
  const { key, rangeEnd } = programs.range();
  const revisions = [0, 0, 1, programs.compacted, programs.compacted + 1, -1];
  const near = [programs.revision, programs.revision + 1, programs.revision + farthestStart];
  const starts = [...revisions, ...near, random.below(programs.revision + 1)];
  return {
    ...(key === undefined ? {} : { key }),
    ...(rangeEnd === undefined ? {} : { rangeEnd }),
    startRevision: starts[random.below(starts.length)] ?? 0,
    prevKv: random.below(2) === 0,
    filters: [[], [], [0], [1], [0, 1]][random.below(5)] ?? [],
    watchId: BigInt([0, 0, 0, 3, 7, -9][random.below(6)] ?? 0),
  };
}

/** Writes, compactions and watches in turn; all watches have seen all when it returns. */
async function runRound(twins: Twins, programs: Programs, random: Random): Promise<void> {
  const pairs = [0, 1, 2].map(() => [new Seen(twins.etcd), new Seen(twins.ours)] as const);
  for (let step = 0; step < 250; step += 1) {
    programs.revision = twins.revision;
    if (random.below(10) === 0) {
      const pair = pairs[random.below(pairs.length)] ?? [];
      const isCancel = random.below(6) === 0;
      const request: WatchRequestInit = isCancel
        ? { cancelRequest: { watchId: BigInt(random.below(5)) } }
        : { createRequest: randomWatch(programs, random) };
      await sendToBoth(pair, request, programs.compacted);
      continue;
    }
    const { path, request } = programs.next();
    if (path.includes('HashKV')) continue;
    // What a watch still finds of compacted history depends on when it looks, so all look first.
    if (path.endsWith('/Compact')) await allSeen(twins, pairs);
    const answer = await twins.same(path, request, 'grpc', `seed ${seed} step ${step}:`);
    if (path.endsWith('/Compact') && 'ok' in answer) {
      programs.compacted = (request as { revision: number }).revision;
    }
  }
  await allSeen(twins, pairs);
  for (const [theirs, ours] of pairs) {
    assert.deepEqual(ours.replies, theirs.replies, `seed ${seed}`);
    assert.deepEqual(Object.fromEntries(ours.events), Object.fromEntries(theirs.events));
    assert.deepEqual([ours.error, theirs.error], [undefined, undefined]);
    for (const seen of [theirs, ours]) seen.cancel();
  }
}

/** Each request is answered before the next write: otherwise "now" would be a race. */
async function sendToBoth(
  pair: readonly Seen[],
  request: WatchRequestInit,
  compactedRevision: number,
): Promise<void> {
  const compacted = pair.map((seen) => seen.compacted);
  const before = pair.map(({ replies }) => replies.length);
  for (const seen of pair) seen.send(request);
  if (request.createRequest === undefined) {
    // An unknown id is not answered, so something that is follows.
    for (const seen of pair) seen.send({ createRequest: { startRevision: -1 } });
  }
  await until('the reply', 10_000, () =>
    pair.every(({ replies }, i) => replies.length > (before[i] ?? 0)),
  );
  const start = request.createRequest?.startRevision ?? 0;
  const reply = pair[0]?.replies.at(-1) as { canceled: boolean };
  if (start < 1 || start >= compactedRevision || reply.canceled) return;
  // Else a client's own cancel may come first.
  await until('the cancel of a compacted watch', 10_000, () =>
    pair.every((seen, i) => seen.compacted > (compacted[i] ?? 0)),
  );
}

async function allSeen(twins: Twins, pairs: readonly (readonly Seen[])[]): Promise<void> {
  const all = pairs.flat();
  // A stream without watches, or with one that starts in the future, reports no progress: so it
  // gets a watch that is live, and writes until all have started.
  const key = utf8Bytes('\0marker');
  for (const seen of all) {
    if (!seen.markerCreated) seen.send({ createRequest: { key, watchId: markerId } });
  }
  await until('the markers', 10_000, () => all.every(({ markerCreated }) => markerCreated));
  for (let i = 0; i < farthestStart; i += 1) await twins.same('/etcdserverpb.KV/Put', { key });
  await until('all watches have seen all', 20_000, () => {
    for (const [theirs, ours] of pairs) {
      // etcd reports none any more once a watch of the stream was compacted, so ours must do.
      if (ours !== undefined && ours.progress < twins.revision) {
        ours.send({ progressRequest: {} });
        throw new Error(`ours is at ${ours.progress} of ${twins.revision}`);
      }
      if (theirs?.counts() !== ours?.counts()) {
        throw new Error(`seed ${seed}: etcd showed ${theirs?.counts()}, ours ${ours?.counts()}`);
      }
    }
    return true;
  });
}

test(`random watches show the same events (SEED=${seed})`, { skip }, async () => {
  await withTwins(async (twins) => {
    const random = seededRandom(seed);
    const programs = new Programs(random);
    for (let round = 0; round < rounds; round += 1) await runRound(twins, programs, random);
  });
});
