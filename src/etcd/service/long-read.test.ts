import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turns } from '../../../test/support/manual-clock.ts';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { StateMachine } from '../../../test/support/state-machine.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import type { Cancelable } from '../consensus/caller.ts';
import {
  decodeRangeRequest,
  decodeTxnRequest,
  encodeRangeRequest,
  encodeTxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import { KvService, type KvServiceOptions } from './kv.ts';

const all = { key: utf8Bytes('\0'), rangeEnd: utf8Bytes('\0') };

/** A service over ten keys that are read two at a time, whenever the test lets a turn pass. */
function slowReads() {
  const waiting: (() => void)[] = [];
  const readBounds = { keysMax: 2, bytesMax: 1_000_000, answerBytesMax: 1_000_000 };
  const yieldToLoop = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
  const machine = new StateMachine(new MemoryBackend(), { readBounds, yieldToLoop });
  for (let i = 0; i < 10; i++) machine.apply({ put: { key: utf8Bytes(`k${i}`) } });
  const options = {
    consensus: { canReadNow: true },
    access: { isEnabled: false },
    store: () => machine.state.store,
    space: { ensureSpace: () => {} },
    txnOpsMax: 10,
  };
  const kv = new KvService(options as unknown as KvServiceOptions);
  const outcome = { answered: false, failure: undefined as unknown };
  let underWay: Cancelable | undefined;
  const caller = {
    answered: () => {
      outcome.answered = true;
    },
    failed: (error: unknown) => {
      outcome.failure = error;
    },
    waitsFor: (work: Cancelable) => {
      underWay = work;
    },
  };
  const pass = async (): Promise<void> => {
    waiting.shift()?.();
    await turns();
  };
  return { kv, caller, outcome, pass, waiting, leave: () => underWay?.cancel() };
}

const reads: readonly (readonly [string, (reads: ReturnType<typeof slowReads>) => void])[] = [
  ['a list', ({ kv, caller }) => kv.range(decodeRangeRequest(encodeRangeRequest(all)), caller)],
  [
    'a transaction',
    ({ kv, caller }) =>
      kv.txn(decodeTxnRequest(encodeTxnRequest({ success: [{ requestRange: all }] })), caller),
  ],
];

for (const [name, begin] of reads) {
  test(`${name} ends with the piece at which its client goes away`, async () => {
    const slow = slowReads();
    begin(slow);
    await slow.pass();
    slow.leave();
    await slow.pass();
    assert.equal((slow.outcome.failure as Error).name, 'Canceled');
    assert.deepEqual([slow.outcome.answered, slow.waiting.length], [false, 0]);
  });

  test(`${name} is read to its end for a client that stays`, async () => {
    const slow = slowReads();
    begin(slow);
    let pieces = 0;
    for (; !slow.outcome.answered && pieces < 10; pieces++) await slow.pass();
    assert.equal(slow.outcome.failure, undefined);
    assert.ok(pieces > 2, `${pieces} pieces`);
  });
}
