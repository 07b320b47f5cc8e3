import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import type { FieldDescriptor } from './descriptor.ts';
import { enums, messages } from './generated/descriptors.ts';
import { decodeInternalRaftRequest, decodeMetadata } from './generated/etcdserverpb.ts';
import { decodeEntry, decodeMessage, encodeMessage, MessageType } from './generated/raftpb.ts';
import { decodeRecord, encodeRecord } from './generated/walpb.ts';
import { DecodeError } from './wire.ts';

const here = import.meta.dirname;
const seed = Number(process.env['SEED'] ?? Date.now() % 0x7fffffff);
const runs = { seed, numRuns: 60 };

type Plain = Record<string, unknown>;
type Codec = {
  readonly encode: (message: object) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Plain;
};
const codecs = await loadCodecs();
const reflection = loadReflection();

/** Messages with every shape: oneofs, nesting, packed and unpacked lists, proto2, signed ids. */
const chosen = [
  'etcdserverpb.RangeResponse',
  'etcdserverpb.TxnRequest',
  'etcdserverpb.TxnResponse',
  'etcdserverpb.WatchCreateRequest',
  'etcdserverpb.WatchResponse',
  'etcdserverpb.InternalRaftRequest',
  'etcdserverpb.StatusResponse',
  'etcdserverpb.LeaseTimeToLiveResponse',
  'membershippb.Member',
  'raftpb.Message',
  'raftpb.ConfChangeV2',
  'walpb.Snapshot',
  'etcdts.v1.ObserveResponse',
];

for (const name of chosen) {
  test(`${name} is read back as it was written`, () => {
    const { encode, decode } = codecOf(name);
    fc.assert(
      fc.property(messageArbitrary(name, 3), (message) => {
        assert.deepEqual(decode(encode(message)), message);
      }),
      runs,
    );
  });

  test(`${name} means the same to another protobuf implementation`, () => {
    const { encode, decode } = codecOf(name);
    const type = reflection.lookupType(name);
    fc.assert(
      fc.property(messageArbitrary(name, 3), (message) => {
        const theirs = type.encode(type.decode(encode(message))).finish();
        assert.deepEqual(decode(theirs), message);
      }),
      runs,
    );
  });
}

test('truncated at any byte, a message is refused or read, and nothing else happens', () => {
  const { encode, decode } = codecOf('etcdserverpb.TxnRequest');
  fc.assert(
    fc.property(messageArbitrary('etcdserverpb.TxnRequest', 3), (message) => {
      const bytes = encode(message);
      for (let length = 0; length < bytes.length; length++) onlyDecodeErrors(bytes, length, decode);
    }),
    { seed, numRuns: 20 },
  );
});

test('random bytes are refused or read, and nothing else happens', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...chosen), (bytes, name) => {
      onlyDecodeErrors(bytes, bytes.length, codecOf(name).decode);
    }),
    { seed, numRuns: 2000 },
  );
});

test("etcd's own write-ahead log records are understood", () => {
  const record = (text: string) => Buffer.from(text, 'base64');
  const metadata = decodeMetadata(record('CIbD6oq8zbHwlQEQ5uS4zsvc7rKJAQ=='));
  assert.deepEqual(metadata, {
    NodeID: 10799850072542192006n,
    ClusterID: 9900524847376511590n,
  });
  const entry = decodeEntry(
    record('EAIYAyI5ogYLCIHYyYfywKjDoQGqUSgIhsPqirzNsfCVARIbCgFzEhZodHRwOi8vMTI3LjAuMC4xOjQyNDEy'),
  );
  assert.deepEqual([entry.type, entry.term, entry.index], [0, 2, 3]);
  const request = decodeInternalRaftRequest(entry.data);
  assert.equal(request.header?.ID, 11639168438486854657n);
  assert.deepEqual(request.clusterMemberAttrSet, {
    memberID: 10799850072542192006n,
    memberAttributes: { name: 's', clientUrls: ['http://127.0.0.1:42412'] },
  });
});

test('a log record without data has none on disk, and its zero numbers are written', () => {
  assert.equal(Buffer.from(encodeRecord({ type: 4, crc: 0 })).toString('hex'), '08041000');
  assert.deepEqual(decodeRecord(Buffer.from('08041000', 'hex')).data.length, 0);
});

test('frames captured between real members are understood and mean the same when re-encoded', () => {
  const vectors = JSON.parse(readFileSync(join(here, 'testdata/peer-streams.json'), 'utf8')) as {
    message: { base64: string; frames: readonly { type: string; to?: string; term?: number }[] };
  };
  const bytes = Buffer.from(vectors.message.base64, 'base64');
  let offset = 0;
  for (const frame of vectors.message.frames) {
    const length = Number(bytes.readBigUInt64BE(offset));
    const message = decodeMessage(bytes.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
    assert.equal(message.type, MessageType[frame.type as keyof typeof MessageType]);
    assert.equal(message.to, BigInt(`0x${frame.to ?? '0'}`));
    assert.equal(message.term, frame.term ?? 0);
    assert.deepEqual(decodeMessage(encodeMessage(message)), message);
  }
  assert.ok(vectors.message.frames.length > 10);
});

function onlyDecodeErrors(
  bytes: Uint8Array,
  length: number,
  decode: (b: Uint8Array) => Plain,
): void {
  try {
    decode(bytes.subarray(0, length));
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    assert.ok(error.offset <= length);
  }
}

/** Complete decoded objects, properties in the decoder's order. */
function messageArbitrary(name: string, depth: number): fc.Arbitrary<Plain> {
  const fields = messages[name] ?? [];
  const groups = [...new Set(fields.flatMap((field) => field.oneof ?? []))];
  const exact = /^(raftpb|walpb|snappb)\./.test(name);
  const values = fc.tuple(...fields.map((field) => fieldArbitrary(field, depth, exact)));
  const members = fc.tuple(...groups.map(() => fc.nat(fields.length)));
  return fc.tuple(values, members).map(([all, picked]) => {
    const message: Plain = {};
    fields.forEach((field, i) => {
      const group = field.oneof === undefined ? -1 : groups.indexOf(field.oneof);
      const kept = group === -1 || fields[picked[group] as number] === field;
      message[field.jsonName] = kept ? all[i] : undefined;
    });
    return message;
  });
}

function fieldArbitrary(
  field: FieldDescriptor,
  depth: number,
  exact: boolean,
): fc.Arbitrary<unknown> {
  if (field.type === 'message') {
    if (depth === 0) return fc.constant(field.repeated ? [] : undefined);
    const inner = messageArbitrary(field.typeName as string, depth - 1);
    return field.repeated
      ? fc.array(inner, { maxLength: 2 })
      : fc.option(inner, { nil: undefined, freq: 4 });
  }
  const scalar = scalarArbitrary(field, exact);
  return field.repeated ? fc.array(scalar, { maxLength: 3 }) : scalar;
}

function scalarArbitrary(field: FieldDescriptor, exact: boolean): fc.Arbitrary<unknown> {
  const max = exact ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER;
  switch (field.type) {
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes));
    case 'string':
      return fc.string({ unit: 'grapheme', maxLength: 12 });
    case 'bool':
      return fc.boolean();
    case 'uint32':
      return fc.nat(0xffffffff);
    case 'enum':
      return fc.constantFrom(...Object.values(enums[field.typeName as string] ?? {}));
    case 'uint64':
      return field.big ? fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) : fc.nat(max);
    case 'int64':
      if (field.big) return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
      return fc.integer({ min: -max, max });
    case 'message':
      throw new Error('not a scalar');
  }
}

function codecOf(name: string): Codec {
  const codec = codecs.get(name);
  assert.ok(codec !== undefined, `no codec for ${name}`);
  return codec;
}

async function loadCodecs(): Promise<ReadonlyMap<string, Codec>> {
  const found = new Map<string, Codec>();
  for (const name of Object.keys(messages)) {
    const parts = name.replace(/^(?:grpc\.)?(\w+)\.v1\b/, '$1pb').split('.');
    const exported = (await import(`./generated/${parts[0]}.ts`)) as Record<string, never>;
    const type = parts.slice(1).join('_');
    found.set(name, {
      encode: exported[`encode${type}`],
      decode: exported[`decode${type}`],
    } as never);
  }
  return found;
}

function loadReflection(): protobuf.Root {
  const root = new protobuf.Root();
  const directory = join(here, '../../../proto');
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.proto') || path === 'annotations.proto') continue;
    protobuf.parse(readFileSync(join(directory, path), 'utf8'), root, { keepCase: true });
  }
  root.resolveAll();
  return root;
}

test(`(the seed of this run is ${seed}; SEED=${seed} repeats it)`, () => {});
