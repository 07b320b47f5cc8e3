import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { StateMachine } from '../../../test/support/state-machine.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import type { AppliedEntry } from './applier.ts';

const b = utf8Bytes;
const everything = { key: b('\0'), rangeEnd: b('\0') };
const value = new Uint8Array(1_000);

function filled(): StateMachine {
  const machine = new StateMachine(new MemoryBackend(), { answerBytesMax: 5_000 });
  for (const key of ['a', 'b', 'c']) machine.apply({ put: { key: b(key), value } });
  return machine;
}

function isTooLarge({ outcome }: AppliedEntry): boolean {
  return (
    outcome.kind === 'error' && /larger than max \(\d+ vs\. 5000\)$/.test(outcome.error.message)
  );
}

test('a transaction whose answer is too large is applied all the same, and refused', () => {
  const machine = filled();
  const range = { requestRange: everything };
  const put = { requestPut: { key: b('d'), value: b('new') } };
  const nested = { requestTxn: { success: [range] } };
  const refused = machine.apply({ txn: { success: [range, nested, put] } });
  assert.ok(isTooLarge(refused));
  assert.equal(refused.changes.length, 1);
  const next = machine.apply({ txn: { success: [range, put] } });
  assert.equal(next.outcome.kind, 'answer');
});

test('a deletion whose answer is too large is applied all the same, and refused', () => {
  const machine = filled();
  for (const key of ['d', 'e']) machine.apply({ put: { key: b(key), value } });
  const refused = machine.apply({ deleteRange: { ...everything, prevKv: true } });
  assert.ok(isTooLarge(refused));
  assert.equal(refused.changes.length, 5);
});
