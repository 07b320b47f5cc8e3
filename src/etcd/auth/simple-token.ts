import type { Random } from '../../base/random.ts';

export type SimpleTokensOptions = {
  /** `--auth-token-ttl`; each use starts it anew. */
  readonly ttlMs: number;
  readonly tokensMax: number;
};

type Held = { readonly username: string; expiresMs: number };

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const prefixLetters = 16;
/** A token in use all the time is put at the end of the line only so often. */
const refreshStepMs = 1_000;

/**
 * etcd's simple tokens: `<16 letters>.<log index>`. The letters come from the member that checked
 * the password, the index is that of the entry before the one that says so; every member that
 * applies it knows the token. Nothing is kept on disk: after a restart clients authenticate anew.
 */
export class SimpleTokens {
  readonly #options: SimpleTokensOptions;
  /** In the order of their expiry, because all have the same time to live. */
  readonly #tokens = new Map<string, Held>();
  #replayedTo = 0;

  constructor(options: SimpleTokensOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#tokens.size;
  }

  /** Entries up to this index are applied again after a restart: their tokens may be long over. */
  ignoreUpTo(index: number): void {
    this.#replayedTo = index;
  }

  assign(username: string, prefix: string, index: number, nowMs: number): string {
    const token = `${prefix}.${index}`;
    if (index < this.#replayedTo) return token;
    this.#tokens.delete(token);
    this.#dropExpired(nowMs);
    if (this.#tokens.size >= this.#options.tokensMax) this.#dropOldest();
    this.#tokens.set(token, { username, expiresMs: nowMs + this.#options.ttlMs });
    return token;
  }

  /** The user a token was given to; undefined when it is not known here, or not any more. */
  usernameOf(token: string, nowMs: number): string | undefined {
    const held = this.#tokens.get(token);
    if (held === undefined) return undefined;
    if (held.expiresMs <= nowMs) {
      this.#tokens.delete(token);
      return undefined;
    }
    const expiresMs = nowMs + this.#options.ttlMs;
    if (expiresMs - held.expiresMs >= Math.min(refreshStepMs, this.#options.ttlMs / 4)) {
      this.#tokens.delete(token);
      held.expiresMs = expiresMs;
      this.#tokens.set(token, held);
    }
    return held.username;
  }

  invalidateUser(username: string): void {
    for (const [token, held] of this.#tokens) {
      if (held.username === username) this.#tokens.delete(token);
    }
  }

  clear(): void {
    this.#tokens.clear();
  }

  #dropExpired(nowMs: number): void {
    for (const [token, { expiresMs }] of this.#tokens) {
      if (expiresMs > nowMs) return;
      this.#tokens.delete(token);
    }
  }

  #dropOldest(): void {
    for (const token of this.#tokens.keys()) {
      this.#tokens.delete(token);
      return;
    }
  }
}

/** The log index that a token names; undefined when it does not look like a token. */
export function simpleTokenIndex(token: string): number | undefined {
  const match = /^[^.]*\.(\d{1,19})$/.exec(token);
  return match === null ? undefined : Number(match[1]);
}

export function newTokenPrefix(random: Random): string {
  let prefix = '';
  for (let i = 0; i < prefixLetters; i++) prefix += letters.charAt(random.below(letters.length));
  return prefix;
}
