import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { JwtTokens } from './jwt-token.ts';

const ann = { username: 'ann', revision: 7 };
const secret = Buffer.from('0123456789abcdef0123456789abcdef');

function tokensOf(
  signMethod: string,
  keys: { readonly publicKey?: string; readonly privateKey?: string | Buffer },
): JwtTokens {
  const bytes = (key: string | Buffer | undefined): Uint8Array | undefined =>
    key === undefined ? undefined : Buffer.from(key);
  return new JwtTokens({
    signMethod,
    publicKey: bytes(keys.publicKey),
    privateKey: bytes(keys.privateKey),
    ttlMs: 60_000,
    verifiedMax: 2,
    verifiedBytesMax: 4_096,
  });
}

function pem(method: string): { publicKey: string; privateKey: string } {
  const encoding = {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  } as const;
  if (method === 'EdDSA') return generateKeyPairSync('ed25519', encoding);
  const namedCurve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[method];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve, ...encoding });
  return generateKeyPairSync('rsa', { modulusLength: 2_048, ...encoding });
}

/** A token that nobody but the test makes. */
function madeByHand(header: object, claims: object): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

for (const method of ['RS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA']) {
  test(`what a private key signs with ${method} its public key alone verifies`, async () => {
    const keys = pem(method);
    const token = await tokensOf(method, { privateKey: keys.privateKey }).sign(ann, 0);
    const verifier = tokensOf(method, { publicKey: keys.publicKey });
    assert.deepEqual(await verifier.verify(token, 1_000), ann);
    await assert.rejects(verifier.sign(ann, 0), { name: 'TokenVerifyOnly' });
  });
}

test('a token has the bytes that etcd would make of the same claims', async () => {
  const token = await tokensOf('HS256', { privateKey: secret }).sign(ann, 5_000);
  const claims = { exp: 65, revision: 7, username: 'ann' };
  assert.equal(token, madeByHand({ alg: 'HS256', typ: 'JWT' }, claims));
});

test('a token ends with its time, also one that was verified before', async () => {
  const tokens = tokensOf('HS256', { privateKey: secret });
  const token = await tokens.sign(ann, 0);
  assert.deepEqual(await tokens.verify(token, 59_000), ann);
  assert.deepEqual(tokens.verify(token, 59_999), ann);
  assert.throws(() => tokens.verify(token, 60_000), { name: 'InvalidAuthToken' });
  await assert.rejects(async () => tokens.verify(token, 61_000), { name: 'InvalidAuthToken' });
});

test('only so many verified tokens are remembered', async () => {
  const tokens = tokensOf('HS256', { privateKey: secret });
  const [first = '', second = '', third = ''] = await Promise.all(
    [1, 2, 3].map((revision) => tokens.sign({ username: 'u', revision }, 0)),
  );
  for (const token of [first, second, third]) await tokens.verify(token, 0);
  assert.ok(tokens.verify(first, 0) instanceof Promise);
  assert.deepEqual(tokens.verify(third, 0), { username: 'u', revision: 3 });
});

test('a token of another method, key or shape is none', async () => {
  const tokens = tokensOf('HS256', { privateKey: secret });
  const claims = { username: 'ann', revision: 7, exp: 60 };
  const header = { alg: 'HS256' };
  assert.deepEqual(await tokens.verify(madeByHand(header, claims), 0), ann);
  const bad = [
    madeByHand({ alg: 'HS512' }, claims),
    madeByHand({ alg: 'none' }, claims),
    madeByHand(header, { revision: 7, exp: 60 }),
    madeByHand(header, { ...claims, username: 5 }),
    madeByHand(header, { ...claims, revision: '7' }),
    madeByHand(header, { ...claims, exp: 'soon' }),
    madeByHand(header, { ...claims, nbf: 100 }),
    `${madeByHand(header, claims)}x`,
    await tokensOf('HS256', { privateKey: Buffer.alloc(32) }).sign(ann, 0),
    'a.b.c',
    '',
  ];
  for (const token of bad) {
    await assert.rejects(async () => tokens.verify(token, 0), { name: 'InvalidAuthToken' }, token);
  }
});

test('a token without an end is good, and verified each time', async () => {
  const tokens = tokensOf('HS256', { privateKey: secret });
  const token = madeByHand({ alg: 'HS256' }, { username: 'ann', revision: 7 });
  assert.deepEqual(await tokens.verify(token, 0), ann);
  assert.ok(tokens.verify(token, 0) instanceof Promise);
});

test('keys that are missing, do not fit the method or each other are refused at once', () => {
  const [rsa, other, ec] = [pem('RS256'), pem('RS256'), pem('ES256')];
  assert.throws(() => tokensOf('RS256', {}), /missing key data/);
  assert.throws(() => tokensOf('HS256', { publicKey: rsa.publicKey }), /missing key data/);
  const mismatch = { publicKey: rsa.publicKey, privateKey: other.privateKey };
  assert.throws(() => tokensOf('RS256', mismatch), /don't match/);
  assert.throws(() => tokensOf('RS256', ec), /not one for RS256/);
  assert.throws(() => tokensOf('ES384', ec), /not one for ES384/);
  assert.throws(() => tokensOf('ES256', { privateKey: 'no key' }));
});
