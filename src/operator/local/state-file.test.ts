import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { acquireDirectory } from './directory-lock.ts';
import { type LocalState, readState, replaceFile, StateDamagedError } from './state-file.ts';

const state: LocalState = {
  uid: 'u',
  clusterName: 'c',
  basePort: 2379,
  workloads: [],
  objects: [],
  status: undefined,
};

function newDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'etcd-ts-local-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('no state yet is undefined, a written one comes back', (t) => {
  const file = join(newDir(t), 'deeper', 'state.json');
  assert.equal(readState(file), undefined);
  replaceFile(file, JSON.stringify(state));
  assert.deepEqual(readState(file), { ...JSON.parse(JSON.stringify(state)) });
});

test('a damaged state is refused and stays as it is', (t) => {
  const file = join(newDir(t), 'state.json');
  for (const text of ['', '{"uid":', 'null', '[]', '{"uid":"u"}', '{"workloads":[]}']) {
    writeFileSync(file, text);
    assert.throws(() => readState(file), StateDamagedError, JSON.stringify(text));
    assert.equal(readFileSync(file, 'utf8'), text);
  }
});

test('a replaced file leaves nothing beside it', (t) => {
  const dir = newDir(t);
  replaceFile(join(dir, 'a'), 'one');
  replaceFile(join(dir, 'a'), 'two', 'not-synced');
  assert.equal(readFileSync(join(dir, 'a'), 'utf8'), 'two');
  assert.deepEqual(readdirSync(dir), ['a']);
});

test('a directory has one owner at a time', (t) => {
  const dir = newDir(t);
  const first = acquireDirectory(dir);
  assert.ok(typeof first !== 'string');
  const second = acquireDirectory(dir);
  assert.match(String(second), new RegExp(`in use by process ${process.pid}`));
  first.release();
  const third = acquireDirectory(dir);
  assert.ok(typeof third !== 'string');
  third.release();
});

test('the process id that a killed owner left behind keeps nobody out', (t) => {
  const dir = newDir(t);
  writeFileSync(join(dir, 'up.pid'), `${process.ppid}\n`);
  const lock = acquireDirectory(dir);
  assert.ok(typeof lock !== 'string');
  lock.release();
});
