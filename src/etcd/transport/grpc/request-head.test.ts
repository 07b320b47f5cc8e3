import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rpc } from '../rpc.ts';
import { percentEncoded } from './header-lists.ts';
import { RequestHeads } from './request-head.ts';
import { parseTimeout } from './timeout.ts';

const range: Rpc = { kind: 'unary', path: '/etcdserverpb.KV/Range', handle: (request) => request };
const heads = new RequestHeads([range]);

function read(path: string, fields: readonly string[] = [], method = 'POST') {
  const all = ['content-type', 'application/grpc', ...fields];
  return heads.read({ method, path, authority: undefined, contentLength: undefined, fields: all });
}

/** `:status grpc-status grpc-message` of a refusal. */
function refusalOf(head: ReturnType<typeof read>): string {
  assert.notEqual(head.kind, 'call');
  const { fields } = (head as { answer: { fields: readonly string[] } }).answer;
  return [fields[1], fields[5], fields[7]].join(' ');
}

test('a known method is a call, whatever the flavour of its content type', () => {
  for (const contentType of [
    'application/grpc',
    'application/grpc+proto',
    'application/grpc;x=y',
  ]) {
    const fields = ['content-type', contentType];
    const request = {
      method: 'POST',
      path: range.path,
      authority: undefined,
      contentLength: undefined,
      fields,
    };
    const head = heads.read(request);
    assert.ok(head.kind === 'call' && head.rpc === range);
    assert.equal(head.timeoutMs, Number.POSITIVE_INFINITY);
  }
});

test("refusals have gRPC's codes and the words of etcd's server", () => {
  const cases: readonly (readonly [ReturnType<typeof read>, string])[] = [
    [read('/x.Y/Z'), '200 12 unknown service x.Y'],
    [read('/etcdserverpb.KV/Nothing'), '200 12 unknown method Nothing for service etcdserverpb.KV'],
    [read('/nothing'), '200 12 malformed method name: "/nothing"'],
    [read('nothing/x'), '200 12 malformed method name: "nothing/x"'],
    [
      read(range.path, [], 'GET'),
      '405 13 Received a HEADERS frame with :method "GET" which should be POST',
    ],
    [
      read(range.path, ['grpc-encoding', 'snappy']),
      '200 12 grpc: Decompressor is not installed for grpc-encoding "snappy"',
    ],
    [
      read(range.path, ['grpc-timeout', '5x']),
      '400 13 malformed grpc-timeout: transport: timeout unit is not recognized: "5x"',
    ],
    [heads.read(undefined), '431 8 grpc: received header list larger than max'],
  ];
  for (const [head, expected] of cases) assert.equal(refusalOf(head), expected);
});

test('anything but gRPC is answered with 415', () => {
  for (const contentType of ['', 'text/html', 'application/grpc-web', 'application/json']) {
    const fields = ['content-type', contentType];
    const head = heads.read({
      method: 'POST',
      path: '/',
      authority: undefined,
      contentLength: undefined,
      fields,
    });
    assert.equal(refusalOf(head), `415 3 invalid gRPC request content-type "${contentType}"`);
  }
});

test('timeouts are read in all units', () => {
  const cases = { '1H': 3_600_000, '2M': 120_000, '3S': 3_000, '4m': 4, '5000u': 5, '6000000n': 6 };
  for (const [text, ms] of Object.entries(cases)) {
    assert.ok(Math.abs((parseTimeout(text) as number) - ms) < 1e-6, text);
  }
  for (const text of ['', '5', 'S', '123456789S', '-1S', '1.5S', '5s']) {
    assert.equal(typeof parseTimeout(text), 'object', text);
  }
});

test('status messages are printable ASCII on the wire', () => {
  assert.equal(percentEncoded('etcdserver: no leader'), 'etcdserver: no leader');
  assert.equal(percentEncoded('100% é\n'), '100%25 %C3%A9%0A');
});
