/**
 * Streams, good and broken ones: what Go etcd and etcd-ts count of them must be equal. Whole
 * messages are not enough for that, so the calls are written by hand.
 */
import assert from 'node:assert/strict';
import { type ClientHttp2Stream, connect } from 'node:http2';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import {
  encodeLeaseKeepAliveRequest,
  encodeRangeRequest,
  encodeWatchRequest,
  type RangeRequestInit,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { type Twin, withTwins } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcd');
const b = utf8Bytes;
const watch = '/etcdserverpb.Watch/Watch';
const keepAlive = '/etcdserverpb.Lease/LeaseKeepAlive';
const snapshot = '/etcdserverpb.Maintenance/Snapshot';
const rangeStream = '/etcdserverpb.KV/RangeStream';

const counted =
  /^(grpc_server_(started|handled|msg_received|msg_sent)_total|etcd_server_(request|range)_duration_seconds_count|etcd_mvcc_range_total|etcd_network_server_stream_failures_total|etcd_server_client_requests_total)/;

async function samples(twin: Twin): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${twin.url}/metrics`)).text();
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (!counted.test(line)) continue;
    const at = line.lastIndexOf(' ');
    const [name = '', labels = ''] = line.slice(0, at).split(/[{}]/);
    found.set(`${name}{${labels.split(',').sort().join()}}`, Number(line.slice(at + 1)));
  }
  return found;
}

function framed(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const frame = Buffer.alloc(5 + message.length);
  frame[0] = flag;
  frame.writeUInt32BE(length, 1);
  frame.set(message, 5);
  return frame;
}

type Act = (stream: ClientHttp2Stream) => void;
type Case = readonly [what: string, act: Act, headers?: Readonly<Record<string, string>>];

const broken: readonly Case[] = [
  ['no protobuf', (stream) => stream.write(framed(Buffer.of(0xff)))],
  ['too large', (stream) => stream.write(framed(Buffer.of(1, 2), 0, 100_000_000))],
  ['an unknown flag', (stream) => stream.write(framed(Buffer.of(1), 2))],
  ['packed without saying how', (stream) => stream.write(framed(Buffer.of(1), 1))],
  ['no gzip', (stream) => stream.write(framed(Buffer.of(1, 2), 1)), { 'grpc-encoding': 'gzip' }],
  ['cut off', (stream) => stream.end(framed(Buffer.of(1), 0, 10))],
];

/** Sends `first`, and acts on the stream once that is answered; resolves when it is over. */
function call(url: string, path: string, first: Uint8Array | undefined, [, act, more]: Case) {
  const session = connect(url);
  return new Promise<void>((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({
      ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
      ...more,
    });
    stream.on('error', reject).on('close', resolve);
    if (first === undefined) act(stream);
    else {
      stream.write(framed(first));
      stream.once('data', () => act(stream));
    }
    stream.resume();
  }).finally(() => session.destroy());
}

/** Both servers get the same calls, one after the other, and must count them alike in the end. */
async function sameCounts(calls: (url: string) => Promise<void>): Promise<void> {
  await withTwins(async (twins) => {
    for (let i = 10; i < 70; i += 1) {
      await twins.same('/etcdserverpb.KV/Put', { key: b(`k${i}`), value: b('v') });
    }
    const both = [twins.etcd, twins.ours];
    const before = await Promise.all(both.map(samples));
    for (const twin of both) await calls(twin.url);
    let wrong: unknown[] = [];
    const isSame = async (): Promise<boolean> => {
      const after = await Promise.all(both.map(samples));
      const names = new Set(after.flatMap((now) => [...now.keys()]));
      const grown = (i: number, name: string): number =>
        (after[i]?.get(name) ?? 0) - (before[i]?.get(name) ?? 0);
      wrong = [...names]
        .map((name) => [name, grown(0, name), grown(1, name)] as const)
        .filter(([, theirs, ours]) => theirs !== ours);
      return wrong.length === 0;
    };
    // A stream's handler may hear of its end a moment after the client.
    await until('the counts are the same', isSame).catch(() => {});
    assert.deepEqual(wrong, [], 'name, etcd, ours');
  });
}

test('streams in both directions that break off are canceled, and no failures', {
  skip,
}, async () => {
  const created = encodeWatchRequest({ createRequest: { key: b('k') } });
  await sameCounts(async (url) => {
    for (const one of broken) {
      await call(url, watch, created, one);
      await call(url, keepAlive, encodeLeaseKeepAliveRequest({ ID: 5n }), one);
    }
  });
});

test('a stream that ends counts as one that receives nothing more', { skip }, async () => {
  const renewal = encodeLeaseKeepAliveRequest({ ID: 5n });
  const end: Case = ['the end', (stream) => stream.end()];
  const again: Case = ['one more', (stream) => stream.end(framed(renewal))];
  await sameCounts(async (url) => {
    await call(url, keepAlive, undefined, end);
    await call(url, keepAlive, renewal, end);
    await call(url, keepAlive, renewal, again);
  });
});

test('streams of answers say why they ended', { skip }, async () => {
  const refusals: readonly Case[] = [
    ['no message', (stream) => stream.end()],
    ['no protobuf', (stream) => stream.end(framed(Buffer.of(0xff)))],
    ['two', (stream) => stream.end(Buffer.concat([framed(b('')), framed(b(''))]))],
  ];
  const good: Case = ['good', (stream) => stream.end(framed(b('')))];
  await sameCounts(async (url) => {
    for (const one of [...broken.slice(1), ...refusals, good]) {
      await call(url, snapshot, undefined, one);
      await call(url, rangeStream, undefined, one);
    }
  });
});

test('unary calls that are none are not counted', { skip }, async () => {
  const [noProtobuf, ...others] = broken.filter(([what]) => what !== 'cut off');
  const ended =
    (act: Act): Act =>
    (stream) => {
      act(stream);
      stream.end();
    };
  await sameCounts(async (url) => {
    for (const [what, act, more] of [noProtobuf as Case, ...others]) {
      await call(url, '/etcdserverpb.KV/Range', undefined, [what, ended(act), more ?? {}]);
    }
    await call(url, '/etcdserverpb.KV/Range', undefined, ['nothing', (stream) => stream.end()]);
  });
});

const all = { key: b('k'), rangeEnd: b('l') };
// No more than ten keys with a sort target: of more we read the first ones twice.
const ranges: readonly RangeRequestInit[] = [
  all,
  { ...all, limit: 5 },
  { ...all, limit: 10 },
  { ...all, limit: 25 },
  { ...all, limit: 60 },
  { ...all, limit: 100 },
  { ...all, limit: -1 },
  { ...all, countOnly: true },
  { ...all, keysOnly: true, serializable: true },
  { ...all, revision: 100_000 },
  { ...all, sortOrder: 2 },
  { ...all, sortTarget: 3, limit: 5 },
  { key: b('k10'), rangeEnd: b('k15'), sortTarget: 3 },
  { key: b('k10') },
  { key: b('x'), rangeEnd: b('y') },
  { key: b('z'), rangeEnd: b('a') },
  {},
];

test('the pieces of a RangeStream are reads of the store and no requests', { skip }, async () => {
  await sameCounts(async (url) => {
    for (const range of ranges) {
      const send: Case = ['range', (stream) => stream.end(framed(encodeRangeRequest(range)))];
      await call(url, rangeStream, undefined, send);
    }
  });
});
