import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { emptyBytes } from '../../base/bytes.ts';
import type { AppliedEntry, Applier } from '../apply/applier.ts';
import { EtcdError } from '../errors.ts';
import type { Change } from '../mvcc/store.ts';
import type { ConfChange } from '../proto/generated/raftpb.ts';
import { ApplyPipeline } from './apply-pipeline.ts';
import { type Caller, promised } from './caller.ts';
import type { Answer } from './consensus.ts';
import { Proposals } from './proposals.ts';

const change = (main: number): Change =>
  ({ type: 0, main, sub: 0, key: emptyBytes, keyValue: emptyBytes, isCreate: true }) as Change;

function applied(entry: Partial<AppliedEntry>): AppliedEntry {
  return {
    index: 1,
    term: 1,
    requestId: 0n,
    outcome: { kind: 'none' },
    changes: [],
    leaderNoop: false,
    alarmsChanged: false,
    membersChanged: false,
    clusterVersionChanged: false,
    ...entry,
  } as AppliedEntry;
}

function setUp(results: readonly AppliedEntry[]) {
  const clock = new ManualClock();
  const done: string[] = [];
  const proposals = new Proposals({
    memberId: 1n,
    clock,
    timeoutMs: 7_000,
    pendingMax: 10,
    pendingBytesMax: 10,
  });
  const applier = {
    appliedIndex: 9,
    applyBatch: () => results,
  } as unknown as Applier;
  const pipeline = new ApplyPipeline({
    applier: () => applier,
    proposals,
    clock,
    onConfChange: ({ nodeId }) => void done.push(`conf change ${nodeId}`),
    onLeaderEntry: (term) => void done.push(`leader entry ${term}`),
    publish: (changes) => void done.push(`publish ${changes.map(({ main }) => main).join()}`),
    onCompaction: ({ revision }) => void done.push(`compaction ${revision}`),
    raiseAlarm: async () => void done.push('alarm'),
  });
  return { pipeline, proposals, done };
}

test('callers get what apply said, and others’ entries are nobody’s', async () => {
  const { pipeline, proposals } = setUp([
    applied({ requestId: 1n, outcome: { kind: 'answer', body: emptyBytes, revision: 5 } }),
    applied({ requestId: 2n, outcome: { kind: 'error', error: new EtcdError('NoSpace') } }),
    applied({ requestId: 3n, outcome: { kind: 'answer', body: emptyBytes, revision: 6 } }),
  ]);
  const wait = (id: bigint): Promise<Answer> =>
    promised(undefined, (caller) => void proposals.wait(id, caller));
  const answered = wait(1n);
  const refused = wait(2n);
  assert.equal(pipeline.apply([]), 9);
  assert.equal((await answered).revision, 5);
  await assert.rejects(refused, { name: 'NoSpace' });
});

test('changes of a batch are published once, in order, after its callers were answered', () => {
  const { pipeline, done } = setUp([
    applied({ changes: [change(2)], leaderNoop: true, term: 4 }),
    applied({ changes: [change(3), change(4)] }),
  ]);
  pipeline.apply([]);
  assert.deepEqual(done, ['leader entry 4', 'publish 2,3,4']);
});

test('a batch without changes publishes nothing', () => {
  const { pipeline, done } = setUp([applied({})]);
  pipeline.apply([]);
  assert.deepEqual(done, []);
});

test('membership changes, compactions and alarms reach those who act on them', () => {
  const confChange = { change: { nodeId: 7n } as ConfChange, members: [] };
  const compaction = { revision: 3, done: Promise.resolve() };
  const alarmToRaise = {} as NonNullable<AppliedEntry['alarmToRaise']>;
  const { pipeline, done } = setUp([
    applied({ confChange }),
    applied({ compaction }),
    applied({ alarmToRaise }),
  ]);
  pipeline.apply([]);
  assert.deepEqual(done.slice(0, 3), ['conf change 7', 'compaction 3', 'alarm']);
});

test('who is told that there is no room is told after the alarm was raised', async () => {
  const alarmToRaise = {} as NonNullable<AppliedEntry['alarmToRaise']>;
  const error = new EtcdError('NoSpace');
  const { pipeline, proposals, done } = setUp([
    applied({ requestId: 1n, alarmToRaise, outcome: { kind: 'error', error } }),
  ]);
  const refused = promised(undefined, (caller: Caller<Answer>) => void proposals.wait(1n, caller));
  const told = refused.catch(() => void done.push('told'));
  pipeline.apply([]);
  assert.deepEqual(done, ['alarm']);
  await told;
  assert.deepEqual(done, ['alarm', 'told']);
});

test('an exception of the applier goes up: nobody is answered', async () => {
  const { proposals, done } = setUp([]);
  const broken = new ApplyPipeline({
    applier: () => {
      throw new Error('the state is wrong');
    },
    proposals,
    clock: new ManualClock(),
    onConfChange: () => {},
    onLeaderEntry: () => {},
    publish: () => {},
    onCompaction: () => {},
    raiseAlarm: async () => {},
  });
  assert.throws(() => broken.apply([]), /the state is wrong/);
  assert.deepEqual(done, []);
});
