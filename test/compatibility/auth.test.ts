/** Users, roles and permissions: the same programs on Go etcd and on ours, every answer equal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusObject } from '@grpc/grpc-js';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  decodeLeaseKeepAliveResponse,
  decodeWatchResponse,
  encodeLeaseKeepAliveRequest,
  encodeWatchRequest,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { missingPeers } from '../support/peers.ts';
import { AuthProgram, type Step } from './auth-programs.ts';
import { firstDifference } from './comparable.ts';
import {
  type Answer,
  methodOf,
  seed,
  shown,
  type TokenPair,
  type Twin,
  type Twins,
  withToken,
  withTwins,
} from './twins.ts';

const skip = missingPeers('etcd');
const flags = ['--bcrypt-cost=4'];
const steps = 900;
const auth = '/etcdserverpb.Auth';

test(`random programs with auth are answered alike (SEED=${seed})`, { skip }, async () => {
  await withTwins((twins) => new Run(twins, new AuthProgram(seededRandom(seed))).run(), flags);
});

test('what needs root, a user or nobody is the same for every call', { skip }, async () => {
  await withTwins(async (twins) => {
    const run = new Run(twins, new AuthProgram(seededRandom(1)));
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
    const run = new Run(twins, new AuthProgram(seededRandom(1)));
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
  readonly #program: AuthProgram;
  /** By user: the last one is current, the ones before may be over. */
  readonly #tokens = new Map<string, TokenPair[]>();
  #at = 0;

  constructor(twins: Twins, program: AuthProgram) {
    this.#twins = twins;
    this.#program = program;
  }

  async run(): Promise<void> {
    for (; this.#at < steps; this.#at += 1) {
      // Most programs would never get auth on by chance.
      if (this.#at === steps / 6) await this.enable();
      if (this.#at > steps / 6 && this.#program.chance(20)) {
        await this.login(this.#program.pick(['root', 'ann', 'bob', 'cy']), 'p');
      }
      await this.#step(this.#program.step());
    }
  }

  /** Users with password p and some permissions (ann may read b to c), whatever there was. */
  async enable(): Promise<void> {
    const setup: readonly (readonly [method: string, request: object])[] = [
      ['UserAdd', { name: 'root', password: 'p' }],
      ['UserChangePassword', { name: 'root', password: 'p' }],
      ['RoleAdd', { name: 'root' }],
      ['UserGrantRole', { user: 'root', role: 'root' }],
      ['UserAdd', { name: 'ann', password: 'p' }],
      ['RoleAdd', { name: 'r' }],
      ['RoleAdd', { name: 'other' }],
      [
        'RoleGrantPermission',
        { name: 'r', perm: { key: utf8Bytes('b'), rangeEnd: utf8Bytes('c') } },
      ],
      ['UserGrantRole', { user: 'ann', role: 'r' }],
      ...['ann', 'bob', 'cy'].flatMap((name, at) => this.#granted(name, `r${at + 1}`)),
      ['AuthEnable', {}],
    ];
    const tokens = this.#tokens.get('root')?.at(-1);
    for (const [method, request] of setup) await this.same(`${auth}/${method}`, request, tokens);
  }

  #granted(name: string, role: string): readonly (readonly [method: string, request: object])[] {
    const perm = {
      permType: 2,
      key: utf8Bytes('c'),
      rangeEnd: utf8Bytes(name === 'bob' ? 'e' : ''),
    };
    return [
      ['UserAdd', { name, password: 'p' }],
      ['RoleAdd', { name: role }],
      ['RoleGrantPermission', { name: role, perm }],
      ['UserGrantRole', { user: name, role }],
    ];
  }

  async login(name: string, password: string): Promise<TokenPair | undefined> {
    const { etcd, ours } = this.#twins;
    const request = { name, password };
    const path = `${auth}/Authenticate`;
    const [theirs, mine] = await Promise.all([
      etcd.ask('grpc', path, request),
      ours.ask('grpc', path, request),
    ]);
    this.#assertEqual(withoutToken(theirs), withoutToken(mine), `login of ${name}:${password}`);
    if (!('ok' in theirs) || !('ok' in mine)) return undefined;
    const tokens = { etcd: tokenOf(theirs.ok), ours: tokenOf(mine.ok) };
    this.#tokens.set(name, [...(this.#tokens.get(name) ?? []), tokens]);
    return tokens;
  }

  async same(path: string, request: object, tokens: TokenPair | undefined): Promise<Answer> {
    const way = this.#program.chance(20) ? 'json' : 'grpc';
    return await this.#twins.same(path, request, way, `step ${this.#at}`, tokens);
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

  async #step(step: Step): Promise<void> {
    const tokens = this.#actor();
    switch (step.kind) {
      case 'call':
        await this.same(step.path, step.request, tokens);
        break;
      case 'gate':
        await this.sameGate(step.path, step.request, tokens);
        break;
      case 'login':
        await this.login(step.name, step.password);
        break;
      case 'watch':
        await this.sameWatch(step.key, step.rangeEnd, tokens);
        break;
      case 'keep-alive': {
        const { etcd, ours } = this.#twins;
        const [theirs, mine] = await Promise.all([
          keepAliveReply(etcd, step.lease, tokens?.etcd),
          keepAliveReply(ours, step.lease, tokens?.ours),
        ]);
        this.#assertEqual(theirs, mine, `keep-alive of ${step.lease}`);
        break;
      }
    }
  }

  /** Often root, so that something happens; also old tokens and none. */
  #actor(): TokenPair | undefined {
    const program = this.#program;
    if (program.chance(10)) return undefined;
    if (program.chance(2)) return { etcd: 'no.1', ours: 'no.1' };
    const name = program.chance(35) ? 'root' : program.pick([...this.#tokens.keys()]);
    const known = this.#tokens.get(name) ?? [];
    return program.chance(85) ? known.at(-1) : program.pick(known);
  }

  #assertEqual(theirs: unknown, mine: unknown, what: string): void {
    const difference = firstDifference(theirs, mine);
    if (difference !== undefined) assert.fail(`step ${this.#at}: ${what}: ${difference}`);
  }
}

function tokenOf(answer: unknown): string {
  return (answer as { token: string }).token;
}

function withoutToken(answer: Answer): unknown {
  if (!('ok' in answer)) return answer;
  assert.match(tokenOf(answer.ok), /^[a-zA-Z]{16}\.\d+$/);
  return { ...(answer.ok as object), token: 'some' };
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
      { deadline: Date.now() + 20_000 },
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
      { deadline: Date.now() + 20_000 },
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

function keepAliveReply(twin: Twin, lease: bigint, token: string | undefined): Promise<unknown> {
  return new Promise((resolve) => {
    const stream = twin.client.makeBidiStreamRequest(
      '/etcdserverpb.Lease/LeaseKeepAlive',
      (bytes: Uint8Array) => Buffer.from(bytes),
      decodeLeaseKeepAliveResponse,
      withToken(token),
      { deadline: Date.now() + 20_000 },
    );
    stream.on('error', (error) => resolve(String(error)));
    stream.on('data', ({ ID, TTL, header }) => {
      resolve({ ID: String(ID), TTL, revision: header?.revision });
      stream.cancel();
    });
    stream.write(encodeLeaseKeepAliveRequest({ ID: lease }));
  });
}
