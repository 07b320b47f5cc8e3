import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EtcdClient } from '../../../../test/support/etcd-client.ts';
import { RpcMember } from '../../../../test/support/rpc-member.ts';
import { until } from '../../../../test/support/until.ts';
import { systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { limits } from '../../config/limits.ts';
import type { WatchResponse } from '../../proto/generated/etcdserverpb.ts';
import { Http2GrpcServer } from '../../transport/grpc/http2-grpc-server.ts';
import { PortMux } from '../../transport/port-mux.ts';

const key = Buffer.from('watched');
const puts = 200;
const value = Buffer.alloc(10_000, 'v');

/** A client with one watch stream; `revisions` are those of the events that it has read. */
class Watching {
  readonly revisions: number[] = [];
  isCreated = false;
  readonly #client: EtcdClient;
  readonly #stream: ReturnType<EtcdClient['watch']>;

  constructor(endpoint: string) {
    this.#client = new EtcdClient(endpoint);
    this.#stream = this.#client.watch();
    this.#stream.on('data', (response: WatchResponse) => {
      this.isCreated ||= response.created;
      for (const { kv } of response.events) this.revisions.push(kv?.modRevision ?? 0);
    });
    this.#stream.on('error', () => {});
    this.#stream.write({ createRequest: { key } });
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }
}

test('one watcher that does not read holds up none of twenty others, and misses nothing', async () => {
  const member = new RpcMember();
  const server = new Http2GrpcServer({
    rpcs: [...member.rpcs.values()],
    receiveBytesMax: limits.requestBytesDefault,
    concurrentStreamsMax: 1_000,
    clock: systemClock,
    log: silentLog,
  });
  const mux = await PortMux.listen(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    {
      http2: (socket) => server.accept(socket),
      http1: (socket) => void socket.destroy(),
    },
  );
  const endpoint = `127.0.0.1:${mux.port}`;
  const [slow, ...fast] = Array.from({ length: 21 }, () => new Watching(endpoint));
  const all = [slow as Watching, ...fast];
  try {
    await until('all watch', () => all.every(({ isCreated }) => isCreated));
    slow?.pause();
    for (let i = 0; i < puts; i += 1) {
      await member.consensus.propose({ put: { key, value } });
      // As between entries of a real member: sockets get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const wanted = Array.from({ length: puts }, (_, i) => 2 + i);
    await until('the others have read all', () =>
      fast.every(({ revisions }) => revisions.length >= puts),
    );
    for (const { revisions } of fast) assert.deepEqual(revisions, wanted);
    assert.ok((slow?.revisions.length ?? puts) < puts, 'it does not read');
    // It waits outside both groups: nothing is kept for it beyond what its stream had room for.
    assert.deepEqual(member.hub.counts, { streams: 21, synced: 20, catchingUp: 0 });
    slow?.resume();
    await until('it has read all', () => (slow?.revisions.length ?? 0) >= puts);
    assert.deepEqual(slow?.revisions, wanted);
    await until('it is up to date', () => member.hub.counts.synced === 21);
  } finally {
    for (const each of all) each.close();
    await server.stop(0);
    await mux.close();
  }
});
