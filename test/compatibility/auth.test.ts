/** Users, roles and permissions: the same programs on Go etcd and on ours, every answer equal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusObject } from '@grpc/grpc-js';
import { utf8Bytes } from '../../src/base/bytes.ts';
import {
  decodeWatchResponse,
  encodeWatchRequest,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { enableAuth } from '../differential/auth-requests.ts';
import { firstDifference } from '../differential/comparable.ts';
import {
  type Answer,
  methodOf,
  shown,
  type TokenPair,
  type Twin,
  type Twins,
  withToken,
  withTwins,
} from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';

const skip = missingPeers('etcd');
const flags = ['--bcrypt-cost=4'];
const auth = '/etcdserverpb.Auth';

test('what needs root, a user or nobody is the same for every call', { skip }, async () => {
  await withTwins(async (twins) => {
    const run = new Run(twins);
    await run.enable();
    const none = undefined;
    const garbage = { etcd: 'garbage', ours: 'garbage' };
    const early = { etcd: 'aaaaaaaaaaaaaaaa.3', ours: 'aaaaaaaaaaaaaaaa.3' };
    const root = await run.login('root', 'p');
    const plain = await run.login('ann', 'p');
    // A leader to be observed, and a key to be read.
    await run.same('/etcdserverpb.KV/Put', { key: utf8Bytes('b/1') }, root);
    for (const tokens of [none, garbage, early, plain, root]) {
      for (const [path, request] of everyCall) await run.sameGate(path, request, tokens);
      for (const [path, request] of everyStream) await run.sameStream(path, request, tokens);
    }
  }, flags);
});

test('a watch needs the right to read all of its range', { skip }, async () => {
  await withTwins(async (twins) => {
    const run = new Run(twins);
    await run.enable();
    const plain = await run.login('ann', 'p');
    const ends = ['', '\0', 'b', 'c', 'c\0', 'd', 'z', 'a'];
    for (const key of ['', 'a', 'b', 'bb', 'c', 'd']) {
      for (const end of ends) {
        for (const tokens of [undefined, plain, { etcd: 'x.y', ours: 'x.y' }]) {
          await run.sameWatch(utf8Bytes(key), utf8Bytes(end), tokens);
        }
      }
    }
  }, flags);
});

/** Every method with auth checks and a request that changes nothing. */
const everyCall: readonly (readonly [path: string, request: object])[] = [
  [`${auth}/AuthEnable`, {}],
  [`${auth}/AuthStatus`, {}],
  [`${auth}/UserGet`, { name: 'ann' }],
  [`${auth}/UserGet`, { name: 'root' }],
  [`${auth}/UserGet`, { name: 'nobody' }],
  [`${auth}/UserGet`, { name: '' }],
  [`${auth}/UserList`, {}],
  [`${auth}/UserAdd`, { name: '' }],
  [`${auth}/UserAdd`, { name: 'x', password: 'y'.repeat(73) }],
  [`${auth}/UserDelete`, { name: 'nobody' }],
  [`${auth}/UserDelete`, { name: 'root' }],
  [`${auth}/UserChangePassword`, { name: 'nobody', password: 'p' }],
  [`${auth}/UserGrantRole`, { user: 'nobody', role: 'r' }],
  [`${auth}/UserRevokeRole`, { name: 'root', role: 'root' }],
  [`${auth}/RoleAdd`, { name: '' }],
  [`${auth}/RoleGet`, { role: 'r' }],
  [`${auth}/RoleGet`, { role: 'other' }],
  [`${auth}/RoleGet`, { role: 'root' }],
  [`${auth}/RoleList`, {}],
  [`${auth}/RoleDelete`, { role: 'root' }],
  [`${auth}/RoleDelete`, { role: 'nothing' }],
  [`${auth}/RoleGrantPermission`, { name: 'nothing', perm: { key: utf8Bytes('a') } }],
  [`${auth}/RoleRevokePermission`, { role: 'nothing', key: utf8Bytes('a') }],
  ['/etcdserverpb.KV/Range', { key: utf8Bytes('a') }],
  ['/etcdserverpb.KV/Range', { key: utf8Bytes('a'), serializable: true }],
  ['/etcdserverpb.KV/Range', { key: utf8Bytes('b') }],
  ['/etcdserverpb.KV/Range', { key: utf8Bytes('b'), rangeEnd: utf8Bytes('\0') }],
  ['/etcdserverpb.KV/Range', { key: utf8Bytes('') }],
  ['/etcdserverpb.KV/Put', { key: utf8Bytes('a') }],
  ['/etcdserverpb.KV/Put', { key: utf8Bytes('') }],
  ['/etcdserverpb.KV/DeleteRange', { key: utf8Bytes('zz') }],
  ['/etcdserverpb.KV/Txn', {}],
  ['/etcdserverpb.KV/Txn', { success: [{ requestTxn: {} }] }],
  ['/etcdserverpb.KV/Compact', { revision: 1_000_000 }],
  ['/etcdserverpb.Lease/LeaseGrant', { TTL: 9_000_000_001 }],
  ['/etcdserverpb.Lease/LeaseRevoke', { ID: 77n }],
  ['/etcdserverpb.Lease/LeaseTimeToLive', { ID: 77n }],
  ['/etcdserverpb.Lease/LeaseTimeToLive', { ID: 77n, keys: true }],
  ['/etcdserverpb.Lease/LeaseLeases', {}],
  ['/v3lockpb.Lock/Lock', { name: utf8Bytes('b'), lease: 77n }],
  ['/v3lockpb.Lock/Unlock', { key: utf8Bytes('zz') }],
  ['/v3electionpb.Election/Campaign', { name: utf8Bytes('zz'), lease: 77n }],
  ['/v3electionpb.Election/Leader', { name: utf8Bytes('zz') }],
  ['/v3electionpb.Election/Leader', { name: utf8Bytes('b') }],
  ['/v3electionpb.Election/Resign', { leader: { name: utf8Bytes('zz'), key: utf8Bytes('zz/1') } }],
  ['/etcdserverpb.Cluster/MemberList', {}],
  ['/etcdserverpb.Cluster/MemberList', { linearizable: true }],
  ['/etcdserverpb.Cluster/MemberAdd', {}],
  ['/etcdserverpb.Cluster/MemberAdd', { peerURLs: ['not a url'] }],
  ['/etcdserverpb.Cluster/MemberRemove', { ID: 1n }],
  ['/etcdserverpb.Cluster/MemberUpdate', { ID: 1n, peerURLs: ['http://127.0.0.1:1'] }],
  ['/etcdserverpb.Cluster/MemberPromote', { ID: 1n }],
  ['/etcdserverpb.Maintenance/Status', {}],
  ['/etcdserverpb.Maintenance/Alarm', {}],
  ['/etcdserverpb.Maintenance/Alarm', { action: 2, memberID: 9n, alarm: 1 }],
  ['/etcdserverpb.Maintenance/HashKV', { revision: 1_000_000 }],
  ['/etcdserverpb.Maintenance/Hash', {}],
  ['/etcdserverpb.Maintenance/Defragment', {}],
  ['/etcdserverpb.Maintenance/MoveLeader', { targetID: 1n }],
];

/** The same of methods that answer with a stream. */
const everyStream: readonly (readonly [path: string, request: object])[] = [
  ['/etcdserverpb.KV/RangeStream', { key: utf8Bytes('a') }],
  ['/etcdserverpb.KV/RangeStream', { key: utf8Bytes('b'), serializable: true }],
  ['/etcdserverpb.KV/RangeStream', { key: utf8Bytes('b'), rangeEnd: utf8Bytes('\0') }],
  ['/etcdserverpb.Maintenance/Snapshot', {}],
  ['/v3electionpb.Election/Observe', { name: utf8Bytes('b') }],
];

class Run {
  readonly #twins: Twins;

  constructor(twins: Twins) {
    this.#twins = twins;
  }

  async enable(): Promise<void> {
    for (const operation of enableAuth) {
      if (operation.kind === 'call') await this.same(operation.path, operation.request, undefined);
    }
  }

  async login(name: string, password: string): Promise<TokenPair | undefined> {
    const { answers, tokens } = await this.#twins.login(name, password);
    this.#assertEqual(answers[0], answers[1], `login of ${name}:${password}`);
    return tokens;
  }

  async same(path: string, request: object, tokens: TokenPair | undefined): Promise<Answer> {
    return await this.#twins.same(path, request, 'grpc', '', tokens);
  }

  async sameGate(path: string, request: object, tokens: TokenPair | undefined): Promise<void> {
    const gate = async (twin: Twin, token: string | undefined): Promise<unknown> => {
      const answer = await twin.ask('grpc', path, request, token);
      return 'ok' in answer ? 'let in' : answer;
    };
    const { etcd, ours } = this.#twins;
    const [theirs, mine] = await Promise.all([gate(etcd, tokens?.etcd), gate(ours, tokens?.ours)]);
    this.#assertEqual(theirs, mine, `${path} ${shown(request)} with ${tokens?.etcd ?? 'no token'}`);
  }

  async sameStream(path: string, request: object, tokens: TokenPair | undefined): Promise<void> {
    const { etcd, ours } = this.#twins;
    const bytes = methodOf(path).encodeRequest(request);
    const [theirs, mine] = await Promise.all([
      streamGate(etcd, path, bytes, tokens?.etcd),
      streamGate(ours, path, bytes, tokens?.ours),
    ]);
    this.#assertEqual(theirs, mine, `${path} ${shown(request)} with ${tokens?.etcd ?? 'no token'}`);
  }

  async sameWatch(
    key: Uint8Array,
    rangeEnd: Uint8Array,
    tokens: TokenPair | undefined,
  ): Promise<void> {
    const { etcd, ours } = this.#twins;
    const [theirs, mine] = await Promise.all([
      watchReply(etcd, key, rangeEnd, tokens?.etcd),
      watchReply(ours, key, rangeEnd, tokens?.ours),
    ]);
    this.#assertEqual(theirs, mine, `watch of ${shown({ key, rangeEnd })}`);
  }

  #assertEqual(theirs: unknown, mine: unknown, what: string): void {
    const difference = firstDifference(theirs, mine);
    if (difference !== undefined) assert.fail(`${what}: ${difference}`);
  }
}

/** The first response to a create request, as far as two servers can have it in common. */
function watchReply(
  twin: Twin,
  key: Uint8Array,
  rangeEnd: Uint8Array,
  token: string | undefined,
): Promise<unknown> {
  return new Promise((resolve) => {
    const stream = twin.client.makeBidiStreamRequest(
      '/etcdserverpb.Watch/Watch',
      (bytes: Uint8Array) => Buffer.from(bytes),
      decodeWatchResponse,
      withToken(token),
      { deadline: Date.now() + 60_000 },
    );
    stream.on('error', (error) => resolve(String(error)));
    stream.on('data', ({ header, watchId, created, canceled, cancelReason }) => {
      resolve({ revision: header?.revision, watchId, created, canceled, cancelReason });
      stream.cancel();
    });
    stream.write(encodeWatchRequest({ createRequest: { key, rangeEnd } }));
  });
}

/** Who is let in gets something; others get a status, or the end. */
function streamGate(
  twin: Twin,
  path: string,
  request: Uint8Array,
  token: string | undefined,
): Promise<string> {
  return new Promise((resolve) => {
    const stream = twin.client.makeServerStreamRequest(
      path,
      (bytes: Uint8Array) => Buffer.from(bytes),
      () => 'something',
      request,
      withToken(token),
      { deadline: Date.now() + 60_000 },
    );
    stream.on('error', () => {});
    stream.on('status', ({ code, details }: StatusObject) => {
      resolve(`${code} ${details}`);
    });
    stream.on('data', () => {
      resolve('let in');
      stream.cancel();
    });
  });
}
