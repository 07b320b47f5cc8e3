/**
 * Every generated decoder on damaged and random bytes: a message or a DecodeError that says where,
 * in a time that goes with the length. What was read once is read the same again after encoding.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as authpb from '../../src/etcd/proto/generated/authpb.ts';
import * as etcdserverpb from '../../src/etcd/proto/generated/etcdserverpb.ts';
import * as etcdtspb from '../../src/etcd/proto/generated/etcdtspb.ts';
import * as leasepb from '../../src/etcd/proto/generated/leasepb.ts';
import * as membershippb from '../../src/etcd/proto/generated/membershippb.ts';
import * as mvccpb from '../../src/etcd/proto/generated/mvccpb.ts';
import * as raftpb from '../../src/etcd/proto/generated/raftpb.ts';
import * as snappb from '../../src/etcd/proto/generated/snappb.ts';
import * as v3electionpb from '../../src/etcd/proto/generated/v3electionpb.ts';
import * as v3lockpb from '../../src/etcd/proto/generated/v3lockpb.ts';
import * as walpb from '../../src/etcd/proto/generated/walpb.ts';
import { DecodeError } from '../../src/etcd/proto/wire.ts';
import { damaged, hangAfter, parameters } from './mutation.ts';

type Codec = {
  readonly name: string;
  readonly decode: (bytes: Uint8Array) => object;
  readonly encode: (message: object) => Uint8Array;
};

const codecs = [
  authpb,
  etcdserverpb,
  etcdtspb,
  leasepb,
  membershippb,
  mvccpb,
  raftpb,
  snappb,
  v3electionpb,
  v3lockpb,
  walpb,
].flatMap(codecsOf);

function codecsOf(module: Readonly<Record<string, unknown>>): Codec[] {
  return Object.entries(module).flatMap(([name, decode]) => {
    const encode = module[name.replace('decode', 'encode')];
    if (!name.startsWith('decode') || encode === undefined) return [];
    return [{ name: name.slice('decode'.length), decode, encode } as Codec];
  });
}

/** Fields as the wire knows them, nested a little, whatever message they are read as. */
const wireBytes: fc.Arbitrary<Buffer> = fc.letrec<{ message: Buffer; field: Buffer }>((tie) => ({
  message: fc.array(tie('field'), { maxLength: 6 }).map((fields) => Buffer.concat(fields)),
  field: fc
    .tuple(
      fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 15 }) }, fc.nat(2 ** 29 - 1)),
      fc.oneof(
        { depthSize: 'small' },
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((v) => ({ wire: 0, body: varint(v) })),
        fc.uint8Array({ minLength: 8, maxLength: 8 }).map((v) => ({ wire: 1, body: v })),
        fc.uint8Array({ maxLength: 30 }).map((v) => ({ wire: 2, body: lengthDelimited(v) })),
        tie('message').map((v) => ({ wire: 2, body: lengthDelimited(v) })),
        fc.uint8Array({ minLength: 4, maxLength: 4 }).map((v) => ({ wire: 5, body: v })),
      ),
    )
    .map(([number, { wire, body }]) =>
      Buffer.concat([varint(BigInt(number) * 8n + BigInt(wire)), body]),
    ),
})).message;

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    if (rest <= 0x7fn) return Buffer.from(bytes);
  }
}

function lengthDelimited(bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}

function survive({ name, decode, encode }: Codec, bytes: Uint8Array): void {
  let message: object;
  try {
    message = decode(bytes);
  } catch (error) {
    assert.ok(error instanceof DecodeError, `${name}: ${String(error)}`);
    assert.ok(error.offset <= bytes.length, `${name}: ${error.message} of ${bytes.length}`);
    return;
  }
  const again = encode(message);
  assert.deepEqual(decode(again), message, name);
}

test('there is a decoder for every message of the API', () => {
  assert.ok(codecs.length > 120, String(codecs.length));
});

test('random bytes', hangAfter, () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  for (const codec of codecs)
    fc.assert(
      fc.property(bytes, (b) => survive(codec, b)),
      parameters,
    );
});

test('random fields', hangAfter, () => {
  for (const codec of codecs) {
    fc.assert(
      fc.property(wireBytes, (bytes) => survive(codec, bytes)),
      parameters,
    );
  }
});

test('messages with damage', hangAfter, () => {
  const samples = fc.sample(wireBytes, { ...parameters, numRuns: 200 });
  const readable = (codec: Codec): Buffer[] =>
    samples.filter((bytes) => {
      try {
        return codec.decode(bytes) !== undefined;
      } catch {
        return false;
      }
    });
  for (const codec of codecs) {
    const right = [...readable(codec), Buffer.from('0a00', 'hex')];
    fc.assert(
      fc.property(damaged(right), (bytes) => survive(codec, bytes)),
      parameters,
    );
  }
});

test('nesting and lengths that lie cost no more than their bytes', hangAfter, () => {
  // A transaction in a transaction, as deep as a request may be long.
  let nested: Buffer = Buffer.alloc(0);
  for (let depth = 0; depth < 3_000; depth += 1) {
    nested = Buffer.concat([Buffer.of(0x12), lengthDelimited(nested)]);
  }
  for (const codec of codecs) {
    survive(codec, nested);
    for (const length of [2n ** 31n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n]) {
      for (const field of [0x0a, 0x12, 0x1a, 0x22]) {
        survive(codec, Buffer.concat([Buffer.of(field), varint(length), Buffer.alloc(10)]));
      }
    }
  }
  const startGroups = Buffer.alloc(100_000, 0x0b);
  for (const codec of codecs) survive(codec, startGroups);
});
