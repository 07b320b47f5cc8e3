/*
 * Makes src/etcd/proto/generated/ from proto/.
 *   node tools/gen-proto.ts           writes the files
 *   node tools/gen-proto.ts --check   exits 1 when they are not what would be written
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emitPackage } from './gen-proto/emit-codec.ts';
import { emitDescriptors } from './gen-proto/emit-descriptors.ts';
import { readModel } from './gen-proto/model.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'src/etcd/proto/generated');

function generate(): ReadonlyMap<string, string> {
  const model = readModel(join(root, 'proto'));
  const files = new Map<string, string>();
  for (const pkg of model.packages) files.set(`${pkg.module}.ts`, emitPackage(model, pkg));
  return files.set('descriptors.ts', emitDescriptors(model));
}

function existing(): ReadonlyMap<string, string> {
  mkdirSync(target, { recursive: true });
  return new Map(
    readdirSync(target).map((name) => [name, readFileSync(join(target, name), 'utf8')]),
  );
}

function staleFiles(wanted: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>) {
  const names = new Set([...wanted.keys(), ...found.keys()]);
  return [...names].filter((name) => wanted.get(name) !== found.get(name));
}

const wanted = generate();
const stale = staleFiles(wanted, existing());
if (process.argv.includes('--check')) {
  for (const name of stale) process.stderr.write(`stale: src/etcd/proto/generated/${name}\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const name of stale) {
    const content = wanted.get(name);
    if (content === undefined) rmSync(join(target, name));
    else writeFileSync(join(target, name), content);
  }
}
