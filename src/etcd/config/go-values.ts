/**
 * Values as Go's flag package reads them. Users copy flags from etcd manifests, so `0x10`, `1h30m`
 * and `T` must mean here what they mean there, and a wrong one is refused with the same words.
 */
export type Parsed<T> = { readonly ok: true; readonly value: T } | Refused;
export type Refused = { readonly ok: false; readonly error: string };

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function refused(error: string): Refused {
  return { ok: false, error };
}

const trueWords = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const falseWords = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

export function parseGoBool(text: string): Parsed<boolean> {
  if (trueWords.has(text)) return parsed(true);
  if (falseWords.has(text)) return parsed(false);
  return refused('parse error');
}

export type IntegerRange = { readonly min: bigint; readonly max: bigint };
export const uint32Range: IntegerRange = { min: 0n, max: 0xffff_ffffn };
export const uint64Range: IntegerRange = { min: 0n, max: 0xffff_ffff_ffff_ffffn };
export const int64Range: IntegerRange = {
  min: -0x8000_0000_0000_0000n,
  max: 0x7fff_ffff_ffff_ffffn,
};

/** Underscores may stand between digits, and behind the prefix. */
const integerText =
  /^[+-]?(0[xX](_?[0-9a-fA-F])+|0[bB](_?[01])+|0[oO](_?[0-7])+|0(_?[0-7])*|[1-9](_?[0-9])*)$/;

/**
 * An integer literal in any base Go accepts. Values beyond 2^53 are cut to the largest safe number:
 * every setting is a limit or a count, for which both mean "never reached".
 */
export function parseGoInteger(text: string, range: IntegerRange): Parsed<number> {
  const unsigned = range.min === 0n;
  if (!integerText.test(text) || (unsigned && /^[+-]/.test(text))) return refused('parse error');
  const negative = text.startsWith('-');
  const digits = text.replace(/^[+-]|_/g, '').replace(/^0(?=[0-7])/, '0o');
  const magnitude = BigInt(digits);
  const value = negative ? -magnitude : magnitude;
  if (value < range.min || value > range.max) return refused('value out of range');
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return parsed(Number(value > most ? most : value < -most ? -most : value));
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** A Go duration such as `1h15m30.5s`, as milliseconds (with a fraction below one). */
export function parseGoDurationMs(text: string): Parsed<number> {
  const quoted = JSON.stringify(text);
  const negative = text.startsWith('-');
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return parsed(0);
  if (rest === '') return refused(`time: invalid duration ${quoted}`);
  let totalMs = 0;
  while (rest !== '') {
    const number = /^([0-9]+\.?[0-9]*|\.[0-9]+)/.exec(rest)?.[0];
    if (number === undefined) return refused(`time: invalid duration ${quoted}`);
    rest = rest.slice(number.length);
    const unit = /^[^0-9.]+/.exec(rest)?.[0];
    if (unit === undefined) return refused(`time: missing unit in duration ${quoted}`);
    const scale = unitMs[unit];
    if (scale === undefined) {
      return refused(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    }
    rest = rest.slice(unit.length);
    totalMs += Number(number) * scale;
  }
  return parsed(negative ? -totalMs : totalMs);
}

/** As Go prints a duration: `1h0m0s`, `1.5s`, `20ms`. */
export function formatGoDuration(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const most = Math.abs(ms);
  if (most === 0) return '0s';
  if (most < 0.001) return `${sign}${trimmed(most * 1e6)}ns`;
  if (most < 1) return `${sign}${trimmed(most * 1e3)}µs`;
  if (most < 1_000) return `${sign}${trimmed(most)}ms`;
  const minutes = Math.floor(most / 60_000);
  const seconds = `${trimmed((most - minutes * 60_000) / 1_000)}s`;
  if (minutes === 0) return `${sign}${seconds}`;
  const hours = Math.floor(minutes / 60);
  return hours === 0
    ? `${sign}${minutes}m${seconds}`
    : `${sign}${hours}h${minutes % 60}m${seconds}`;
}

/** Nine digits after the point hold nanoseconds; what binary fractions add beyond goes. */
function trimmed(value: number): string {
  return String(Number(value.toFixed(9)));
}
