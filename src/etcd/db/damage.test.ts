import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { rounds } from '../../../test/support/rounds.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import { runDb } from './db.ts';

const golden = JSON.parse(
  readFileSync(new URL('../snap/testdata/etcd-snapshot.json', import.meta.url), 'utf8'),
) as { fileGzipBase64: string };
const snapshot = gunzipSync(Buffer.from(golden.fileGzipBase64, 'base64'));

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'db-damage-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

async function db(...argv: string[]): Promise<{ code: number; err: string }> {
  let err = '';
  const code = await runDb(argv, {
    out: { write: () => {} },
    err: { write: (text) => (err += text) },
  });
  return { code, err };
}

function freshRandom(t: TestContext): Random {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  t.diagnostic(`seed ${seed}`);
  return seededRandom(seed);
}

/** Some bytes become others, mostly where a file says how it is built. */
function damaged(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const page = 4096 * random.below(Math.floor(copy.length / 4096));
    const at = random.below(2) === 0 ? page + random.below(128) : random.below(copy.length);
    copy[at] = random.below(4) === 0 ? 0xff : random.below(256);
  }
  return copy;
}

test('a cut snapshot is refused by name, wherever it is cut', async (t) => {
  const dir = folder(t);
  const path = join(dir, 'cut.db');
  const random = freshRandom(t);
  for (let round = 0; round < rounds(10); round += 1) {
    writeFileSync(path, snapshot.subarray(0, random.below(snapshot.length - 32)));
    for (const command of ['status', 'hash']) {
      const { code, err } = await db(command, path);
      assert.equal(code, 1);
      assert.match(err, /^Error: .*cut\.db: /);
    }
  }
});

test('a damaged snapshot is read or refused with a reason, and leaves nothing behind', async (t) => {
  const dir = folder(t);
  const path = join(dir, 'damaged.db');
  const target = join(dir, 'data');
  const random = freshRandom(t);
  let refused = 0;
  for (let round = 0; round < 100; round += 1) {
    writeFileSync(path, damaged(snapshot, random));
    const restore = ['restore', path, '--skip-hash-check', `--data-dir=${target}`];
    const import_ = ['import', path, '--skip-hash-check', `--data-dir=${target}`];
    const reads = [
      ['status', path],
      ['hash', path],
    ];
    // What is written is synced, which takes its time.
    const writes = round % 6 < rounds(2) ? [round % 2 ? restore : import_] : [];
    for (const argv of [...reads, ...writes]) {
      const { code, err } = await db(...argv);
      assert.ok(code === 0 || code === 1, `${argv.join(' ')}: ${code}`);
      if (code === 0) continue;
      refused += 1;
      assert.match(err, /^Error: .*damaged\.db/, argv.join(' '));
      assert.doesNotMatch(err, /undefined|\[object|NaN|RangeError|TypeError/, err);
      assert.ok(!existsSync(target), 'nothing is left of what was refused');
    }
    rmSync(target, { recursive: true, force: true });
  }
  assert.ok(refused > 10, `only ${refused} refused`);
});

test('a snapshot whose hash is wrong or missing is refused in etcdutl’s words', async (t) => {
  const dir = folder(t);
  const [wrong, bare] = [join(dir, 'wrong.db'), join(dir, 'bare.db')];
  const bytes = Buffer.from(snapshot);
  bytes[5000] = (bytes[5000] as number) ^ 1;
  writeFileSync(wrong, bytes);
  writeFileSync(bare, snapshot.subarray(0, snapshot.length - 32));
  const into = `--data-dir=${join(dir, 'data')}`;
  const { err } = await db('restore', wrong, into);
  assert.match(err, /^Error: expected sha256 \[(\d+ ){31}\d+\], got \[(\d+ ){31}\d+\]\n$/);
  const missing = await db('restore', bare, into);
  assert.equal(missing.err, 'Error: snapshot missing hash but --skip-hash-check=false\n');
  assert.deepEqual(readdirSync(dir).sort(), ['bare.db', 'wrong.db']);
});
