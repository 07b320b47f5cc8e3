import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { StateMachine, stateOptions } from '../../../test/support/state-machine.ts';
import { emptyBytes, utf8Bytes } from '../../base/bytes.ts';
import {
  decodeAuthenticateResponse,
  decodeAuthRoleGetResponse,
  decodeAuthStatusResponse,
  decodeAuthUserListResponse,
  type InternalRaftRequestInit,
} from '../proto/generated/etcdserverpb.ts';

const b = utf8Bytes;

class Cluster {
  readonly machine = new StateMachine(new MemoryBackend());

  /** As somebody with up-to-date rules; undefined: as nobody. Answers the body or the error. */
  as(username: string | undefined, request: InternalRaftRequestInit, age = 0): Uint8Array | string {
    const authRevision = this.machine.state.auth.revision - age;
    const header = username === undefined ? {} : { username, authRevision };
    const { outcome } = this.machine.apply({ ...request, header });
    if (outcome.kind === 'error') return outcome.error.name;
    return outcome.kind === 'answer' ? outcome.body : outcome.kind;
  }

  /** Auth on; ann may read and write b to d, and holds the role `r`. */
  static enabled(): Cluster {
    const cluster = new Cluster();
    const perm = { permType: 2, key: b('b'), rangeEnd: b('d') };
    for (const request of [
      { authUserAdd: { name: 'root' } },
      { authUserGrantRole: { user: 'root', role: 'root' } },
      { authUserAdd: { name: 'ann' } },
      { authRoleAdd: { name: 'r' } },
      { authRoleGrantPermission: { name: 'r', perm } },
      { authUserGrantRole: { user: 'ann', role: 'r' } },
      { authEnable: {} },
    ]) {
      assert.equal(typeof cluster.as(undefined, request), 'object');
    }
    return cluster;
  }

  get revision(): number {
    return this.machine.state.store.currentRevision;
  }
}

const put = (key: string, more: object = {}): InternalRaftRequestInit => ({
  put: { key: b(key), value: b('v'), ...more },
});
const del = (key: string, rangeEnd = ''): InternalRaftRequestInit => ({
  deleteRange: { key: b(key), rangeEnd: b(rangeEnd) },
});

test('with auth off nobody is asked', () => {
  const cluster = new Cluster();
  assert.deepEqual(cluster.as(undefined, put('a')), emptyBytes);
  const status = decodeAuthStatusResponse(cluster.as(undefined, { authStatus: {} }) as Uint8Array);
  assert.deepEqual([status.enabled, status.authRevision], [false, 1]);
});

test('an entry of nobody, of old rules or beyond the permission changes nothing', () => {
  const cluster = Cluster.enabled();
  assert.equal(cluster.as(undefined, put('b')), 'UserEmpty');
  assert.equal(cluster.as('ann', put('b'), 1), 'AuthOldRevision');
  assert.equal(cluster.as('ann', put('a')), 'PermissionDenied');
  assert.equal(cluster.as('ann', del('b', 'e')), 'PermissionDenied');
  assert.equal(cluster.as('ann', del('b', '\0')), 'PermissionDenied');
  assert.equal(cluster.as('gone', put('b')), 'PermissionDenied');
  assert.equal(cluster.revision, 1);
  assert.deepEqual(cluster.as('ann', put('b')), emptyBytes);
  assert.equal(typeof cluster.as('ann', del('b', 'd')), 'object');
  assert.equal(typeof cluster.as('root', del('\0', '\0')), 'object');
});

test('a transaction is refused for what any branch could do, however deep', () => {
  const cluster = Cluster.enabled();
  const requestPut = (key: string) => ({ requestPut: { key: b(key) } });
  const bad = requestPut('z');
  const good = requestPut('b');
  const nested = { requestTxn: { failure: [{ requestTxn: { success: [bad] } }] } };
  for (const [name, txn] of Object.entries([
    { success: [bad] },
    { success: [good], failure: [bad] },
    { success: [good], failure: [nested] },
    { compare: [{ key: b('z') }], success: [good] },
    { compare: [{ key: b('b'), rangeEnd: b('z') }], success: [good] },
    { success: [{ requestTxn: { compare: [{ key: b('z') }] } }] },
    { success: [{ requestRange: { key: b('a'), rangeEnd: b('c') } }] },
    { failure: [{ requestDeleteRange: { key: b('b'), rangeEnd: b('\0') } }] },
  ])) {
    assert.equal(cluster.as('ann', { txn }), 'PermissionDenied', name);
  }
  assert.equal(cluster.revision, 1);
  assert.equal(typeof cluster.as('ann', { txn: { success: [good] } }), 'object');
});

test('to attach a key to a lease takes the right to write all of its keys, and so does revoking', () => {
  const cluster = Cluster.enabled();
  const lease = 7n;
  cluster.as('root', { leaseGrant: { ID: lease, TTL: 600 } });
  assert.equal(typeof cluster.as('ann', put('b', { lease })), 'object');
  cluster.as('root', put('z', { lease }));
  assert.equal(cluster.as('ann', put('c', { lease })), 'PermissionDenied');
  const nested = {
    success: [{ requestTxn: { success: [{ requestPut: { key: b('c'), lease } }] } }],
  };
  assert.equal(cluster.as('ann', { txn: nested }), 'PermissionDenied');
  assert.equal(cluster.as('ann', { leaseRevoke: { ID: lease } }), 'PermissionDenied');
  assert.equal(cluster.as(undefined, { leaseRevoke: { ID: lease } }), 'UserEmpty');
  assert.equal(typeof cluster.as('root', { leaseRevoke: { ID: lease } }), 'object');
});

test('to see the previous value takes the right to read', () => {
  const cluster = Cluster.enabled();
  const perm = { permType: 1, key: b('x') };
  cluster.as('root', { authRoleGrantPermission: { name: 'r', perm } });
  assert.equal(cluster.as('ann', put('x', { prevKv: true })), 'PermissionDenied');
  assert.equal(typeof cluster.as('ann', put('x')), 'object');
  const previous = { deleteRange: { key: b('x'), prevKv: true } };
  assert.equal(cluster.as('ann', previous), 'PermissionDenied');
});

test('users and roles are for root, but for oneself and the roles one has', () => {
  const cluster = Cluster.enabled();
  for (const request of [
    { authEnable: {} },
    { authDisable: {} },
    { authUserAdd: { name: 'x' } },
    { authUserList: {} },
    { authUserGet: { name: 'root' } },
    { authUserDelete: { name: 'ann' } },
    { authUserChangePassword: { name: 'ann' } },
    { authUserGrantRole: { user: 'ann', role: 'root' } },
    { authUserRevokeRole: { name: 'ann', role: 'r' } },
    { authRoleAdd: { name: 'x' } },
    { authRoleList: {} },
    { authRoleGet: { role: 'root' } },
    { authRoleDelete: { role: 'r' } },
    { authRoleGrantPermission: { name: 'r', perm: { key: b('a') } } },
    { authRoleRevokePermission: { role: 'r', key: b('b'), rangeEnd: b('d') } },
  ]) {
    const name = Object.keys(request).join();
    assert.equal(cluster.as('ann', request), 'PermissionDenied', name);
    assert.equal(cluster.as(undefined, request), 'UserEmpty', name);
    assert.equal(cluster.as('gone', request), 'UserNotFound', name);
  }
  assert.equal(typeof cluster.as('ann', { authUserGet: { name: 'ann' } }), 'object');
  const role = cluster.as('ann', { authRoleGet: { role: 'r' } }) as Uint8Array;
  assert.deepEqual(decodeAuthRoleGetResponse(role).perm[0]?.key, b('b'));
  const users = cluster.as('root', { authUserList: {} }) as Uint8Array;
  assert.deepEqual(decodeAuthUserListResponse(users).users, ['ann', 'root']);
  assert.equal(typeof cluster.as(undefined, { authStatus: {} }), 'object');
});

test('a token names the entry before its own, as in etcd, and is known wherever the entry was applied', () => {
  const cluster = Cluster.enabled();
  const authenticate = { name: 'ann', simpleToken: 'abcdefghijklmnop' };
  const body = cluster.as(undefined, { authenticate }) as Uint8Array;
  const { token } = decodeAuthenticateResponse(body);
  assert.equal(token, `abcdefghijklmnop.${cluster.machine.applier.appliedIndex - 1}`);
  assert.equal(stateOptions.tokens.usernameOf(token, 0), 'ann');
  const nobody = { authenticate: { name: 'nobody', simpleToken: 'x' } };
  assert.equal(cluster.as(undefined, nobody), 'AuthFailed');
  assert.equal(new Cluster().as(undefined, nobody), 'AuthNotEnabled');
});

test('the same entries leave the same rules, also with a restart between them', async () => {
  const cluster = Cluster.enabled();
  await cluster.machine.restart();
  assert.equal(cluster.as('ann', put('a')), 'PermissionDenied');
  assert.equal(typeof cluster.as('ann', put('b')), 'object');
  assert.equal(cluster.machine.state.auth.revision, 7);
});
