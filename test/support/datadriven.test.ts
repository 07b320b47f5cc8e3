import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { argument, type Command, runScenario } from './datadriven.ts';

async function run(text: string, handle: (command: Command) => string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
  try {
    const path = join(folder, 'one.txt');
    writeFileSync(path, text);
    await runScenario(path, handle);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a command has a name, arguments, lists, bare words and input', async () => {
  const seen: Command[] = [];
  await run('# note\nput key=a to=(1, 2) force\nmore\n----\nok\n\nnext\n----\n', (command) => {
    seen.push(command);
    return command.name === 'put' ? 'ok\n' : '';
  });
  assert.deepEqual(
    seen.map((command) => command.name),
    ['put', 'next'],
  );
  const [put] = seen;
  assert.ok(put !== undefined);
  assert.equal(argument(put, 'key'), 'a');
  assert.deepEqual(put.args.get('to'), ['1', '2']);
  assert.deepEqual(put.args.get('force'), []);
  assert.equal(put.input, 'more');
});

test('output that holds an empty line stands between doubled markers', async () => {
  await run('show\n----\n----\na\n\nb\n----\n----\n\nnext\n----\nok\n', (command) =>
    command.name === 'show' ? 'a\n\nb' : 'ok',
  );
});

test('an output that differs fails and names the file and line', async () => {
  const failing = run('\nput\n----\nok\n', () => 'not ok');
  await assert.rejects(failing, /one\.txt:2/);
});
