/** Random programs of users, roles and what they are allowed to do. */
import { utf8Bytes } from '../../src/base/bytes.ts';
import type { Random } from '../../src/base/random.ts';
import type { RequestOpInit, TxnRequestInit } from '../../src/etcd/proto/generated/etcdserverpb.ts';

export type Step =
  | { readonly kind: 'call'; readonly path: string; readonly request: object }
  /** Only whether it was let in is compared: the answers are those of two machines. */
  | { readonly kind: 'gate'; readonly path: string; readonly request: object }
  | { readonly kind: 'login'; readonly name: string; readonly password: string }
  | { readonly kind: 'watch'; readonly key: Uint8Array; readonly rangeEnd: Uint8Array }
  | { readonly kind: 'keep-alive'; readonly lease: bigint };

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

export class AuthProgram {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)] as T;
  }

  chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  step(): Step {
    const roll = this.#random.below(100);
    if (roll < 24) return call(...this.#authCall());
    if (roll < 32) {
      return { kind: 'login', name: this.pick(users), password: this.pick(passwords) };
    }
    if (roll < 70) return call(...this.#kvCall());
    if (roll < 80) return call(...this.#leaseCall());
    if (roll < 84) return { kind: 'keep-alive', lease: this.pick(leases) };
    if (roll < 91) return { kind: 'watch', ...this.#watchRange() };
    return { kind: 'gate', ...this.#gated() };
  }

  #authCall(): readonly [path: string, request: object] {
    const name = this.pick(users);
    const role = this.pick(roles);
    const password = this.pick(passwords);
    const range = { key: this.#key(), rangeEnd: this.#end() };
    const permissionKey = this.chance(5) ? { ...range, key: utf8Bytes('') } : range;
    const perm = { permType: this.#random.below(3), ...permissionKey };
    return this.pick<readonly [string, object]>([
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

  #kvCall(): readonly [path: string, request: object] {
    const serializable = this.chance(50);
    return this.pick<readonly [string, object]>([
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

  #leaseCall(): readonly [path: string, request: object] {
    const ID = this.pick(leases);
    return this.pick<readonly [string, object]>([
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

  #gated(): { readonly path: string; readonly request: object } {
    const [path, request] = this.pick<readonly [string, object]>([
      [`${maintenance}/Status`, {}],
      [`${maintenance}/Alarm`, {}],
      [`${maintenance}/Alarm`, { action: 2, memberID: 9n, alarm: 1 }],
      [`${maintenance}/HashKV`, {}],
      [`${maintenance}/MoveLeader`, { targetID: 1n }],
      [`${cluster}/MemberList`, {}],
      [`${cluster}/MemberList`, { linearizable: true }],
      [`${cluster}/MemberAdd`, { peerURLs: ['not a url'] }],
      [`${cluster}/MemberRemove`, { ID: 1n }],
      [`${cluster}/MemberUpdate`, { ID: 1n, peerURLs: ['http://127.0.0.1:1'] }],
      [`${cluster}/MemberPromote`, { ID: 1n }],
    ]);
    return { path, request };
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

function call(path: string, request: object): Step {
  return { kind: 'call', path, request };
}
