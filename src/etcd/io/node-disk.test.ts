import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { type Disk, readWholeFile, replaceFile } from './disk.ts';
import { nodeDisk } from './node-disk.ts';

/** One contract, kept by the real disk and by the one tests run on. */
const disks: { name: string; make: (t: TestContext) => { disk: Disk; dir: string } }[] = [
  { name: 'real', make: (t) => ({ disk: nodeDisk, dir: folder(t) }) },
  { name: 'memory', make: () => ({ disk: new MemoryDisk(), dir: '/d' }) },
];

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'disk-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

test('a folder that cannot be made is an error: below a file, or where the system takes none', async (t) => {
  const dir = folder(t);
  writeFileSync(join(dir, 'file'), '');
  await assert.rejects(nodeDisk.makeDir(join(dir, 'file')), { code: 'EEXIST' });
  await assert.rejects(nodeDisk.makeDir(join(dir, 'file', 'a', 'b')), { code: 'ENOTDIR' });
  if (process.platform !== 'linux') return;
  await assert.rejects(nodeDisk.makeDir('/proc/a/b'), /cannot make the folder \/proc\/a: /);
});

test('a folder may be a link to one', async (t) => {
  const dir = folder(t);
  await nodeDisk.makeDir(join(dir, 'a'));
  symlinkSync(join(dir, 'a'), join(dir, 'link'));
  await nodeDisk.makeDir(join(dir, 'link'));
  await nodeDisk.makeDir(join(dir, 'link', 'b', 'c'));
  assert.deepEqual(await nodeDisk.list(join(dir, 'a', 'b')), ['c']);
});

for (const { name, make } of disks) {
  test(`${name} disk: what is written is read, and an open file survives a rename of its folder`, async (t) => {
    const { disk, dir } = make(t);
    await disk.makeDir(`${dir}/a/b`);
    const file = await disk.open(`${dir}/a/b/f`, 'create');
    await file.write(Buffer.from('hello'), 3);
    await disk.rename(`${dir}/a/b`, `${dir}/a/c`);
    await file.write(Buffer.from('J'), 3);
    await file.sync();
    assert.equal(await file.size(), 8);
    await file.close();
    const bytes = await readWholeFile(disk, `${dir}/a/c/f`);
    assert.equal(Buffer.from(bytes).toString(), '\0\0\0Jello');
    assert.equal(await disk.exists(`${dir}/a/b`), false);
  });

  test(`${name} disk: a durable write lies among the others and survives a rename`, async (t) => {
    const { disk, dir } = make(t);
    await disk.makeDir(`${dir}/a`);
    const file = await disk.open(`${dir}/a/f`, 'create');
    await file.write(Buffer.from('hello world'), 0);
    await disk.rename(`${dir}/a`, `${dir}/b`);
    await file.writeDurably(Buffer.from('J'), 0);
    await file.writeDurably(Buffer.from('!'), 11);
    await file.close();
    const bytes = await readWholeFile(disk, `${dir}/b/f`);
    assert.equal(Buffer.from(bytes).toString(), 'Jello world!');
    const reading = await disk.open(`${dir}/b/f`, 'read');
    await assert.rejects(reading.writeDurably(Buffer.from('x'), 0), { code: 'EBADF' });
    await reading.close();
  });

  test(`${name} disk: a read past the end returns what there is`, async (t) => {
    const { disk, dir } = make(t);
    await disk.makeDir(dir);
    const file = await disk.open(`${dir}/f`, 'create');
    await file.write(Buffer.from('abc'), 0);
    assert.equal(await file.read(Buffer.alloc(10), 1), 2);
    assert.equal(await file.read(Buffer.alloc(10), 9), 0);
    await file.truncate(1);
    assert.equal(await file.size(), 1);
    await file.close();
  });

  test(`${name} disk: create empties, write needs a file, removing a missing one is fine`, async (t) => {
    const { disk, dir } = make(t);
    await disk.makeDir(dir);
    await replaceFile(disk, dir, 'f', Buffer.from('old'));
    assert.deepEqual(await disk.list(dir), ['f']);
    await (await disk.open(`${dir}/f`, 'create')).close();
    assert.equal((await readWholeFile(disk, `${dir}/f`)).length, 0);
    await assert.rejects(disk.open(`${dir}/missing`, 'write'), { code: 'ENOENT' });
    await assert.rejects(disk.list(`${dir}/missing`), { code: 'ENOENT' });
    await disk.remove(`${dir}/missing`);
    await disk.removeDir(`${dir}/missing`);
    await disk.syncDir(dir);
  });

  test(`${name} disk: a lock is held once and can be taken again when released`, async (t) => {
    const { disk, dir } = make(t);
    await disk.makeDir(dir);
    const lock = await disk.lock(`${dir}/l`);
    await assert.rejects(disk.lock(`${dir}/l`), { name: 'DiskLockedError' });
    await lock.release();
    await (await disk.lock(`${dir}/l`)).release();
  });
}

test('a lock held by another process is refused and is free as soon as that process is killed', async (t) => {
  const dir = folder(t);
  const script = join(dir, 'holder.mjs');
  const module = new URL('node-disk.ts', import.meta.url).href;
  writeFileSync(
    script,
    `const { nodeDisk } = await import('${module}');
     globalThis.held = await nodeDisk.lock('${dir}/l');
     process.on('message', () => {});
     process.send('held');`,
  );
  const holder = fork(script);
  await once(holder, 'message');
  await assert.rejects(nodeDisk.lock(`${dir}/l`), /another process is using this data/);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await nodeDisk.lock(`${dir}/l`)).release();
});

test('memory disk: a durable write saves its own bytes from a power loss and no others', async () => {
  const disk = new MemoryDisk();
  const file = await disk.open('/f', 'create');
  await disk.syncDir('/');
  await file.write(Buffer.alloc(512, 'a'), 0);
  await file.writeDurably(Buffer.alloc(512, 'b'), 512);
  disk.crash();
  const bytes = Buffer.from(await readWholeFile(disk, '/f'));
  assert.equal(bytes.toString(), '\0'.repeat(512) + 'b'.repeat(512));
});
