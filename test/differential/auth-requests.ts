/** Random requests of several users, with their tokens, about users, roles and what those allow. */
import { utf8Bytes } from '../../src/base/bytes.ts';
import type { Random } from '../../src/base/random.ts';
import type { RequestOpInit, TxnRequestInit } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import type { Actor, Operation, Program, Way } from './operation.ts';

const users = ['root', 'ann', 'bob', 'cy', 'ü', ''];
const roles = ['root', 'r1', 'r2', 'r3', ''];
/** Mostly the right one. */
const passwords = [...Array(12).fill('p'), 'q', '', 'x'.repeat(72), 'x'.repeat(73)] as string[];
const keys = ['a', 'b', 'b1', 'c', 'd', 'e'];
const leases = [1n, 2n, 3n, 99n];

const auth = '/etcdserverpb.Auth';
const kv = '/etcdserverpb.KV';
const lease = '/etcdserverpb.Lease';
const cluster = '/etcdserverpb.Cluster';
const maintenance = '/etcdserverpb.Maintenance';

/** Users with password p and some permissions (ann may read b to c); then they are needed. */
export const enableAuth: Program = [
  ...setUp([
    ['UserAdd', { name: 'root', password: 'p' }],
    ['UserChangePassword', { name: 'root', password: 'p' }],
    ['RoleAdd', { name: 'root' }],
    ['UserGrantRole', { user: 'root', role: 'root' }],
    ['UserAdd', { name: 'ann', password: 'p' }],
    ['RoleAdd', { name: 'r' }],
    ['RoleAdd', { name: 'other' }],
    ['RoleGrantPermission', { name: 'r', perm: { key: utf8Bytes('b'), rangeEnd: utf8Bytes('c') } }],
    ['UserGrantRole', { user: 'ann', role: 'r' }],
    ...['ann', 'bob', 'cy'].flatMap((name, at) => granted(name, `r${at + 1}`)),
    ['AuthEnable', {}],
  ]),
  ...['root', 'ann', 'bob', 'cy'].map((name) => login(name, 'p')),
];

type AuthCall = readonly [method: string, request: object];

function setUp(calls: readonly AuthCall[]): Program {
  return calls.map(([method, request]) => ({
    kind: 'call',
    path: `${auth}/${method}`,
    request,
    way: 'grpc',
    as: { user: 'root' },
  }));
}

function granted(name: string, role: string): readonly AuthCall[] {
  const key = utf8Bytes('c');
  const perm = { permType: 2, key, rangeEnd: utf8Bytes(name === 'bob' ? 'e' : '') };
  return [
    ['UserAdd', { name, password: 'p' }],
    ['RoleAdd', { name: role }],
    ['RoleGrantPermission', { name: role, perm }],
    ['UserGrantRole', { user: name, role }],
  ];
}

function login(name: string, password: string): Operation {
  return { kind: 'login', name, password };
}

export class AuthRequests {
  readonly #random: Random;
  readonly #sharesTokens: boolean;

  /** `sharesTokens`: each server takes the tokens of the other. */
  constructor(random: Random, sharesTokens: boolean) {
    this.#random = random;
    this.#sharesTokens = sharesTokens;
  }

  /** Operations that follow `enableAuth`. */
  program(length: number): Program {
    return Array.from({ length }, () =>
      this.chance(12) ? login(this.pick(['root', 'ann', 'bob', 'cy']), 'p') : this.#operation(),
    );
  }

  pick<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)] as T;
  }

  chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  #operation(): Operation {
    const as = this.#actor();
    const way: Way = this.chance(25) ? 'json' : 'grpc';
    const roll = this.#random.below(100);
    const call = ([path, request]: AuthCall): Operation => ({
      kind: 'call',
      path,
      request,
      way,
      as,
    });
    if (roll < 24) return call(this.#authCall());
    if (roll < 32) return login(this.pick(users), this.pick(passwords));
    if (roll < 70) return call(this.#kvCall());
    if (roll < 80) return call(this.#leaseCall());
    if (roll < 84) {
      return { kind: 'keep-alive', requests: [{ ID: this.pick(leases) }], way, as };
    }
    if (roll < 90) return this.#watch(as);
    if (roll < 92) return { kind: 'sync' };
    if (roll < 94) return { kind: 'stream', ...this.#stream(), way: 'grpc', as };
    return call(this.#gated());
  }

  /** Often root, so that something happens; also old tokens and none. */
  #actor(): Actor | undefined {
    if (this.chance(10)) return undefined;
    if (this.chance(2)) return { user: '', token: 'garbage' };
    const user = this.chance(35) ? 'root' : this.pick(users);
    if (this.#sharesTokens && this.chance(30)) return { user, token: 'other' };
    return this.chance(85) ? { user } : { user, token: 'oldest' };
  }

  #watch(as: Actor | undefined): Operation {
    const requests = [{ createRequest: this.#watchRange() }];
    return { kind: 'watch', stream: this.#random.below(12), requests, way: 'grpc', as };
  }

  #stream(): { readonly path: string; readonly request: object } {
    const range = { key: this.#key(), rangeEnd: this.#end() };
    return this.pick([
      { path: `${kv}/RangeStream`, request: range },
      { path: `${kv}/RangeStream`, request: range },
      { path: `${maintenance}/Snapshot`, request: {} },
    ]);
  }

  #authCall(): AuthCall {
    const name = this.pick(users);
    const role = this.pick(roles);
    const password = this.pick(passwords);
    const range = { key: this.#key(), rangeEnd: this.#end() };
    const permissionKey = this.chance(5) ? { ...range, key: utf8Bytes('') } : range;
    const perm = { permType: this.#random.below(3), ...permissionKey };
    return this.pick<AuthCall>([
      [`${auth}/AuthStatus`, {}],
      [`${auth}/UserAdd`, { name, password, ...this.#options() }],
      [`${auth}/UserAdd`, { name, password }],
      [`${auth}/UserGet`, { name }],
      [`${auth}/UserList`, {}],
      [`${auth}/UserDelete`, { name }],
      [`${auth}/UserChangePassword`, { name, password }],
      [`${auth}/UserChangePassword`, { name, hashedPassword: this.pick(['', 'aGk=', '?', 'aGk']) }],
      [`${auth}/UserGrantRole`, { user: name, role }],
      [`${auth}/UserGrantRole`, { user: name, role }],
      [`${auth}/UserGrantRole`, { user: name, role }],
      [`${auth}/UserRevokeRole`, { name, role }],
      [`${auth}/RoleAdd`, { name: role }],
      [`${auth}/RoleAdd`, { name: role }],
      [`${auth}/RoleGet`, { role }],
      [`${auth}/RoleList`, {}],
      [`${auth}/RoleDelete`, { role }],
      [`${auth}/RoleGrantPermission`, { name: role, perm }],
      [`${auth}/RoleGrantPermission`, { name: role, perm }],
      [`${auth}/RoleGrantPermission`, { name: role, perm }],
      [`${auth}/RoleGrantPermission`, { name: role }],
      [`${auth}/RoleRevokePermission`, { role, ...range }],
      [`${auth}/AuthEnable`, {}],
      ...(this.chance(10) ? [[`${auth}/AuthDisable`, {}] as const] : []),
    ]);
  }

  #options(): object {
    return this.chance(30) ? { options: { noPassword: this.chance(50) } } : {};
  }

  #kvCall(): AuthCall {
    const serializable = this.chance(50);
    return this.pick<AuthCall>([
      [`${kv}/Range`, { key: this.#key(), rangeEnd: this.#end(), serializable }],
      [`${kv}/Range`, { key: this.#key(), serializable }],
      [`${kv}/Put`, this.#put()],
      [`${kv}/Put`, this.#put()],
      [`${kv}/DeleteRange`, this.#delete()],
      [`${kv}/Txn`, this.#txn(2)],
      [`${kv}/Txn`, this.#txn(2)],
      [`${kv}/Compact`, { revision: this.#random.below(3) }],
    ]);
  }

  #put(): object {
    const prevKv = this.chance(30);
    const leaseId = this.chance(40) ? { lease: this.pick(leases) } : {};
    return { key: this.#key(), value: utf8Bytes('v'), prevKv, ...leaseId };
  }

  #delete(): object {
    return { key: this.#key(), rangeEnd: this.#end(), prevKv: this.chance(30) };
  }

  #txn(depth: number): TxnRequestInit {
    const compares = this.#random.below(3);
    return {
      compare: Array.from({ length: compares }, () => ({
        key: this.#key(),
        rangeEnd: this.chance(30) ? this.#end() : utf8Bytes(''),
        version: this.#random.below(2),
      })),
      success: this.#ops(depth),
      failure: this.#ops(depth),
    };
  }

  #ops(depth: number): RequestOpInit[] {
    return Array.from({ length: this.#random.below(3) }, () => this.#op(depth));
  }

  #op(depth: number): RequestOpInit {
    if (depth > 0 && this.chance(25)) return { requestTxn: this.#txn(depth - 1) };
    if (this.chance(40)) return { requestRange: { key: this.#key(), rangeEnd: this.#end() } };
    return this.chance(50) ? { requestPut: this.#put() } : { requestDeleteRange: this.#delete() };
  }

  #leaseCall(): AuthCall {
    const ID = this.pick(leases);
    return this.pick<AuthCall>([
      [`${lease}/LeaseGrant`, { ID: this.pick([1n, 2n, 3n]), TTL: 600 }],
      [`${lease}/LeaseGrant`, { ID: this.pick([1n, 2n, 3n]), TTL: 600 }],
      [`${lease}/LeaseRevoke`, { ID }],
      [`${lease}/LeaseTimeToLive`, { ID }],
      [`${lease}/LeaseTimeToLive`, { ID, keys: true }],
      [`${lease}/LeaseLeases`, {}],
    ]);
  }

  #watchRange(): { readonly key: Uint8Array; readonly rangeEnd: Uint8Array } {
    const key = this.chance(15) ? utf8Bytes('') : this.#key();
    return { key, rangeEnd: this.#end() };
  }

  #gated(): AuthCall {
    return this.pick<AuthCall>([
      [`${maintenance}/Status`, {}],
      [`${maintenance}/Alarm`, {}],
      [`${maintenance}/Alarm`, { action: 2, memberID: 9n, alarm: 1 }],
      [`${maintenance}/HashKV`, {}],
      [`${maintenance}/MoveLeader`, { targetID: 1n }],
      [`${maintenance}/Defragment`, {}],
      [`${cluster}/MemberList`, {}],
      [`${cluster}/MemberList`, { linearizable: true }],
      [`${cluster}/MemberAdd`, { peerURLs: ['not a url'] }],
      [`${cluster}/MemberRemove`, { ID: 1n }],
      [`${cluster}/MemberUpdate`, { ID: 1n, peerURLs: ['http://127.0.0.1:1'] }],
      [`${cluster}/MemberPromote`, { ID: 1n }],
      ['/v3lockpb.Lock/Lock', { name: this.#key(), lease: 99n }],
      ['/v3lockpb.Lock/Unlock', { key: this.#key() }],
      ['/v3electionpb.Election/Campaign', { name: this.#key(), lease: 99n }],
      ['/v3electionpb.Election/Leader', { name: this.#key() }],
      [
        '/v3electionpb.Election/Resign',
        { leader: { name: this.#key(), key: this.#key(), lease: 99n } },
      ],
      [
        '/v3electionpb.Election/Proclaim',
        { leader: { name: this.#key(), key: this.#key(), lease: 99n } },
      ],
    ]);
  }

  #key(): Uint8Array {
    return utf8Bytes(this.pick(keys));
  }

  /** Empty for one key, without end, or a later key: a range that ends before it starts is rare. */
  #end(): Uint8Array {
    if (this.chance(45)) return utf8Bytes('');
    return utf8Bytes(this.chance(20) ? '\0' : this.pick(['b', 'b2', 'c', 'd', 'f', 'z']));
  }
}
