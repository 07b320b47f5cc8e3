import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { missingPeers, peerProgram } from '../../../test/support/peers.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { EtcdError } from '../errors.ts';
import {
  decodeLeaseKeepAliveRequest,
  decodePutRequest,
  decodeWatchRequest,
  encodeLeaseGrantResponse,
  encodeLeaseKeepAliveResponse,
  encodeMemberListResponse,
  encodePutResponse,
  encodeRangeResponse,
  encodeWatchResponse,
} from '../proto/generated/etcdserverpb.ts';
import { Http2GrpcServer } from '../transport/grpc/http2-grpc-server.ts';
import { PortMux } from '../transport/port-mux.ts';
import { type Rpc, rpcTable } from './rpc.ts';

/*
 * Unmodified etcdctl against a table of fake methods: whether Go's client accepts our transport,
 * our encoding and our errors. What the methods answer is tested elsewhere.
 */

const skip = missingPeers('etcdctl');
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const header = { clusterId: 0x82e6369511c1fe71n, memberId: 0x29390767bd38193fn, raftTerm: 3 };
const keyValue = {
  key: bytes('foo'),
  value: bytes('bar'),
  createRevision: 2,
  modRevision: 2,
  version: 1,
};

const rpcs: readonly Rpc[] = [
  {
    kind: 'unary',
    path: '/etcdserverpb.KV/Range',
    handle: () => encodeRangeResponse({ header, kvs: [keyValue], count: 1 }),
  },
  {
    kind: 'unary',
    path: '/etcdserverpb.KV/Put',
    handle: async (request) => {
      if (decodePutRequest(request).value.length > 1_000) throw new EtcdError('RequestTooLarge');
      return encodePutResponse({ header });
    },
  },
  {
    kind: 'unary',
    path: '/etcdserverpb.Cluster/MemberList',
    handle: () => {
      const member = { ID: header.memberId, name: 'n1', peerURLs: ['http://p'], clientURLs: ['c'] };
      return encodeMemberListResponse({ header, members: [member] });
    },
  },
  {
    kind: 'unary',
    path: '/etcdserverpb.Lease/LeaseGrant',
    handle: () => encodeLeaseGrantResponse({ header, ID: 0x7fn, TTL: 20 }),
  },
  {
    kind: 'bidi-stream',
    path: '/etcdserverpb.Lease/LeaseKeepAlive',
    open: (stream) => {
      stream.onMessage = (message) => {
        const { ID } = decodeLeaseKeepAliveRequest(message);
        stream.write(encodeLeaseKeepAliveResponse({ header, ID, TTL: 20 }));
      };
    },
  },
  {
    kind: 'bidi-stream',
    path: '/etcdserverpb.Watch/Watch',
    open: (stream) => {
      stream.onMessage = (message) => {
        if (decodeWatchRequest(message).createRequest === undefined) return;
        stream.write(encodeWatchResponse({ header, created: true }));
        stream.write(encodeWatchResponse({ header, events: [{ kv: keyValue }] }));
      };
    },
  },
];

async function withEndpoint(run: (endpoint: string) => Promise<void>): Promise<void> {
  const server = new Http2GrpcServer({
    rpcs: rpcTable(rpcs).values(),
    receiveBytesMax: 100_000,
    concurrentStreamsMax: 2 ** 32 - 1,
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
  try {
    await run(`127.0.0.1:${mux.port}`);
  } finally {
    await server.stop(0);
    await mux.close();
  }
}

async function etcdctl(endpoint: string, ...args: string[]): Promise<string> {
  const all = [`--endpoints=${endpoint}`, ...args];
  const { stdout } = await promisify(execFile)(peerProgram('etcdctl'), all);
  return stdout;
}

test('etcdctl reads and writes through our transport', { skip }, async () => {
  await withEndpoint(async (endpoint) => {
    assert.equal(await etcdctl(endpoint, 'get', 'foo'), 'foo\nbar\n');
    assert.equal(await etcdctl(endpoint, 'put', 'foo', 'bar'), 'OK\n');
    assert.equal(
      await etcdctl(endpoint, 'member', 'list'),
      '29390767bd38193f, started, n1, http://p, c, false\n',
    );
    assert.equal(
      await etcdctl(endpoint, 'lease', 'grant', '20'),
      'lease 000000000000007f granted with TTL(20s)\n',
    );
    const kept = await etcdctl(endpoint, 'lease', 'keep-alive', '--once', '7f');
    assert.equal(kept, 'lease 000000000000007f keepalived with TTL(20)\n');
  });
});

test('etcdctl shows our errors in the words of etcd', { skip }, async () => {
  await withEndpoint(async (endpoint) => {
    const large = etcdctl(endpoint, 'put', 'k', 'v'.repeat(2_000));
    await assert.rejects(large, /Error: etcdserver: request is too large/);
    const huge = etcdctl(endpoint, 'put', 'k', 'v'.repeat(100_001));
    await assert.rejects(huge, /grpc: received message larger than max \(1000\d\d vs. 100000\)/);
    const lacking = etcdctl(endpoint, 'user', 'list');
    await assert.rejects(lacking, /code = Unimplemented desc = method UserList not implemented/);
  });
});

test('etcdctl watches until it is stopped', { skip }, async () => {
  await withEndpoint(async (endpoint) => {
    const watch = spawn(peerProgram('etcdctl'), [`--endpoints=${endpoint}`, 'watch', 'foo']);
    let seen = '';
    for await (const chunk of watch.stdout) {
      seen += String(chunk);
      if (seen.endsWith('bar\n')) break;
    }
    assert.equal(seen, 'PUT\nfoo\nbar\n');
    watch.kill('SIGINT');
    if (watch.exitCode === null) await once(watch, 'exit');
  });
});
