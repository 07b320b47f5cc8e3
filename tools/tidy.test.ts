import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkSource, codeOnly, parseImports, tidyRepository } from './tidy.ts';

test('the repository follows its rules', () => {
  assert.deepEqual(tidyRepository(join(import.meta.dirname, '..')), []);
});

test('raft may not import consensus, node or a clock, except a type of base', () => {
  const source = [
    "import { Consensus } from '../consensus/consensus.ts';",
    "import { readFileSync } from 'node:fs';",
    "import { systemClock } from '../../base/clock.ts';",
    "import type { Random } from '../../base/random.ts';",
    "import { assert } from '../../base/assert.ts';",
  ].join('\n');
  assert.deepEqual(checkSource('src/etcd/raft/raft.ts', source), [
    'src/etcd/raft/raft.ts:1: src/etcd/raft/ must not import src/etcd/consensus/consensus.ts',
    'src/etcd/raft/raft.ts:2: src/etcd/raft/ must not import node:fs',
    'src/etcd/raft/raft.ts:3: src/etcd/raft/ must not import src/base/clock.ts',
  ]);
});

test('only the program imports the composition root', () => {
  const source = "import { startMember } from '../member.ts';\n";
  assert.equal(checkSource('src/etcd/service/kv.ts', source).length, 1);
  assert.deepEqual(checkSource('src/etcd/main.ts', source.replace('../', './')), []);
});

test('a clock, a timer, randomness and the console are seen outside edge files only', () => {
  for (const effect of [
    'const now = Date.now();',
    'setTimeout(run, 1);',
    'const dice = Math.random();',
    "console.log('x');",
    'const level = process.env.LEVEL;',
  ]) {
    assert.equal(checkSource('src/etcd/watch/watch-hub.ts', effect).length, 1, effect);
  }
  assert.deepEqual(checkSource('src/base/clock.ts', 'const now = Date.now();'), []);
});

test('words in comments and strings are no effects', () => {
  assert.deepEqual(checkSource('src/etcd/mvcc/store.ts', '// Date.now() is banned'), []);
  assert.deepEqual(checkSource('src/etcd/mvcc/store.ts', "const text = 'Math.random()';"), []);
  assert.equal(codeOnly('a /* b\nc */ d').split('\n').length, 2);
});

test('imports are found over several lines, with their kind', () => {
  const source =
    "import {\n  a,\n  b,\n} from './x.ts';\nexport type { C } from './c.ts';\nimport './d.ts';";
  assert.deepEqual(parseImports(source), [
    { line: 1, specifier: './x.ts', typeOnly: false },
    { line: 5, specifier: './c.ts', typeOnly: true },
    { line: 6, specifier: './d.ts', typeOnly: false },
  ]);
});

test('wide lines, empty names and capital letters are refused', () => {
  assert.equal(checkSource('test/support/wide.ts', `// ${'a '.repeat(60)}`).length, 1);
  assert.equal(checkSource('src/etcd/wal/utils.ts', '').length, 1);
  assert.equal(checkSource('test/support/Bad.ts', '').length, 1);
});
