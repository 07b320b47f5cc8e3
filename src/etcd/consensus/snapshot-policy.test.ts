import assert from 'node:assert/strict';
import test from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { SnapshotPolicy } from './snapshot-policy.ts';

const confState = {
  voters: [1n],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

test('the log is never cut into the batch that is just being applied', () => {
  let firstLogIndex = 1;
  let known = 0;
  const policy = new SnapshotPolicy(
    {
      clock: systemClock,
      log: silentLog,
      position: () => ({ index: known, term: 1, confState }),
      checkpoint: () => Promise.resolve(),
      growthSinceCheckpointBytes: () => 0,
      saveWalSnapshot: () => Promise.resolve(),
      releaseWalBefore: () => Promise.resolve(),
      firstLogIndex: () => firstLogIndex,
      compactLog: (index) => {
        assert.ok(index <= known, `cut at ${index}, raft knows of ${known}`);
        firstLogIndex = index + 1;
      },
      snapshotCount: 1_000_000,
      catchUpEntries: 10,
      onFatal: (error) => {
        throw error;
      },
    },
    0,
  );
  for (const index of [500, 1_500, 1_600, 4_000, 4_001]) {
    policy.applied(index);
    known = index;
  }
  assert.equal(firstLogIndex, 4_000 - 10 + 1);
});
