import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerIds, put, RpcMember, withHistory } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes, utf8Text } from '../../../base/bytes.ts';
import * as pb from '../../proto/generated/etcdserverpb.ts';
import { rpcTable } from '../rpc.ts';

const kv = '/etcdserverpb.KV';
const lease = '/etcdserverpb.Lease';
const cluster = '/etcdserverpb.Cluster';
const maintenance = '/etcdserverpb.Maintenance';
const b = utf8Bytes;
const a = b('a');
const range = (request: pb.RangeRequestInit): Uint8Array => pb.encodeRangeRequest(request);
const putOf = (request: pb.PutRequestInit): Uint8Array => pb.encodePutRequest(request);

type Row = readonly [claim: string, path: string, request: Uint8Array, refusal: string];

/** A store at revision 4, compacted at 3, with the key `a`. */
const rows: readonly Row[] = [
  ['an empty key', `${kv}/Range`, range({}), '3 etcdserver: key is not provided'],
  ['an order', `${kv}/Range`, range({ key: a, sortOrder: 3 }), '3 etcdserver: invalid sort option'],
  [
    'an order',
    `${kv}/Range`,
    range({ key: a, sortOrder: -1 }),
    '3 etcdserver: invalid sort option',
  ],
  [
    'a target',
    `${kv}/Range`,
    range({ key: a, sortTarget: 5 }),
    '3 etcdserver: invalid sort option',
  ],
  [
    'a compacted revision',
    `${kv}/Range`,
    range({ key: a, revision: 2 }),
    '11 etcdserver: mvcc: required revision has been compacted',
  ],
  [
    'a revision to come',
    `${kv}/Range`,
    range({ key: a, revision: 9 }),
    '11 etcdserver: mvcc: required revision is a future revision',
  ],
  ['an empty key', `${kv}/Put`, putOf({ value: a }), '3 etcdserver: key is not provided'],
  [
    'a value that is to be ignored',
    `${kv}/Put`,
    putOf({ key: a, value: a, ignoreValue: true }),
    '3 etcdserver: value is provided',
  ],
  [
    'a lease that is to be ignored',
    `${kv}/Put`,
    putOf({ key: a, lease: 5n, ignoreLease: true }),
    '3 etcdserver: lease is provided',
  ],
  [
    'a kept value of no key',
    `${kv}/Put`,
    putOf({ key: b('none'), ignoreValue: true }),
    '3 etcdserver: key not found',
  ],
  [
    'an unknown lease',
    `${kv}/Put`,
    putOf({ key: a, lease: 5n }),
    '5 etcdserver: requested lease not found',
  ],
  [
    'an empty key',
    `${kv}/DeleteRange`,
    pb.encodeDeleteRangeRequest({}),
    '3 etcdserver: key is not provided',
  ],
  [
    'an empty operation',
    `${kv}/Txn`,
    pb.encodeTxnRequest({ success: [{}] }),
    '3 etcdserver: key not found',
  ],
  [
    'a compacted revision again',
    `${kv}/Compact`,
    pb.encodeCompactionRequest({ revision: 3 }),
    '11 etcdserver: mvcc: required revision has been compacted',
  ],
  [
    'a revision to come',
    `${kv}/Compact`,
    pb.encodeCompactionRequest({ revision: 9 }),
    '11 etcdserver: mvcc: required revision is a future revision',
  ],
  [
    'a TTL beyond the largest',
    `${lease}/LeaseGrant`,
    pb.encodeLeaseGrantRequest({ TTL: 9_000_000_001 }),
    '11 etcdserver: too large lease TTL',
  ],
  [
    'an unknown lease',
    `${lease}/LeaseRevoke`,
    pb.encodeLeaseRevokeRequest({ ID: 9n }),
    '5 etcdserver: requested lease not found',
  ],
  ...[[], ['x'], ['http://a'], ['http://1.2.3.4:5/p'], ['ftp://1.2.3.4:5']].map(
    (peerURLs): Row => [
      `URLs ${JSON.stringify(peerURLs)}`,
      `${cluster}/MemberAdd`,
      pb.encodeMemberAddRequest({ peerURLs }),
      '3 etcdserver: given member URLs are invalid',
    ],
  ),
  [
    'the last member',
    `${cluster}/MemberRemove`,
    pb.encodeMemberRemoveRequest({ ID: 11n }),
    '2 etcdserver: re-configuration failed due to not enough started members',
  ],
  [
    'an unknown member',
    `${cluster}/MemberPromote`,
    pb.encodeMemberPromoteRequest({ ID: 7n }),
    '5 etcdserver: member not found',
  ],
  [
    'an unknown member',
    `${maintenance}/MoveLeader`,
    pb.encodeMoveLeaderRequest({ targetID: 7n }),
    '9 etcdserver: bad leader transferee',
  ],
  [
    'a revision to come',
    `${maintenance}/HashKV`,
    pb.encodeHashKVRequest({ revision: 9 }),
    '11 etcdserver: mvcc: required revision is a future revision',
  ],
  [
    'an unknown action',
    `${maintenance}/Alarm`,
    pb.encodeAlarmRequest({ action: 9 }),
    '3 etcdserver: unknown alarm action',
  ],
  [
    'a password',
    '/etcdserverpb.Auth/Authenticate',
    pb.encodeAuthenticateRequest({ name: 'root' }),
    '9 etcdserver: authentication is not enabled',
  ],
  [
    'bytes that are no message',
    `${kv}/Range`,
    Uint8Array.of(0x0a, 5, 1),
    '13 grpc: error unmarshalling request: field is longer than its message at offset 1',
  ],
];

for (const [claim, path, request, refusal] of rows) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  test(`${name} refuses ${claim} with "${refusal}"`, async () => {
    const member = await withHistory();
    member.consensus.members = [
      { id: 11n, name: 'one', peerUrls: [], clientUrls: [], isLearner: false },
    ];
    member.consensus.matches.set(11n, 30);
    assert.equal(await member.call(path, request, () => 'accepted'), refusal);
  });
}

test('a learner serves status, serializable ranges, snapshots and failover only', async () => {
  const member = new RpcMember();
  member.consensus.become({ isLearner: true, role: 'follower' });
  const serving: string[] = [];
  for (const [path, rpc] of member.rpcs) {
    const serializable = path === `${kv}/Range` ? range({ key: a, serializable: true }) : undefined;
    const answer =
      rpc.kind === 'unary'
        ? await member.call(path, serializable ?? new Uint8Array(0), () => 'served')
        : (member.open(path).ending ?? 'served');
    if (answer === 'served') serving.push(path);
    else assert.equal(answer, '9 etcdserver: rpc not supported for learner', path);
  }
  assert.deepEqual(serving.sort(), [
    '/etcdserverpb.KV/Range',
    '/etcdserverpb.Maintenance/Snapshot',
    '/etcdserverpb.Maintenance/Status',
    '/etcdts.v1.Failover/ForgetLeader',
    '/etcdts.v1.Failover/Observe',
  ]);
  const linearizable = await member.call(`${kv}/Range`, range({ key: a }), () => 'served');
  assert.equal(linearizable, '9 etcdserver: rpc not supported for learner');
});

test('every method of the contract is there', () => {
  const member = new RpcMember();
  const table = rpcTable([...member.rpcs.values()]);
  const missing = [...table.keys()].filter((path) => !member.rpcs.has(path));
  assert.deepEqual(
    missing.filter((path) => !path.startsWith('/etcdserverpb.Auth/')),
    [],
  );
});

// ---- headers

test('a header names cluster, member, term and the revision of the operation', async () => {
  const member = await withHistory();
  const answer = await put(member, 'b', 'x');
  assert.deepEqual(answer, { header: { ...headerIds, revision: 5 }, prevKv: undefined });
});

test('a range of the past is answered with the current revision in its header', async () => {
  const member = await withHistory();
  const request = range({ key: a, revision: 3 });
  const answer = await member.call(`${kv}/Range`, request, pb.decodeRangeResponse);
  assert.ok(typeof answer !== 'string');
  assert.deepEqual(answer.header, { ...headerIds, revision: 4 });
  assert.equal(utf8Text(answer.kvs[0]?.value ?? a), '2');
});

test('the header of a member list has no revision', async () => {
  const member = await withHistory();
  const path = `${cluster}/MemberList`;
  const answer = await member.call(path, new Uint8Array(0), pb.decodeMemberListResponse);
  assert.ok(typeof answer !== 'string');
  assert.deepEqual(answer.header, { ...headerIds, revision: 0 });
});

test('moving leadership is answered without a header', async () => {
  const member = await withHistory();
  member.consensus.members = [
    { id: 12n, name: 'two', peerUrls: [], clientUrls: [], isLearner: false },
  ];
  const request = pb.encodeMoveLeaderRequest({ targetID: 12n });
  const answer = await member.call(`${maintenance}/MoveLeader`, request, (bytes) => bytes.length);
  assert.equal(answer, 0);
});

test('only a full header is added to what was stored: the largest one fits', async () => {
  const member = new RpcMember();
  member.consensus.become({ term: Number.MAX_SAFE_INTEGER });
  const answer = await put(member, 'a', '1');
  assert.ok(typeof answer !== 'string');
  assert.equal(answer.header?.raftTerm, Number.MAX_SAFE_INTEGER);
});

// ---- metadata

test('a call that needs a leader is refused while none is known', async () => {
  const member = await withHistory();
  const status = new Uint8Array(0);
  const needLeader = { hasleader: 'true' };
  member.consensus.become({ leader: 0n, role: 'follower' });
  const path = `${maintenance}/Status`;
  assert.equal(await member.call(path, status, () => 'served'), 'served');
  const refused = await member.call(path, status, () => 'served', needLeader);
  assert.equal(refused, '14 etcdserver: no leader');
  assert.equal(member.open('/etcdserverpb.Watch/Watch', needLeader).ending, refused);
});

test('a stream that needs a leader ends after three checks without one', async () => {
  const member = await withHistory();
  const stream = member.open('/etcdserverpb.Watch/Watch', { hasleader: 'true' });
  const other = member.open('/etcdserverpb.Watch/Watch');
  stream.onMessage(pb.encodeWatchRequest({ createRequest: { key: a } }));
  member.consensus.become({ leader: 0n });
  member.clock.tick();
  member.clock.tick();
  member.consensus.become({ leader: 12n });
  member.clock.tick();
  member.consensus.become({ leader: 0n });
  member.clock.tick();
  member.clock.tick();
  assert.equal(stream.ending, undefined);
  member.clock.tick();
  assert.equal(stream.ending, '14 etcdserver: no leader');
  assert.equal(other.ending, undefined);
  assert.equal(member.hub.counts.synced, 0, 'its watchers are gone');
  assert.equal(member.clock.tickers.size, 0, 'nothing is checked any more');
});

test('requests are counted by the API version of the client', async () => {
  const member = new RpcMember();
  await member.call(`${kv}/Range`, range({ key: a }), () => 0, { 'client-api-version': '3.7' });
  await member.call(`${kv}/Range`, range({ key: a }), () => 0);
  assert.deepEqual(member.counted, ['3.7', 'unknown']);
  const broken = { 'client-api-version': '\uFFFD' };
  const answer = await member.call(`${kv}/Range`, range({ key: a }), () => 'served', broken);
  assert.equal(answer, '3 etcdserver: invalid client api version');
});
