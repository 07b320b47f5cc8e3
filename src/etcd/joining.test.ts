import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../test/support/manual-clock.ts';
import { silentLog } from '../base/log.ts';
import { advanceElection, type JoiningParts } from './joining.ts';

test('a member that is alone stands for election until raft lets it lead', async () => {
  const clock = new ManualClock();
  let campaigns = 0;
  const loop = {
    status: () => ({ leader: campaigns >= 3 ? 1n : 0n }),
    // The first two are refused: the log's own configuration is not applied yet.
    campaign: () => {
      campaigns += 1;
    },
  };
  const parts = {
    config: { electionTimeoutTicks: 10 },
    loop,
    members: () => [{ id: 1n }],
    isStopping: () => false,
    clock,
    log: silentLog,
  } as unknown as JoiningParts;
  let isOver = false;
  const led = advanceElection(parts).then(() => {
    isOver = true;
  });
  for (let i = 0; i < 10 && !isOver; i += 1) {
    clock.advance(5);
    await turns(2);
  }
  await led;
  assert.equal(campaigns, 3);
});
