import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import type { LogSettings } from '../config/log-settings.ts';
import { type Journal, openJournal } from './journal.ts';
import { openLogOutputs } from './log-outputs.ts';

const settings: LogSettings = {
  level: 'info',
  format: 'json',
  outputs: [],
  rotation: undefined,
};

function directory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'etcd-ts-log-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

test('every line goes to every output, and files are appended to', (t) => {
  const dir = directory(t);
  const [a, b] = [join(dir, 'a'), join(dir, 'b')];
  writeFileSync(a, 'before\n');
  openLogOutputs({ ...settings, outputs: [a, `file://${b}`] }, systemClock).write('line\n');
  assert.equal(readFileSync(a, 'utf8'), 'before\nline\n');
  assert.equal(readFileSync(b, 'utf8'), 'line\n');
});

test('an output that cannot be opened is refused in the words of etcd', () => {
  const opening = (output: string) => () =>
    openLogOutputs({ ...settings, outputs: [output] }, systemClock);
  assert.throws(opening('/none/x'), {
    message: 'open sink "/none/x": open /none/x: no such file or directory',
  });
  assert.throws(opening('foo:bar'), {
    message: 'open sink "foo:bar": no sink found for scheme "foo"',
  });
});

test('without a journal the start ends as in etcd', () => {
  const journal: Journal = { socketPath: '/none/socket', command: ['none'] };
  const opening = () =>
    openLogOutputs({ ...settings, outputs: ['systemd/journal'] }, systemClock, journal);
  assert.throws(opening, {
    message: "can't find journal (dial unixgram /none/socket: connect: no such file or directory)",
  });
});

test('the journal gets each line with its priority in front', async (t) => {
  const dir = directory(t);
  const written = join(dir, 'journal');
  const script =
    'IFS= read -r a; IFS= read -r b; printf "%s\\n" "$a" "$b" > "$1.new"; mv "$1.new" "$1"';
  const journal: Journal = { socketPath: dir, command: ['sh', '-c', script, 'sh', written] };
  const changes = watch(dir);
  t.after(() => changes.close());
  const log = openLogOutputs({ ...settings, outputs: ['systemd/journal'] }, systemClock, journal);
  log.write('{"level":"warn","msg":"a"}\n');
  log.write('2026-11-26T14:51:30.569Z\terror\twal\tb\n');
  while (!existsSync(written)) await once(changes, 'change');
  assert.equal(
    readFileSync(written, 'utf8'),
    '<4>{"level":"warn","msg":"a"}\n<3>2026-11-26T14:51:30.569Z\terror\twal\tb\n',
  );
});

test('a journal that takes nothing keeps a bounded part of the lines from the fallback', (t) => {
  const dir = directory(t);
  const journal: Journal = { socketPath: dir, command: ['sleep', '1'] };
  const fallback: string[] = [];
  const log = openJournal(journal, { write: (line) => void fallback.push(line) });
  const line = `{"level":"info","msg":"${'x'.repeat(100_000)}"}\n`;
  for (let count = 0; count < 100; count++) log.write(line);
  assert.ok(fallback.length > 80, `${fallback.length} of 100 lines went to the fallback`);
});
