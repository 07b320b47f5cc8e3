import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeTxnRequest, encodeTxnRequest } from '../../proto/generated/etcdserverpb.ts';
import { messageFromJson, messageToJson, parseJson } from './protojson.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const read = (type: string, text: string) =>
  messageFromJson(`etcdserverpb.${type}`, parseJson(text));
const seed = Number(process.env['SEED'] ?? Date.now() % 0x7fffffff);

test('empty fields are left out, 64-bit numbers are strings, names are those of the .proto', () => {
  const message = {
    header: { clusterId: 2n ** 63n + 1n, memberId: 1n, revision: 5, raftTerm: 0 },
    kvs: [
      {
        key: bytes('foo'),
        createRevision: 2,
        modRevision: 2,
        version: 1,
        value: bytes(''),
        lease: -7n,
      },
    ],
    more: false,
    count: 1,
  };
  assert.equal(
    messageToJson('etcdserverpb.RangeResponse', message),
    '{"header":{"cluster_id":"9223372036854775809","member_id":"1","revision":"5"},' +
      '"kvs":[{"key":"Zm9v","create_revision":"2","mod_revision":"2","version":"1",' +
      '"lease":"-7"}],"count":"1"}',
  );
});

test('a message that is there but empty is {}, and a oneof member that is set is shown', () => {
  const show = (message: object) => messageToJson('etcdserverpb.TxnRequest', message);
  const { compare, success } = decodeTxnRequest(
    encodeTxnRequest({ compare: [{ modRevision: 0 }], success: [{ requestPut: {} }] }),
  );
  assert.equal(
    show({ compare, success, failure: [] }),
    '{"compare":[{"mod_revision":"0"}],"success":[{"request_put":{}}]}',
  );
});

test('enums go out by name, unknown ones by number, the first one not at all', () => {
  const show = (alarm: number) =>
    messageToJson('etcdserverpb.AlarmMember', { memberID: 0n, alarm });
  assert.deepEqual([show(0), show(2), show(9)], ['{}', '{"alarm":"CORRUPT"}', '{"alarm":9}']);
});

test('a text is read as far as a number goes, as Go does', () => {
  const limit = (text: string): unknown =>
    (read('RangeRequest', JSON.stringify({ limit: text })) as { limit: unknown }).limit;
  const texts = ['2[', '3 x', '-0', '1e15', '12.50e1', '100e-2', '0.05e2', '0e99', '-7'];
  assert.deepEqual(texts.map(limit), [2, 3, 0, 1e15, 125, 1, 5, 0, -7]);
  for (const text of ['01', ' 1', '1 ', '5_', '1.', '1e', '1e30', '1.2.3', '+1', '', '[']) {
    assert.throws(() => limit(text), /invalid value for int64 field limit/, text);
  }
});

test('either spelling of a name is read; unknown names, null and unknown enum names are not', () => {
  const request = read(
    'RangeRequest',
    '{"range_end":"YQ==","sortOrder":"DESCEND","sort_target":2,"limit":null,"nope":{"a":[1]},' +
      '"keys_only":true}',
  );
  assert.deepEqual(request, { rangeEnd: bytes('a'), sortOrder: 2, sortTarget: 2, keysOnly: true });
  assert.deepEqual(read('RangeRequest', '{"sort_order":"FOO"}'), {});
});

test('64-bit numbers are read from strings and numbers without losing bits', () => {
  assert.deepEqual(read('LeaseRevokeRequest', '{"ID":7587862094830000001}'), {
    ID: 7587862094830000001n,
  });
  assert.deepEqual(read('LeaseRevokeRequest', '{"ID":"-9223372036854775808"}'), {
    ID: -(2n ** 63n),
  });
  assert.deepEqual(read('RangeRequest', '{"limit":"1e3","revision":12.0}'), {
    limit: 1000,
    revision: 12,
  });
  assert.deepEqual(read('RangeRequest', '{"revision":"9223372036854775807"}'), {
    revision: Number.MAX_SAFE_INTEGER,
  });
});

test('base64 is read in both alphabets, padded or not', () => {
  for (const text of ['+/8=', '-_8=', '+/8', '-_8']) {
    assert.deepEqual(read('RangeRequest', `{"key":"${text}"}`), {
      key: new Uint8Array([0xfb, 0xff]),
    });
  }
});

test('what does not fit is InvalidArgument and names the field', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['RangeRequest', '{"key":1}', /invalid value for bytes field key: 1$/],
    ['RangeRequest', '{"key":"!!"}', /invalid value for bytes field key: "!!"$/],
    ['RangeRequest', '{"key":"A"}', /bytes field key/],
    ['RangeRequest', '{"key":"-+=="}', /bytes field key/],
    ['RangeRequest', '{"limit":"x"}', /invalid value for int64 field limit: "x"$/],
    ['RangeRequest', '{"limit":1.5}', /int64 field limit/],
    ['RangeRequest', '{"limit":9223372036854775808}', /int64 field limit/],
    ['MemberRemoveRequest', '{"ID":"-1"}', /uint64 field ID/],
    ['RangeRequest', '{"serializable":"true"}', /bool field serializable/],
    ['RangeRequest', '{"sort_order":1.5}', /enum field sortOrder/],
    ['RangeRequest', '[]', /unexpected token \[/],
    ['RangeRequest', 'null', /unexpected token null/],
    ['TxnRequest', '{"compare":{}}', /unexpected token {/],
    ['TxnRequest', '{"compare":[null]}', /unexpected token null/],
    ['RangeRequest', '{"range_end":"","rangeEnd":""}', /duplicate field "rangeEnd"/],
    [
      'TxnRequest',
      '{"success":[{"request_put":{},"request_range":{}}]}',
      /parsing "request_range", oneof etcdserverpb.RequestOp.request is already set/,
    ],
    ['RangeRequest', '{"key"', /syntax error/],
  ];
  for (const [type, text, message] of cases) {
    assert.throws(() => read(type, text), { name: 'StatusError', code: 3, message }, text);
  }
});

test('nesting is bounded', () => {
  const nested = (depth: number): string =>
    depth === 0 ? '{}' : `{"success":[{"request_txn":${nested(depth - 1)}}]}`;
  assert.ok(read('TxnRequest', nested(400)));
  assert.throws(() => read('TxnRequest', nested(600)), /exceeded max recursion depth/);
  assert.throws(() => parseJson('['.repeat(1_000_000)), { code: 3 });
});

test(`a message is read back from its own JSON (seed ${seed})`, () => {
  const range = fc.record({
    key: fc.uint8Array().map((b) => new Uint8Array(b)),
    limit: fc.maxSafeInteger(),
    sortOrder: fc.nat(2),
    serializable: fc.boolean(),
  });
  const compare = fc.oneof(
    fc.record({ key: fc.constant(bytes('k')), lease: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) }),
    fc.record({ target: fc.nat(4), version: fc.maxSafeInteger() }),
  );
  const txn = fc.record({
    compare: fc.array(compare, { maxLength: 3 }),
    success: fc.array(fc.record({ requestRange: range }), { maxLength: 3 }),
  });
  const property = fc.property(txn, (init) => {
    const decoded = decodeTxnRequest(encodeTxnRequest(init));
    const json = messageToJson('etcdserverpb.TxnRequest', decoded);
    const again = messageFromJson('etcdserverpb.TxnRequest', parseJson(json));
    assert.deepEqual(decodeTxnRequest(encodeTxnRequest(again)), decoded);
  });
  fc.assert(property, { seed });
});
