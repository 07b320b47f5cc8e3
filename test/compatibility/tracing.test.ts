/** Go etcd and ours send a collector the same spans for the same requests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { methodOf, Twin } from '../differential/twins.ts';
import { OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { missingPeers } from '../support/peers.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcd');
const b = utf8Bytes;
type Kind = 'etcd' | 'etcd-ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';

class Traced {
  readonly twin: Twin;
  readonly receiver: OtlpReceiver;

  static async start(kind: Kind, samplesPerMillion: number): Promise<Traced> {
    const receiver = await OtlpReceiver.start();
    const flags = [
      '--enable-distributed-tracing=true',
      `--distributed-tracing-address=${receiver.address}`,
      '--distributed-tracing-service-name=store',
      '--distributed-tracing-instance-id=one',
      `--distributed-tracing-sampling-rate=${samplesPerMillion}`,
    ];
    const cluster = await ProcessCluster.start({ size: 1, kind, flags });
    return new Traced(new Twin(kind, cluster), receiver);
  }

  private constructor(twin: Twin, receiver: OtlpReceiver) {
    this.twin = twin;
    this.receiver = receiver;
  }

  async ask(path: string, request: object): Promise<void> {
    await this.twin.ask('grpc', `/etcdserverpb.${path}`, request);
  }

  async rangeFrom(traceparent: string, key: string): Promise<void> {
    const path = '/etcdserverpb.KV/Range';
    const metadata = new Metadata();
    metadata.set('traceparent', traceparent);
    const bytes = methodOf(path).encodeRequest({ key: b(key) });
    await new Promise((resolve) => {
      const same = (message: Buffer): Buffer => message;
      this.twin.client.makeUnaryRequest(path, same, same, Buffer.from(bytes), metadata, resolve);
    });
  }

  /** Opens a stream, sends one message, waits for the answer and leaves. */
  async stream(path: string, request: object, leave: 'end' | 'cancel'): Promise<void> {
    const same = (message: Buffer): Buffer => message;
    const stream = this.twin.client.makeBidiStreamRequest(path, same, same, new Metadata());
    const over = new Promise((resolve) => {
      stream.on('status', resolve);
      stream.on('error', resolve);
    });
    stream.write(Buffer.from(methodOf(path).encodeRequest(request)));
    await new Promise((resolve) => {
      stream.once('data', resolve);
    });
    stream.resume();
    if (leave === 'end') stream.end();
    else stream.cancel();
    await over;
  }

  /**
   * Waits for the span of a last request: what ended before it has come, too. A stream ends at the
   * server when it hears of it, which may be later, so these are waited for by name.
   */
  async spans(streams: readonly string[] = []): Promise<readonly ReceivedSpan[]> {
    const isLast = ({ attributes }: ReceivedSpan): boolean => attributes['range_begin'] === 'last';
    await this.rangeFrom(`00-${traceId}-${parentId}-01`, 'last');
    return await until('all spans have come', async () => {
      const { spans } = this.receiver;
      const names = new Set(spans.map(({ name }) => name));
      return spans.some(isLast) && streams.every((name) => names.has(name)) && spans;
    });
  }

  async close(): Promise<void> {
    await this.twin.close();
    this.receiver.close();
  }
}

const streams = ['etcdserverpb.Lease/LeaseKeepAlive', 'etcdserverpb.Watch/Watch'];

async function work(traced: Traced): Promise<void> {
  await traced.ask('KV/Put', { key: b('a'), value: b('1') });
  await traced.ask('KV/Put', { key: b('a'), lease: 99n });
  await traced.ask('KV/Range', { key: b('a'), rangeEnd: b('b'), limit: 3, keysOnly: true });
  await traced.ask('KV/Range', { key: b('a'), revision: 1_000 });
  await traced.ask('KV/Range', { key: new Uint8Array() });
  await traced.ask('KV/DeleteRange', { key: b('a') });
  const put = { requestPut: { key: b('c'), lease: 0n } };
  await traced.ask('KV/Txn', { compare: [{ key: b('a'), version: 3 }], failure: [put] });
  await traced.ask('KV/Txn', { success: [put, { requestRange: { key: b('c') } }] });
  await traced.ask('KV/Txn', { success: [{ requestRange: { key: b('c') } }] });
  await traced.ask('KV/Compact', { revision: 2 });
  await traced.ask('Lease/LeaseGrant', { ID: 7n, TTL: 600 });
  await traced.stream('/etcdserverpb.Lease/LeaseKeepAlive', { ID: 7n }, 'end');
  await traced.ask('Lease/LeaseRevoke', { ID: 7n });
  await traced.ask('Cluster/MemberList', {});
  await traced.ask('Auth/UserAdd', { name: 'u', password: 'p' });
  await traced.stream('/etcdserverpb.Watch/Watch', { createRequest: { key: b('a') } }, 'cancel');
  const headers = { 'Grpc-Metadata-traceparent': `00-${traceId}-${parentId}-01` };
  const body = '{"key":"Yg=="}';
  await fetch(`${traced.twin.url}/v3/kv/put`, { method: 'POST', body, headers });
}

/** Spans as lines, with the parent's name in place of ids. */
function described(spans: readonly ReceivedSpan[]): readonly string[] {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  const parent = ({ parentSpanId }: ReceivedSpan): string => {
    if (parentSpanId === '') return 'none';
    return names.get(parentSpanId) ?? Buffer.from(parentSpanId, 'base64').toString('hex');
  };
  return spans
    .map((span) =>
      JSON.stringify({
        name: span.name,
        scope: span.scope,
        kind: span.kind,
        parent: parent(span),
        attributes: { ...span.attributes, 'server.port': typeof span.attributes['server.port'] },
        events: span.events,
        status: span.status,
        resource: Object.entries(span.resource).map(String).sort(),
      }),
    )
    .sort();
}

test('the same requests give the same spans', { skip }, async () => {
  const lines: (readonly string[])[] = [];
  for (const kind of ['etcd', 'etcd-ts'] as const) {
    const traced = await Traced.start(kind, 1_000_000);
    try {
      await work(traced);
      lines.push(described(await traced.spans(streams)));
    } finally {
      await traced.close();
    }
  }
  assert.ok((lines[0]?.length ?? 0) > 30);
  assert.deepEqual(lines[1], lines[0]);
});

test('without sampling only what the client samples is traced', { skip }, async () => {
  for (const kind of ['etcd', 'etcd-ts'] as const) {
    const traced = await Traced.start(kind, 0);
    try {
      await traced.ask('KV/Put', { key: b('a') });
      await traced.rangeFrom(`00-${traceId}-${parentId}-00`, 'unsampled');
      await traced.rangeFrom('nonsense', 'nonsense');
      const spans = await traced.spans();
      assert.deepEqual(spans.map(({ name }) => name).sort(), ['etcdserverpb.KV/Range', 'range']);
      const [span] = spans;
      assert.equal(Buffer.from(span?.traceId ?? '', 'base64').toString('hex'), traceId, kind);
    } finally {
      await traced.close();
    }
  }
});

test('a member whose collector is not there serves and stops as ever', { skip }, async () => {
  const traced = await Traced.start('etcd-ts', 1_000_000);
  traced.receiver.close();
  await traced.ask('KV/Put', { key: b('a') });
  await traced.close();
});
