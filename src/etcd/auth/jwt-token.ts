import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { EtcdError } from '../errors.ts';
import type { AuthInfo } from './auth-info.ts';

export type JwtOptions = {
  readonly signMethod: string;
  /** PEM; a key or a certificate. Alone it can only verify. */
  readonly publicKey: Uint8Array | undefined;
  /** PEM, or for HS any bytes. */
  readonly privateKey: Uint8Array | undefined;
  readonly ttlMs: number;
  /** Tokens whose signature was checked already are remembered until they expire. */
  readonly verifiedMax: number;
  readonly verifiedBytesMax: number;
};

type Keys = { readonly sign: KeyObject | undefined; readonly verify: KeyObject };
type Verified = { readonly info: AuthInfo; readonly expiresMs: number };

/**
 * JSON web tokens as etcd makes them: claims `username`, `revision` and `exp`. Any member that has
 * the key knows them. They end by themselves, or with the next change of users and roles: their
 * revision is then old.
 */
export class JwtTokens {
  readonly #options: JwtOptions;
  readonly #keys: Keys;
  /** Oldest first. */
  readonly #verified = new Map<string, Verified>();

  /** Throws, in etcd's words, when the keys do not fit the method or each other. */
  constructor(options: JwtOptions) {
    this.#options = options;
    this.#keys = readKeys(options);
  }

  get canSign(): boolean {
    return this.#keys.sign !== undefined;
  }

  /** Throws TokenVerifyOnly. */
  async sign(info: AuthInfo, nowMs: number): Promise<string> {
    const { sign } = this.#keys;
    if (sign === undefined) throw new EtcdError('TokenVerifyOnly');
    const { signMethod, ttlMs } = this.#options;
    const { username, revision } = info;
    const exp = Math.floor((nowMs + ttlMs) / 1_000);
    // In the order of Go's maps in JSON: the same login makes the same bytes on all members.
    return await new SignJWT({ exp, revision, username })
      .setProtectedHeader({ alg: signMethod, typ: 'JWT' })
      .sign(sign);
  }

  /** Throws InvalidAuthToken. */
  verify(token: string, nowMs: number): AuthInfo | Promise<AuthInfo> {
    const known = this.#verified.get(token);
    if (known === undefined) return this.#verify(token, nowMs);
    if (known.expiresMs > nowMs) return known.info;
    this.#verified.delete(token);
    throw new EtcdError('InvalidAuthToken');
  }

  async #verify(token: string, nowMs: number): Promise<AuthInfo> {
    let claims: Record<string, unknown>;
    try {
      const { signMethod } = this.#options;
      const options = { algorithms: [signMethod], currentDate: new Date(nowMs) };
      claims = (await jwtVerify(token, this.#keys.verify, options)).payload;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) {
        throw new EtcdError('InvalidAuthToken');
      }
      throw error;
    }
    const { username, revision, exp } = claims;
    if (typeof username !== 'string' || typeof revision !== 'number') {
      throw new EtcdError('InvalidAuthToken');
    }
    const info = { username, revision: Math.trunc(revision) };
    if (typeof exp === 'number') this.#remember(token, info, exp * 1_000);
    return info;
  }

  #remember(token: string, info: AuthInfo, expiresMs: number): void {
    const { verifiedMax, verifiedBytesMax } = this.#options;
    if (token.length > verifiedBytesMax) return;
    for (const oldest of this.#verified.keys()) {
      if (this.#verified.size < verifiedMax) break;
      this.#verified.delete(oldest);
    }
    this.#verified.set(token, { info, expiresMs });
  }
}

function readKeys({ signMethod, publicKey, privateKey }: JwtOptions): Keys {
  const isGiven = (key: Uint8Array | undefined): key is Uint8Array =>
    key !== undefined && key.length > 0;
  if (signMethod.startsWith('HS')) {
    if (!isGiven(privateKey)) throw new Error('auth: missing key data');
    const key = createSecretKey(privateKey);
    return { sign: key, verify: key };
  }
  const sign = isGiven(privateKey) ? createPrivateKey(Buffer.from(privateKey)) : undefined;
  const given = isGiven(publicKey) ? createPublicKey(Buffer.from(publicKey)) : undefined;
  const verify = sign === undefined ? given : createPublicKey(sign);
  if (verify === undefined) throw new Error('auth: missing key data');
  if (given !== undefined && !given.equals(verify)) {
    throw new Error("auth: public and private keys don't match");
  }
  assertFits(verify, signMethod);
  return { sign, verify };
}

const curves: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

/** A key of another kind would be found out only when the first user logs in. */
function assertFits(key: KeyObject, signMethod: string): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const fits =
    signMethod === 'EdDSA'
      ? type === 'ed25519'
      : signMethod.startsWith('ES')
        ? type === 'ec' && details?.namedCurve === curves[signMethod]
        : type === 'rsa';
  if (!fits) throw new Error(`auth: the key is not one for ${signMethod}`);
}
