import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { emptyBytes, utf8Bytes } from '../../base/bytes.ts';
import type { WriteTxn } from '../backend/backend.ts';
import { encodeUser } from '../proto/generated/authpb.ts';
import { authRecords, nameBytesMax } from './auth-record.ts';
import { AuthStore } from './auth-store.ts';
import { SimpleTokens } from './simple-token.ts';

const b = utf8Bytes;

class Place {
  readonly backend = new MemoryBackend();
  readonly tokens = new SimpleTokens({ ttlMs: 1_000, tokensMax: 10 });
  store = this.#load();

  reopen(): void {
    this.store = this.#load();
  }

  do(change: (store: AuthStore, txn: WriteTxn) => void): void {
    this.backend.write((txn) => change(this.store, txn));
  }

  user(name: string, ...roles: readonly string[]): void {
    this.do((store, txn) => {
      store.addUser(txn, { name, password: '', hashedPassword: '', options: undefined });
      for (const role of roles) store.grantRole(txn, name, role);
    });
  }

  /** A role with ranges `[type, key, rangeEnd]`. */
  role(name: string, ...grants: readonly (readonly [number, string, string])[]): void {
    this.do((store, txn) => {
      store.addRole(txn, name);
      for (const [permType, key, rangeEnd] of grants) {
        store.grantPermission(txn, {
          name,
          perm: { permType, key: b(key), rangeEnd: b(rangeEnd) },
        });
      }
    });
  }

  enable(): void {
    this.user('root', 'root');
    this.do((store, txn) => store.enable(txn));
  }

  as(username: string, type: 'read' | 'write', key: string, rangeEnd = ''): string {
    try {
      const info = { username, revision: this.store.revision };
      this.store.checkPermitted(info, type, b(key), b(rangeEnd));
      return 'allowed';
    } catch (error) {
      return (error as Error).name;
    }
  }

  #load(): AuthStore {
    return this.backend.read((txn) => AuthStore.load(txn, this.tokens));
  }
}

const read = 0;
const write = 1;
const readWrite = 2;

test('auth is off at first, at revision 1, and everybody may do everything', () => {
  const place = new Place();
  assert.deepEqual([place.store.isEnabled, place.store.revision], [false, 1]);
  place.store.checkPermitted({ username: '', revision: 0 }, 'write', b('a'), emptyBytes);
  place.store.checkRoot({ username: '', revision: 0 });
});

test('it is enabled only with a user root that has the role root, and that is no new revision', () => {
  const place = new Place();
  assert.throws(() => place.do((store, txn) => store.enable(txn)), { name: 'RootUserNotExist' });
  place.user('root');
  assert.throws(() => place.do((store, txn) => store.enable(txn)), { name: 'RootRoleNotExist' });
  place.do((store, txn) => store.grantRole(txn, 'root', 'root'));
  const { revision } = place.store;
  place.do((store, txn) => store.enable(txn));
  assert.deepEqual([place.store.isEnabled, place.store.revision], [true, revision]);
  place.do((store, txn) => store.disable(txn));
  assert.deepEqual([place.store.isEnabled, place.store.revision], [false, revision + 1]);
});

test('each change raises the revision, and what changes nothing does not', () => {
  const place = new Place();
  place.role('r');
  place.user('ann', 'r');
  assert.equal(place.store.revision, 4);
  place.do((store, txn) => store.grantRole(txn, 'ann', 'r'));
  assert.equal(place.store.revision, 4);
});

test('a user has the union of the permissions of its roles', () => {
  const place = new Place();
  place.enable();
  place.role('r1', [read, 'a', 'c'], [write, 'x', '']);
  place.role('r2', [readWrite, 'c', 'e']);
  place.user('ann', 'r1', 'r2');
  assert.equal(place.as('ann', 'read', 'a', 'e'), 'allowed');
  assert.equal(place.as('ann', 'read', 'a', 'f'), 'PermissionDenied');
  assert.equal(place.as('ann', 'write', 'd'), 'allowed');
  assert.equal(place.as('ann', 'write', 'b'), 'PermissionDenied');
  assert.equal(place.as('ann', 'read', 'x'), 'PermissionDenied');
  assert.equal(place.as('root', 'write', '\0', '\0'), 'allowed');
  assert.equal(place.as('nobody', 'read', 'a'), 'PermissionDenied');
});

test('a change is seen by the next check, and what was let in before it is old', () => {
  const place = new Place();
  place.enable();
  place.role('r', [read, 'a', '']);
  place.user('ann', 'r');
  const before = { username: 'ann', revision: place.store.revision };
  assert.equal(place.as('ann', 'read', 'a'), 'allowed');
  place.do((store, txn) =>
    store.revokePermission(txn, { role: 'r', key: b('a'), rangeEnd: emptyBytes }),
  );
  assert.equal(place.as('ann', 'read', 'a'), 'PermissionDenied');
  assert.throws(() => place.store.checkPermitted(before, 'read', b('a'), emptyBytes), {
    name: 'AuthOldRevision',
  });
});

test('with auth on, root keeps its user, its role and the role itself', () => {
  const place = new Place();
  place.enable();
  const name = 'InvalidAuthMgmt';
  assert.throws(() => place.do((store, txn) => store.deleteUser(txn, 'root')), { name });
  assert.throws(() => place.do((store, txn) => store.revokeRole(txn, 'root', 'root')), { name });
  assert.throws(() => place.do((store, txn) => store.deleteRole(txn, 'root')), { name });
  assert.equal(place.as('root', 'write', 'a'), 'allowed');
});

test('a deleted role is taken from all who have it', () => {
  const place = new Place();
  place.role('r1');
  place.role('r2');
  place.user('ann', 'r2', 'r1');
  assert.deepEqual(place.store.rolesOf('ann'), ['r1', 'r2']);
  place.do((store, txn) => store.deleteRole(txn, 'r1'));
  assert.deepEqual(place.store.rolesOf('ann'), ['r2']);
});

test('tokens of a user end when it is deleted or gets a new password, all end with auth', () => {
  const place = new Place();
  place.enable();
  for (const name of ['ann', 'bob', 'cy']) place.user(name);
  const [ann, bob, cy] = ['ann', 'bob', 'cy'].map((name, at) =>
    place.store.authenticate(name, name, at, 0),
  );
  const known = () => [ann, bob, cy].map((token) => place.tokens.usernameOf(token ?? '', 1));
  place.do((store, txn) => {
    store.changePassword(txn, { name: 'ann', password: '', hashedPassword: '' });
    store.deleteUser(txn, 'bob');
  });
  assert.deepEqual(known(), [undefined, undefined, 'cy']);
  place.do((store, txn) => store.disable(txn));
  assert.deepEqual(known(), [undefined, undefined, undefined]);
});

test('a permission for the same range replaces the one that was there', () => {
  const place = new Place();
  place.role('r', [read, 'b', 'd'], [read, 'a', ''], [write, 'b', 'd']);
  assert.deepEqual(
    place.store.permissionsOfRole('r').map(({ permType, key }) => [permType, key]),
    [
      [read, b('a')],
      [write, b('b')],
    ],
  );
});

test('a permission needs a key, and an end behind it', () => {
  const place = new Place();
  const grant = (key: string, end: string) => () => place.role(`${key}-${end}`, [read, key, end]);
  for (const [key, end] of [
    ['', 'b'],
    ['b', 'a'],
    ['b', 'b'],
  ] as const) {
    assert.throws(grant(key, end), { name: 'InvalidAuthMgmt' });
  }
  for (const end of ['', 'c', '\0']) grant('b', end)();
});

test('everything is there again after a reopening', () => {
  const place = new Place();
  place.enable();
  place.role('r', [readWrite, 'a', '\0']);
  place.user('ann', 'r');
  const { revision } = place.store;
  place.reopen();
  assert.deepEqual([place.store.isEnabled, place.store.revision], [true, revision]);
  assert.equal(place.as('ann', 'write', 'zz'), 'allowed');
  assert.equal(place.as('ann', 'write', '0'), 'PermissionDenied');
});

test('records are byte for byte what etcd writes', () => {
  const place = new Place();
  place.enable();
  place.backend.read((txn) => {
    assert.deepEqual(Buffer.from(txn.get('auth', b('authEnabled')) ?? []).toString('hex'), '01');
    const revision = Buffer.from(txn.get('auth', b('authRevision')) ?? []);
    assert.equal(revision.toString('hex'), '0000000000000003');
    const root = txn.get('authUsers', b('root'));
    // Name, one role, and options although they are empty.
    assert.deepEqual(Buffer.from(root ?? []).toString('latin1'), '\n\x04root\x1a\x04root"\0');
  });
});

test('names that are too long for a backend key are kept, listed and exported as they are', () => {
  const place = new Place();
  const long = 'x'.repeat(5_000);
  const names = ['a', `${long}1`, `${long}2`, 'y'];
  for (const name of names) place.user(name);
  place.reopen();
  assert.deepEqual(place.store.userNames(), names);
  const exported = place.backend.read((txn) => authRecords(txn, 'authUsers'));
  assert.deepEqual(
    exported.map(([key]) => Buffer.from(key).toString()),
    names,
  );
  const record = { name: b(`${long}1`), options: { noPassword: false } };
  assert.deepEqual(Buffer.from(exported[1]?.[1] ?? []), Buffer.from(encodeUser(record)));
  place.do((store, txn) => store.deleteUser(txn, `${long}1`));
  place.reopen();
  assert.equal(place.store.user(`${long}1`), undefined);
  assert.throws(() => place.user('x'.repeat(nameBytesMax + 1)), { name: 'InvalidAuthMgmt' });
});
