import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { StateMachine } from '../../../test/support/state-machine.ts';
import { concatBytes, utf8Bytes } from '../../base/bytes.ts';
import {
  decodeRangeRequest,
  decodeTxnRequest,
  decodeTxnResponse,
  encodeRangeRequest,
  encodeTxnRequest,
  encodeTxnResponse,
  type TxnRequest,
  type TxnRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import { type TxnAnswer, txnSteps } from './txn-read.ts';

const b = utf8Bytes;
const everything = { key: b('\0'), rangeEnd: b('\0') };

const txnRequest = (init: TxnRequestInit): TxnRequest => decodeTxnRequest(encodeTxnRequest(init));

const bytesOf = ({ body, rest = [] }: TxnAnswer): Uint8Array => concatBytes([body, ...rest]);

function filled(keys: number, valueBytes: number): StateMachine {
  const machine = new StateMachine(new MemoryBackend(), {
    readBounds: { keysMax: 1_000, bytesMax: 2 * valueBytes, answerBytesMax: 1_000_000 },
  });
  for (let i = 0; i < keys; i += 1) {
    machine.apply({ put: { key: b(`k${i}`), value: new Uint8Array(valueBytes).fill(i + 1) } });
  }
  return machine;
}

async function read(machine: StateMachine, init: TxnRequestInit): Promise<TxnAnswer> {
  const { store } = machine.state;
  return await store.readInPieces(() => txnSteps(txnRequest(init), store));
}

test('in a transaction that reads, a negative revision is compacted once anything is', () => {
  const request = txnRequest({ success: [{ requestRange: { key: b('a'), revision: -1 } }] });
  const result = { pieces: [], length: 0, count: 0, more: false, revision: 9 };
  const steps = txnSteps(request, { currentRevision: 9, compactRevision: -1 });
  steps.next();
  const end = steps.next(result);
  assert.ok(end.done === true && end.value.revision === 9);
  const refused = txnSteps(request, { currentRevision: 9, compactRevision: 5 });
  assert.throws(() => refused.next(), /has been compacted/);
});

test('a transaction that reads answers the same bytes as one that went through the log', async () => {
  for (const valueBytes of [3, 200, 20_000]) {
    const machine = filled(5, valueBytes);
    for (const success of [
      [],
      [{ requestRange: everything }],
      [{ requestRange: { key: b('k1') } }, { requestRange: { key: b('nothing') } }],
      [{ requestRange: { ...everything, limit: 2 } }, { requestRange: everything }],
    ]) {
      for (const version of [1, 2]) {
        const compare = [{ ...everything, target: 0, result: 0, version }];
        const failure = [{ requestRange: { ...everything, countOnly: true } }];
        const request = { compare, success, failure };
        const { outcome } = machine.apply({ txn: request });
        assert.ok(outcome.kind === 'answer');
        const answer = bytesOf(await read(machine, request));
        assert.deepEqual(Buffer.from(answer), Buffer.from(outcome.body));
        assert.deepEqual(encodeTxnResponse(decodeTxnResponse(answer)).length, answer.length);
      }
    }
  }
});

test('the long values of a transaction that reads are not copied', async () => {
  const machine = filled(3, 20_000);
  const { store } = machine.state;
  const request = txnRequest({ success: [{ requestRange: everything }] });
  const list = await store.rangeInPieces(decodeRangeRequest(encodeRangeRequest(everything)));
  const steps = txnSteps(request, store);
  steps.next();
  const end = steps.next(list);
  assert.ok(end.done === true);
  for (const piece of list.pieces) assert.ok(end.value.rest?.includes(piece));
});

test('a transaction that reads is refused when its answers together are too large', async () => {
  const machine = filled(3, 20_000);
  const { store } = machine.state;
  const operation = { requestRange: everything };
  const request = txnRequest({ success: [operation, operation, operation, operation] });
  const reading = store.readInPieces(() => txnSteps(request, store, 150_000));
  const words = /^grpc: trying to send message larger than max \(180\d+ vs\. 150000\)$/;
  await assert.rejects(Promise.resolve(reading), { code: 8, message: words });
});
