import {
  decodeCompactionResponse,
  decodeDefragmentResponse,
  encodeCompactionRequest,
} from '../../../src/etcd/proto/generated/etcdserverpb.ts';
import { loadKeys, putPath, putRequests, runWrites } from '../keyspace.ts';
import { GrpcConnection } from '../load/grpc-connection.ts';
import { PacedPuts } from '../load/paced-puts.ts';
import { crowd } from '../load/unary-load.ts';
import type { Figures, Scale, Scenario } from '../scenario.ts';
import { fresh } from '../scenario.ts';
import type { Target } from '../target.ts';

const keyCount = 10_000;
/** Puts before and after the work, so that its beginning and end are seen as well. */
const marginMs = 300;
/** Both servers still write to disk in the second after a load: let that end first. */
const settleMs = 2_000;

/** Latencies of 500 puts a second while `work` goes on; throughput is what `work` says it did. */
async function whileWriting(
  target: Target,
  scale: Scale,
  work: () => Promise<number>,
): Promise<Figures> {
  await pause(scale.isQuick ? marginMs : settleMs);
  const cpuBefore = target.cpuSeconds();
  const before = await target.revision();
  const puts = await PacedPuts.start(target.endpoint, putRequests(keyCount));
  const margin = (): Promise<unknown> => Promise.race([puts.failed, pause(marginMs)]);
  let perSecond = 0;
  try {
    await margin();
    const startMs = performance.now();
    const done = await Promise.race([puts.failed, work()]);
    perSecond = done / ((performance.now() - startMs) / 1000);
    await margin();
    await puts.stop();
  } finally {
    puts.close();
  }
  const advanced = (await target.revision()) - before;
  if (advanced !== puts.sent) throw new Error(`${puts.sent} puts made ${advanced} revisions`);
  return {
    perSecond,
    p50Ms: puts.latencies.percentile(0.5),
    p99Ms: puts.latencies.percentile(0.99),
    worstMs: puts.latencies.percentile(1),
    cpuMicros: ((target.cpuSeconds() - cpuBefore) * 1e6) / puts.sent,
    rssMib: target.memoryMib('VmRSS'),
  };
}

/** A million revisions of 10,000 keys, compacted to the newest; answered when all are gone. */
async function compaction(target: Target, scale: Scale): Promise<Figures> {
  const revisions = scale.isQuick ? 20_000 : 1_000_000;
  const requests = putRequests(keyCount);
  await runWrites(target, [target.endpoint], putPath, crowd, revisions, requests);
  const revision = await target.revision();
  return await whileWriting(target, scale, async () => {
    const request = encodeCompactionRequest({ revision, physical: true });
    await target.client.call('/etcdserverpb.KV/Compact', request, decodeCompactionResponse);
    return revisions;
  });
}

async function defragment(target: Target, scale: Scale): Promise<Figures> {
  await loadKeys(target, scale.isQuick ? 20_000 : 1_000_000);
  const mebibytes = target.databaseMib();
  return await whileWriting(target, scale, async () => {
    const path = '/etcdserverpb.Maintenance/Defragment';
    await target.client.call(path, new Uint8Array(0), decodeDefragmentResponse);
    return mebibytes;
  });
}

async function snapshot(target: Target, scale: Scale): Promise<Figures> {
  const wantedMib = scale.isQuick ? 16 : 1_024;
  await loadKeys(target, wantedMib * 64, 16 * 1024);
  return await whileWriting(target, scale, async () => {
    const mebibytes = await receiveSnapshot(target.endpoint);
    if (mebibytes < wantedMib) throw new Error(`a snapshot of ${mebibytes} MiB`);
    return mebibytes;
  });
}

async function receiveSnapshot(endpoint: string): Promise<number> {
  let bytes = 0;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const connection = new GrpcConnection(endpoint, '/etcdserverpb.Maintenance/Snapshot', {
    message: (_, __, from, to) => (bytes += to - from),
    done: () => finish(),
  });
  try {
    connection.call(new Uint8Array(0), true);
    await Promise.race([connection.failed, finished]);
    return bytes / 1024 / 1024;
  } finally {
    connection.close();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export const maintenanceScenarios: readonly Scenario[] = [
  {
    name: 'compaction',
    title: 'Compaction of 1,000,000 revisions while writing: revisions',
    server: fresh,
    pairsMax: 1,
    goals: [{ figure: 'worstMs', max: 0.5 }],
    run: compaction,
  },
  {
    name: 'defragment',
    title: 'Defragment of 1,000,000 keys while writing: MiB',
    server: fresh,
    pairsMax: 1,
    run: defragment,
  },
  {
    name: 'snapshot',
    title: 'Snapshot of 1 GiB while writing: MiB',
    server: fresh,
    pairsMax: 1,
    run: snapshot,
  },
];
