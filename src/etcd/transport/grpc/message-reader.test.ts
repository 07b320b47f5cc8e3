import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { grpcMessage } from '../../../../test/support/http2-peer.ts';
import { StatusError } from '../../errors.ts';
import { type MessageEncoding, MessageReader } from './message-reader.ts';

const bytesMax = 10_000;

function readAll(
  pieces: readonly Buffer[],
  encoding: MessageEncoding = 'identity',
): { messages: Uint8Array[]; held: number; heldMost: number; reader: MessageReader } {
  let held = 0;
  let heldMost = 0;
  const reader = new MessageReader({
    bytesMax,
    encoding,
    retain: (bytes) => {
      held += bytes;
      heldMost = Math.max(held, heldMost);
      return true;
    },
  });
  const messages: Uint8Array[] = [];
  for (const piece of pieces) {
    reader.read(piece, 0, piece.length, (message) => messages.push(message));
  }
  return { messages, held, heldMost, reader };
}

test('messages come out as they went in, however they are cut, and nothing stays held', () => {
  const someMessages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
  fc.assert(
    fc.property(someMessages, fc.array(fc.nat(200)), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map((message) => grpcMessage(message)));
      const pieces: Buffer[] = [];
      let at = 0;
      for (const length of cuts) {
        pieces.push(bytes.subarray(at, at + length));
        at += length;
      }
      pieces.push(bytes.subarray(at));
      const { messages, held, reader } = readAll(pieces);
      assert.deepEqual(
        messages.map((message) => Array.from(message)),
        sent.map((message) => Array.from(message)),
      );
      assert.equal(held, 0);
      assert.equal(reader.isWithinMessage, false);
    }),
  );
});

test('a whole message is a view, and no Buffer whose slices would share memory', () => {
  const piece = grpcMessage(Buffer.from('abc'));
  const [message] = readAll([piece]).messages;
  assert.equal(message?.buffer, piece.buffer);
  assert.equal(Buffer.isBuffer(message), false);
});

test('a message that was announced and not sent holds only what has arrived', () => {
  const announced = Buffer.from([0, 0, 0, 0x27, 0x10, 1]);
  const { heldMost, reader } = readAll([announced]);
  assert.ok(heldMost <= 4_096);
  assert.equal(reader.isWithinMessage, true);
});

test('gzip is unpacked, and a bomb is refused before it is unpacked', () => {
  const packed = grpcMessage(gzipSync(Buffer.from('packed')), 1);
  assert.equal(Buffer.from(readAll([packed], 'gzip').messages[0] ?? []).toString(), 'packed');
  const bomb = grpcMessage(gzipSync(Buffer.alloc(5_000_000)), 1);
  assert.throws(() => readAll([bomb], 'gzip'), {
    message: 'grpc: received message after decompression larger than max 10000',
  });
});

test('what no client of etcd sends is refused in the words of gRPC', () => {
  const cases: readonly (readonly [Buffer, string])[] = [
    [Buffer.from([2, 0, 0, 0, 0]), 'grpc: received unexpected payload format 2'],
    [Buffer.from([1, 0, 0, 0, 0]), 'grpc: compressed flag set with identity or empty encoding'],
    [
      Buffer.from([0, 0, 0, 0x27, 0x11]),
      'grpc: received message larger than max (10001 vs. 10000)',
    ],
    [
      Buffer.from([0, 0xff, 0xff, 0xff, 0xff]),
      'grpc: received message larger than max (4294967295 vs. 10000)',
    ],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(() => readAll([bytes]), { message });
  }
  assert.throws(() => readAll([grpcMessage(Buffer.from('no gzip'), 1)], 'gzip'), StatusError);
});
