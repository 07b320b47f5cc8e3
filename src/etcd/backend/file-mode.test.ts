import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type LogFields, silentLog } from '../../base/log.ts';
import { keepToOwner } from './file-mode.ts';

test('rights of others are taken once, and it is said', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'file-mode-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'store');
  writeFileSync(path, '');
  chmodSync(path, 0o644);
  const said: (LogFields | undefined)[] = [];
  const log = { ...silentLog, info: (_msg: string, fields?: LogFields) => void said.push(fields) };
  const fd = openSync(path, 'r');
  keepToOwner(fd, path, log);
  keepToOwner(fd, path, log);
  closeSync(fd);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(said, [{ path, mode: '0644' }]);
});
