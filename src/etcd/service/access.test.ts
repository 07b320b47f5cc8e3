import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcMember, settle, type TestStream } from '../../../test/support/rpc-member.ts';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import {
  decodeAuthenticateResponse,
  decodeRangeResponse,
  decodeWatchResponse,
  encodeAuthenticateRequest,
  encodeAuthUserAddRequest,
  encodePutRequest,
  encodeRangeRequest,
  encodeWatchRequest,
  type InternalRaftRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import { encodeForgetLeaderRequest, encodeObserveRequest } from '../proto/generated/etcdtspb.ts';

const b = utf8Bytes;
const kv = '/etcdserverpb.KV';

/** A member with auth on: root, and ann who may read and write b to d. */
async function enabled(): Promise<RpcMember> {
  const member = new RpcMember();
  for (const name of ['root', 'ann']) {
    const request = encodeAuthUserAddRequest({ name, password: 'p' });
    await member.call('/etcdserverpb.Auth/UserAdd', request, () => 'ok');
  }
  const perm = { permType: 2, key: b('b'), rangeEnd: b('d') };
  const changes: readonly InternalRaftRequestInit[] = [
    { authUserGrantRole: { user: 'root', role: 'root' } },
    { authRoleAdd: { name: 'r' } },
    { authRoleGrantPermission: { name: 'r', perm } },
    { authUserGrantRole: { user: 'ann', role: 'r' } },
    { authEnable: {} },
  ];
  for (const change of changes) await member.consensus.propose(change);
  return member;
}

async function tokenOf(member: RpcMember, name: string): Promise<string> {
  const request = encodeAuthenticateRequest({ name, password: 'p' });
  const path = '/etcdserverpb.Auth/Authenticate';
  const answer = await member.call(path, request, decodeAuthenticateResponse);
  assert.ok(typeof answer === 'object', String(answer));
  return answer.token;
}

function put(member: RpcMember, key: string, metadata: Readonly<Record<string, string>>) {
  const request = encodePutRequest({ key: b(key), value: b('v') });
  return member.call(`${kv}/Put`, request, () => 'put', metadata);
}

test('a token is taken under either name, with Bearer before it or not', async () => {
  const member = await enabled();
  const token = await tokenOf(member, 'ann');
  for (const metadata of [
    { token },
    { authorization: token },
    { authorization: `Bearer ${token}` },
    { token, authorization: 'not looked at' },
  ]) {
    assert.equal(await put(member, 'b', metadata), 'put');
  }
  assert.equal(await put(member, 'b', {}), '3 etcdserver: user name is empty');
  assert.equal(await put(member, 'a', { token }), '7 etcdserver: permission denied');
  const unknown = { token: 'aaaaaaaaaaaaaaaa.2' };
  assert.equal(await put(member, 'b', unknown), '16 etcdserver: invalid auth token');
});

test('a token of an entry that is not applied here yet waits for it', async () => {
  const member = await enabled();
  const index = member.machine.applier.appliedIndex;
  const early = `abcdefghijklmnop.${index}`;
  const waiting = put(member, 'b', { token: early });
  await settle();
  const authenticate = { name: 'ann', simpleToken: 'abcdefghijklmnop' };
  await member.consensus.propose({ authenticate });
  assert.equal(await waiting, 'put');
});

test('a token that names an entry far ahead is waited for no longer than a request', async () => {
  const member = await enabled();
  const waiting = put(member, 'b', { token: 'abcdefghijklmnop.99999' });
  assert.equal(await waiting, '16 etcdserver: invalid auth token');
});

test('reads are for those who may read all of the range, serializable ones too', async () => {
  const member = await enabled();
  const token = await tokenOf(member, 'ann');
  await put(member, 'b', { token });
  const range = (rangeEnd: string, serializable: boolean) =>
    member.call(
      `${kv}/Range`,
      encodeRangeRequest({ key: b('b'), rangeEnd: b(rangeEnd), serializable }),
      (bytes) => decodeRangeResponse(bytes).kvs.map(({ key }) => utf8Text(key)),
      { token },
    );
  for (const serializable of [false, true]) {
    assert.deepEqual(await range('d', serializable), ['b']);
    assert.equal(await range('e', serializable), '7 etcdserver: permission denied');
    assert.equal(await range('\0', serializable), '7 etcdserver: permission denied');
  }
});

function refusals(stream: TestStream): readonly (readonly [bigint, string])[] {
  return stream.written
    .map((bytes) => decodeWatchResponse(bytes))
    .map(({ watchId, cancelReason }) => [watchId, cancelReason] as const);
}

test('requests of a watch stream are answered in their order while a token is looked up', async () => {
  const member = await enabled();
  const index = member.machine.applier.appliedIndex;
  const stream = member.open('/etcdserverpb.Watch/Watch', { token: `ponmlkjihgfedcba.${index}` });
  const create = (key: string, rangeEnd: string): void => {
    const createRequest = { key: b(key), rangeEnd: b(rangeEnd) };
    stream.onMessage(encodeWatchRequest({ createRequest }));
  };
  create('b', 'd');
  create('b', '\0');
  stream.onMessage(encodeWatchRequest({ cancelRequest: { watchId: 0n } }));
  create('c', '');
  await settle();
  assert.deepEqual(refusals(stream), []);
  await member.consensus.propose({
    authenticate: { name: 'ann', simpleToken: 'ponmlkjihgfedcba' },
  });
  await settle();
  const denied = 'rpc error: code = PermissionDenied desc = etcdserver: permission denied';
  assert.deepEqual(refusals(stream), [
    [0n, ''],
    [-1n, denied],
    [0n, ''],
    [1n, ''],
  ]);
});

test('a watch without a user, or with a token that is none, is refused in etcd’s words', async () => {
  const member = await enabled();
  const reasonFor = async (metadata: Readonly<Record<string, string>>): Promise<string> => {
    const stream = member.open('/etcdserverpb.Watch/Watch', metadata);
    stream.onMessage(encodeWatchRequest({ createRequest: { key: b('b') } }));
    await settle();
    return refusals(stream)[0]?.[1] ?? '';
  };
  const empty = 'rpc error: code = InvalidArgument desc = etcdserver: user name is empty';
  const invalid = 'rpc error: code = Unauthenticated desc = etcdserver: invalid auth token';
  assert.equal(await reasonFor({}), empty);
  assert.equal(await reasonFor({ token: 'x' }), invalid);
});

test('forgetting and observing leaders is for root', async () => {
  const member = await enabled();
  const forget = encodeForgetLeaderRequest({ leaderId: 1n, term: 1 });
  const path = '/etcdts.v1.Failover/ForgetLeader';
  const ask = async (name: string | undefined): Promise<string> => {
    const metadata = name === undefined ? {} : { token: await tokenOf(member, name) };
    const observed = member.open('/etcdts.v1.Failover/Observe', metadata);
    observed.onMessage(encodeObserveRequest({}));
    await settle();
    const seen = observed.ending ?? (observed.written.length > 0 ? 'reports' : 'nothing');
    observed.controller.abort(new Error('done'));
    return `${await member.call(path, forget, () => 'ok', metadata)}, ${seen}`;
  };
  const empty = '3 etcdserver: user name is empty';
  const denied = '7 etcdserver: permission denied';
  assert.equal(await ask(undefined), `${empty}, ${empty}`);
  assert.equal(await ask('ann'), `${denied}, ${denied}`);
  assert.equal(await ask('root'), 'ok, reports');
});
