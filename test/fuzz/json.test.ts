/** Bodies of the JSON gateway, and the JSON that members keep about each other, damaged and random. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { JsonSplitter } from '../../src/etcd/api/http/json-stream.ts';
import { messageFromJson, messageToJson, parseJson } from '../../src/etcd/api/http/protojson.ts';
import { StatusError } from '../../src/etcd/errors.ts';
import {
  confStateJson,
  memberJson,
  parseConfStateJson,
  parseMemberJson,
} from '../../src/etcd/membership/member-json.ts';
import { messages } from '../../src/etcd/proto/generated/descriptors.ts';
import * as etcdserverpb from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { damaged, hangAfter, parameters } from './mutation.ts';

const requests = Object.keys(messages).filter(
  (name) => name.startsWith('etcdserverpb.') && name.endsWith('Request'),
);

const bodies = [
  '{"key":"Zm9v","range_end":"Zm9w","limit":"12","sort_order":"DESCEND","serializable":true}',
  '{"compare":[{"result":"EQUAL","target":"VALUE","key":"Zg==","value":"Zg=="}],' +
    '"success":[{"requestPut":{"key":"Zg==","value":"Zg==","lease":"-9223372036854775808"}}],' +
    '"failure":[{"request_txn":{"success":[{"request_range":{"key":"Zg=="}}]}}]}',
  '{"create_request":{"key":"Zg==","start_revision":"3","filters":["NOPUT",1],"watch_id":7}}',
  '{"ID":"18446744073709551615","TTL":1e3,"keys":false}',
  '{"perm":{"permType":"READWRITE","key":"AA","range_end":"AA=="},"name":"\\u0000\\ud83d\\ude00"}',
].map(utf8Bytes);

/** Bytes that end strings, nest, escape and are not UTF-8. */
const jsonBytes = fc.oneof(
  fc.constantFrom(...Buffer.from('{}[]":,\\eE+-.0919ntfu \u0000\u00ff', 'latin1')),
  fc.nat(255),
);

const names = fc.constantFrom(
  ...new Set(
    requests.flatMap((name) => (messages[name] ?? []).flatMap((f) => [f.name, f.jsonName])),
  ),
);

const someJson = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -1, 1.5, 2 ** 53, 2 ** 63, 1e300, '', '7', 'AA==', 'X'),
    fc.string(),
    fc.bigInt().map(String),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.oneof(names, fc.constant('__proto__'), fc.string()), tie('value'), {
    maxKeys: 6,
  }),
})).value;

function survive(type: string, text: string): void {
  let message: object;
  try {
    message = messageFromJson(type, parseJson(text));
  } catch (error) {
    assert.ok(
      error instanceof StatusError && error.message !== '',
      `${type} of ${text}: ${String(error)}`,
    );
    return;
  }
  // What a handler gets can be encoded, as it goes into the log.
  const codec = etcdserverpb as unknown as Record<string, (value: unknown) => Uint8Array>;
  const short = type.slice('etcdserverpb.'.length);
  const bytes = codec[`encode${short}`]?.(message) as Uint8Array;
  const decoded = codec[`decode${short}`]?.(bytes) as unknown as object;
  JSON.parse(messageToJson(type, decoded));
}

test('random values for every request', hangAfter, () => {
  for (const type of requests) {
    fc.assert(
      fc.property(someJson, (value) => survive(type, JSON.stringify(value))),
      parameters,
    );
  }
});

test('bodies with damage for every request', hangAfter, () => {
  for (const type of requests) {
    fc.assert(
      fc.property(damaged(bodies, 4, jsonBytes), (bytes) => survive(type, bytes.toString())),
      parameters,
    );
  }
});

test('deep and long bodies', hangAfter, () => {
  const deep = 20_000;
  const texts = [
    '['.repeat(deep),
    '{"a":'.repeat(deep),
    `${'['.repeat(deep)}${']'.repeat(deep)}`,
    `${'{"request_txn":{"success":['.repeat(deep)}`,
    `${'{"success":[{"requestTxn":'.repeat(deep)}{}${'}]}'.repeat(deep)}`,
    `{"limit":${'9'.repeat(1_000_000)}}`,
    `{"limit":"${'9'.repeat(1_000_000)}"}`,
    `{"limit":1e${'9'.repeat(100_000)}}`,
    `{"key":"${'A'.repeat(1_000_001)}"}`,
    `{"key":"${'='.repeat(1_000_000)}"}`,
    `{"key":"${'\\u0041'.repeat(100_000)}"}`,
  ];
  for (const type of requests) for (const text of texts) survive(type, text);
});

test('streams of bodies, in pieces of any size', hangAfter, () => {
  const streams = [Buffer.concat(bodies), Buffer.from('{}{}\n{"a":"}{"} {"b":[{}]}')];
  fc.assert(
    fc.property(damaged(streams, 4, jsonBytes), fc.integer({ min: 1, max: 60 }), (bytes, size) => {
      const splitter = new JsonSplitter(1_000);
      let taken = 0;
      const take = (values: Iterable<string>): void => {
        for (const value of values) {
          taken += Buffer.byteLength(value);
          survive('etcdserverpb.WatchRequest', value);
        }
      };
      try {
        for (let at = 0; at < bytes.length; at += size) {
          take(splitter.push(bytes.subarray(at, at + size)));
        }
        take(splitter.finish());
      } catch (error) {
        assert.ok(error instanceof StatusError && error.message !== '', String(error));
      }
      // A byte that is not UTF-8 becomes a replacement of three.
      assert.ok(taken <= bytes.length * 3);
    }),
    { ...parameters, numRuns: parameters.numRuns * 5 },
  );
});

test('members and configurations as JSON', hangAfter, () => {
  const member = {
    id: 0xfedc_ba98_7654_3210n,
    name: 'm<1>',
    peerUrls: ['http://127.0.0.1:2380'],
    clientUrls: [],
    isLearner: true,
  };
  const samples = [
    utf8Bytes(memberJson(member)),
    utf8Bytes(confStateJson({ voters: [1n, 2n ** 64n - 1n], learners: [3n], autoLeave: true })),
    utf8Bytes('null'),
    utf8Bytes('[]'),
  ];
  fc.assert(
    fc.property(damaged(samples, 3, jsonBytes), (bytes) => {
      for (const parse of [parseMemberJson, parseConfStateJson]) {
        try {
          parse(bytes.toString());
        } catch (error) {
          const isClear = error instanceof Error && !(error instanceof TypeError);
          assert.ok(isClear, `${bytes.toString()}: ${String(error)}`);
        }
      }
    }),
    { ...parameters, numRuns: parameters.numRuns * 5 },
  );
});
