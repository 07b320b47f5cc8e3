import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { message, type PeerMember, startPeerMember } from '../../../test/support/peer-member.ts';
import { EtcdError } from '../errors.ts';
import type { Member } from '../membership/member.ts';
import { decodeLeaseInternalResponse } from '../proto/generated/leasepb.ts';
import { encodeMessage, MessageType } from '../proto/generated/raftpb.ts';
import {
  fetchDowngradeEnabled,
  fetchMembers,
  fetchVersion,
  hashKvOf,
  leaseTimeToLiveOnLeader,
  promoteOnLeader,
  renewLeaseOnLeader,
} from './peer-client.ts';
import type { PeerHandlers } from './transport.ts';

type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
};
type Answered = {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
};

const identity = {
  'X-Server-From': '2',
  'X-Server-Version': '3.7.0',
  'X-Min-Cluster-Version': '3.0.0',
  'X-Etcd-Cluster-ID': '7',
};

async function member(t: TestContext, handlers: Partial<PeerHandlers> = {}): Promise<PeerMember> {
  const started = await startPeerMember(1n, handlers);
  t.after(() => started.transport.stop());
  const peers = [{ id: 2n, peerUrls: ['http://127.0.0.1:1'] }];
  started.transport.setPeers(peers, (id) => id === 0xdeadn);
  return started;
}

/** The answer, or its head when the body stays open. */
function ask(url: string, asked: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(asked.path, url), {
      method: asked.method,
      headers: { ...asked.headers, ...(asked.body ? { 'Content-Length': asked.body.length } : {}) },
      agent: false,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const head = { status: response.statusCode ?? 0, headers: response.headers };
      if (asked.path.startsWith('/raft/stream') && head.status === 200) {
        response.on('error', () => {});
        response.destroy();
        resolve({ ...head, body: '' });
        return;
      }
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ ...head, body }));
    });
    sent.end(asked.body);
  });
}

const heartbeat = encodeMessage(message({ type: MessageType.MsgHeartbeat, from: 2n, to: 1n }));

type Row = readonly [what: string, asked: Asked, status: number, body: string];
const toUs = { ...identity, 'X-Raft-To': '1' };
const stream = (path: string, headers: Readonly<Record<string, string>>): Asked => ({
  method: 'GET',
  path: `/raft/stream/${path}`,
  headers,
});
const post = (headers: Readonly<Record<string, string>>, body: Uint8Array | string): Asked => ({
  method: 'POST',
  path: '/raft',
  headers,
  body,
});

// Status and words are those etcd 3.7.3 answers in the same situation.
const rows: readonly Row[] = [
  ['a message from a peer', post(identity, heartbeat), 204, ''],
  ['GET on the message endpoint', { method: 'GET', path: '/raft' }, 405, 'Method Not Allowed\n'],
  ['a message without any header', post({}, heartbeat), 412, 'incompatible version\n'],
  [
    'a message from etcd 2.3',
    post({ ...identity, 'X-Server-Version': '2.3.0' }, heartbeat),
    412,
    'incompatible version\n',
  ],
  [
    'a message from a future that needs 4.0',
    post({ ...identity, 'X-Min-Cluster-Version': '4.0.0' }, heartbeat),
    412,
    'incompatible version\n',
  ],
  [
    'a message from a newer server that still speaks 3.0',
    post({ ...identity, 'X-Server-Version': '3.99.1' }, heartbeat),
    204,
    '',
  ],
  [
    'a message with a version nobody can read',
    post({ ...identity, 'X-Server-Version': 'new' }, heartbeat),
    412,
    'incompatible version\n',
  ],
  [
    'a message from another cluster',
    post({ ...identity, 'X-Etcd-Cluster-ID': '8' }, heartbeat),
    412,
    'cluster ID mismatch\n',
  ],
  ['bytes that are no message', post(identity, 'no'), 400, 'error unmarshalling raft message\n'],
  [
    'a snapshot without its database',
    post(identity, encodeMessage(message({ type: MessageType.MsgSnap, from: 2n, to: 1n }))),
    500,
    'error processing raft message\n',
  ],
  ['a stream of a peer', stream('message/2', toUs), 200, ''],
  ['a msgapp stream of a peer', stream('msgapp/2', toUs), 200, ''],
  [
    'POST on a stream',
    { ...stream('message/2', toUs), method: 'POST' },
    405,
    'Method Not Allowed\n',
  ],
  ['a stream without headers', stream('message/2', {}), 412, 'incompatible version\n'],
  ['a stream of unknown kind', stream('other/2', toUs), 404, 'invalid path\n'],
  ['a stream of nobody', stream('message/xyz', toUs), 404, 'invalid from\n'],
  ['a stream of a removed member', stream('message/dead', toUs), 410, 'removed member\n'],
  ['a stream of a stranger', stream('message/77', toUs), 404, 'error sender not found\n'],
  [
    'a stream for somebody else',
    stream('message/2', { ...identity, 'X-Raft-To': '3' }),
    412,
    'to field mismatch\n',
  ],
  [
    'GET on the snapshot endpoint',
    { method: 'GET', path: '/raft/snapshot' },
    405,
    'Method Not Allowed\n',
  ],
  [
    'a snapshot that ends early',
    { method: 'POST', path: '/raft/snapshot', headers: identity, body: 'abc' },
    400,
    'failed to decode raft message (unexpected EOF)\n',
  ],
  [
    'another message on the snapshot endpoint',
    {
      method: 'POST',
      path: '/raft/snapshot',
      headers: identity,
      body: Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, heartbeat.length]), heartbeat]),
    },
    400,
    'wrong raft message type\n',
  ],
  ['an unknown path', { method: 'GET', path: '/health' }, 404, '404 page not found\n'],
  ['a slash too many', { method: 'GET', path: '/members/' }, 404, '404 page not found\n'],
  ['POST on the member list', { method: 'POST', path: '/members' }, 405, 'Method Not Allowed\n'],
  [
    'the version',
    { method: 'GET', path: '/version' },
    200,
    '{"etcdserver":"3.7.0","etcdcluster":"3.7.0","storage":"3.7.0"}',
  ],
  ['the downgrade state', { method: 'GET', path: '/downgrade/enabled' }, 200, 'false'],
  [
    'a promotion of no number',
    { method: 'POST', path: '/members/promote/x1' },
    404,
    'member x1 not found in cluster\n',
  ],
  [
    'HashKV of another cluster',
    { method: 'GET', path: '/members/hashkv', headers: { 'X-Etcd-Cluster-ID': '8' }, body: '{}' },
    412,
    'cluster ID mismatch\n',
  ],
  [
    'HashKV with a broken question',
    { method: 'GET', path: '/members/hashkv', body: '{' },
    400,
    'error unmarshalling request\n',
  ],
  ['GET on leases', { method: 'GET', path: '/leases' }, 405, 'Method Not Allowed\n'],
  [
    'a lease request that is none',
    { method: 'POST', path: '/leases', body: 'no' },
    400,
    'error unmarshalling request\n',
  ],
  [
    'a lease request of 65 KiB',
    { method: 'POST', path: '/leases', body: Buffer.alloc(65 * 1024) },
    413,
    'request body too large\n',
  ],
];

for (const [what, asked, status, body] of rows) {
  test(`${what}: ${status} ${body.trim()}`, async (t) => {
    const { url } = await member(t);
    const answered = await ask(url, asked);
    assert.deepEqual([answered.status, answered.body], [status, body]);
  });
}

test('raft answers name cluster and version, errors are plain text', async (t) => {
  const { url } = await member(t);
  const opened = await ask(url, stream('message/2', toUs));
  assert.equal(opened.headers['x-server-version'], '3.7.0');
  assert.equal(opened.headers['x-etcd-cluster-id'], '7');
  assert.equal(opened.headers['transfer-encoding'], 'chunked');
  const refused = await ask(url, post({ ...identity, 'X-Etcd-Cluster-ID': '8' }, heartbeat));
  assert.equal(refused.headers['x-etcd-cluster-id'], '7');
  assert.equal(refused.headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(refused.headers['x-content-type-options'], 'nosniff');
  const method = await ask(url, { method: 'GET', path: '/raft' });
  assert.equal(method.headers['allow'], 'POST');
});

test('a message for somebody else is answered 500, never 403', async (t) => {
  const { url } = await member(t, { step: () => 'not-for-us' });
  const answered = await ask(url, post(identity, heartbeat));
  assert.deepEqual([answered.status, answered.body], [500, 'error processing raft message\n']);
  assert.equal(answered.headers['connection'], 'close');
});

test('the probe answers what Go probes expect', async (t) => {
  const { url } = await member(t);
  const { body } = await ask(url, { method: 'GET', path: '/raft/probing' });
  assert.match(body, /^\{"OK":true,"Now":"\d{4}-\d\d-\d\dT[\d:.]+Z"\}\n$/);
});

// ---- what one member asks of another

const members: readonly Member[] = [
  { id: 2n ** 64n - 1n, name: '', peerUrls: ['http://b:2'], clientUrls: [], isLearner: true },
  { id: 5n, name: 'a', peerUrls: ['http://a:1'], clientUrls: ['http://a:3'], isLearner: false },
];

const inTime = (): AbortSignal => AbortSignal.timeout(10_000);
const failing = (name: ConstructorParameters<typeof EtcdError>[0]) => async (): Promise<never> =>
  Promise.reject(new EtcdError(name));

test('members are listed as Go writes them, ids unrounded', async (t) => {
  const { url } = await member(t, { members: () => members });
  const { body } = await ask(url, { method: 'GET', path: '/members' });
  assert.equal(
    body,
    '[{"id":5,"peerURLs":["http://a:1"],"name":"a","clientURLs":["http://a:3"]},' +
      '{"id":18446744073709551615,"peerURLs":["http://b:2"],"isLearner":true}]\n',
  );
  const fetched = await fetchMembers(url, inTime());
  assert.equal(fetched.clusterId, 7n);
  assert.deepEqual(fetched.members, [members[1], members[0]]);
});

test('version and downgrade state can be fetched', async (t) => {
  const { url } = await member(t, { downgradeEnabled: async () => true });
  const version = { server: '3.7.0', cluster: '3.7.0', storage: '3.7.0' };
  assert.deepEqual(await fetchVersion(url, inTime()), version);
  assert.equal(await fetchDowngradeEnabled(url, inTime()), true);
});

test('a failed linearized read is told as such', async (t) => {
  const { url } = await member(t, { downgradeEnabled: failing('Timeout') });
  const { status, body } = await ask(url, { method: 'GET', path: '/downgrade/enabled' });
  assert.equal(status, 500);
  assert.equal(body, 'failed linearized read: etcdserver: request timed out\n');
});

test('HashKV travels unchanged, zeros and all', async (t) => {
  const hashed = { revision: 3, hash: 1827592406, compactRevision: -1, hashRevision: 3 };
  const asked: number[] = [];
  const { url } = await member(t, {
    hashKv: async (revision) => {
      asked.push(revision);
      return hashed;
    },
  });
  const raw = await ask(url, { method: 'GET', path: '/members/hashkv', body: '{}' });
  assert.equal(
    raw.body,
    '{"header":{"revision":3},"hash":1827592406,"compact_revision":-1,"hash_revision":3}',
  );
  assert.deepEqual(await hashKvOf(url, 2, 7n, inTime()), hashed);
  assert.deepEqual(asked, [0, 2]);
  await assert.rejects(hashKvOf(url, 2, 8n, inTime()), { name: 'ClusterIDMismatch' });
});

test('who makes a HashKV is told when its asker is gone', async (t) => {
  const asked = Promise.withResolvers<AbortSignal>();
  const { url } = await member(t, {
    hashKv: (_revision, signal) => {
      asked.resolve(signal);
      return new Promise(() => {});
    },
  });
  const patience = new AbortController();
  const answer = hashKvOf(url, 2, 7n, patience.signal);
  const signal = await asked.promise;
  assert.equal(signal.aborted, false);
  const left = once(signal, 'abort');
  patience.abort();
  await assert.rejects(answer);
  await left;
});

for (const name of ['Compacted', 'FutureRev'] as const) {
  test(`HashKV of a revision that is ${name} fails the same on both sides`, async (t) => {
    const { url } = await member(t, { hashKv: failing(name) });
    await assert.rejects(hashKvOf(url, 2, 7n, inTime()), { name });
  });
}

test("a promotion passes on the client's token and answers the new member list", async (t) => {
  const promoted: [bigint, string | undefined][] = [];
  const { url } = await member(t, {
    promoteMember: async (id, token) => {
      promoted.push([id, token]);
      return members;
    },
  });
  const id = 2n ** 64n - 1n;
  assert.deepEqual(await promoteOnLeader(url, id, 'abc.7', inTime()), [members[1], members[0]]);
  assert.deepEqual(promoted, [[id, 'abc.7']]);
});

for (const name of ['MemberNotFound', 'MemberNotLearner', 'LearnerNotReady'] as const) {
  test(`a promotion refused with ${name} is refused with it on both sides`, async (t) => {
    const { url } = await member(t, { promoteMember: failing(name) });
    await assert.rejects(promoteOnLeader(url, 5n, undefined, inTime()), { name });
  });
}

test('a promotion that fails otherwise says no more than etcd does', async (t) => {
  const { url } = await member(t, { promoteMember: failing('Timeout') });
  const { status, body } = await ask(url, { method: 'POST', path: '/members/promote/5' });
  assert.deepEqual([status, body], [500, '{"message":"Internal Server Error"}']);
});

test('a lease is renewed and looked up at the leader, negative ids included', async (t) => {
  const found = { ID: -5n, TTL: 3, grantedTTL: 9, keys: [Uint8Array.of(1)] };
  const { url } = await member(t, {
    renewLease: async (id) => (id === -5n ? 9 : 0),
    leaseTimeToLive: async (id, keys) => ({ ...found, ID: id, keys: keys ? found.keys : [] }),
  });
  assert.equal(await renewLeaseOnLeader(url, -5n, inTime()), 9);
  const got = await leaseTimeToLiveOnLeader(url, -5n, true, inTime());
  assert.deepEqual([got.ID, got.TTL, got.grantedTTL, got.keys], [-5n, 3, 9, found.keys]);
});

for (const name of ['LeaseNotFound', 'NotPrimaryLessor', 'TimeoutWaitAppliedIndex'] as const) {
  test(`${name} at the leader is ${name} at the follower`, async (t) => {
    const refuse = { renewLease: failing(name), leaseTimeToLive: failing(name) };
    const { url } = await member(t, refuse);
    await assert.rejects(renewLeaseOnLeader(url, 1n, inTime()), { name });
    await assert.rejects(leaseTimeToLiveOnLeader(url, 1n, false, inTime()), { name });
  });
}

test('a looked-up lease carries an empty header, as from Go', async (t) => {
  const { url } = await member(t, { leaseTimeToLive: async (id) => ({ ID: id, TTL: 1 }) });
  const { body } = await ask(url, {
    method: 'POST',
    path: '/leases/internal',
    body: Uint8Array.of(0x0a, 0x02, 0x08, 0x05),
  });
  const decoded = decodeLeaseInternalResponse(Buffer.from(body)).LeaseTimeToLiveResponse;
  assert.notEqual(decoded?.header, undefined);
  assert.equal(decoded?.ID, 5n);
});
