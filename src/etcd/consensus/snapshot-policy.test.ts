import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { noConfState } from '../../../test/support/raft-member.ts';
import { silentLog } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import { SnapshotPolicy } from './snapshot-policy.ts';

function setUp(options: { snapshotCount?: number; failAt?: string } = {}) {
  const clock = new ManualClock();
  const done: string[] = [];
  const state = { index: 0, firstLogIndex: 1, growthBytes: 0, fatal: '' };
  let release: (() => void) | undefined;
  const step = async (what: string): Promise<void> => {
    done.push(what);
    if (what === options.failAt) throw new Error(`${what} failed`);
  };
  const policy = new SnapshotPolicy(
    {
      clock,
      log: silentLog,
      position: () => ({ index: state.index, term: 1, confState: noConfState }),
      checkpoint: async () => {
        await step(`checkpoint ${state.index}`);
        if (release !== undefined) await held;
      },
      growthSinceCheckpointBytes: () => state.growthBytes,
      saveWalSnapshot: ({ index }) => step(`marker ${index}`),
      releaseWalBefore: (index) => step(`release ${index}`),
      firstLogIndex: () => state.firstLogIndex,
      compactLog: (to) => {
        done.push(`cut ${to}`);
        state.firstLogIndex = to + 1;
      },
      snapshotCount: options.snapshotCount ?? 100,
      catchUpEntries: 5_000,
      onFatal: (error) => {
        state.fatal = error.message;
      },
    },
    0,
  );
  let held: Promise<void> = Promise.resolve();
  const holdCheckpoints = () => {
    held = new Promise((resolve) => {
      release = resolve;
    });
    return () => release?.();
  };
  const applied = (index: number): void => {
    state.index = index;
    policy.applied(index, 0);
  };
  return { clock, policy, done, state, applied, holdCheckpoints };
}

test('state is synced, then the marker, then old segments go', async () => {
  const { applied, done } = setUp();
  applied(100);
  await turns(2);
  assert.deepEqual(done, ['checkpoint 100', 'marker 100', 'release 100']);
});

test('every second what was applied is made durable, without a marker each time', async () => {
  const { applied, done, clock, policy } = setUp();
  policy.start();
  applied(5);
  assert.deepEqual(done, []);
  clock.advance(1_000);
  await turns(2);
  clock.advance(5_000);
  await turns(2);
  assert.deepEqual(done, ['checkpoint 5'], 'nothing new was applied since');
  await policy.stop();
});

test('a store that grows much brings the checkpoint forward', async () => {
  const { applied, done, state } = setUp();
  state.growthBytes = limits.checkpointGrowthBytesMax + 1;
  applied(1);
  await turns(2);
  assert.deepEqual(done, ['checkpoint 1']);
});

test('only one checkpoint runs at a time, and a stop waits for it', async () => {
  const { applied, done, policy, holdCheckpoints } = setUp();
  const release = holdCheckpoints();
  applied(100);
  applied(300);
  const stopped = { yes: false };
  const stopping = policy.stop().then(() => {
    stopped.yes = true;
  });
  await turns(2);
  assert.deepEqual([done, stopped.yes], [['checkpoint 100'], false]);
  release();
  await stopping;
  assert.deepEqual(done, ['checkpoint 100', 'marker 100', 'release 100']);
});

test('a checkpoint that a leader’s snapshot overtook writes no marker behind it', async () => {
  const { applied, done, policy, holdCheckpoints } = setUp();
  const release = holdCheckpoints();
  applied(100);
  policy.installed(5_000);
  release();
  await turns(2);
  assert.deepEqual(done, ['checkpoint 100']);
});

test('a failure at any step is fatal', async () => {
  for (const failAt of ['checkpoint 100', 'marker 100', 'release 100']) {
    const { applied, state } = setUp({ failAt });
    applied(100);
    await turns(2);
    assert.equal(state.fatal, 'failed to force the state to disk', failAt);
  }
});

test('the log in memory is cut in steps and keeps what slow followers may need', () => {
  const { applied, done } = setUp({ snapshotCount: 1_000_000 });
  applied(5_500);
  assert.deepEqual(done, []);
  applied(6_001);
  applied(6_002);
  assert.deepEqual(done, ['cut 1001']);
});

test('the log is never cut into the batch that is being applied: raft hears of it afterwards', () => {
  const { applied, done } = setUp({ snapshotCount: 1_000_000 });
  applied(100);
  applied(7_000);
  assert.deepEqual(done, []);
  applied(7_001);
  assert.deepEqual(done, ['cut 2000']);
});

test('while a snapshot travels, and shortly after, its receiver’s entries are kept', () => {
  const { applied, done, policy, clock } = setUp({ snapshotCount: 1_000_000 });
  policy.transferStarted();
  applied(50_000);
  assert.deepEqual(done, []);
  policy.transferEnded();
  clock.advance(limits.snapshotHoldMs - 1);
  applied(50_001);
  assert.deepEqual(done, []);
  clock.advance(1);
  applied(50_002);
  assert.deepEqual(done, ['cut 45001']);
});
