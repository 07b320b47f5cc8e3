import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { requestEntry, StateMachine } from '../../../test/support/state-machine.ts';
import { emptyBytes, utf8Bytes, utf8Text } from '../../base/bytes.ts';
import {
  AlarmRequest_AlarmAction as Action,
  AlarmType,
  decodeAlarmResponse,
  decodeLeaseGrantResponse,
  type InternalRaftRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import type { AppliedEntry } from './applier.ts';

const b = utf8Bytes;
const put = (key: string, more: object = {}): InternalRaftRequestInit => ({
  put: { key: b(key), value: b('v'), ...more },
});

function errorOf({ outcome }: AppliedEntry): string {
  return outcome.kind === 'error' ? outcome.error.message : outcome.kind;
}

function bodyOf({ outcome }: AppliedEntry): Uint8Array {
  assert.equal(outcome.kind, 'answer');
  return outcome.kind === 'answer' ? outcome.body : emptyBytes;
}

void test('the applied index and term are stored with the effects', async () => {
  const machine = new StateMachine(new MemoryBackend());
  const entry = { ...requestEntry(1, 9n, put('a')), term: 4 };
  machine.applier.applyBatch([entry], () => false, 0);
  await machine.restart();
  assert.equal(machine.applier.appliedIndex, 1);
  assert.equal(machine.applier.appliedTerm, 4);
  assert.equal(machine.state.store.currentRevision, 2);
});

void test('a request of etcd’s second version stops the member and leaves nothing', () => {
  const machine = new StateMachine(new MemoryBackend());
  // ID 5, method PUT, path /1/foo, value x: what a server of that version wrote to its log.
  const fields = ['\x08\x05', '\x12\x03PUT', '\x1a\x06/1/foo', '\x22\x01x'];
  const entry = { type: 0, term: 1, index: 1, data: Buffer.from(fields.join(''), 'latin1') };
  assert.throws(() => machine.applyEntry(entry), { name: 'DecodeError' });
  assert.equal(machine.applier.appliedIndex, 0);
});

void test('an entry out of order stops the member and leaves nothing', () => {
  const machine = new StateMachine(new MemoryBackend());
  machine.apply(put('a'));
  const batch = [requestEntry(2, 0n, put('b')), requestEntry(4, 0n, put('c'))];
  assert.throws(() => machine.applier.applyBatch(batch, () => false, 0), /entry 4 follows/);
  const fresh = new StateMachine(machine.state.backend);
  assert.equal(fresh.applier.appliedIndex, 1);
  assert.equal(fresh.state.store.currentRevision, 2);
});

void test('bytes that are no request stop the member and leave nothing', () => {
  const machine = new StateMachine(new MemoryBackend());
  const garbage = { type: 0, term: 1, index: 2, data: Uint8Array.of(0xff, 0xff, 0xff) };
  const batch = [requestEntry(1, 0n, put('a')), garbage];
  assert.throws(() => machine.applier.applyBatch(batch, () => false, 0));
  assert.equal(new StateMachine(machine.state.backend).applier.appliedIndex, 0);
});

void test('only requests that somebody waits for carry an id and a body', () => {
  const machine = new StateMachine(new MemoryBackend());
  const entries = [1, 2].map((i) => requestEntry(i, BigInt(i), put('a', { prevKv: true })));
  const [first, second] = machine.applier.applyBatch(entries, (id) => id === 2n, 0);
  assert.equal(first?.requestId, 0n);
  assert.equal(second?.requestId, 2n);
  assert.equal(bodyOf(first as AppliedEntry).length, 0);
  assert.ok(bodyOf(second as AppliedEntry).length > 0);
});

void test('an empty entry is a leader that starts its term', () => {
  const machine = new StateMachine(new MemoryBackend());
  const applied = machine.applyEntry({ type: 0, term: 3, index: 1, data: emptyBytes });
  assert.equal(applied.leaderNoop, true);
  assert.equal(applied.outcome.kind, 'none');
  assert.equal(machine.apply(put('a')).leaderNoop, false);
});

void test('a put beyond the quota is applied, its caller learns NoSpace, and an alarm is due', () => {
  const machine = new StateMachine(new MemoryBackend(), { quotaBytes: 600, memberId: 77n });
  assert.equal(errorOf(machine.apply(put('a'))), 'answer');
  const full = machine.apply(put('b', { value: new Uint8Array(400) }));
  assert.equal(errorOf(full), 'etcdserver: mvcc: database space exceeded');
  assert.equal(full.changes.length, 1);
  const alarm = { action: Action.ACTIVATE, memberID: 77n, alarm: AlarmType.NOSPACE };
  assert.deepEqual(full.alarmToRaise, alarm);
  assert.equal(machine.apply({ alarm }).alarmsChanged, true);
  const refused = machine.apply(put('c'));
  assert.equal(errorOf(refused), 'etcdserver: mvcc: database space exceeded');
  assert.equal(refused.changes.length, 0);
  assert.equal(refused.alarmToRaise, undefined);
});

void test('a full cluster refuses what grows and takes what shrinks', async () => {
  const machine = new StateMachine(new MemoryBackend());
  machine.apply(put('a'));
  machine.apply({ leaseGrant: { ID: 5n, TTL: 10 } });
  machine.apply({ alarm: { action: Action.ACTIVATE, memberID: 3n, alarm: AlarmType.NOSPACE } });
  await machine.restart();
  const growing: InternalRaftRequestInit[] = [
    put('x'),
    { leaseGrant: { ID: 6n, TTL: 10 } },
    { txn: { success: [], failure: [{ requestPut: { key: b('x') } }] } },
  ];
  for (const request of growing) assert.match(errorOf(machine.apply(request)), /space exceeded/);
  const others: InternalRaftRequestInit[] = [
    { txn: { success: [{ requestDeleteRange: { key: b('a') } }] } },
    { deleteRange: { key: b('a') } },
    { compaction: { revision: 2 } },
    { leaseRevoke: { ID: 5n } },
    { alarm: { action: Action.GET } },
  ];
  for (const request of others) assert.equal(errorOf(machine.apply(request)), 'answer');
});

void test('a corrupt cluster refuses everything about keys and leases', () => {
  const machine = new StateMachine(new MemoryBackend());
  const alarm = { memberID: 3n, alarm: AlarmType.CORRUPT };
  machine.apply({ alarm: { action: Action.ACTIVATE, ...alarm } });
  const requests: InternalRaftRequestInit[] = [
    put('a'),
    { range: { key: b('a') } },
    { deleteRange: { key: b('a') } },
    { txn: {} },
    { compaction: { revision: 1 } },
    { leaseGrant: { ID: 1n } },
    { leaseRevoke: { ID: 1n } },
  ];
  for (const request of requests) {
    assert.equal(errorOf(machine.apply(request)), 'etcdserver: corrupt cluster');
  }
  machine.apply({ alarm: { action: Action.DEACTIVATE, ...alarm } });
  assert.equal(errorOf(machine.apply(put('a'))), 'answer');
});

void test('alarms are raised once, listed by type, and lowered exactly', () => {
  const machine = new StateMachine(new MemoryBackend());
  const ask = (action: number, memberID: bigint, alarm: number): unknown =>
    decodeAlarmResponse(bodyOf(machine.apply({ alarm: { action, memberID, alarm } }))).alarms.map(
      (raised) => `${raised.memberID}:${raised.alarm}`,
    );
  assert.deepEqual(ask(Action.ACTIVATE, 1n, AlarmType.NONE), []);
  assert.deepEqual(ask(Action.ACTIVATE, 2n, AlarmType.NOSPACE), ['2:1']);
  assert.deepEqual(ask(Action.ACTIVATE, 2n, AlarmType.NOSPACE), ['2:1']);
  assert.deepEqual(ask(Action.ACTIVATE, 1n, AlarmType.CORRUPT), ['1:2']);
  assert.deepEqual(ask(Action.GET, 0n, AlarmType.NONE), ['2:1', '1:2']);
  assert.deepEqual(ask(Action.GET, 0n, AlarmType.CORRUPT), ['1:2']);
  assert.deepEqual(ask(Action.DEACTIVATE, 1n, AlarmType.NOSPACE), []);
  assert.deepEqual(ask(Action.DEACTIVATE, 2n, AlarmType.NOSPACE), ['2:1']);
});

void test('revoking a lease deletes its keys in key order, in one revision', () => {
  const machine = new StateMachine(new MemoryBackend());
  const granted = machine.apply({ leaseGrant: { ID: -8n, TTL: 1 } });
  const { ID, TTL } = decodeLeaseGrantResponse(bodyOf(granted));
  assert.deepEqual([ID, TTL], [-8n, 2]);
  const long = 'k'.repeat(2_500);
  for (const key of ['c', long, 'a', 'b']) machine.apply(put(key, { lease: -8n }));
  machine.apply(put('b', { lease: 0n }));
  const revoked = machine.apply({ leaseRevoke: { ID: -8n } });
  assert.deepEqual(
    revoked.changes.map(({ key, main, sub, type }) => [utf8Text(key), main, sub, type]),
    [
      ['a', 7, 0, 1],
      ['c', 7, 1, 1],
      [long, 7, 2, 1],
    ],
  );
  assert.equal(
    errorOf(machine.apply({ leaseRevoke: { ID: -8n } })),
    'etcdserver: requested lease not found',
  );
});

void test('lease checkpoints are kept from cluster version 3.6 on', async () => {
  const machine = new StateMachine(new MemoryBackend());
  machine.apply({ leaseGrant: { ID: 1n, TTL: 100 } });
  const checkpoint = { leaseCheckpoint: { checkpoints: [{ ID: 1n, remainingTTL: 30 }] } };
  const remaining = async (): Promise<number | undefined> => {
    await machine.restart();
    machine.state.lessor.promote(0, 0);
    return machine.state.lessor.status(1n, 0)?.remainingSeconds;
  };
  machine.apply(checkpoint);
  assert.equal(await remaining(), 100);
  machine.apply({ clusterVersionSet: { ver: '3.7.0' } });
  machine.apply(checkpoint);
  assert.equal(await remaining(), 30);
});

void test('a put that keeps the value of a key which its transaction has deleted is refused', () => {
  const machine = new StateMachine(new MemoryBackend());
  machine.apply(put('b'));
  const kept = { requestPut: { key: b('b'), ignoreValue: true } };
  const gone = (key: string) => ({ requestDeleteRange: { key: b(key), rangeEnd: b('\0') } });
  const inner = { requestTxn: { success: [gone('a')] } };
  for (const success of [
    [gone('a'), kept],
    [gone('b'), kept],
    [inner, { requestTxn: { success: [kept] } }],
  ]) {
    const refused = machine.apply({ txn: { success } });
    assert.equal(errorOf(refused), 'etcdserver: key not found');
    assert.equal(refused.changes.length, 0);
  }
  assert.equal(machine.apply({ txn: { success: [gone('c'), kept] } }).changes.length, 1);
  assert.equal(machine.apply({ txn: { success: [kept, gone('a')] } }).changes.length, 2);
});
