import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Log, type LogFields, silentLog } from '../../base/log.ts';
import { notifyReady } from './notify-ready.ts';

async function told(socket: string | undefined, ...command: [string, ...string[]]) {
  const lines: (readonly [level: string, msg: string, error?: unknown])[] = [];
  const log: Log = {
    ...silentLog,
    info: (msg: string) => void lines.push(['info', msg]),
    error: (msg: string, fields: LogFields = {}) =>
      void lines.push(['error', msg, fields['error']]),
  };
  await notifyReady(socket, log, command);
  return lines;
}

const asked = ['info', 'notifying init daemon'];
const failed = 'failed to notify systemd for readiness';

test('a service manager that waits for it is told, in etcd’s words', async () => {
  const lines = await told('/run/notify', 'true');
  assert.deepEqual(lines, [asked, ['info', 'successfully notified init daemon']]);
});

test('nobody is told where nobody waits', async () => {
  assert.deepEqual(await told(undefined, 'false'), []);
  assert.deepEqual(await told('', 'false'), []);
});

test('a program that fails, or is not there, is an error in the log and nothing else', async () => {
  const refused = await told('/run/notify', 'sh', '-c', 'echo no such socket >&2; exit 1');
  assert.deepEqual(refused, [asked, ['error', failed, 'sh: no such socket']]);
  const missing = await told('/run/notify', 'no-such-program-here');
  assert.deepEqual(missing, [asked, ['error', failed, 'Error: spawn no-such-program-here ENOENT']]);
  const impossible = await told('/run/notify', 'a name\0that no file has');
  assert.deepEqual(impossible.slice(0, 1), [asked]);
  assert.match(String(impossible[1]), /failed to notify systemd.*null bytes/);
});
