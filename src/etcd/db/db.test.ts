import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runDb } from './db.ts';
import { formatResult, formatTable, humanBytes } from './output.ts';

async function db(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runDb(argv, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

test('commands and arguments are refused in etcdutl’s words, with its exit codes', async () => {
  const rows: readonly [argv: string[], code: number, words: string][] = [
    [['bogus'], 1, 'Error: unknown command "bogus" for "etcd-ts db"'],
    [['surgery'], 1, 'Error: unknown command "" for "etcd-ts db surgery"'],
    [['surgery', 'bogus'], 1, 'Error: unknown command "bogus" for "etcd-ts db surgery"'],
    [['export', 'a', '.'], 1, 'Error: "." is no name for a file\n'],
    [['restore', '.', '--data-dir=x'], 1, 'Error: read .: is a directory\n'],
    [['status'], 128, 'Error: status requires exactly one argument\n'],
    [['status', 'a', 'b'], 128, 'Error: status requires exactly one argument\n'],
    [['status', 'a', '--bogus'], 1, 'Error: unknown flag: --bogus\n'],
    [['status', 'a', '-w'], 1, 'Error: flag needs an argument: --write-out\n'],
    [['status', 'a', '-w', 'yaml'], 4, 'Error: unsupported output format\n'],
    [['status', 'a', '-w=protobuf'], 4, 'Error: protobuf not supported as output format\n'],
    [['status', 'nowhere'], 1, 'Error: stat nowhere: no such file or directory\n'],
  ];
  for (const [argv, code, words] of rows) {
    const found = await db(...argv);
    assert.equal(found.code, code, argv.join(' '));
    assert.ok(found.err.startsWith(words), found.err);
    assert.equal(found.out, '');
  }
});

test('help is no error', async () => {
  for (const argv of [['--help'], ['status', '-h'], ['surgery', '--help'], ['surgery', 'help']]) {
    const { code, out, err } = await db(...argv);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^usage: etcd-ts db/);
  }
});

test('a file that is no database is refused by name', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'db-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'text');
  writeFileSync(path, 'not a database');
  const { code, err } = await db('status', path);
  assert.equal(code, 1);
  assert.match(err, /^Error: .*text: bbolt: no valid meta page: this is not a bbolt file\n$/);
});

test('a result has etcdutl’s four forms', () => {
  const result = {
    columns: [
      ['hash', '216b23ea'],
      ['revision', '4'],
      ['total keys', '1'],
      ['total size', humanBytes(24_576)],
      ['version', '3.7.0'],
    ],
    fields: [
      ['Hash', 560_669_674],
      ['Version', '3.7.0'],
    ],
    json: { hash: 560_669_674, version: '3.7.0' },
  } as const;
  assert.equal(formatResult(result, 'simple'), '216b23ea, 4, 1, 25 kB, 3.7.0');
  assert.equal(formatResult(result, 'json'), '{"hash":560669674,"version":"3.7.0"}');
  assert.equal(formatResult(result, 'fields'), '"Hash" : 560669674\n"Version" : 3.7.0');
  const expected = `
┌──────────┬──────────┬────────────┬────────────┬─────────┐
│   HASH   │ REVISION │ TOTAL KEYS │ TOTAL SIZE │ VERSION │
├──────────┼──────────┼────────────┼────────────┼─────────┤
│ 216b23ea │        4 │          1 │      25 kB │   3.7.0 │
└──────────┴──────────┴────────────┴────────────┴─────────┘`;
  assert.equal(`\n${formatResult(result, 'table')}`, expected);
  assert.match(formatTable(['a'], [['1'], ['22']]), /│ {2}1 │\n│ 22 │/);
});

test('sizes are rounded as etcdutl rounds them', () => {
  const rows: readonly [number, string][] = [
    [9, '9 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [24_576, '25 kB'],
    [9_949, '9.9 kB'],
    [9_960, '10 kB'],
    [1_999_950, '2.0 MB'],
    [2 ** 31, '2.1 GB'],
  ];
  for (const [bytes, text] of rows) assert.equal(humanBytes(bytes), text);
});
