/**
 * Runs every generator (`tools/gen-*.ts`). With `--check` it fails when a generated file was stale,
 * and leaves the fresh one behind for the commit.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';

const generated = [
  'src/etcd/proto/generated/*',
  'src/etcd/proto/descriptors.ts',
  'crds/*',
  'docs/openapi.json',
];

const before = digests();
for (const name of readdirSync('tools').sort()) {
  if (!/^gen-[a-z-]+\.ts$/.test(name) || name.endsWith('.test.ts')) continue;
  execFileSync(process.execPath, [`tools/${name}`], { stdio: 'inherit' });
}
const after = digests();
const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
  (path) => before.get(path) !== after.get(path),
);
for (const path of stale) console.log(`${path}: ${before.has(path) ? 'rewritten' : 'new'}`);
if (process.argv.includes('--check') && stale.length > 0) process.exitCode = 1;

function digests(): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of globSync(generated)) {
    if (!existsSync(path)) continue;
    found.set(path, createHash('sha256').update(readFileSync(path)).digest('hex'));
  }
  return found;
}
