/** Golden files: what the code produced once, read by people, compared by machines. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const rewriting = process.env['REWRITE'] === '1';

/** Fails when the file differs from `actual`; `npm run test:rewrite` writes it instead. */
export function assertGolden(path: string, actual: string): void {
  if (rewriting) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  assert.ok(existsSync(path), `${path} is missing: npm run test:rewrite makes it`);
  assert.equal(actual, readFileSync(path, 'utf8'), `${path} differs: npm run test:rewrite`);
}

/** The same for bytes, kept as lines of hexadecimal digits so that a difference can be read. */
export function assertGoldenBytes(path: string, actual: Uint8Array): void {
  const hex = Buffer.from(actual).toString('hex');
  assertGolden(path, `${hex.match(/.{1,64}/g)?.join('\n') ?? ''}\n`);
}
