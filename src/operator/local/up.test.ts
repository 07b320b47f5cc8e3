import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parseUpArguments } from './up.ts';

test('a manifest is all that is needed', () => {
  assert.deepEqual(parseUpArguments(['-f', 'a.yaml']), {
    kind: 'options',
    options: { file: 'a.yaml', dir: resolve('.etcd-ts'), basePort: 2379, failover: true },
  });
});

test('every argument is understood, with a space or an equals sign', () => {
  const parsed = parseUpArguments([
    '--file=a.yaml',
    '--dir=d=1',
    '--port',
    '25000',
    '--no-failover',
  ]);
  assert.deepEqual(parsed, {
    kind: 'options',
    options: { file: 'a.yaml', dir: resolve('d=1'), basePort: 25_000, failover: false },
  });
});

for (const [argv, words] of [
  [[], /which manifest/],
  [['-f'], /-f needs a value/],
  [['-f', 'a', '--unknown'], /unknown argument "--unknown"/],
  [['-f', 'a', '--port', 'http'], /--port must be a number/],
  [['-f', 'a', '--port', '0'], /--port must be a number/],
  [['-f', 'a', '--port', '65000'], /--port must be a number/],
] as const) {
  test(`it refuses: ${argv.join(' ')}`, () => {
    const parsed = parseUpArguments(argv);
    assert.equal(parsed.kind, 'refused');
    assert.match(parsed.message, words);
  });
}

test('help is help wherever it stands', () => {
  assert.equal(parseUpArguments(['-f', 'a', '--help']).kind, 'help');
});
