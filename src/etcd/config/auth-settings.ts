import { type Parsed, parsed, parseGoDurationMs, refused } from './go-values.ts';
import { limits } from './limits.ts';
import type { Settings } from './settings.ts';

/** How users log in and how long that lasts. */
export type AuthSettings = {
  readonly token: TokenSettings;
  /** How long an unused simple token lasts. */
  readonly simpleTokenTtlMs: number;
  readonly bcryptCost: number;
};

export type TokenSettings =
  | { readonly kind: 'simple' }
  | {
      readonly kind: 'jwt';
      readonly signMethod: string;
      /** Paths; empty when not given. */
      readonly publicKeyFile: string;
      readonly privateKeyFile: string;
      readonly ttlMs: number;
    }
  /** Nobody can log in; etcd allows that. */
  | { readonly kind: 'none' };

const signMethods: ReadonlySet<string> = new Set([
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'HS256', 'HS384', 'HS512'],
]);

const knownOptions: ReadonlySet<string> = new Set(['sign-method', 'pub-key', 'priv-key', 'ttl']);
const jwtTtlDefault = '5m';

export function readAuthSettings(settings: Settings): Parsed<AuthSettings> {
  const token = parseAuthToken(settings.text('auth-token'));
  if (!token.ok) return token;
  const ttlSeconds = settings.number('auth-token-ttl');
  const cost = settings.number('bcrypt-cost');
  return parsed({
    token: token.value,
    simpleTokenTtlMs: 1_000 * (ttlSeconds === 0 ? limits.simpleTokenTtlSecondsDefault : ttlSeconds),
    bcryptCost: isCost(cost) ? cost : limits.bcryptCostDefault,
  });
}

/** What etcd says about settings that it goes on with. */
export function authAdvice(settings: Settings): readonly string[] {
  const advice: string[] = [];
  const cost = settings.number('bcrypt-cost');
  if (!isCost(cost)) {
    const { bcryptCostDefault } = limits;
    advice.push(`use default bcrypt cost ${bcryptCostDefault} instead of the invalid ${cost}`);
  }
  const unknown = settings
    .text('auth-token')
    .split(',')
    .slice(1)
    .map((option) => option.split('=')[0] ?? '')
    .filter((name) => !knownOptions.has(name));
  if (unknown.length > 0) advice.push(`unknown token options: ${unknown.join(', ')}`);
  return advice;
}

/** `jwt,sign-method=RS256,pub-key=…,priv-key=…,ttl=10m`, `simple`, or nothing. */
function parseAuthToken(text: string): Parsed<TokenSettings> {
  const [kind, ...pairs] = text.split(',');
  const options = new Map<string, string>();
  for (const pair of pairs) {
    const [name = '', value, ...more] = pair.split('=');
    if (value === undefined || more.length > 0 || options.has(name)) return invalid(text);
    options.set(name, value);
  }
  if (kind === '') return parsed({ kind: 'none' });
  if (kind === 'simple') return parsed({ kind: 'simple' });
  if (kind !== 'jwt') return invalid(text);
  const ttlMs = parseGoDurationMs(options.get('ttl') || jwtTtlDefault);
  const signMethod = options.get('sign-method') ?? '';
  if (!ttlMs.ok || !signMethods.has(signMethod)) return invalid(text);
  return parsed({
    kind: 'jwt',
    signMethod,
    publicKeyFile: options.get('pub-key') ?? '',
    privateKeyFile: options.get('priv-key') ?? '',
    ttlMs: ttlMs.value,
  });
}

function invalid(text: string): Parsed<never> {
  return refused(`auth: invalid auth options: --auth-token=${text}`);
}

function isCost(cost: number): boolean {
  return cost >= limits.bcryptCostMin && cost <= limits.bcryptCostMax;
}
