import { utf8Bytes } from '../../../src/base/bytes.ts';
import { encodePutRequest } from '../../../src/etcd/proto/generated/etcdserverpb.ts';
import { keyAt, loadKeys, putPath, putRequests, runWrites, valueAt } from '../keyspace.ts';
import { GrpcConnection } from '../load/grpc-connection.ts';
import { Latencies } from '../load/latencies.ts';
import { crowd, type LoadResult } from '../load/unary-load.ts';
import { type WatcherConfig, Watchers } from '../load/watchers.ts';
import { measureOnce } from '../measure.ts';
import type { Figures, Scale, Scenario } from '../scenario.ts';
import { fresh, loaded } from '../scenario.ts';
import type { Target } from '../target.ts';

/** Streams of `perStream` watchers, ten streams on a connection. */
function plan(watchers: readonly WatcherConfig[], perStream: number): WatcherConfig[][][] {
  const perConnection = 10 * perStream;
  const connections: WatcherConfig[][][] = [];
  for (let at = 0; at < watchers.length; at += perConnection) {
    const streams: WatcherConfig[][] = [];
    for (let s = at; s < Math.min(at + perConnection, watchers.length); s += perStream) {
      streams.push(watchers.slice(s, s + perStream));
    }
    connections.push(streams);
  }
  return connections;
}

/** Latency here is that of the last event behind its put, with one put at a time. */
async function fanOut(target: Target, scale: Scale): Promise<Figures> {
  const key = utf8Bytes('watched');
  const count = 1_000;
  const watchers = new Watchers(target.endpoint, plan(Array(count).fill({ key }), 10));
  try {
    await watchers.created(count);
    const put = encodePutRequest({ key, value: valueAt(1) });
    const deliver = async (puts: number): Promise<LoadResult> => {
      const startMs = performance.now();
      const wanted = watchers.events + puts * count;
      const arrived = watchers.delivered(wanted);
      // Enough puts under way that the servers do not wait for their disk between them.
      const shape = { connections: 5, streams: 10 };
      const requests = { next: () => put };
      await Promise.all([
        runWrites(target, [target.endpoint], putPath, shape, puts, requests),
        arrived,
      ]);
      const seconds = (performance.now() - startMs) / 1000;
      return { requests: puts * count, seconds, latencies: new Latencies() };
    };
    await deliver(50);
    const warm = await deliver(200);
    const puts = Math.ceil((warm.requests / count / warm.seconds) * scale.seconds);
    const figures = await measureOnce(target, () => deliver(puts));
    const latencies = await putToLastEvent(target, watchers, put, count, scale.isQuick ? 20 : 200);
    return { ...figures, p50Ms: latencies.percentile(0.5), p99Ms: latencies.percentile(0.99) };
  } finally {
    watchers.close();
  }
}

/** From sending a put to the arrival of its last event, one put after the other. */
async function putToLastEvent(
  target: Target,
  watchers: Watchers,
  put: Uint8Array,
  eventsPerPut: number,
  puts: number,
): Promise<Latencies> {
  const latencies = new Latencies();
  const answered = { message: () => {}, done: () => {} };
  const connection = new GrpcConnection(target.endpoint, putPath, answered);
  try {
    await Promise.race([connection.opened, connection.failed]);
    for (let i = 0; i < puts; i += 1) {
      const startMs = performance.now();
      const arrived = watchers.delivered(watchers.events + eventsPerPut);
      connection.call(put, true);
      await Promise.race([arrived, connection.failed]);
      latencies.add(performance.now() - startMs);
    }
    return latencies;
  } finally {
    connection.close();
  }
}

/** Every put wakes one of 10,000 watchers; the rate is that of puts and events alike. */
async function manyKeys(target: Target, scale: Scale): Promise<Figures> {
  const count = scale.isQuick ? 2_000 : 10_000;
  const configs = Array.from({ length: count }, (_, i) => ({ key: keyAt(i) }));
  const watchers = new Watchers(target.endpoint, plan(configs, 100));
  try {
    await watchers.created(count);
    const requests = putRequests(count);
    const deliver = async (puts: number): Promise<LoadResult> => {
      const startMs = performance.now();
      const arrived = watchers.delivered(watchers.events + puts);
      const endpoints = [target.endpoint];
      const [load] = await Promise.all([
        runWrites(target, endpoints, putPath, crowd, puts, requests),
        arrived,
      ]);
      return { ...load, seconds: (performance.now() - startMs) / 1000 };
    };
    const warm = await deliver(2_000);
    const puts = Math.ceil((warm.requests / warm.seconds) * scale.seconds);
    return await measureOnce(target, () => deliver(puts));
  } finally {
    watchers.close();
  }
}

/** Each stream asks for the whole history of single puts; p50 and p99 say nothing here. */
async function catchUp(target: Target, scale: Scale): Promise<Figures> {
  const streams = scale.isQuick ? 10 : 100;
  const events = scale.isQuick ? 4_000 : 100_000;
  const keyCount = 1_000;
  await loadKeys(target, keyCount);
  const startRevision = (await target.revision()) + 1;
  const requests = putRequests(keyCount);
  await runWrites(target, [target.endpoint], putPath, crowd, events, requests);
  const key = keyAt(0);
  const config = { key, rangeEnd: keyAt(keyCount), startRevision };
  const {
    p50Ms: _,
    p99Ms: __,
    ...figures
  } = await measureOnce(target, async () => {
    const startMs = performance.now();
    const watchers = new Watchers(target.endpoint, plan(Array(streams).fill(config), 1));
    try {
      await watchers.delivered(streams * events);
      const seconds = (performance.now() - startMs) / 1000;
      return { requests: streams * events, seconds, latencies: new Latencies() };
    } finally {
      watchers.close();
    }
  });
  return figures;
}

export const watchScenarios: readonly Scenario[] = [
  {
    name: 'watch-fan-out',
    title: '1,000 watchers on one key: events',
    server: loaded,
    goals: [{ figure: 'perSecond', min: 3 }],
    run: fanOut,
  },
  {
    name: 'watch-many-keys',
    title: '10,000 watchers on different keys: puts with their event',
    server: loaded,
    run: manyKeys,
  },
  {
    name: 'watch-catch-up',
    title: '100 streams catching up on 100,000 events: events',
    server: fresh,
    run: catchUp,
  },
];
