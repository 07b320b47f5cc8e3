import { EtcdError } from '../errors.ts';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The bcrypt hash as a replicated request carries it: base64 of its text, empty when no password
 * was given. A request with a password instead is from a member older than 3.5, which cannot be
 * here.
 */
export function decodeHash(request: {
  readonly password: string;
  readonly hashedPassword: string;
}): Uint8Array {
  if (request.password !== '' && request.hashedPassword === '') {
    throw new EtcdError('NoPasswordUser');
  }
  const text = request.hashedPassword.replace(/[\r\n]/g, '');
  if (!base64.test(text)) throw new EtcdError('NoPasswordUser');
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export function encodeHash(hash: string): string {
  return Buffer.from(hash).toString('base64');
}
