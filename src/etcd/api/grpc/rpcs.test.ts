import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { RpcMember, settle } from '../../../../test/support/rpc-member.ts';
import { utf8Bytes, utf8Text } from '../../../base/bytes.ts';
import { seededRandom } from '../../../base/random.ts';
import * as pb from '../../proto/generated/etcdserverpb.ts';
import * as failoverpb from '../../proto/generated/etcdtspb.ts';
import { rpcTable } from '../rpc.ts';

const kv = '/etcdserverpb.KV';
const lease = '/etcdserverpb.Lease';
const cluster = '/etcdserverpb.Cluster';
const maintenance = '/etcdserverpb.Maintenance';
const b = utf8Bytes;

function put(member: RpcMember, key: string, value: string): Promise<pb.PutResponse | string> {
  const request = pb.encodePutRequest({ key: b(key), value: b(value) });
  return member.call(`${kv}/Put`, request, pb.decodePutResponse);
}

async function three(): Promise<RpcMember> {
  const member = new RpcMember();
  for (const value of ['1', '2', '3']) await put(member, 'a', value);
  await member.call(
    `${kv}/Compact`,
    pb.encodeCompactionRequest({ revision: 3 }),
    pb.decodeCompactionResponse,
  );
  return member;
}

type Row = readonly [claim: string, path: string, request: Uint8Array, refusal: string];

const range = (request: pb.RangeRequestInit): Uint8Array => pb.encodeRangeRequest(request);
const putOf = (request: pb.PutRequestInit): Uint8Array => pb.encodePutRequest(request);
const a = b('a');

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
    const member = await three();
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

const ids = { clusterId: 0xfedc_ba98_7654_3210n, memberId: 11n, raftTerm: 7 };

test('a header names cluster, member, term and the revision of the operation', async () => {
  const member = await three();
  const answer = await put(member, 'b', 'x');
  assert.deepEqual(answer, { header: { ...ids, revision: 5 }, prevKv: undefined });
});

test('a range of the past is answered with the current revision in its header', async () => {
  const member = await three();
  const request = range({ key: a, revision: 3 });
  const answer = await member.call(`${kv}/Range`, request, pb.decodeRangeResponse);
  assert.ok(typeof answer !== 'string');
  assert.deepEqual(answer.header, { ...ids, revision: 4 });
  assert.equal(utf8Text(answer.kvs[0]?.value ?? a), '2');
});

test('the header of a member list has no revision', async () => {
  const member = await three();
  const path = `${cluster}/MemberList`;
  const answer = await member.call(path, new Uint8Array(0), pb.decodeMemberListResponse);
  assert.ok(typeof answer !== 'string');
  assert.deepEqual(answer.header, { ...ids, revision: 0 });
});

test('moving leadership is answered without a header', async () => {
  const member = await three();
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

// ---- reads

test('a serializable range needs no barrier, a linearizable one waits for it', async () => {
  const member = await three();
  await member.call(`${kv}/Range`, range({ key: a, serializable: true }), pb.decodeRangeResponse);
  assert.equal(member.consensus.barriers, 0);
  await member.call(`${kv}/Range`, range({ key: a }), pb.decodeRangeResponse);
  assert.equal(member.consensus.barriers, 1);
});

test('a transaction of ranges is read here, with a barrier unless all are serializable', async () => {
  const member = await three();
  const before = member.consensus.proposed.length;
  const run = (serializable: boolean): Promise<unknown> => {
    const op = { requestRange: { key: a, serializable } };
    const request = pb.encodeTxnRequest({ success: [op], failure: [op] });
    return member.call(`${kv}/Txn`, request, pb.decodeTxnResponse);
  };
  await run(true);
  assert.equal(member.consensus.barriers, 0);
  await run(false);
  assert.equal(member.consensus.barriers, 1);
  assert.equal(member.consensus.proposed.length, before);
});

test('a read-only transaction is answered as the applier would have answered it', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
  const random = seededRandom(seed);
  const member = new RpcMember();
  const key = (): Uint8Array => b(`k${random.below(5)}`);
  const end = (): Uint8Array => b(['', 'k3', 'l', '\0'][random.below(4)] ?? '');
  for (let count = 0; count < 60; count += 1) {
    const k = `k${random.below(5)}`;
    if (random.below(4) > 0) await put(member, k, `v${random.below(4)}`);
    else {
      const request = pb.encodeDeleteRangeRequest({ key: b(k) });
      await member.call(`${kv}/DeleteRange`, request, pb.decodeDeleteRangeResponse);
    }
    const value = random.below(6);
    const union = [
      { version: value },
      { createRevision: value * 8 },
      { modRevision: value * 8 },
      { value: b(`v${value}`) },
      {},
    ];
    const compare: pb.CompareInit = {
      key: key(),
      rangeEnd: end(),
      target: random.below(5),
      result: random.below(5),
      ...union[random.below(5)],
    };
    const ops = [{ requestRange: { key: key(), rangeEnd: end(), limit: random.below(3) } }];
    const bytes = pb.encodeTxnRequest({
      compare: [compare],
      success: ops,
      failure: [...ops, ...ops],
    });
    const here = await member.call(`${kv}/Txn`, bytes, pb.decodeTxnResponse);
    const applied = member.machine.apply({ txn: pb.decodeTxnRequest(bytes) }).outcome;
    assert.ok(applied.kind === 'answer' && typeof here !== 'string');
    const { header: _header, ...there } = pb.decodeTxnResponse(applied.body);
    const { header: _ours, ...ours } = here;
    assert.deepEqual(ours, there, `SEED=${seed}`);
  }
});

test('a long read-only transaction, sent in pieces, is answered as the applier would have', async () => {
  const member = new RpcMember();
  for (let i = 0; i < 60; i += 1) await put(member, `k${i}`, String(i % 10).repeat(30_000));
  const range = { key: b('k'), rangeEnd: b('l') };
  const bytes = pb.encodeTxnRequest({
    compare: [{ ...range, target: 0, result: 0, version: 1 }],
    success: [{ requestRange: range }, { requestRange: { key: b('k7') } }, { requestRange: range }],
  });
  const here = await member.call(`${kv}/Txn`, bytes, pb.decodeTxnResponse);
  const applied = member.machine.apply({ txn: pb.decodeTxnRequest(bytes) }).outcome;
  assert.ok(applied.kind === 'answer' && typeof here !== 'string');
  assert.equal(here.header?.revision, 61);
  const { header: _ours, ...ours } = here;
  const { header: _header, ...there } = pb.decodeTxnResponse(applied.body);
  assert.deepEqual(ours, there);
});

test('beyond the quota writes are refused, one alarm is raised and deletes still work', async () => {
  const member = await three();
  member.sizeBytes = 1_000_000;
  const before = member.consensus.proposed.length;
  const noSpace = '8 etcdserver: mvcc: database space exceeded';
  assert.equal(await put(member, 'a', 'x'), noSpace);
  await settle();
  assert.equal(await put(member, 'a', 'x'), noSpace);
  await settle();
  assert.deepEqual(
    member.consensus.proposed.slice(before).map((request) => request.alarm),
    [{ action: 1, memberID: 11n, alarm: 1 }],
  );
  const request = pb.encodeDeleteRangeRequest({ key: a });
  const deleted = await member.call(`${kv}/DeleteRange`, request, pb.decodeDeleteRangeResponse);
  assert.ok(typeof deleted !== 'string');
  assert.equal(deleted.deleted, 1);
});

// ---- metadata

test('a call that needs a leader is refused while none is known', async () => {
  const member = await three();
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
  const member = await three();
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

// ---- watch

test('a watch stream delivers history and news, and lives on after a half-close', async () => {
  const member = await three();
  const stream = member.open('/etcdserverpb.Watch/Watch');
  const createRequest = { key: a, startRevision: 3, prevKv: true };
  stream.onMessage(pb.encodeWatchRequest({ createRequest }));
  stream.onMessage(pb.encodeWatchRequest({}));
  stream.onHalfClose();
  await settle();
  await put(member, 'a', '4');
  const responses = stream.written.map(pb.decodeWatchResponse);
  assert.deepEqual(
    responses.map(({ header, created, events }) => [
      header?.revision,
      created,
      events.map(({ kv: now, prevKv }) => [now?.modRevision, prevKv?.modRevision]),
    ]),
    [
      [4, true, []],
      [
        4,
        false,
        [
          [3, undefined],
          [4, 3],
        ],
      ],
      [5, false, [[5, 4]]],
    ],
  );
  assert.equal(responses[0]?.header?.raftTerm, 7);
});

test('a watch client that does not read is not read from either', async () => {
  const member = await three();
  const stream = member.open('/etcdserverpb.Watch/Watch');
  stream.onMessage(pb.encodeWatchRequest({ createRequest: { key: a } }));
  stream.hasRoom = false;
  await put(member, 'a', '4');
  assert.equal(stream.isPaused, true);
  await put(member, 'a', '5');
  assert.equal(stream.written.length, 2);
  stream.makeRoom();
  await settle();
  assert.equal(stream.isPaused, false);
  assert.equal(stream.written.length, 3);
});

test('bytes that are no watch request end the stream', () => {
  const stream = new RpcMember().open('/etcdserverpb.Watch/Watch');
  stream.onMessage(Uint8Array.of(0x0a, 5, 1));
  assert.match(stream.ending ?? '', /^13 grpc: failed to unmarshal the received message: /);
});

// ---- leases

async function grant(member: RpcMember, TTL: number, ID = 0n): Promise<pb.LeaseGrantResponse> {
  const request = pb.encodeLeaseGrantRequest({ TTL, ID });
  const answer = await member.call(`${lease}/LeaseGrant`, request, pb.decodeLeaseGrantResponse);
  assert.ok(typeof answer !== 'string', String(answer));
  return answer;
}

test('a lease without id gets a positive one', async () => {
  const granted = await grant(new RpcMember(), 60);
  assert.ok(granted.ID > 0n);
  assert.equal(granted.TTL, 60);
});

test('keep-alives are answered in order, an unknown lease with TTL 0', async () => {
  const member = new RpcMember();
  await grant(member, 60, 5n);
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  for (const ID of [5n, 9n, 5n]) stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID }));
  stream.onHalfClose();
  await settle();
  const answers = stream.written.map(pb.decodeLeaseKeepAliveResponse);
  assert.deepEqual(
    answers.map(({ ID, TTL }) => [ID, TTL]),
    [
      [5n, 60],
      [9n, 0],
      [5n, 60],
    ],
  );
  assert.equal(stream.ending, 'ended');
});

test('an expired lease is not renewed: the answer waits for its revocation', async () => {
  const member = new RpcMember();
  await grant(member, 2, 5n);
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  member.clock.nowMs += 3_000;
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(stream.written.length, 0);
  await member.consensus.propose({ leaseRevoke: { ID: 5n } });
  await settle();
  assert.equal(pb.decodeLeaseKeepAliveResponse(stream.written[0] ?? a).TTL, 0);
});

test('a leader that cannot confirm its leadership renews nothing', async () => {
  const member = new RpcMember();
  await grant(member, 60, 5n);
  member.consensus.leads = false;
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  await settle();
  assert.equal(stream.ending, '2 not a primary lessor');
});

test('a leader that stood still asks a quorum before it renews', async () => {
  const member = new RpcMember();
  await grant(member, 60, 5n);
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  member.consensus.isUncertain = true;
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  assert.equal(stream.written.length, 0);
  await settle();
  assert.equal(pb.decodeLeaseKeepAliveResponse(stream.written[0] ?? a).TTL, 60);
  member.consensus.isUncertain = false;
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  const last = pb.decodeLeaseKeepAliveResponse(stream.written[1] ?? a);
  assert.deepEqual([last.ID, last.TTL, last.header?.raftTerm], [5n, 60, 7]);
});

test('keep-alives that are not read are renewed no further, and answered in order later', async () => {
  const member = new RpcMember();
  for (const id of [5n, 6n, 7n]) await grant(member, 60, id);
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.hasRoom = false;
  for (const ID of [5n, 6n, 7n]) stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID }));
  stream.onHalfClose();
  await settle();
  assert.equal(stream.written.length, 1);
  stream.makeRoom();
  await settle();
  assert.deepEqual(
    stream.written.map((answer) => pb.decodeLeaseKeepAliveResponse(answer).ID),
    [5n, 6n, 7n],
  );
  assert.equal(stream.ending, 'ended');
});

test('a follower has the leader renew, and tries again when it is not reached', async () => {
  const member = new RpcMember();
  member.consensus.become({ role: 'follower', leader: 12n });
  let attempts = 0;
  member.renewAtLeader = async (id) => {
    attempts += 1;
    if (attempts < 3) throw new Error('connection refused');
    return Number(id) * 10;
  };
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  await settle();
  assert.equal(pb.decodeLeaseKeepAliveResponse(stream.written[0] ?? a).TTL, 50);
});

test('without a leader a keep-alive ends with a timeout', async () => {
  const member = new RpcMember();
  member.consensus.become({ role: 'follower', leader: 0n });
  const stream = member.open(`${lease}/LeaseKeepAlive`);
  stream.onMessage(pb.encodeLeaseKeepAliveRequest({ ID: 5n }));
  for (let turn = 0; turn < 10; turn += 1) await settle();
  assert.equal(stream.ending, '14 etcdserver: request timed out');
});

test('the time to live comes from the leader, with our own header', async () => {
  const member = await three();
  await grant(member, 60, 5n);
  const path = `${lease}/LeaseTimeToLive`;
  const ask = (ID: bigint): Promise<pb.LeaseTimeToLiveResponse | string> =>
    member.call(
      path,
      pb.encodeLeaseTimeToLiveRequest({ ID, keys: true }),
      pb.decodeLeaseTimeToLiveResponse,
    );
  member.machine.state.lessor.promote(0, member.clock.nowMs);
  const header = { ...ids, revision: 4 };
  assert.deepEqual(await ask(5n), { header, ID: 5n, TTL: 60, grantedTTL: 60, keys: [] });
  assert.deepEqual(await ask(9n), { header, ID: 9n, TTL: -1, grantedTTL: 0, keys: [] });
  member.consensus.become({ role: 'follower', leader: 12n });
  assert.deepEqual(await ask(5n), { header, ID: 5n, TTL: 3, grantedTTL: 9, keys: [] });
});

// ---- members

test('adding a member proposes it as etcd writes it, with the id of its URLs and second', async () => {
  const member = new RpcMember();
  member.consensus.members = [
    { id: 11n, name: 'one', peerUrls: ['http://127.0.0.1:1'], clientUrls: [], isLearner: false },
  ];
  const request = pb.encodeMemberAddRequest({
    peerURLs: [' http://10.0.0.2:2380'],
    isLearner: true,
  });
  const answer = await member.call(`${cluster}/MemberAdd`, request, pb.decodeMemberAddResponse);
  assert.ok(typeof answer !== 'string', String(answer));
  const [change] = member.consensus.changes;
  const id = answer.member?.ID;
  assert.equal(change?.nodeId, id);
  assert.equal(change?.type, 3);
  assert.equal(
    utf8Text(change?.context ?? a),
    `{"id":${id},"peerURLs":["http://10.0.0.2:2380"],"isLearner":true}`,
  );
  assert.equal(answer.members.length, 1);
});

test('a learner is promoted with nine tenths of the log and not below', async () => {
  const member = new RpcMember();
  member.consensus.members = [
    { id: 11n, name: 'one', peerUrls: [], clientUrls: [], isLearner: false },
    { id: 12n, name: 'two', peerUrls: [], clientUrls: [], isLearner: true },
  ];
  member.consensus.matches.set(11n, 100).set(12n, 89);
  const request = pb.encodeMemberPromoteRequest({ ID: 12n });
  const promote = (): Promise<unknown> =>
    member.call(`${cluster}/MemberPromote`, request, () => 'promoted');
  const notReady = '9 etcdserver: can only promote a learner member which is in sync with leader';
  assert.equal(await promote(), notReady);
  member.consensus.matches.set(12n, 90);
  assert.equal(await promote(), 'promoted');
  const [change] = member.consensus.changes;
  const context = '{"id":12,"peerURLs":null,"isPromote":true}';
  assert.deepEqual(change, { type: 0, nodeId: 12n, context: change?.context });
  assert.equal(utf8Text(change.context ?? a), context);
});

test('a follower has the leader promote', async () => {
  const member = new RpcMember();
  member.consensus.become({ role: 'follower', leader: 12n });
  const promoted = { id: 12n, name: 'two', peerUrls: [], clientUrls: [], isLearner: false };
  let attempts = 0;
  member.promoteAtLeader = async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('connection refused');
    return [promoted];
  };
  const request = pb.encodeMemberPromoteRequest({ ID: 12n });
  const path = `${cluster}/MemberPromote`;
  const answer = await member.call(path, request, pb.decodeMemberPromoteResponse);
  assert.ok(typeof answer !== 'string', String(answer));
  assert.equal(answer.members[0]?.name, 'two');
});

// ---- maintenance and failover

test('a snapshot comes in blobs of 32 KiB with what remains, then its SHA-256', async () => {
  const member = new RpcMember();
  member.snapshotChunks = [70_000, 1, 0, 30_000].map((size, fill) =>
    new Uint8Array(size).fill(fill),
  );
  const whole = Buffer.concat(member.snapshotChunks);
  const stream = member.open(`${maintenance}/Snapshot`);
  stream.hasRoom = false;
  stream.onMessage(new Uint8Array(0));
  await settle();
  assert.equal(stream.written.length, 1, 'no faster than the client reads');
  stream.makeRoom();
  await settle();
  const responses = stream.written.map(pb.decodeSnapshotResponse);
  assert.deepEqual(
    responses.map(({ remainingBytes, blob }) => [remainingBytes, blob.length]),
    [
      [67_233, 32_768],
      [34_465, 32_768],
      [1_697, 32_768],
      [0, 1_697],
      [0, 32],
    ],
  );
  const data = Buffer.concat(responses.slice(0, -1).map(({ blob }) => blob));
  assert.ok(data.equals(whole));
  const digest = createHash('sha256').update(whole).digest();
  assert.ok(digest.equals(responses.at(-1)?.blob ?? a));
  assert.equal(responses[0]?.header, undefined);
  assert.equal(stream.ending, 'ended');
  assert.equal(member.snapshotCloses, 1);
});

test('a snapshot that nobody reads any more releases its source', async () => {
  const member = new RpcMember();
  member.snapshotChunks = [new Uint8Array(100_000)];
  const stream = member.open(`${maintenance}/Snapshot`);
  stream.hasRoom = false;
  stream.onMessage(new Uint8Array(0));
  await settle();
  stream.controller.abort(new Error('gone'));
  stream.makeRoom();
  await settle();
  assert.equal(member.snapshotCloses, 1);
});

test('status reports what is known without a leader, and the alarms', async () => {
  const member = await three();
  await member.consensus.propose({ alarm: { action: 1, memberID: 11n, alarm: 1 } });
  member.consensus.become({ leader: 0n, role: 'follower' });
  const path = `${maintenance}/Status`;
  const answer = await member.call(path, new Uint8Array(0), pb.decodeStatusResponse);
  assert.ok(typeof answer !== 'string');
  assert.equal(answer.leader, 0n);
  assert.equal(answer.raftIndex, 29);
  assert.equal(answer.raftAppliedIndex, 28);
  assert.deepEqual(answer.errors, ['etcdserver: no leader', 'memberID:11 alarm:NOSPACE']);
});

test('observing reports at once, on every change and on every heartbeat, until it is over', async () => {
  const member = new RpcMember();
  const stream = member.open('/etcdts.v1.Failover/Observe');
  stream.onMessage(new Uint8Array(0));
  assert.equal(stream.written.length, 1);
  member.consensus.become({ leader: 0n, role: 'pre-candidate', millisSinceLeaderHeard: 1_234.5 });
  member.clock.tick();
  const reports = stream.written.map(failoverpb.decodeObserveResponse);
  assert.deepEqual(
    reports.map(({ leaderId, role, millisSinceLeader }) => [leaderId, role, millisSinceLeader]),
    [
      [11n, 'leader', 0],
      [0n, 'pre-candidate', 1_234],
      [0n, 'pre-candidate', 1_234],
    ],
  );
  stream.controller.abort(new Error('gone'));
  assert.equal(member.consensus.listeners.size, 0);
  assert.equal(member.clock.tickers.size, 0);
});

test('an observer that reads slowly gets the newest state, not the missed ones', async () => {
  const member = new RpcMember();
  const stream = member.open('/etcdts.v1.Failover/Observe');
  stream.hasRoom = false;
  stream.onMessage(new Uint8Array(0));
  for (const term of [8, 9, 10]) member.consensus.become({ term });
  stream.makeRoom();
  await settle();
  const terms = stream.written.map((bytes) => failoverpb.decodeObserveResponse(bytes).term);
  assert.deepEqual(terms, [7, 10]);
});

test('forgetting a leader answers what the member did and whom it follows now', async () => {
  const member = new RpcMember();
  member.consensus.forgotten = { did: 'no-longer-so', campaigning: false };
  member.consensus.become({ leader: 12n, role: 'follower', term: 9 });
  const request = failoverpb.encodeForgetLeaderRequest({ leaderId: 11n, term: 8 });
  const path = '/etcdts.v1.Failover/ForgetLeader';
  const answer = await member.call(path, request, failoverpb.decodeForgetLeaderResponse);
  assert.ok(typeof answer !== 'string');
  const { header: _header, ...rest } = answer;
  const outcome = failoverpb.ForgetLeaderResponse_Outcome.NO_LONGER_SO;
  assert.deepEqual(rest, { outcome, campaigning: false, leaderId: 12n, term: 9 });
});

test('defragmenting answers without a header, and failures with their own words', async () => {
  const member = new RpcMember();
  const path = `${maintenance}/Defragment`;
  const answer = await member.call(path, new Uint8Array(0), pb.decodeDefragmentResponse);
  assert.deepEqual(answer, { header: undefined });
  assert.equal(member.defragmentations, 1);
  member.defragmentFailure = new Error('No space left on device');
  const refused = await member.call(path, new Uint8Array(0), pb.decodeDefragmentResponse);
  assert.equal(refused, '2 No space left on device');
});

test('a hash comes with the revision it was taken at', async () => {
  const member = await three();
  const path = `${maintenance}/Hash`;
  const answer = await member.call(path, new Uint8Array(0), pb.decodeHashResponse);
  assert.deepEqual(answer, { header: { ...ids, revision: 4 }, hash: 0xfeed_f00d });
});
