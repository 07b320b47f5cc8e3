import assert from 'node:assert/strict';
import { test } from 'node:test';
import { revokedSerials } from './revocation-list.ts';

/** Made with `openssl ca -gencrl`: one revoked certificate, and none. */
const one = Buffer.from(
  'MIHOMHYCAQEwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EXDTI2MTEyNjExNTYwMloXDTI2MTIwNjExNTYwMlow' +
    'JzAlAhRJDBXd2iwLqOwHftRcZsrzEABAEBcNMjYxMTI2MTE1NjAyWqAPMA0wCwYDVR0UBAQCAhAAMAoGCCqGSM49' +
    'BAMCA0gAMEUCIGOTvf3DvX/ZtNA53fIxtbTEjJ2c6Kr+6H/0t3FzHnaWAiEA873oOg/YfxapcKvH8MotALla8Ke2' +
    'RQXGx1NE02FIuh8=',
  'base64',
);
const none = Buffer.from(
  'MIGmME0CAQEwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EXDTI2MTEyNjEyMDYyOVoXDTI2MTIwNjEyMDYyOVqg' +
    'DzANMAsGA1UdFAQEAgIQATAKBggqhkjOPQQDAgNJADBGAiEAtN6cKI97K44jP1ckApph2Ed+/JN4+8ICxQWvyvyg' +
    'tGgCIQCsArbmAH/dgZIG8eEiBE6rHCalK/w0Km95eu6ur1MTPw==',
  'base64',
);

test('serial numbers are read from DER and from PEM', () => {
  const pem = `-----BEGIN X509 CRL-----\n${one.toString('base64')}\n-----END X509 CRL-----\n`;
  for (const file of [one, Buffer.from(pem)]) {
    assert.deepEqual([...revokedSerials(file)], ['490C15DDDA2C0BA8EC077ED45C66CAF310004010']);
  }
});

test('a list that revokes nothing is empty', () => {
  assert.deepEqual([...revokedSerials(none)], []);
});

test('what is no list is refused', () => {
  assert.throws(() => revokedSerials(Buffer.from('hello')), /malformed/);
  assert.throws(() => revokedSerials(one.subarray(0, 100)), /malformed/);
  assert.throws(() => revokedSerials(Buffer.alloc(0)), /malformed/);
});
