import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readStorageFacts, type StorageFacts } from './storage-facts.ts';

/** In mounts that only these commands see. */
function inOwnMounts(commands: string, script = ''): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync('unshare', ['-m', 'sh', '-ec', commands], {
    encoding: 'utf8',
    env: { ...process.env, SCRIPT: script },
    timeout: 20_000,
  });
  return { status, stdout };
}

/** Reads the facts of `dir/m` after the commands, which run in `dir` with mounts of their own. */
function factsAfter(commands: string): StorageFacts | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'storage-facts-'));
  const module = join(import.meta.dirname, 'storage-facts.ts');
  const script = `import { readStorageFacts } from '${module}';
    process.stdout.write(JSON.stringify(await readStorageFacts('${dir}/m')));`;
  try {
    const node = `'${process.execPath}' --input-type=module-typescript -e "$SCRIPT"`;
    const { status, stdout } = inOwnMounts(`cd '${dir}'; mkdir m; ${commands}; ${node}`, script);
    return status === 0 ? (JSON.parse(stdout) as StorageFacts) : undefined;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const isMounting = process.getuid?.() === 0 && inOwnMounts('mount -t tmpfs x /mnt').status === 0;
const skip = isMounting ? false : 'only root may mount';

test('the folder of this process has a file system and a kernel', async () => {
  const facts = await readStorageFacts(tmpdir());
  assert.notEqual(facts.fileSystem, '');
  assert.match(facts.kernel, /^\d+\.\d+/);
});

test('a folder that is not there is an error', async () => {
  await assert.rejects(readStorageFacts('/nowhere/at/all'), /ENOENT/);
});

test('a real tmpfs is seen', { skip }, () => {
  const facts = factsAfter('mount -t tmpfs memory m');
  assert.equal(facts?.fileSystem, 'tmpfs');
  assert.equal(facts?.source, 'memory');
});

test('a real overlay is seen', { skip }, (t) => {
  // An overlay cannot have an overlay as its upper layer, so everything is on a tmpfs.
  const layers = 'mkdir t; mount -t tmpfs x t; mkdir t/low t/up t/work';
  const options = 'lowerdir=t/low,upperdir=t/up,workdir=t/work';
  const facts = factsAfter(`${layers}; mount -t overlay overlay -o ${options} m`);
  if (facts === undefined) return t.skip('no overlay here');
  assert.equal(facts.fileSystem, 'overlay');
});

for (const [feature, fastCommit] of [
  ['fast_commit', 'on'],
  ['^fast_commit', 'off'],
] as const) {
  test(`a real ext4 with ${feature} is seen by root`, { skip }, (t) => {
    const make = `truncate -s 16M i; mkfs.ext4 -q -O ${feature} i`;
    const facts = factsAfter(`${make}; mount -o loop i m`);
    if (facts === undefined) return t.skip('no ext4 or loop device here');
    assert.equal(facts.fileSystem, 'ext4');
    assert.equal(facts.fastCommit, fastCommit);
  });
}
