/**
 * What comes off a disk or from another member: the write-ahead log, raft's snapshot files, bbolt
 * files with and without their checksum, streams of peers. Damaged anywhere they end in an error of
 * their own that names the place; what is still read is what was written.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { silentLog } from '../../src/base/log.ts';
import { byteSourceOf } from '../../src/etcd/io/file-source.ts';
import {
  AppendStreamDecoder,
  AppendStreamEncoder,
  EntryFrames,
} from '../../src/etcd/peer/append-stream.ts';
import { FrameError, FrameWriter } from '../../src/etcd/peer/frames.ts';
import { MessageStreamDecoder, MessageStreamEncoder } from '../../src/etcd/peer/message-stream.ts';
import { receiveSnapshotHead } from '../../src/etcd/peer/snapshot-transfer.ts';
import {
  decodeMessage,
  type Entry,
  encodeMessage,
  MessageType,
} from '../../src/etcd/proto/generated/raftpb.ts';
import { DecodeError } from '../../src/etcd/proto/wire.ts';
import { BboltCorruptError, BboltFile } from '../../src/etcd/snap/bbolt-reader.ts';
import { encodeSnapFileBytes, parseSnapFileBytes } from '../../src/etcd/snap/snap-file.ts';
import { checkTrailer, withTrailer, writePieces } from '../../src/etcd/snap/snapshot-file.ts';
import { WalCorruptError } from '../../src/etcd/wal/replay.ts';
import { Wal } from '../../src/etcd/wal/wal.ts';
import { MemoryDisk } from '../support/memory-disk.ts';
import { damaged, hangAfter, type Mutation, mutate, mutations, parameters } from './mutation.ts';

const walDir = '/member/wal';
const walOptions = { segmentBytes: 2048 };
const start = { index: 0, term: 0 };
const lastIndex = 60;

/** A log of several segments, as the files that make it. */
async function writeLog(): Promise<ReadonlyMap<string, Buffer>> {
  const disk = new MemoryDisk();
  await disk.makeDir('/member');
  const wal = await Wal.create(walDir, Uint8Array.of(8, 1, 16, 2), disk, walOptions);
  for (let index = 1; index <= lastIndex; index += 1) {
    await wal.append([entry(index)], { term: 1, vote: 7n, commit: index - 1 }, true);
  }
  await wal.close();
  const names = await disk.list(walDir);
  assert.ok(names.length > 3);
  return new Map(names.map((name) => [name, Buffer.from(disk.contents(`${walDir}/${name}`))]));
}

function entry(index: number): Entry {
  return { type: 0, term: 1, index, data: new Uint8Array(100 + (index % 7)).fill(index) };
}

test(
  'a log with damage: a beginning of what was written, or an error that names the file',
  hangAfter,
  async () => {
    const files = await writeLog();
    const samples = [...files.values()];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files.keys()), mutations(3), async (victim, all) => {
        const disk = new MemoryDisk();
        await disk.makeDir('/member');
        await disk.makeDir(walDir);
        for (const [name, bytes] of files) {
          const damage = name === victim ? all : [];
          await put(disk, `${walDir}/${name}`, change(bytes, damage, samples));
        }
        try {
          const opened = await Wal.open(walDir, start, disk, silentLog, walOptions);
          opened.entries.forEach((one, i) => assert.deepEqual(one, entry(i + 1)));
          await opened.wal.close();
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          const isClear =
            error instanceof WalCorruptError || (error as Error).message.startsWith('wal: ');
          assert.ok(isClear, String(error));
          assert.match((error as Error).message, /member\/wal/);
        }
      }),
      parameters,
    );
  },
);

test('snapshot files of raft with damage are right or refused with a reason', hangAfter, () => {
  const snapshot = {
    data: Buffer.from('{"Root":{}}'),
    metadata: { index: 100, term: 3, confState: { voters: [1n, 2n ** 64n - 1n] } },
  };
  const right = encodeSnapFileBytes(snapshot);
  const expected = parseSnapFileBytes(right);
  fc.assert(
    fc.property(damaged([right]), (bytes) => {
      const parsed = parseSnapFileBytes(bytes);
      if ('reason' in parsed) assert.notEqual(parsed.reason, '');
      // A checksum of 32 bits: what passes it is what was written.
      else assert.deepEqual(parsed, expected);
    }),
    { ...parameters, numRuns: parameters.numRuns * 10 },
  );
});

const golden = JSON.parse(
  readFileSync(
    join(import.meta.dirname, '../../src/etcd/snap/testdata/etcd-snapshot.json'),
    'utf8',
  ),
) as { fileGzipBase64: string; totalSize: number };
const snapshotFile = gunzipSync(Buffer.from(golden.fileGzipBase64, 'base64'));
const bbolt = snapshotFile.subarray(0, golden.totalSize);

test('bbolt files with damage end, and name the page', hangAfter, () => {
  // Ids, counts and flags: where a page lies about others.
  const telling = fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 16, 255), fc.nat(255));
  let readCount = 0;
  const survive = (bytes: Buffer): void => {
    try {
      const file = new BboltFile(byteSourceOf(bytes));
      for (const bucket of file.buckets()) for (const _ of file.entries(bucket)) readCount += 1;
    } catch (error) {
      assert.ok(error instanceof BboltCorruptError, String(error));
      assert.notEqual(error.message, '');
    }
  };
  survive(bbolt);
  assert.ok(readCount > 10);
  fc.assert(fc.property(damaged([bbolt], 4, telling), survive), parameters);
  // Heads of pages and elements are a small part of a file, and the interesting one.
  const heads = fc.array(
    fc.record({ page: fc.nat(bbolt.length / 4096 - 1), at: fc.nat(80), byte: telling }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(heads, (changes) => {
      const bytes = Buffer.from(bbolt);
      for (const { page, at, byte } of changes) bytes[page * 4096 + at] = byte;
      survive(bytes);
    }),
    { ...parameters, numRuns: parameters.numRuns * 10 },
  );
});

test('a snapshot with any damage does not match its checksum', hangAfter, async () => {
  const disk = new MemoryDisk();
  await disk.makeDir('/d');
  await writePieces(disk, '/d/right', withTrailer([bbolt]));
  const right = Buffer.from(disk.contents('/d/right'));
  await fc.assert(
    fc.asyncProperty(mutations(2), async (all) => {
      const bytes = change(right, all, [right]);
      fc.pre(!bytes.equals(right));
      await put(disk, '/d/damaged', bytes);
      assert.notEqual((await checkTrailer(disk, '/d/damaged')).kind, 'right');
    }),
    parameters,
  );
});

const messages = [
  { type: MessageType.MsgHeartbeat, from: 1n, to: 2n, term: 3, commit: 5 },
  {
    type: MessageType.MsgApp,
    from: 1n,
    to: 2n,
    term: 3,
    logTerm: 3,
    index: 5,
    commit: 5,
    entries: [entry(6), entry(7)],
  },
  {
    type: MessageType.MsgApp,
    from: 1n,
    to: 2n,
    term: 3,
    logTerm: 3,
    index: 7,
    commit: 6,
    entries: [entry(8)],
  },
  {
    type: MessageType.MsgAppResp,
    from: 1n,
    to: 2n,
    term: 3,
    index: 9,
    reject: true,
    rejectHint: 4,
  },
].map((init) => decodeMessage(encodeMessage(init)));

function isPeerError(error: unknown): boolean {
  return error instanceof FrameError || error instanceof DecodeError;
}

test('streams of peers with damage, in pieces of any size', hangAfter, () => {
  const kinds = [
    { encoder: new MessageStreamEncoder(), decoder: () => new MessageStreamDecoder() },
    {
      encoder: new AppendStreamEncoder(new EntryFrames()),
      decoder: () => new AppendStreamDecoder(1n, 2n),
    },
  ];
  for (const { encoder, decoder } of kinds) {
    const writer = new FrameWriter();
    for (const message of messages) {
      encoder.encode(message, writer);
      encoder.linkHeartbeat(writer);
    }
    const right = Buffer.from(writer.take());
    fc.assert(
      fc.property(damaged([right]), fc.integer({ min: 1, max: 200 }), (bytes, size) => {
        const reader = decoder();
        let count = 0;
        try {
          for (let at = 0; at < bytes.length; at += size) {
            reader.push(Buffer.from(bytes.subarray(at, at + size)), () => (count += 1));
          }
        } catch (error) {
          assert.ok(isPeerError(error), String(error));
        }
        assert.ok(count <= bytes.length);
      }),
      { ...parameters, numRuns: parameters.numRuns * 10 },
    );
  }
});

test('heads of snapshots from peers with damage', hangAfter, async () => {
  const message = encodeMessage({
    type: MessageType.MsgSnap,
    from: 1n,
    to: 2n,
    snapshot: { data: Buffer.alloc(50, 7), metadata: { index: 9, term: 3 } },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(message.length));
  const right = Buffer.concat([length, message, Buffer.alloc(500, 1)]);
  await fc.assert(
    fc.asyncProperty(damaged([right]), fc.integer({ min: 1, max: 200 }), async (bytes, size) => {
      try {
        const { database } = await receiveSnapshotHead(pieces(bytes, size));
        let total = 0;
        for await (const piece of database) total += piece.length;
        assert.ok(total <= bytes.length);
      } catch (error) {
        assert.ok(isPeerError(error), String(error));
      }
    }),
    { ...parameters, numRuns: parameters.numRuns * 5 },
  );
});

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

function change(bytes: Buffer, all: readonly Mutation[], samples: readonly Buffer[]): Buffer {
  return all.reduce<Buffer>((b, one) => mutate(b, one, samples), bytes);
}

async function put(disk: MemoryDisk, path: string, bytes: Buffer): Promise<void> {
  const file = await disk.open(path, 'create');
  await file.write(bytes, 0);
  await file.close();
}
