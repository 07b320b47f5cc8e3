import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { message } from '../../../test/support/peer-member.ts';
import { seededRandom } from '../../base/random.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { AppendStreamDecoder, AppendStreamEncoder, EntryFrames } from './append-stream.ts';
import { ByteQueue, FrameWriter } from './frames.ts';
import {
  MessageStreamDecoder,
  MessageStreamEncoder,
  type StreamDecoder,
  type StreamEncoder,
} from './message-stream.ts';

type Golden = { readonly base64: string; readonly frames: readonly Record<string, unknown>[] };

const golden = JSON.parse(
  readFileSync(new URL('testdata/rafthttp-streams.json', import.meta.url), 'utf8'),
) as { readonly msgappv2: Golden; readonly message: Golden };

const from = 0x9d6fbc3da5df5431n;
const to = 0x29390767bd38193fn;

function decodeAll(decoder: StreamDecoder, chunks: readonly Uint8Array[]): Message[] {
  const messages: Message[] = [];
  for (const chunk of chunks) decoder.push(chunk, (m) => messages.push(m));
  return messages;
}

function encodeAll(encoder: StreamEncoder, messages: readonly Message[]): Uint8Array {
  const frames = new FrameWriter();
  for (const m of messages) encoder.encode(m, frames);
  return frames.take();
}

function bytesOf(stream: Golden): Uint8Array {
  return new Uint8Array(Buffer.from(stream.base64, 'base64'));
}

const streams = [
  {
    name: 'msgapp',
    bytes: bytesOf(golden.msgappv2),
    decoder: () => new AppendStreamDecoder(from, to),
    encoder: () => new AppendStreamEncoder(new EntryFrames()),
  },
  {
    name: 'message',
    bytes: bytesOf(golden.message),
    decoder: () => new MessageStreamDecoder(),
    encoder: () => new MessageStreamEncoder(),
  },
];

test('a captured msgapp stream decodes to the messages its frames imply', () => {
  const messages = decodeAll(new AppendStreamDecoder(from, to), [bytesOf(golden.msgappv2)]);
  const wanted = golden.msgappv2.frames.filter((frame) => frame['kind'] !== 'linkHeartbeat');
  assert.equal(messages.length, wanted.length);
  for (const [at, frame] of wanted.entries()) {
    const got = messages[at] as Message;
    const inner = (frame['message'] ?? {}) as Record<string, unknown>;
    assert.equal(got.type, MessageType.MsgApp);
    assert.deepEqual([got.from, got.to], [from, to]);
    assert.equal(got.term, frame['impliedTerm'] ?? inner['term']);
    assert.equal(got.logTerm, frame['impliedLogTerm'] ?? inner['logTerm']);
    assert.equal(got.index, frame['impliedIndex'] ?? inner['index']);
    assert.equal(got.commit, frame['commit'] ?? inner['commit']);
    const entries = (frame['entries'] ?? inner['entries']) as Record<string, unknown>[];
    assert.deepEqual(
      got.entries.map((e) => [e.term, e.index, Buffer.from(e.data).toString('base64')]),
      entries.map((e) => [e['Term'], e['Index'], e['Data'] ?? '']),
    );
  }
});

test('a captured message stream decodes to its messages, link heartbeats left out', () => {
  const messages = decodeAll(new MessageStreamDecoder(), [bytesOf(golden.message)]);
  const wanted = golden.message.frames.filter((frame) => frame['from'] !== undefined);
  assert.deepEqual(
    messages.map((m) => [m.type, m.from, m.to, m.term, m.index]),
    wanted.map((frame) => [
      MessageType[frame['type'] as keyof typeof MessageType],
      to,
      from,
      frame['term'] ?? 0,
      frame['index'] ?? 0,
    ]),
  );
});

for (const { name, bytes, decoder, encoder } of streams) {
  test(`a ${name} stream means the same wherever it is cut in two`, () => {
    const whole = decodeAll(decoder(), [bytes]);
    for (let at = 0; at <= bytes.length; at++) {
      const halves = [bytes.subarray(0, at), bytes.subarray(at)];
      assert.deepEqual(decodeAll(decoder(), halves), whole, `cut at ${at}`);
    }
  });

  test(`a ${name} stream means the same byte by byte and in random pieces`, () => {
    const whole = decodeAll(decoder(), [bytes]);
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    assert.deepEqual(decodeAll(decoder(), single), whole);
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        const length = 1 + random.below(200);
        pieces.push(bytes.subarray(at, at + length));
        at += length;
      }
      assert.deepEqual(decodeAll(decoder(), pieces), whole, `seed ${seed}`);
    }
  });

  test(`a ${name} stream we encode decodes to the same messages`, () => {
    const whole = decodeAll(decoder(), [bytes]);
    assert.deepEqual(decodeAll(decoder(), [encodeAll(encoder(), whole)]), whole);
  });

  test(`a ${name} stream cut short decodes what is whole and waits for the rest`, () => {
    const whole = decodeAll(decoder(), [bytes]);
    for (let at = 0; at < bytes.length; at += 7) {
      const some = decodeAll(decoder(), [bytes.subarray(0, at)]);
      assert.deepEqual(some, whole.slice(0, some.length));
    }
  });

  test(`random bytes on a ${name} stream are refused or wait, never anything else`, () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seededRandom(seed);
      const noise = Uint8Array.from({ length: 64 }, () => random.below(256));
      try {
        decodeAll(decoder(), [noise]);
      } catch (error) {
        assert.match((error as Error).name, /^(FrameError|DecodeError)$/, `seed ${seed}`);
      }
    }
  });
}

test('the msgapp encoder chooses the short frame exactly where etcd chose it', () => {
  const bytes = bytesOf(golden.msgappv2);
  const encoder = new AppendStreamEncoder(new EntryFrames());
  const kinds = decodeAll(new AppendStreamDecoder(from, to), [bytes]).map(
    (m) => encodeAll(encoder, [m])[0],
  );
  const wanted = golden.msgappv2.frames
    .map((frame) => frame['kind'])
    .filter((kind) => kind !== 'linkHeartbeat')
    .map((kind) => (kind === 'app' ? 2 : 1));
  assert.deepEqual(kinds, wanted);
});

test('the short msgapp frame is byte for byte what etcd sent', () => {
  const encoder = new AppendStreamEncoder(new EntryFrames());
  const [first, ...rest] = decodeAll(new AppendStreamDecoder(from, to), [bytesOf(golden.msgappv2)]);
  encodeAll(encoder, [first as Message]);
  const empty = encodeAll(
    encoder,
    [rest[2] as Message].map((m) => ({ ...m, index: 3 })),
  );
  assert.equal(Buffer.from(empty).toString('hex'), `01${'00'.repeat(8)}${'00'.repeat(7)}03`);
});

test('a gap in index or term makes a full message', () => {
  const encoder = new AppendStreamEncoder(new EntryFrames());
  const append = (index: number, term: number, logTerm: number): number | undefined =>
    encodeAll(encoder, [message({ type: MessageType.MsgApp, from, to, term, logTerm, index })])[0];
  assert.equal(append(0, 1, 0), 2);
  assert.equal(append(0, 1, 1), 1);
  assert.equal(append(5, 1, 1), 2);
  assert.equal(append(5, 2, 1), 2);
  assert.equal(append(5, 2, 2), 1);
});

test('link heartbeats are the bytes etcd sends', () => {
  const frames = new FrameWriter();
  new MessageStreamEncoder().linkHeartbeat(frames);
  assert.equal(Buffer.from(frames.take()).toString('hex'), '00000000000000020808');
  new AppendStreamEncoder(new EntryFrames()).linkHeartbeat(frames);
  assert.equal(Buffer.from(frames.take()).toString('hex'), '00');
});

const insane: readonly (readonly [name: string, decoder: StreamDecoder, hex: string])[] = [
  ['a message of 2^60 bytes', new MessageStreamDecoder(), '1000000000000000'],
  ['a message of 513 MiB', new MessageStreamDecoder(), '0000000020100000'],
  ['a frame of 2^40 entries', new AppendStreamDecoder(1n, 2n), '010000010000000000'],
  ['an unknown frame kind', new AppendStreamDecoder(1n, 2n), '07'],
  [
    'a commit index of 2^63',
    new AppendStreamDecoder(1n, 2n),
    `01${'00'.repeat(8)}80${'00'.repeat(7)}`,
  ],
];

for (const [name, decoder, hex] of insane) {
  test(`${name} is refused before anything is allocated`, () => {
    const push = (): unknown => decodeAll(decoder, [new Uint8Array(Buffer.from(hex, 'hex'))]);
    assert.throws(push, { name: 'FrameError' });
  });
}

test('entry data is a view of the received chunk, not a copy', () => {
  const chunk = encodeAll(new MessageStreamEncoder(), [
    message({ type: MessageType.MsgProp, from, to, entries: [{ data: Uint8Array.of(1, 2, 3) }] }),
  ]);
  const plain = new Uint8Array(chunk);
  const [got] = decodeAll(new MessageStreamDecoder(), [plain]);
  assert.equal(got?.entries[0]?.data.buffer, plain.buffer);
});

test('a byte queue gives back what was put in, like one long array', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed);
    const queue = new ByteQueue();
    let twin: number[] = [];
    for (let step = 0; step < 300; step++) {
      if (random.below(2) === 0) {
        const chunk = Uint8Array.from({ length: random.below(9) }, () => random.below(256));
        queue.push(chunk);
        twin.push(...chunk);
      } else {
        const length = random.below(twin.length + 1);
        assert.deepEqual([...queue.take(length)], twin.slice(0, length), `seed ${seed}`);
        twin = twin.slice(length);
      }
      assert.equal(queue.length, twin.length, `seed ${seed}`);
    }
  }
});
