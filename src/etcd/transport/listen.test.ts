import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listenOn } from './listen.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'listen-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function newServer(t: TestContext) {
  const server = createServer();
  t.after(() => void server.close());
  return server;
}

test('a file or an empty folder in the place of a socket is replaced', async (t) => {
  const folder = folderOf(t);
  const [file, dir] = [join(folder, 'file'), join(folder, 'dir')];
  writeFileSync(file, 'left behind');
  mkdirSync(dir);
  for (const path of [file, dir]) {
    await listenOn(newServer(t), { kind: 'unix', path });
    assert.ok(statSync(path).isSocket());
  }
});

test('what cannot be replaced or made is refused in the words of etcd', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'kept'), '');
  await assert.rejects(listenOn(newServer(t), { kind: 'unix', path: folder }), {
    message: `remove ${folder}: directory not empty`,
  });
  const path = join(folder, 'none', 'x');
  await assert.rejects(listenOn(newServer(t), { kind: 'unix', path }), {
    message: `listen unix ${path}: bind: no such file or directory`,
  });
});

test('two servers may share a port if both say so', async (t) => {
  const first = newServer(t);
  const shared = { kind: 'tcp', host: '127.0.0.1', isShared: true } as const;
  await listenOn(first, { ...shared, port: 0 });
  const { port } = first.address() as AddressInfo;
  await listenOn(newServer(t), { ...shared, port });
  await assert.rejects(listenOn(newServer(t), { ...shared, port, isShared: false }), {
    message: `listen tcp 127.0.0.1:${port}: bind: address already in use`,
  });
});
