import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../base/bytes.ts';
import { decodeHash, encodeHash } from './password-hash.ts';
import { PasswordHasher } from './password-hasher.ts';

const hasher = (queuedMax = 10): PasswordHasher =>
  new PasswordHasher({ cost: 4, hashesMax: 2, queuedMax });

test('a hash is of the form that Go writes, and only its password matches it', async () => {
  const passwords = hasher();
  const hash = await passwords.hash('secret');
  assert.match(hash, /^\$2a\$04\$.{53}$/);
  assert.equal(await passwords.matches('secret', utf8Bytes(hash)), true);
  assert.equal(await passwords.matches('Secret', utf8Bytes(hash)), false);
});

test('a hash that Go made matches, under either of its names', async () => {
  const hash = '$2a$04$IFZy5WqTARkBgBq8j8Lug.Eu8faMfc3.Fzy1fcn4bB7HTtbCoNQe6';
  for (const name of ['$2a$', '$2b$']) {
    const named = utf8Bytes(hash.replace('$2a$', name));
    assert.equal(await hasher().matches('Go password', named), true);
    assert.equal(await hasher().matches('another password', named), false);
  }
});

test('nothing matches what is no hash', async () => {
  assert.equal(await hasher().matches('', new Uint8Array(0)), false);
  assert.equal(await hasher().matches('x', utf8Bytes('x')), false);
});

test('a password of more bytes than bcrypt takes is refused', async () => {
  await assert.rejects(hasher().hash('é'.repeat(37)), { name: 'PasswordTooLong' });
  assert.match(await hasher().hash('é'.repeat(36)), /^\$2a\$/);
});

test('passwords beyond the bound are refused, and all others get their turn', async () => {
  const passwords = hasher(3);
  const asked = Array.from({ length: 8 }, () => passwords.hash('x'));
  const settled = await Promise.allSettled(asked);
  assert.deepEqual(
    settled.map(({ status }) => status),
    [...Array(5).fill('fulfilled'), ...Array(3).fill('rejected')],
  );
  assert.match(await passwords.hash('x'), /^\$2a\$/);
});

test('a hash travels as base64, and anything else is refused', () => {
  const request = (password: string, hashedPassword: string) => ({ password, hashedPassword });
  const hash = utf8Bytes('$2a$04$abc');
  assert.deepEqual(decodeHash(request('', encodeHash('$2a$04$abc'))), hash);
  assert.deepEqual(decodeHash(request('', '')), new Uint8Array(0));
  assert.deepEqual(decodeHash(request('', 'aG\nk=\r\n')), utf8Bytes('hi'));
  for (const text of ['?', 'aGk', 'aGk==', 'a-_=', '=']) {
    assert.throws(() => decodeHash(request('', text)), { name: 'NoPasswordUser' });
  }
  assert.throws(() => decodeHash(request('plain', '')), { name: 'NoPasswordUser' });
});
