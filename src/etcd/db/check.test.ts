import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { rounds } from '../../../test/support/rounds.ts';
import { makeSampleState, openState, pagesWithHeader } from '../../../test/support/sample-state.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import type { Bucket, Entry, ReadTxn, WriteTxn } from '../backend/backend.ts';
import { pageBytes } from '../backend/prepare-file.ts';
import { historyKey } from '../mvcc/revision.ts';
import { type CheckReport, checkDir } from './check.ts';
import { LmdbFile } from './lmdb-file.ts';
import { childAt, isLeaf, nodeAt } from './lmdb-page.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
const root = mkdtempSync(join(tmpdir(), 'db-check-'));
const sample = join(root, 'sample');

before(async () => {
  console.log(`db check seed ${seed}`);
  await makeSampleState(sample, seed);
});
after(() => rmSync(root, { recursive: true }));

const data = (dir: string): string => join(dir, 'state.lmdb');
const kindsOf = ({ findings }: CheckReport): string[] => [...findings.counts.keys()];
let copies = 0;

function copyOfSample(): string {
  const dir = join(root, `copy-${copies++}`);
  cpSync(sample, dir, { recursive: true });
  return dir;
}

/** Writes over one page of a copy. */
function withPage(number: number, change: (page: Buffer, file: Buffer) => void): string {
  const dir = copyOfSample();
  const bytes = readFileSync(data(dir));
  change(bytes.subarray(number * pageBytes, (number + 1) * pageBytes), bytes);
  writeFileSync(data(dir), bytes);
  return dir;
}

test('a store that nothing happened to is whole', async () => {
  const report = await checkDir(sample, '');
  assert.deepEqual(report.findings.described, [], `seed ${seed}`);
  assert.ok((report.tables?.keys ?? 0) > 100);
  assert.ok((report.tables?.compactRevision ?? 0) > 0);
  assert.equal(report.structure?.leakedPages, 0);
});

test('reading changes nothing', async () => {
  const beforehand = readFileSync(data(sample));
  await checkDir(sample, '');
  assert.ok(beforehand.equals(readFileSync(data(sample))));
});

const damages: readonly [string, (page: Buffer, random: Random, file: Buffer) => void][] = [
  ['zeroed', (page) => page.fill(0)],
  [
    'scribbled over',
    (page, random) => {
      for (let i = 0; i < page.length; i++) page[i] = random.below(256);
    },
  ],
  [
    'overwritten by another one',
    (page, random, file) => {
      const other = 2 + random.below(file.length / pageBytes - 2);
      file.copy(page, 0, other * pageBytes, (other + 1) * pageBytes);
    },
  ],
  [
    'changed in some bytes',
    (page, random) => {
      for (let i = 0; i < 8; i++) page[random.below(page.length)] = random.below(256);
    },
  ],
];

/** lmdb has no checksums: a value's own bytes are nobody's business here. */
const alwaysSeen = new Set(['zeroed', 'scribbled over']);

for (const [how, damage] of damages) {
  test(`random pages ${how} are survived${alwaysSeen.has(how) ? ' and seen' : ''}`, async () => {
    const random = seededRandom(seed);
    const pages = pagesWithHeader(sample);
    for (let round = 0; round < rounds(8); round++) {
      const number = pages[random.below(pages.length)] as number;
      const dir = withPage(number, (page, file) => damage(page, random, file));
      const report = await checkDir(dir, '');
      const { isDamaged } = report.findings;
      if (alwaysSeen.has(how)) assert.ok(isDamaged, `seed ${seed}, page ${number}`);
      rmSync(dir, { recursive: true });
    }
  });
}

test('the first bad page is named with its table', async () => {
  const file = new LmdbFile(data(sample));
  const { tables } = file.metas[0] ?? {};
  const number = tables?.page ?? 0;
  file.close();
  const report = await checkDir(
    withPage(number, (page) => page.fill(0)),
    '',
  );
  assert.deepEqual(report.findings.first?.place, { page: number, table: 'table of tables' });
  assert.match(report.findings.first?.message ?? '', /its header says page 0/);
});

test('a damaged newest state points to the one before when that is whole', async () => {
  const file = new LmdbFile(data(sample));
  const number = file.metas[0]?.tables.page ?? 0;
  file.close();
  const report = await checkDir(
    withPage(number, (page) => page.fill(0)),
    '',
  );
  assert.equal(report.previous?.isWhole, true);
});

test('a meta page that cannot be read is damage, and the other one is used', async () => {
  const file = new LmdbFile(data(sample));
  const slot = file.metas[0]?.slot ?? 0;
  file.close();
  const report = await checkDir(
    withPage(slot, (page) => page.fill(0)),
    '',
  );
  assert.equal(report.findings.first?.kind, 'meta');
  assert.notEqual(report.structure, undefined);
});

test('a file that was cut off is damaged', async () => {
  const dir = copyOfSample();
  const bytes = readFileSync(data(dir));
  writeFileSync(data(dir), bytes.subarray(0, 10 * pageBytes));
  const report = await checkDir(dir, '');
  assert.ok(report.findings.isDamaged);
  assert.ok(kindsOf(report).includes('file-cut'));
});

test('a page that is free and used is damage', async () => {
  const dir = copyOfSample();
  const pages = readFileSync(data(dir));
  const file = new LmdbFile(data(dir));
  const [meta] = file.metas;
  file.close();
  // The first free page becomes the root of the table of tables, which is used.
  const pageOf = (number: number): Buffer => pages.subarray(number * pageBytes);
  let list = meta?.freeList.page ?? 0;
  while (!isLeaf(pageOf(list))) list = childAt(pageOf(list), nodeAt(pageOf(list), 0));
  const used = meta?.tables.page ?? 0;
  const node = list * pageBytes + nodeAt(pageOf(list), 0);
  const value = node + 8 + pages.readUInt16LE(node + 6);
  const isBig = pages.readUInt16LE(node + 4) === 1;
  const ids = isBig ? Number(pages.readBigUInt64LE(value)) * pageBytes + 24 : value;
  pages.writeBigUInt64LE(1n, ids);
  pages.writeBigUInt64LE(BigInt(used), ids + 8);
  writeFileSync(data(dir), pages);
  const report = await checkDir(dir, '');
  assert.ok(kindsOf(report).includes('free-and-used'), kindsOf(report).join());
});

test('a checkpoint that is damaged or missing is damage', async () => {
  const damaged = copyOfSample();
  copyFileSync(data(damaged), join(damaged, 'checkpoint'));
  assert.deepEqual(kindsOf(await checkDir(damaged, '')), ['checkpoint']);
  const missing = copyOfSample();
  rmSync(join(missing, 'checkpoint'));
  assert.deepEqual(kindsOf(await checkDir(missing, '')), ['checkpoint']);
});

test('the checkpoint’s state can be checked instead of the file’s', async () => {
  const report = await checkDir(sample, '', 'checkpoint');
  assert.equal(report.metasFrom, 'checkpoint');
  assert.equal(report.findings.isDamaged, false);
});

const someKey = Buffer.from('key/');
const first = (
  txn: ReadTxn,
  table: Bucket,
  accept: (entry: Entry) => boolean = () => true,
): Entry => {
  for (const entry of txn.range(table, new Uint8Array(0), undefined)) {
    if (accept(entry)) return entry;
  }
  throw new Error(`nothing in ${table}`);
};
const newest = (txn: ReadTxn): Entry => {
  const [entry] = txn.range('history', historyKey(0, 0), undefined, { reverse: true, limit: 1 });
  return entry as Entry;
};

/** What does not fit together, written by lmdb itself: every page is whole. */
const contradictions: readonly [string, string, (txn: WriteTxn) => void][] = [
  [
    'a key missing in the index',
    'history-index',
    (txn) => txn.delete('index', first(txn, 'index')[0]),
  ],
  [
    'a key in the index without history',
    'index-history',
    (txn) => {
      txn.put('index', Buffer.concat([someKey, someKey]), first(txn, 'index')[1]);
    },
  ],
  [
    'an index record of other bytes',
    'index-record',
    (txn) => txn.put('index', first(txn, 'index')[0], Buffer.alloc(9, 0xff)),
  ],
  ['the newest version missing', 'index-history', (txn) => txn.delete('history', newest(txn)[0])],
  [
    'a version of other bytes',
    'history-record',
    (txn) => txn.put('history', newest(txn)[0], Buffer.from([2, 0, 0x0a, 0x7f, 1])),
  ],
  [
    'a grave that is alive',
    'graves',
    (txn) =>
      txn.put(
        'graves',
        first(txn, 'index', ([, v]) => ((v[0] as number) & 1) === 0)[0],
        new Uint8Array(0),
      ),
  ],
  ['a grave missing', 'graves', (txn) => txn.delete('graves', first(txn, 'graves')[0])],
  [
    'a key missing among a lease’s',
    'lease-keys',
    (txn) => txn.delete('lease_keys', first(txn, 'lease_keys')[0]),
  ],
  [
    'a lease with a key that is not its',
    'lease-keys',
    (txn) => txn.put('lease_keys', Buffer.alloc(9, 1), new Uint8Array(0)),
  ],
  ['a lease missing', 'lease-missing', (txn) => txn.delete('lease', first(txn, 'lease')[0])],
  [
    'a lease under another id',
    'record',
    (txn) => txn.put('lease', Buffer.alloc(8, 9), first(txn, 'lease')[1]),
  ],
  [
    'a compaction that ended before it began',
    'compaction-mark',
    (txn) =>
      txn.put(
        'meta',
        Buffer.from('finishedCompactRev'),
        Buffer.from('0000ffff000000005f0000000000000000', 'hex'),
      ),
  ],
  [
    'an applied index that is none',
    'applied-index',
    (txn) => txn.put('meta', Buffer.from('consistent_index'), Buffer.alloc(3)),
  ],
  [
    'a member under another id',
    'record',
    (txn) => txn.put('members', Buffer.from('8'), first(txn, 'members')[1]),
  ],
  [
    'a member that was removed',
    'record',
    (txn) => txn.put('members_removed', first(txn, 'members')[0], Buffer.from('removed')),
  ],
  ['a role that is missing', 'record', (txn) => txn.delete('authRoles', Buffer.from('readers'))],
  [
    'a user of other bytes',
    'record',
    (txn) => txn.put('authUsers', someKey, Buffer.alloc(4, 0xff)),
  ],
];

for (const [what, kind, change] of contradictions) {
  test(`${what} is ${kind}`, async () => {
    const dir = copyOfSample();
    const backend = await openState(dir);
    backend.write(change);
    await backend.close();
    const report = await checkDir(dir, '');
    assert.ok(report.findings.isDamaged, `seed ${seed}`);
    assert.ok(kindsOf(report).includes(kind), `${kindsOf(report).join()}, seed ${seed}`);
    rmSync(dir, { recursive: true });
  });
}

const none = new Uint8Array(0);

test('lists of long keys that cannot be read are told one by one, and hide nothing', async () => {
  const dir = copyOfSample();
  const change = async (by: (txn: WriteTxn) => void): Promise<CheckReport['findings']> => {
    const backend = await openState(dir);
    backend.write(by);
    await backend.close();
    return (await checkDir(dir, '')).findings;
  };
  let lists = 0;
  const { counts } = await change((txn) => {
    for (const [prefix, value] of [...txn.range('index_long', none, undefined)]) {
      txn.put('index_long', prefix, value.subarray(0, value.length - 1));
      lists += 1;
    }
  });
  assert.ok(lists > 1, `seed ${seed}`);
  // Neither the history nor the leases of their keys are accused of it.
  assert.deepEqual([...counts], [['index-record', lists]], `seed ${seed}`);
  const { described } = await change((txn) => {
    const [last] = [...txn.range('index', none, undefined)].at(-1) as Entry;
    txn.put('index', last, Buffer.alloc(9, 0xff));
  });
  const tables = new Set(described.map(({ place }) => place.table));
  assert.ok(tables.has('index') && tables.has('index_long'), `seed ${seed}`);
  rmSync(dir, { recursive: true });
});
