import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { byteSourceOf } from '../io/file-source.ts';
import { PAGE_BYTES, readPageHeader, writeMetaPage } from './bbolt-format.ts';
import { BboltCorruptError, BboltFile } from './bbolt-reader.ts';
import { type BboltSource, planBbolt, planBboltInTurns, streamBbolt } from './bbolt-writer.ts';
import { hashBuckets } from './bucket-hash.ts';

type Contents = Readonly<Record<string, readonly (readonly [Uint8Array, Uint8Array])[]>>;

const golden = JSON.parse(
  readFileSync(new URL('testdata/etcd-snapshot.json', import.meta.url), 'utf8'),
) as {
  fileGzipBase64: string;
  sha256TrailerHex: string;
  snapshotStatusHash: number;
  maintenanceHash: number;
  totalSize: number;
  buckets: Record<string, { items: [string, string][] }>;
};
const goldenFile = gunzipSync(Buffer.from(golden.fileGzipBase64, 'base64'));
const goldenDb = goldenFile.subarray(0, golden.totalSize);

function sourceOf(contents: Contents): BboltSource {
  const buckets = Object.entries(contents).map(([name, items]) => ({ name, entries: () => items }));
  return { buckets };
}

function write(contents: Contents): Buffer {
  const source = sourceOf(contents);
  const plan = planBbolt(source);
  const bytes = Buffer.concat([...streamBbolt(source, plan)]);
  assert.equal(bytes.length, plan.sizeBytes);
  assert.equal(bytes.length % PAGE_BYTES, 0);
  return bytes;
}

function read(bytes: Uint8Array): Contents {
  const file = new BboltFile(byteSourceOf(bytes));
  return Object.fromEntries(file.buckets().map((name) => [name, [...file.entries(name)]]));
}

function asSource(file: BboltFile): BboltSource {
  return {
    buckets: file.buckets().map((name) => ({ name, entries: () => file.entries(name) })),
  };
}

/** Comparable form, buckets in name order. */
function plain(contents: Contents): unknown {
  const names = Object.keys(contents).sort();
  return names.map((name) => [
    name,
    contents[name]?.map(([k, v]) => [
      Buffer.from(k).toString('hex'),
      Buffer.from(v).toString('hex'),
    ]),
  ]);
}

function key(i: number): Buffer {
  const bytes = Buffer.alloc(17);
  bytes.writeUInt32BE(i, 4);
  bytes[8] = 0x5f;
  return bytes;
}

test('a file written by etcd is read as etcd reads it', () => {
  const expected = Object.entries(golden.buckets).map(([name, { items }]) => [
    name,
    items.map(([k, v]) => [fromBase64(k), fromBase64(v)]),
  ]);
  assert.deepEqual(plain(read(goldenDb)), expected);
});

test('both hashes of a file are those that etcd computes', () => {
  const source = asSource(new BboltFile(byteSourceOf(goldenDb)));
  assert.equal(hashBuckets(source), golden.snapshotStatusHash);
  assert.equal(hashBuckets(source, 'maintenance'), golden.maintenanceHash);
});

test('the trailer of a saved snapshot is the SHA-256 of the database', () => {
  const found = createHash('sha256').update(goldenDb).digest('hex');
  assert.equal(found, golden.sha256TrailerHex);
  assert.equal(goldenFile.subarray(golden.totalSize).toString('hex'), found);
});

test('what was read from an etcd file and written again is read the same', () => {
  const contents = read(goldenDb);
  assert.deepEqual(plain(read(write(contents))), plain(contents));
});

test('any buckets come back whole', () => {
  const sizes = fc.oneof(fc.nat(60), fc.nat(5000), fc.constantFrom(0, 1, 4064, 4063, 70_000));
  const bucket = fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), sizes), {
    maxLength: 120,
  });
  const names = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.dictionary(names, bucket, { maxKeys: 6, noNullPrototype: true }), (drawn) => {
      const contents: Record<string, readonly (readonly [Uint8Array, Uint8Array])[]> = {};
      for (const [name, items] of Object.entries(drawn)) {
        const unique = new Map(items.map(([k, size]) => [Buffer.from(k).toString('hex'), size]));
        contents[name] = [...unique]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([hex, size]) => [Buffer.from(hex, 'hex'), Buffer.alloc(size, hex)]);
      }
      assert.deepEqual(plain(read(write(contents))), plain(contents));
    }),
    { numRuns: 60 },
  );
});

test('keys of the largest size make a tree whose branch pages overflow', () => {
  const items = Array.from({ length: 9 }, (_, i) => {
    const long = Buffer.alloc(32_768, 1);
    long[0] = i;
    return [long, Buffer.alloc(0)] as const;
  });
  assert.deepEqual(plain(read(write({ b: items }))), plain({ b: items }));
});

test('a bucket with many pages gets as many levels as it needs, no branch with one child', () => {
  const items = Array.from({ length: 30_000 }, (_, i) => [key(i), Buffer.alloc(80, i)] as const);
  const bytes = write({ key: items, meta: [] });
  assert.deepEqual(plain(read(bytes)), plain({ key: items, meta: [] }));
  let branches = 0;
  for (let at = 2 * PAGE_BYTES; at < bytes.length; at += PAGE_BYTES) {
    const { flags, count } = readPageHeader(bytes.subarray(at));
    if (flags !== 1) continue;
    branches += 1;
    assert.ok(count >= 2);
  }
  assert.ok(branches > 2);
});

test('a file without buckets is a file', () => {
  assert.deepEqual(read(write({})), {});
});

test('planning in turns gives the same plan and lets others run in between', async () => {
  const items = Array.from({ length: 3000 }, (_, i) => [key(i), Buffer.alloc(50)] as const);
  const source = sourceOf({ key: items });
  let turns = 0;
  const plan = await planBboltInTurns(source, async () => {
    turns += 1;
  });
  assert.deepEqual(plan, planBbolt(source));
  assert.ok(turns >= 5);
});

test('a source that changes between plan and stream is noticed', () => {
  const plan = planBbolt(sourceOf({ key: [[key(1), Buffer.alloc(5000)]] }));
  const changed = sourceOf({ key: [[key(1), Buffer.alloc(9000)]] });
  assert.throws(() => [...streamBbolt(changed, plan)], /changed between plan and stream/);
});

test('keys that do not ascend are a defect of the source', () => {
  assert.throws(
    () =>
      planBbolt(
        sourceOf({
          key: [
            [key(2), key(1)],
            [key(1), key(1)],
          ],
        }),
      ),
    /ascend/,
  );
});

test('the older meta is used when the newer one is damaged', () => {
  const bytes = write({ b: [[key(1), key(2)]] });
  bytes[20] = 0xff;
  assert.deepEqual(plain(read(bytes)), plain({ b: [[key(1), key(2)]] }));
  bytes[PAGE_BYTES + 20] = 0xff;
  assert.throws(() => read(bytes), /no valid meta page/);
});

test('a file that is cut anywhere is refused', () => {
  const bytes = write({ key: Array.from({ length: 200 }, (_, i) => [key(i), key(i)] as const) });
  for (let size = 0; size < bytes.length; size += 97) {
    assert.throws(() => read(bytes.subarray(0, size)), BboltCorruptError);
  }
});

test('a damaged page is named, or its damage does not show, but reading always ends', () => {
  const items = Array.from({ length: 400 }, (_, i) => [key(i), Buffer.alloc(30, i)] as const);
  const bytes = write({ key: items, lease: [[key(1), key(2)]] });
  let refused = 0;
  for (let at = 2 * PAGE_BYTES; at < bytes.length; at += 1) {
    // Headers and elements are the interesting part; of the rest one byte in 31 will do.
    if (at % PAGE_BYTES > 200 && at % 31 !== 0) continue;
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
    try {
      read(damaged);
    } catch (error) {
      assert.ok(error instanceof BboltCorruptError, `byte ${at}: ${String(error)}`);
      assert.match(error.message, /page \d+|bucket|root/);
      refused += 1;
    }
  }
  assert.ok(refused > 500);
});

test('a page that is its own child is reported, not followed for ever', () => {
  const items = Array.from({ length: 400 }, (_, i) => [key(i), Buffer.alloc(30, i)] as const);
  const bytes = write({ key: items });
  let at = 2 * PAGE_BYTES;
  while (readPageHeader(bytes.subarray(at)).flags !== 1) at += PAGE_BYTES;
  bytes.writeBigUInt64LE(BigInt(at / PAGE_BYTES), at + 16 + 8);
  assert.throws(() => read(bytes), new RegExp(`page ${at / PAGE_BYTES} is reached twice`));
});

test('a root outside of the file is refused', () => {
  const bytes = write({ b: [[key(1), key(2)]] });
  const highWater = bytes.length / PAGE_BYTES;
  writeMetaPage(bytes, 0, { pageBytes: PAGE_BYTES, root: highWater, highWater, txid: 9n });
  assert.throws(() => read(bytes), new RegExp(`page ${highWater} is out of bounds`));
});

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('hex');
}
