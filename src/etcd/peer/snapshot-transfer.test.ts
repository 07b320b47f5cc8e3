import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { encodeSnapshotMetadata } from '../proto/generated/raftpb.ts';
import { isSnapshot, receiveSnapshotHead } from './snapshot-transfer.ts';

const golden = JSON.parse(
  readFileSync(new URL('testdata/rafthttp-snapshot.json', import.meta.url), 'utf8'),
) as {
  readonly envelopeLen: number;
  readonly dbBytes: number;
  readonly bodyGzipBase64: string;
  readonly snapshotMetadataHex: string;
};
const body = gunzipSync(Buffer.from(golden.bodyGzipBase64, 'base64'));

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function receive(
  pieces: AsyncIterable<Buffer>,
): Promise<{ head: Awaited<ReturnType<typeof receiveSnapshotHead>>; database: Buffer }> {
  const head = await receiveSnapshotHead(pieces);
  const chunks: Uint8Array[] = [];
  for await (const chunk of head.database) chunks.push(chunk);
  return { head, database: Buffer.concat(chunks) };
}

for (const size of [1, 7, 8, 9, golden.envelopeLen + 8, 65_536]) {
  test(`a captured snapshot in pieces of ${size} splits into message and database`, async () => {
    const { head, database } = await receive(inPieces(body, size));
    assert.equal(head.message.from, 0x9d6fbc3da5df5431n);
    assert.equal(head.message.to, 0x85a52a38aa62a638n);
    assert.equal(head.message.term, 4);
    assert.ok(isSnapshot(head.message));
    assert.equal(database.length, golden.dbBytes);
    assert.ok(database.equals(body.subarray(body.length - golden.dbBytes)));
  });
}

test('the metadata of a captured snapshot is read whole', async () => {
  const { head } = await receive(inPieces(body, 4_096));
  const metadata = head.message.snapshot?.metadata;
  assert.deepEqual([metadata?.index, metadata?.term], [76, 4]);
  const wanted = Buffer.from(golden.snapshotMetadataHex, 'hex');
  assert.ok(wanted.equals(encodeSnapshotMetadata(metadata ?? {})));
});

test('a body that ends inside the message is refused', async () => {
  for (const length of [0, 7, 8, 100, golden.envelopeLen + 7]) {
    const cut = inPieces(body.subarray(0, length), 50);
    await assert.rejects(receive(cut), { name: 'FrameError' }, `cut at ${length}`);
  }
});

test('a message longer than any snapshot needs is refused before it is read', async () => {
  const huge = Buffer.from('0000000010000000', 'hex');
  await assert.rejects(receive(inPieces(huge, 8)), { name: 'FrameError' });
});
