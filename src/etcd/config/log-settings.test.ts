import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogSettings, logLevelProblem, readLogSettings } from './log-settings.ts';
import { Settings } from './settings.ts';

function read(values: Readonly<Record<string, string | boolean | readonly string[]>>) {
  const settings = new Settings();
  for (const [name, value] of Object.entries(values)) settings.set(name, value);
  return { level: logLevelProblem(settings), read: readLogSettings(settings) };
}

function settingsOf(values: Parameters<typeof read>[0]): LogSettings {
  const result = read(values).read;
  assert.ok(result.ok);
  return result.value;
}

test('levels are those of zap, in any case', () => {
  const levelOf = (text: string) => settingsOf({ 'log-level': text }).level;
  const texts = ['', 'DEBUG', 'warning', 'error', 'dpanic', 'panic', 'fatal'];
  assert.deepEqual(texts.map(levelOf), [
    ...['info', 'debug', 'warn', 'error', 'fatal', 'fatal', 'fatal'],
  ]);
  assert.equal(read({ 'log-level': 'trace' }).level, 'unrecognized level: "trace"');
});

test('/dev/null silences every other output', () => {
  assert.deepEqual(settingsOf({ 'log-outputs': ['a', '/dev/null'] }).outputs, ['/dev/null']);
});

test('a rotation leaves out what is not said', () => {
  const values = { 'enable-log-rotation': true, 'log-outputs': ['a', 'stderr'] };
  assert.deepEqual(settingsOf(values).rotation?.megabytesMax, 100);
  const json = '{"MaxSize": 3, "maxage": 2, "maxbackups": 1, "localtime": true, "compress": true}';
  assert.deepEqual(settingsOf({ ...values, 'log-rotation-config-json': json }).rotation, {
    megabytesMax: 3,
    daysMax: 2,
    backupsMax: 1,
    usesLocalTime: true,
    compresses: true,
  });
});

const rotating = { 'enable-log-rotation': true, 'log-outputs': ['a'] };
const oneFile =
  '--log-outputs requires a single file path when --log-rotate-config-json is defined';
const refusals: readonly (readonly [Parameters<typeof read>[0], string])[] = [
  [{ logger: 'capnslog' }, '--logger=capnslog is removed in v3.5'],
  [{ logger: 'foo' }, 'unknown logger option "foo"'],
  [{ 'log-format': 'x' }, 'unknown log format: x, supported values json, console'],
  [
    { 'log-outputs': ['stdout', 'systemd/journal'] },
    'running with systemd/journal but other \'--log-outputs\' values (["stdout" ' +
      "\"systemd/journal\"]) are configured with 'default'; override 'default' value with " +
      'something else',
  ],
  [{ ...rotating, 'log-outputs': ['default'] }, oneFile],
  [{ ...rotating, 'log-outputs': ['a', 'b'] }, oneFile],
  [
    { ...rotating, 'log-rotation-config-json': '' },
    'improperly formatted log rotation config: unexpected end of JSON input',
  ],
  [
    { ...rotating, 'log-rotation-config-json': '{"maxsize": "a"}' },
    'invalid log rotation config: json: cannot unmarshal string into Go struct field ' +
      'logRotationConfig.Logger.maxsize of type int',
  ],
  [
    { ...rotating, 'log-rotation-config-json': '{"compress": 1}' },
    'invalid log rotation config: json: cannot unmarshal number into Go struct field ' +
      'logRotationConfig.Logger.compress of type bool',
  ],
];

for (const [values, message] of refusals) {
  test(`refused: ${JSON.stringify(values)}`, () => {
    assert.deepEqual(read(values).read, { ok: false, error: message });
  });
}
