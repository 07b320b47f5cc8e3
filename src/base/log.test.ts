import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { jsonLog, type LogFields } from './log.ts';
import { LogFile } from './log-file.ts';

function lineOf(message: string, fields?: LogFields): string {
  let text = '';
  jsonLog('info', { write: (line) => (text += line) })
    .child('wal')
    .info(message, fields);
  return text;
}

test('a line is one JSON object with etcd’s names, its fields between caller and message', () => {
  const line = lineOf('a "message"\nof two lines', { name: 'm1', count: 3 });
  assert.match(line, /^\{"level":"info","ts":"\d{4}-[^"]+Z","caller":"wal","name":"m1","count":3,/);
  assert.ok(line.endsWith('}\n') && line.indexOf('\n') === line.length - 1);
  assert.equal(JSON.parse(line).msg, 'a "message"\nof two lines');
});

test('an error is one string with all its causes', () => {
  const error = new Error('outer', { cause: new Error('inner') });
  assert.equal(JSON.parse(lineOf('failed', { error })).error, 'outer: inner');
});

test('no value of a field can break a line', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const fields = { big: 2n ** 64n, circular, none: undefined, list: [1n], f: () => 1 };
  const read = JSON.parse(lineOf('odd', fields));
  assert.deepEqual(
    { ...read, ts: '' },
    {
      level: 'info',
      ts: '',
      caller: 'wal',
      big: '18446744073709551616',
      circular: '[object Object]',
      list: ['1'],
      msg: 'odd',
    },
  );
});

test('lines below the level are not written', () => {
  const lines: string[] = [];
  const log = jsonLog('warn', { write: (line) => lines.push(line) });
  log.debug('no');
  log.info('no');
  log.warn('yes');
  log.error('yes');
  assert.equal(lines.length, 2);
});

test('a log file is appended to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  try {
    const path = join(folder, 'a.log');
    new LogFile(path).write('one\n');
    new LogFile(path).write('two\n');
    assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a descriptor that cannot be written does not throw', () => {
  new LogFile(1_000_000).write('lost\n');
});
