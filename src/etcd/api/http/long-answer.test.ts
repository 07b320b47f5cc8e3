import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { concatBytes } from '../../../base/bytes.ts';
import {
  decodeRangeResponse,
  decodeTxnResponse,
  encodeRangeResponse,
  encodeTxnResponse,
  type ResponseOpInit,
  type TxnResponseInit,
} from '../../proto/generated/etcdserverpb.ts';
import { isLong, messageJson, rangeJson, sendLong } from './long-answer.ts';
import { messageToJson } from './protojson.ts';

const bytes = fc.uint8Array({ maxLength: 40 });
const kv = fc.record({
  key: bytes,
  value: bytes,
  createRevision: fc.nat(),
  modRevision: fc.nat(),
  version: fc.nat(5),
  lease: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
});
const header = fc.option(
  fc.record({ clusterId: fc.bigInt(0n, 2n ** 64n - 1n), revision: fc.nat(), raftTerm: fc.nat(9) }),
  { nil: undefined },
);

test('the JSON of a list in pieces is that of the whole list', () => {
  const list = fc.record({ header, kvs: fc.array(kv), more: fc.boolean(), count: fc.nat(99) });
  fc.assert(
    fc.property(list, fc.array(fc.nat(50)), ({ header: head, kvs, more, count }, cuts) => {
      const parts = [encodeRangeResponse(head === undefined ? {} : { header: head })];
      for (let at = 0; at < kvs.length; ) {
        const end = at + 1 + (cuts.pop() ?? 0);
        parts.push(encodeRangeResponse({ kvs: kvs.slice(at, end) }));
        at = end;
      }
      parts.push(encodeRangeResponse({ more }), encodeRangeResponse({ count }));
      const whole = decodeRangeResponse(concatBytes(parts));
      const json = messageToJson('etcdserverpb.RangeResponse', whole);
      assert.equal([...rangeJson(parts)].join(''), json);
    }),
  );
});

test('what is long comes in several pieces, what is short in one', () => {
  const long = Array.from({ length: 40 }, (_, i) =>
    encodeRangeResponse({ kvs: [{ key: Uint8Array.of(i), value: new Uint8Array(50_000) }] }),
  );
  assert.ok(isLong(long) && !isLong(long.slice(0, 5)));
  const pieces = [...rangeJson(long)];
  assert.ok(pieces.length >= 5);
  assert.equal((JSON.parse(pieces.join('')) as { kvs: unknown[] }).kvs.length, 40);
  assert.equal([...rangeJson(long.slice(0, 3))].length, 1);
});

test('the JSON of a transaction in pieces is that of the whole', () => {
  const range = fc.record({ header, kvs: fc.array(kv), more: fc.boolean(), count: fc.nat(99) });
  const put = fc.record({ header, prevKv: fc.option(kv, { nil: undefined }) });
  const { txn } = fc.letrec<{ txn: TxnResponseInit; op: ResponseOpInit }>((tie) => ({
    op: fc.oneof(
      { maxDepth: 3 },
      fc.record({ responseRange: range }),
      fc.record({ responsePut: put }),
      fc.record({ responseTxn: tie('txn') }),
      fc.constant({}),
    ) as fc.Arbitrary<ResponseOpInit>,
    txn: fc.record({
      header,
      succeeded: fc.boolean(),
      responses: fc.array(tie('op'), { maxLength: 4 }),
    }) as fc.Arbitrary<TxnResponseInit>,
  }));
  fc.assert(
    fc.property(txn, (made) => {
      const whole = decodeTxnResponse(encodeTxnResponse(made));
      const type = 'etcdserverpb.TxnResponse';
      assert.equal([...messageJson(type, whole)].join(''), messageToJson(type, whole));
    }),
  );
});

test('a transaction that read much comes in several pieces', () => {
  const kvs = [{ key: Uint8Array.of(1), value: new Uint8Array(100_000) }];
  const made = { responses: Array.from({ length: 20 }, () => ({ responseRange: { kvs } })) };
  const whole = decodeTxnResponse(encodeTxnResponse(made));
  const pieces = [...messageJson('etcdserverpb.TxnResponse', whole)];
  assert.ok(pieces.length >= 5, `${pieces.length} pieces`);
});

class Client extends EventEmitter {
  written = 0;
  ending = '';
  reads = true;

  asResponse(): ServerResponse {
    const response = Object.assign(this, {
      write: () => {
        this.written += 1;
        return this.reads;
      },
      end: () => (this.ending = 'whole'),
      destroy: () => (this.ending = 'cut off'),
    });
    return response as unknown as ServerResponse;
  }
}

test('a client that has left gets nothing more, and no end that looks like one', async () => {
  const client = new Client();
  const leaving = new AbortController();
  const pieces = function* (): Generator<string> {
    for (let i = 0; ; i++) {
      if (i === 3) leaving.abort();
      yield 'piece';
    }
  };
  await sendLong(client.asResponse(), pieces(), leaving.signal);
  assert.deepEqual([client.written, client.ending], [3, 'cut off']);
});

test('each piece leaves in a turn of its own, and waits for who reads slowly', async () => {
  const client = new Client();
  client.reads = false;
  const { signal } = new AbortController();
  let turns = 0;
  const sent = sendLong(client.asResponse(), ['one', 'two', 'three'], signal);
  for (; client.ending === '' && turns < 10; turns++) {
    assert.equal(client.written, Math.min(turns + 1, 3));
    client.emit('drain');
    await new Promise(setImmediate);
  }
  await sent;
  assert.deepEqual([client.written, client.ending, turns], [3, 'whole', 3]);
});
