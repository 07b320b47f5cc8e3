import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleLog, jsonLog, type LogFields } from './log.ts';

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

test('lines below the level are not written', () => {
  const lines: string[] = [];
  const log = jsonLog('warn', { write: (line) => lines.push(line) });
  log.debug('no');
  log.info('no');
  log.warn('yes');
  log.error('yes');
  assert.equal(lines.length, 2);
});

test('lines for people have time, level, caller, sentence and the fields between tabs', () => {
  const lines: string[] = [];
  const log = consoleLog('info', { write: (line) => lines.push(line) }).child('wal');
  log.debug('no');
  log.warn('slow', { ms: 3, error: new Error('outer', { cause: new Error('inner') }) });
  log.info('plain');
  assert.match(
    lines.join(''),
    /^\S+Z\twarn\twal\tslow\t\{"ms": 3, "error": "outer: inner"\}\n\S+Z\tinfo\twal\tplain\n$/,
  );
});
