import { readFile } from 'node:fs/promises';
import { PasswordHasher } from './auth/password-hasher.ts';
import { SimpleTokens } from './auth/simple-token.ts';
import type { AuthSettings, TokenSettings } from './config/auth-settings.ts';
import { limits } from './config/limits.ts';
import type { Tokens } from './service/access.ts';

/** What a member needs to let users in, besides the replicated users themselves. */
export type MemberAuth = {
  readonly tokens: Tokens;
  /** Entries of members with simple tokens fill it, whatever this one uses itself. */
  readonly simpleTokens: SimpleTokens;
  readonly passwords: PasswordHasher;
};

/** Throws when a key cannot be read or does not fit: the member must not start without it. */
export async function openAuth(settings: AuthSettings): Promise<MemberAuth> {
  const simpleTokens = new SimpleTokens({
    ttlMs: settings.simpleTokenTtlMs,
    tokensMax: limits.simpleTokensMax,
  });
  return {
    tokens: await openTokens(settings.token, simpleTokens),
    simpleTokens,
    passwords: new PasswordHasher({
      cost: settings.bcryptCost,
      hashesMax: limits.passwordHashesMax,
      queuedMax: limits.passwordHashesQueuedMax,
    }),
  };
}

async function openTokens(settings: TokenSettings, simpleTokens: SimpleTokens): Promise<Tokens> {
  if (settings.kind === 'none') return { kind: 'none' };
  if (settings.kind === 'simple') return { kind: 'simple', tokens: simpleTokens };
  const { signMethod, ttlMs, publicKeyFile, privateKeyFile } = settings;
  try {
    // Only members with such tokens load their library.
    const { JwtTokens } = await import('./auth/jwt-token.ts');
    const tokens = new JwtTokens({
      signMethod,
      ttlMs,
      publicKey: publicKeyFile === '' ? undefined : await readFile(publicKeyFile),
      privateKey: privateKeyFile === '' ? undefined : await readFile(privateKeyFile),
      verifiedMax: limits.verifiedTokensMax,
      verifiedBytesMax: limits.verifiedTokenBytesMax,
    });
    return { kind: 'jwt', tokens };
  } catch (cause) {
    throw new Error('failed to create the token provider of --auth-token', { cause });
  }
}
