import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { etcdTsVersion, servedEtcdVersion, versionText } from './version.ts';

test("our version is package.json's", () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  assert.equal((JSON.parse(text) as { version: string }).version, etcdTsVersion);
});

test("the version text begins with etcd's four lines and ends with ours", () => {
  assert.deepEqual(versionText('linux', 'x64', 'v26.10.0').split('\n'), [
    `etcd Version: ${servedEtcdVersion}`,
    'Git SHA: none',
    'Go Version: none (Node.js v26.10.0)',
    'Go OS/Arch: linux/amd64',
    `etcd-ts Version: ${etcdTsVersion}`,
    '',
  ]);
});
