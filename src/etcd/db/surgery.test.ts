import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { rounds } from '../../../test/support/rounds.ts';
import { makeSampleState, openState, pagesWithHeader } from '../../../test/support/sample-state.ts';
import { seededRandom } from '../../base/random.ts';
import { exportBuckets } from '../apply/state-transfer.ts';
import { pageBytes } from '../backend/prepare-file.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { checkDir } from './check.ts';
import { runDb } from './db.ts';
import { LmdbFile } from './lmdb-file.ts';
import { childAt, isLeaf, keyCountOf, nodeAt } from './lmdb-page.ts';
import { LmdbReads } from './lmdb-reads.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
const root = mkdtempSync(join(tmpdir(), 'db-surgery-'));
const sample = join(root, 'sample');

before(async () => {
  console.log(`db surgery seed ${seed}`);
  await makeSampleState(sample, seed);
});
after(() => rmSync(root, { recursive: true }));

const data = (dir: string): string => join(dir, 'state.lmdb');
let copies = 0;
const newDir = (): string => join(root, `dir-${copies++}`);

async function surgery(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runDb(['surgery', ...argv], {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

/** All of etcd's buckets, with every version of every key. */
function contents(dir: string): string[] {
  const file = new LmdbFile(data(dir));
  const [meta] = file.metas;
  assert.ok(meta);
  const lines: string[] = [];
  for (const { name, entries } of exportBuckets(new LmdbReads(file, meta)).buckets) {
    for (const [key, value] of entries()) {
      const digest = createHash('sha256').update(value).digest('hex').slice(0, 16);
      lines.push(`${name} ${Buffer.from(key).toString('hex')} ${digest}`);
    }
  }
  file.close();
  return lines;
}

function rootOf(dir: string, table: string): number {
  const file = new LmdbFile(data(dir));
  const [meta] = file.metas;
  assert.ok(meta);
  const number = new LmdbReads(file, meta).root(table)?.page;
  file.close();
  assert.ok(number !== undefined, table);
  return number;
}

/** A copy of the sample with zeros in these pages. */
function damagedAt(numbers: readonly number[]): string {
  const dir = newDir();
  cpSync(sample, dir, { recursive: true });
  const bytes = readFileSync(data(dir));
  for (const number of numbers) bytes.fill(0, number * pageBytes, (number + 1) * pageBytes);
  writeFileSync(data(dir), bytes);
  return dir;
}

test('nothing is changed in place, and nothing that is there is written over', async () => {
  const withoutOutput = await surgery('rebuild-derived', sample);
  assert.equal(withoutOutput.code, 1);
  assert.match(withoutOutput.err, /--output is needed/);
  const onItself = await surgery('rebuild-derived', sample, '--output', sample);
  assert.match(onItself.err, /is there already/);
  const link = newDir();
  symlinkSync(join(root, 'nowhere'), link);
  const onLink = await surgery('rebuild-derived', sample, '--output', link);
  assert.match(onLink.err, /is there already/);
  assert.ok(lstatSync(link).isSymbolicLink());
});

test('rebuild-derived of a whole store loses nothing', async () => {
  const output = newDir();
  const { code, out, err } = await surgery('rebuild-derived', sample, '--output', output);
  assert.deepEqual([code, err], [0, ''], `seed ${seed}`);
  assert.match(out, /^entries lost: none$/m);
  assert.deepEqual(contents(output), contents(sample));
  assert.deepEqual(
    readdirSync(output).filter((name) => !name.endsWith('-lock')),
    ['checkpoint', 'state.lmdb'],
  );
});

test('every derived table can be lost and comes back', async () => {
  for (const table of ['index', 'index_long', 'graves', 'lease_keys']) {
    const cleared = newDir();
    const first = await surgery('clear-table', sample, table, '--output', cleared);
    assert.equal(first.code, 2, `${table}: ${first.out}${first.err}`);
    assert.match(first.out, new RegExp(`lost: table ${table}: cleared, with \\d+ entries`));
    const output = newDir();
    const second = await surgery('rebuild-derived', cleared, '--output', output);
    assert.equal(second.code, 0, `${table}, seed ${seed}: ${second.out}`);
    assert.deepEqual(contents(output), contents(sample));
  }
});

test('a damaged page of the index costs nothing', async () => {
  const dir = damagedAt([rootOf(sample, 'index')]);
  assert.equal((await checkDir(dir, '')).findings.isDamaged, true);
  const output = newDir();
  const { code, out } = await surgery('rebuild-derived', dir, '--output', output);
  assert.equal(code, 0, out);
  assert.deepEqual(contents(output), contents(sample));
});

test('what cannot be read is refused by name, unless it is to be left out', async () => {
  const dir = damagedAt([rootOf(sample, 'history')]);
  const output = newDir();
  const refused = await surgery('rebuild-derived', dir, '--output', output);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /table history, page \d+.*--skip-damaged/);
  assert.equal(existsSync(output), false);
  const { out } = await surgery('rebuild-derived', dir, '--output', output, '--skip-damaged');
  assert.match(out, /lost: table history, page \d+: keys from the beginning to the end/);
  assert.match(out, /entries lost: \d+ of history/);
});

test('of a damaged history all other versions remain, and the tables fit them', async () => {
  const random = seededRandom(seed);
  const pages = pagesWithHeader(sample);
  for (let round = 0; round < rounds(4); round++) {
    const dir = damagedAt([pages[random.below(pages.length)] as number]);
    const output = newDir();
    const { out, err } = await surgery(
      ...['rebuild-derived', dir, '--output', output, '--skip-damaged', '-w', 'json'],
    );
    // Without the table of tables there is nothing to copy.
    if (err.includes('table of tables')) continue;
    const { lostEntries } = JSON.parse(out) as { lostEntries: Record<string, number> };
    const kept = new Set(contents(sample));
    for (const line of contents(output)) {
      const isMadeUp = line.startsWith('auth ');
      assert.ok(kept.has(line) || isMadeUp, `seed ${seed}: ${line} ${err}`);
    }
    const report = await checkDir(output, '');
    const kinds = [...report.findings.counts.keys()];
    const structural = [
      'page',
      'reference',
      'used-twice',
      'count',
      'free-and-used',
      'index-record',
    ];
    assert.deepEqual(
      kinds.filter((kind) => structural.includes(kind)),
      [],
      `seed ${seed}`,
    );
    if (Object.keys(lostEntries).length === 0) {
      assert.deepEqual(contents(output), contents(sample), `seed ${seed}`);
    }
    rmSync(dir, { recursive: true });
    rmSync(output, { recursive: true });
  }
});

test('without the table of tables only the state before helps', async () => {
  const file = new LmdbFile(data(sample));
  const number = file.metas[0]?.tables.page ?? 0;
  file.close();
  const output = newDir();
  const { code, err } = await surgery(
    ...['rebuild-derived', damagedAt([number]), '--output', output, '--skip-damaged'],
  );
  assert.equal(code, 1);
  assert.match(err, /the table of tables cannot be read; surgery revert-meta may help/);
  assert.equal(existsSync(output), false);
});

test('clear-page leaves out one page and says between which keys', async () => {
  const file = new LmdbFile(data(sample));
  const [meta] = file.metas;
  assert.ok(meta);
  // Not just any leaf: one of the free list has nothing that could be lost.
  let leaf = rootOf(sample, 'history');
  for (let page = file.page(leaf); !isLeaf(page); page = file.page(leaf)) {
    leaf = childAt(page, nodeAt(page, 0));
  }
  assert.ok(keyCountOf(file.page(leaf)) > 3);
  file.close();
  const output = newDir();
  const { out } = await surgery('clear-page', sample, String(leaf), '--output', output);
  assert.match(out, new RegExp(`lost: table .*, page ${leaf}: keys from .* to .*: cleared`));
  assert.match(out, /entries lost: \d+ of /);
  // Of the free list nothing is copied anyway.
  assert.ok(meta.freeList.page !== undefined);
  const none = newDir();
  const { err } = await surgery('clear-page', sample, `${meta.freeList.page}`, '--output', none);
  assert.match(err, /has nothing of a table that would be cleared/);
  assert.ok(!existsSync(none));
});

test('clear-page with a range leaves out these elements only', async () => {
  const members = rootOf(sample, 'authUsers');
  const output = newDir();
  const { out, code } = await surgery(
    ...['clear-page', sample, String(members), '--from', '0', '--to', '0', '--output', output],
  );
  assert.match(out, /entries lost: 1 of authUsers/);
  assert.equal(code, 0);
  const kept = new Set(contents(output));
  const lost = contents(sample).filter((line) => !kept.has(line));
  assert.equal(lost.length, 1);
  assert.match(lost[0] ?? '', /^authUsers /);
});

test('revert-meta goes back by one transaction and opens', async () => {
  const file = new LmdbFile(data(sample));
  const [newest, previous] = file.metas;
  file.close();
  assert.ok(newest && previous);
  const dir = damagedAt([newest.tables.page ?? 0]);
  const output = newDir();
  const { code, out } = await surgery('revert-meta', dir, '--output', output);
  assert.equal(code, 0, out);
  assert.match(out, new RegExp(`store: transaction ${previous.transaction},`));
  const backend = await openState(output);
  backend.write((txn) => txn.put('local', Buffer.from('test'), Buffer.from('1')));
  await backend.close();
  assert.equal((await checkDir(output, '')).findings.isDamaged, false);
});

test('revert-meta goes back to the checkpoint', async () => {
  const dir = newDir();
  cpSync(sample, dir, { recursive: true });
  const checkpoint = readFileSync(join(dir, 'checkpoint'));
  const backend = await openState(dir);
  backend.write((txn) => txn.put('local', Buffer.from('later'), Buffer.from('1')));
  await backend.close();
  writeFileSync(join(dir, 'checkpoint'), checkpoint);
  const output = newDir();
  const { code } = await surgery('revert-meta', dir, '--to', 'checkpoint', '--output', output);
  assert.equal(code, 0);
  assert.deepEqual(contents(output), contents(sample));
});

test('wrong arguments are refused in words', async () => {
  const rows: readonly [string[], RegExp][] = [
    [['clear-table', sample, 'keys', '--output', 'x'], /TABLE is one of meta, lease/],
    [['clear-page', sample, 'one', '--output', 'x'], /PAGE is a whole number, not "one"/],
    [['clear-page', sample, '1', '--output', 'x'], /page 1 is none of the store's, 2 to \d+/],
    [['clear-page', sample, '9999999', '--output', 'x'], /page 9999999 is none of the store's/],
    [
      ['clear-page', sample, '5', '--from', '9', '--to', '3', '--output', 'x'],
      /--from 9 is behind --to 3/,
    ],
    [
      ['revert-meta', sample, '--to', 'now', '--output', 'x'],
      /--to is one of previous, checkpoint/,
    ],
    [['rebuild-derived', sample, '--meta', 'x', '--output', 'x'], /--meta is one of auto, file/],
    [['rebuild-derived', root, '--output', 'x'], /is no data directory of etcd-ts/],
  ];
  for (const [argv, words] of rows) {
    const { code, err } = await surgery(...argv);
    assert.equal(code, 1);
    assert.match(err, words);
    assert.ok(!existsSync('x'));
  }
});

test('the state of a member that runs is refused as its data directory is', async () => {
  const dir = newDir();
  const state = join(dir, 'member', 'state', '0');
  cpSync(sample, state, { recursive: true });
  const lock = await nodeDisk.lock(join(dir, 'member', 'lock'));
  const { code, err } = await surgery('rebuild-derived', state, '--output', newDir());
  assert.equal(code, 1);
  assert.match(err, /a running member is using /);
  await assert.rejects(checkDir(state, ''), /a running member is using /);
  await lock.release();
  assert.equal((await checkDir(state, '')).findings.isDamaged, false);
});
