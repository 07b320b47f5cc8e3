import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../config/limits.ts';
import type { Consensus } from '../consensus/consensus.ts';
import { EtcdError } from '../errors.ts';
import { SpaceGuard } from './space-guard.ts';

const noSpace = { name: 'NoSpace' };
const tooMany = { name: 'RequestTooManyRequests' };

/** A full store whose alarm is raised when the test says so. */
function fullStore() {
  const attempts: { readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  const propose = (): Promise<unknown> =>
    new Promise((end, fail) => attempts.push({ end: () => end(undefined), fail }));
  const consensus = { memberId: 1n, propose } as unknown as Consensus;
  const options = { consensus, sizeBytes: () => 100, quotaBytes: 50, hasAlarm: () => false };
  return { guard: new SpaceGuard(options), attempts };
}

test('requests that wait for the alarm are bounded as those that wait for the log', async () => {
  const { guard, attempts } = fullStore();
  const ensure = (): Promise<never> => guard.ensureSpace(1) as Promise<never>;
  for (const _ of [1, 2]) {
    const waiting = Array.from({ length: limits.pendingProposalsMax }, ensure);
    const refused = assert.rejects(Promise.all(waiting), noSpace);
    assert.throws(ensure, tooMany);
    assert.throws(ensure, tooMany);
    // There is no leader: the attempt ends with its time, and the next one has all the room again.
    attempts.at(-1)?.fail(new EtcdError('Timeout'));
    await refused;
  }
  assert.equal(attempts.length, 2, 'one attempt for all');
});

test('so is the sum of what they are about, though one alone always waits', async () => {
  const { guard, attempts } = fullStore();
  const first = guard.ensureSpace(2 * limits.pendingProposalBytesMax) as Promise<never>;
  assert.throws(() => guard.ensureSpace(1), tooMany);
  attempts[0]?.end();
  await assert.rejects(first, noSpace);
  const next = guard.ensureSpace(1) as Promise<never>;
  attempts[1]?.end();
  await assert.rejects(next, noSpace);
});

test('one attempt at a time raises the alarm, and a failed one is repeated', async () => {
  const { guard, attempts } = fullStore();
  for (const end of [
    () => attempts[0]?.fail(new EtcdError('NoLeader')),
    () => attempts[1]?.end(),
  ]) {
    const first = guard.ensureSpace(1) as Promise<never>;
    const second = guard.ensureSpace(1) as Promise<never>;
    end();
    await assert.rejects(first, noSpace);
    await assert.rejects(second, noSpace);
  }
  assert.equal(attempts.length, 2);
});
